"""Spot orders. Shapes: the samples of the named methods of ccxt 4.5.90 mexc.py."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from counterpoise.core.units import ZERO, down_to
from counterpoise.exchange.dialects.common import (
    Sent,
    VenueError,
    client_id_shown,
    client_id_taken,
    trimmed,
)
from counterpoise.exchange.dialects.desk import Desk
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.dialects.mexc.asked import spot_listing, spot_sent
from counterpoise.exchange.dialects.mexc.errors import BAD_REQUEST, OVERSOLD, missing
from counterpoise.exchange.dialects.views import placed_or_dropped
from counterpoise.exchange.listing import Listing, Market
from counterpoise.exchange.orders import (
    OrderRequest,
    OrderStatus,
    OrderType,
    Reason,
    Refused,
    Side,
    TimeInForce,
    Trade,
    VenueOrder,
)

CLIENT_ORDER_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
ID_PREFIX = "C02__"  # spot order ids are no numbers
ROWS, ROWS_MAX = 100, 1_000
UNKNOWN = VenueError(-2011, "Unknown order sent.", BAD_REQUEST)
SIDES = {side.value: side for side in Side}
TERMS: Mapping[str, tuple[OrderType, TimeInForce]] = {
    "LIMIT": (OrderType.LIMIT, TimeInForce.GTC),
    "MARKET": (OrderType.MARKET, TimeInForce.IOC),
    "LIMIT_MAKER": (OrderType.LIMIT, TimeInForce.GTX),
    "IMMEDIATE_OR_CANCEL": (OrderType.LIMIT, TimeInForce.IOC),
    "FILL_OR_KILL": (OrderType.LIMIT, TimeInForce.FOK),
}
NAMES = {terms: name for name, terms in TERMS.items()}


def place(desk: Desk, call: Call) -> object:
    """Take an order; the reply says neither status nor client order id (create_spot_order)."""
    request = _request(desk, call)
    try:
        order = placed_or_dropped(desk.venue, request, call)
    except Refused as refused:
        if refused.reason is Reason.BALANCE and request.side is Side.SELL:
            raise OVERSOLD from refused
        raise
    return _short_row(order) | {"orderListId": -1, "transactTime": order.created_ms}


def rehearse(desk: Desk, call: Call) -> object:
    """Check an order's parameters and do nothing."""
    _request(desk, call)
    return {}


def query(desk: Desk, call: Call) -> object:
    """Return one order (fetch_order)."""
    return _order_row(_named(desk, call))


def cancel(desk: Desk, call: Call) -> object:
    """Cancel one order (cancel_order)."""
    return _short_row(desk.venue.engine.cancel(_named(desk, call), call.now))


def cancel_all(desk: Desk, call: Call) -> object:
    """Cancel every open order of a symbol (cancel_all_orders)."""
    listing = spot_listing(desk, spot_sent(call))
    found = [one for one in desk.open_orders(Market.SPOT, call) if one.request.listing is listing]
    return [_short_row(desk.venue.engine.cancel(order, call.now)) for order in found]


def cancel_everything(desk: Desk, call: Call) -> object:
    """Cancel every open order of every symbol (cancel_all_orders without one)."""
    for order in list(desk.open_orders(Market.SPOT, call)):
        desk.venue.engine.cancel(order, call.now)
    return {"code": 200, "msg": "success", "timestamp": call.now.venue_ms}


def open_orders(desk: Desk, call: Call) -> object:
    """Return the open orders (fetch_open_orders)."""
    sent = spot_sent(call)
    only = spot_listing(desk, sent) if sent.has("symbol") else None
    return [
        _order_row(order)
        for order in desk.open_orders(Market.SPOT, call)
        if only is None or order.request.listing is only
    ]


def all_orders(desk: Desk, call: Call) -> object:
    """Return the orders of a symbol, newest first (fetch_orders)."""
    sent = spot_sent(call)
    since_ms = sent.whole("startTime") or 0
    found = desk.venue.visibility.orders(spot_listing(desk, sent), call.now)
    rows = sent.rows_max("limit", 500, ROWS_MAX)
    return [_order_row(order) for order in found if order.created_ms >= since_ms][:rows]


def trades(desk: Desk, call: Call) -> object:
    """Return the account's trades in a symbol, newest first (fetch_my_trades)."""
    sent = spot_sent(call)
    order_id, until_ms = sent.maybe("orderId"), sent.whole("endTime")
    found = [
        _trade_row(trade)
        for trade in desk.trades(spot_listing(desk, sent), call, sent.whole("startTime"))
        if (order_id is None or f"{ID_PREFIX}{trade.order_id}" == order_id)
        and (until_ms is None or trade.at_ms <= until_ms)
    ]
    return found[: sent.rows_max("limit", ROWS, ROWS_MAX)]


