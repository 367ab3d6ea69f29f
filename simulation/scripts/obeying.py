"""A person's word, and halts: each latched at once, in file and journal, and lifted by no other."""

from __future__ import annotations

from pathlib import Path

from counterpoise.core.instrument import Asset
from counterpoise.core.state import AccountState, Command, Control
from counterpoise.errors import JournalError
from counterpoise.operator import Operator
from simulation.scripts.rehearsal import Rehearsal, rehearsed
from tests.sim.stage import told

RUN, PAUSE, HALT = AccountState.RUN, AccountState.PAUSE, AccountState.HALT
BTC = Asset("BTC")
EVENTS = {RUN: "daemon.resumed", PAUSE: "daemon.paused", HALT: "daemon.halted"}


def _file(on: Rehearsal) -> Path:
    return on.stage.folder / "main.halt"


def _operator(on: Rehearsal, file: Path | None = None) -> Operator:
    """Return an operator that knows nothing yet."""
    desk = on.desk
    return Operator(desk.journal, desk.clock, file or _file(on), desk.said.log)


async def _no(*_: object) -> object:
    raise JournalError("full")


async def each_word(on: Rehearsal) -> None:
    """See that each word leads to its state, on record with who said it, and is said aloud."""
    operator = _operator(on)
    for command, state, flattening in (
        (Command.FLATTEN, PAUSE, True),
        (Command.PAUSE, PAUSE, False),
        (Command.FLATTEN, PAUSE, True),
        (Command.HALT, HALT, False),
        (Command.FLATTEN, PAUSE, True),
        (Command.RESUME, RUN, False),
    ):
        changes = operator.control.state is not state
        said = on.lines(EVENTS[state])
        await told(on.stage, command)
        await operator.obey()
        control = await on.desk.journal.control()
        on.claim("H1", control == operator.control, f"{command}: {control} on record")
        found = (control.state, control.flattening, control.by, control.reason)
        on.claim("H1", found == (state, flattening, "ann", "why"), f"{command} led to {found}")
        on.claim("I-18", on.lines(EVENTS[state]) == said + changes, f"{command} is not said")
        may = state is RUN or flattening
        on.claim("I-26", operator.may_order is may, f"{command}: may order {operator.may_order}")
        on.claim("H1", not await on.desk.journal.pending_commands(), f"{command} is still asked")


async def flattened(on: Rehearsal) -> None:
    """See that flattening that has come to its end leaves a pause, on record."""
    operator = _operator(on)
    await told(on.stage, Command.FLATTEN)
    await operator.obey()
    await operator.flattened()
    control = await on.desk.journal.control()
    on.claim("I-26", control == operator.control, f"on record as {control}")
    on.claim("I-26", not control.flattening and control.state is PAUSE, f"left as {control}")
    on.claim("I-26", not operator.may_order, "it may order on")


async def one_asset(on: Rehearsal) -> None:
    """See that a word about one asset changes nothing else, and one about all believes nothing."""
    operator = _operator(on)
    await operator.halt("three bugs")
    await told(on.stage, Command.RESUME, BTC)
    orders = await operator.obey()
    on.claim("E8", orders.accepted == {BTC}, f"accepted {orders.accepted}")
    on.claim("I-26", orders.control.state is HALT, f"one asset resumed: {orders.control.state}")
    on.claim("I-26", _file(on).exists() and not operator.may_order, "a halt is lifted with it")
    await told(on.stage, Command.RESUME)
    orders = await operator.obey()
    on.claim("E8", not orders.accepted, f"accepted {orders.accepted} with the account")
    on.claim("I-17", operator.may_order, "a person's word does not lift a halt")
    on.claim("H2", not _file(on).exists(), "a halt file is left behind")
    await told(on.stage, Command.PAUSE, BTC)  # no command line says that, and a journal may
    orders = await operator.obey()
    on.claim("E8", not orders.accepted, f"a pause accepted {orders.accepted}")
    on.claim("I-26", not operator.may_order, "a pause that names an asset pauses nothing")


async def shown_first(on: Rehearsal) -> None:
    """See that whoever waits for a word to be obeyed finds the new state shown by then."""
    operator, shown = _operator(on), list[tuple[AccountState, int]]()

    def show(control: Control) -> None:
        shown.append((control.state, obeyed[0]))

    obeyed = [0]
    record = on.desk.journal.record_obeyed

    async def noted(*given: object) -> None:
        obeyed[0] += 1
        await record(*given)  # type: ignore[arg-type]

    on.journal_does("record_obeyed", noted)
    await told(on.stage, Command.PAUSE)
    await operator.obey(show)
    on.claim("H1", shown == [(PAUSE, 0)], f"shown {shown}")


async def latched_at_once(on: Rehearsal) -> None:
    """See that a halt is in the file and on record before anything else can happen."""
    operator = _operator(on)
    await operator.halt("credentials refused")
    at_ms = (await on.desk.journal.control()).at_ms
    on.claim("H1", at_ms == on.desk.clock.wall_ms(), f"halted at {at_ms} ms")
    on.claim("I-26", await on.account() is HALT, f"on record as {await on.account()}")
    on.claim("I-26", _file(on).read_text() == "credentials refused\n", "not in the file")
    on.claim("I-26", not operator.may_order, "it may order on")
    on.claim("I-18", on.lines("daemon.halted") == 1, "nobody is told of a halt")
    _file(on).unlink()
    again = _operator(on)
    on.claim("I-26", (await again.begin()).state is HALT, "a restart knows nothing of it")
    on.claim("I-26", not again.may_order, "a restart may order")


