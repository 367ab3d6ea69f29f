"""
What Hyperliquid refuses with: no codes, only texts.

An order's own texts, by the names that the venue's page of error responses gives them. Two are not
on it, and made up here: `Halted` and `ClientId`.
"""

from __future__ import annotations

from collections.abc import Mapping

from counterpoise.exchange.orders import Reason

ORDER_TEXTS: Mapping[str, str] = {
    "Tick": "Price must be divisible by tick size.",
    "MinTradeNtl": "Order must have minimum value of $10.",
    "PerpMargin": "Insufficient margin to place order.",
    "ReduceOnly": "Reduce only order would increase position.",
    "BadAloPx": "Post only order would have immediately matched, bbo was {}.",
    "IocCancel": "Order could not immediately match against any resting orders.",
    "BadTriggerPx": "Invalid TP/SL price.",
    "MarketOrderNoLiquidity": "No liquidity available for market order.",
    "InsufficientSpotBalance": "Insufficient spot balance asset={}",
    "Oracle": "Order price cannot be more than 80% away from the reference price",
    "PerpMaxPosition": "Order would cause position to exceed margin tier limit at current leverage",
    "MissingOrder": "Order was never placed, already canceled, or filled.",
    "Size": "Order has invalid size.",
    "ZeroSize": "Order has zero size.",
    "Halted": "Trading is halted.",
    "ClientId": "Client order id is in use.",
}
BY_REASON: Mapping[Reason, str] = {
    Reason.SYMBOL_UNKNOWN: "Halted",
    Reason.SYMBOL_UNPRICED: "Halted",
    Reason.SYMBOL_CLOSED: "Halted",
    Reason.PRICE_STEP: "Tick",
    Reason.PRICE_MIN: "Tick",
    Reason.PRICE_MAX: "Oracle",
    Reason.PRICE_TOO_HIGH: "Oracle",
    Reason.PRICE_TOO_LOW: "Oracle",
    Reason.BOOK_TOO_FAR: "Oracle",
    Reason.QUANTITY_STEP: "Size",
    Reason.QUANTITY_MIN: "ZeroSize",
    Reason.QUANTITY_MAX: "Size",
    Reason.NOTIONAL_MIN: "MinTradeNtl",
    Reason.CLIENT_ORDER_ID_TAKEN: "ClientId",
    Reason.REDUCE_ONLY: "ReduceOnly",
    Reason.MARGIN: "PerpMargin",
    Reason.BALANCE: "InsufficientSpotBalance",
    Reason.LEVERAGE_POSITION_MAX: "PerpMaxPosition",
    Reason.ORDERS_MAX: "PerpMargin",
    Reason.WOULD_TAKE: "BadAloPx",
    Reason.ORDER_UNKNOWN: "MissingOrder",
}
# of a whole request: {"status": "err", "response": ...}
NO_SUCH_WALLET = "User or API Wallet {} does not exist."
DUPLICATE_NONCE = "Invalid nonce: duplicate nonce"
FAR_NONCE = "Invalid nonce: out of range"
EXPIRED = "Action expired."
NOT_HERE = "Action is disabled."
BAD_LEVERAGE = "Invalid leverage value"
TOO_MANY = "Too many cumulative requests sent (10001 > 10000) for cumulative volume traded $0."
UNREADABLE = b"Failed to deserialize the JSON body into the target type"
UNREADABLE_STATUS = 422


class Denied(Exception):
    """A whole request that is refused, in words."""


class OrderDenied(Exception):
    """One order that is refused, in words."""


class Unreadable(Exception):
    """A body that is not of the form that a question or an action has."""


def order_text(name: str, detail: str = "") -> str:
    """Return the text of an order's refusal, by its name."""
    return ORDER_TEXTS[name].replace("{}", detail)
