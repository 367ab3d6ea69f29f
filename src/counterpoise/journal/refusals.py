"""What a database refuses, in our words, each with the next thing to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from counterpoise.errors import JournalError

RESTORE: Final = (
    "stop the daemon, move {path} and the files beside it away, put the newest backup in its "
    "place, and start again"
)

# By the beginning of SQLite's own name of the error: what happened, and the next command.
_REFUSALS: Final[Mapping[str, tuple[str, str]]] = {
    "SQLITE_BUSY": (
        "the journal {path} is being written by another process and could not be had in time",
        "see who has it open: lsof {path}",
    ),
    "SQLITE_FULL": ("the disk is full: nothing more fits into {path}", "df -h {directory}"),
    "SQLITE_READONLY": ("the journal {path} cannot be written", "ls -ld {directory} {path}"),
    "SQLITE_PERM": ("the journal {path} cannot be written", "ls -ld {directory} {path}"),
    "SQLITE_IOERR": ("the disk under {path} failed to read or write", "df -h {directory}; dmesg"),
    "SQLITE_CORRUPT": ("the journal {path} is damaged", RESTORE),
    "SQLITE_NOTADB": ("{path} is not a journal, or it is damaged", RESTORE),
    "SQLITE_CANTOPEN": ("the journal {path} cannot be opened", "ls -ld {directory} {path}"),
    "SQLITE_CONSTRAINT": (
        "the journal {path} refused a row that contradicts what it holds",
        "this is a fault in the program: keep the journal, and report it with the log",
    ),
}
_OTHER: Final = ("the journal {path} cannot be used", "ls -ld {directory} {path}")


def refusal(error: SQLAlchemyError | sqlite3.Error, path: str) -> JournalError:
    """Return the error in our words, the library's own kept as its detail."""
    original = getattr(error, "orig", error)
    name: str = getattr(original, "sqlite_errorname", "")
    message, hint = next(
        (words for start, words in _REFUSALS.items() if name.startswith(start)), _OTHER
    )
    places = {"path": path, "directory": path.rpartition("/")[0] or "."}
    return JournalError(
        message.format(**places),
        hint=hint.format(**places),
        detail=f"{name or type(error).__name__}: {original}",
    )
