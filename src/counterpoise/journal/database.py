"""One connection to one SQLite file: durable, one writer at a time, and checked to be the file."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from counterpoise.errors import JournalError
from counterpoise.journal.refusals import RESTORE, refusal

_BUSY_TIMEOUT_MS: Final = 500  # the event loop stands still while waiting

# Checkpoints are made after quiet cycles. Only if none comes does a commit make one.
_CHECKPOINT_AT_LATEST_PAGES: Final = 8192

_PRAGMAS: Final = (
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}",
    f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_AT_LATEST_PAGES}",
    "PRAGMA trusted_schema = OFF",
)


class Database:
    """
    A SQLite file, or a database in memory where `path` is None.

    Every method raises JournalError in place of what the library raises.
    """

    def __init__(self, path: Path | None) -> None:
        """Touch nothing yet."""
        self._path = path
        self._name = ":memory:" if path is None else str(path)
        self._engine = create_engine(
            "sqlite://", creator=self._connect, poolclass=NullPool, hide_parameters=True
        )
        self._connection: Connection | None = None
        self._driver: sqlite3.Connection | None = None  # what `_connection` itself goes through
        self._inode: tuple[int, int] | None = None

    def open(self) -> None:
        """Connect to the existing file; it is never created here."""
        with self._translated():
            self._connection = self._engine.connect()
            for pragma in _PRAGMAS:
                self._connection.exec_driver_sql(pragma)
        self._inode = self._inode_now()

    def close(self) -> None:
        """Let go of the file."""
        connection, self._connection = self._connection, None
        self._driver = None
        if connection is not None:
            with self._translated():
                connection.close()
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Lend the connection for reads."""
        connection = self._checked()
        with self._translated():
            yield connection

    def finds(self, query: str) -> bool:
        """
        Say whether a query finds any row, asking the file anew.

        For what is asked every cycle and mostly in vain: it takes a tenth of a `reading`.
        """
        self._checked()
        assert self._driver is not None
        with self._translated():
            return bool(self._driver.execute(query).fetchall())  # all: an open one pins the file

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Lend the connection for one transaction: on disk at the end, or as if never begun."""
        connection = self._checked()
        with self._translated():
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.exec_driver_sql("COMMIT")
            except BaseException:
                self._roll_back(connection)
                raise

    def use_write_ahead_log(self) -> None:
        """Make the write-ahead log the file's own way of being written, for good."""
        with self.reading() as connection:
            mode = connection.exec_driver_sql("PRAGMA journal_mode = WAL").scalar_one()
        if self._path is not None and mode != "wal":
            raise JournalError(
                f"{self._name} cannot be kept durable: its filesystem allows no write-ahead log",
                hint="set journal.url to a file on a local disk",
                detail=f"journal_mode is {mode}",
            )

    def check_pages(self) -> None:
        """Read every page. Raises JournalError with how to restore where one is damaged."""
        with self.reading() as connection:
            found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        if found != "ok":
            raise JournalError(
                f"the journal {self._name} is damaged",
                hint=RESTORE.format(path=self._name),
                detail=str(found),
            )

    def checkpoint(self) -> None:
        """Move the write-ahead log into the file, as far as no reader is in the way."""
        with self.reading() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)").all()

    def copy_to(self, path: Path) -> None:
        """Write a copy of the database to a new file."""
        with self.reading() as connection:
            connection.exec_driver_sql("VACUUM INTO ?", (str(path),))

    def _checked(self) -> Connection:
        """Return the connection. Raises JournalError if closed, or if the file is not there."""
        if self._connection is None:
            raise JournalError("the journal is not open")
        if self._inode_now() != self._inode:
            raise JournalError(
                f"the journal {self._name} was removed or replaced while it was in use",
                hint="halt the daemon, put the file back, and start again",
            )
        return self._connection

    def _inode_now(self) -> tuple[int, int] | None:
        """Return which file stands at the path, None where there is none."""
        if self._path is None:
            return None
        try:
            found = os.stat(self._path)  # noqa: PTH116  # a third of the time of Path.stat
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _connect(self) -> sqlite3.Connection:
        """Return a connection that begins and commits only when told to."""
        place = ":memory:" if self._path is None else f"file:{quote(str(self._path))}?mode=rw"
        self._driver = sqlite3.connect(place, uri=self._path is not None, isolation_level=None)
        return self._driver

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn what the library raises into our words."""
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise refusal(error, self._name) from error

    @staticmethod
    def _roll_back(connection: Connection) -> None:
        """Undo what was begun, unless the database already has."""
        with suppress(SQLAlchemyError):
            connection.exec_driver_sql("ROLLBACK")
