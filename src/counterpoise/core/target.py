"""From weights and exposure to a target delta and a drift."""

from __future__ import annotations

from decimal import Decimal


def target_delta(exposure: Decimal, weight: Decimal, value: Decimal, price: Decimal) -> Decimal:
    """
    Return the net delta that an asset should have, in base units.

    `exposure` 0 is delta-neutral and 1 holds the weights; `value` is in quote currency and
    `price` in quote per base unit.
    """
    return exposure * weight * value / price


def weight(quantity: Decimal, price: Decimal, value: Decimal) -> Decimal:
    """Return the signed share of portfolio value that `quantity` base units are."""
    return quantity * price / value
