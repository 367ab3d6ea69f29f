"""USD-M orders."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

from counterpoise.core.units import ZERO
from counterpoise.exchange.dialects.binance import params
from counterpoise.exchange.dialects.binance.desk import Desk
from counterpoise.exchange.dialects.binance.errors import FUTURES, WireError, wire_error
from counterpoise.exchange.dialects.binance.placing import placed
from counterpoise.exchange.dialects.binance.wire import Json, fixed, trimmed
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.listing import Listing, Market
from counterpoise.exchange.orders import (
    OrderRequest,
    OrderStatus,
    OrderType,
    Origin,
    PositionSide,
    Refused,
    Side,
    TimeInForce,
    Trade,
    VenueOrder,
)

NOT_FOUND = WireError(-2013, "Order does not exist.")
UNKNOWN = WireError(-2011, "Unknown order sent.")
TOO_PRECISE = WireError(-1111, "Precision is over the maximum defined for this asset.")
NO_QUANTITY = WireError(-4003, "Quantity less than or equal to zero.")
NO_PRICE = WireError(-4001, "Price less than 0.")
BAD_CLIENT_ORDER_ID = WireError(-4015, "Client order id is not valid.")


FORCED_ROWS, FORCED_ROWS_MAX = 50, 100


class AutoClose(StrEnum):
    """Why the exchange closed a position."""

    LIQUIDATION = "LIQUIDATION"
    ADL = "ADL"


AUTO_CLOSED = {
    AutoClose.LIQUIDATION: Origin.LIQUIDATION,
    AutoClose.ADL: Origin.DELEVERAGING,
}


def place(desk: Desk, call: Call) -> Json:
    """Take a USD-M order."""
    order = placed(desk.venue, _request(desk, call), call, FUTURES)
    row = _order_row(order)
    del row["time"]
    acknowledged_only = call.params.get("newOrderRespType", "ACK") != "RESULT"
    return row | _unmatched() if acknowledged_only else row


def rehearse(desk: Desk, call: Call) -> Json:
    """Check an order's parameters and do nothing."""
    _request(desk, call)
    return {}


def query(desk: Desk, call: Call) -> Json:
    """Return one order."""
    return _order_row(desk.order(call, Market.LINEAR, NOT_FOUND))


def cancel(desk: Desk, call: Call) -> Json:
    """Cancel one order."""
    order = desk.order(call, Market.LINEAR, UNKNOWN)
    try:
        return _order_row(desk.venue.engine.cancel(order, call.now))
    except Refused as refused:
        raise wire_error(refused, FUTURES) from refused


def cancel_all(desk: Desk, call: Call) -> Json:
    """Cancel every open order of a symbol."""
    desk.listing(call, Market.LINEAR)
    for order in list(desk.open_orders(call, Market.LINEAR)):
        desk.venue.engine.cancel(order, call.now)
    return {"code": 200, "msg": "The operation of cancel all open order is done."}


def open_orders(desk: Desk, call: Call) -> Json:
    """Return the open orders."""
    return [_order_row(order) for order in desk.open_orders(call, Market.LINEAR)]


def open_order(desk: Desk, call: Call) -> Json:
    """Return one order that is still open."""
    order = desk.order(call, Market.LINEAR, NOT_FOUND)
    if not order.status.open:
        raise NOT_FOUND
    return _order_row(order)


def all_orders(desk: Desk, call: Call) -> Json:
    """Return all orders of a symbol, oldest first."""
    listing = desk.listing(call, Market.LINEAR)
    first_id = params.whole(call.params, "orderId")
    since_ms = params.whole(call.params, "startTime")
    found = [
        order
        for order in desk.venue.visibility.orders(listing, call.now)
        if (first_id is None or order.id >= first_id)
        and (since_ms is None or order.created_ms >= since_ms)
    ]
    newest = found[: params.rows_max(call.params, 500)]
    return [_order_row(order) for order in reversed(newest)]


def forced_orders(desk: Desk, call: Call) -> Json:
    """Return the orders by which the exchange closed positions of the account, oldest first."""
    only = desk.listing(call, Market.LINEAR) if "symbol" in call.params else None
    wanted = tuple(AUTO_CLOSED.values())
    if "autoCloseType" in call.params:
        wanted = (AUTO_CLOSED[params.word(call.params, "autoCloseType", AutoClose, -1102)],)
    since_ms = params.whole(call.params, "startTime") or 0
    until_ms = params.whole(call.params, "endTime") or call.now.venue_ms
    found = [
        order
        for order in desk.venue.engine.ledger.orders.values()
        if order.request.origin in wanted
        and (only is None or order.request.listing is only)
        and since_ms <= order.created_ms <= until_ms
        and desk.venue.visibility.order(order.id, call.now) is not None
    ]
    rows = min(params.rows_max(call.params, FORCED_ROWS), FORCED_ROWS_MAX)
    return [_order_row(order) for order in found[-rows:]]


