"""What a journal keeps: numbers, commands, states, memories and cycles, asked of the file."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from decimal import Decimal

from counterpoise.core.foreign import Change
from counterpoise.core.orders import Cause, IntentState
from counterpoise.core.state import AccountState, AssetMemory, Command, Control, OperatorCommand
from counterpoise.errors import CounterpoiseError, LiveIntentExists
from counterpoise.journal.store import SqlJournal
from simulation.scripts.books import Desk, refused, stepped, told
from tests.journal.records import (
    ASSETS,
    IDENTITY,
    MAIN,
    START_MS,
    key_of,
    order,
    record,
    run,
)

D = Decimal
BTC, ETH, _ = ASSETS
DAY_MS = 86_400_000
TIDIED = 64  # quiet cycles, of which two tidy up


def crashed(desk: Desk) -> Desk:
    """Return another desk with what the disk has now: all that is left after `kill -9`."""
    path = desk.path / f"after{len(list(desk.path.iterdir()))}"
    shutil.copytree(desk.file.parent, path / "state")
    return Desk(path, clock=desk.clock, said=desk.said)


def numbers(desk: Desk) -> None:
    """See that no cycle number comes twice, whether or not its cycle was ever recorded."""
    journal = desk.begun()
    given = [run(journal.next_cycle()) for _ in range(130)]
    after = crashed(desk)
    again = after.begun()
    more = [run(again.next_cycle()) for _ in range(3)]
    after.end()
    desk.claim("I-40", min(more) > max(given), f"{more} after {max(given)} and a crash")
    run(journal.close())
    later = [run(desk.begun().next_cycle())]
    desk.claim("I-40", min(later) > max(given), f"{later} after {max(given)} and a stop")
    desk.claim("I-40", given == sorted(set(given)), "numbers came twice")


def _told(desk: Desk, journal: SqlJournal, *words: Command) -> list[OperatorCommand]:
    usual = {"number": 0, "by": "x", "reason": "y", "at_ms": desk.clock.now_ms}
    return [
        run(journal.submit(OperatorCommand(command=word, **usual)))  # type: ignore[arg-type]
        for word in words
    ]


def commands(desk: Desk) -> None:
    """See that a person's words come in their order, once, and only the daemon obeys."""
    journal = desk.begun()
    reader = desk.journal(exclusive=False)
    run(reader.open(IDENTITY))
    first, second = _told(desk, reader, Command.PAUSE, Command.RESUME)
    pending = [one.command for one in run(journal.pending_commands())]
    desk.claim("H1", pending == ["pause", "resume"], f"pending: {pending}")
    desk.claim("P8", refused(reader.record_obeyed(first, 1)), "a reader obeys")
    desk.claim("P8", refused(reader.record_control(Control())), "a reader records a state")
    desk.claim("P8", refused(reader.remember({BTC: AssetMemory()})), "a reader remembers")
    run(journal.record_obeyed(first, 7))
    run(journal.record_obeyed(first, 8))
    when = desk.rows("SELECT obeyed_at_ms FROM command ORDER BY number")
    desk.claim("H1", when == [(7,), (None,)], f"obeyed: {when}")
    desk.claim("H1", run(journal.pending_commands())[0].number == second.number, "obeyed again")
    unknown = replace(first, number=99)
    desk.claim("H1", refused(journal.record_obeyed(unknown, 1)), "a command that nobody gave")
    run(reader.close())
    run(journal.close())
    pending = [one.command for one in run(desk.begun().pending_commands())]
    desk.claim("H1", pending == ["resume"], f"after a restart: {pending}")


def states(desk: Desk) -> None:
    """See that the state of the account is the newest, kept over restarts, and written once."""
    journal = desk.begun()
    desk.claim("I-26", run(journal.control()).state is AccountState.RUN, "it begins halted")
    halted = Control(state=AccountState.HALT, by="x", reason="y", at_ms=1)
    for control in (replace(halted, state=AccountState.PAUSE, flattening=True), halted, halted):
        run(journal.record_control(control))
        desk.claim("I-26", run(journal.control()) == control, f"{control} is not what it says")
    rows = desk.rows("SELECT state, flattening FROM control ORDER BY number")
    desk.claim("I-26", rows == [("pause", 1), ("halt", 0)], f"file: {rows}")
    run(journal.close())
    desk.claim("I-26", run(desk.begun().control()) == halted, "forgotten by a restart")


CHANGE = Change(
    asset=BTC,
    instrument=key_of(BTC),
    cause=Cause.FOREIGN,
    size=D("0.5"),
    price=D(3_400),
    trade_id="t1",
    venue_order_id="v1",
    client_order_id="web",
    at_ms=START_MS,
    recorded_at_ms=START_MS,
)


def memories(desk: Desk) -> None:
    """See that the file has what is remembered, the last of it, and every change it rests on."""
    journal = desk.begun()
    one, two = (AssetMemory(position=D(n), position_at_ms=START_MS) for n in (1, 2))
    run(journal.remember({BTC: one, ETH: one}))
    run(journal.close())
    journal = desk.begun()
    for memory in (two, one):
        run(journal.remember({BTC: memory}, ()))
        known = run(journal.memories())
        desk.claim("I-40", known == {BTC: memory, ETH: one}, f"it has {known}")
    run(journal.remember({BTC: one}, (CHANGE,)))
    run(journal.remember({}, (replace(CHANGE, trade_id="t2"),)))
    run(journal.remember({}, ()))
    run(journal.close())
    journal = desk.begun()
    known = run(journal.memories())
    desk.claim("I-40", known == {BTC: one, ETH: one}, f"after a restart it has {known}")
    seen = [change.trade_id for change in run(journal.changes_since(START_MS))]
    desk.claim("I-31", seen == ["t1", "t2"], f"changes by others: {seen}")
    desk.claim("I-31", not run(journal.changes_since(START_MS + 1)), "changes of later")


