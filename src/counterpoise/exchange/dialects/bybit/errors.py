"""Bybit's codes and messages, per market."""

from __future__ import annotations

from collections.abc import Mapping

from counterpoise.exchange.dialects.common import Refusal, VenueError
from counterpoise.exchange.orders import Reason

INVALID = 10001
EXPIRED = 10002
WRONG_KEY = 10003
WRONG_SIGNATURE = 10004
FORBIDDEN = 10005
TOO_MANY = 10006
NO_SUCH_PATH = 10017
NO_DEMO = 10032


def wrong(name: str) -> VenueError:
    """Return the error for a parameter that is absent or unreadable."""
    return VenueError(INVALID, f"params error: {name} invalid")


NOT_SUPPORTED = VenueError(INVALID, "Not supported symbols")

CONTRACT: Mapping[Reason, Refusal] = {
    Reason.SYMBOL_UNKNOWN: Refusal(INVALID, "Not supported symbols"),
    Reason.SYMBOL_UNPRICED: Refusal(110066, "No trading is allowed at the current time"),
    Reason.SYMBOL_CLOSED: Refusal(110066, "No trading is allowed at the current time"),
    Reason.PRICE_STEP: Refusal(INVALID, "Price invalid"),
    Reason.PRICE_MIN: Refusal(110003, "Order price is out of permissible range"),
    Reason.PRICE_MAX: Refusal(110003, "Order price is out of permissible range"),
    Reason.PRICE_TOO_HIGH: Refusal(110003, "Order price is out of permissible range: {}"),
    Reason.PRICE_TOO_LOW: Refusal(110003, "Order price is out of permissible range: {}"),
    Reason.QUANTITY_STEP: Refusal(INVALID, "Qty invalid"),
    Reason.QUANTITY_MIN: Refusal(
        INVALID, "The number of contracts exceeds minimum limit allowed: too small"
    ),
    Reason.QUANTITY_MAX: Refusal(
        INVALID, "The number of contracts exceeds maximum limit allowed: too large"
    ),
    Reason.NOTIONAL_MIN: Refusal(110094, "Order does not meet minimum order value {}USDT"),
    Reason.CLIENT_ORDER_ID_TAKEN: Refusal(110072, "OrderLinkedID is duplicate"),
    Reason.POSITION_SIDE: Refusal(INVALID, "position idx not match position mode"),
    Reason.REDUCE_ONLY: Refusal(
        110017, "current position is zero, cannot fix reduce-only order qty"
    ),
    Reason.MARGIN: Refusal(110007, "ab not enough for new order"),
    Reason.LEVERAGE_POSITION_MAX: Refusal(
        110016, "Requested quantity of contracts exceeds risk limit"
    ),
    Reason.ORDERS_MAX: Refusal(110020, "Not allowed to have more than {} active orders"),
    Reason.ORDER_UNKNOWN: Refusal(110001, "order not exists or too late to cancel"),
    Reason.LEVERAGE: Refusal(110013, "cannot set leverage [{}] by risk limit"),
    Reason.MODE_HAS_POSITIONS: Refusal(110024, "You have an existing position"),
    Reason.MODE_HAS_ORDERS: Refusal(110028, "Open orders exist, so you cannot change mode"),
    Reason.MODE_SAME: Refusal(110025, "Position mode is not modified"),
    Reason.TRADING_FORBIDDEN: Refusal(FORBIDDEN, "Permission denied for current apikey."),
}

SPOT: Mapping[Reason, Refusal] = {
    Reason.SYMBOL_UNKNOWN: Refusal(170121, "Invalid symbol."),
    Reason.SYMBOL_UNPRICED: Refusal(170151, "The trading pair is not open yet."),
    Reason.SYMBOL_CLOSED: Refusal(170151, "The trading pair is not open yet."),
    Reason.PRICE_STEP: Refusal(170134, "Order price has too many decimals."),
    Reason.PRICE_MIN: Refusal(170133, "Order price lower than the minimum."),
    Reason.PRICE_MAX: Refusal(170132, "Order price too high."),
    Reason.PRICE_TOO_HIGH: Refusal(170193, "Buy order price cannot be higher than {}."),
    Reason.PRICE_TOO_LOW: Refusal(170194, "Sell order price cannot be lower than {}."),
    Reason.BOOK_TOO_FAR: Refusal(170195, "Please note that your order may not be filled."),
    Reason.QUANTITY_STEP: Refusal(170137, "Order quantity has too many decimals."),
    Reason.QUANTITY_MIN: Refusal(170136, "Order quantity lower than the minimum."),
    Reason.QUANTITY_MAX: Refusal(170135, "Order quantity too large."),
    Reason.NOTIONAL_MIN: Refusal(170140, "Order value exceeded lower limit."),
    Reason.CLIENT_ORDER_ID_TAKEN: Refusal(170141, "Duplicate clientOrderId."),
    Reason.BALANCE: Refusal(170131, "Insufficient balance."),
    Reason.ORDERS_MAX: Refusal(170005, "Too many new orders; current limit is {} orders."),
    Reason.WOULD_TAKE: Refusal(170218, "The LIMIT-MAKER order is rejected due to invalid price."),
    Reason.ORDER_UNKNOWN: Refusal(170213, "Order does not exist."),
    Reason.TRADING_FORBIDDEN: Refusal(FORBIDDEN, "Permission denied for current apikey."),
}

# A perpetual order that its own terms forbid is taken, gets an id, and is cancelled.
DROPPED: Mapping[Reason, str] = {
    Reason.WOULD_TAKE: "EC_PostOnlyWillTakeLiquidity",
    Reason.WOULD_NOT_FILL: "EC_NoImmediateQtyToFill",
    Reason.BOOK_TOO_FAR: "EC_NoEnoughQtyToFill",
}

COMMON: Mapping[int, str] = {
    EXPIRED: "invalid request, please check your server timestamp or recv_window param",
    WRONG_KEY: "API key is invalid.",
    WRONG_SIGNATURE: "error sign! please check your signature generation algorithm.",
    FORBIDDEN: "Permission denied, please check your API key permissions.",
    TOO_MANY: "Too many visits. Exceeded the API Rate Limit.",
    10010: "Unmatched IP, please check your API key's bound IP addresses.",
    10016: "Server error.",
    10018: "Exceeded the IP Rate Limit.",
    NO_SUCH_PATH: "Route not found.",
    NO_DEMO: "Demo trading are not supported.",
    110043: "leverage not modified",
    170001: "Internal error.",
    170007: "Timeout waiting for response from backend server.",
    170146: "Order creation timeout.",
}


def error(code: int, status: int = 200) -> VenueError:
    """Return an error with Bybit's usual message."""
    return VenueError(code, message_of(code), status)


def message_of(code: int) -> str:
    """Return Bybit's usual message for a code, or a general one."""
    rows = (*SPOT.values(), *CONTRACT.values())
    known = {row.code: row.message.replace("{}", "0") for row in rows}
    return COMMON.get(code) or known.get(code, "Rejected.")
