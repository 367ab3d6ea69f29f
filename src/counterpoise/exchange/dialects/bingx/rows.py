"""
Orders and fills as each of BingX's markets shows them.

Origin of the shapes: the samples of `parse_order` and `fetch_my_trades` in ccxt 4.5.90 bingx.py,
quirks included: fees are negative, a market order has no price, coin-margined orders count
contracts in `quantity` and leave `origQty` empty, and their history counts it in quote units.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from counterpoise.core.units import ZERO
from counterpoise.exchange.dialects.bingx.asked import Asked
from counterpoise.exchange.dialects.common import Row, client_id_shown, stepped, trimmed
from counterpoise.exchange.dialects.views import fees_of, profit_of
from counterpoise.exchange.listing import Market
from counterpoise.exchange.moment import SECOND_MS
from counterpoise.exchange.orders import (
    OrderStatus,
    OrderType,
    Side,
    TimeInForce,
    Trade,
    VenueOrder,
)

WORDS = {TimeInForce.GTX: "PostOnly"}
SPOT_STATUS = {
    OrderStatus.NEW: "PENDING",
    OrderStatus.EXPIRED: "CANCELED",
}
SWAP_STATUS = {
    OrderStatus.CANCELED: "CANCELLED",
    OrderStatus.EXPIRED: "CANCELLED",
}
INVERSE_STATUS = SWAP_STATUS | {OrderStatus.NEW: "Pending", OrderStatus.FILLED: "Filled"}


def time_in_force(order: VenueOrder) -> str:
    """Return BingX's word for how long an order stands."""
    return WORDS.get(order.request.time_in_force, order.request.time_in_force.value)


def _price(order: VenueOrder) -> str:
    return trimmed(order.request.price or ZERO)


def spot_row(order: VenueOrder) -> Row:
    """Return a spot order as reads show it."""
    request = order.request
    fee_asset = request.listing.base if request.side is Side.BUY else request.listing.quote
    return {
        "symbol": request.listing.key.symbol,
        "orderId": order.id,
        "price": _price(order),
        "StopPrice": "0",
        "origQty": trimmed(order.quantity),
        "executedQty": trimmed(order.executed),
        "cummulativeQuoteQty": trimmed(order.executed_worth),
        "status": SPOT_STATUS.get(order.status, order.status.value),
        "type": request.type.value,
        "side": request.side.value,
        "time": order.created_ms,
        "updateTime": order.updated_ms,
        "origQuoteOrderQty": "0",
        "fee": trimmed(-fees_of(order)),
        "feeAsset": fee_asset,
        "clientOrderID": client_id_shown(request),
        "avgPrice": trimmed(order.price_average),
    }


def spot_receipt(order: VenueOrder) -> Row:
    """Return a new spot order (create_order)."""
    kept = ("symbol", "orderId", "price", "origQty", "executedQty", "cummulativeQuoteQty",
            "status", "type", "side", "clientOrderID")  # fmt: skip
    row = spot_row(order)
    return {name: row[name] for name in kept} | {"transactTime": order.created_ms}


def swap_receipt(order: VenueOrder) -> Row:
    """Return a new swap order: what was asked for, not what came of it (create_order)."""
    request = order.request
    return {
        "orderId": order.id,
        "symbol": request.listing.key.symbol,
        "positionSide": request.position_side.value,
        "side": request.side.value,
        "type": request.type.value,
        "price": request.price or ZERO,
        "quantity": request.quantity,
        "stopPrice": 0,
        "workingType": "",
        "clientOrderID": client_id_shown(request),
        "timeInForce": time_in_force(order),
        "reduceOnly": request.reduce_only,
    }


def _swap_common(asked: Asked, order: VenueOrder) -> Row:
    request = order.request
    leverage = asked.desk.venue.engine.account.leverage_of(request.listing.key)
    return {
        "symbol": request.listing.key.symbol,
        "orderId": order.id,
        "side": request.side.value,
        "type": request.type.value,
        "price": _price(order),
        "avgPrice": trimmed(order.price_average),
        "stopPrice": "",
        "profit": trimmed(profit_of(order)),
        "commission": trimmed(-fees_of(order)),
        "time": order.created_ms,
        "updateTime": order.updated_ms,
        "clientOrderId": client_id_shown(request),
        "leverage": f"{leverage}X",
        "workingType": "MARK_PRICE",
        "timeInForce": time_in_force(order),
    }