def quiet(desk: Desk) -> None:
    """See that quiet cycles are recorded, and go in time; those that ordered stay for ever."""
    journal = desk.begun()
    for one in desk.sent(journal, "1"):
        run(journal.record_outcome(stepped(one, IntentState.REJECTED)))
    old = run(journal.next_cycle())
    run(journal.record_cycle(record(old)))
    kept = [row[0] for row in desk.rows("SELECT ordered FROM cycle ORDER BY number")]
    desk.claim("I-30", kept == [1, 0], f"recorded {kept}")
    desk.claim("I-30", run(journal.cycle(old)) == record(old), "a quiet cycle reads otherwise")
    desk.clock.now_ms += 8 * DAY_MS
    for _ in range(TIDIED):
        number = run(journal.next_cycle())
        run(journal.record_cycle(record(number, at_ms=desk.clock.now_ms)))
    ordered = desk.rows("SELECT ordered, count(*) FROM cycle GROUP BY ordered ORDER BY ordered")
    desk.claim("I-43", ordered == [(0, TIDIED), (1, 1)], f"after eight days {ordered}")
    alone = desk.file.with_name("alone.db")
    shutil.copyfile(desk.file, alone)  # without its log
    with closing(sqlite3.connect(alone)) as connection:
        ((count,),) = connection.execute("SELECT count(*) FROM cycle")
    desk.claim("I-43", count > TIDIED / 2, f"{count} cycles left the log for the file")


def shut(desk: Desk) -> None:
    """See that one journal is opened once, says so when it is shut, and lets go where it failed."""
    journal = desk.begun()
    desk.claim("P8", refused(journal.open(IDENTITY)), "opened twice")
    (intent,) = desk.sent(journal)
    run(journal.record_outcome(stepped(intent, IntentState.FILLED, venue_order_id="v1")))
    before = desk.rows("SELECT count(*) FROM transition")
    run(journal.record_outcome(stepped(intent, IntentState.FILLED, venue_order_id="v1")))
    twice = desk.rows("SELECT count(*) FROM transition")
    desk.claim("I-30", twice == before, "the same outcome was recorded twice")
    steps = [one.state for one in run(journal.transitions(intent.client_order_id))]
    desk.claim("I-30", steps == ["sent", "filled"], f"its steps: {steps}")
    run(journal.close())
    run(journal.close())
    for call in (journal.next_cycle(), journal.unsettled(), journal.control()):
        desk.claim("I-30", refused(call), "a shut journal answers")
    desk.claim("I-30", refused(journal.created_at_ms()), "a shut journal says when it began")
    desk.changed("UPDATE intent SET proof = 'edited'")
    desk.claim("I-30", refused(desk.journal().open(IDENTITY)), "an edited one is opened")
    desk.changed("UPDATE intent SET proof = 'script'")
    desk.claim("I-17", not refused(desk.journal().open(IDENTITY)), "held by who failed to open it")


def clashes(desk: Desk) -> None:
    """See that a second live order is refused as what it is, within a cycle and beside one."""
    journal = desk.begun()
    for name, sizes, assets in (("two of one", ("1", "1"), (0, 0)), ("beside", ("1",), (1,))):
        if name == "beside":
            desk.sent(journal, "1", asset=1)
        desk.claim("I-1", _clash(desk, journal, sizes, assets), f"{name}: not refused as a clash")


def _clash(
    desk: Desk, journal: SqlJournal, sizes: tuple[str, ...], assets: tuple[int, ...]
) -> bool:
    orders = [order(ASSETS[n], D(size)) for n, size in zip(assets, sizes, strict=True)]
    made = record(run(journal.next_cycle()), orders, desk.clock.now_ms)
    try:
        run(journal.record_intents(made, orders, {MAIN: desk.clock.now_ms + 5_000}))
    except LiveIntentExists:
        return True
    except CounterpoiseError:
        return False
    return False


def named(desk: Desk) -> None:
    """See that an order is found by what a person calls it, and by nothing that means several."""
    journal = desk.begun()
    first, second = desk.sent(journal, "1", "1")
    key = str(first.client_order_id)
    for said in (key, key.upper(), f"{key[:4]}-{key[4:]}", str(first.sequence), key[:-2]):
        found = run(journal.intent(said))
        right = found is not None and found.client_order_id == key
        desk.claim("I-30", right, f"{said!r} is {found and found.client_order_id}")
    for said in ("", "%", "cp_", "é", "9" * 40, f"{key}x"):
        desk.claim("I-30", run(journal.intent(said)) is None, f"{said!r} is an order")
    desk.claim("I-30", refused(journal.intent("cp")), "two orders are one")
    newest = [one.sequence for one in run(journal.intents(1))]
    desk.claim("I-30", newest == [second.sequence], f"the newest: {newest}")
    for none in (0, -1):
        desk.claim("I-43", not run(journal.intents(none)), f"{none} orders are some")


SCRIPTS = {
    script.__name__: told(script)
    for script in (numbers, commands, states, memories, quiet, shut, clashes, named)
}
