"""When a correction begins: sustain, cooldown, calendar, start; and a clock that steps."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.core.decision import Activity
from counterpoise.core.instrument import Asset
from counterpoise.core.orders import HoldReason, Rule
from counterpoise.core.policy.policy import Limits, Trigger
from counterpoise.core.settlement import after_settlement, refused
from counterpoise.core.state import AssetMemory
from counterpoise.core.units import ONE, ZERO
from tests.worlds import (
    CYCLE_MS,
    LOOSE,
    NOW_MS,
    Row,
    World,
    intent_of,
    now,
    order_of,
    reason_of,
)

D = Decimal
BTC, ETH = Asset("BTC"), Asset("ETH")
ROW = Row(asset="BTC", spot=ONE, price=D(50_000), weight=ONE)
WORLD = World(rows=(ROW,), exposure=ZERO)  # wants to sell 1 BTC
COOLDOWN_MS = WORLD.trigger.cooldown_ms
HOUR_MS = 3_600_000
DUE = frozenset({BTC})
QUARTER_AGO_MS = NOW_MS - 90 * 24 * HOUR_MS


def triggered(**changes: object) -> World:
    return replace(WORLD, trigger=replace(Trigger(), **changes))  # type: ignore[arg-type]


def sold(world: World, size: str) -> World:
    """Return the world in band, but for a position of this size."""
    return world.changed(replace(world["BTC"], size=D(size)))


def remembered(world: World, **changes: object) -> World:
    before = world.situation.memories.get(BTC, AssetMemory())
    return world.remembering({BTC: replace(before, **changes)})  # type: ignore[arg-type]


def test_a_drift_inside_the_band_waits() -> None:
    assert reason_of(sold(WORLD, "-0.95").plan(), "BTC") is HoldReason.IN_BAND
    assert order_of(sold(WORLD, "-0.94").plan(), "BTC").size == D("-0.06")


def test_a_drift_must_last_as_long_as_sustain_says() -> None:
    world = triggered(sustain_ms=60_000)
    for elapsed_ms in range(0, 60_000, CYCLE_MS):
        decided = world.plan()
        assert reason_of(decided, "BTC") is HoldReason.SUSTAIN, elapsed_ms
        world = world.settled(decided)
    assert order_of(world.plan(), "BTC").rule is Rule.DRIFT


def test_a_drift_that_went_away_starts_to_last_anew() -> None:
    world = triggered(sustain_ms=60_000)
    world = world.settled(world.plan(), elapsed_ms=59_000)
    calm = world.changed(replace(ROW, weight=ONE, spot=ONE))
    calm = replace(calm, exposure=ONE)  # for one moment, all is where it should be
    assert reason_of(calm.plan(), "BTC") is HoldReason.IN_BAND
    again = replace(calm.settled(calm.plan(), elapsed_ms=1_000), exposure=ZERO)
    assert reason_of(again.plan(), "BTC") is HoldReason.SUSTAIN


def test_after_a_correction_the_next_waits_for_the_cooldown() -> None:
    world = WORLD.settled(WORLD.plan())
    moved = world.changed(replace(world["BTC"], spot=D(2)))
    assert reason_of(moved.plan(), "BTC") is HoldReason.COOLDOWN
    almost = moved.after(COOLDOWN_MS - CYCLE_MS)
    assert reason_of(almost.plan(), "BTC") is HoldReason.COOLDOWN
    assert order_of(almost.after(CYCLE_MS).plan(), "BTC").size == -1


def test_a_part_filled_correction_goes_on_at_once_until_it_is_whole() -> None:
    world = triggered(sustain_ms=60_000)
    world = world.settled(world.plan(), elapsed_ms=60_000)
    half = world.settled(world.plan(), share=D("0.5"))
    assert half.situation.memories[BTC].correcting is Rule.DRIFT
    assert order_of(half.plan(), "BTC").size == D("-0.5")
    whole = half.settled(half.plan())
    assert whole.situation.memories[BTC].correcting is None


def test_a_correction_once_begun_ends_at_the_inner_edge_though_inside_the_band() -> None:
    world = WORLD.settled(WORLD.plan(), share=D("0.97"))
    assert order_of(world.plan(), "BTC").size == D("-0.03")


def test_a_correction_that_a_market_move_has_finished_begins_the_cooldown() -> None:
    world = WORLD.settled(WORLD.plan(), share=D("0.5"))
    done = sold(remembered(world, position=D(-1), unconfirmed_since_ms=None), "-1")
    decided = done.plan()
    assert reason_of(decided, "BTC") is HoldReason.IN_BAND
    assert decided.memories[BTC].corrected_at_ms == done.situation.now_ms
    assert decided.memories[BTC].correcting is None


def test_the_calendar_corrects_inside_the_band_and_during_the_cooldown() -> None:
    past = {"corrected_at_ms": NOW_MS - 1, "calendar_at_ms": QUARTER_AGO_MS}
    world = remembered(sold(WORLD, "-0.96"), **past)
    assert reason_of(world.plan(), "BTC") is HoldReason.IN_BAND
    due = replace(world, situation=replace(world.situation, calendar_due=DUE))
    decided = due.plan()
    order = order_of(decided, "BTC")
    assert (order.size, order.rule) == (D("-0.04"), Rule.CALENDAR)
    assert decided.memories[BTC].calendar_at_ms == NOW_MS


def test_the_calendar_is_for_the_assets_that_are_due() -> None:
    other = Row(asset="ETH", spot=D(10), size=D("-9.9"), price=D(3_000))
    past = AssetMemory(calendar_at_ms=QUARTER_AGO_MS)
    world = replace(
        WORLD,
        rows=(replace(ROW, size=D("-0.96")), other),
        situation=now(calendar_due=DUE, memories={BTC: past, ETH: past}),
    )
    due = world.plan()
    assert [order.asset for order in due.orders] == ["BTC"]
    assert [due.memories[asset].calendar_at_ms for asset in (BTC, ETH)] == [NOW_MS, QUARTER_AGO_MS]


def test_a_calendar_date_on_which_all_is_in_place_has_been_kept() -> None:
    world = replace(sold(WORLD, "-1"), situation=now(calendar_due=DUE))
    due = remembered(world, calendar_at_ms=QUARTER_AGO_MS).plan()
    assert reason_of(due, "BTC") is HoldReason.IN_BAND
    assert due.memories[BTC].calendar_at_ms == NOW_MS


@pytest.mark.parametrize(
    "limits",
    [
        replace(LOOSE, spread_max=D("0.00001")),
        replace(LOOSE, turnover_day_max=ZERO),
        replace(LOOSE, orders_per_minute_max=1),
    ],
)
def test_a_calendar_date_that_a_limit_held_up_is_still_due(limits: Limits) -> None:
    """Else one wide spread at that second would skip the whole quarter."""
    used = now(calendar_due=DUE, activity=Activity(orders_minute=1))
    world = replace(sold(WORLD, "-0.96"), situation=used, limits=limits)
    held = remembered(world, calendar_at_ms=QUARTER_AGO_MS).plan()
    assert held.orders == ()
    assert held.memories[BTC].calendar_at_ms == QUARTER_AGO_MS


def test_a_calendar_without_a_date_counts_from_the_first_look() -> None:
    assert WORLD.plan().memories[BTC].calendar_at_ms == NOW_MS


def test_on_start_the_first_cycle_corrects_inside_the_band_where_asked() -> None:
    starting = replace(sold(WORLD, "-0.96"), situation=now(starting=True))
    assert reason_of(starting.plan(), "BTC") is HoldReason.IN_BAND
    asked = replace(starting, trigger=replace(Trigger(), on_start=True))
    assert order_of(asked.plan(), "BTC").rule is Rule.START
    assert reason_of(asked.after(CYCLE_MS).plan(), "BTC") is HoldReason.IN_BAND


@pytest.mark.parametrize("return_to", ["0", "0.25", "0.6", "1"])
def test_a_correction_stops_at_that_share_of_the_band(return_to: str) -> None:
    order = order_of(triggered(return_to=D(return_to)).plan(), "BTC")
    assert order.size == -1 + D(return_to) * D("0.05")


def flattening(world: World) -> World:
    return replace(world, situation=replace(world.situation, flattening=True))


def test_flatten_closes_with_reduce_only_inside_the_band_and_without_a_known_value() -> None:
    world = flattening(sold(replace(WORLD, rows=(replace(ROW, spot=ZERO),)), "0"))
    assert reason_of(world.plan(), "BTC") is HoldReason.OPERATOR
    closing = flattening(sold(WORLD, "-1")).plan()
    order = order_of(closing, "BTC")
    assert (order.size, order.reduce_only, order.rule) == (ONE, True, Rule.OPERATOR)


def test_flatten_goes_on_in_parts_until_flat() -> None:
    world = replace(sold(WORLD, "-1"), limits=replace(LOOSE, order_notional_max=D(30_000)))
    sizes = []
    for _ in range(2):
        world = flattening(world)
        decided = world.plan()
        sizes.append(order_of(decided, "BTC").size)
        world = world.settled(decided)
    assert sizes == [D("0.6"), D("0.4")]
    assert reason_of(flattening(world).plan(), "BTC") is HoldReason.OPERATOR


def test_after_flatten_nothing_of_it_goes_on() -> None:
    """A last part that ended as cancelled leaves no correction under way once all is flat."""
    world = flattening(sold(WORLD, "-1"))
    memory = replace(world.plan().memories[BTC], position=ZERO)
    assert memory.correcting is Rule.OPERATOR
    flat = flattening(sold(world.remembering({BTC: memory}), "0")).plan()
    assert reason_of(flat, "BTC") is HoldReason.OPERATOR
    assert flat.memories[BTC].correcting is None


SETTINGS = st.builds(
    Trigger,
    sustain_ms=st.integers(0, HOUR_MS),
    cooldown_ms=st.integers(0, HOUR_MS),
)


@given(SETTINGS, st.integers(1, 400 * 24 * HOUR_MS))
def test_a_clock_that_steps_back_never_makes_a_wait_longer_than_the_settings(
    trigger: Trigger, step_ms: int
) -> None:
    """All times remembered are from a future that the clock has since left."""
    later_ms = NOW_MS + step_ms
    memory = AssetMemory(
        drifted_since_ms=later_ms,
        corrected_at_ms=later_ms,
        refusals=1,
        back_off_until_ms=later_ms + 10_000,
        position=ZERO,
    )
    waits_ms = max(trigger.sustain_ms, trigger.cooldown_ms, 10_000)
    world = replace(WORLD, trigger=trigger).remembering({BTC: memory})
    for _ in range(2):  # the back-off first, then what it kept from beginning
        if world.plan().orders:
            break
        world = world.settled(world.plan(), elapsed_ms=waits_ms)
    assert order_of(world.plan(), "BTC").size == -1


@given(st.integers(1, 400 * 24 * HOUR_MS))
def test_a_position_is_never_strange_since_a_time_that_the_clock_has_left(step_ms: int) -> None:
    world = remembered(
        sold(WORLD, "-0.5"),
        position=D(-1),
        strange_position=D("-0.5"),
        strange_since_ms=NOW_MS + step_ms,
    )
    first = world.plan()
    assert reason_of(first, "BTC") is HoldReason.POSITION_UNEXPLAINED
    assert first.memories[BTC].strange_since_ms == NOW_MS


@given(st.integers(1, 12), st.integers(1, 400 * 24 * HOUR_MS))
def test_a_clock_that_steps_back_does_not_lengthen_a_back_off(refusals: int, step_ms: int) -> None:
    memory, intent = AssetMemory(), intent_of(order_of(WORLD.plan(), "BTC"))
    ended = refused(intent, code="-2019", now_ms=NOW_MS, proof="refused")
    for _ in range(refusals):
        memory = after_settlement(memory, ended, at_ms=NOW_MS)
    pause_ms = memory.back_off_until_ms - NOW_MS
    back = WORLD.remembering({BTC: memory}).after(-step_ms)
    first = back.plan()
    assert reason_of(first, "BTC") is HoldReason.BACK_OFF
    later = back.settled(first, elapsed_ms=pause_ms)
    assert order_of(later.plan(), "BTC").size == -1


def test_a_clock_that_steps_forward_confirms_no_position() -> None:
    world = remembered(WORLD, position=D(-1), unconfirmed_since_ms=NOW_MS)
    ahead = world.after(400 * 24 * HOUR_MS)
    assert reason_of(ahead.plan(), "BTC") is HoldReason.POSITION_UNCONFIRMED
