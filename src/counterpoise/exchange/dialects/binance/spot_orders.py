"""Spot orders."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from counterpoise.core.units import ZERO
from counterpoise.exchange.dialects.binance import params
from counterpoise.exchange.dialects.binance.desk import Desk
from counterpoise.exchange.dialects.binance.errors import SPOT, WireError, missing, wire_error
from counterpoise.exchange.dialects.binance.placing import placed
from counterpoise.exchange.dialects.binance.wire import Json, fixed
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.listing import Listing, Market
from counterpoise.exchange.orders import (
    OrderRequest,
    OrderType,
    Refused,
    Side,
    TimeInForce,
    Trade,
    VenueOrder,
)

NOT_FOUND = WireError(-2013, "Order does not exist.")
UNKNOWN = WireError(-2011, "Unknown order sent.")
POST_ONLY = "LIMIT_MAKER"


def place(desk: Desk, call: Call) -> Json:
    """Take a spot order."""
    request = _request(desk, call)
    order = placed(desk.venue, request, call)
    return _receipt(call, order)


def rehearse(desk: Desk, call: Call) -> Json:
    """Check a spot order's parameters and do nothing."""
    _request(desk, call)
    return {}


def query(desk: Desk, call: Call) -> Json:
    """Return one order."""
    return _order_row(desk.order(call, Market.SPOT, NOT_FOUND))


def cancel(desk: Desk, call: Call) -> Json:
    """Cancel one order."""
    order = desk.order(call, Market.SPOT, UNKNOWN)
    try:
        desk.venue.engine.cancel(order, call.now)
    except Refused as refused:
        raise wire_error(refused, SPOT) from refused
    return _cancel_row(order)


def cancel_all(desk: Desk, call: Call) -> Json:
    """Cancel every open order of a symbol."""
    desk.listing(call, Market.SPOT)
    found = list(desk.open_orders(call, Market.SPOT))
    if not found:
        raise UNKNOWN
    return [_cancel_row(desk.venue.engine.cancel(order, call.now)) for order in found]


def open_orders(desk: Desk, call: Call) -> Json:
    """Return the open orders."""
    return [_order_row(order) for order in desk.open_orders(call, Market.SPOT)]


def all_orders(desk: Desk, call: Call) -> Json:
    """Return all orders of a symbol, oldest first."""
    listing = desk.listing(call, Market.SPOT)
    found = desk.venue.visibility.orders(listing, call.now)[: params.rows_max(call.params, 500)]
    return [_order_row(order) for order in reversed(found)]


def trades(desk: Desk, call: Call) -> Json:
    """Return the account's trades in a symbol, oldest first."""
    return [_trade_row(trade) for trade in desk.trades(call, Market.SPOT)]


def _request(desk: Desk, call: Call) -> OrderRequest:
    values = call.params
    listing = desk.listing(call, Market.SPOT)
    side = params.word(values, "side", Side, -1117)
    kind, in_force = _terms(values)
    price = params.number(values, "price") if kind is OrderType.LIMIT else None
    if kind is OrderType.MARKET and "price" in values:
        raise WireError(-1106, "Parameter 'price' sent when not required.")
    request = OrderRequest(
        listing=listing,
        side=side,
        type=kind,
        time_in_force=in_force,
        quantity=_quantity(desk, call, listing, side),
        client_order_id=_client_order_id(desk, values),
        price=price,
    )
    _check_places(request)
    return request


def _quantity(desk: Desk, call: Call, listing: Listing, side: Side) -> Decimal:
    """Return the quantity, worked out from the book where a market order states its cost."""
    if "quantity" in call.params or call.params.get("type") != "MARKET":
        return params.number(call.params, "quantity")
    if "quoteOrderQty" not in call.params:
        raise missing("quantity")
    left = params.number(call.params, "quoteOrderQty")
    quantity = ZERO
    for level in desk.venue.engine.levels(listing, side, call.now):
        part = min(level.quantity, left / level.price)
        quantity += part
        left -= part * level.price
        if left <= ZERO:
            break
    return quantity // listing.quantity_step * listing.quantity_step


