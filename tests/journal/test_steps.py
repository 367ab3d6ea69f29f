"""The table of an order's life: what it allows, and that it allows nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from counterpoise.core.orders import LIVE_STATES, ClientOrderId, Intent, IntentState
from counterpoise.errors import JournalError
from counterpoise.journal.steps import STEPS, check_step
from tests.journal.records import START_MS, D, became, filled, order

S = IntentState
LATER_MS = START_MS + 60_000
ENDS = {S.FILLED, S.PART_FILLED, S.CANCELLED, S.REJECTED, S.ABSENT}
ALLOWED = {
    (S.PLANNED, S.SENT),
    (S.PLANNED, S.ABSENT),
    *((S.SENT, end) for end in {*ENDS, S.ACKNOWLEDGED, S.UNKNOWN}),
    *((S.ACKNOWLEDGED, end) for end in {*ENDS, S.ACKNOWLEDGED, S.UNKNOWN} - {S.ABSENT}),
    *((S.UNKNOWN, end) for end in {*ENDS, S.ACKNOWLEDGED, S.UNKNOWN}),
}


def intent_in(state: IntentState) -> Intent:
    planned = Intent(
        client_order_id=ClientOrderId("cpmain000001abcdef"),
        sequence=1,
        cycle=1,
        order=order(),
        state=S.PLANNED,
        sent_at_ms=START_MS,
        expires_at_ms=START_MS + 5_000,
    )
    return became(planned, state, "before")


@pytest.mark.parametrize("before", list(S))
@pytest.mark.parametrize("after", list(S))
def test_only_the_steps_of_an_orders_life_are_allowed(
    before: IntentState, after: IntentState
) -> None:
    start = intent_in(before)
    if (before, after) in ALLOWED:
        check_step(start, became(start, after), LATER_MS)
    else:
        with pytest.raises(JournalError):
            check_step(start, became(start, after), LATER_MS)


def test_exactly_the_live_states_lead_on() -> None:
    assert frozenset(STEPS) == LIVE_STATES


@pytest.mark.parametrize(
    "change",
    [
        {"order": order(size=D("1.588"))},
        {"sequence": 2},
        {"cycle": 2},
        {"sent_at_ms": START_MS - 1},
        {"expires_at_ms": START_MS + 1},
    ],
)
def test_the_outcome_of_another_order_is_refused(change: dict[str, object]) -> None:
    start = intent_in(S.SENT)
    with pytest.raises(JournalError, match="not the one recorded"):
        check_step(start, replace(filled(start), **change), LATER_MS)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "size"),
    [
        (S.FILLED, D(0)),
        (S.PART_FILLED, D(0)),
        (S.CANCELLED, D("0.1")),
        (S.REJECTED, D("0.1")),
        (S.ABSENT, D("0.1")),
        (S.FILLED, D("-1.587")),
    ],
)
def test_a_fill_that_contradicts_the_state_or_the_side_is_refused(
    state: IntentState, size: object
) -> None:
    start = intent_in(S.SENT)
    with pytest.raises(JournalError, match="filled"):
        check_step(start, replace(start, state=state, filled_size=size, proof="x"), LATER_MS)  # type: ignore[arg-type]


def test_more_filled_than_ordered_is_booked_as_the_venue_says() -> None:
    start = intent_in(S.ACKNOWLEDGED)
    check_step(start, replace(filled(start), filled_size=start.order.size * 2), LATER_MS)


def test_what_filled_does_not_shrink() -> None:
    start = replace(intent_in(S.ACKNOWLEDGED), filled_size=D("1.0"))
    with pytest.raises(JournalError, match="shrink"):
        check_step(start, replace(start, state=S.PART_FILLED, filled_size=D("0.9")), LATER_MS)


def test_the_exchanges_own_id_does_not_change() -> None:
    start = replace(intent_in(S.ACKNOWLEDGED), venue_order_id="1")
    with pytest.raises(JournalError, match="own id"):
        check_step(start, filled(start), LATER_MS)


def test_absence_needs_a_proof() -> None:
    start = intent_in(S.UNKNOWN)
    with pytest.raises(JournalError, match="needs a proof"):
        check_step(start, became(start, S.ABSENT, ""), LATER_MS)


def test_what_was_proved_unsent_at_once_need_not_wait() -> None:
    start = intent_in(S.SENT)
    check_step(start, became(start, S.ABSENT, "the connection never opened"), START_MS)


def test_an_ended_intent_takes_only_what_was_not_known() -> None:
    end = replace(filled(intent_in(S.SENT)), price_average=None)
    check_step(end, replace(end, price_average=D(3400), fee=D(1)), LATER_MS)
    with pytest.raises(JournalError, match="never edited"):
        check_step(end, replace(end, filled_size=D("1.586")), LATER_MS)
    with pytest.raises(JournalError, match="never edited"):
        check_step(end, replace(end, proof="another"), LATER_MS)
