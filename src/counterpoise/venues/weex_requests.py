"""What WEEX's perpetuals are asked: the order, and what narrows a read. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from counterpoise.core.orders import Intent, Side
from counterpoise.core.units import plain
from counterpoise.venues.dialect import Listed, Params, Terms
from counterpoise.venues.mapping import order_amount, order_price

IOC = "IOC"
# Of side and whether it shrinks: which position an order is for. WEEX wants it in either position
# mode, and nothing else says that an order may only close: `reduceOnly` is in no document.
POSITION_SIDES: Mapping[tuple[Side, bool], str] = {
    (Side.BUY, False): "LONG",
    (Side.BUY, True): "SHORT",
    (Side.SELL, False): "SHORT",
    (Side.SELL, True): "LONG",
}
SIDES: Mapping[str, Side] = {"BUY": Side.BUY, "SELL": Side.SELL}
ORDER_FIELDS = frozenset(
    {
        "symbol",
        "side",
        "positionSide",
        "type",
        "timeInForce",
        "quantity",
        "price",
        "newClientOrderId",
    }
)


def market_id(listed: Listed) -> str:
    """Return what the real account calls a perpetual."""
    return listed.market_id


def simulated_id(listed: Listed) -> str:
    """Return what the simulated account calls a perpetual: its quote is play money."""
    return f"{listed.instrument.base}SUSDT"


def order_params(
    called: Callable[[Listed], str],
) -> Callable[[Intent, Listed, Terms], Params]:
    """Return how an order is written, for perpetuals that are `called` so."""

    def params(intent: Intent, listed: Listed, _terms: Terms) -> Params:
        """
        Return an immediate-or-cancel limit order in base units, its numbers exactly as decided.

        WEEX ignores `postOnly` and takes no other promise than this one not to rest. Raises Unsent
        for a number that is no multiple of the step.
        """
        order = intent.order
        return {
            "symbol": called(listed),
            "side": "BUY" if order.side is Side.BUY else "SELL",
            "positionSide": POSITION_SIDES[order.side, order.reduce_only],
            "type": "LIMIT",
            "timeInForce": IOC,
            "quantity": plain(order_amount(order, listed)),
            "price": plain(order_price(order, listed)),
            "newClientOrderId": str(intent.client_order_id),
        }

    return params


def is_order(body: bytes) -> bool:
    """Say whether a body is an immediate-or-cancel limit order for one side, and no more."""
    try:
        found = json.loads(body)
    except ValueError:
        return False
    return (
        isinstance(found, dict)
        and found.keys() == ORDER_FIELDS
        and found["type"] == "LIMIT"
        and found["timeInForce"] == IOC
        and found["positionSide"] in POSITION_SIDES.values()
        and bool(found["newClientOrderId"])
    )


def one_symbol(listed: Listed) -> Params:
    """Return what narrows a read of the real account to one perpetual."""
    return {"symbol": listed.market_id}
