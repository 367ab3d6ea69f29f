"""The loop: see, decide, act, record; on the interval, one cycle at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import structlog

from counterpoise.announcer import Announcer
from counterpoise.beliefs import Beliefs, pending_by_instrument, unsettled_by_instrument
from counterpoise.core.decision import Situation
from counterpoise.core.instrument import Asset, VenueName
from counterpoise.core.notice import lasted
from counterpoise.core.orders import Intent
from counterpoise.core.plan import plan as decide
from counterpoise.core.policy.policy import Policy
from counterpoise.core.schedule import Cron, Duration
from counterpoise.core.snapshot import Snapshot
from counterpoise.core.state import AccountState, Control
from counterpoise.core.units import ZERO
from counterpoise.errors import CounterpoiseError, SettingsError, SnapshotError, Unauthorized
from counterpoise.executor import Executor, refusing, venue_of_order
from counterpoise.holds import held_back
from counterpoise.inquiry import Inquiry
from counterpoise.observer import Observer
from counterpoise.operator import Operator
from counterpoise.patrol import Patrol
from counterpoise.ports import Clock, CycleRecord, Journal, VenueLimits

BUGS_MAX = 3  # unexpected exceptions in a row before the account halts
HURRY_S = 1.0  # pause before the cycle that goes on with an unfinished correction
KEEP_EVERY_MS = 600_000  # a cycle that decided nothing new is recorded this often


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a daemon is made of."""

    observer: Observer
    executor: Executor
    operator: Operator
    beliefs: Beliefs
    journal: Journal
    clock: Clock
    announcer: Announcer
    inquiry: Inquiry
    patrol: Patrol
    price: Callable[[Intent], Awaitable[Intent]]  # adds what an ended order cost, and says so


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """When cycles run, and what they run on."""

    policy: Policy
    settings_digest: str
    interval_s: float
    limits: Mapping[VenueName, VenueLimits]
    schedule: Duration | Cron | None = None  # the calendar trigger
    settings_changed: Callable[[], bool] = field(default=lambda: False)


