"""The journal from outside the daemon: as the command line opens it, and as a bare file."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

from counterpoise.bootstrap.ledger import open_journal
from counterpoise.config import Settings
from counterpoise.core.orders import Intent
from counterpoise.core.state import OperatorCommand
from counterpoise.ports import Clock
from tests.sim.virtual import SeededEntropy

INTENTS_MAX = 10_000


async def submit(settings: Settings, clock: Clock, command: OperatorCommand) -> None:
    """Write a person's command."""
    async with open_journal(settings, clock, SeededEntropy(random.Random(0))) as journal:
        await journal.submit(command)


async def intents(settings: Settings, clock: Clock) -> list[Intent]:
    """Return every recorded intent, oldest first."""
    async with open_journal(settings, clock, SeededEntropy(random.Random(0))) as journal:
        return list(reversed(await journal.intents(INTENTS_MAX)))


def rows(file: Path, query: str, *values: object) -> list[tuple[object, ...]]:
    """Ask the file itself; nothing where there is none."""
    if not file.exists():
        return []
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        return list(connection.execute(query, values))
