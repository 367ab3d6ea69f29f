"""
WEEX's codes and messages, in the two forms that it has for them.

Most errors are `{"code", "msg"}`. A perpetual's order that was read and then not taken may instead
be answered like a taken one, with `success` false: with a code, or without any, and ccxt, which
looks for `errorMsg`, sees nothing wrong with the latter. Which reason comes in which form is
assumed, as are the HTTP statuses; -1054 stands for system errors and real refusals alike.
"""

from __future__ import annotations

from collections.abc import Mapping

from counterpoise.exchange.dialects.common import Refusal, VenueError, json_answer
from counterpoise.exchange.listing import Market
from counterpoise.exchange.orders import Reason
from counterpoise.ports import HttpResponse

BAD_REQUEST, UNAUTHORIZED, TOO_MANY = 400, 401, 429
FAILED = -1054
NOT_ENOUGH = "FAILED_PRECONDITION: available amount not enough."
STEP = "FAILED_PRECONDITION: order size must match the stepSize '{}' requirement"
SMALL = "FAILED_PRECONDITION: order size is below the minimum {}"
PLACES = "Decimal precision error."
HALTED = "FAILED_PRECONDITION: symbol {} does not trade"

_BOTH: Mapping[Reason, Refusal] = {
    Reason.SYMBOL_UNPRICED: Refusal(FAILED, HALTED),
    Reason.SYMBOL_CLOSED: Refusal(FAILED, HALTED),
    Reason.PRICE_STEP: Refusal(-1160, PLACES),
    Reason.PRICE_MIN: Refusal(-1142, "Parameter 'price' is invalid."),
    Reason.PRICE_MAX: Refusal(-1142, "Parameter 'price' is invalid."),
    Reason.QUANTITY_STEP: Refusal(FAILED, STEP),
    Reason.QUANTITY_MIN: Refusal(FAILED, SMALL),
    Reason.NOTIONAL_MIN: Refusal(FAILED, SMALL),
    Reason.CLIENT_ORDER_ID_TAKEN: Refusal(FAILED, "FAILED_PRECONDITION: client order id exists"),
    Reason.ORDERS_MAX: Refusal(FAILED, "FAILED_PRECONDITION: more than {} open orders"),
    Reason.TRADING_FORBIDDEN: Refusal(-1052, "Insufficient permissions for this action."),
    Reason.PRICE_TOO_HIGH: Refusal(FAILED, "FAILED_PRECONDITION: buy price is above {}"),
    Reason.PRICE_TOO_LOW: Refusal(FAILED, "FAILED_PRECONDITION: sell price is below {}"),
    Reason.BOOK_TOO_FAR: Refusal(FAILED, "FAILED_PRECONDITION: price is too far from the mark"),
}
SPOT: Mapping[Reason, Refusal] = {
    **_BOTH,
    Reason.SYMBOL_UNKNOWN: Refusal(-2007, "Symbol does not exist."),
    Reason.QUANTITY_MAX: Refusal(-1142, "Parameter 'quantity' is invalid."),
    Reason.BALANCE: Refusal(FAILED, NOT_ENOUGH),
    Reason.ORDER_UNKNOWN: Refusal(-2200, "Order does not exist."),
}
CONTRACT: Mapping[Reason, Refusal] = {
    **_BOTH,
    Reason.SYMBOL_UNKNOWN: Refusal(-1121, "Invalid symbol."),
    Reason.QUANTITY_MAX: Refusal(-3007, "Maximum contract order quantity exceeded."),
    Reason.MARGIN: Refusal(FAILED, NOT_ENOUGH),
    Reason.REDUCE_ONLY: Refusal(FAILED, "FAILED_PRECONDITION: no position to close"),
    Reason.WOULD_NOT_FILL: Refusal(FAILED, "FAILED_PRECONDITION: the order cannot fill whole"),
    Reason.LEVERAGE: Refusal(-3313, "Leverage exceeds maximum limit."),
    Reason.LEVERAGE_POSITION_MAX: Refusal(
        FAILED, "FAILED_PRECONDITION: position exceeds the maximum at this leverage"
    ),
    Reason.POSITION_SIDE: Refusal(-1142, "Parameter 'positionSide' is invalid."),
    Reason.MODE_HAS_ORDERS: Refusal(FAILED, "FAILED_PRECONDITION: there are open orders"),
    Reason.MODE_HAS_POSITIONS: Refusal(FAILED, "FAILED_PRECONDITION: there are open positions"),
    Reason.ORDER_UNKNOWN: Refusal(-3200, "Order does not exist."),
}
# of a perpetual's order: answered in the form of a taken one, and the last three without a code
WITHOUT_CODE = frozenset({Reason.PRICE_TOO_HIGH, Reason.PRICE_TOO_LOW, Reason.BOOK_TOO_FAR})
UNSUCCESSFUL = WITHOUT_CODE | {Reason.REDUCE_ONLY, Reason.LEVERAGE_POSITION_MAX, Reason.ORDERS_MAX}

COMMON: Mapping[int, str] = {
    429: "Requesting too frequently",
    -1000: "An unknown error occurred.",
    -1040: "ACCESS_KEY header is required.",
    -1041: "ACCESS_SIGN header is required.",
    -1042: "ACCESS_TIMESTAMP header is required.",
    -1043: "Invalid ACCESS_TIMESTAMP.",
    -1044: "Invalid ACCESS_KEY.",
    -1046: "Request timestamp expired.",
    -1047: "API authentication failed.",
    -1049: "API key or passphrase incorrect.",
    -1052: "Insufficient permissions for this action.",
    -1054: "System error, please retry later.",
    -1121: "Invalid symbol.",
    -1150: "Request method not supported.",
}


def refusals_of(market: Market) -> Mapping[Reason, Refusal]:
    """Return the codes of a market."""
    return SPOT if market is Market.SPOT else CONTRACT


def wrong(name: str) -> VenueError:
    """Return the error for a parameter that is absent or unreadable."""
    return VenueError(-1142, f"Parameter '{name}' is invalid.", BAD_REQUEST)


def error_answer(error: VenueError) -> HttpResponse:
    """Return the body that WEEX sends for an error."""
    status = max(error.status, BAD_REQUEST)
    return json_answer({"code": error.code, "msg": error.message}, status=status)


def message_of(code: int) -> str:
    """Return WEEX's usual message for a code, or a general one."""
    known = {refusal.code: refusal.message for refusal in (*SPOT.values(), *CONTRACT.values())}
    return COMMON.get(code) or known.get(code, "Rejected").replace("{}", "0")
