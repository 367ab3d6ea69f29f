"""Orders and fills, one and many. Shapes: the named methods of ccxt 4.5.90 weex.py."""

from __future__ import annotations

from collections.abc import Iterator

from counterpoise.exchange.dialects.weex.asked import Asked
from counterpoise.exchange.dialects.weex.errors import wrong
from counterpoise.exchange.dialects.weex.rows import (
    contract_row,
    contract_trade,
    spot_row,
    spot_trade,
)
from counterpoise.exchange.listing import Listing
from counterpoise.exchange.orders import VenueOrder

HISTORY_ROWS, HISTORY_ROWS_MAX = 500, 1_000
OPEN_ROWS = OPEN_ROWS_MAX = 100
TRADE_ROWS = TRADE_ROWS_MAX = 100


def spot_order(asked: Asked) -> object:
    """Return one spot order by either id (fetch_order)."""
    return spot_row(asked.order())


def contract_order(asked: Asked) -> object:
    """Return one order on a perpetual, by WEEX's own id alone (fetch_order)."""
    if not asked.sent.has("orderId"):
        raise wrong("orderId")
    return contract_row(asked, asked.order())


def spot_open(asked: Asked) -> object:
    """Return the open spot orders (fetch_open_orders)."""
    return [spot_row(order) for order in _open(asked)]


def contract_open(asked: Asked) -> object:
    """Return one page of the open orders on perpetuals (fetch_open_orders)."""
    found = [order for order in _open(asked) if _within(asked, order.created_ms)]
    size = asked.sent.rows_max("limit", OPEN_ROWS, OPEN_ROWS_MAX)
    return [contract_row(asked, order) for order in _page(asked, found, size)]


def spot_history(asked: Asked) -> object:
    """Return the orders of a spot symbol, newest first (fetch_orders)."""
    rows = asked.sent.rows_max("limit", HISTORY_ROWS, HISTORY_ROWS_MAX)
    seen = asked.desk.venue.visibility.orders(asked.listing(), asked.now)
    return [spot_row(one) for one in seen if _within(asked, one.created_ms)][:rows]


def contract_history(asked: Asked) -> object:
    """Return one page of the ended orders, newest first (fetch_canceled_and_closed_orders)."""
    found = [
        order
        for listing in _listings(asked)
        for order in asked.desk.venue.visibility.orders(listing, asked.now)
        if not order.status.open and _within(asked, order.created_ms)
    ]
    found.sort(key=lambda order: order.id, reverse=True)
    size = asked.sent.rows_max("limit", HISTORY_ROWS, HISTORY_ROWS_MAX)
    return [contract_row(asked, order) for order in _page(asked, found, size)]


def spot_trades(asked: Asked) -> object:
    """Return the account's trades in a spot symbol, newest first (fetch_my_trades)."""
    order_id = asked.sent.whole("orderId")
    found = [
        spot_trade(trade)
        for trade in asked.desk.trades(asked.listing(), asked.call, None)
        if order_id in {None, trade.order_id} and _within(asked, trade.at_ms)
    ]
    return found[: asked.sent.rows_max("limit", TRADE_ROWS, TRADE_ROWS_MAX)]


def contract_trades(asked: Asked) -> object:
    """Return the account's trades on perpetuals, newest first; no page follows the first."""
    order_id = asked.sent.whole("orderId")
    found = [
        trade
        for listing in _listings(asked)
        for trade in asked.desk.trades(listing, asked.call, None)
        if order_id in {None, trade.order_id} and _within(asked, trade.at_ms)
    ]
    found.sort(key=lambda trade: trade.id, reverse=True)
    rows = asked.sent.rows_max("limit", TRADE_ROWS, TRADE_ROWS_MAX)
    return [contract_trade(asked, trade) for trade in found[:rows]]


def _open(asked: Asked) -> Iterator[VenueOrder]:
    only = asked.only()
    for order in asked.desk.open_orders(asked.market, asked.call):
        if only in {None, order.request.listing}:
            yield order


def _listings(asked: Asked) -> list[Listing]:
    only = asked.only()
    return [one for one, _ in asked.desk.listed(asked.market) if only in {None, one}]


def _within(asked: Asked, at_ms: int) -> bool:
    since_ms, until_ms = asked.sent.whole("startTime") or 0, asked.sent.whole("endTime")
    return since_ms <= at_ms and (until_ms is None or at_ms <= until_ms)


def _page(asked: Asked, found: list[VenueOrder], size: int) -> list[VenueOrder]:
    """Return the page that is asked for, counted from zero."""
    number = max(asked.sent.whole("page") or 0, 0)
    return found[number * size : (number + 1) * size]
