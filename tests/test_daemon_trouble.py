"""Nothing that goes wrong in one cycle ends the loop, and nothing is sent on half of the truth."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from pathlib import Path

import pytest

from counterpoise.core.orders import Intent, IntentState, OrderReport
from counterpoise.core.state import AccountState
from counterpoise.daemon import BUGS_MAX
from counterpoise.errors import (
    AccountChanged,
    JournalError,
    Rejected,
    SettingsError,
    Unauthorized,
    Unavailable,
)
from tests.sim.gateway import filled
from tests.sim.stage import Stage, stage_in

D = Decimal


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage_in(tmp_path) as made:
        yield made


async def test_a_process_that_stood_still_sends_nothing_it_decided_before(stage: Stage) -> None:
    stage.drift()
    remember = stage.desk.journal.remember

    async def frozen(memories: object, changes: object) -> None:
        stage.clock.elapsed_s += 11  # after the decision, before the order
        await remember(memories, changes)  # type: ignore[arg-type]

    stage.desk.journal.remember = frozen  # type: ignore[method-assign, assignment]
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


async def test_a_mode_changed_on_the_exchange_halts_the_account(stage: Stage) -> None:
    await stage.daemon.run(1)
    stage.desk.gateway.raises["open"] = AccountChanged("the position mode was changed")
    stage.clock.advance(3_600)
    await stage.daemon.run(1)
    assert stage.state is AccountState.HALT


async def test_a_refusal_has_account_and_contracts_looked_at_again(stage: Stage) -> None:
    stage.drift()

    async def refuse(intent: Intent) -> OrderReport:
        del intent
        raise Rejected("position side does not match", code="-4061")

    stage.desk.gateway.on_place = refuse
    await stage.daemon.run(1)
    stage.desk.gateway.asked.clear()
    await stage.daemon.run(1)
    assert "open" in stage.desk.gateway.asked
    stage.desk.gateway.asked.clear()
    await stage.daemon.run(1)
    assert "open" not in stage.desk.gateway.asked
