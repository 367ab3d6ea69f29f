"""What every journal must do, whatever keeps it. A new kind joins the `journal` fixture."""

from __future__ import annotations

from dataclasses import replace

import pytest

from counterpoise.core.orders import CLIENT_ORDER_ID_LENGTH_MAX, ClientOrderId, IntentState
from counterpoise.core.state import AccountState, AssetMemory, Command, Control, OperatorCommand
from counterpoise.errors import JournalError, LiveIntentExists
from counterpoise.journal.store import SqlJournal
from tests.journal.records import (
    ASSETS,
    IDENTITY,
    MAIN,
    START_MS,
    D,
    HandClock,
    became,
    filled,
    order,
    record,
    sent,
)

BTC, ETH, SOL = ASSETS
S = IntentState
PAUSE = OperatorCommand(number=0, command=Command.PAUSE, by="ann", reason="a look", at_ms=7)


async def test_an_intent_is_recorded_as_sent_with_all_that_was_ordered(journal: SqlJournal) -> None:
    cycle = record(await journal.next_cycle(), [order(BTC), order(ETH, D("-2"))])
    made = await journal.record_intents(cycle, cycle.plan.orders, {MAIN: START_MS + 9_000})
    assert [i.order for i in made] == list(cycle.plan.orders)
    assert [i.sequence for i in made] == [1, 2]
    assert {i.state for i in made} == {S.SENT}
    assert {(i.cycle, i.sent_at_ms, i.expires_at_ms) for i in made} == {
        (cycle.number, START_MS, START_MS + 9_000)
    }


async def test_what_is_returned_is_what_is_read_back(journal: SqlJournal) -> None:
    made = await sent(journal, order(BTC), order(ETH), order(SOL))
    assert await journal.unsettled() == made
    assert await journal.intents(10) == made[::-1]
    assert await journal.cycle(made[0].cycle) == record(made[0].cycle, [i.order for i in made])


async def test_ids_are_short_plain_and_named_for_the_portfolio(journal: SqlJournal) -> None:
    (intent,) = await sent(journal)
    assert intent.client_order_id.startswith("cpmain000001")
    assert intent.client_order_id.isalnum()
    assert intent.client_order_id.islower()
    assert len(intent.client_order_id) <= CLIENT_ORDER_ID_LENGTH_MAX


@pytest.mark.parametrize("state", [S.SENT, S.ACKNOWLEDGED, S.UNKNOWN])
async def test_a_live_intent_keeps_others_off_its_instrument(
    journal: SqlJournal, state: IntentState
) -> None:
    (first,) = await sent(journal, order(BTC))
    if state is not S.SENT:
        await journal.record_outcome(became(first, state))
    with pytest.raises(LiveIntentExists, match=first.client_order_id):
        await sent(journal, order(BTC))


async def test_one_clash_refuses_the_whole_cycle(journal: SqlJournal) -> None:
    await sent(journal, order(BTC))
    number = await journal.next_cycle()
    orders = [order(ETH), order(BTC), order(SOL)]
    with pytest.raises(LiveIntentExists):
        await journal.record_intents(record(number, orders), orders, {MAIN: START_MS})
    assert len(await journal.intents(10)) == 1
    assert await journal.cycle(number) is None
    (after,) = await sent(journal, order(ETH))
    assert after.sequence == 2


async def test_two_orders_of_one_cycle_on_one_instrument_are_refused(journal: SqlJournal) -> None:
    with pytest.raises(LiveIntentExists, match="another of this cycle"):
        await sent(journal, order(BTC), order(BTC, D(-1)))
    assert await journal.intents(10) == ()


@pytest.mark.parametrize("end", [S.FILLED, S.PART_FILLED, S.CANCELLED, S.REJECTED, S.ABSENT])
async def test_a_settled_intent_frees_its_instrument(journal: SqlJournal, end: IntentState) -> None:
    (first,) = await sent(journal)
    await journal.record_outcome(became(first, end))
    assert await journal.unsettled() == ()
    (second,) = await sent(journal)
    assert second.client_order_id != first.client_order_id


