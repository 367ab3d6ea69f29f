"""Pre-trade limits, and what is counted towards them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import counterpoise.core.sizing
from counterpoise.core import plan as planning
from counterpoise.core.limits import Cap
from counterpoise.core.orders import HoldReason, Order
from counterpoise.core.units import down_to
from simulation.mutants.change import Changes, Remove, Table
from simulation.mutants.orders import order_changed

D = Decimal


def _collarless(order: Order) -> Order:
    price = order.mark_price * (D("1.02") if order.size > 0 else D("0.98"))
    return replace(order, limit_price=down_to(price, D("0.1")) or order.limit_price)


def _limitless(reason: HoldReason, key: str) -> Remove:
    def changes() -> Changes:
        caps, checks = vars(counterpoise.core.sizing)["caps"], vars(planning)["checks"]

        def fewer(*given: object, **more: object) -> tuple[Cap, ...]:
            found = caps(*given, **more)
            return tuple(cap for cap in found if cap.reason is not reason)

        def passed(*given: object) -> object:
            return tuple(c for c in checks(*given) if c.limit != key)

        return ((counterpoise.core.sizing, "caps", fewer), (planning, "checks", passed))

    return changes


TABLE: Table = {
    "collar dropped": (("doubt",), order_changed(_collarless)),
    "order limit off": (
        ("limits",),
        _limitless(HoldReason.ORDER_NOTIONAL, "order_notional_max"),
    ),
    "position limit off": (
        ("limits",),
        _limitless(HoldReason.POSITION_NOTIONAL, "position_notional_max"),
    ),
    "turnover limit off": (("turnover",), _limitless(HoldReason.TURNOVER_DAY, "turnover_day_max")),
    "leverage limit off": (("leverage",), _limitless(HoldReason.LEVERAGE, "leverage_max")),
    "pace limit off": (
        ("limits",),
        _limitless(HoldReason.ORDERS_PER_MINUTE, "orders_per_minute_max"),
    ),
}
