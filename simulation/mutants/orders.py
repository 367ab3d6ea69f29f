"""What an order is: size, side, when it is due, and whose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import counterpoise.core.sizing
import counterpoise.core.trigger
import counterpoise.daemon
from counterpoise.core import plan as planning
from counterpoise.core.instrument import Instrument
from counterpoise.core.orders import HoldReason, Intent, Order, OrderReport
from counterpoise.core.state import AssetMemory
from counterpoise.core.trigger import Occasion
from counterpoise.core.units import down_to, up_to
from counterpoise.venues.shadow import ShadowGateway
from simulation.mutants.change import Changes, Remove, Table, plain


def order_changed(change: Callable[[Order], Order]) -> Remove:
    """Have every order changed after it is sized."""

    def changes() -> Changes:
        sized = counterpoise.core.sizing.sized

        def changed(*given: object) -> object:
            order = sized(*given)  # type: ignore[arg-type]
            return change(order) if isinstance(order, Order) else order

        return ((planning, "sized", changed),)

    return changes


def _first_part(_closable: Decimal, wanted: Decimal) -> tuple[Decimal, bool]:
    return wanted, False


def _no_cooldown() -> Changes:
    fired = counterpoise.core.trigger.fired

    def hasty(memory: AssetMemory, trigger: object, occasion: Occasion) -> object:
        return fired(replace(memory, corrected_at_ms=None), trigger, occasion)  # type: ignore[arg-type]

    return ((planning, "fired", hasty),)


def _one_stops_all() -> Changes:
    decide = vars(counterpoise.daemon)["decide"]

    def timid(*given: object) -> object:
        made = decide(*given)
        if all(hold.reason is HoldReason.IN_BAND for hold in made.holds):
            return made
        held = tuple(
            replace(d, verdict=made.holds[0]) if isinstance(d.verdict, Order) else d
            for d in made.decisions
        )
        return replace(made, decisions=held)

    return ((counterpoise.daemon, "decide", timid),)


def _dry_run_writes() -> Changes:
    async def place(self: ShadowGateway, intent: Intent) -> OrderReport:
        return await self._inner.place(intent)

    return ((ShadowGateway, "place", place),)


TABLE: Table = {
    "reduce-only dropped": (
        ("doubt",),
        order_changed(lambda order: replace(order, reduce_only=False)),
    ),
    "through zero in one order": (
        ("account",),
        plain(counterpoise.core.sizing, "first_part", _first_part),
    ),
    "contract unit wrong by ten": (
        ("doubt",),
        plain(Instrument, "size", lambda _, quantity, __: quantity * 10),
    ),
    "size rounded up": (
        ("still",),
        plain(
            Instrument,
            "rounded",
            lambda self, size: (up_to if size > 0 else down_to)(size, self.size_step),
        ),
    ),
    "wrong way round": (
        ("doubt",),
        order_changed(lambda order: replace(order, size=-order.size)),
    ),
    "cooldown dropped": (("account", "gap"), _no_cooldown),
    "one hold stops the other assets": (("closed",), _one_stops_all),
    "dry-run writes": (("dry-run",), _dry_run_writes),
}