async def test_an_outcome_is_read_back_exactly(journal: SqlJournal) -> None:
    (intent,) = await sent(journal)
    outcome = replace(filled(intent), filled_size=D("1.5870"), price_average=D("3.4E+3"))
    await journal.record_outcome(outcome)
    found = await journal.intent(intent.client_order_id)
    assert found == outcome
    assert found is not None
    assert str(found.filled_size) == "1.5870"
    assert str(found.price_average) == "3.4E+3"


async def test_every_step_is_kept_with_its_time_and_proof(
    journal: SqlJournal, clock: HandClock
) -> None:
    (intent,) = await sent(journal)
    steps = [became(intent, S.UNKNOWN, "timeout"), became(intent, S.ACKNOWLEDGED, "found")]
    for step in [*steps, filled(intent)]:
        clock.now_ms += 10
        await journal.record_outcome(step)
    told = [
        (t.state, t.at_ms - START_MS, t.proof)
        for t in await journal.transitions(intent.client_order_id)
    ]
    assert told == [
        (S.SENT, 0, ""),
        (S.UNKNOWN, 10, "timeout"),
        (S.ACKNOWLEDGED, 20, "found"),
        (S.FILLED, 30, "the venue's reply"),
    ]


async def test_the_same_outcome_twice_is_recorded_once(journal: SqlJournal) -> None:
    (intent,) = await sent(journal)
    for _ in range(3):
        await journal.record_outcome(filled(intent))
    assert len(await journal.transitions(intent.client_order_id)) == 2


async def test_a_fee_is_added_to_a_settled_intent_once(journal: SqlJournal) -> None:
    (intent,) = await sent(journal)
    await journal.record_outcome(filled(intent))
    paid = replace(filled(intent), fee=D("2.70"), fee_asset=ASSETS[2])
    await journal.record_outcome(paid)
    assert await journal.intent("1") == paid
    with pytest.raises(JournalError, match="never edited"):
        await journal.record_outcome(replace(paid, fee=D("2.71")))


async def test_absence_is_refused_while_the_order_could_still_be_accepted(
    journal: SqlJournal, clock: HandClock
) -> None:
    (intent,) = await sent(journal, life_ms=5_000)
    await journal.record_outcome(became(intent, S.UNKNOWN))
    clock.now_ms = intent.expires_at_ms
    with pytest.raises(JournalError, match="may still accept"):
        await journal.record_outcome(became(intent, S.ABSENT))
    clock.now_ms += 1
    await journal.record_outcome(became(intent, S.ABSENT))
    assert await journal.unsettled() == ()


async def test_a_refused_step_changes_nothing(journal: SqlJournal) -> None:
    (intent,) = await sent(journal)
    await journal.record_outcome(filled(intent))
    with pytest.raises(JournalError):
        await journal.record_outcome(became(intent, S.REJECTED))
    assert await journal.intent("1") == filled(intent)
    assert len(await journal.transitions(intent.client_order_id)) == 2


async def test_an_outcome_of_an_order_never_recorded_is_refused(journal: SqlJournal) -> None:
    (intent,) = await sent(journal)
    stranger = replace(filled(intent), client_order_id=ClientOrderId("cpmain000009zzzzzz"))
    with pytest.raises(JournalError, match="never recorded"):
        await journal.record_outcome(stranger)


async def test_unsettled_are_told_oldest_first(journal: SqlJournal) -> None:
    for asset in (SOL, BTC, ETH):
        await sent(journal, order(asset))
    assert [i.order.asset for i in await journal.unsettled()] == [SOL, BTC, ETH]


async def test_sent_since_counts_the_moment_itself(journal: SqlJournal, clock: HandClock) -> None:
    for asset in ASSETS:
        await sent(journal, order(asset))
        clock.now_ms += 1000
    found = await journal.sent_since(START_MS + 1000)
    assert [i.order.asset for i in found] == [ETH, SOL]


async def test_the_newest_intents_come_first_up_to_the_limit(journal: SqlJournal) -> None:
    made = await sent(journal, order(BTC), order(ETH), order(SOL))
    assert await journal.intents(2) == made[:0:-1]
    assert await journal.intents(0) == ()


@pytest.mark.parametrize(
    "spelling", ["1", "000001", "cpmain000001", "cp-main-000001", "CPMAIN000001", " cpmain "]
)
async def test_an_order_is_found_by_what_a_person_types(journal: SqlJournal, spelling: str) -> None:
    (intent,) = await sent(journal)
    assert await journal.intent(intent.client_order_id) == intent
    assert await journal.intent(spelling) == intent


