"""
Futures orders and deals as MEXC shows them.

Origin of the shapes: the samples of ccxt 4.5.90 mexc.py `fetch_order` and `fetch_my_trades`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

from counterpoise.core.units import ZERO
from counterpoise.exchange.dialects.bare import eight
from counterpoise.exchange.dialects.common import client_id_shown
from counterpoise.exchange.dialects.desk import Desk
from counterpoise.exchange.dialects.mexc.contract_account import CROSS, position_id
from counterpoise.exchange.dialects.mexc.contract_market import Row
from counterpoise.exchange.dialects.views import fees_of, profit_of
from counterpoise.exchange.orders import (
    OrderRequest,
    OrderStatus,
    OrderType,
    Origin,
    PositionSide,
    Side,
    TimeInForce,
    Trade,
    VenueOrder,
)


class OrderSide(IntEnum):
    """What an order does, by number. In one-way mode 2 and 4 are reduce-only."""

    OPEN_LONG = 1
    CLOSE_SHORT = 2
    OPEN_SHORT = 3
    CLOSE_LONG = 4


BUYS = frozenset({OrderSide.OPEN_LONG, OrderSide.CLOSE_SHORT})
CLOSES = frozenset({OrderSide.CLOSE_SHORT, OrderSide.CLOSE_LONG})
LONGS = frozenset({OrderSide.OPEN_LONG, OrderSide.CLOSE_LONG})

# By number; 6 is sent as a market order "converted to the current price" and kept as 5.
TERMS: Mapping[str, tuple[OrderType, TimeInForce]] = {
    "1": (OrderType.LIMIT, TimeInForce.GTC),
    "2": (OrderType.LIMIT, TimeInForce.GTX),
    "3": (OrderType.LIMIT, TimeInForce.IOC),
    "4": (OrderType.LIMIT, TimeInForce.FOK),
    "6": (OrderType.MARKET, TimeInForce.IOC),
    "5": (OrderType.MARKET, TimeInForce.IOC),
}
NUMBERS = {terms: int(number) for number, terms in TERMS.items()}

STATES = {
    OrderStatus.NEW: 2,  # uncompleted
    OrderStatus.PARTIALLY_FILLED: 2,
    OrderStatus.FILLED: 3,
    OrderStatus.CANCELED: 4,
    OrderStatus.EXPIRED: 4,
}
CATEGORIES = {  # 2 is an order by which MEXC took a position over, 4 auto-deleveraging
    Origin.CLIENT: 1,
    Origin.MANUAL: 1,
    Origin.LIQUIDATION: 2,
    Origin.DELEVERAGING: 4,
    Origin.SETTLEMENT: 3,
}


def wire_side(side: Side, position_side: PositionSide, *, reduce_only: bool) -> OrderSide:
    """Return the number of a side in either position mode."""
    if position_side is PositionSide.BOTH:
        closing, long = reduce_only, (side is Side.BUY) is not reduce_only
    else:
        long = position_side is PositionSide.LONG
        closing = (side is Side.BUY) is not long
    matching = CLOSES if closing else frozenset(OrderSide) - CLOSES
    (found,) = (one for one in matching if (one in LONGS) is long)
    return found


def order_row(desk: Desk, order: VenueOrder) -> Row:
    """Return an order; `externalOid` is the client's own id."""
    request = order.request
    margin = order.left if order.status.open else ZERO
    leverage = desk.venue.engine.account.leverage_of(request.listing.key)
    price = request.price or eight(order.price_average)
    worth = request.listing.worth(margin, price) if margin else ZERO
    return {
        "orderId": str(order.id),
        "symbol": request.listing.key.symbol,
        "positionId": position_id(desk, request.listing, request.position_side),
        "price": price,
        "vol": order.quantity,
        "leverage": leverage,
        "side": int(
            wire_side(request.side, request.position_side, reduce_only=request.reduce_only)
        ),
        "category": CATEGORIES[request.origin],
        "orderType": NUMBERS[_terms(request)],
        "dealAvgPrice": eight(order.price_average),
        "dealVol": order.executed,
        "orderMargin": eight(worth / leverage),
        "takerFee": fees_of(order, maker=False),
        "makerFee": fees_of(order, maker=True),
        "profit": profit_of(order),
        "feeCurrency": request.listing.settle,
        "openType": CROSS,
        "state": STATES[order.status],
        "externalOid": client_id_shown(request) or f"_m_{order.id}",
        "errorCode": 0,
        "usedMargin": 0,
        "createTime": order.created_ms,
        "updateTime": order.updated_ms,
        "positionMode": 2 if request.position_side is PositionSide.BOTH else 1,
        "reduceOnly": request.reduce_only,
    }


def _terms(request: OrderRequest) -> tuple[OrderType, TimeInForce]:
    if request.type is OrderType.MARKET:
        return OrderType.MARKET, TimeInForce.IOC
    return request.type, request.time_in_force


def deal_row(desk: Desk, trade: Trade) -> Row:
    """Return one fill of the account's own."""
    order = desk.venue.engine.ledger.orders.get(trade.order_id)
    reduce_only = order is not None and order.request.reduce_only
    origin = order.request.origin if order is not None else Origin.CLIENT
    return {
        "id": str(trade.id),
        "symbol": trade.listing.key.symbol,
        "side": int(wire_side(trade.side, trade.position_side, reduce_only=reduce_only)),
        "vol": trade.quantity,
        "price": trade.price,
        "feeCurrency": trade.fee_asset,
        "fee": trade.fee,
        "timestamp": trade.at_ms,
        "profit": trade.profit,
        "category": CATEGORIES[origin],
        "orderId": str(trade.order_id),
        "positionMode": 2 if trade.position_side is PositionSide.BOTH else 1,
        "taker": not trade.maker,
    }
