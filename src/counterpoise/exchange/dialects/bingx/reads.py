"""Lists of orders and fills. Shapes: the named methods of ccxt 4.5.90 bingx.py."""

from __future__ import annotations

from collections.abc import Callable

from counterpoise.exchange.dialects.bingx.asked import Asked
from counterpoise.exchange.dialects.bingx.errors import wrong
from counterpoise.exchange.dialects.bingx.rows import (
    inverse_fill,
    inverse_history_row,
    spot_fill,
    spot_row,
    swap_fill,
    swap_row,
)
from counterpoise.exchange.dialects.common import Row
from counterpoise.exchange.listing import Market
from counterpoise.exchange.orders import Origin, VenueOrder

ROWS, ROWS_MAX = 500, 1_000
AUTO_CLOSED = {"LIQUIDATION": Origin.LIQUIDATION, "ADL": Origin.DELEVERAGING}


def open_orders(asked: Asked) -> object:
    """Return the open orders (fetch_open_orders)."""
    only = asked.listing() if asked.sent.has("symbol") else None
    found = asked.desk.open_orders(asked.market, asked.call)
    shown = _shown(asked)
    return {"orders": [shown(one) for one in found if only in {None, one.request.listing}]}


def history(asked: Asked) -> object:
    """Return the orders that are over, newest first (fetch_canceled_and_closed_orders)."""
    shown = _shown(asked)
    if asked.market is Market.INVERSE:
        return {"orders": [inverse_history_row(asked, one) for one in _orders(asked, over=True)]}
    return {"orders": [shown(one) for one in _orders(asked, over=True)]}


def all_orders(asked: Asked) -> object:
    """Return orders in any state, newest first (fetch_orders)."""
    return {"orders": [swap_row(asked, one) for one in _orders(asked, over=False)]}


def _shown(asked: Asked) -> Callable[[VenueOrder], Row]:
    return spot_row if asked.market is Market.SPOT else lambda one: swap_row(asked, one)


def _orders(asked: Asked, *, over: bool) -> list[VenueOrder]:
    sent = asked.sent
    since_ms, until_ms = sent.whole("startTime") or 0, sent.whole("endTime")
    seen = asked.desk.venue.visibility
    listings = [asked.listing()] if sent.has("symbol") else asked.listings()
    found = [
        order
        for listing in listings
        for order in seen.orders(listing, asked.now)
        if not (over and order.status.open)
        and order.created_ms >= since_ms
        and (until_ms is None or order.created_ms <= until_ms)
    ]
    found.sort(key=lambda order: order.id, reverse=True)
    return found[: sent.rows_max("limit", ROWS, ROWS_MAX)]


def spot_fills(asked: Asked) -> object:
    """Return the account's spot trades in a symbol (fetch_my_trades)."""
    sent = asked.sent
    order_id, until_ms = sent.whole("orderId"), sent.whole("endTime")
    found = [
        spot_fill(trade)
        for trade in asked.desk.trades(asked.listing(), asked.call, sent.whole("startTime"))
        if order_id in {None, trade.order_id} and (until_ms is None or trade.at_ms <= until_ms)
    ]
    return {"fills": found[: sent.rows_max("limit", ROWS, ROWS_MAX)]}


def linear_fills(asked: Asked) -> object:
    """Return the account's linear trades in a span of time, which is mandatory."""
    sent = asked.sent
    since_ms, until_ms = sent.whole("startTs"), sent.whole("endTs")
    if since_ms is None or until_ms is None:
        raise wrong("startTs" if since_ms is None else "endTs")
    if not sent.has("tradingUnit"):
        raise wrong("tradingUnit")
    order_id = sent.whole("orderId")
    listings = [asked.listing()] if sent.has("symbol") else asked.listings()
    found = [
        swap_fill(asked, trade)
        for listing in listings
        for trade in asked.desk.trades(listing, asked.call, since_ms)
        if trade.at_ms <= until_ms and order_id in {None, trade.order_id}
    ]
    return {"fill_orders": found}


def inverse_fills(asked: Asked) -> object:
    """Return the fills of one coin-margined order, whose id is mandatory (fetch_my_trades)."""
    number = asked.sent.whole("orderId")
    if number is None:
        raise wrong("orderId")
    order = asked.desk.venue.visibility.order(number, asked.now)
    if order is None or order.request.listing.key.market is not Market.INVERSE:
        raise asked.unknown()
    return [inverse_fill(trade) for trade in order.trades]


def forced_orders(asked: Asked) -> object:
    """Return the orders by which BingX closed positions, newest first (fetch_my_liquidations)."""
    sent = asked.sent
    kind = sent.chosen("autoCloseType", AUTO_CLOSED) if sent.has("autoCloseType") else None
    wanted = set(AUTO_CLOSED.values()) if kind is None else {kind}
    found = [
        swap_row(asked, one) for one in _orders(asked, over=True) if one.request.origin in wanted
    ]
    return found if asked.market is Market.INVERSE else {"orders": found}
