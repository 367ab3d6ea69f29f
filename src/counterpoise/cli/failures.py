"""What a failed command prints, and its exit code."""

from __future__ import annotations

from enum import IntEnum

from counterpoise.cli.output import complain, note
from counterpoise.errors import (
    CounterpoiseError,
    DoorRefused,
    JournalHeld,
    JournalMismatch,
    SettingsError,
    Unauthorized,
)

PROBLEMS_MAX = 20  # told at once; nobody reads more


class Exit(IntEnum):
    """What scripts rely on."""

    DONE = 0
    REMAINS = 1  # a check failed, or work remains
    USAGE = 2  # or settings
    REFUSED = 3  # by the venue: the credentials
    HALTED = 4
    HELD = 5  # another daemon has the journal or the account
    INTERRUPTED = 130


CODES: tuple[tuple[type[CounterpoiseError], Exit], ...] = (
    (Unauthorized, Exit.REFUSED),
    (JournalHeld, Exit.HELD),
    (JournalMismatch, Exit.USAGE),
    (SettingsError, Exit.USAGE),
    (DoorRefused, Exit.USAGE),
    (CounterpoiseError, Exit.REMAINS),
)


def exit_code(error: CounterpoiseError) -> Exit:
    """Return the exit code that an error means."""
    return next(code for kind, code in CODES if isinstance(error, kind))


def explained(error: CounterpoiseError) -> None:
    """Print an error of ours in at most three lines; settings tell each of their problems so."""
    problems = getattr(error, "problems", ())
    for problem in problems[:PROBLEMS_MAX]:
        complain(str(problem).splitlines())
    if len(problems) > PROBLEMS_MAX:
        note(f"and {len(problems) - PROBLEMS_MAX} more")
    if not problems:
        complain(_lines(error))


def _lines(error: CounterpoiseError) -> list[str]:
    said, *more = str(error).splitlines() or [type(error).__name__]
    if isinstance(error, Unauthorized):
        said = f"the venue refused the credentials: {said}"
    hint = f"next: {error.hint}" if error.hint else ""
    detail = f"detail: {' '.join(error.detail.split())}" if error.detail else ""
    return [line for line in (said, *more, hint, detail) if line]


def bug(error: Exception) -> None:
    """Print a fault of the program's own."""
    complain(
        [
            f"a fault in counterpoise itself: {type(error).__name__}: {error}",
            "nothing more was done; the journal has what was",
            "next: the same command with --debug shows where; please report it",
        ]
    )