@pytest.mark.parametrize("spelling", ["", "2", "zz", "%", "cpmain_", "9" * 40, "ü"])
async def test_what_means_no_order_finds_none(journal: SqlJournal, spelling: str) -> None:
    await sent(journal)
    assert await journal.intent(spelling) is None


async def test_a_beginning_of_several_orders_is_said_to_be_so(journal: SqlJournal) -> None:
    await sent(journal, order(BTC), order(ETH))
    with pytest.raises(JournalError, match="more than one"):
        await journal.intent("cpmain")


async def test_cycle_numbers_only_grow(journal: SqlJournal) -> None:
    numbers = [await journal.next_cycle() for _ in range(250)]
    assert numbers == list(range(1, 251))


async def test_a_cycle_is_read_back_exactly(journal: SqlJournal) -> None:
    quiet = record(await journal.next_cycle())
    await journal.record_cycle(quiet)
    found = await journal.cycle(quiet.number)
    assert found == quiet
    assert found is not None
    assert str(found.snapshot.balances[0].quantity) == "0.80000"
    assert await journal.cycle(99) is None


async def test_a_cycle_number_is_recorded_once(journal: SqlJournal) -> None:
    await journal.record_cycle(record(await journal.next_cycle()))
    with pytest.raises(JournalError):
        await journal.record_cycle(record(1))


async def test_old_quiet_cycles_go_and_those_that_ordered_stay(
    journal: SqlJournal, clock: HandClock
) -> None:
    await sent(journal)
    for _ in range(30):
        await journal.record_cycle(record(await journal.next_cycle(), at_ms=clock.now_ms))
    clock.now_ms += 3600 * 1000 + 1
    for _ in range(40):
        await journal.record_cycle(record(await journal.next_cycle(), at_ms=clock.now_ms))
    kept = [n for n in range(1, 72) if await journal.cycle(n) is not None]
    assert kept == [1, *range(32, 72)]


async def test_the_account_runs_until_told_otherwise(journal: SqlJournal) -> None:
    assert await journal.control() == Control()


async def test_the_last_control_counts(journal: SqlJournal) -> None:
    halt = Control(state=AccountState.HALT, by="limits", reason="a bug", at_ms=5)
    pause = Control(state=AccountState.PAUSE, by="ann", reason="", at_ms=6, flattening=True)
    for control in (halt, pause, pause):
        await journal.record_control(control)
        assert await journal.control() == control


async def test_commands_wait_in_order_until_obeyed(journal: SqlJournal) -> None:
    one = await journal.submit(PAUSE)
    flatten = replace(PAUSE, command=Command.FLATTEN, asset=BTC)
    two = await journal.submit(flatten)
    assert (one, two) == (replace(PAUSE, number=1), replace(flatten, number=2))
    assert await journal.pending_commands() == (one, two)
    await journal.record_obeyed(one, 9)
    await journal.record_obeyed(one, 10)
    assert await journal.pending_commands() == (two,)


async def test_a_command_that_nobody_gave_cannot_be_obeyed(journal: SqlJournal) -> None:
    with pytest.raises(JournalError, match="no command 4"):
        await journal.record_obeyed(replace(PAUSE, number=4), 9)


async def test_what_is_remembered_of_an_asset_is_replaced_alone(journal: SqlJournal) -> None:
    first = AssetMemory(position=D("1.500"), balances={"main:spot": D("0E-8")})
    await journal.remember({BTC: first, ETH: first})
    second = replace(first, unconfirmed_since_ms=4)
    await journal.remember({ETH: second})
    assert await journal.memories() == {BTC: first, ETH: second}


async def test_nothing_works_before_open_or_after_close(journal: SqlJournal) -> None:
    await journal.close()
    for call in (
        journal.unsettled(),
        journal.next_cycle(),
        journal.submit(PAUSE),
        journal.control(),
    ):
        with pytest.raises(JournalError, match="not open"):
            await call


async def test_opening_twice_is_refused(journal: SqlJournal) -> None:
    with pytest.raises(JournalError, match="open already"):
        await journal.open(IDENTITY)
