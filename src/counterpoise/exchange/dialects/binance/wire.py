"""Numbers and bodies the way Binance writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from counterpoise.core.units import plain
from counterpoise.ports import HttpResponse

EIGHT_PLACES = Decimal("0.00000001")
JSON_HEADERS: Mapping[str, str] = {"Content-Type": "application/json;charset=UTF-8"}

Json = Mapping[str, object] | Sequence[object]


def fixed(value: Decimal) -> str:
    """Return `value` with eight places, as wallets and spot orders have them."""
    return format(value.quantize(EIGHT_PLACES, rounding=ROUND_HALF_UP) + 0, "f")


def trimmed(value: Decimal) -> str:
    """Return `value` with at most eight places and no more digits than it needs."""
    return plain(value.quantize(EIGHT_PLACES, rounding=ROUND_HALF_UP))


def ok(body: Json) -> HttpResponse:
    """Return a good answer."""
    text = json.dumps(body, separators=(",", ":"))
    return HttpResponse(status=200, headers=JSON_HEADERS, body=text.encode(), reason="OK")
