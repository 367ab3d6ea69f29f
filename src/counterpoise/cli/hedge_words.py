"""Prices and drifts of assets that are hedged in multiples, or with another's perpetual."""

from __future__ import annotations

from collections.abc import Iterator

from counterpoise.cli import words
from counterpoise.core.decision import AssetView
from counterpoise.core.instrument import Instrument


def asset_price(view: AssetView, instrument: Instrument) -> str:
    """Return the price of one unit of the asset, in the places of its perpetual's step."""
    if view.carrier is not None:  # its own spot market's, whose step nobody asked for
        return words.price(view.price)
    return words.price(view.price, instrument.price_of_asset(instrument.price_step))


def carried(view: AssetView) -> Iterator[str]:
    """Yield how much of the drift is that of assets without a perpetual, where any is."""
    if view.carried_weight:
        own = view.drift_weight - view.carried_weight
        carries = words.signed_points(view.carried_weight)
        yield f"of it {words.signed_points(own)} its own, {carries} carried of others;"
