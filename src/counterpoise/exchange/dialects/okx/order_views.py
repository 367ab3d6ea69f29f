"""Orders and fills as they are looked up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from counterpoise.core.units import ZERO
from counterpoise.exchange.dialects.common import Row, client_id_shown, stepped, trimmed
from counterpoise.exchange.dialects.okx.errors import DROPPED, ORDER_DOES_NOT_EXIST, error
from counterpoise.exchange.dialects.okx.orders import CASH, CROSS, named_order
from counterpoise.exchange.dialects.okx.wire import (
    SIDE_NAMES,
    Asked,
    kind_of,
    window,
)
from counterpoise.exchange.dialects.views import fees_of, profit_of
from counterpoise.exchange.moment import HOUR_MS
from counterpoise.exchange.orders import (
    OrderStatus,
    OrderType,
    Origin,
    Side,
    TimeInForce,
    Trade,
    VenueOrder,
)

HISTORY_MS = 7 * 24 * HOUR_MS
TERMS: Mapping[TimeInForce, str] = {
    TimeInForce.GTC: "limit",
    TimeInForce.GTX: "post_only",
    TimeInForce.FOK: "fok",
    TimeInForce.IOC: "ioc",
}
STATES: Mapping[OrderStatus, str] = {
    OrderStatus.NEW: "live",
    OrderStatus.PARTIALLY_FILLED: "partially_filled",
    OrderStatus.FILLED: "filled",
    OrderStatus.CANCELED: "canceled",
    OrderStatus.EXPIRED: "canceled",
}
CATEGORIES: Mapping[Origin, str] = {
    Origin.CLIENT: "normal",
    Origin.MANUAL: "normal",
    Origin.LIQUIDATION: "full_liquidation",
    Origin.DELEVERAGING: "adl",
    Origin.SETTLEMENT: "delivery",
}
BY_USER, INCOMPLETE = "1", "14"  # sources of a cancellation


def order(asked: Asked) -> Sequence[Row]:
    """Return one order, open or closed."""
    found = named_order(asked)
    if found is None:
        raise error(ORDER_DOES_NOT_EXIST)
    return [order_row(asked, found)]


def pending(asked: Asked) -> Sequence[Row]:
    """Return open orders, newest first."""
    return _listed(asked, [one for one in _seen(asked) if one.status.open])


def history(asked: Asked) -> Sequence[Row]:
    """Return the closed orders of the last seven days, newest first."""
    asked.sent.text("instType")
    since_ms = asked.sent.whole("begin") or asked.call.now.venue_ms - HISTORY_MS
    closed = [one for one in _seen(asked) if not one.status.open and one.created_ms >= since_ms]
    return _listed(asked, closed)


def _seen(asked: Asked) -> list[VenueOrder]:
    seen, now = asked.desk.venue.visibility, asked.call.now
    found = [one for listing in asked.scope() for one in seen.orders(listing, now)]
    return sorted(found, key=lambda one: one.id, reverse=True)


def _listed(asked: Asked, orders: Sequence[VenueOrder]) -> Sequence[Row]:
    wanted = asked.sent.maybe("state")
    rows = [order_row(asked, one) for one in orders]
    return window([row for row in rows if wanted in {None, row["state"]}], asked, "ordId")


def _cancel_source(one: VenueOrder) -> str:
    """Return who or what cancelled an order."""
    if one.dropped is not None:
        return DROPPED[one.dropped]
    sources = {OrderStatus.CANCELED: BY_USER, OrderStatus.EXPIRED: INCOMPLETE}
    return sources.get(one.status, "")


def order_row(asked: Asked, one: VenueOrder) -> Row:
    """Return an order: fees are negative where they are paid, sizes in the listing's unit."""
    request, listing = one.request, one.request.listing
    last = one.trades[-1] if one.trades else None
    market_order = request.type is OrderType.MARKET
    account = asked.desk.venue.engine.account
    return {
        "accFillSz": stepped(one.executed, listing.quantity_step) if one.executed else "0",
        "avgPx": trimmed(one.price_average) if one.executed else "",
        "cTime": str(one.created_ms),
        "cancelSource": _cancel_source(one),
        "cancelSourceReason": "",
        "category": CATEGORIES[request.origin],
        "ccy": "",
        "clOrdId": client_id_shown(request),
        "fee": trimmed(-fees_of(one)),
        "feeCcy": last.fee_asset if last else _fee_asset(one),
        "fillPx": trimmed(last.price) if last else "",
        "fillSz": stepped(last.quantity, listing.quantity_step) if last else "0",
        "fillTime": str(last.at_ms) if last else "",
        "instId": listing.key.symbol,
        "instType": kind_of(listing),
        "lever": str(account.leverage_of(listing.key)) if listing.perpetual else "",
        "ordId": str(one.id),
        "ordType": "market" if market_order else TERMS[request.time_in_force],
        "pnl": trimmed(profit_of(one)),
        "posSide": SIDE_NAMES[request.position_side] if listing.perpetual else "",
        "px": "" if request.price is None else trimmed(request.price),
        "rebate": "0",
        "rebateCcy": listing.quote,
        "reduceOnly": "true" if request.reduce_only else "false",
        "side": request.side.value.lower(),
        "state": STATES[one.status],
        "sz": stepped(one.quantity, listing.quantity_step),
        "tag": "",
        "tdMode": CROSS if listing.perpetual else CASH,
        "tgtCcy": "base_ccy" if market_order and not listing.perpetual else "",
        "tradeId": str(last.id) if last else "",
        "uTime": str(one.updated_ms),
    }


def _fee_asset(one: VenueOrder) -> str:
    listing = one.request.listing
    if listing.perpetual or one.request.side is Side.SELL:
        return listing.settle
    return listing.base


def fills(asked: Asked) -> Sequence[Row]:
    """Return the account's trades, newest first."""
    since_ms, until_ms = asked.sent.whole("begin"), asked.sent.whole("end")
    wanted = asked.sent.maybe("ordId")
    rows = [
        fill_row(asked, trade)
        for listing in asked.scope()
        for trade in asked.desk.trades(listing, asked.call, since_ms)
        if (until_ms is None or trade.at_ms <= until_ms) and wanted in {None, str(trade.order_id)}
    ]
    return window(sorted(rows, key=_bill_id, reverse=True), asked, "billId")


def _bill_id(row: Row) -> int:
    return int(str(row["billId"]))


def fill_row(asked: Asked, trade: Trade) -> Row:
    """Return one trade; its fee is negative where it was paid."""
    listing = trade.listing
    one = asked.desk.venue.engine.ledger.orders.get(trade.order_id)
    return {
        "instType": kind_of(listing),
        "instId": listing.key.symbol,
        "tradeId": str(trade.id),
        "ordId": str(trade.order_id),
        "clOrdId": client_id_shown(one.request) if one else "",
        "billId": str(trade.id),
        "tag": "",
        "fillPx": trimmed(trade.price),
        "fillSz": stepped(trade.quantity, listing.quantity_step),
        "fillPnl": trimmed(trade.profit or ZERO),
        "side": trade.side.value.lower(),
        "posSide": SIDE_NAMES[trade.position_side] if listing.perpetual else "",
        "execType": "M" if trade.maker else "T",
        "feeCcy": trade.fee_asset,
        "fee": trimmed(-trade.fee),
        "ts": str(trade.at_ms),
    }
