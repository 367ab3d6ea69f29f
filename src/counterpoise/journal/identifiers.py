"""Client order ids: unique for ever, and safe on every venue."""

from __future__ import annotations

from typing import Final

from counterpoise.core.orders import CLIENT_ORDER_ID_LENGTH_MAX, ClientOrderId
from counterpoise.ports import Entropy

_PREFIX: Final = "cp"
_SLUG_LENGTH_MAX: Final = 8
_SEQUENCE_DIGITS: Final = 6
_RANDOM_LENGTH: Final = 6
_ALPHABET: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


def slug(portfolio: str) -> str:
    """Return at most 8 characters of a-z0-9 that remind of a portfolio's name."""
    return "".join(c for c in portfolio.lower() if c in _ALPHABET)[:_SLUG_LENGTH_MAX]


def client_order_id(portfolio: str, sequence: int, entropy: Entropy) -> ClientOrderId:
    """
    Return the id of the order with this number, such as `cpmain000412k3x9qa`.

    The number makes it unique within the journal; the random end keeps it so after a journal was
    lost or an old copy restored, when numbers come round again.
    """
    number = f"{sequence:0{_SEQUENCE_DIGITS}d}"
    made = f"{_PREFIX}{slug(portfolio)}{number}{entropy.token(_RANDOM_LENGTH)}"
    if len(made) > CLIENT_ORDER_ID_LENGTH_MAX or not _ALPHABET.issuperset(made):
        raise ValueError(f"client order id would be {made!r}")
    return ClientOrderId(made)
