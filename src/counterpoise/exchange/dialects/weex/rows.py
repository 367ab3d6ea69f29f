"""
Orders and fills as each of WEEX's markets shows them.

Origin of the shapes: the samples of `parse_order` and `parse_trade` in ccxt 4.5.90 weex.py, quirks
included: ids are bare numbers, an order with nothing filled has an average price of zero, and what
is over without being filled is cancelled, whole or in part.
"""

from __future__ import annotations

from collections.abc import Mapping

from counterpoise.core.units import ZERO
from counterpoise.exchange.dialects.common import Row, client_id_shown, stepped, trimmed
from counterpoise.exchange.dialects.weex.asked import Asked
from counterpoise.exchange.orders import (
    OrderStatus,
    OrderType,
    PositionSide,
    Side,
    TimeInForce,
    Trade,
    VenueOrder,
)

WORDS: Mapping[TimeInForce, str] = {TimeInForce.GTX: "POST_ONLY"}
STATUS: Mapping[OrderStatus, str] = {
    OrderStatus.PARTIALLY_FILLED: "PARTIAL_FILL",  # open, though ccxt has it as closed
    OrderStatus.EXPIRED: "CANCELED",
}
# Of side and whether it shrinks: what a perpetual's order names, whatever the position mode
POSITION_SIDES: Mapping[tuple[Side, bool], str] = {
    (Side.BUY, False): "LONG",
    (Side.BUY, True): "SHORT",
    (Side.SELL, False): "SHORT",
    (Side.SELL, True): "LONG",
}


def _common(order: VenueOrder) -> Row:
    request = order.request
    step = request.listing.quantity_step
    return {
        "orderId": order.id,
        "clientOrderId": client_id_shown(request),
        "price": trimmed(request.price or ZERO),
        "origQty": stepped(order.quantity, step),
        "executedQty": stepped(order.executed, step),
        "status": STATUS.get(order.status, order.status.value),
        "timeInForce": WORDS.get(request.time_in_force, request.time_in_force.value),
        "type": request.type.value,
        "side": request.side.value,
        "time": order.created_ms,
        "updateTime": order.updated_ms,
    }


def spot_receipt(order: VenueOrder) -> Row:
    """Return a new spot order: its ids, and nothing of what became of it (create_spot_order)."""
    return {
        "symbol": order.request.listing.key.symbol,
        "orderId": order.id,
        "clientOrderId": client_id_shown(order.request),
        "transactTime": order.created_ms,
    }


def spot_row(order: VenueOrder) -> Row:
    """Return a spot order as reads show it (fetch_order)."""
    return _common(order) | {
        "symbol": order.request.listing.key.symbol,
        "cummulativeQuoteQty": trimmed(order.executed_worth),
        "isWorking": order.status.open,
    }


def contract_receipt(order: VenueOrder) -> Row:
    """Return a new order on a perpetual, its id as text: WEEX's document of `PlaceOrder`."""
    return {
        "orderId": str(order.id),
        "clientOrderId": client_id_shown(order.request),
        "success": True,
        "errorCode": "",
        "errorMessage": "",
    }


def contract_row(asked: Asked, order: VenueOrder) -> Row:
    """Return a perpetual's order as reads show it (fetch_open_orders)."""
    request = order.request
    return _common(order) | {
        "symbol": asked.symbol(request.listing),
        "avgPrice": trimmed(order.price_average),
        "cumQuote": trimmed(order.executed_worth),
        "reduceOnly": shrinks(order),
        "positionSide": POSITION_SIDES[request.side, shrinks(order)],
        "stopPrice": "0",
        "workingType": "UNKNOWN_PRICE_TYPE",
    }


def shrinks(order: VenueOrder) -> bool:
    """Say whether an order can only close: in hedge mode its position side says it."""
    side = order.request.position_side
    if side is PositionSide.BOTH:
        return order.request.reduce_only or order.request.origin.forced
    return (side is PositionSide.LONG) is (order.request.side is Side.SELL)


def spot_trade(trade: Trade) -> Row:
    """Return a spot fill; its fee is in what was bought, which it does not say."""
    return {
        "symbol": trade.listing.key.symbol,
        "id": trade.id,
        "orderId": trade.order_id,
        "price": trimmed(trade.price),
        "qty": trimmed(trade.quantity),
        "quoteQty": trimmed(trade.quantity * trade.price),
        "commission": trimmed(trade.fee),
        "time": trade.at_ms,
        "isBuyer": trade.side is Side.BUY,
    }


def contract_trade(asked: Asked, trade: Trade) -> Row:
    """Return a perpetual's fill."""
    order = asked.desk.venue.engine.ledger.orders.get(trade.order_id)
    closing = order is not None and shrinks(order)
    return {
        "id": trade.id,
        "orderId": trade.order_id,
        "symbol": trade.listing.key.symbol,
        "buyer": trade.side is Side.BUY,
        "commission": trimmed(trade.fee),
        "commissionAsset": trade.fee_asset,
        "maker": trade.maker,
        "price": trimmed(trade.price),
        "qty": trimmed(trade.quantity),
        "quoteQty": trimmed(trade.quantity * trade.price),
        "realizedPnl": trimmed(trade.profit),
        "side": trade.side.value,
        "positionSide": POSITION_SIDES[trade.side, closing],
        "time": trade.at_ms,
    }


TYPES: Mapping[str, OrderType] = {kind.value: kind for kind in OrderType}
SIDES: Mapping[str, Side] = {side.value: side for side in Side}
TERMS: Mapping[str, TimeInForce] = {
    "GTC": TimeInForce.GTC,
    "IOC": TimeInForce.IOC,
    "FOK": TimeInForce.FOK,
    "POST_ONLY": TimeInForce.GTX,
}