def swap_row(asked: Asked, order: VenueOrder) -> Row:
    """Return a perpetual order as reads show it."""
    if asked.market is Market.INVERSE:
        return inverse_row(asked, order)
    request, step = order.request, order.request.listing.quantity_step
    return _swap_common(asked, order) | {
        "positionSide": request.position_side.value,
        "origQty": stepped(order.quantity, step),
        "executedQty": stepped(order.executed, step),
        "cumQuote": trimmed(order.executed_worth),
        "status": SWAP_STATUS.get(order.status, order.status.value),
        "onlyOnePosition": request.position_side.value == "BOTH",
        "reduceOnly": request.reduce_only,
    }


def inverse_row(asked: Asked, order: VenueOrder) -> Row:
    """Return a coin-margined order: contracts in `quantity`, `origQty` empty."""
    return _swap_common(asked, order) | {
        "orderId": str(order.id),
        "positionSide": order.request.position_side.value.capitalize(),
        "quantity": order.quantity,
        "origQty": "",
        "executedQty": trimmed(order.executed),
        "cumQuote": "",
        "status": INVERSE_STATUS.get(order.status, order.status.value),
    }


def inverse_history_row(asked: Asked, order: VenueOrder) -> Row:
    """Return a coin-margined order of the past: `origQty` is in quote units there."""
    size = order.request.listing.contract_size
    return inverse_row(asked, order) | {
        "origQty": trimmed(order.quantity * size),
        "executedQty": trimmed(order.executed * size),
    }


def cancelled_inverse_row(asked: Asked, order: VenueOrder) -> Row:
    """Return a coin-margined order just cancelled: its sizes read zero."""
    return inverse_row(asked, order) | {"type": "Pending", "quantity": 0, "origQty": "0"}


def spot_fill(trade: Trade) -> Row:
    """Return a spot fill."""
    return {
        "symbol": trade.listing.key.symbol,
        "id": trade.id,
        "orderId": trade.order_id,
        "price": trimmed(trade.price),
        "qty": trimmed(trade.quantity),
        "quoteQty": trimmed(trade.quantity * trade.price),
        "commission": -trade.fee,
        "commissionAsset": trade.fee_asset,
        "time": trade.at_ms,
        "isBuyer": trade.side is Side.BUY,
        "isMaker": trade.maker,
    }


def swap_fill(asked: Asked, trade: Trade) -> Row:
    """Return a linear fill: no id, no maker flag, and its time in whole seconds."""
    order = asked.desk.venue.engine.ledger.orders.get(trade.order_id)
    filled = datetime.fromtimestamp(trade.at_ms // SECOND_MS, tz=UTC)
    return {
        "filledTm": f"{filled:%Y-%m-%dT%H:%M:%SZ}",
        "volume": stepped(trade.quantity, trade.listing.quantity_step),
        "price": trimmed(trade.price),
        "amount": trimmed(trade.quantity * trade.price),
        "commission": trimmed(-trade.fee),
        "currency": trade.fee_asset,
        "orderId": str(trade.order_id),
        "liquidatedPrice": "0.00",
        "liquidatedMarginRatio": "0.00",
        "filledTime": f"{filled:%Y-%m-%dT%H:%M:%S.000+0000}",
        "clientOrderID": "" if order is None else client_id_shown(order.request),
        "symbol": trade.listing.key.symbol,
        "side": trade.side.value,
        "positionSide": trade.position_side.value,
    }


def inverse_fill(trade: Trade) -> Row:
    """Return a coin-margined fill, in contracts."""
    return {
        "orderId": str(trade.order_id),
        "symbol": trade.listing.key.symbol,
        "type": OrderType.MARKET.value if not trade.maker else OrderType.LIMIT.value,
        "side": trade.side.value,
        "positionSide": trade.position_side.value,
        "tradeId": str(trade.id),
        "volume": trimmed(trade.quantity),
        "tradePrice": trimmed(trade.price),
        "amount": trimmed(trade.listing.notional(trade.quantity, trade.price)),
        "realizedPnl": trimmed(trade.profit),
        "commission": trimmed(-trade.fee),
        "currency": trade.fee_asset,
        "buyer": trade.side is Side.BUY,
        "maker": trade.maker,
        "tradeTime": Decimal(trade.at_ms),
    }
