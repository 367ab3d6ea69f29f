"""What Binance is asked: the parameters of orders and look-ups, alike for both kinds."""

from __future__ import annotations

from collections.abc import Mapping

from counterpoise.core.orders import Intent, Side
from counterpoise.core.units import plain
from counterpoise.venues.dialect import Listed, Params, Terms
from counterpoise.venues.mapping import order_amount, order_price

# the side of a hedged position, by which way the order trades and whether it closes
POSITION_SIDES: Mapping[tuple[Side, bool], str] = {
    (Side.BUY, False): "LONG",
    (Side.SELL, True): "LONG",
    (Side.SELL, False): "SHORT",
    (Side.BUY, True): "SHORT",
}
ORDERS_LISTED = 50  # the newest of an instrument


def one_symbol(listed: Listed) -> Params:
    """Return what narrows a read to one market."""
    return {"symbol": listed.market_id}


def order_params(intent: Intent, listed: Listed, terms: Terms) -> Params:
    """
    Return an immediate-or-cancel limit order, its numbers exactly as decided.

    In hedge mode the position side says what `reduceOnly` would, and Binance takes no such flag.
    Raises Unsent if a number is no multiple of the instrument's step: rounding it here
    would send something that nobody decided.
    """
    order = intent.order
    params: Params = {
        "symbol": listed.market_id,
        "side": "BUY" if order.side is Side.BUY else "SELL",
        "type": "LIMIT",
        "timeInForce": "IOC",
        "quantity": plain(order_amount(order, listed)),
        "price": plain(order_price(order, listed)),
        "newClientOrderId": str(intent.client_order_id),
        "newOrderRespType": "RESULT",
        "recvWindow": terms.receive_window_ms,
    }
    if terms.hedged:
        params["positionSide"] = POSITION_SIDES[order.side, order.reduce_only]
    elif order.reduce_only:
        params["reduceOnly"] = "true"
    return params


def find_params(intent: Intent, listed: Listed) -> Params:
    """Return the look-up of an order by our own id."""
    return {"symbol": listed.market_id, "origClientOrderId": str(intent.client_order_id)}


def fills_params(listed: Listed, since_ms: int, rows_max: int) -> Params:
    """Return the request for one page of trades."""
    return {"symbol": listed.market_id, "startTime": since_ms, "limit": rows_max}


def orders_params(listed: Listed) -> Params:
    """Return the request for the newest orders of a market, resting or ended."""
    return {"symbol": listed.market_id, "limit": ORDERS_LISTED}
