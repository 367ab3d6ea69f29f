"""Lists of futures orders and deals. Shapes: the named methods of ccxt 4.5.90 mexc.py."""

from __future__ import annotations

from collections.abc import Iterator

from counterpoise.exchange.dialects.common import Sent
from counterpoise.exchange.dialects.desk import Desk
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.dialects.mexc.asked import (
    PERPETUALS,
    contract_listing,
    contract_sent,
    contracts,
)
from counterpoise.exchange.dialects.mexc.contract_market import Row, page_of
from counterpoise.exchange.dialects.mexc.contract_rows import STATES, deal_row, order_row
from counterpoise.exchange.dialects.mexc.errors import ORDER_MISSING
from counterpoise.exchange.listing import Listing
from counterpoise.exchange.orders import Trade, VenueOrder


def open_orders(desk: Desk, call: Call) -> object:
    """Return the open orders, newest first (fetch_open_orders)."""
    sent = contract_sent(call)
    only = _only(desk, sent)
    found = [
        order
        for market in PERPETUALS
        for order in desk.open_orders(market, call)
        if only is None or order.request.listing is only
    ]
    return page_of([order_row(desk, one) for one in _newest(found)], sent)


def history_orders(desk: Desk, call: Call) -> object:
    """Return all orders, newest first, of some states where they are named (fetch_orders)."""
    sent = contract_sent(call)
    only, states = _only(desk, sent), (sent.maybe("states") or "").split(",")
    since_ms, until_ms = sent.whole("start_time") or 0, sent.whole("end_time")
    found = [
        order
        for listing in ([only] if only else contracts(desk))
        for order in desk.venue.visibility.orders(listing, call.now)
        if (states == [""] or str(STATES[order.status]) in states)
        and order.created_ms >= since_ms
        and (until_ms is None or order.created_ms <= until_ms)
    ]
    return page_of([order_row(desk, one) for one in _newest(found)], sent)


def deals(desk: Desk, call: Call) -> object:
    """Return the account's trades, newest first (fetch_my_trades)."""
    sent = contract_sent(call)
    only = _only(desk, sent)
    since_ms, until_ms = sent.whole("start_time"), sent.whole("end_time")
    found = [
        trade
        for listing in ([only] if only else contracts(desk))
        for trade in desk.trades(listing, call, since_ms)
        if until_ms is None or trade.at_ms <= until_ms
    ]
    found.sort(key=lambda trade: trade.id, reverse=True)
    return page_of([deal_row(desk, trade) for trade in found], sent)


def deals_of_order(desk: Desk, call: Call) -> object:
    """Return the fills of one order (fetch_order_trades)."""
    number = contract_sent(call).text("order_id")
    found: list[Row] = [deal_row(desk, one) for one in _trades_of(desk, call, number)]
    if not found:
        raise ORDER_MISSING
    return found


def _trades_of(desk: Desk, call: Call, number: str) -> Iterator[Trade]:
    order = desk.venue.visibility.order(int(number), call.now) if number.isdecimal() else None
    if order is not None:
        yield from order.trades


def _only(desk: Desk, sent: Sent) -> Listing | None:
    return contract_listing(desk, sent) if sent.has("symbol") else None


def _newest(orders: list[VenueOrder]) -> list[VenueOrder]:
    return sorted(orders, key=lambda order: order.id, reverse=True)
