"""No journal, no order, and the hedge stays: of a real process as of a simulated one."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import asyncio_throttle.throttler
import pytest

from tests.chaos.cases import CONFIG, Outcome, at_rest, outcome_of
from tests.scenarios.config import Holding, WorldConfig
from tests.scenarios.harness import World
from tests.scenarios.machine import Machine, machine
from tests.sim.virtual import loop_time

D = Decimal
HEDGED = D("-0.48")
IN_BALANCE: WorldConfig = replace(
    CONFIG,
    holdings={"BTC": Holding(held=D("1.2"), price=D(50_000), weight=D("0.6"), position=HEDGED)},
)
FAILURES = 3  # cycles without a journal
READS = 15  # requests of about three cycles
INFINITE = resource.RLIM_INFINITY
WITHOUT_CAPABILITIES = """
import ctypes, os, sys
for capability in range(64):
    ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # root too is a user like any other then
os.execv(sys.argv[1], sys.argv[1:])
"""
CAPLESS = (sys.executable, "-c", WITHOUT_CAPABILITIES)

Spoil = Callable[[World, int], None]


def fill(world: World, pid: int) -> None:
    """Let no file of a process grow beyond what the journal's log is now, as on a full disk."""
    size = (world.folder / "journal.db-wal").stat().st_size
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, INFINITE))


def free(_world: World, pid: int) -> None:
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (INFINITE, INFINITE))


def remove(world: World, _pid: int) -> None:
    world.journal_file.rename(world.folder / "gone.db")


def put_back(world: World, _pid: int) -> None:
    (world.folder / "gone.db").rename(world.journal_file)


SPOILS = pytest.mark.parametrize(
    ("spoil", "mend"), [(fill, free), (remove, put_back)], ids=["full", "removed"]
)


def simulated(folder: Path, spoil: Spoil, mend: Spoil) -> tuple[Outcome, set[object]]:
    """Spoil the journal of a simulated daemon, let its target move, and mend the journal."""
    world = World(folder, IN_BALANCE)
    try:
        _spoilt_and_mended(world, spoil, mend)
        return outcome_of(world), {line["error"] for line in world.lines("cycle.failed")}
    finally:
        world.close()


def _spoilt_and_mended(world: World, spoil: Spoil, mend: Spoil) -> None:
    pid = os.getpid()
    world.start().cycles(2)
    try:
        spoil(world, pid)
        world.balance("BTC", D("2.0"))
        world.cycles(6)
        assert not world.orders
    finally:
        mend(world, pid)
    for _ in range(20):
        if not at_rest(world):
            world.cycles(1)


@SPOILS
async def test_a_spoilt_journal_orders_nothing_until_it_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: Spoil, mend: Spoil
) -> None:
    (tmp_path / "simulated").mkdir()
    with monkeypatch.context() as patched:
        patched.setattr(asyncio_throttle.throttler, "time", loop_time())
        expected, failures = await asyncio.to_thread(simulated, tmp_path / "simulated", spoil, mend)
    (tmp_path / "real").mkdir()
    async with machine(tmp_path / "real", IN_BALANCE) as here:
        process = await here.run()
        await here.until(lambda: "cycle.finished" in here.said())
        spoil(here.world, process.pid)
        here.world.balance("BTC", D("2.0"))
        await here.until(lambda: failed_cycles(here) >= FAILURES)
        assert not here.world.orders
        assert here.world.position("BTC") == HEDGED
        mend(here.world, process.pid)
        await here.until(lambda: at_rest(here.world))
        assert process.returncode is None  # nothing had to be restarted
        found = outcome_of(here.world)
        assert {line["error"] for line in lines(here, "cycle.failed")} == failures
    assert found == expected
    assert len(found.orders) == 1


def failed_cycles(here: Machine) -> int:
    return here.said().count('"cycle.failed"')


async def reads_go_on(here: Machine) -> None:
    before = len(here.world.trace.requests)
    await here.until(lambda: len(here.world.trace.requests) >= before + READS)


def lines(here: Machine, event: str) -> list[dict[str, object]]:

    told = (json.loads(line) for line in here.said().splitlines() if line.startswith("{"))
    return [line for line in told if line["event"] == event]


@contextlib.contextmanager
def tiny_disk(folder: Path) -> Iterator[Path]:
    """Lend a file system of one megabyte, if this user may mount one."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)],  # noqa: S607 - by PATH
        check=False,
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)  # noqa: S607 - the system's own


async def test_on_a_disk_that_is_full_to_the_last_byte_it_waits_and_goes_on(
    tmp_path: Path,
) -> None:
    with tiny_disk(tmp_path / "disk") as disk:
        async with machine(disk, IN_BALANCE) as here:
            process = await here.run()
            await here.until(lambda: "cycle.finished" in here.said())
            with contextlib.suppress(OSError), (disk / "rest").open("wb", buffering=0) as rest:
                while True:
                    rest.write(bytes(4_096))
            here.world.balance("BTC", D("2.0"))
            await reads_go_on(here)
            assert not here.world.orders  # status and log had no room either
            assert process.returncode is None
            (disk / "rest").unlink()
            await here.until(lambda: at_rest(here.world))
            assert len(here.world.orders) == 1
            await here.until(here.world.settings.status_path.exists)
            await here.until(lambda: here.world.status()["healthy"] is True)


async def test_in_a_folder_that_became_read_only_it_trades_on_and_does_not_start_anew(
    tmp_path: Path,
) -> None:
    async with machine(tmp_path, IN_BALANCE) as here:
        here.prefix = CAPLESS
        process = await here.run()
        await here.until(lambda: "cycle.finished" in here.said())
        here.world.folder.chmod(0o500)
        try:
            here.world.balance("BTC", D("2.0"))
            await here.until(lambda: at_rest(here.world))
            process.send_signal(signal.SIGUSR1)
            await here.until(lambda: "halt.unwritten" in here.said())
            await here.until(lambda: "daemon.halted" in here.said())
            process.terminate()
            assert await process.wait() == 0
            assert "status.unwritten" in here.said()
        finally:
            here.world.folder.chmod(0o700)
        rows = here.world.rows("SELECT state FROM control ORDER BY number DESC LIMIT 1")
        assert rows == [("halt",)]  # the journal has it, and keeps it over the next start
        log = here.world.folder / "run2.log"
        log.touch()
        here.world.folder.chmod(0o500)
        try:
            second = await here.run()
            assert await second.wait() == 2
        finally:
            here.world.folder.chmod(0o700)
        assert "cannot be written" in log.read_text()
        assert "chmod u+rwX" in log.read_text()


async def test_a_log_that_nobody_can_write_stops_nothing(tmp_path: Path) -> None:
    async with machine(tmp_path) as here:
        here.prefix = ("sh", "-c", 'exec "$@" >/dev/full', "sh")
        here.world.price("BTC", D(60_000))
        process = await here.run()
        await here.until(lambda: at_rest(here.world) and here.world.settings.status_path.exists())
        process.terminate()
        assert await process.wait() == 1  # as every command whose words are lost
        assert "could not be written to where stdout leads" in here.said()
        assert here.world.status()["state"] == "stopped"