class Daemon:
    """
    Runs one portfolio.

    A cycle starts from what the venue says now. Whatever goes wrong in one abandons that cycle
    and nothing else; three bugs in a row halt the account, alive and visible.
    """

    def __init__(self, parts: Parts, rhythm: Rhythm) -> None:
        """Keep the parts; nothing is read yet."""
        self._parts = parts
        self._rhythm = rhythm
        self._stopping = asyncio.Event()
        self._woken = False
        self._sleep: asyncio.Future[None] | None = None  # until the next beat
        self._bugs = 0
        self._seen_once = False  # a snapshot was complete since the start
        self._accepting: frozenset[Asset] = frozenset()
        self._advanced = False  # the cycle under way filled something
        self._behind = False  # a cycle was cut off: what settled in it may not be believed yet
        self._kept: tuple[object, int] = ((), 0)
        self._settings_changed = False

    def stop(self) -> None:
        """End after the cycle under way; no new order from now on."""
        self._stopping.set()
        self.wake()

    def wake(self) -> None:
        """Start the next cycle now. What woke it is never an input of its decision."""
        self._woken = True
        if self._sleep is not None:
            self._sleep.cancel()

    async def run(self, cycles: int | None = None) -> AccountState:
        """
        Run until stopped, or for so many cycles, and return the state of the account at the end.

        Raises JournalError if the start cannot be recorded, and Unauthorized or SettingsError if
        the first look at a venue shows that no later one would do better.
        """
        await self._parts.operator.begin()
        await self._parts.beliefs.begin()
        due_s, done = self._parts.clock.monotonic_s(), 0
        while not self._stopping.is_set():
            await self._guarded_cycle()
            done += 1
            if cycles is not None and done >= cycles:
                break
            due_s = self._next_due(due_s)
            await self._wait_until(due_s)
        return self._parts.operator.control.state

    def _next_due(self, due_s: float) -> float:
        """Return the next beat: on the grid, so that cycles neither drift nor pile up."""
        now_s, interval_s = self._parts.clock.monotonic_s(), self._rhythm.interval_s
        if self._unfinished():
            return now_s + min(HURRY_S, interval_s)
        missed = max(0, int((now_s - due_s) / interval_s))
        return due_s + (missed + 1) * interval_s

    def _unfinished(self) -> bool:
        """Say whether a correction has just come nearer to its end, and goes on."""
        return self._advanced and self._parts.beliefs.correcting

    async def _wait_until(self, due_s: float) -> None:
        """Sleep until a moment, or until woken."""
        if not self._woken:
            pause_s = due_s - self._parts.clock.monotonic_s()
            self._sleep = asyncio.ensure_future(self._parts.clock.sleep(max(0.0, pause_s)))
            await asyncio.wait({self._sleep})
        self._sleep, self._woken = None, False

    async def _guarded_cycle(self) -> None:
        """Run one cycle; say what failed, and halt when it is a bug for the third time."""
        parts = self._parts
        try:
            await self._cycle()
            self._behind, self._bugs = False, 0
        except (Unauthorized, SettingsError) as error:
            if not self._seen_once:
                raise
            parts.announcer.failed(error)
            await parts.operator.halt(f"{error}")
        except CounterpoiseError as error:
            parts.announcer.failed(error)
        except Exception as error:  # noqa: BLE001 - a bug must not end an unattended daemon unseen
            self._bugs += 1
            parts.announcer.crashed(error)
            if self._bugs >= BUGS_MAX:
                await parts.operator.halt(f"{BUGS_MAX} bugs in a row, last {type(error).__name__}")
        finally:
            self._watch_settings()
            parts.announcer.publish(parts.operator.control)

    def _watch_settings(self) -> None:
        """Say once that the settings file is not what runs any more; nothing is reloaded."""
        changed = self._rhythm.settings_changed()
        if changed and not self._settings_changed:
            self._parts.announcer.settings_changed()
        self._settings_changed = changed

    async def _cycle(self) -> None:
        """See, decide, act, record."""
        parts, self._advanced = self._parts, False
        behind, self._behind = self._behind, True
        number = await parts.journal.next_cycle()
        structlog.contextvars.bind_contextvars(cycle=number)
        parts.announcer.began()
        orders = await parts.operator.obey(parts.announcer.publish)
        self._accepting |= orders.accepted
        await self._settle()
        await parts.patrol.look(parts.observer.open)
        snapshot = await parts.observer.snapshot()
        if behind:
            await parts.beliefs.catch_up()
        if self._accepting:
            self._accepting, changes = await parts.beliefs.accept(snapshot, self._accepting)
            parts.announcer.moved(changes)
        situation = await self._situation(snapshot, orders.control)
        plan = decide(snapshot, situation, self._rhythm.policy)
        record = CycleRecord(
            number=number,
            at_ms=situation.now_ms,
            settings_digest=self._rhythm.settings_digest,
            snapshot=snapshot,
            situation=situation,
            policy=self._rhythm.policy,
            plan=plan,
        )
        parts.announcer.decided(record, parts.patrol.resting())
        parts.announcer.moved(await parts.beliefs.remember(plan.memories, situation.trades))
        await self._act(record)
        parts.announcer.finished()
        self._seen_once = self._seen_once or not snapshot.missing
        await self._finish_flattening(orders.control, snapshot)

    async def _settle(self) -> None:
        """Find out what became of every live intent before anything is decided."""
        unsettled = await self._parts.journal.unsettled()
        if not unsettled:
            return
        askable = await self._parts.observer.open()  # after a restart no venue is open yet
        for intent in unsettled:
            if venue_of_order(intent.order) in askable:
                after = await self._parts.executor.settle(intent)
                await self._ended([after] if not after.state.live else [])

    async def _ended(self, intents: list[Intent]) -> None:
        """Believe what ended, then price it and say it."""
        if not intents:
            return
        await self._parts.beliefs.settled(intents)
        for intent in intents:
            await self._parts.price(intent)
        await self._parts.beliefs.refresh()

    async def _situation(self, snapshot: Snapshot, control: Control) -> Situation:
        """Gather what a decision needs besides the snapshot."""
        parts, rhythm = self._parts, self._rhythm
        unsettled = await parts.journal.unsettled()
        trades = await parts.inquiry.trades(
            snapshot, parts.beliefs.memories, unsettled, parts.observer.skews_ms
        )
        return Situation(
            now_ms=parts.clock.wall_ms(),
            memories=dict(parts.beliefs.memories),
            unsettled=unsettled_by_instrument(unsettled),
            pending=pending_by_instrument(unsettled),
            activity=parts.beliefs.activity(),
            traded={key: sum((f.size for f in fills), ZERO) for key, fills in trades.items()},
            trades=trades,
            calendar_due=self._calendar_due(),
            starting=not self._seen_once,
            flattening=control.flattening,
            held=parts.patrol.holds()
            | held_back(
                control,
                rhythm.policy,
                parts.observer.skews_ms,
                rhythm.limits,
                parts.observer.unfit,
            ),
        )

    def _calendar_due(self) -> frozenset[Asset]:
        """Return the assets for which the calendar has come round since it last did."""
        schedule, now_ms = self._rhythm.schedule, self._parts.clock.wall_ms()
        if schedule is None:
            return frozenset()
        return frozenset(
            asset
            for asset, memory in self._parts.beliefs.memories.items()
            if memory.calendar_at_ms is not None
            and schedule.next_after(memory.calendar_at_ms) <= now_ms
        )

    async def _act(self, record: CycleRecord) -> None:
        """Send what was decided if it still may be; else keep the decision where it is new."""
        parts = self._parts
        quiet = not record.plan.orders
        if quiet or self._stopping.is_set() or not parts.operator.may_order:
            await self._keep(record)
            return
        if self._frozen(record.snapshot):
            raise SnapshotError("the process stood still since its snapshot; nothing is sent")
        intents = await parts.executor.execute(record)
        parts.observer.look_again(refusing(intents))
        self._advanced = any(intent.filled_size for intent in intents)
        self._kept = ((), 0)  # the first quiet cycle after an order shows what came of it
        await self._ended([intent for intent in intents if not intent.state.live])
        if any(intent.state.live for intent in intents):
            await parts.beliefs.refresh()  # what has no outcome yet counts against limits too

    def _frozen(self, snapshot: Snapshot) -> bool:
        """Say whether more time passed since the reads began than a snapshot may be old."""
        age_s = self._parts.clock.monotonic_s() - snapshot.started_s
        return age_s * 1000 > self._rhythm.policy.snapshot_age_max_ms

    async def _keep(self, record: CycleRecord) -> None:
        """Record a decision that differs from the last one kept, and any now and then."""
        essence = record.plan.essence
        kept, kept_at_ms = self._kept
        if essence != kept or lasted(kept_at_ms, record.at_ms, KEEP_EVERY_MS):
            await self._parts.journal.record_cycle(record)
            self._kept = (essence, record.at_ms)

    async def _finish_flattening(self, control: Control, snapshot: Snapshot) -> None:
        """End flattening once every configured position is seen to be flat."""
        if not control.flattening or snapshot.missing:
            return
        keys = [target.instrument for target in self._rhythm.policy.targets]
        if all(snapshot.positions[key].gross == 0 for key in keys):
            await self._parts.operator.flattened()
