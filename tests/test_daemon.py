"""The loop: on its beat, one cycle at a time, and nothing that goes wrong in one ends it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal, localcontext
from pathlib import Path

import pytest

from counterpoise.announcer import Announcer, Tidings
from counterpoise.beliefs import Beliefs
from counterpoise.core.orders import Intent, IntentState, OrderReport, Rule
from counterpoise.core.schedule import Duration
from counterpoise.core.state import AccountState, Command, Control, OperatorCommand
from counterpoise.core.units import CONTEXT
from counterpoise.daemon import BUGS_MAX, HURRY_S, KEEP_EVERY_MS, Daemon, Parts, Rhythm
from counterpoise.errors import (
    JournalError,
    OutcomeUnknown,
    SettingsError,
    Unauthorized,
    Unavailable,
)
from counterpoise.executor import Executor
from counterpoise.observer import Observer
from counterpoise.operator import Operator
from counterpoise.pricing import priced
from tests.fakes import FakeClock
from tests.sim.gateway import LIMITS, MAIN, TWO, filled
from tests.sim.parts import Desk, clock_now, journal_in_memory
from tests.worlds import NOW_MS, World

D = Decimal
INTERVAL_S = 10.0
DRIFTED = TWO.changed(replace(TWO["BTC"], price=D(60_000)))


@dataclass
class Stage:
    """A daemon of real parts on a made-up venue."""

    desk: Desk
    folder: Path
    changed: list[bool] = field(default_factory=lambda: [False])
    began_s: list[float] = field(default_factory=list)
    published: list[tuple[Tidings, Control]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.desk.gateway.timeless = True
        self.daemon = self.build()

    @property
    def clock(self) -> FakeClock:
        return self.desk.clock

    def build(self, **rhythm: object) -> Daemon:
        """Return a daemon that knows nothing yet."""
        desk, policy = self.desk, TWO.policy
        journal, clock = desk.journal, desk.clock
        observer = Observer({MAIN: desk.gateway}, policy, clock)
        snapshot = observer.snapshot

        async def noted() -> object:
            self.began_s.append(clock.monotonic_s())
            return await snapshot()

        observer.snapshot = noted  # type: ignore[method-assign, assignment]

        def publish(tidings: Tidings, control: Control) -> None:
            self.published.append((tidings, control))

        self.operator = Operator(journal, clock, self.folder / "main.halt", desk.said.log)
        parts = Parts(
            observer=observer,
            executor=Executor(desk.outside),
            operator=self.operator,
            beliefs=Beliefs(journal, clock, policy),
            journal=journal,
            clock=clock,
            announcer=Announcer(desk.said.log, clock, publish, 0),
            price=lambda intent: priced(intent, desk.outside),
        )
        usual: dict[str, object] = {
            "policy": policy,
            "settings_digest": "d",
            "interval_s": INTERVAL_S,
            "limits": {MAIN: LIMITS},
            "settings_changed": lambda: self.changed[0],
        }
        return Daemon(parts, Rhythm(**{**usual, **rhythm}))  # type: ignore[arg-type]

    def drift(self, world: World = DRIFTED) -> None:
        """Let the venue show another world from now on."""
        self.desk.gateway.world = world

    def fills(self) -> None:
        """Let the venue's positions follow what is placed."""

        async def place(intent: Intent) -> OrderReport:
            gateway = self.desk.gateway
            row = gateway.world[intent.order.asset]
            moved = replace(row, size=row.size + intent.order.size)
            gateway.world = gateway.world.changed(moved)
            return filled(intent)

        self.desk.gateway.on_place = place

    def events(self, event: str) -> list[dict[str, object]]:
        """Return what was said of one kind."""
        return [facts for _, name, facts in self.desk.said.lines if name == event]

    @property
    def state(self) -> AccountState:
        return self.operator.control.state


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    clock = clock_now()
    with localcontext(CONTEXT.copy()):
        async with journal_in_memory(clock) as journal:
            yield Stage(Desk(journal, clock), tmp_path)


async def test_cycles_are_on_the_beat_however_long_each_takes(stage: Stage) -> None:
    start_s = stage.clock.monotonic_s()
    marks = stage.desk.gateway.marks

    async def slow() -> object:
        stage.clock.advance(3)
        return await marks()

    stage.desk.gateway.marks = slow  # type: ignore[method-assign, assignment]
    await stage.daemon.run(4)
    assert [at_s - start_s for at_s in stage.began_s] == [0, 10, 20, 30]


