"""
Our order ids as Hyperliquid's, and back: both say the same number.

Its ids have 128 bits; ours are letters and digits, 22 of them, which are 114 bits as a number to
the base of 36. So nothing is lost, and an order of ours is known there by its name as everywhere.
"""

from __future__ import annotations

import re
import string
from typing import Final

from counterpoise.core.naming import PREFIX
from counterpoise.core.orders import ClientOrderId
from counterpoise.errors import Unsent

DIGITS: Final = string.digits + string.ascii_lowercase
LENGTH_MAX: Final = 24  # the most that always fit
OURS = re.compile(rf"[1-9a-z][0-9a-z]{{0,{LENGTH_MAX - 1}}}")
CLOID = re.compile(r"0x[0-9a-f]{32}")


def cloid_of(client_order_id: ClientOrderId) -> str:
    """Return an id of ours as Hyperliquid's. Raises Unsent for one that would not come back."""
    if not OURS.fullmatch(client_order_id):
        raise Unsent(f"{client_order_id}: Hyperliquid's order ids have no room for it")
    return f"0x{int(client_order_id, len(DIGITS)):032x}"


def name_of(cloid: str) -> str:
    """Return what an id of Hyperliquid's says: the name of an order of ours, or itself."""
    if not CLOID.fullmatch(cloid):
        return cloid
    number, letters = int(cloid, 16), ""
    while number:
        number, digit = divmod(number, len(DIGITS))
        letters = DIGITS[digit] + letters
    ours = letters.startswith(PREFIX) and len(letters) <= LENGTH_MAX
    return letters if ours else cloid
