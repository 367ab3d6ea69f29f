"""What a disk can do to a commit, by means of SQLite's own: the refusals are real ones."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from counterpoise.journal.store import SqlJournal

FULL = 2  # of PRAGMA synchronous: a commit returns when it is on disk
ENDS = ("", "-wal")  # the files that outlive a crash, by how their names end
TORN = b"\x17" * 1_000  # what was being written as the power went


def _pragma(journal: SqlJournal, words: str) -> object:
    """Ask the daemon's own connection, from outside."""
    with journal._database.reading() as connection:  # noqa: SLF001
        found = connection.exec_driver_sql(f"PRAGMA {words}")
        return found.scalar() if found.returns_rows else None


@contextmanager
def _full(journal: SqlJournal) -> Iterator[None]:
    most = _pragma(journal, "max_page_count")
    _pragma(journal, f"max_page_count = {_pragma(journal, 'page_count')}")
    try:
        yield
    finally:
        _pragma(journal, f"max_page_count = {most}")


@contextmanager
def _read_only(journal: SqlJournal) -> Iterator[None]:
    _pragma(journal, "query_only = ON")
    try:
        yield
    finally:
        _pragma(journal, "query_only = OFF")


@contextmanager
def _locked(journal: SqlJournal) -> Iterator[None]:
    """Have somebody else write, for longer than anybody waits."""
    with journal._database.reading() as connection:  # noqa: SLF001
        file = str(connection.exec_driver_sql("PRAGMA database_list").one()[2])
    patience_ms = _pragma(journal, "busy_timeout")
    _pragma(journal, "busy_timeout = 0")  # which would pass in real time
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")
            _pragma(journal, f"busy_timeout = {patience_ms}")


SPOILT: Mapping[str, Callable[[SqlJournal], AbstractContextManager[None]]] = {
    "journal.full": _full,
    "journal.read_only": _read_only,
    "journal.locked": _locked,
}


def spoilt(fault: str | None, journal: SqlJournal) -> AbstractContextManager[None]:
    """Return what the disk is like during one commit."""
    way = SPOILT.get(fault or "")
    return nullcontext() if way is None else way(journal)


def _move(source: Path, target: Path) -> None:
    """Have the files of one journal stand at another name, and nothing else there."""
    for end in (*ENDS, "-shm"):
        there, here = target.with_name(target.name + end), source.with_name(source.name + end)
        there.unlink(missing_ok=True)
        if end in ENDS and here.exists():
            shutil.copyfile(here, there)
            there.chmod(0o600)


@dataclass(slots=True)
class Disk:
    """The journal's files as something else than the daemon sees them."""

    file: Path
    careful: bool  # somebody will pull the plug: note what is not synced
    backups: int = 0
    _synced: Path = field(init=False)
    _backup: Path = field(init=False)
    _aside: Path = field(init=False)

    def __post_init__(self) -> None:
        """Name the places."""
        self._synced, self._backup, self._aside = (
            self.file.with_name(name) for name in ("synced", "backup", "aside")
        )

    def committed(self, journal: SqlJournal) -> None:
        """
        Hear of a commit.

        One that is not synced leaves the disk as it was before the first of them: what was there
        then is kept. SQLite syncs at checkpoints even then, but need not come to one.
        """
        if self.careful and _pragma(journal, "synchronous") != FULL and not self._synced.exists():
            _move(self.file, self._synced)

    @contextmanager
    def killed(self) -> Iterator[None]:
        """Have the files be afterwards as they are now: closing a journal properly tidies up."""
        _move(self.file, self._aside)
        yield
        _move(self._aside, self.file)

    def lose_power(self) -> None:
        """Leave what was synced, and at the end of the log half of what was not."""
        if self._synced.exists():
            _move(self._synced, self.file)
            self._synced.unlink()
        log = self.file.with_name(self.file.name + "-wal")
        if log.exists():
            with log.open("ab") as tail:
                tail.write(TORN)
                os.fsync(tail.fileno())

    def back_up(self) -> None:
        """Copy the journal."""
        _move(self.file, self._backup)
        self.backups += 1

    def restore(self) -> None:
        """Put the copy in place of the journal."""
        _move(self._backup, self.file)

    def lose(self) -> None:
        """Delete the journal."""
        _move(self.file.with_name("nowhere"), self.file)