def _named(desk: Desk, call: Call) -> VenueOrder:
    """Return the order that a call names by either id. Raises VenueError where readers see none."""
    sent = spot_sent(call)
    listing, seen = spot_listing(desk, sent), desk.venue.visibility
    order_id, own = sent.maybe("orderId"), sent.maybe("origClientOrderId")
    if order_id is None and own is None:
        raise missing("orderId")
    if order_id is not None:
        number = order_id.removeprefix(ID_PREFIX)
        order = seen.order(int(number), call.now) if number.isdecimal() else None
    else:
        order = seen.named(listing, own or "", call.now)
    if order is None or order.request.listing is not listing:
        raise UNKNOWN
    return order


def _request(desk: Desk, call: Call) -> OrderRequest:
    sent = spot_sent(call)
    listing, side = spot_listing(desk, sent), sent.chosen("side", SIDES)
    kind, in_force = sent.chosen("type", TERMS)
    limit = kind is OrderType.LIMIT
    return OrderRequest(
        listing=listing,
        side=side,
        type=kind,
        time_in_force=in_force,
        quantity=_quantity(desk, call, listing, sent),
        client_order_id=_client_order_id(desk, sent),
        price=sent.number("price") if limit else None,  # a market order's is ignored
    )


def _quantity(desk: Desk, call: Call, listing: Listing, sent: Sent) -> Decimal:
    """Return the quantity, worked out from the book where a market order states its cost."""
    if not sent.has("quoteOrderQty") or sent.text("type") != "MARKET":
        return sent.number("quantity")
    left, quantity = sent.number("quoteOrderQty"), ZERO
    for level in desk.venue.engine.levels(listing, sent.chosen("side", SIDES), call.now):
        part = min(level.quantity, left / level.price)
        quantity += part
        left -= part * level.price
        if left <= ZERO:
            break
    return down_to(quantity, listing.quantity_step)


def _client_order_id(desk: Desk, sent: Sent) -> str:
    given = sent.maybe("newClientOrderId")
    if given is not None and not CLIENT_ORDER_ID.fullmatch(given):
        text = "Illegal characters found in parameter 'newClientOrderId'"
        raise VenueError(700008, text, BAD_REQUEST)
    return client_id_taken(desk.venue, given)


def _short_row(order: VenueOrder) -> dict[str, object]:
    """Return what a new and a cancelled order are answered with."""
    request = order.request
    return {
        "symbol": request.listing.key.symbol,
        "orderId": f"{ID_PREFIX}{order.id}",
        "price": trimmed(request.price or order.price_average),
        "origQty": trimmed(order.quantity),
        "type": NAMES[request.type, request.time_in_force],
        "side": request.side.value,
    }


def _order_row(order: VenueOrder) -> dict[str, object]:
    return _short_row(order) | {
        "orderListId": -1,
        "clientOrderId": client_id_shown(order.request) or None,
        "executedQty": trimmed(order.executed),
        "cummulativeQuoteQty": trimmed(order.executed_worth),
        "status": _status(order),
        "timeInForce": None,
        "stopPrice": None,
        "icebergQty": None,
        "time": order.created_ms,
        "updateTime": order.updated_ms,
        "isWorking": order.status.open,
        "origQuoteOrderQty": trimmed(order.quantity * (order.request.price or ZERO)),
    }


def _status(order: VenueOrder) -> str:
    """Return MEXC's word: what is over without being filled is cancelled, whole or in part."""
    if order.status in {OrderStatus.CANCELED, OrderStatus.EXPIRED}:
        return "PARTIALLY_CANCELED" if order.executed else "CANCELED"
    return order.status.value


def _trade_row(trade: Trade) -> dict[str, object]:
    return {
        "symbol": trade.listing.key.symbol,
        "id": str(trade.id),
        "orderId": f"{ID_PREFIX}{trade.order_id}",
        "orderListId": -1,
        "price": trimmed(trade.price),
        "qty": trimmed(trade.quantity),
        "quoteQty": trimmed(trade.quantity * trade.price),
        "commission": trimmed(trade.fee),
        "commissionAsset": trade.fee_asset,
        "time": trade.at_ms,
        "isBuyer": trade.side is Side.BUY,
        "isMaker": trade.maker,
        "isBestMatch": True,
        "isSelfTrade": False,
    }
