"""Numbers and bodies the way Binance writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from counterpoise.core.units import plain
from counterpoise.ports import HttpResponse

EIGHT_PLACES = Decimal("0.00000001")
JSON_HEADERS: Mapping[str, str] = {"Content-Type": "application/json;charset=UTF-8"}

ENCODE = json.JSONEncoder(separators=(",", ":")).encode
NUMBERS_KEPT = 8_192  # of one spelling: most amounts are the same in the next answer

Json = Mapping[str, object] | Sequence[object]


@lru_cache(NUMBERS_KEPT)
def fixed(value: Decimal) -> str:
    """Return `value` with eight places, as wallets and spot orders have them."""
    return format(value.quantize(EIGHT_PLACES, rounding=ROUND_HALF_UP) + 0, "f")


@lru_cache(NUMBERS_KEPT)
def trimmed(value: Decimal) -> str:
    """Return `value` with at most eight places and no more digits than it needs."""
    return plain(value.quantize(EIGHT_PLACES, rounding=ROUND_HALF_UP))


def ok(body: Json) -> HttpResponse:
    """Return a good answer."""
    return HttpResponse(status=200, headers=JSON_HEADERS, body=ENCODE(body).encode(), reason="OK")
