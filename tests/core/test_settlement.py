"""What becomes of an intent: only what is proved, and nothing by default."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.core.doubt import accepted
from counterpoise.core.orders import HoldReason, Intent, IntentState, Rule, VenueStatus
from counterpoise.core.settlement import (
    BACK_OFF_FIRST_MS,
    BACK_OFF_MAX_MS,
    EMPTY_PAUSE_MAX_MS,
    Absence,
    absent,
    after_settlement,
    paused,
    refused,
    reported,
    unconfirmed,
)
from counterpoise.core.state import AssetMemory
from counterpoise.core.units import ONE, ZERO
from tests.worlds import NOW_MS, Row, World, intent_of, order_of, reason_of, report_of

D = Decimal
S, V = IntentState, VenueStatus
WORLD = World(rows=(Row(asset="BTC", spot=ONE, price=D(50_000), weight=ONE),), exposure=ZERO)
ORDER = order_of(WORLD.plan(), "BTC")  # sells 1, and completes the correction
LIVE = (S.SENT, S.ACKNOWLEDGED, S.UNKNOWN)
LATER_MS = NOW_MS + 1_000
SURE = Absence(not_found=2, resting=False, strange_trade=False)
CORRECTING = AssetMemory(position=ZERO, position_at_ms=NOW_MS - 1, correcting=Rule.DRIFT)


def ended(state: IntentState, filled: Decimal = ZERO) -> Intent:
    return replace(intent_of(ORDER, state=state), filled_size=filled, settled_at_ms=LATER_MS)


@pytest.mark.parametrize("before", LIVE)
@pytest.mark.parametrize(
    ("status", "filled", "after"),
    [
        (V.OPEN, "0", S.ACKNOWLEDGED),
        (V.OPEN, "-0.4", S.ACKNOWLEDGED),
        (V.FILLED, "-1", S.FILLED),
        (V.ENDED, "-0.4", S.PART_FILLED),
        (V.ENDED, "0", S.CANCELLED),
        (V.REJECTED, "0", S.REJECTED),
    ],
)
def test_a_report_moves_a_live_intent_to_what_the_venue_says(
    before: IntentState, status: VenueStatus, filled: str, after: IntentState
) -> None:
    intent = intent_of(ORDER, state=before)
    seen = reported(intent, report_of(intent, D(filled), status), now_ms=LATER_MS, proof="reply")
    assert (seen.state, seen.filled_size, seen.proof) == (after, D(filled), "reply")
    assert seen.venue_order_id == "v1"
    assert seen.settled_at_ms == (None if after.live else LATER_MS)
    assert (seen.order, seen.client_order_id) == (intent.order, intent.client_order_id)


def test_every_status_of_a_venue_has_its_state() -> None:
    intent = intent_of(ORDER)
    for status in VenueStatus:
        seen = reported(intent, report_of(intent, ZERO, status), now_ms=LATER_MS, proof="reply")
        assert isinstance(seen.state, IntentState)


def test_an_acknowledged_order_has_not_filled_and_moves_no_position() -> None:
    intent = intent_of(ORDER)
    seen = reported(intent, report_of(intent, ZERO, V.OPEN), now_ms=LATER_MS, proof="reply")
    assert seen.state.live
    assert seen.position_after == ZERO
    memory = after_settlement(CORRECTING, seen, at_ms=LATER_MS)
    assert (memory.position, memory.unconfirmed_since_ms) == (ZERO, None)


def test_the_live_states_are_those_that_may_still_change_the_position() -> None:
    assert {state for state in IntentState if state.live} == {S.PLANNED, *LIVE}


@pytest.mark.parametrize("before", [S.SENT, S.UNKNOWN])
def test_a_lost_answer_makes_an_outcome_unknown_and_still_live(before: IntentState) -> None:
    doubted = unconfirmed(intent_of(ORDER, state=before), cause="timed out")
    assert (doubted.state, doubted.proof, doubted.settled_at_ms) == (S.UNKNOWN, "timed out", None)


def test_what_is_acknowledged_stays_so() -> None:
    intent = intent_of(ORDER, state=S.ACKNOWLEDGED)
    assert unconfirmed(intent, cause="timed out") == intent


def test_a_refusal_ends_an_intent_with_its_code() -> None:
    seen = refused(intent_of(ORDER), code="-2019", now_ms=LATER_MS, proof="no margin")
    assert (seen.state, seen.code, seen.settled_at_ms) == (S.REJECTED, "-2019", LATER_MS)
    assert seen.filled_size == ZERO


@pytest.mark.parametrize("before", [S.SENT, S.UNKNOWN])
def test_absence_is_proved_by_two_look_ups_and_nothing_against_it(before: IntentState) -> None:
    proved = absent(intent_of(ORDER, state=before), SURE, now_ms=LATER_MS)
    assert proved is not None
    assert (proved.state, proved.settled_at_ms) == (S.ABSENT, LATER_MS)
    assert proved.proof


@pytest.mark.parametrize(
    "evidence",
    [
        replace(SURE, not_found=0),
        replace(SURE, not_found=1),
        replace(SURE, resting=True),
        replace(SURE, strange_trade=True),
        replace(SURE, not_found=99, resting=True),
        replace(SURE, not_found=99, strange_trade=True),
    ],
)
def test_absence_is_not_proved_by_less(evidence: Absence) -> None:
    assert absent(intent_of(ORDER, state=S.UNKNOWN), evidence, now_ms=LATER_MS) is None


def test_no_number_of_look_ups_makes_an_acknowledged_order_absent() -> None:
    evidence = replace(SURE, not_found=1_000)
    assert absent(intent_of(ORDER, state=S.ACKNOWLEDGED), evidence, now_ms=LATER_MS) is None


@pytest.mark.parametrize(
    ("state", "filled", "position", "correcting"),
    [
        (S.FILLED, "-1", "-1", None),
        (S.PART_FILLED, "-0.4", "-0.4", Rule.DRIFT),
        (S.CANCELLED, "0", "0", Rule.DRIFT),
        (S.REJECTED, "0", "0", Rule.DRIFT),
        (S.ABSENT, "0", "0", Rule.DRIFT),
        (S.FILLED, "-1.5", "-1.5", None),  # more than ordered is booked as it is
    ],
)
def test_settling_believes_what_filled_and_goes_on_with_the_rest(
    state: IntentState, filled: str, position: str, correcting: Rule | None
) -> None:
    memory = after_settlement(CORRECTING, ended(state, D(filled)), at_ms=LATER_MS)
    assert memory.position == D(position)
    assert memory.correcting is correcting
    assert memory.corrected_at_ms == (LATER_MS if correcting is None else None)
    moved = D(filled) != 0
    assert memory.unconfirmed_since_ms == (LATER_MS if moved else None)
    assert memory.position_at_ms == (LATER_MS if moved else NOW_MS - 1)


def test_a_whole_fill_of_a_part_ends_no_correction() -> None:
    part = replace(ended(S.FILLED, D(-1)), order=replace(ORDER, completes=False))
    memory = after_settlement(CORRECTING, part, at_ms=LATER_MS)
    assert (memory.correcting, memory.corrected_at_ms) == (Rule.DRIFT, None)


def test_the_position_after_is_counted_from_the_one_it_was_sized_on() -> None:
    order = replace(ORDER, position_before=D(3))
    assert replace(ended(S.PART_FILLED, D("-0.4")), order=order).position_after == D("2.6")


def test_each_refusal_doubles_the_pause_up_to_its_bound() -> None:
    memory, pauses = AssetMemory(), []
    for _ in range(12):
        memory = after_settlement(memory, ended(S.REJECTED), at_ms=NOW_MS)
        pauses.append(memory.back_off_until_ms - NOW_MS)
    assert pauses[:4] == [10_000, 20_000, 40_000, 80_000]
    assert pauses[-1] == max(pauses) == BACK_OFF_MAX_MS
    assert pauses == sorted(pauses)


@given(st.integers(1, 100_000))
def test_however_many_refusals_the_pause_is_bounded(refusals: int) -> None:
    before = AssetMemory(refusals=refusals)
    memory = after_settlement(before, ended(S.REJECTED), at_ms=NOW_MS)
    assert BACK_OFF_FIRST_MS < memory.back_off_until_ms - NOW_MS <= BACK_OFF_MAX_MS
    assert paused(memory, now_ms=NOW_MS) == memory
    assert paused(memory, now_ms=NOW_MS + 1) == memory


@pytest.mark.parametrize(
    ("state", "filled"),
    [(S.FILLED, "-1"), (S.PART_FILLED, "-0.4"), (S.CANCELLED, "0"), (S.ABSENT, "0")],
)
def test_any_other_end_clears_the_pause(state: IntentState, filled: str) -> None:
    refusing = replace(CORRECTING, refusals=5, back_off_until_ms=LATER_MS + 1)
    memory = after_settlement(refusing, ended(state, D(filled)), at_ms=LATER_MS)
    assert (memory.refusals, memory.back_off_until_ms) == (0, 0)


def test_orders_that_fill_nothing_are_paced_after_the_second_up_to_a_bound() -> None:
    memory, pauses = AssetMemory(), []
    for _ in range(12):
        memory = after_settlement(memory, ended(S.CANCELLED, D(0)), at_ms=NOW_MS)
        pauses.append(max(0, memory.empty_until_ms - NOW_MS))
    assert pauses[:5] == [0, 0, 2_000, 4_000, 8_000]
    assert pauses[-1] == max(pauses) == EMPTY_PAUSE_MAX_MS
    assert paused(memory, now_ms=NOW_MS - 3_600_000).empty_until_ms <= NOW_MS - 3_540_000
    filled = after_settlement(memory, ended(S.PART_FILLED, D("-0.4")), at_ms=NOW_MS)
    assert (filled.empties, filled.empty_until_ms) == (0, 0)


def test_after_an_absent_order_the_next_plan_decides_afresh() -> None:
    intent = unconfirmed(intent_of(ORDER), cause="timed out")
    proved = absent(intent, SURE, now_ms=NOW_MS + 1)
    assert proved is not None
    memory = after_settlement(WORLD.plan().memories[ORDER.asset], proved, at_ms=NOW_MS + 1)
    after = WORLD.remembering({ORDER.asset: memory}).after(10_000)
    assert order_of(after.plan(), "BTC").size == ORDER.size


def test_an_overfill_is_booked_as_it_is_and_waits_for_a_person() -> None:
    intent = intent_of(ORDER)
    over = reported(intent, report_of(intent, D("-1.2"), V.FILLED), now_ms=NOW_MS, proof="reply")
    memory = after_settlement(WORLD.plan().memories[ORDER.asset], over, at_ms=NOW_MS)
    world = WORLD.changed(replace(WORLD["BTC"], size=D("-1.2")))
    world = world.remembering({ORDER.asset: memory}).after(WORLD.trigger.cooldown_ms)
    held = world.plan()
    assert held.memories[ORDER.asset].position == D("-1.2")
    assert reason_of(held, "BTC") is HoldReason.BOOKS_APART
    seen = accepted(held.memories[ORDER.asset], world.snapshot, WORLD["BTC"].target)
    back = order_of(world.remembering({ORDER.asset: seen}).plan(), "BTC")
    assert (back.size, back.reduce_only) == (D("0.2"), True)
