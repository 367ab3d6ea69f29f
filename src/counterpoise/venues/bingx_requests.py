"""What BingX's perpetuals are asked: the order, and what narrows a read. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from counterpoise.core.orders import Intent, Side
from counterpoise.core.units import plain
from counterpoise.venues.dialect import Listed, Params, Terms
from counterpoise.venues.mapping import order_amount, order_price

# Of side and whether it shrinks: which of the two positions an order is for in hedge mode, where
# BingX takes no reduce-only
POSITION_SIDES: Mapping[tuple[Side, bool], str] = {
    (Side.BUY, False): "LONG",
    (Side.BUY, True): "SHORT",
    (Side.SELL, False): "SHORT",
    (Side.SELL, True): "LONG",
}
ORDERS_LISTED = 50  # the newest of an instrument


def order_params(intent: Intent, listed: Listed, terms: Terms) -> Params:
    """
    Return an immediate-or-cancel limit order, its numbers exactly as decided.

    The id goes out in both spellings: the documents have one, and ccxt the other. Raises Unsent
    for a number that is no multiple of the step.
    """
    order, own_id = intent.order, str(intent.client_order_id)
    params: Params = {
        "symbol": listed.market_id,
        "side": "BUY" if order.side is Side.BUY else "SELL",
        "type": "LIMIT",
        "timeInForce": "IOC",
        "positionSide": "BOTH",
        "quantity": plain(order_amount(order, listed)),
        "price": plain(order_price(order, listed)),
        "clientOrderID": own_id,
        "clientOrderId": own_id,
        "recvWindow": terms.receive_window_ms,
    }
    if terms.hedged:
        params["positionSide"] = POSITION_SIDES[order.side, order.reduce_only]
    elif order.reduce_only:
        params["reduceOnly"] = "true"
    return params


def one_symbol(listed: Listed) -> Params:
    """Return what narrows a read to one contract."""
    return {"symbol": listed.market_id}


def find_params(intent: Intent, listed: Listed) -> Params:
    """Return the look-up of an order by our own id; an `orderId` beside it would win."""
    return {"symbol": listed.market_id, "clientOrderId": str(intent.client_order_id)}


def is_order(body: bytes) -> bool:
    """Say whether a body may go with an order: everything is in the query, so that none may."""
    return not body
