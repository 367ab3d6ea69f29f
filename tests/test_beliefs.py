"""What is believed between cycles, and that a restart believes the same."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from counterpoise.beliefs import (
    POSITION_AT_EVERY_MS,
    Beliefs,
    pending_by_instrument,
    unsettled_by_instrument,
)
from counterpoise.core.foreign import Change
from counterpoise.core.instrument import Asset
from counterpoise.core.orders import Cause, Intent, IntentState, Order, Rule
from counterpoise.core.settlement import refused
from counterpoise.core.snapshot import Missing
from counterpoise.core.state import AssetMemory
from counterpoise.journal.store import SqlJournal
from tests.fakes import FakeClock
from tests.sim.gateway import TWO
from tests.sim.parts import clock_now, journal_in_memory, order_for, recorded
from tests.worlds import NOW_MS, Other

D = Decimal
S = IntentState
BTC, ETH = Asset("BTC"), Asset("ETH")
HOUR_MS = 3_600_000


@dataclass
class Desk:
    journal: SqlJournal
    clock: FakeClock

    def __post_init__(self) -> None:
        self.beliefs = Beliefs(self.journal, self.clock, TWO.policy)

    async def restarted(self) -> Beliefs:
        again = Beliefs(self.journal, self.clock, TWO.policy)
        await again.begin()
        return again

    async def ended(
        self, order: Order, state: IntentState = S.FILLED, filled: Decimal | None = None
    ) -> Intent:
        """Record an order and its end, without anybody believing it yet."""
        (intent,) = await recorded(self.journal, order)
        done = order.size if filled is None else filled
        intent = replace(
            intent,
            state=state,
            filled_size=done,
            venue_order_id=f"v{intent.sequence}",
            price_average=order.mark_price if done else None,
            settled_at_ms=self.clock.wall_ms(),
            proof="test",
        )
        await self.journal.record_outcome(intent)
        return intent


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    clock = clock_now()
    async with journal_in_memory(clock) as journal:
        yield Desk(journal, clock)


async def test_what_was_remembered_outlives_a_restart(desk: Desk) -> None:
    memory = AssetMemory(position=D(3), position_at_ms=NOW_MS, balances={"main:spot": D(1)})
    await desk.beliefs.remember({BTC: memory})
    assert (await desk.restarted()).memories == {BTC: memory}


async def test_the_drift_timer_starts_afresh_because_nobody_watched(desk: Desk) -> None:
    await desk.beliefs.remember({BTC: AssetMemory(position=D(3), drifted_since_ms=NOW_MS)})
    assert (await desk.restarted()).memories[BTC].drifted_since_ms is None


async def test_a_fill_is_believed_at_once_and_unconfirmed(desk: Desk) -> None:
    await desk.beliefs.settled([await desk.ended(order_for("BTC", D("-0.08")))])
    memory = desk.beliefs.memories[BTC]
    assert memory.position == D("-0.08")
    assert memory.unconfirmed_since_ms == NOW_MS


@pytest.mark.parametrize("cut_off_by", ["restart", "failure"])
async def test_a_fill_that_nobody_believed_yet_is_carried_over(desk: Desk, cut_off_by: str) -> None:
    await desk.beliefs.remember({BTC: AssetMemory(position=D(0), position_at_ms=NOW_MS - 1)})
    await desk.ended(order_for("BTC", D("-0.08")))
    if cut_off_by == "restart":
        beliefs = await desk.restarted()
    else:
        beliefs = desk.beliefs
        await beliefs.catch_up()
    assert beliefs.memories[BTC].position == D("-0.08")
    assert beliefs.memories[BTC].unconfirmed_since_ms == NOW_MS


async def test_a_fill_that_was_believed_is_not_carried_twice(desk: Desk) -> None:
    await desk.beliefs.remember({BTC: AssetMemory(position=D(0), position_at_ms=NOW_MS - 1)})
    await desk.beliefs.settled([await desk.ended(order_for("BTC", D("-0.08")))])
    before = desk.beliefs.memories[BTC]
    await desk.beliefs.catch_up()
    assert desk.beliefs.memories[BTC] == before
    assert (await desk.restarted()).memories[BTC] == before


async def test_a_fill_that_a_later_snapshot_showed_is_not_carried_again(desk: Desk) -> None:
    await desk.beliefs.remember({BTC: AssetMemory(position=D(0), position_at_ms=NOW_MS - 1)})
    await desk.beliefs.settled([await desk.ended(order_for("BTC", D("-0.08")))])
    believed = desk.beliefs.memories[BTC]
    seen = replace(believed, position=D("-0.1"), position_at_ms=NOW_MS - 10)  # the clock went back
    await desk.beliefs.remember({BTC: seen})
    assert (await desk.restarted()).memories[BTC] == seen


async def test_a_refusal_that_nobody_counted_yet_is_counted_after_a_restart(desk: Desk) -> None:
    await desk.beliefs.remember({BTC: AssetMemory(position=D(0), position_at_ms=NOW_MS - 1)})
    (intent,) = await recorded(desk.journal, order_for("BTC", D("-0.08")))
    await desk.journal.record_outcome(refused(intent, code="-2019", now_ms=NOW_MS, proof="x"))
    memory = (await desk.restarted()).memories[BTC]
    assert (memory.refusals, memory.back_off_until_ms) == (1, NOW_MS + 10_000)
    assert (await desk.restarted()).memories[BTC].refusals == 1


@pytest.mark.parametrize(
    ("state", "filled", "turnover"),
    [
        (S.SENT, None, "4000"),  # still live: as if all of it filled
        (S.FILLED, "-0.08", "4000"),
        (S.PART_FILLED, "-0.02", "1000"),
        (S.REJECTED, "0", "0"),
        (S.ABSENT, "0", "0"),
    ],
)
async def test_turnover_counts_live_orders_whole_and_ended_ones_by_what_they_filled(
    desk: Desk, state: IntentState, filled: str | None, turnover: str
) -> None:
    order = order_for("BTC", D("-0.08"))
    if filled is None:
        await recorded(desk.journal, order)
    else:
        desk.clock.advance(8)
        await desk.ended(order, state, D(filled))
    await desk.beliefs.refresh()
    activity = desk.beliefs.activity()
    assert (activity.turnover_day, activity.orders_minute) == (D(turnover), 1)


async def test_activity_is_forgotten_after_a_minute_and_a_day(desk: Desk) -> None:
    await desk.ended(order_for("BTC"))
    await desk.beliefs.refresh()
    desk.clock.advance(61)
    assert desk.beliefs.activity().orders_minute == 0
    desk.clock.advance(23 * 3_600)
    for beliefs in (desk.beliefs, await desk.restarted()):
        assert beliefs.activity().turnover_day == 4_000
    desk.clock.advance(3_600)
    for beliefs in (desk.beliefs, await desk.restarted()):
        assert beliefs.activity().turnover_day == 0


async def test_a_person_accepts_what_is_seen_and_only_that(desk: Desk) -> None:
    await desk.beliefs.remember({BTC: AssetMemory(position=D(9), refusals=3)})
    partial = replace(
        TWO.snapshot,
        missing=(Missing(what="main:balances", assets=frozenset({ETH}), reason="down"),),
    )
    left, changes = await desk.beliefs.accept(partial, frozenset({BTC, ETH}))
    assert left == {ETH}
    assert [(c.cause, c.size) for c in changes] == [(Cause.ACCEPTED, D(-9))]
    memory = (await desk.restarted()).memories[BTC]
    assert (memory.position, memory.refusals) == (D(0), 0)
    assert memory.balances == {"main:spot": D("1.2")}


async def test_an_unchanged_position_is_not_written_every_cycle(desk: Desk) -> None:
    writes: list[object] = []
    remember = desk.journal.remember

    async def counted(memories: dict[Asset, AssetMemory], changes: Sequence[Change]) -> None:
        writes.append(memories)
        await remember(memories, changes)

    desk.journal.remember = counted  # type: ignore[method-assign, assignment]
    memory = AssetMemory(position=D(3), position_at_ms=NOW_MS)
    for cycle in range(10):
        at_ms = NOW_MS + cycle * 10_000
        await desk.beliefs.remember(
            {BTC: replace(memory, position_at_ms=at_ms, drifted_since_ms=at_ms)}
        )
    assert len(writes) == 1
    later = replace(memory, position_at_ms=NOW_MS + POSITION_AT_EVERY_MS + 1)
    await desk.beliefs.remember({BTC: later})
    await desk.beliefs.remember({BTC: replace(later, correcting=Rule.DRIFT)})
    assert len(writes) == 3


async def test_a_correction_is_under_way_until_its_last_order_filled(desk: Desk) -> None:
    await desk.beliefs.remember({BTC: AssetMemory(position=D(0), correcting=Rule.DRIFT)})
    before = desk.beliefs.correcting
    await desk.beliefs.settled([await desk.ended(order_for("BTC"))])
    assert (before, desk.beliefs.correcting) == (True, False)
    assert desk.beliefs.memories[BTC].corrected_at_ms == NOW_MS


async def test_only_live_orders_are_unsettled(desk: Desk) -> None:
    (live,) = await recorded(desk.journal, order_for("ETH", D(1)))
    over = await desk.ended(order_for("BTC"))
    assert unsettled_by_instrument([live, over]) == {live.order.instrument: live.client_order_id}


async def test_a_live_order_that_grows_may_yet_cost_leverage(desk: Desk) -> None:
    over = await desk.ended(order_for("BTC"))
    (growing,) = await recorded(desk.journal, order_for("ETH", D(1)))
    (closing,) = await recorded(desk.journal, order_for("BTC", reduce_only=True))
    assert pending_by_instrument([over, growing, closing]) == {
        growing.order.instrument: growing.order.notional
    }


async def test_a_person_accepts_a_balance_of_what_another_asset_carries(desk: Desk) -> None:
    world = replace(TWO, others=(Other(asset="ALT", held=D(0)),))
    beliefs, alt = Beliefs(desk.journal, desk.clock, world.policy), Asset("ALT")
    await beliefs.begin()
    await beliefs.remember({alt: AssetMemory(balances={"main:spot": D(5)})})
    left, changes = await beliefs.accept(world.snapshot, frozenset({alt}))
    assert (left, changes) == (frozenset(), ())
    assert beliefs.memories[alt].balances == {"main:spot": 0}
    unread = replace(
        world.snapshot, missing=(Missing(what="main:balances", assets=frozenset({alt}), reason=""),)
    )
    left, _ = await beliefs.accept(unread, frozenset({alt}))
    assert left == {alt}