async def test_beats_that_were_missed_are_not_made_up_for(stage: Stage) -> None:
    start_s = stage.clock.monotonic_s()
    delays = [34.0, 0.0, 0.0]
    marks = stage.desk.gateway.marks

    async def slow() -> object:
        stage.clock.advance(delays.pop(0))
        return await marks()

    stage.desk.gateway.marks = slow  # type: ignore[method-assign, assignment]
    await stage.daemon.run(3)
    assert [at_s - start_s for at_s in stage.began_s] == [0, 40, 50]


async def test_an_unfinished_correction_goes_on_in_a_hurry(stage: Stage) -> None:
    through_zero = TWO.changed(replace(TWO["BTC"], size=D("0.1"), spot=D("1.0")))
    stage.drift(through_zero.changed(replace(through_zero["BTC"], price=D(90_000))))
    stage.fills()
    await stage.daemon.run(3)
    pauses = [b - a for a, b in zip(stage.began_s, stage.began_s[1:], strict=False)]
    assert pauses[0] == HURRY_S
    assert pauses[1] == INTERVAL_S


async def test_an_order_that_fills_nothing_hurries_nobody(stage: Stage) -> None:
    stage.drift()

    async def nothing(intent: Intent) -> OrderReport:
        return filled(intent, D(0))

    stage.desk.gateway.on_place = nothing
    await stage.daemon.run(3)
    assert len(stage.desk.gateway.placed) == 6
    assert stage.began_s[2] - stage.began_s[0] == 2 * INTERVAL_S


async def test_an_order_without_an_outcome_counts_against_the_limits(stage: Stage) -> None:
    stage.drift()
    stage.desk.gateway.raises["place"] = OutcomeUnknown("no answer")
    await stage.daemon.run(cycles=2)
    record = stage.published[-1][0].record
    assert record is not None
    placed = stage.desk.gateway.placed
    assert placed
    assert record.situation.activity.orders_minute == len(placed)
    assert record.situation.activity.turnover_day == sum(i.order.notional for i in placed)


async def test_a_stop_ends_after_the_cycle_and_sends_nothing_more(stage: Stage) -> None:
    stage.drift()
    marks = stage.desk.gateway.marks

    async def stopping() -> object:
        stage.daemon.stop()
        return await marks()

    stage.desk.gateway.marks = stopping  # type: ignore[method-assign, assignment]
    assert await stage.daemon.run() is AccountState.RUN
    assert len(stage.began_s) == 1
    assert not stage.desk.gateway.placed


async def test_a_wake_up_begins_the_next_cycle_at_once(stage: Stage) -> None:
    async def sleeps(_: float) -> None:
        await asyncio.Event().wait()

    stage.clock.sleep = sleeps  # type: ignore[method-assign, assignment]
    loop = asyncio.ensure_future(stage.daemon.run())
    for _ in range(3):
        stage.daemon.wake()
        await settled_down()
    assert len(stage.began_s) == 4
    stage.daemon.stop()
    await loop


async def settled_down() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


async def test_a_drift_is_corrected_and_on_record(stage: Stage) -> None:
    await stage.daemon.run(1)
    stage.drift()
    stage.fills()
    await stage.build().run(2)
    assert [intent.order.size for intent in stage.desk.gateway.placed] == [D("-0.08"), D("1.92")]
    intents = await stage.desk.journal.intents(9)
    assert {intent.state for intent in intents} == {IntentState.FILLED}
    (first, _) = intents
    record = await stage.desk.journal.cycle(first.cycle)
    assert record is not None
    assert record.plan.orders == tuple(i.order for i in stage.desk.gateway.placed)


async def test_nothing_is_sent_while_paused_and_reads_go_on(stage: Stage) -> None:
    stage.drift()
    await told(stage, Command.PAUSE)
    await stage.daemon.run(3)
    assert not stage.desk.gateway.placed
    assert len(stage.began_s) == 3


async def told(stage: Stage, command: Command) -> None:
    await stage.desk.journal.submit(
        OperatorCommand(number=0, command=command, by="ann", reason="why", at_ms=NOW_MS)
    )