async def by_whom(on: Rehearsal) -> None:
    """See that it is on record who halted, though each leaves a file."""
    operator = _operator(on)
    operator.signal_halt("SIGUSR1")
    await operator.obey()
    control = await on.desk.journal.control()
    on.claim("H1", (control.by, control.reason) == ("signal", "SIGUSR1"), f"halted: {control}")
    await told(on.stage, Command.RESUME)
    await operator.obey()
    await operator.halt("three bugs")
    control = await on.desk.journal.control()
    on.claim("H1", control.by == "counterpoise", f"a halt of its own: {control}")


async def without_a_journal(on: Rehearsal) -> None:
    """See that a halt that the journal does not take holds, and is made good where it can be."""
    did = on.journal_does("record_control", _no)
    operator = _operator(on)
    found = await on.outcome(operator.halt("disk"))
    on.claim("I-27", not isinstance(found, Exception), f"a halt failed: {found!r}")
    on.claim("I-27", operator.control.state is HALT, f"it goes on: {operator.control.state}")
    on.claim("I-27", _file(on).exists(), "a restart would know nothing of it")
    on.journal_does("record_control", did)
    again = _operator(on)
    on.claim("I-27", (await again.begin()).state is HALT, "a restart does not see the file")
    on.claim("I-26", await on.account() is HALT, f"on record as {await on.account()}")


async def without_a_file(on: Rehearsal) -> None:
    """See that a halt holds from its very moment where no file can be written."""
    operator = _operator(on, _file(on) / "nowhere" / "x")
    operator.signal_halt("SIGUSR1")
    on.claim("I-27", not operator.may_order, "a signal without a file halts nothing")
    await operator.obey()
    on.claim("I-26", await on.account() is HALT, f"on record as {await on.account()}")
    on.claim("I-18", on.lines("halt.unwritten"), "nobody is told of the file")
    await told(on.stage, Command.RESUME)
    found = await on.outcome(operator.obey())
    on.claim("I-17", operator.may_order, f"a person's word does not lift it: {found!r}")


async def by_file(on: Rehearsal) -> None:
    """See that a halt file halts whatever it holds, and is on record as what halted."""
    for words, reason in ((b"fire\n", "fire"), (b"", "halt file"), (b"\xff\xfe", "")):
        operator = _operator(on)
        await operator.begin()
        _file(on).write_bytes(words)
        on.claim("I-27", not operator.may_order, f"may order beside a file with {words!r}")
        control = (await operator.obey()).control
        on.claim("I-27", control.state is HALT, f"{words!r} in the file: {control.state}")
        on.claim("H1", control.by == "file", f"halted by {control.by}")
        on.claim("H1", not reason or control.reason == reason, f"halted for {control.reason!r}")
        before = on.lines("daemon.halted")
        rows = await on.desk.journal.control()
        on.desk.clock.advance(60)
        await operator.obey()
        same = rows == await on.desk.journal.control() and before == on.lines("daemon.halted")
        on.claim("I-43", same, "one halt is recorded again and again")
        await told(on.stage, Command.RESUME)
        await operator.obey()
        on.claim("I-17", operator.may_order, "a person's word does not lift it")
    _file(on).mkdir()
    on.claim("I-27", (await _operator(on).begin()).state is HALT, "an unreadable file halts not")


async def in_between(on: Rehearsal) -> None:
    """See that a word to go on lifts no halt that came after it was given."""
    await told(on.stage, Command.PAUSE)
    for newer in ("signal", "file", "signal beside a halt"):
        operator = _operator(on)
        await operator.begin()
        if newer == "signal beside a halt":
            await operator.halt("an older one")
        await told(on.stage, Command.RESUME)
        pending = on.desk.journal.pending_commands

        async def meanwhile(
            newer: str = newer, operator: Operator = operator, pending: object = pending
        ) -> object:
            if newer == "file":
                _file(on).write_text("now\n")
            else:
                operator.signal_halt("now")
            return await pending()  # type: ignore[operator]

        on.journal_does("pending_commands", meanwhile)
        await operator.obey()
        on.journal_does("pending_commands", pending)
        on.claim("I-26", not operator.may_order, f"a {newer} was lost to an older word")
        on.claim("I-26", _file(on).exists(), f"the file of a {newer} is gone")
        await operator.obey()
        on.claim("I-26", await on.account() is HALT, f"{newer}: {await on.account()}")
        await told(on.stage, Command.RESUME)
        await operator.obey()
        on.claim("I-17", operator.may_order, f"a person's word does not lift a {newer}")


async def paused_then_resumed(on: Rehearsal) -> None:
    """See that words in a row lift a halt as well as one alone, each once."""
    operator = _operator(on)
    await operator.halt("x")
    await told(on.stage, Command.PAUSE)
    await told(on.stage, Command.RESUME)
    await operator.obey()
    on.claim("I-17", operator.may_order, "a pause before it keeps a word from lifting a halt")
    await told(on.stage, Command.HALT)
    await told(on.stage, Command.PAUSE)
    await operator.obey()
    on.claim("H1", operator.control.state is PAUSE, f"the last word made {operator.control.state}")
    did = on.journal_does("record_obeyed", _no)
    await told(on.stage, Command.HALT)
    await on.outcome(operator.obey())
    on.claim("I-26", operator.control.state is HALT, "not obeyed, for it cannot be noted")
    on.journal_does("record_obeyed", did)


SCRIPTS = {
    "words": rehearsed(each_word, flattened, one_asset, shown_first, paused_then_resumed),
    "halts": rehearsed(latched_at_once, by_whom, without_a_journal, without_a_file),
    "files": rehearsed(by_file, in_between),
}
