"""How near an order is to each limit, in a person's units."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from counterpoise.cli import words
from counterpoise.core.decision import Check
from counterpoise.core.units import BPS


def _money(check: Check) -> str:
    return f"{words.whole(check.value)} / {words.whole(check.allowed)}"


def _number(check: Check) -> str:
    return f"{words.exact_quantity(check.value)} / {words.exact_quantity(check.allowed)}"


def _times(check: Check) -> str:
    return f"{check.value:.2f} / {check.allowed:.1f}"


def _share(check: Check) -> str:
    return f"{check.value * 100:.1f} / {check.allowed * 100:.0f} %"


def _bps(check: Check) -> str:
    return f"{check.value / BPS:.1f} / {check.allowed / BPS:.0f} bps"


LIMITS: Mapping[str, tuple[str, Callable[[Check], str]]] = {  # in the order in which they are told
    "order_notional_max": ("order", _money),
    "position_notional_max": ("position", _money),
    "turnover_day_max": ("day", _money),
    "leverage_max": ("leverage", _times),
    "margin_use_max": ("margin", _share),
    "liquidation_distance_min": ("to liquidation", _share),
    "orders_per_minute_max": ("per minute", _number),
    "spread_max": ("spread", _bps),
    "price_collar": ("price", _bps),
}


SHARES = frozenset({"margin_use_max", "liquidation_distance_min"})


def limits_told(checks: Sequence[Check]) -> list[str]:
    """Return each limit that applied with its value, and whether all of them passed."""
    found = {check.limit: check for check in checks}
    told = [f"{said} {form(found[key])}" for key, (said, form) in LIMITS.items() if key in found]
    return [*told, "ok" if all(check.passed for check in checks) else "BREACHED"]
