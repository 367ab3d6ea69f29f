"""Orders of both kinds of futures: each name is the maker of a handler for one of them."""

from __future__ import annotations

from enum import StrEnum

from counterpoise.exchange.dialects.binance import params
from counterpoise.exchange.dialects.binance.desk import Desk, Handler
from counterpoise.exchange.dialects.binance.errors import REFUSALS, WireError, wire_error
from counterpoise.exchange.dialects.binance.futures_requests import order_request
from counterpoise.exchange.dialects.binance.futures_rows import order_row, trade_row, unmatched
from counterpoise.exchange.dialects.binance.placing import placed
from counterpoise.exchange.dialects.binance.wire import Json
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.listing import Market
from counterpoise.exchange.orders import Origin, Refused

NOT_FOUND = WireError(-2013, "Order does not exist.")
UNKNOWN = WireError(-2011, "Unknown order sent.")
FORCED_ROWS, FORCED_ROWS_MAX = 50, 100
ALL_ROWS = {Market.LINEAR: 500, Market.INVERSE: 50}
ALL_ROWS_MAX = {Market.LINEAR: 1_000, Market.INVERSE: 100}


class AutoClose(StrEnum):
    """Why the exchange closed a position."""

    LIQUIDATION = "LIQUIDATION"
    ADL = "ADL"


AUTO_CLOSED = {
    AutoClose.LIQUIDATION: Origin.LIQUIDATION,
    AutoClose.ADL: Origin.DELEVERAGING,
}


def place(market: Market) -> Handler:
    """Return the handler that takes an order."""

    def handler(desk: Desk, call: Call) -> Json:
        request = order_request(desk, call, market)
        row = order_row(placed(desk.venue, request, call))
        del row["time"]
        acknowledged_only = call.params.get("newOrderRespType", "ACK") != "RESULT"
        return row | unmatched() if acknowledged_only else row

    return handler


def rehearse(market: Market) -> Handler:
    """Return the handler that checks an order's parameters and does nothing."""

    def handler(desk: Desk, call: Call) -> Json:
        order_request(desk, call, market)
        return {}

    return handler


def query(market: Market) -> Handler:
    """Return the handler that looks up one order."""
    return lambda desk, call: order_row(desk.order(call, market, NOT_FOUND))


def cancel(market: Market) -> Handler:
    """Return the handler that cancels one order."""

    def handler(desk: Desk, call: Call) -> Json:
        order = desk.order(call, market, UNKNOWN)
        try:
            return order_row(desk.venue.engine.cancel(order, call.now))
        except Refused as refused:
            raise wire_error(refused, REFUSALS[market]) from refused

    return handler


def cancel_all(market: Market) -> Handler:
    """Return the handler that cancels every open order of a symbol."""

    def handler(desk: Desk, call: Call) -> Json:
        desk.listing(call, market)
        for order in list(desk.open_orders(call, market)):
            desk.venue.engine.cancel(order, call.now)
        return {"code": 200, "msg": "The operation of cancel all open order is done."}

    return handler


def open_orders(market: Market) -> Handler:
    """Return the handler that lists the open orders."""
    return lambda desk, call: [order_row(order) for order in desk.open_orders(call, market)]


def open_order(market: Market) -> Handler:
    """Return the handler that looks up one order that is still open."""

    def handler(desk: Desk, call: Call) -> Json:
        order = desk.order(call, market, NOT_FOUND)
        if not order.status.open:
            raise NOT_FOUND
        return order_row(order)

    return handler


def all_orders(market: Market) -> Handler:
    """Return the handler that lists all orders of a symbol, oldest first."""

    def handler(desk: Desk, call: Call) -> Json:
        listing = desk.listing(call, market)
        first_id = params.whole(call.params, "orderId")
        since_ms = params.whole(call.params, "startTime")
        found = [
            order
            for order in desk.venue.visibility.orders(listing, call.now)
            if (first_id is None or order.id >= first_id)
            and (since_ms is None or order.created_ms >= since_ms)
        ]
        rows = min(params.rows_max(call.params, ALL_ROWS[market]), ALL_ROWS_MAX[market])
        return [order_row(order) for order in reversed(found[:rows])]

    return handler


def forced_orders(market: Market) -> Handler:
    """Return the handler that lists by which orders the exchange closed positions."""

    def handler(desk: Desk, call: Call) -> Json:
        only = desk.listing(call, market) if "symbol" in call.params else None
        wanted = tuple(AUTO_CLOSED.values())
        if "autoCloseType" in call.params:
            wanted = (AUTO_CLOSED[params.word(call.params, "autoCloseType", AutoClose, -1102)],)
        since_ms = params.whole(call.params, "startTime") or 0
        until_ms = params.whole(call.params, "endTime") or call.now.venue_ms
        found = [
            order
            for order in desk.venue.engine.ledger.orders.values()
            if order.request.origin in wanted
            and order.request.listing.key.market is market
            and (only is None or order.request.listing is only)
            and since_ms <= order.created_ms <= until_ms
            and desk.venue.visibility.order(order.id, call.now) is not None
        ]
        rows = min(params.rows_max(call.params, FORCED_ROWS), FORCED_ROWS_MAX)
        return [order_row(order) for order in found[-rows:]]

    return handler


def trades(market: Market) -> Handler:
    """Return the handler that lists the account's trades in a symbol, oldest first."""
    return lambda desk, call: [trade_row(trade) for trade in desk.trades(call, market)]
