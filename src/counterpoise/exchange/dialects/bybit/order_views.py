"""Orders as they are looked up: the open ones and the latest, and the whole history."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import unquote

from counterpoise.core.units import ZERO
from counterpoise.exchange.dialects.bybit.errors import DROPPED, wrong
from counterpoise.exchange.dialects.bybit.orders import named_order
from counterpoise.exchange.dialects.bybit.wire import (
    POSITION_INDEX,
    Asked,
    order_id_text,
)
from counterpoise.exchange.dialects.common import Row, client_id_shown, page, stepped, trimmed
from counterpoise.exchange.listing import Market
from counterpoise.exchange.moment import HOUR_MS
from counterpoise.exchange.orders import OrderStatus, OrderType, Origin, TimeInForce, VenueOrder

LATEST = 500  # closed orders that the realtime list still knows
ROWS, ROWS_MAX = 20, 50
WINDOW_MAX_MS = 7 * 24 * HOUR_MS
CLOSED_TOO = "1"
TERMS: Mapping[TimeInForce, str] = {
    TimeInForce.GTC: "GTC",
    TimeInForce.IOC: "IOC",
    TimeInForce.FOK: "FOK",
    TimeInForce.GTX: "PostOnly",
}
CREATORS: Mapping[Origin, str] = {
    Origin.CLIENT: "CreateByUser",
    Origin.MANUAL: "CreateByUser",
    Origin.LIQUIDATION: "CreateByLiq",
    Origin.DELEVERAGING: "CreateByAdl_PassThrough",
    Origin.SETTLEMENT: "CreateBySettle",
}
STATUSES: Mapping[OrderStatus, str] = {
    OrderStatus.NEW: "New",
    OrderStatus.PARTIALLY_FILLED: "PartiallyFilled",
    OrderStatus.FILLED: "Filled",
    OrderStatus.CANCELED: "Cancelled",
    OrderStatus.EXPIRED: "Cancelled",
}


def realtime(asked: Asked) -> Row:
    """
    Return open orders, newest first.

    Named by an id, an order is found while it is one of the latest, closed or not.
    """
    market = asked.market()
    if asked.sent.has("orderId") or asked.sent.has("orderLinkId"):
        found = _named(asked, market)
    else:
        found = [order for order in _of_scope(asked, market) if order.status.open]
        if asked.sent.maybe("openOnly") == CLOSED_TOO:
            closed = [order for order in _of_scope(asked, market) if not order.status.open]
            found = closed[:LATEST]
    return _listed(asked, market, found)


def history(asked: Asked) -> Row:
    """Return closed orders, newest first."""
    market = asked.market()
    if asked.sent.has("orderId") or asked.sent.has("orderLinkId"):
        found = _named(asked, market)
    else:
        since_ms, until_ms = _window(asked)
        found = [
            order for order in _of_scope(asked, market) if since_ms <= order.created_ms <= until_ms
        ]
    status = asked.sent.maybe("orderStatus")
    closed = [order for order in found if not order.status.open]
    return _listed(asked, market, [order for order in closed if status in {None, _status(order)}])


def _named(asked: Asked, market: Market) -> list[VenueOrder]:
    """Return the order that a call names, if it is there; a symbol is not needed for that."""
    if asked.sent.has("symbol"):
        only = [asked.listing(market)]
    else:
        only = [listing for listing, _ in asked.desk.listed(market)]
    found = (named_order(asked, listing) for listing in only)
    return [order for order in found if order is not None]


def _of_scope(asked: Asked, market: Market) -> list[VenueOrder]:
    """Return the orders of the symbol or coin that a call names, newest first."""
    base, settle = asked.sent.maybe("baseCoin"), asked.sent.maybe("settleCoin")
    if asked.sent.has("symbol"):
        scope = [asked.listing(market)]
    elif market is Market.LINEAR and base is None and settle is None:
        raise wrong("symbol, baseCoin or settleCoin")
    else:
        scope = [listing for listing, _ in asked.desk.listed(market)]
    chosen = [
        listing
        for listing in scope
        if base in {None, listing.base} and settle in {None, listing.settle}
    ]
    seen, now = asked.desk.venue.visibility, asked.call.now
    orders = [order for listing in chosen for order in seen.orders(listing, now)]
    return sorted(orders, key=lambda order: order.id, reverse=True)


def _window(asked: Asked) -> tuple[int, int]:
    """Return the time asked for: a week at most, the last one by default."""
    since_ms, until_ms = asked.window()
    if until_ms is None:
        until_ms = asked.call.now.venue_ms if since_ms is None else since_ms + WINDOW_MAX_MS
    if since_ms is None:
        since_ms = until_ms - WINDOW_MAX_MS
    if until_ms - since_ms > WINDOW_MAX_MS:
        raise wrong("startTime and endTime")
    return since_ms, until_ms


def _listed(asked: Asked, market: Market, orders: list[VenueOrder]) -> Row:
    size = asked.sent.rows_max("limit", ROWS, ROWS_MAX)
    cursor = asked.sent.maybe("cursor")
    rows, following = page([order_row(order) for order in orders], size, unquote(cursor or ""))
    return {"nextPageCursor": following, "category": market.value, "list": rows}


def _status(order: VenueOrder) -> str:
    """Return the status; only spot has a word for a cancelled order that traded in part."""
    spot = not order.request.listing.perpetual
    if spot and order.executed and order.status in {OrderStatus.CANCELED, OrderStatus.EXPIRED}:
        return "PartiallyFilledCanceled"
    return STATUSES[order.status]


def _reason(order: VenueOrder) -> str:
    """Return why an order did not trade whole."""
    if order.dropped is not None:
        return DROPPED[order.dropped]
    if order.status is OrderStatus.CANCELED:
        return "EC_PerCancelRequest"
    if order.status is OrderStatus.EXPIRED:
        return "EC_CancelForNoFullFill" if order.executed else "EC_NoImmediateQtyToFill"
    return "EC_NoError"


# What Bybit shows of orders with stops, triggers or options: none is taken here.
UNUSED: Row = {
    "slLimitPrice": "0",
    "cancelType": "UNKNOWN",
    "stopOrderType": "",
    "lastPriceOnCreated": "",
    "takeProfit": "",
    "smpType": "None",
    "triggerDirection": 0,
    "blockTradeId": "",
    "orderIv": "",
    "tpTriggerBy": "",
    "smpGroup": 0,
    "triggerPrice": "",
    "tpLimitPrice": "0",
    "slTriggerBy": "",
    "closeOnTrigger": False,
    "placeType": "",
    "stopLoss": "",
    "smpOrderId": "",
    "triggerBy": "",
}


def order_row(order: VenueOrder) -> Row:
    """Return an order; a market order shows no price, and a closed one has nothing left."""
    request, listing = order.request, order.request.listing
    left = order.left if order.status.open else ZERO
    row: Row = {
        "symbol": listing.key.symbol,
        "orderType": request.type.value.capitalize(),
        "orderLinkId": client_id_shown(request),
        "orderId": order_id_text(order.id, request),
        "avgPrice": trimmed(order.price_average) if order.executed else "",
        "orderStatus": _status(order),
        "createType": CREATORS[request.origin],
        "cumExecValue": trimmed(order.executed_worth),
        "rejectReason": _reason(order),
        "isLeverage": "" if listing.perpetual else "0",
        "price": trimmed(request.price or ZERO),
        "createdTime": str(order.created_ms),
        "positionIdx": POSITION_INDEX[request.position_side],
        "timeInForce": TERMS[request.time_in_force],
        "leavesValue": trimmed(listing.worth(left, request.price) if request.price else ZERO),
        "updatedTime": str(order.updated_ms),
        "side": request.side.value.capitalize(),
        "leavesQty": stepped(left, listing.quantity_step) if left else "0",
        "cumExecQty": stepped(order.executed, listing.quantity_step) if order.executed else "0",
        "reduceOnly": request.reduce_only,
        "qty": stepped(order.quantity, listing.quantity_step),
    }
    return {**UNUSED, **row, **_fees(order), **_market_extra(order)}


def _fees(order: VenueOrder) -> Row:
    """Return what an order cost, by coin and, of one coin, in sum."""
    fees: dict[str, Decimal] = {}
    for trade in order.trades:
        fees[trade.fee_asset] = fees.get(trade.fee_asset, ZERO) + trade.fee
    return {
        "cumFeeDetail": {asset: trimmed(fee) for asset, fee in fees.items()},
        "cumExecFee": trimmed(sum(fees.values(), start=ZERO)),
    }


def _market_extra(order: VenueOrder) -> Row:
    """Return what one market has alone: clients tell them apart by it, and read spot's unit."""
    if order.request.listing.perpetual:
        return {"tpslMode": ""}
    market_order = order.request.type is OrderType.MARKET
    return {"marketUnit": "baseCoin" if market_order else "", "ocoTriggerBy": ""}
