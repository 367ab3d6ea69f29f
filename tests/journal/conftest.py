"""Journals for the tests: in memory and in a file, and files to open again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from counterpoise.journal.opening import JournalConfig
from counterpoise.journal.store import SqlJournal
from tests.journal.records import IDENTITY, HandClock, SeededEntropy, run

settings.register_profile("ci", max_examples=60, deadline=None, derandomize=True)
settings.register_profile("deep", max_examples=2_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

Make = Callable[..., SqlJournal]


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "main.db"


@pytest.fixture
def make(path: Path, clock: HandClock) -> Iterator[Make]:
    """Return a maker of journals on one file; all of them are closed at the end."""
    made: list[SqlJournal] = []

    def one(*, exclusive: bool = True, seed: int = 1, retention_s: int = 3600) -> SqlJournal:
        config = JournalConfig(
            url=f"sqlite:///{path}", exclusive=exclusive, cycle_retention_s=retention_s
        )
        made.append(SqlJournal(config, clock, SeededEntropy(seed)))
        return made[-1]

    yield one
    for journal in made:
        run(journal.close())


@pytest.fixture(params=["memory", "file"])
def journal(request: pytest.FixtureRequest, make: Make, clock: HandClock) -> Iterator[SqlJournal]:
    """Return an open journal of each kind: what holds of one must hold of all."""
    if request.param == "file":
        opened = make()
    else:
        config = JournalConfig(url="sqlite://", cycle_retention_s=3600)
        opened = SqlJournal(config, clock, SeededEntropy())
    run(opened.open(IDENTITY))
    yield opened
    run(opened.close())
