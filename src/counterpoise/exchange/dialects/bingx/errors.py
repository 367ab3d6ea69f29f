"""BingX's codes and messages. Every error has HTTP status 200; only the code tells."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from counterpoise.exchange.dialects.bare import bare_answer
from counterpoise.exchange.dialects.common import Refusal, VenueError
from counterpoise.exchange.listing import Market
from counterpoise.exchange.orders import OrderRequest, PositionSide, Reason, Refused
from counterpoise.ports import HttpResponse

BAD_PRICE = "Invalid parameters, err: price"
BAD_QUANTITY = "Invalid parameters, err: quantity"
OFFLINE = "trading pair is offline and cannot be ordered through the api"

SPOT: Mapping[Reason, Refusal] = {
    Reason.SYMBOL_UNKNOWN: Refusal(100400, "Invalid parameters, err: symbol {} not exist"),
    Reason.SYMBOL_UNPRICED: Refusal(100490, "spot trading pair is offline"),
    Reason.SYMBOL_CLOSED: Refusal(100490, "spot trading pair is offline"),
    Reason.PRICE_STEP: Refusal(100400, BAD_PRICE),
    Reason.PRICE_MIN: Refusal(100400, BAD_PRICE),
    Reason.PRICE_MAX: Refusal(100400, BAD_PRICE),
    Reason.QUANTITY_STEP: Refusal(100400, BAD_QUANTITY),
    Reason.QUANTITY_MIN: Refusal(100400, "The minimum order quantity is {}"),
    Reason.QUANTITY_MAX: Refusal(100400, "The maximum order quantity is {}"),
    Reason.NOTIONAL_MIN: Refusal(100400, "The minimum order amount is {} USDT"),
    Reason.CLIENT_ORDER_ID_TAKEN: Refusal(109201, "clientOrderID cannot be repeated"),
    Reason.BALANCE: Refusal(100202, "Insufficient balance"),
    Reason.ORDERS_MAX: Refusal(100400, "Too many open orders"),
    Reason.ORDER_UNKNOWN: Refusal(80016, "order does not exist"),
    Reason.TRADING_FORBIDDEN: Refusal(100004, "Permission denied"),
}

SWAP: Mapping[Reason, Refusal] = {
    Reason.SYMBOL_UNKNOWN: Refusal(109425, "{} not exist, please verify it"),
    Reason.SYMBOL_UNPRICED: Refusal(109418, OFFLINE),
    Reason.SYMBOL_CLOSED: Refusal(109418, OFFLINE),
    Reason.PRICE_STEP: Refusal(109400, BAD_PRICE),
    Reason.PRICE_MIN: Refusal(109400, BAD_PRICE),
    Reason.PRICE_MAX: Refusal(109400, BAD_PRICE),
    Reason.QUANTITY_STEP: Refusal(109400, BAD_QUANTITY),
    Reason.QUANTITY_MIN: Refusal(101400, "The minimum order amount is {}."),
    Reason.QUANTITY_MAX: Refusal(101419, "Your order size has reached the upper limit"),
    Reason.NOTIONAL_MIN: Refusal(
        110425,
        "Please ensure that the minimum nominal value of the order placed must be greater than {}u",
    ),
    Reason.CLIENT_ORDER_ID_TAKEN: Refusal(101481, "clientOrderID cannot be repeated"),
    Reason.REDUCE_ONLY: Refusal(
        101290,
        "The Reduce Only order can only decrease the position and not be used to open a position. "
        "Please check your positions and open orders.",
    ),
    Reason.MARGIN: Refusal(101204, "Insufficient margin"),
    Reason.LEVERAGE_POSITION_MAX: Refusal(
        101209, "The maximum position value for this leverage is exceeded."
    ),
    Reason.ORDERS_MAX: Refusal(101419, "Your order size has reached the upper limit"),
    Reason.ORDER_UNKNOWN: Refusal(109421, "order not exist"),
    Reason.LEVERAGE: Refusal(109400, "Invalid parameters, err: leverage {}"),
    Reason.MODE_HAS_POSITIONS: Refusal(109400, "Please close your positions and try again"),
    Reason.MODE_HAS_ORDERS: Refusal(
        101212,
        "Failed. Please check if you have pending orders under the trading pair. If yes, please "
        "cancel them and try again",
    ),
    Reason.TRADING_FORBIDDEN: Refusal(100004, "Permission denied"),
}

MODE_ERRORS = {  # by whether the account is in hedge mode
    True: VenueError(
        109400, "In the Hedge mode, the 'PositionSide' field can only be set to LONG or SHORT."
    ),
    False: VenueError(
        109400, "In the One-way mode, the 'PositionSide' field can only be set to BOTH."
    ),
}
NO_POSITION = VenueError(101205, "No position to close")

COMMON: Mapping[int, str] = {
    100001: "Signature verification failed due to signature mismatch",
    100410: "rate limited",
    100412: "Null signature",
    100413: "Incorrect apiKey",
    100421: "Null timestamp or timestamp mismatch",
    100500: "The current system is busy, please try again later",
    100503: "Server busy, retry later",
    109500: "The current system is busy, please try again later",
    80014: "timestamp is invalid",
    80016: "order does not exist",
    80017: "position not exist",
}


def wrong(name: str) -> VenueError:
    """Return the error for a parameter that is absent or unreadable."""
    return VenueError(109400, f"Invalid parameters, err:{name}: This field is invalid.")


def refusals_of(market: Market) -> Mapping[Reason, Refusal]:
    """Return the codes of a market."""
    return SPOT if market is Market.SPOT else SWAP


def order_error(request: OrderRequest, refused: Refused, *, hedge_mode: bool) -> VenueError:
    """Return why an order was refused; closing nothing has its own code in hedge mode."""
    hedged = request.position_side is not PositionSide.BOTH
    if refused.reason is Reason.POSITION_SIDE:
        return MODE_ERRORS[hedge_mode]
    if refused.reason is Reason.REDUCE_ONLY and hedged:
        return NO_POSITION
    return refusals_of(request.listing.key.market)[refused.reason].error(refused.detail)


def error_answer(error: VenueError, at_ms: int) -> HttpResponse:
    """Return the body that BingX sends for an error."""
    body = {"code": error.code, "msg": error.message, "timestamp": Decimal(at_ms), "data": {}}
    return bare_answer(body, error.status)


def message_of(code: int) -> str:
    """Return BingX's usual message for a code, or a general one."""
    known = {refusal.code: refusal.message for refusal in (*SPOT.values(), *SWAP.values())}
    return COMMON.get(code) or known.get(code, "Rejected").replace("{}", "0")
