"""
Real processes killed, frozen and cut off at random for CHAOS_MINUTES; `make chaos` runs it.

Two storms at a time. Each is a row of worlds, and each world a row of lives, with faults of the
exchange in half of them. After the last the world must come to rest, and every oracle is asked.
A seed draws the same blows again; the moments at which they fall are the machine's.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncio_throttle.throttler
import pytest

from tests.chaos.cases import CONFIG, Case, at_rest, outcome_of
from tests.chaos.simulated import simulated
from tests.scenarios.cable import Way
from tests.scenarios.config import D
from tests.scenarios.machine import Machine, live_intents, machine
from tests.sim.trace import Tap
from tests.sim.virtual import loop_time

MINUTES = float(os.environ.get("CHAOS_MINUTES", "1"))
LIVES = 12  # of one world
FIRST_EDGE = 2  # before it the journal is being opened, and there is no daemon yet
FAULTS: tuple[tuple[str, dict[str, object]], ...] = (
    ("timeout-before", {"hold_s": 1}),
    ("timeout-after", {"hold_s": 1}),
    ("status", {"executed": True}),
    ("cut-body", {}),
    ("html", {}),
    ("slow", {"delay_s": 0.5}),
    ("slow", {"delay_s": 1.5, "late": True}),
    ("partial-fill", {}),
    ("delay-visible", {"delay_s": 2}),
    ("stale", {}),
)
PLACES = ("POST /fapi/v1/order", "GET /fapi/v1/order", "GET /fapi/v3/positionRisk", "GET /api/v3")


async def freeze(here: Machine, draw: random.Random) -> None:
    here.processes[-1].send_signal(signal.SIGSTOP)
    await asyncio.sleep(draw.choice((0.3, 3.5, 8.0)))
    here.processes[-1].send_signal(signal.SIGCONT)


async def silence(here: Machine, draw: random.Random) -> None:
    here.cable.turn(Way.SILENT)
    await asyncio.sleep(draw.choice((0.5, 3.0, 8.0)))
    here.cable.turn(Way.THROUGH)


async def resets(here: Machine, draw: random.Random) -> None:
    here.cable.turn(Way.RESET)
    await asyncio.sleep(draw.choice((0.5, 2.0)))
    here.cable.turn(Way.THROUGH)


async def unplug(here: Machine, draw: random.Random) -> None:
    await here.cable.unplug()
    await asyncio.sleep(draw.choice((0.3, 2.0)))
    await here.cable.open()


async def second(here: Machine, _draw: random.Random) -> None:
    """Start another daemon beside the first, which must not live."""
    await here.started()
    other = await here.run(beside=True)
    assert await other.wait() == 5
    here.processes.remove(other)


async def nothing(_here: Machine, _draw: random.Random) -> None:
    """Let it be killed without more."""


BLOWS: dict[str, Callable[[Machine, random.Random], Awaitable[None]]] = {
    "freeze": freeze,
    "silence": silence,
    "resets": resets,
    "unplug": unplug,
    "second": second,
    "nothing": nothing,
}
SHARES = {"freeze": 2, "silence": 2, "resets": 1, "unplug": 1, "second": 1, "nothing": 5}


async def life(here: Machine, draw: random.Random, tally: Counter[str]) -> None:
    """Start a daemon beside its target, do something to it at some moment, and kill it."""
    here.world.price("BTC", D(draw.randrange(40_000, 70_000)))
    if draw.random() < 0.5:
        kind, more = draw.choice(FAULTS)
        here.world.fault(kind, draw.choice(PLACES), draw.randrange(1, 3), **more)
        tally[f"fault {kind}"] += 1
    process = await here.run()
    wanted = len(here.world.trace.requests) + draw.randrange(30)
    await here.until(lambda: len(here.world.trace.requests) >= wanted)
    await asyncio.sleep(draw.random() / 20)
    (name,) = draw.choices(list(SHARES), weights=list(SHARES.values()))
    tally[name] += 1
    await BLOWS[name](here, draw)
    await asyncio.sleep(draw.choice((0.0, 0.0, draw.random())))
    number = draw.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGTERM))
    process.send_signal(number)
    tally[number.name] += 1
    await asyncio.wait_for(process.wait(), 15)


async def storm(folder: Path, draw: random.Random, tally: Counter[str]) -> None:
    """Live one world: many lives, then one in peace, which must find its band."""
    async with machine(folder) as here:
        for _ in range(LIVES):
            await life(here, draw, tally)
        here.world.heal()
        await here.run()
        await here.until(lambda: here.world.in_band and live_intents(here.world) == 0)
        tally["orders"] += len(here.world.orders)
        tally["requests"] += len(here.world.trace.requests)
    tally["worlds"] += 1


@pytest.mark.parametrize("worker", range(2))
def test_a_storm_over_real_processes_breaks_nothing(worker: int, tmp_path: Path) -> None:
    end_s = time.monotonic() + MINUTES * 60
    tally: Counter[str] = Counter()
    seed = worker
    while time.monotonic() < end_s:
        folder = tmp_path / f"seed{seed}"
        folder.mkdir()
        try:
            asyncio.run(storm(folder, random.Random(seed), tally))
        except BaseException as error:
            error.add_note(f"seed {seed}, after {dict(tally)}")
            raise
        seed += 2
    (tmp_path.parent / f"tally{worker}.txt").write_text(f"{dict(tally)}\n")
    assert tally["worlds"] > 0


def stories(folder: Path) -> set[tuple[tuple[str, ...], ...]]:
    """Return every story that a crash at any edge of the one order can have in the simulation."""
    found, number = set(), FIRST_EDGE
    while True:
        (folder / str(number)).mkdir(parents=True)
        crashed: list[int] = []
        found.add(simulated(Case(name="crash"), folder / str(number), at(number, crashed)).story)
        if not crashed:
            return found
        number += 1


def at(number: int, crashed: list[int]) -> Callable[[Tap], bool]:
    """Return what wants a crash at the edge of this number, and notes that it came."""

    def wanted(tap: Tap) -> bool:
        if tap.number == number:
            crashed.append(number)
        return tap.number == number

    return wanted


async def killed_at_random(folder: Path, draw: random.Random) -> tuple[tuple[str, ...], ...]:
    """Kill a daemon at some moment of its first seconds, and return its order's story."""
    async with machine(folder, CONFIG) as here:
        process = await here.run()
        wanted = draw.randrange(12, 26)
        await here.until(lambda: len(here.world.trace.requests) >= wanted)
        await asyncio.sleep(draw.random() / 30)
        process.kill()
        await process.wait()
        await here.run()
        await here.until(lambda: at_rest(here.world))
        return outcome_of(here.world).story


def test_a_kill_at_random_has_no_story_that_the_simulation_does_not_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(asyncio_throttle.throttler, "time", loop_time())
        known = stories(tmp_path / "simulated")
    draw, end_s = random.Random(0), time.monotonic() + MINUTES * 60 / 2
    seen: Counter[tuple[tuple[str, ...], ...]] = Counter()
    while time.monotonic() < end_s:
        folder = tmp_path / f"kill{sum(seen.values())}"
        folder.mkdir()
        seen[asyncio.run(killed_at_random(folder, draw))] += 1
    assert set(seen) <= known
    (tmp_path.parent / "stories.txt").write_text(f"{dict(seen)} of {known}\n")
