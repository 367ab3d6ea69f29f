"""A person's commands: written to the journal, then watched until the daemon has obeyed."""

from __future__ import annotations

import getpass
import socket
from dataclasses import dataclass
from pathlib import Path

from counterpoise.cli.options import CLOCK, ENTROPY
from counterpoise.config import Settings
from counterpoise.core.instrument import Asset
from counterpoise.core.state import Command, OperatorCommand
from counterpoise.errors import SettingsError
from counterpoise.ports import Journal
from counterpoise.status import STOPPED, StatusDocument, read

POLL_S = 0.1
PATIENCE_S = 15.0  # at least; a slow cycle is waited for
PATIENCE_CYCLES = 3
REASON = "no reason given"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What a person asks for."""

    command: Command
    reason: str
    asset: Asset | None = None


def person() -> str:
    """Return who gives the command: `user@host`."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # a number without a name, as in a container
        user = "user"
    return f"{user}@{socket.gethostname()}"


def daemon_of(settings: Settings) -> StatusDocument | None:
    """Return the document of the daemon that runs now; None where none does."""
    try:
        document = read(settings.status_path)
    except (OSError, ValueError):
        return None
    if document is None or document.state == STOPPED or document.stale(CLOCK.wall_ms()):
        return None
    return document


def checked_asset(settings: Settings, asset: str | None) -> Asset | None:
    """Return a configured asset by its name. Raises SettingsError for any other."""
    if asset is None:
        return None
    if asset.upper() not in settings.assets:
        raise SettingsError(
            f"--asset {asset} is not in the settings",
            hint=f"one of {', '.join(settings.assets)}",
        )
    return Asset(asset.upper())


async def submitted(journal: Journal, word: Word) -> OperatorCommand:
    """Write a command to the journal and return it with its number."""
    return await journal.submit(
        OperatorCommand(
            number=0,
            command=word.command,
            by=person(),
            reason=word.reason,
            at_ms=CLOCK.wall_ms(),
            asset=word.asset,
        )
    )


async def obeyed(journal: Journal, command: OperatorCommand, patience_s: float) -> bool:
    """Wait until the daemon has obeyed, and say whether it has within `patience_s`."""
    end_s = CLOCK.monotonic_s() + patience_s
    while CLOCK.monotonic_s() < end_s:
        waiting = await journal.pending_commands()
        if all(other.number != command.number for other in waiting):
            return True
        await CLOCK.sleep(POLL_S)
    return False


def patience_s(settings: Settings) -> float:
    """Return how long a running daemon may take to obey."""
    return max(PATIENCE_S, PATIENCE_CYCLES * settings.cycle.interval.seconds)


async def told(settings: Settings, word: Word) -> bool | None:
    """
    Write a command and wait for it. None: no daemon runs, and the next one will obey first.

    Raises JournalError where there is no journal to write to.
    """
    from counterpoise.bootstrap import open_journal

    async with open_journal(settings, CLOCK, ENTROPY) as journal:
        command = await submitted(journal, word)
        if daemon_of(settings) is None:
            return None
        return await obeyed(journal, command, patience_s(settings))


def write_halt_file(path: Path, reason: str) -> None:
    """Halt by a file, which works without the journal. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{reason} ({person()})\n", encoding="utf-8")
