"""Which numbers a key takes, and what the likely slip was."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator

from counterpoise.config.values import Number, Span, Whole, unfit
from counterpoise.core.schedule import Duration
from counterpoise.core.units import ONE, ZERO, plain

HUNDRED = Decimal(100)
LEVERAGE_CEILING = Decimal(125)
BETA_CEILING = Decimal(5)
COLLAR_CEILING = Decimal("0.1")
ORDERS_PER_MINUTE_CEILING = 600
INTERVAL_FLOOR_MS = 100
INTERVAL_CEILING_MS = 3_600_000


def _percent_slip(value: Decimal) -> str:
    """Return the remedy where a percentage was written for a share."""
    whole, _, part = plain(value / HUNDRED).partition(".")
    return f"write {whole}.{part:0<2}" if ONE < value <= HUNDRED else ""


def _weight(value: Decimal) -> Decimal:
    if not ZERO <= value <= ONE:
        raise unfit(
            "0 to 1, a share of the portfolio's value: 1.00 is all of it"
            if value > ONE
            else "0 to 1; spot is never short, and exposure = 0 is what hedges it",
            _percent_slip(value),
        )
    return value


def _drift(value: Decimal) -> Decimal:
    if not ZERO < value <= ONE:
        raise unfit("above 0, up to 1: 0.05 is five points", _percent_slip(value))
    return value


def _exposure(value: Decimal) -> Decimal:
    if not ZERO <= value <= ONE:
        raise unfit("0 to 1: 0 is delta-neutral, 1 rebalances to the weights", _percent_slip(value))
    return value


def _return_to(value: Decimal) -> Decimal:
    if not ZERO <= value <= ONE:
        raise unfit(
            "0 to 1: 0 corrects to the target, 1 to the edge of the band", _percent_slip(value)
        )
    return value


def _collar(value: Decimal) -> Decimal:
    if not ZERO < value <= COLLAR_CEILING:
        raise unfit(
            "above 0, up to 0.1, a share of the price: 0.003 is 0.3 %", _percent_slip(value)
        )
    return value


def _leverage(value: Decimal) -> Decimal:
    if not ZERO < value <= LEVERAGE_CEILING:
        raise unfit("above 0, up to 125: notional of the perpetuals over margin balance")
    return value


def _margin_use(value: Decimal) -> Decimal:
    if not ZERO < value < ONE:
        raise unfit("above 0, below 1, where liquidation is", _percent_slip(value))
    return value


def _liquidation_distance(value: Decimal) -> Decimal:
    if not ZERO <= value < ONE:
        raise unfit("0 to below 1, a share of the mark price: 0.1 is 10 %", _percent_slip(value))
    return value


def _beta(value: Decimal) -> Decimal:
    if value == ZERO or abs(value) > BETA_CEILING:
        raise unfit(
            "-5 to 5 and not 0: 1.2 is an asset that moves 1.2 per cent where its carrier moves one"
        )
    return value


def _notional(value: Decimal) -> Decimal:
    if value <= ZERO:
        raise unfit("above 0, in quote currency")
    return value


def _held(value: Decimal) -> Decimal:
    if value < ZERO:
        raise unfit("0 or more, in units of the asset")
    return value


def _orders_per_minute(value: int) -> int:
    if not 1 <= value <= ORDERS_PER_MINUTE_CEILING:
        raise unfit(f"1 to {ORDERS_PER_MINUTE_CEILING}")
    return value


def _interval(value: Duration) -> Duration:
    if not INTERVAL_FLOOR_MS <= value.ms <= INTERVAL_CEILING_MS:
        raise unfit('"100ms" to "1h"')
    return value


Weight = Annotated[Number, AfterValidator(_weight)]
Drift = Annotated[Number, AfterValidator(_drift)]
Exposure = Annotated[Number, AfterValidator(_exposure)]
ReturnTo = Annotated[Number, AfterValidator(_return_to)]
Collar = Annotated[Number, AfterValidator(_collar)]
Leverage = Annotated[Number, AfterValidator(_leverage)]
MarginUse = Annotated[Number, AfterValidator(_margin_use)]
LiquidationDistance = Annotated[Number, AfterValidator(_liquidation_distance)]
Beta = Annotated[Number, AfterValidator(_beta)]
Notional = Annotated[Number, AfterValidator(_notional)]
Held = Annotated[Number, AfterValidator(_held)]
OrdersPerMinute = Annotated[Whole, AfterValidator(_orders_per_minute)]
Interval = Annotated[Span, AfterValidator(_interval)]
