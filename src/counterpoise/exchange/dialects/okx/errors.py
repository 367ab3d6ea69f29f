"""OKX's codes and messages. An order's own come inside the answer, the rest at its head."""

from __future__ import annotations

from collections.abc import Mapping

from counterpoise.exchange.dialects.common import Refusal, VenueError
from counterpoise.exchange.orders import Reason

UNAUTHORISED = 401
TOO_MANY_STATUS = 429

BAD_JSON = 50002
TOO_MANY = 50011
EMPTY = 50014
NO_SUCH_PATH = 50115
WRONG_ENVIRONMENT = 50101
EXPIRED = 50102
NO_KEY = 50103
NO_PASSPHRASE = 50104
WRONG_PASSPHRASE = 50105
NO_SIGNATURE = 50106
NO_TIME = 50107
WRONG_KEY = 50111
WRONG_TIME = 50112
WRONG_SIGNATURE = 50113
PARAMETER = 51000
NO_INSTRUMENT = 51001
NO_ID = 51003
ORDER_DOES_NOT_EXIST = 51603
CANCEL_FAILED = 51400


def wrong(name: str) -> VenueError:
    """Return the error for a parameter that is absent or unreadable."""
    return VenueError(PARAMETER, f"Parameter {name} error")


REFUSALS: Mapping[Reason, Refusal] = {
    Reason.SYMBOL_UNKNOWN: Refusal(NO_INSTRUMENT, "Instrument ID does not exist."),
    Reason.SYMBOL_UNPRICED: Refusal(51021, "Contract to be listed."),
    Reason.SYMBOL_CLOSED: Refusal(51022, "Contract suspended."),
    Reason.PRICE_STEP: Refusal(PARAMETER, "Parameter px error"),
    Reason.PRICE_MIN: Refusal(51122, "Order price should be higher than the min price {}."),
    Reason.PRICE_MAX: Refusal(51006, "Order price out of the limit."),
    Reason.PRICE_TOO_HIGH: Refusal(
        51137, "Your opening price has triggered the limit price, and the max buy price is {}."
    ),
    Reason.PRICE_TOO_LOW: Refusal(
        51138, "Your opening price has triggered the limit price, and the min sell price is {}."
    ),
    Reason.QUANTITY_STEP: Refusal(
        51121, "Order count should be the integer multiples of the lot size."
    ),
    Reason.QUANTITY_MIN: Refusal(
        51020, "Order amount should be greater than the min available amount."
    ),
    Reason.QUANTITY_MAX: Refusal(51005, "Order amount exceeds the limit."),
    Reason.NOTIONAL_MIN: Refusal(51020, "Order amount should be greater than the min amount {}."),
    Reason.CLIENT_ORDER_ID_TAKEN: Refusal(51016, "Duplicated client order ID."),
    Reason.POSITION_SIDE: Refusal(PARAMETER, "Parameter posSide error"),
    Reason.REDUCE_ONLY: Refusal(51112, "Close order size exceeds your available size."),
    Reason.MARGIN: Refusal(51008, "Order failed. Insufficient USDT margin in account."),
    Reason.BALANCE: Refusal(51008, "Order failed. Insufficient balance in account."),
    Reason.LEVERAGE_POSITION_MAX: Refusal(51004, "Order amount exceeds current tier limit."),
    Reason.ORDERS_MAX: Refusal(51025, "Order count exceeds the limit."),
    Reason.ORDER_UNKNOWN: Refusal(
        CANCEL_FAILED, "Cancellation failed as the order does not exist."
    ),
    Reason.LEVERAGE: Refusal(59102, "Leverage exceeds the maximum leverage."),
    Reason.MODE_HAS_POSITIONS: Refusal(59000, "Settings failed. Close any open positions."),
    Reason.MODE_HAS_ORDERS: Refusal(59000, "Settings failed. Cancel any open orders."),
    Reason.TRADING_FORBIDDEN: Refusal(50120, "This API key doesn't have permission to trade."),
}

# An order that its own terms forbid is taken, gets an id, and is cancelled for this source.
DROPPED: Mapping[Reason, str] = {
    Reason.WOULD_TAKE: "31",
    Reason.WOULD_NOT_FILL: "13",
    Reason.BOOK_TOO_FAR: "15",
}

COMMON: Mapping[int, str] = {
    BAD_JSON: "JSON syntax error",
    50001: "Service temporarily unavailable. Please try again later.",
    50004: "Endpoint request timeout. (does not mean that the request was successful or failed)",
    TOO_MANY: "Too Many Requests",
    50013: "Systems are busy. Please try again later.",
    50026: "System error. Please try again later.",
    WRONG_ENVIRONMENT: "APIKey does not match current environment.",
    EXPIRED: "Timestamp request expired",
    NO_KEY: 'Request header "OK-ACCESS-KEY" cannot be empty.',
    NO_PASSPHRASE: 'Request header "OK-ACCESS-PASSPHRASE" cannot be empty.',
    WRONG_PASSPHRASE: 'Request header "OK-ACCESS-PASSPHRASE" incorrect.',
    NO_SIGNATURE: 'Request header "OK-ACCESS-SIGN" cannot be empty.',
    NO_TIME: 'Request header "OK-ACCESS-TIMESTAMP" cannot be empty.',
    50110: "Your IP is not included in your API key's IP whitelist.",
    WRONG_KEY: "Invalid OK-ACCESS-KEY",
    WRONG_TIME: "Invalid OK-ACCESS-TIMESTAMP",
    WRONG_SIGNATURE: "Invalid Sign",
    NO_SUCH_PATH: "Invalid request method or path",
    NO_ID: "Either client order ID or order ID is required.",
    ORDER_DOES_NOT_EXIST: "Order does not exist",
}


def error(code: int, status: int = 200) -> VenueError:
    """Return an error with OKX's usual message."""
    return VenueError(code, message_of(code), status)


def message_of(code: int) -> str:
    """Return OKX's usual message for a code, or a general one."""
    known = {row.code: row.message.replace("{}", "0") for row in REFUSALS.values()}
    return COMMON.get(code) or known.get(code, "Operation failed.")
