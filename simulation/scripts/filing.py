"""A journal as a file: durable, in one place, of one version, and whose it is at the moment."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from counterpoise.errors import CounterpoiseError, JournalHeld
from counterpoise.journal.database import Database
from counterpoise.journal.location import lock_path
from counterpoise.journal.lock import held_by, hold, holder_here
from counterpoise.journal.opening import JournalConfig
from counterpoise.journal.store import SqlJournal
from simulation.scripts.books import Desk, refused, told
from tests.journal.records import IDENTITY, SeededEntropy, run

FIRST_RELEASE = Path(__file__).parents[2] / "tests" / "journal" / "version-1.sql"
OWN = 0o600
FULL = 2  # of SQLite's levels of `synchronous`: each commit is on disk before it returns


def durable(desk: Desk) -> None:
    """See that a commit is on disk when it returns, and that no reader is in its way."""
    run(desk.begun().close())
    ((mode,),) = desk.rows("PRAGMA journal_mode")
    desk.claim("D3", mode == "wal", f"the file is written by {mode}")
    database = Database(desk.file)
    desk.claim("I-30", _fails(lambda: database.finds("SELECT 1")), "it answers before it is open")
    database.open()
    with database.reading() as connection:
        for pragma, wanted in (("synchronous", FULL), ("foreign_keys", 1), ("trusted_schema", 0)):
            found = connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one()
            desk.claim("D3", found == wanted, f"{pragma} is {found}")
    elsewhere = desk.file.with_name("gone.db")
    desk.file.rename(elsewhere)
    desk.claim(
        "D5", _fails(lambda: database.finds("SELECT 1")), "it answers from a file taken away"
    )
    shutil.copyfile(elsewhere, desk.file)
    desk.claim("D8", _fails(lambda: database.finds("SELECT 1")), "it answers from a file replaced")
    desk.claim("D8", _fails(lambda: _written(database)), "it writes to a file replaced")
    desk.file.unlink()
    elsewhere.rename(desk.file)
    desk.claim("I-17", database.finds("SELECT 1"), "put back, it does not answer")
    database.close()


def _written(database: Database) -> None:
    with database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM memory")


def _fails(call: object) -> bool:
    assert callable(call)
    try:
        call()
    except CounterpoiseError:
        return True
    return False


def older(desk: Desk) -> None:
    """See that an older journal is led to this version, a copy kept, and by the daemon alone."""
    run(desk.begun().close())
    meta = desk.rows("SELECT key, value FROM meta")
    ((version,),) = desk.rows("SELECT value FROM meta WHERE key = 'schema_version'")
    desk.file.unlink()
    with closing(sqlite3.connect(desk.file)) as connection:
        connection.executescript(FIRST_RELEASE.read_text())
        connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", meta)
        connection.execute("UPDATE meta SET value = '1' WHERE key = 'schema_version'")
        connection.commit()
    reader = desk.journal(exclusive=False)
    desk.claim("P9", refused(reader.open(IDENTITY)), "a reader took an older one")
    desk.claim("P9", not refused(desk.journal().open(IDENTITY)), "an older one is not led on")
    desk.sent(desk.opened[-1])
    now = desk.rows("SELECT value FROM meta WHERE key = 'schema_version'")
    desk.claim("P9", now == [(version,)], f"led to {now}, not {version}")
    copy = desk.file.with_name(f"{desk.file.name}.version-1")
    desk.claim("P9", copy.exists() and copy.stat().st_mode & 0o777 == OWN, "no copy of one's own")
    if copy.exists():
        with closing(sqlite3.connect(copy)) as connection:
            query = "SELECT value FROM meta WHERE key = 'schema_version'"
            ((kept,),) = connection.execute(query)
        desk.claim("P9", kept == "1", f"the copy is of version {kept}")


def begun(desk: Desk) -> None:
    """See that a start that was cut off, or fails, leaves nothing in the way of the next."""
    desk.file.parent.mkdir(parents=True)
    desk.file.with_name(desk.file.name + ".new").write_bytes(b"half")
    journal = desk.begun()
    run(journal.close())
    desk.changed("UPDATE meta SET value = 'x' WHERE key = 'portfolio'")
    desk.claim("F4", refused(desk.journal().open(IDENTITY)), "another's journal is opened")
    desk.changed("UPDATE meta SET value = 'main' WHERE key = 'portfolio'")
    desk.claim("I-17", not refused(desk.journal().open(IDENTITY)), "held by a start that failed")
    desk.sent(desk.opened[-1])
    run(desk.opened[-1].close())
    desk.file.unlink()
    desk.file.mkdir()
    desk.claim("D5", refused(desk.journal().open(IDENTITY)), "a directory is a journal")
    memory = SqlJournal(JournalConfig(url="sqlite://"), desk.clock, SeededEntropy(1))
    desk.opened.append(memory)
    desk.claim("I-17", not refused(memory.open(IDENTITY)), "none in memory")
    desk.claim("I-17", run(memory.next_cycle()) == 1, "none in memory counts")


def holders(desk: Desk) -> None:
    """See that who has a journal is said while it is held, and nobody once it is not."""
    journal = desk.begun()
    path = lock_path(desk.file)
    found = held_by(path)
    desk.claim("P8", found is not None and found.portfolio == "main", f"held by {found}")
    try:
        run(desk.journal().open(IDENTITY))
    except JournalHeld as error:
        desk.claim("P8", "main" in str(error), f"it does not say by whom: {error}")
    run(journal.close())
    desk.claim("P8", held_by(path) is None, "held by nobody, and said otherwise")
    desk.claim("P8", path.read_bytes() == b"", "who had it is still written there")
    desk.claim("P8", held_by(path.with_name("none")) is None, "what is not there is held")
    for note in (b"nonsense", json.dumps({"pid": 1}).encode(), b"9" * 1_000):
        lock = hold(path, holder_here("a portfolio of a long name", desk.clock), "x")
        path.write_bytes(note)
        desk.claim("P8", held_by(path) is not None, f"with {note[:9]!r} in it, held by nobody")
        desk.claim("P8", refused(desk.journal().open(IDENTITY)), "held, and opened")
        lock.release()
    path.write_bytes(b"x" * 1_000)
    lock = hold(path, holder_here("main", desk.clock), "x")
    found = held_by(path)
    desk.claim("P8", found is not None and found.portfolio == "main", f"then held by {found}")
    lock.release()
    link = path.with_name("link")
    link.symlink_to(path)
    desk.claim("X8", _fails(lambda: held_by(link)), "it follows a link")


SCRIPTS = {script.__name__: told(script) for script in (durable, older, begun, holders)}