async def test_flattening_ends_when_all_is_seen_to_be_flat(stage: Stage) -> None:
    stage.drift(TWO.changed(replace(TWO["BTC"], size=D("-0.4"))))
    stage.fills()
    await told(stage, Command.FLATTEN)
    await stage.daemon.run(3)
    (intent,) = stage.desk.gateway.placed
    assert (intent.order.size, intent.order.reduce_only) == (D("0.4"), True)
    assert intent.order.rule is Rule.OPERATOR
    assert stage.operator.control.flattening is False
    assert stage.state is AccountState.PAUSE


async def test_a_halt_after_the_decision_stops_its_orders(stage: Stage) -> None:
    stage.drift()
    books = stage.desk.gateway.books

    async def halting() -> object:
        stage.operator.signal_halt("now")
        return await books()

    stage.desk.gateway.books = halting  # type: ignore[method-assign, assignment]
    await stage.daemon.run(1)
    assert not stage.desk.gateway.placed


async def test_a_process_that_stood_still_sends_nothing_it_decided_before(stage: Stage) -> None:
    stage.drift()
    remember = stage.desk.journal.remember

    async def frozen(memories: object) -> None:
        stage.clock.elapsed_s += 11  # after the decision, before the order
        await remember(memories)  # type: ignore[arg-type]

    stage.desk.journal.remember = frozen  # type: ignore[method-assign]
    await stage.daemon.run(1)
    assert not stage.desk.gateway.placed
    assert stage.events("cycle.failed")[0]["error"] == "SnapshotError"


BUG = ZeroDivisionError("a bug")


@pytest.mark.parametrize("error", [Unavailable("down"), JournalError("full")])
async def test_a_failure_of_the_outside_abandons_a_cycle_and_no_more(
    stage: Stage, error: Exception
) -> None:
    await fails_in(stage, error, 2 * BUGS_MAX)
    assert stage.state is AccountState.RUN
    assert len(stage.events("cycle.failed")) == 2 * BUGS_MAX


async def fails_in(stage: Stage, error: Exception, cycles: int) -> None:
    async def raising() -> object:
        raise error

    stage.desk.journal.unsettled = raising  # type: ignore[method-assign, assignment]
    await stage.daemon.run(cycles)


@pytest.mark.parametrize(("bugs", "state"), [(2, AccountState.RUN), (3, AccountState.HALT)])
async def test_bugs_in_a_row_halt_alive(stage: Stage, bugs: int, state: AccountState) -> None:
    await fails_in(stage, BUG, bugs)
    assert stage.state is state
    assert len(stage.published) == bugs


async def test_bugs_with_a_good_cycle_between_them_do_not_add_up(stage: Stage) -> None:
    answers: list[Exception | None] = [BUG, BUG, None, BUG, BUG, None]
    next_cycle = stage.desk.journal.next_cycle

    async def now_and_then() -> int:
        answer = answers.pop(0)
        if answer is not None:
            raise answer
        return await next_cycle()

    stage.desk.journal.next_cycle = now_and_then  # type: ignore[method-assign]
    await stage.daemon.run(6)
    assert stage.state is AccountState.RUN


@pytest.mark.parametrize("error", [Unauthorized("key"), SettingsError("hedge mode")])
async def test_what_no_later_look_would_mend_ends_the_start(stage: Stage, error: Exception) -> None:
    stage.desk.gateway.raises["balances"] = error
    with pytest.raises(type(error)):
        await stage.daemon.run(3)
    assert len(stage.began_s) == 1


@pytest.mark.parametrize("error", [Unauthorized("key"), SettingsError("hedge mode")])
async def test_the_same_later_on_halts(stage: Stage, error: Exception) -> None:
    calls: list[Callable[[], None]] = [
        lambda: None,
        lambda: stage.desk.gateway.raises.update(balances=error),
        lambda: None,
    ]
    books = stage.desk.gateway.books

    async def scripted() -> object:
        calls.pop(0)()
        return await books()

    stage.desk.gateway.books = scripted  # type: ignore[method-assign, assignment]
    await stage.daemon.run(3)
    assert stage.state is AccountState.HALT


