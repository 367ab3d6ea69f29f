"""MEXC's codes and messages. Spot says `msg`, futures `message` beside `success: false`."""

from __future__ import annotations

from collections.abc import Mapping

from counterpoise.exchange.dialects.common import Refusal, VenueError, json_answer
from counterpoise.exchange.orders import Reason
from counterpoise.ports import HttpResponse

BAD_REQUEST = 400
TOO_MANY = 429

# Spot's own codes are negative or have five digits or more; futures use the rest, spot a few.
SPOT_CODE_MIN = 10_000

SPOT: Mapping[Reason, Refusal] = {
    Reason.SYMBOL_UNKNOWN: Refusal(-1121, "Invalid symbol."),
    Reason.SYMBOL_UNPRICED: Refusal(30016, "trading disabled"),
    Reason.SYMBOL_CLOSED: Refusal(30016, "trading disabled"),
    Reason.PRICE_STEP: Refusal(400, "price scale is invalid"),
    Reason.PRICE_MIN: Refusal(30087, "Order price exceeds allowed range"),
    Reason.PRICE_MAX: Refusal(30087, "Order price exceeds allowed range"),
    Reason.PRICE_TOO_HIGH: Refusal(30087, "Order price exceeds allowed range"),
    Reason.PRICE_TOO_LOW: Refusal(30087, "Order price exceeds allowed range"),
    Reason.BOOK_TOO_FAR: Refusal(30010, "no valid trade price"),
    Reason.QUANTITY_STEP: Refusal(400, "amount scale is invalid"),
    Reason.QUANTITY_MIN: Refusal(30002, "The minimum transaction volume cannot be less than:{}"),
    Reason.QUANTITY_MAX: Refusal(30003, "The maximum transaction volume cannot be greater than:{}"),
    Reason.NOTIONAL_MIN: Refusal(30002, "The minimum transaction volume cannot be less than:{}"),
    Reason.CLIENT_ORDER_ID_TAKEN: Refusal(603, "Repeated request"),  # assumed: none is published
    Reason.BALANCE: Refusal(30004, "Insufficient position"),
    Reason.ORDERS_MAX: Refusal(30029, "Cannot exceed the maximum order limit"),
    Reason.ORDER_UNKNOWN: Refusal(-2011, "Unknown order sent."),
    Reason.TRADING_FORBIDDEN: Refusal(30018, "Account is temporarily unable to place orders"),
}

CONTRACT: Mapping[Reason, Refusal] = {
    Reason.SYMBOL_UNKNOWN: Refusal(1001, "Contract does not exist!"),
    Reason.SYMBOL_UNPRICED: Refusal(1002, "Contract not allow place order!"),
    Reason.SYMBOL_CLOSED: Refusal(1002, "Contract not allow place order!"),
    Reason.PRICE_STEP: Refusal(2015, "Price or quantity accuracy error!"),
    Reason.PRICE_MIN: Refusal(2007, "Order price error!"),
    Reason.PRICE_MAX: Refusal(2007, "Order price error!"),
    Reason.PRICE_TOO_HIGH: Refusal(2003, "Bid price is great than max allow price"),
    Reason.PRICE_TOO_LOW: Refusal(2004, "Ask price is less than min allow price"),
    Reason.BOOK_TOO_FAR: Refusal(2007, "Order price error!"),
    Reason.QUANTITY_STEP: Refusal(2015, "Price or quantity accuracy error!"),
    Reason.QUANTITY_MIN: Refusal(2011, "Order quantity error, please try to modify."),
    Reason.QUANTITY_MAX: Refusal(2011, "Order quantity error, please try to modify."),
    Reason.CLIENT_ORDER_ID_TAKEN: Refusal(603, "Repeated request"),  # assumed: none is published
    Reason.POSITION_SIDE: Refusal(2022, "Position type error!"),
    Reason.REDUCE_ONLY: Refusal(2009, "Position is not exists or closed."),
    Reason.MARGIN: Refusal(2005, "Insufficient balance!"),
    Reason.LEVERAGE_POSITION_MAX: Refusal(2023, "The new position is over the leverage's maximum"),
    Reason.ORDERS_MAX: Refusal(2016, "Orders over the maximum"),
    Reason.ORDER_UNKNOWN: Refusal(2041, "order state cannot be cancelled"),
    Reason.LEVERAGE: Refusal(2006, "Leverage ratio error!"),
    Reason.MODE_HAS_POSITIONS: Refusal(2019, "There is an active open position"),
    Reason.MODE_HAS_ORDERS: Refusal(2019, "There is an active open position"),
    Reason.TRADING_FORBIDDEN: Refusal(511, "Interface not accessible"),
}

ORDER_MISSING = VenueError(2040, "order not exist")
CLOSE_TOO_LARGE = VenueError(2008, "The closing quantity is insufficient")
OVERSOLD = VenueError(30005, "Oversold", BAD_REQUEST)

COMMON: Mapping[int, str] = {
    401: "No authority!",
    402: "Api_key expired!",
    429: "Too Many Requests",
    500: "Internal error!",
    501: "System busy!",
    503: "Service not available, please try again",
    504: "Gateway Time-out",
    510: "Requests are too frequent, please try again later!",
    513: "Invalid request, please try again later!",
    600: "Param error!",
    602: "Signature verification failed!",
    603: "Repeated request",
    700003: "Timestamp for this request is outside of the recvWindow.",
    700002: "Signature for this request is not valid.",
}


def missing(name: str) -> VenueError:
    """Return spot's error for a parameter that is absent or unreadable."""
    return VenueError(
        700004,
        f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.",
        BAD_REQUEST,
    )


def param_error(_name: str) -> VenueError:
    """Return the error of futures for a parameter: it does not say which."""
    return VenueError(600, COMMON[600])


def spot_answer(error: VenueError) -> HttpResponse:
    """Return spot's body for an error."""
    return json_answer({"code": error.code, "msg": error.message}, status=error.status)


def contract_answer(error: VenueError) -> HttpResponse:
    """Return the body of futures for an error; its HTTP status says nothing."""
    body = {"success": False, "code": error.code, "message": error.message}
    return json_answer(body, status=error.status)


def message_of(code: int) -> str:
    """Return MEXC's usual message for a code, or a general one."""
    known = {refusal.code: refusal.message for refusal in (*SPOT.values(), *CONTRACT.values())}
    known |= {error.code: error.message for error in (ORDER_MISSING, CLOSE_TOO_LARGE, OVERSOLD)}
    return COMMON.get(code) or known.get(code, "Rejected").replace("{}", "0")
