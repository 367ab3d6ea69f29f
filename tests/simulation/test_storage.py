"""The disk refuses in the ways of a real one, and loses what was not synced."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from counterpoise.core.state import Command, OperatorCommand
from counterpoise.errors import JournalError
from counterpoise.journal.opening import JournalConfig
from counterpoise.journal.store import SqlJournal
from counterpoise.ports import Identity
from simulation.storage import SPOILT, Disk, spoilt
from simulation.weather import Stream
from tests.sim.virtual import HostClock, SeededEntropy, TrueClock, VirtualLoop

OURS = Identity(portfolio="sim", mode="testnet", accounts=("binance:main",))
SAID = OperatorCommand(number=0, command=Command.PAUSE, by="t", reason="x" * 5_000, at_ms=1)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqlJournal]:
    made = opened(tmp_path)
    yield made
    asyncio.run(made.close())


def opened(folder: Path) -> SqlJournal:
    loop = VirtualLoop()
    made = SqlJournal(
        JournalConfig(url=f"sqlite:///{folder / 'journal.db'}"),
        HostClock(TrueClock(loop)),
        SeededEntropy(Stream(1)),
    )
    loop.close()
    asyncio.run(made.open(OURS))
    return made


def commands(journal: SqlJournal) -> int:
    return len(asyncio.run(journal.pending_commands()))


@pytest.mark.parametrize("fault", SPOILT)
def test_a_spoilt_commit_is_refused_whole_and_the_next_one_goes_through(
    journal: SqlJournal, fault: str
) -> None:
    with pytest.raises(JournalError), spoilt(fault, journal):
        asyncio.run(journal.submit(SAID))
    assert commands(journal) == 0
    asyncio.run(journal.submit(SAID))
    assert commands(journal) == 1


def killed(journal: SqlJournal, disk: Disk) -> None:
    held = journal._opened
    assert held is not None
    assert held.lock is not None
    os.close(held.lock.descriptor)
    with disk.killed():
        held.database.close()


@pytest.mark.parametrize(("synchronous", "kept"), [("FULL", 2), ("NORMAL", 1)])
def test_a_power_cut_loses_what_was_not_synced(tmp_path: Path, synchronous: str, kept: int) -> None:
    journal, disk = opened(tmp_path), Disk(tmp_path / "journal.db", careful=True)
    with journal._database.reading() as connection:
        connection.exec_driver_sql(f"PRAGMA synchronous = {synchronous}")
    for _ in range(2):
        asyncio.run(journal.submit(SAID))
        disk.committed(journal)
    killed(journal, disk)
    disk.lose_power()
    again = opened(tmp_path)
    assert commands(again) == kept
    asyncio.run(again.close())


def test_a_killed_daemon_leaves_its_log_behind(tmp_path: Path) -> None:
    journal, disk = opened(tmp_path), Disk(tmp_path / "journal.db", careful=False)
    asyncio.run(journal.submit(SAID))
    killed(journal, disk)
    assert (tmp_path / "journal.db-wal").stat().st_size > 0
    again = opened(tmp_path)
    assert commands(again) == 1
    asyncio.run(again.close())


def test_a_copy_put_back_is_the_journal_as_it_was(tmp_path: Path) -> None:
    journal, disk = opened(tmp_path), Disk(tmp_path / "journal.db", careful=False)
    asyncio.run(journal.submit(SAID))
    disk.back_up()
    asyncio.run(journal.submit(SAID))
    killed(journal, disk)
    disk.restore()
    again = opened(tmp_path)
    assert commands(again) == 1
    asyncio.run(again.close())
    disk.lose()
    assert not disk.file.exists()
