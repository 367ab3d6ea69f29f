"""Client order ids: unique for ever, and safe on every venue."""

from __future__ import annotations

from counterpoise.core.naming import ALPHABET, PREFIX, RANDOM_LENGTH, SEQUENCE_DIGITS, slug
from counterpoise.core.orders import CLIENT_ORDER_ID_LENGTH_MAX, ClientOrderId
from counterpoise.ports import Entropy


def client_order_id(portfolio: str, sequence: int, entropy: Entropy) -> ClientOrderId:
    """
    Return the id of the order with this number, such as `cpmain000412k3x9qa`.

    The number makes it unique within the journal; the random end keeps it so after a journal was
    lost or an old copy restored, when numbers come round again.
    """
    number = f"{sequence:0{SEQUENCE_DIGITS}d}"
    made = f"{PREFIX}{slug(portfolio)}{number}{entropy.token(RANDOM_LENGTH)}"
    if len(made) > CLIENT_ORDER_ID_LENGTH_MAX or not ALPHABET.issuperset(made):
        raise ValueError(f"client order id would be {made!r}")
    return ClientOrderId(made)
