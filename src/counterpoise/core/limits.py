"""Pre-trade limits: what caps an order, and what refuses it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from counterpoise.core.decision import Check
from counterpoise.core.instrument import Instrument
from counterpoise.core.orders import HoldReason, Order
from counterpoise.core.policy.policy import Limits
from counterpoise.core.snapshot import BookTop
from counterpoise.core.units import ONE, ZERO, down_to, up_to

DAY_MS = 86_400_000
MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What is used up before an order. Amounts in quote currency."""

    turnover_day: Decimal
    orders_minute: int
    perpetual_notional: Decimal  # all positions on the order's venue, its own included
    equity: Decimal | None  # margin balance there; None: it, or a position, could not be read
    margin_use: Decimal = ZERO  # maintenance margin over margin balance; liquidation is at 1
    liquidation_distance: Decimal | None = None  # the nearest there, as a share of its mark price

    def spent(self, order: Order) -> Budget:
        """
        Return the budget after an order, at worst.

        What grows counts as filled whole. What shrinks frees nothing yet: both leave at once, and
        the one may fill without the other.
        """
        change = ZERO if order.reduce_only else order.notional
        return replace(
            self,
            turnover_day=self.turnover_day + order.notional,
            orders_minute=self.orders_minute + 1,
            perpetual_notional=self.perpetual_notional + change,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """The largest notional, in quote currency, that one limit leaves for an order."""

    reason: HoldReason
    notional: Decimal


def caps(
    limits: Limits, budget: Budget, position_notional: Decimal, *, reduce_only: bool
) -> tuple[Cap, ...]:
    """
    Return what each limit leaves for an order. A reduction is not held by what bounds growth.

    `position_notional` is that of the instrument before the order, in quote currency.
    """
    found = [
        _cap(HoldReason.ORDER_NOTIONAL, limits.order_notional_max, ZERO),
        _cap(HoldReason.TURNOVER_DAY, limits.turnover_day_max, budget.turnover_day),
    ]
    if not reduce_only:
        most = None
        if limits.leverage_max is not None:  # no equity read, no leverage granted
            most = limits.leverage_max * (budget.equity or ZERO)
        found += [
            _cap(HoldReason.POSITION_NOTIONAL, limits.position_notional_max, position_notional),
            _cap(HoldReason.LEVERAGE, most, budget.perpetual_notional),
        ]
    return tuple(cap for cap in found if cap is not None)


def _cap(reason: HoldReason, most: Decimal | None, used: Decimal) -> Cap | None:
    return None if most is None else Cap(reason=reason, notional=max(ZERO, most - used))


def tightest(found: Iterable[Cap]) -> Cap | None:
    """Return the cap that leaves least."""
    return min(found, key=lambda cap: cap.notional, default=None)


def bound_price(
    instrument: Instrument, size: Decimal, mark_price: Decimal, collar: Decimal
) -> Decimal:
    """
    Return the worst price at which an order may trade, on the instrument's price step.

    `collar` is a share of the mark price. Rounding is towards the mark, never past the collar.
    """
    if size > 0:
        return down_to(mark_price * (ONE + collar), instrument.price_step)
    return up_to(mark_price * (ONE - collar), instrument.price_step)


def checks(
    order: Order, limits: Limits, budget: Budget, position_notional: Decimal, book: BookTop
) -> tuple[Check, ...]:
    """Return every limit that applies to an order, with its value and what is allowed."""
    touch = book.ask if order.size > 0 else book.bid
    away = abs(touch - order.mark_price) / order.mark_price
    found = [
        ("spread_max", book.spread, limits.spread_max),
        ("price_collar", away, limits.price_collar),
        ("order_notional_max", order.notional, limits.order_notional_max),
        ("turnover_day_max", budget.turnover_day + order.notional, limits.turnover_day_max),
        ("orders_per_minute_max", Decimal(budget.orders_minute + 1), limits.orders_per_minute_max),
    ]
    if not order.reduce_only:
        found.append(
            (
                "position_notional_max",
                position_notional + order.notional,
                limits.position_notional_max,
            )
        )
        if budget.equity is not None and budget.equity > 0:
            leverage = (budget.perpetual_notional + order.notional) / budget.equity
            found.append(("leverage_max", leverage, limits.leverage_max))
        found.append(("margin_use_max", budget.margin_use, limits.margin_use_max))
    most = [
        Check(limit=name, value=value, allowed=Decimal(allowed))
        for name, value, allowed in found
        if allowed is not None
    ]
    distance, least = budget.liquidation_distance, limits.liquidation_distance_min
    if order.reduce_only or distance is None or least is None:
        return tuple(most)
    near = Check(limit="liquidation_distance_min", value=distance, allowed=least, least=True)
    return (*most, near)


REASON_OF_LIMIT = {
    "spread_max": HoldReason.SPREAD,
    "price_collar": HoldReason.PRICE_COLLAR,
    "order_notional_max": HoldReason.ORDER_NOTIONAL,
    "turnover_day_max": HoldReason.TURNOVER_DAY,
    "orders_per_minute_max": HoldReason.ORDERS_PER_MINUTE,
    "position_notional_max": HoldReason.POSITION_NOTIONAL,
    "leverage_max": HoldReason.LEVERAGE,
    "margin_use_max": HoldReason.MARGIN_USE,
    "liquidation_distance_min": HoldReason.LIQUIDATION_NEAR,
}
LIMIT_OF_REASON = {reason: limit for limit, reason in REASON_OF_LIMIT.items()}
