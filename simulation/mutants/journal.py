"""What is on disk before anything is sent."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import counterpoise.daemon
from counterpoise.beliefs import Beliefs
from counterpoise.journal import cycles, database, opening
from counterpoise.journal.database import Database
from counterpoise.journal.lock import Holder, Lock
from counterpoise.journal.store import SqlJournal
from simulation.mutants.change import NEVER, Changes, Table, plain


def _journal_after() -> Changes:
    record = SqlJournal.record_intents

    async def late(self: SqlJournal, *given: object) -> object:
        made = self._intents(*given)  # type: ignore[arg-type]
        loop = asyncio.get_running_loop()
        loop.call_later(0.5, lambda: loop.create_task(record(self, *given)))  # type: ignore[arg-type]
        return made

    return ((SqlJournal, "record_intents", late),)


def _ungated() -> Changes:
    opened = Database.open

    def open_(self: Database) -> None:
        opened(self)
        with self.writing() as connection:
            found = connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '%UNIQUE%'"
                " AND sql LIKE '%WHERE%'"
            ).all()
            for (name,) in found:
                connection.exec_driver_sql(f"DROP INDEX {name}")

    return (
        (counterpoise.daemon, "unsettled_by_instrument", lambda _: {}),
        (Database, "open", open_),
    )


def _unlocked() -> Changes:
    def hold(path: Path, holder: Holder, what: str) -> Lock:
        del holder, what
        return Lock(path=path, descriptor=os.open(path, os.O_RDWR | os.O_CREAT, 0o600))

    return ((opening, "hold", hold),)


def _unsynced() -> Changes:
    pragmas = vars(database)["_PRAGMAS"]
    lax = tuple(pragma.replace("= FULL", "= NORMAL") for pragma in pragmas)
    return ((database, "_PRAGMAS", lax),)


def _unwritten() -> Changes:
    async def write(*_: object) -> None:
        return None

    return ((Beliefs, "_write", write),)


TABLE: Table = {
    "lock of the journal off": (("machine",), _unlocked),
    "commits not synced": (("power",), _unsynced),
    "memories not written": (("crashes", "account"), _unwritten),
    "quiet cycles kept for ever": (("kept",), plain(cycles, "prune_cycles", NEVER)),
    "journal after send": (("doubt",), _journal_after),
    "unsettled gate off": (("late", "doubt"), _ungated),
}