def trades(desk: Desk, call: Call) -> Json:
    """Return the account's trades in a symbol, oldest first."""
    return [_trade_row(trade) for trade in desk.trades(call, Market.LINEAR)]


def _request(desk: Desk, call: Call) -> OrderRequest:
    values = call.params
    listing = desk.listing(call, Market.LINEAR)
    side = params.word(values, "side", Side, -1117)
    kind = params.word(values, "type", OrderType, -1116)
    position_side = PositionSide.BOTH
    if "positionSide" in values:
        position_side = params.word(values, "positionSide", PositionSide, -1137)
    reduce_only = params.flag(values, "reduceOnly")
    if desk.venue.engine.account.hedge_mode and "reduceOnly" in values:
        raise WireError(-1106, "Parameter 'reduceonly' sent when not required.")
    price_places, quantity_places = desk.info[Market.LINEAR].precisions[listing.key.symbol]
    return OrderRequest(
        listing=listing,
        side=side,
        type=kind,
        time_in_force=_time_in_force(values, kind),
        quantity=_quantity(values, quantity_places),
        client_order_id=_client_order_id(desk, values),
        price=_price(values, kind, price_places),
        reduce_only=reduce_only,
        position_side=position_side,
    )


def _time_in_force(values: Mapping[str, str], kind: OrderType) -> TimeInForce:
    if kind is OrderType.MARKET:
        return TimeInForce.IOC
    return params.word(values, "timeInForce", TimeInForce, -1115)


def _quantity(values: Mapping[str, str], places: int) -> Decimal:
    quantity = params.number(values, "quantity")
    if params.places(quantity) > places:
        raise TOO_PRECISE
    if quantity == ZERO:
        raise NO_QUANTITY
    return quantity


def _price(values: Mapping[str, str], kind: OrderType, places: int) -> Decimal | None:
    if kind is OrderType.MARKET:
        if "price" in values:
            raise WireError(-1106, "Parameter 'price' sent when not required.")
        return None
    price = params.number(values, "price")
    if params.places(price) > places:
        raise TOO_PRECISE
    if price == ZERO:
        raise NO_PRICE
    return price


def _client_order_id(desk: Desk, values: Mapping[str, str]) -> str:
    given = values.get("newClientOrderId")
    if given is None:
        return f"local{desk.venue.engine.ledger.next_order_id()}"
    if not params.CLIENT_ORDER_ID.fullmatch(given):
        raise BAD_CLIENT_ORDER_ID
    return given


def _order_row(order: VenueOrder) -> dict[str, object]:
    request = order.request
    market = request.type is OrderType.MARKET
    return {
        "orderId": order.id,
        "symbol": request.listing.key.symbol,
        "status": order.status.value,
        "clientOrderId": request.client_order_id,
        "price": trimmed(request.price or ZERO),
        "avgPrice": fixed(order.price_average),
        "origQty": _quantity_text(request.listing, order.quantity),
        "executedQty": _quantity_text(request.listing, order.executed),
        "cumQty": _quantity_text(request.listing, order.executed),
        "cumQuote": fixed(order.executed_worth),
        "timeInForce": "GTC" if market else request.time_in_force.value,
        "type": request.type.value,
        "reduceOnly": request.reduce_only,
        "closePosition": False,
        "side": request.side.value,
        "positionSide": request.position_side.value,
        "stopPrice": "0",
        "workingType": "CONTRACT_PRICE",
        "priceProtect": False,
        "origType": request.type.value,
        "priceMatch": "NONE",
        "selfTradePreventionMode": "EXPIRE_MAKER",
        "goodTillDate": 0,
        "time": order.created_ms,
        "updateTime": order.updated_ms,
    }


def _unmatched() -> dict[str, object]:
    """Return what differs where the client wants to know only that the order was taken."""
    return {
        "status": OrderStatus.NEW.value,
        "avgPrice": "0.00",
        "executedQty": "0",
        "cumQty": "0",
        "cumQuote": "0",
    }


def _quantity_text(listing: Listing, quantity: Decimal) -> str:
    return format(quantity.quantize(listing.quantity_step), "f")


def _trade_row(trade: Trade) -> dict[str, object]:
    return {
        "symbol": trade.listing.key.symbol,
        "id": trade.id,
        "orderId": trade.order_id,
        "side": trade.side.value,
        "price": trimmed(trade.price),
        "qty": _quantity_text(trade.listing, trade.quantity),
        "realizedPnl": fixed(trade.profit),
        "marginAsset": trade.listing.settle,
        "quoteQty": fixed(trade.listing.notional(trade.quantity, trade.price)),
        "commission": fixed(trade.fee),
        "commissionAsset": trade.fee_asset,
        "time": trade.at_ms,
        "positionSide": trade.position_side.value,
        "buyer": trade.side is Side.BUY,
        "maker": trade.maker,
    }
