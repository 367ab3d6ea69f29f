"""Binance's codes and messages, per market."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from counterpoise.exchange.dialects.binance.wire import JSON_HEADERS
from counterpoise.exchange.listing import Market
from counterpoise.exchange.orders import Reason, Refused
from counterpoise.ports import HttpResponse


class WireError(Exception):
    """A request that Binance refuses, with its own code, message and status."""

    def __init__(self, code: int, message: str, status: int = 400) -> None:
        """Keep all three."""
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


def error_answer(error: WireError) -> HttpResponse:
    """Return the body that Binance sends for an error."""
    text = json.dumps({"code": error.code, "msg": error.message}, separators=(",", ":"))
    return HttpResponse(status=error.status, headers=JSON_HEADERS, body=text.encode())


def missing(name: str) -> WireError:
    """Return the error for a parameter that is absent or unreadable."""
    return WireError(
        -1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."
    )


INVALID_SYMBOL = WireError(-1121, "Invalid symbol.")


@dataclass(frozen=True, slots=True)
class Answer:
    """How a refusal is put on the wire; `{}` stands for the number that it is about."""

    code: int
    message: str

    def error(self, detail: str) -> WireError:
        """Return the error, with its number in place."""
        return WireError(self.code, self.message.replace("{}", detail))


FUTURES: Mapping[Reason, Answer] = {
    Reason.SYMBOL_UNPRICED: Answer(-1122, "Invalid symbol status."),
    Reason.SYMBOL_UNKNOWN: Answer(-1121, "Invalid symbol."),
    Reason.SYMBOL_CLOSED: Answer(-4140, "Invalid symbol status for opening position."),
    Reason.PRICE_STEP: Answer(-4014, "Price not increased by tick size."),
    Reason.PRICE_MIN: Answer(-4013, "Price less than min price."),
    Reason.PRICE_MAX: Answer(-4002, "Price greater than max price."),
    Reason.PRICE_TOO_HIGH: Answer(-4016, "Limit price can't be higher than {}."),
    Reason.PRICE_TOO_LOW: Answer(-4024, "Limit price can't be lower than {}."),
    Reason.BOOK_TOO_FAR: Answer(
        -4131, "The counterparty's best price does not meet the PERCENT_PRICE filter limit"
    ),
    Reason.QUANTITY_STEP: Answer(-4023, "Qty not increased by step size."),
    Reason.QUANTITY_MIN: Answer(-4003, "Quantity less than or equal to zero."),
    Reason.QUANTITY_MAX: Answer(-4005, "Quantity greater than max quantity."),
    Reason.NOTIONAL_MIN: Answer(
        -4164, "Order's notional must be no smaller than {} (unless you choose reduce only)."
    ),
    Reason.CLIENT_ORDER_ID_TAKEN: Answer(-4116, "ClientOrderId is duplicated."),
    Reason.POSITION_SIDE: Answer(-4061, "Order's position side does not match user's setting."),
    Reason.REDUCE_ONLY: Answer(-2022, "ReduceOnly Order is rejected."),
    Reason.MARGIN: Answer(-2019, "Margin is insufficient."),
    Reason.LEVERAGE_POSITION_MAX: Answer(
        -2027, "Exceeded the maximum allowable position at current leverage."
    ),
    Reason.ORDERS_MAX: Answer(-2025, "Reach max open order limit."),
    Reason.WOULD_TAKE: Answer(
        -5022,
        "Due to the order could not be executed as maker, the Post Only order will be rejected. "
        "The order will not be recorded in the order history",
    ),
    Reason.WOULD_NOT_FILL: Answer(
        -5021,
        "Due to the order could not be filled immediately, the FOK order has been rejected. "
        "The order will not be recorded in the order history",
    ),
    Reason.ORDER_UNKNOWN: Answer(-2011, "Unknown order sent."),
    Reason.LEVERAGE: Answer(-4028, "Leverage {} is not valid"),
    Reason.MODE_HAS_POSITIONS: Answer(
        -4068, "Position side cannot be changed if there exists position."
    ),
    Reason.MODE_HAS_ORDERS: Answer(
        -4067, "Position side cannot be changed if there exists open orders."
    ),
    Reason.MODE_SAME: Answer(-4059, "No need to change position side."),
    Reason.MARGIN_TYPE_SAME: Answer(-4046, "No need to change margin type."),
    Reason.TRADING_FORBIDDEN: Answer(-4088, "User can not place order currently"),
}

SPOT: Mapping[Reason, Answer] = {
    Reason.SYMBOL_UNPRICED: Answer(-1122, "Invalid symbol status."),
    Reason.SYMBOL_UNKNOWN: Answer(-1121, "Invalid symbol."),
    Reason.SYMBOL_CLOSED: Answer(-1013, "Market is closed."),
    Reason.PRICE_STEP: Answer(-1013, "Filter failure: PRICE_FILTER"),
    Reason.PRICE_MIN: Answer(-1013, "Filter failure: PRICE_FILTER"),
    Reason.PRICE_MAX: Answer(-1013, "Filter failure: PRICE_FILTER"),
    Reason.PRICE_TOO_HIGH: Answer(-1013, "Filter failure: PERCENT_PRICE_BY_SIDE"),
    Reason.PRICE_TOO_LOW: Answer(-1013, "Filter failure: PERCENT_PRICE_BY_SIDE"),
    Reason.BOOK_TOO_FAR: Answer(-1013, "Filter failure: PERCENT_PRICE_BY_SIDE"),
    Reason.QUANTITY_STEP: Answer(-1013, "Filter failure: LOT_SIZE"),
    Reason.QUANTITY_MIN: Answer(-1013, "Filter failure: LOT_SIZE"),
    Reason.QUANTITY_MAX: Answer(-1013, "Filter failure: LOT_SIZE"),
    Reason.NOTIONAL_MIN: Answer(-1013, "Filter failure: NOTIONAL"),
    Reason.CLIENT_ORDER_ID_TAKEN: Answer(-2010, "Duplicate order sent."),
    Reason.BALANCE: Answer(-2010, "Account has insufficient balance for requested action."),
    Reason.ORDERS_MAX: Answer(-1013, "Filter failure: MAX_NUM_ORDERS"),
    Reason.WOULD_TAKE: Answer(-2010, "Order would immediately match and take."),
    Reason.ORDER_UNKNOWN: Answer(-2011, "Unknown order sent."),
    Reason.TRADING_FORBIDDEN: Answer(-2010, "This action is disabled on this account."),
}

# where COIN-M's own page of codes differs; on a client id that is taken it is silent
COINM: Mapping[Reason, Answer] = {
    **FUTURES,
    Reason.SYMBOL_CLOSED: Answer(
        -2016, "No trading window could be found for the symbol. Try ticker/24hrs instead."
    ),
    Reason.BOOK_TOO_FAR: Answer(
        -4113, "The counterparty's best price does not meet the PERCENT_PRICE filter limit."
    ),
    Reason.NOTIONAL_MIN: Answer(
        -4178, "Order's notional must be no smaller than {} (unless you choose reduce only)"
    ),
    Reason.TRADING_FORBIDDEN: Answer(-4090, "User can not place order currently."),
}

REFUSALS: Mapping[Market, Mapping[Reason, Answer]] = {
    Market.SPOT: SPOT,
    Market.LINEAR: FUTURES,
    Market.INVERSE: COINM,
}

COMMON: Mapping[int, str] = {
    -1000: "An unknown error occurred while processing the request.",
    -1001: "Internal error; unable to process your request. Please try again.",
    -1003: "Too many requests; current limit is 2400 requests per minute.",
    -1006: "An unexpected response was received from the message bus. Execution status unknown.",
    -1007: "Timeout waiting for response from backend server. "
    "Send status unknown; execution status unknown.",
    -1008: "Server is currently overloaded with other requests. Please try again in a few minutes.",
    -1015: "Too many new orders.",
    -1021: "Timestamp for this request is outside of the recvWindow.",
    -1022: "Signature for this request is not valid.",
    -2013: "Order does not exist.",
    -2014: "API-key format invalid.",
    -2015: "Invalid API-key, IP, or permissions for action.",
}


def wire_error(refused: Refused, answers: Mapping[Reason, Answer]) -> WireError:
    """Return the wire's form of a refusal."""
    return answers[refused.reason].error(refused.detail)


def message_of(code: int) -> str:
    """Return Binance's usual message for a code, or a general one."""
    known = {one.code: one.message for answers in REFUSALS.values() for one in answers.values()}
    return COMMON.get(code) or known.get(code, "Rejected.").replace("{}", "0")
