"""Sent once, and then looked up until it is proved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal

import pytest

from counterpoise.core.orders import Intent, IntentState, OrderReport, VenueStatus
from counterpoise.errors import (
    DoorRefused,
    JournalError,
    LiveIntentExists,
    OutcomeUnknown,
    Rejected,
    SnapshotError,
    Unauthorized,
    Unavailable,
)
from tests.sim.gateway import LIMITS, filled, trade
from tests.sim.parts import Desk, clock_now, journal_in_memory, order_for, record_of, recorded

D = Decimal
LOST = OutcomeUnknown("no answer")
S = IntentState
LAST_MOMENT_S = LIMITS.absence_after_ms / 1000
BTC, ETH = order_for("BTC", D("-0.08")), order_for("ETH", D("1.92"))


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    clock = clock_now()
    async with journal_in_memory(clock) as journal:
        yield Desk(journal, clock)


async def test_the_intent_is_on_record_before_the_request(desk: Desk) -> None:
    states: list[IntentState] = []

    async def look(intent: Intent) -> OrderReport:
        states.append((await desk.journaled(intent)).state)
        return filled(intent)

    desk.gateway.on_place = look
    intents = await desk.send(BTC, ETH)
    assert states == [S.SENT, S.SENT]
    assert [intent.state for intent in intents] == [S.FILLED, S.FILLED]
    assert [await desk.journaled(intent) for intent in intents] == list(intents)


async def test_nothing_is_sent_that_cannot_be_recorded(desk: Desk) -> None:
    await desk.journal.close()
    with pytest.raises(JournalError):
        await desk.executor.execute(record_of())
    assert not desk.gateway.placed


async def test_a_second_order_beside_a_live_one_is_not_sent(desk: Desk) -> None:
    await desk.unknown()
    with pytest.raises(LiveIntentExists):
        await desk.send(BTC)
    assert len(desk.gateway.placed) == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Rejected("margin", code="-2019"), "-2019"),
        (Unavailable("no way there"), "unsent"),
        (Unavailable("too many", code="-1003"), "-1003"),
        (DoorRefused("dry"), "unsent"),
    ],
)
async def test_what_had_no_effect_is_recorded_as_refused(
    desk: Desk, error: Exception, code: str
) -> None:
    desk.gateway.raises["place"] = error
    (intent,) = await desk.send(BTC)
    assert (intent.state, intent.code) == (S.REJECTED, code)
    assert await desk.journaled(intent) == intent
    assert desk.said.events("error") == ["order.rejected"]


async def test_a_refusal_says_what_to_do_about_it(desk: Desk) -> None:
    desk.gateway.raises["place"] = Rejected("code -2019", code="-2019", hint="add margin")
    (intent,) = await desk.send(BTC)
    assert intent.proof == "code -2019: add margin"


async def test_refused_credentials_are_raised_once_every_order_has_its_outcome(
    desk: Desk,
) -> None:
    async def first_refused(intent: Intent) -> OrderReport:
        if intent.order.asset == "BTC":
            raise Unauthorized("key")
        return filled(intent)

    desk.gateway.on_place = first_refused
    with pytest.raises(Unauthorized):
        await desk.send(BTC, ETH)
    states = [intent.state for intent in await desk.journal.intents(2)]
    assert sorted(states) == [S.FILLED, S.REJECTED]


async def test_a_lost_answer_is_looked_up_at_once(desk: Desk) -> None:
    desk.gateway.raises["place"] = LOST
    (other,) = await recorded(desk.journal, ETH)
    desk.gateway.found = filled(replace(other, order=BTC))
    (intent,) = await desk.send(BTC)
    assert intent.state is S.FILLED
    assert intent.proof == "found by its id"
    transitions = await desk.journal.transitions(intent.client_order_id)
    assert [t.state for t in transitions] == [S.SENT, S.UNKNOWN, S.FILLED]
    assert desk.said.events() == [
        "order.sent",
        "order.unconfirmed",
        "order.resolved",
    ]


async def test_not_found_proves_nothing_before_the_last_moment(desk: Desk) -> None:
    intent = await desk.unknown()
    for _ in range(5):
        desk.clock.advance(LAST_MOMENT_S / 6)
        intent = await desk.executor.settle(intent)
    assert intent.state is S.UNKNOWN


async def test_two_look_ups_after_the_last_moment_prove_absence(desk: Desk) -> None:
    intent = await desk.unknown()
    desk.clock.advance(LAST_MOMENT_S + 0.01)
    assert (await desk.executor.settle(intent)).state is S.UNKNOWN
    proved = await desk.executor.settle(intent)
    assert proved.state is S.ABSENT
    assert await desk.journaled(intent) == proved


async def test_a_wall_clock_set_forward_proves_nothing(desk: Desk) -> None:
    intent = await desk.unknown()
    desk.clock.now_ms += 3_600_000
    for _ in range(3):
        assert (await desk.executor.settle(intent)).state is S.UNKNOWN


async def test_a_wall_clock_set_back_proves_nothing_either(desk: Desk) -> None:
    intent = await desk.unknown()
    desk.clock.elapsed_s += 3_600
    for _ in range(3):
        assert (await desk.executor.settle(intent)).state is S.UNKNOWN


async def test_a_restart_waits_the_whole_time_again(desk: Desk) -> None:
    intent = await desk.unknown()
    desk.clock.advance(LAST_MOMENT_S + 1)
    desk.executor = desk.restarted()
    for _ in range(3):
        assert (await desk.executor.settle(intent)).state is S.UNKNOWN
    desk.clock.advance(LAST_MOMENT_S + 1)
    await desk.executor.settle(intent)
    assert (await desk.executor.settle(intent)).state is S.ABSENT


@pytest.mark.parametrize("method", ["find", "open_order_ids", "fills"])
@pytest.mark.parametrize("error", [Unavailable("down"), SnapshotError("html")])
async def test_a_look_up_that_failed_is_no_answer(
    desk: Desk, method: str, error: Exception
) -> None:
    intent = await desk.unknown()
    desk.clock.advance(LAST_MOMENT_S + 1)
    desk.gateway.raises[method] = error
    for _ in range(4):
        assert (await desk.executor.settle(intent)).state is S.UNKNOWN
    assert "order.lookup_failed" in desk.said.events("debug")


async def test_an_order_that_rests_is_not_absent(desk: Desk) -> None:
    intent = await desk.unknown()
    desk.clock.advance(LAST_MOMENT_S + 1)
    desk.gateway.resting = frozenset({intent.client_order_id})
    for _ in range(4):
        assert (await desk.executor.settle(intent)).state is S.UNKNOWN


SOMEBODYS: dict[str, object] = {"venue_order_id": "somebody's"}


@pytest.mark.parametrize(
    ("facts", "may_be"),
    [
        ({}, True),
        ({"size": D("-0.01")}, True),  # a part of it
        ({"size": D("0.08")}, False),  # the other way
        ({"size": D("-0.09")}, False),  # more than was ordered
        ({"price": D("49850")}, True),  # at its bound price
        ({"price": D("49849.9")}, False),  # beyond it
        ({"venue_order_id": "v1"}, False),  # another order of ours, which is settled
    ],
)
async def test_a_trade_that_may_be_of_the_order_keeps_it_unknown(
    desk: Desk, facts: dict[str, object], may_be: bool
) -> None:
    await desk.send(ETH)  # v1
    intent = await desk.unknown()
    desk.gateway.trades = (trade(intent, **{**SOMEBODYS, **facts}),)
    desk.clock.advance(LAST_MOMENT_S + 1)
    await desk.executor.settle(intent)
    after = await desk.executor.settle(intent)
    assert after.state is (S.UNKNOWN if may_be else S.ABSENT)


async def test_what_the_venue_acknowledged_is_never_called_absent(desk: Desk) -> None:
    async def rests(intent: Intent) -> OrderReport:
        return replace(filled(intent, D(0)), status=VenueStatus.OPEN)

    desk.gateway.on_place = rests
    (intent,) = await desk.send(BTC)
    assert intent.state is S.ACKNOWLEDGED
    desk.clock.advance(LAST_MOMENT_S * 10)
    for _ in range(4):
        assert (await desk.executor.settle(intent)).state is S.ACKNOWLEDGED


async def test_what_was_only_acknowledged_is_looked_up_at_once(desk: Desk) -> None:
    async def acknowledged(intent: Intent) -> OrderReport:
        desk.gateway.found = filled(intent, D("-0.03"))
        return replace(filled(intent, D(0)), status=VenueStatus.OPEN)

    desk.gateway.on_place = acknowledged
    (intent,) = await desk.send(BTC)
    assert (intent.state, intent.filled_size) == (S.PART_FILLED, D("-0.03"))
    assert (await desk.journaled(intent)).state is S.PART_FILLED


async def test_an_order_found_sent_at_a_start_is_in_doubt_first(desk: Desk) -> None:
    (intent,) = await recorded(desk.journal, BTC)
    after = await desk.executor.settle(intent)
    assert after.state is S.UNKNOWN
    assert desk.said.facts("order.unconfirmed")["cause"] == "no answer was recorded"


async def test_a_late_fill_beats_the_proof_of_absence(desk: Desk) -> None:
    intent = await desk.unknown()
    desk.clock.advance(LAST_MOMENT_S + 1)
    await desk.executor.settle(intent)
    desk.gateway.found = filled(intent, D("-0.03"))
    after = await desk.executor.settle(intent)
    assert (after.state, after.filled_size) == (S.PART_FILLED, D("-0.03"))


async def test_nothing_is_kept_of_orders_that_have_ended(desk: Desk) -> None:
    await desk.send(BTC)
    intent = await desk.unknown()
    desk.clock.advance(LAST_MOMENT_S + 1)
    for _ in range(2):
        intent = await desk.executor.settle(intent)
    assert intent.state is S.ABSENT
    kept = {name: value for name, value in vars(desk.executor).items() if name != "_outside"}
    assert not any(kept.values())