async def test_an_order_of_an_earlier_life_is_settled_before_anything_is_read(
    stage: Stage,
) -> None:
    stage.drift()
    stage.desk.gateway.raises.update(place=Unavailable("x"))
    intent = await stage.desk.unknown()
    stage.desk.gateway.raises.clear()
    stage.desk.gateway.found = filled(intent)
    stage.desk.gateway.asked.clear()
    await stage.build().run(1)
    asked = stage.desk.gateway.asked
    assert asked.index("open") < asked.index("find") < asked.index("positions")
    after = await stage.desk.journaled(intent)
    assert after.state is IntentState.FILLED


async def test_an_unsettled_order_waits_while_its_venue_cannot_be_opened(stage: Stage) -> None:
    intent = await stage.desk.unknown()
    stage.desk.gateway.raises = {"open": Unavailable("down")}
    stage.desk.gateway.asked.clear()
    await stage.build().run(3)
    assert "find" not in stage.desk.gateway.asked
    assert (await stage.desk.journaled(intent)).state is IntentState.UNKNOWN
    assert not stage.events("cycle.failed")


async def test_what_settled_in_a_cycle_that_was_cut_off_is_believed_in_the_next(
    stage: Stage,
) -> None:
    """Without it, a read that lags would show the old position as the believed one."""
    await stage.daemon.run(1)
    stage.drift()
    record_outcome = stage.desk.journal.record_outcome

    async def fails_for_the_second(intent: Intent) -> None:
        if intent.order.asset == "ETH":
            raise JournalError("full")
        await record_outcome(intent)

    async def later(intent: Intent) -> OrderReport:
        stage.clock.advance(0.02)
        return filled(intent)

    stage.desk.journal.record_outcome = fails_for_the_second  # type: ignore[method-assign]
    stage.desk.gateway.on_place = later
    daemon = stage.build()
    await daemon.run(1)  # both are sent; the venue goes on showing no position
    stage.desk.journal.record_outcome = record_outcome  # type: ignore[method-assign]
    placed = len(stage.desk.gateway.placed)
    await daemon._guarded_cycle()
    memories = await stage.desk.journal.memories()
    believed = {asset: memory.position for asset, memory in memories.items()}
    assert believed["BTC"] == D("-0.08")  # type: ignore[index]
    assert len(stage.desk.gateway.placed) == placed


async def test_a_quiet_decision_is_kept_once_and_then_now_and_then(stage: Stage) -> None:
    kept: list[int] = []
    record_cycle = stage.desk.journal.record_cycle

    async def counted(record: object) -> None:
        kept.append(stage.clock.wall_ms())
        await record_cycle(record)  # type: ignore[arg-type]

    stage.desk.journal.record_cycle = counted  # type: ignore[method-assign]
    await stage.daemon.run(125)
    assert [at_ms - NOW_MS for at_ms in kept] == [0, KEEP_EVERY_MS, 2 * KEEP_EVERY_MS]


async def test_the_calendar_sets_off_a_correction_within_the_band(stage: Stage) -> None:
    stage.drift(TWO.changed(replace(TWO["BTC"], price=D(51_000))))
    stage.fills()
    await stage.build(schedule=Duration(ms=60_000)).run(9)
    assert {intent.order.rule for intent in stage.desk.gateway.placed} == {Rule.CALENDAR}
    (line,) = stage.events("rebalance.triggered")
    assert line["rule"] is Rule.CALENDAR


async def test_a_changed_settings_file_is_said_once_each_time(stage: Stage) -> None:
    for changed in (True, True, False, True):
        stage.changed[0] = changed
        await stage.daemon.run(1)
    assert len(stage.events("settings.changed")) == 2


@pytest.mark.parametrize("skew_ms", [1_001, -1_001])
async def test_a_clock_astray_holds(stage: Stage, skew_ms: int) -> None:
    stage.drift()
    stage.desk.gateway.skew = skew_ms
    await stage.daemon.run(1)
    assert not stage.desk.gateway.placed
    assert {line["reason"] for line in stage.events("asset.held")} == {"clock_skew"}


async def test_cycle_numbers_grow(stage: Stage) -> None:
    await stage.daemon.run(2)
    await stage.build().run(2)
    assert await stage.desk.journal.next_cycle() == 5
