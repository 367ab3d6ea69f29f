"""
The daemon with one safety rule removed, once for each rule.

A mutant that no invariant kills is a rule that nothing tests. Where two rules guard the same thing,
a mutant removes both: either alone is redundant on purpose, and its removal changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal

import counterpoise.core.doubt
import counterpoise.core.scene
import counterpoise.core.sizing
import counterpoise.core.trigger
import counterpoise.daemon
import counterpoise.executor
from counterpoise import announcer, beliefs
from counterpoise.core import plan as planning
from counterpoise.core import settlement
from counterpoise.core.doubt import Sighting
from counterpoise.core.instrument import Instrument
from counterpoise.core.limits import Cap
from counterpoise.core.orders import HoldReason, Intent, Order, OrderReport, VenueStatus
from counterpoise.core.settlement import absent, refused, reported
from counterpoise.core.state import AccountState, AssetMemory, Control
from counterpoise.core.trigger import Occasion
from counterpoise.core.units import down_to, up_to
from counterpoise.errors import OutcomeUnknown
from counterpoise.executor import Executor
from counterpoise.journal.database import Database
from counterpoise.journal.store import SqlJournal
from counterpoise.operator import Operator
from counterpoise.venues.shadow import ShadowGateway

D = Decimal
Change = tuple[object, str, object]  # whose attribute, which, and what it becomes
NEVER: Callable[..., None] = lambda *_, **__: None  # noqa: E731


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One rule less."""

    name: str
    profiles: tuple[str, ...]  # in which it is looked for
    changes: Callable[[], tuple[Change, ...]]

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Have the rule removed while inside."""
        undo = []
        for owner, name, value in self.changes():
            undo.append((owner, name, owner.__dict__[name]))
            setattr(owner, name, value)
        try:
            yield
        finally:
            for owner, name, value in reversed(undo):
                setattr(owner, name, value)


def _resend() -> tuple[Change, ...]:
    once = Executor._placed  # noqa: SLF001

    async def placed(self: Executor, intent: Intent) -> OrderReport:
        try:
            return await once(self, intent)
        except OutcomeUnknown:
            return await once(self, intent)

    return ((Executor, "_placed", placed),)


def _journal_after() -> tuple[Change, ...]:
    record = SqlJournal.record_intents

    async def late(self: SqlJournal, *given: object) -> object:
        made = self._intents(*given)  # type: ignore[arg-type]
        loop = asyncio.get_running_loop()
        loop.call_later(0.5, lambda: loop.create_task(record(self, *given)))  # type: ignore[arg-type]
        return made

    return ((SqlJournal, "record_intents", late),)


def _timeout_failed() -> tuple[Change, ...]:
    async def unknown(self: Executor, intent: Intent, cause: str) -> Intent:
        failed = refused(intent, code="timeout", now_ms=self._now_ms(), proof=cause)
        return await self._record(failed)

    return ((Executor, "_unknown", unknown),)


def _not_found_once() -> tuple[Change, ...]:
    async def proved(self: Executor, intent: Intent, asked_ms: int) -> Intent | None:
        if asked_ms <= intent.expires_at_ms:
            return None  # the journal itself would refuse it
        evidence = settlement.Absence(not_found=2, resting=False, strange_trade=False)
        return absent(intent, evidence, now_ms=self._now_ms())

    return ((Executor, "_proved_absent", proved),)


def _no_fence() -> tuple[Change, ...]:
    from counterpoise.journal import store  # noqa: PLC0415 - only this one needs it

    async def proved(self: Executor, intent: Intent, _asked_ms: int) -> Intent | None:
        evidence = settlement.Absence(not_found=2, resting=False, strange_trade=False)
        return absent(intent, evidence, now_ms=self._now_ms())

    return ((Executor, "_proved_absent", proved), (store, "check_step", NEVER))


def _no_barrier() -> tuple[Change, ...]:
    def believed(
        memory: AssetMemory, seen: Sighting, *, now_ms: int, patience_ms: int
    ) -> tuple[AssetMemory, HoldReason | None]:
        del now_ms, patience_ms
        confirmed = counterpoise.core.doubt._confirmed  # noqa: SLF001
        return confirmed(memory, seen), None

    return ((planning, "position_doubt", believed),)


def _impatient() -> tuple[Change, ...]:
    doubt = counterpoise.core.doubt.position_doubt

    def hasty(
        memory: AssetMemory, seen: Sighting, *, now_ms: int, patience_ms: int
    ) -> tuple[AssetMemory, HoldReason | None]:
        memory, reason = doubt(memory, seen, now_ms=now_ms, patience_ms=patience_ms)
        if reason is HoldReason.POSITION_UNEXPLAINED:
            return counterpoise.core.doubt._confirmed(memory, seen), None  # noqa: SLF001
        return memory, reason

    return ((planning, "position_doubt", hasty),)


def _acknowledged_filled() -> tuple[Change, ...]:
    def filled(intent: Intent, report: OrderReport, **more: object) -> Intent:
        if report.status is VenueStatus.OPEN:
            report = replace(report, status=VenueStatus.FILLED, filled_size=intent.order.size)
        return reported(intent, report, **more)  # type: ignore[arg-type]

    return ((counterpoise.executor, "reported", filled),)


def _partial_ignored() -> tuple[Change, ...]:
    def filled(intent: Intent, report: OrderReport, **more: object) -> Intent:
        if report.filled_size:
            report = replace(report, status=VenueStatus.FILLED, filled_size=intent.order.size)
        return reported(intent, report, **more)  # type: ignore[arg-type]

    return ((counterpoise.executor, "reported", filled),)


def _order_changed(change: Callable[[Order], Order]) -> Callable[[], tuple[Change, ...]]:
    def changes() -> tuple[Change, ...]:
        sized = counterpoise.core.sizing.sized

        def changed(*given: object) -> object:
            order = sized(*given)  # type: ignore[arg-type]
            return change(order) if isinstance(order, Order) else order

        return ((planning, "sized", changed),)

    return changes


def _collarless(order: Order) -> Order:
    price = order.mark_price * (D("1.02") if order.size > 0 else D("0.98"))
    return replace(order, limit_price=down_to(price, D("0.1")) or order.limit_price)


def _limitless(reason: HoldReason, key: str) -> Callable[[], tuple[Change, ...]]:
    def changes() -> tuple[Change, ...]:
        caps, checks = vars(counterpoise.core.sizing)["caps"], vars(planning)["checks"]

        def fewer(*given: object, **more: object) -> tuple[Cap, ...]:
            found = caps(*given, **more)
            return tuple(cap for cap in found if cap.reason is not reason)

        def passed(*given: object) -> object:
            return tuple(c for c in checks(*given) if c.limit != key)

        return ((counterpoise.core.sizing, "caps", fewer), (planning, "checks", passed))

    return changes


def _forgets_limits() -> tuple[Change, ...]:
    async def refresh(self: beliefs.Beliefs) -> None:
        began_ms = getattr(self._clock, "began_ms", None)
        if began_ms is None:
            began_ms = self._clock.wall_ms()
            self._clock.began_ms = began_ms  # type: ignore[attr-defined]
        self._recent = await self._journal.sent_since(began_ms)

    return ((beliefs.Beliefs, "refresh", refresh),)


def _halt_forgotten() -> tuple[Change, ...]:
    async def begin(self: Operator) -> Control:
        return self._control

    return ((Operator, "begin", begin), (Operator, "_write_halt_file", NEVER))


def _always(value: object) -> property:
    return property(lambda _: value)


def _ungated() -> tuple[Change, ...]:
    opened = Database.open

    def open_(self: Database) -> None:
        opened(self)
        with self.writing() as connection:
            found = connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '%UNIQUE%'"
                " AND sql LIKE '%WHERE%'"
            ).all()
            for (name,) in found:
                connection.exec_driver_sql(f"DROP INDEX {name}")

    return (
        (counterpoise.daemon, "unsettled_by_instrument", lambda _: {}),
        (Database, "open", open_),
    )


def _one_stops_all() -> tuple[Change, ...]:
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


def _dry_run_writes() -> tuple[Change, ...]:
    async def place(self: ShadowGateway, intent: Intent) -> OrderReport:
        return await self._inner.place(intent)

    return ((ShadowGateway, "place", place),)


def _no_cooldown() -> tuple[Change, ...]:
    fired = counterpoise.core.trigger.fired

    def hasty(memory: AssetMemory, trigger: object, occasion: Occasion) -> object:
        return fired(replace(memory, corrected_at_ms=None), trigger, occasion)  # type: ignore[arg-type]

    return ((planning, "fired", hasty),)


def _unheld() -> tuple[Change, ...]:
    held = vars(counterpoise.daemon)["held_back"]

    def free(control: Control, *given: object) -> object:
        return held(replace(control, state=AccountState.RUN), *given)

    return ((counterpoise.daemon, "held_back", free), (Operator, "may_order", _always(value=True)))


def _first_part(_position: Decimal, wanted: Decimal) -> tuple[Decimal, bool]:
    return wanted, False


def _plain(owner: object, name: str, value: object) -> Callable[[], tuple[Change, ...]]:
    return lambda: ((owner, name, value),)


_doubt = counterpoise.core.doubt
TABLE: Mapping[str, tuple[tuple[str, ...], Callable[[], tuple[Change, ...]]]] = {
    "re-send with the same id": (("doubt",), _resend),
    "journal after send": (("doubt",), _journal_after),
    "timeout means failed": (("doubt",), _timeout_failed),
    "not found once means absent": (("doubt", "late"), _not_found_once),
    "no expiry fence": (("doubt", "late"), _no_fence),
    "no freshness barrier": (("lag",), _no_barrier),
    "unexplained position believed": (("reads", "lag"), _impatient),
    "zero believed": (("zeros",), _plain(_doubt, "_zero", NEVER)),
    "missing believed zero": (("zeros",), _plain(_doubt, "_unread_holdings", NEVER)),
    "wrong price believed": (("reads",), _plain(_doubt, "_apart", NEVER)),
    "stale snapshot accepted": (
        ("freeze",),
        lambda: (
            (_doubt, "_stale", NEVER),
            (counterpoise.daemon.Daemon, "_frozen", lambda *_: False),
        ),
    ),
    "acknowledged counted as filled": (("doubt",), _acknowledged_filled),
    "partial fill ignored": (("doubt",), _partial_ignored),
    "reduce-only dropped": (
        ("doubt",),
        _order_changed(lambda order: replace(order, reduce_only=False)),
    ),
    "through zero in one order": (
        ("account",),
        _plain(counterpoise.core.sizing, "first_part", _first_part),
    ),
    "collar dropped": (("doubt",), _order_changed(_collarless)),
    "contract unit wrong by ten": (
        ("doubt",),
        _plain(Instrument, "size", lambda _, quantity, __: quantity * 10),
    ),
    "size rounded up": (
        ("still",),
        _plain(
            Instrument,
            "rounded",
            lambda self, size: (up_to if size > 0 else down_to)(size, self.size_step),
        ),
    ),
    "wrong way round": (
        ("doubt",),
        _order_changed(lambda order: replace(order, size=-order.size)),
    ),
    "halt not latched": (("operator",), _halt_forgotten),
    "halt not checked before sending": (
        ("operator",),
        _plain(Operator, "may_order", _always(value=True)),
    ),
    "pause ignored": (("operator",), _unheld),
    "one hold stops the other assets": (("closed",), _one_stops_all),
    "dry-run writes": (("dry-run",), _dry_run_writes),
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
    "limits forgotten by a restart": (("turnover", "limits"), _forgets_limits),
    "unsettled gate off": (("late", "doubt"), _ungated),
    "contract terms unchecked": (("terms",), _plain(Instrument, "terms", _always(value="same"))),
    "cooldown dropped": (("account", "gap"), _no_cooldown),
    "back-off dropped": (("refused",), _plain(settlement, "_pause_ms", lambda _: 0)),
    "alerts dropped": (("closed", "zeros"), _plain(announcer, "alerts", lambda *_: ())),
    "leverage counted from a lagging read": (
        ("leverage", "swarm"),
        _plain(counterpoise.core.scene, "_believed_sizes", lambda _: {}),
    ),
}
MUTANTS: Mapping[str, Mutant] = {
    name: Mutant(name=name, profiles=profiles, changes=changes)
    for name, (profiles, changes) in TABLE.items()
}
