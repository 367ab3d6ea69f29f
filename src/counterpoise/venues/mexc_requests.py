"""What MEXC's futures are asked: the order, and what narrows a read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal

from counterpoise.core.orders import Intent, Side
from counterpoise.core.units import plain
from counterpoise.errors import Unsent
from counterpoise.venues.dialect import Listed, Params, Terms
from counterpoise.venues.mapping import order_amount, order_price

IOC = 3  # as a number: `timeInForce` counts for nothing there, and a limit order in words rests
CROSS = 2
HEDGED, ONE_WAY = 1, 2  # position modes

# Of side and whether it shrinks. In one-way mode 2 and 4 only shrink too; in hedge mode they are
# the only way to say which position is meant. ccxt has 2 and 4 the other way round in hedge mode,
# against the documents and against itself: that would open a second position instead of closing.
OPEN_LONG, CLOSE_SHORT, OPEN_SHORT, CLOSE_LONG = 1, 2, 3, 4
ORDER_SIDES: Mapping[tuple[Side, bool], int] = {
    (Side.BUY, False): OPEN_LONG,
    (Side.BUY, True): CLOSE_SHORT,
    (Side.SELL, False): OPEN_SHORT,
    (Side.SELL, True): CLOSE_LONG,
}
SIDES: Mapping[int, Side] = {number: side for (side, _), number in ORDER_SIDES.items()}
ORDER_FIELDS = frozenset(
    {
        "externalOid",
        "openType",
        "positionMode",
        "price",
        "reduceOnly",
        "side",
        "symbol",
        "type",
        "vol",
    }
)


def order_params(intent: Intent, listed: Listed, terms: Terms) -> Params:
    """
    Return an immediate-or-cancel limit order in contracts, its numbers exactly as decided.

    Raises Unsent for a number that is no multiple of the step, or that JSON would change.
    """
    order = intent.order
    params: Params = {
        "symbol": listed.market_id,
        "side": ORDER_SIDES[order.side, order.reduce_only],
        "type": IOC,
        "openType": CROSS,
        "positionMode": HEDGED if terms.hedged else ONE_WAY,
        "vol": bare(order_amount(order, listed)),
        "price": bare(order_price(order, listed)),
        "externalOid": str(intent.client_order_id),
    }
    if order.reduce_only and not terms.hedged:
        params["reduceOnly"] = True  # hedge mode does not take it
    return params


def bare(value: Decimal) -> int | float:
    """
    Return a number as JSON has it without quotes, which MEXC wants.

    Raises Unsent where a float cannot be this very number: it would be another order.
    """
    if value == value.to_integral_value():
        return int(value)
    found = float(value)
    if Decimal(repr(found)) != value:
        raise Unsent(f"{plain(value)} has more digits than MEXC's protocol can carry")
    return found


def is_order(body: bytes) -> bool:
    """Say whether a body is an immediate-or-cancel limit order in cross margin, and no more."""
    try:
        found = json.loads(body)
    except ValueError:
        return False
    return (
        isinstance(found, dict)
        and found.keys() <= ORDER_FIELDS
        and found.get("type") == IOC
        and found.get("openType") == CROSS
        and found.get("side") in SIDES
        and bool(found.get("externalOid"))
    )


def one_symbol(listed: Listed) -> Params:
    """Return what narrows a read to one contract."""
    return {"symbol": listed.market_id}


def find_params(intent: Intent, listed: Listed) -> Params:
    """Return the look-up of an order by our own id; both are parts of the path."""
    return {"symbol": listed.market_id, "external_oid": str(intent.client_order_id)}
