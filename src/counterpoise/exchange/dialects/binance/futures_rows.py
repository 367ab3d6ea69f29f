"""
Orders and trades of both kinds of futures, as rows.

One shape for both, as ccxt 4.5.90 notes it of Binance since August 2026: what an order came to is
`cumQuote` of a linear perpetual and `cumBase` of a coin-margined one, `quoteQty` and `baseQty` of a
trade alike, and the field of the other kind is zero.
"""

from __future__ import annotations

from decimal import Decimal

from counterpoise.core.units import ZERO
from counterpoise.exchange.dialects.binance.wire import fixed, trimmed
from counterpoise.exchange.listing import Listing, Market
from counterpoise.exchange.orders import OrderStatus, OrderType, Side, Trade, VenueOrder

Row = dict[str, object]


def named(listing: Listing) -> Row:
    """Return how a row names its symbol: coin-margined ones with their pair beside it."""
    symbol: Row = {"symbol": listing.key.symbol}
    return symbol | {"pair": listing.pair} if listing.key.market is Market.INVERSE else symbol


def order_row(order: VenueOrder) -> Row:
    """Return an order."""
    request = order.request
    listing, market = request.listing, request.type is OrderType.MARKET
    quote, base = _by_kind(listing, order.executed_worth)
    return {
        "orderId": order.id,
        **named(listing),
        "status": order.status.value,
        "clientOrderId": request.client_order_id,
        "price": trimmed(request.price or ZERO),
        "avgPrice": fixed(order.price_average),
        "origQty": quantity_text(listing, order.quantity),
        "executedQty": quantity_text(listing, order.executed),
        "cumQty": quantity_text(listing, order.executed),
        "cumQuote": quote,
        "cumBase": base,
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


def unmatched() -> Row:
    """Return what differs where the client wants to know only that the order was taken."""
    return {
        "status": OrderStatus.NEW.value,
        "avgPrice": "0.00",
        "executedQty": "0",
        "cumQty": "0",
        "cumQuote": "0",
        "cumBase": "0",
    }


def trade_row(trade: Trade) -> Row:
    """Return a trade."""
    listing = trade.listing
    quote, base = _by_kind(listing, listing.worth(trade.quantity, trade.price))
    return {
        **named(listing),
        "id": trade.id,
        "orderId": trade.order_id,
        "side": trade.side.value,
        "price": trimmed(trade.price),
        "qty": quantity_text(listing, trade.quantity),
        "realizedPnl": fixed(trade.profit),
        "marginAsset": listing.settle,
        "quoteQty": quote,
        "baseQty": base,
        "commission": fixed(trade.fee),
        "commissionAsset": trade.fee_asset,
        "time": trade.at_ms,
        "positionSide": trade.position_side.value,
        "buyer": trade.side is Side.BUY,
        "maker": trade.maker,
    }


def quantity_text(listing: Listing, quantity: Decimal) -> str:
    """Return a quantity with the places of the listing's step."""
    return format(quantity.quantize(listing.quantity_step), "f")


def _by_kind(listing: Listing, worth: Decimal) -> tuple[str, str]:
    """Return a worth in the settle asset as quote and as base, of which one is nothing."""
    inverse = listing.key.market is Market.INVERSE
    return ("0", fixed(worth)) if inverse else (fixed(worth), "0")
