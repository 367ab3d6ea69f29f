"""A person's word: obeyed in order, once, and halting even where nothing can be written."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from counterpoise.core.instrument import Asset
from counterpoise.core.state import AccountState, Command, Control, OperatorCommand
from counterpoise.errors import JournalError
from counterpoise.journal.store import SqlJournal
from counterpoise.operator import Operator
from tests.fakes import FakeClock
from tests.sim.parts import ReadLog, clock_now, journal_in_memory
from tests.worlds import NOW_MS

BTC = Asset("BTC")
RUN, PAUSE, HALT = AccountState.RUN, AccountState.PAUSE, AccountState.HALT


@dataclass
class Desk:
    journal: SqlJournal
    clock: FakeClock
    halt_file: Path
    said: ReadLog = field(default_factory=ReadLog)

    def __post_init__(self) -> None:
        self.operator = self.restarted()

    def restarted(self) -> Operator:
        return Operator(self.journal, self.clock, self.halt_file, self.said.log)

    async def told(self, command: Command, asset: Asset | None = None) -> None:
        await self.journal.submit(
            OperatorCommand(
                number=0, command=command, by="ann", reason="why", at_ms=NOW_MS, asset=asset
            )
        )


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    clock = clock_now()
    async with journal_in_memory(clock) as journal:
        yield Desk(journal, clock, tmp_path / "main.halt")


async def test_a_new_journal_runs(desk: Desk) -> None:
    assert (await desk.operator.begin()).state is RUN
    assert desk.operator.may_order


@pytest.mark.parametrize(
    ("command", "state", "flattening", "may_order"),
    [
        (Command.PAUSE, PAUSE, False, False),
        (Command.HALT, HALT, False, False),
        (Command.FLATTEN, PAUSE, True, True),
        (Command.RESUME, RUN, False, True),
    ],
)
async def test_each_command_leads_to_its_state_and_is_latched(
    desk: Desk, command: Command, state: AccountState, flattening: bool, may_order: bool
) -> None:
    await desk.told(command)
    orders = await desk.operator.obey()
    assert (orders.control.state, orders.control.flattening) == (state, flattening)
    assert (orders.control.by, orders.control.reason) == ("ann", "why")
    assert desk.operator.may_order is may_order
    again = desk.restarted()
    await again.begin()
    assert again.control == orders.control
    assert await desk.journal.pending_commands() == ()


async def test_commands_are_obeyed_in_the_order_in_which_they_were_given(desk: Desk) -> None:
    for command in (Command.HALT, Command.RESUME, Command.PAUSE):
        await desk.told(command)
    assert (await desk.operator.obey()).control.state is PAUSE
    assert [line[0] for line in desk.said.lines if line[1] == "daemon.halted"] == ["critical"]
    assert desk.said.events("warning").count("operator.obeyed") == 3


async def test_resuming_one_asset_accepts_it_and_leaves_the_account_as_it_is(desk: Desk) -> None:
    await desk.told(Command.PAUSE)
    await desk.told(Command.RESUME, BTC)
    orders = await desk.operator.obey()
    assert orders.accepted == {BTC}
    assert orders.control.state is PAUSE


async def test_resuming_the_account_accepts_nothing(desk: Desk) -> None:
    await desk.told(Command.RESUME)
    assert (await desk.operator.obey()).accepted == frozenset()


async def test_a_signalled_halt_holds_from_the_very_moment(desk: Desk) -> None:
    desk.operator.signal_halt("SIGUSR1")
    assert not desk.operator.may_order
    assert (await desk.operator.obey()).control.state is HALT
    assert desk.halt_file.read_text() == "SIGUSR1\n"
    assert (await desk.journal.control()).state is HALT


async def test_a_halt_needs_no_journal(desk: Desk) -> None:
    await desk.journal.close()
    await desk.operator.halt("disk")
    assert desk.operator.control.state is HALT
    assert desk.halt_file.exists()
    assert desk.said.events("error") == ["halt.unjournaled"]


async def test_a_halt_needs_no_file(desk: Desk) -> None:
    desk.halt_file.parent.joinpath("main.halt").mkdir()  # nothing can be written there
    operator = Operator(desk.journal, desk.clock, desk.halt_file / "x" / "y", desk.said.log)
    await operator.halt("disk")
    assert (await desk.journal.control()).state is HALT
    assert desk.said.events("error") == ["halt.unwritten"]


async def test_a_halt_file_alone_halts(desk: Desk) -> None:
    await desk.operator.begin()
    desk.halt_file.write_text("fire\n")
    assert not desk.operator.may_order
    control = (await desk.operator.obey()).control
    assert (control.state, control.by, control.reason) == (HALT, "file", "fire")


async def test_a_halt_in_the_journal_alone_halts_after_a_restart(desk: Desk) -> None:
    await desk.operator.halt("three bugs")
    desk.halt_file.unlink()
    again = desk.restarted()
    assert (await again.begin()).state is HALT
    assert not again.may_order


async def test_only_resuming_lifts_a_halt_and_it_lifts_both_latches(desk: Desk) -> None:
    await desk.operator.halt("x")
    await desk.told(Command.PAUSE)
    await desk.operator.obey()
    before = desk.operator.may_order
    await desk.told(Command.RESUME)
    assert (await desk.operator.obey()).control.state is RUN
    assert not desk.halt_file.exists()
    assert (before, desk.operator.may_order) == (False, True)
    assert (await desk.restarted().begin()).state is RUN


async def test_a_command_that_cannot_be_recorded_as_obeyed_is_obeyed_again(desk: Desk) -> None:
    await desk.told(Command.PAUSE)

    async def fails(*_: object) -> None:
        raise JournalError("full")

    obeyed, desk.journal.record_obeyed = desk.journal.record_obeyed, fails  # type: ignore[method-assign, assignment]
    with pytest.raises(JournalError):
        await desk.operator.obey()
    assert not desk.operator.may_order
    desk.journal.record_obeyed = obeyed  # type: ignore[method-assign]
    assert (await desk.operator.obey()).control.state is PAUSE


async def test_flattening_ends_paused(desk: Desk) -> None:
    await desk.told(Command.FLATTEN)
    await desk.operator.obey()
    await desk.operator.flattened()
    control = await desk.journal.control()
    assert control == Control(state=PAUSE, by="ann", reason="why", at_ms=NOW_MS)
    assert not desk.operator.may_order


async def test_a_halt_file_that_cannot_be_read_halts_too(desk: Desk) -> None:
    desk.halt_file.mkdir()
    control = await desk.operator.begin()
    assert (control.state, control.by) == (HALT, "file")
    assert "cannot be read" in control.reason
    assert not desk.operator.may_order


@pytest.mark.parametrize(
    ("by_file", "halted_before"), [(False, False), (False, True), (True, False)]
)
async def test_a_word_to_go_on_lifts_no_halt_that_came_after_it(
    desk: Desk, *, by_file: bool, halted_before: bool
) -> None:
    if halted_before:
        await desk.operator.halt("an older one")
    await desk.told(Command.RESUME)
    pending = desk.journal.pending_commands

    async def meanwhile() -> tuple[OperatorCommand, ...]:
        if by_file:
            desk.halt_file.write_text("now\n")
        else:
            desk.operator.signal_halt("now")
        return await pending()

    desk.journal.pending_commands = meanwhile  # type: ignore[method-assign]
    await desk.operator.obey()
    desk.journal.pending_commands = pending  # type: ignore[method-assign]
    assert not desk.operator.may_order
    assert (await desk.operator.obey()).control.state is HALT
    await desk.told(Command.RESUME)
    assert (await desk.operator.obey()).control.state is RUN
    assert desk.operator.may_order


async def test_a_pause_on_the_way_keeps_no_halt_from_being_lifted(desk: Desk) -> None:
    await desk.operator.halt("x")
    await desk.told(Command.PAUSE)
    await desk.told(Command.RESUME)
    await desk.operator.obey()
    assert desk.operator.may_order
    assert not desk.halt_file.exists()