def _terms(values: Mapping[str, str]) -> tuple[OrderType, TimeInForce]:
    if values.get("type") == POST_ONLY:
        return OrderType.LIMIT, TimeInForce.GTX
    kind = params.word(values, "type", OrderType, -1116)
    if kind is OrderType.MARKET:
        return kind, TimeInForce.IOC
    in_force = params.word(values, "timeInForce", TimeInForce, -1115)
    if in_force is TimeInForce.GTX:  # a term of futures
        raise WireError(-1115, "Invalid timeInForce.")
    return kind, in_force


def _client_order_id(desk: Desk, values: Mapping[str, str]) -> str:
    given = values.get("newClientOrderId")
    if given is None:
        return f"local{desk.venue.engine.ledger.next_order_id()}"
    if not params.CLIENT_ORDER_ID.fullmatch(given):
        raise WireError(
            -1100,
            "Illegal characters found in parameter 'newClientOrderId'; legal range is "
            r"'^[\.A-Z\:/a-z0-9_-]{1,36}$'.",
        )
    return given


def _check_places(request: OrderRequest) -> None:
    most = 8
    numbers = {"quantity": request.quantity, "price": request.price}
    for name, value in numbers.items():
        if value is not None and params.places(value) > most:
            raise WireError(-1111, f"Parameter '{name}' has too much precision.")


def _terms_row(order: VenueOrder) -> dict[str, object]:
    request = order.request
    post_only = request.time_in_force is TimeInForce.GTX
    market = request.type is OrderType.MARKET
    return {
        "symbol": request.listing.key.symbol,
        "orderId": order.id,
        "orderListId": -1,
        "clientOrderId": request.client_order_id,
        "price": fixed(request.price or ZERO),
        "origQty": fixed(order.quantity),
        "executedQty": fixed(order.executed),
        "origQuoteOrderQty": "0.00000000",
        "cummulativeQuoteQty": fixed(order.executed_worth),
        "status": order.status.value,
        "timeInForce": "GTC" if market or post_only else request.time_in_force.value,
        "type": POST_ONLY if post_only else request.type.value,
        "side": request.side.value,
        "selfTradePreventionMode": "EXPIRE_MAKER",
    }


def _order_row(order: VenueOrder) -> dict[str, object]:
    return _terms_row(order) | {
        "stopPrice": "0.00000000",
        "icebergQty": "0.00000000",
        "time": order.created_ms,
        "updateTime": order.updated_ms,
        "isWorking": True,
        "workingTime": order.created_ms,
    }


def _cancel_row(order: VenueOrder) -> dict[str, object]:
    own = order.request.client_order_id
    return _terms_row(order) | {
        "origClientOrderId": own,
        "clientOrderId": f"cancel{order.id}",
        "transactTime": order.updated_ms,
    }


def _receipt(call: Call, order: VenueOrder) -> dict[str, object]:
    """Return as much of a new order as the client asked for."""
    default = "FULL" if order.request.time_in_force is not TimeInForce.GTX else "ACK"
    wanted = call.params.get("newOrderRespType", default)
    dated: dict[str, object] = {"transactTime": order.created_ms, "workingTime": order.created_ms}
    row = _terms_row(order) | dated
    if wanted == "ACK":
        kept = ("symbol", "orderId", "orderListId", "clientOrderId", "transactTime")
        return {name: row[name] for name in kept}
    if wanted == "FULL":
        row["fills"] = [_fill_row(trade) for trade in order.trades]
    return row


def _fill_row(trade: Trade) -> dict[str, object]:
    return {
        "price": fixed(trade.price),
        "qty": fixed(trade.quantity),
        "commission": fixed(trade.fee),
        "commissionAsset": trade.fee_asset,
        "tradeId": trade.id,
    }


def _trade_row(trade: Trade) -> dict[str, object]:
    return {
        "symbol": trade.listing.key.symbol,
        "id": trade.id,
        "orderId": trade.order_id,
        "orderListId": -1,
        "price": fixed(trade.price),
        "qty": fixed(trade.quantity),
        "quoteQty": fixed(trade.quantity * trade.price),
        "commission": fixed(trade.fee),
        "commissionAsset": trade.fee_asset,
        "time": trade.at_ms,
        "isBuyer": trade.side is Side.BUY,
        "isMaker": trade.maker,
        "isBestMatch": True,
    }
