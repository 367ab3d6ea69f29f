"""The loop: on its beat, one cycle at a time, and what each cycle comes to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from counterpoise.core.orders import Intent, IntentState, OrderReport, Rule
from counterpoise.core.schedule import Duration
from counterpoise.core.state import AccountState, Command
from counterpoise.daemon import HURRY_S, KEEP_EVERY_MS
from counterpoise.errors import (
    OutcomeUnknown,
)
from tests.sim.gateway import TWO, filled
from tests.sim.stage import INTERVAL_S, Stage, stage_in, told
from tests.worlds import NOW_MS

D = Decimal


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage_in(tmp_path) as made:
        yield made


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
