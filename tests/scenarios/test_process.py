"""
The daemon as its own process, over real HTTP, started, stopped and killed as a machine does.

The exchange is in this process, so that its truth can be read, and so that a signal can be sent at
the very request that it is meant for.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from decimal import localcontext
from pathlib import Path

import pytest

from counterpoise.clock import SystemClock
from counterpoise.core.units import CONTEXT
from counterpoise.exchange.front import Answer
from counterpoise.exchange.local import serve
from counterpoise.ports import Clock, HttpRequest, HttpResponse
from tests.scenarios.config import D, WorldConfig, environ_of, settings_of
from tests.scenarios.harness import World
from tests.scenarios.oracles import check
from tests.sim.process import is_whole
from tests.sim.trace import Request, request_of

pytestmark = pytest.mark.slow

ENTRY = "import sys; from counterpoise.cli.main import main; sys.exit(main())"
SOURCE = Path(__file__).resolve().parents[2] / "src"
PLACE = "POST /fapi/v1/order"
BOOKS = "GET /fapi/v1/ticker/bookTicker"
PATIENCE_S = 40.0
OnRequest = Callable[[Request], None]


@dataclass(slots=True)
class Watched:
    """The exchange, with somebody who looks at every request as it comes in."""

    world: World
    lives: int = 0
    hooks: list[OnRequest] = field(default_factory=list)

    @property
    def clock(self) -> Clock:
        return self.world.exchange.clock

    def answer(self, request: HttpRequest, *, remote: str = "") -> Answer:
        trace = self.world.trace
        entry = request_of(request, time.monotonic(), self.lives)
        trace.requests.append(entry)
        if entry.is_order:
            trace.orders.append(self.world.around.describe(entry, self.lives))
        for hook in tuple(self.hooks):
            hook(entry)
        answer = self.world.exchange.answer(request, remote=remote)
        if answer.response is not None:
            entry.outcome, entry.whole = str(answer.response.status), is_whole(answer.response)
        return answer

    async def finish(self, answer: Answer) -> HttpResponse | None:
        return await self.world.exchange.finish(answer)


@dataclass(slots=True)
class Machine:
    """Where daemons run as processes, one after the other."""

    world: World
    watched: Watched
    file: Path
    processes: list[asyncio.subprocess.Process] = field(default_factory=list)

    async def run(self) -> asyncio.subprocess.Process:
        """Start `counterpoise run`; what it says goes to a file of its own."""
        self.watched.lives += 1
        with (self.world.folder / f"run{self.watched.lives}.log").open("wb") as out:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                ENTRY,
                "run",
                "-c",
                str(self.file),
                stdout=out,
                stderr=out,
                env={
                    **environ_of(self.world.config),
                    "PATH": os.environ["PATH"],
                    "PYTHONPATH": str(SOURCE),
                    "TMPDIR": str(self.world.folder),
                },
            )
        self.processes.append(process)
        return process

    def said(self) -> str:
        """Return all that the processes said."""
        files = sorted(self.world.folder.glob("run*.log"))
        return "".join(file.read_text() for file in files)

    async def until(self, wanted: Callable[[], bool]) -> None:
        """Wait until something is so."""
        end_s = time.monotonic() + PATIENCE_S
        while not wanted():
            assert time.monotonic() < end_s, self.said()[-3000:]
            await asyncio.sleep(0.02)

    def on(self, name: str, act: Callable[[], None]) -> None:
        """Act once, when the next request of this name comes in."""

        def hook(request: Request) -> None:
            if request.name == name:
                self.watched.hooks.remove(hook)
                act()

        self.watched.hooks.append(hook)


@asynccontextmanager
async def machine(folder: Path) -> AsyncIterator[Machine]:
    """Lend a machine; afterwards every process of it is gone, and every oracle was asked."""
    lines = 'snapshot_age_max = "3s"'
    config = WorldConfig(interval_s=1, cooldown_s=1, name="process", cycle_lines=lines)
    with localcontext(CONTEXT.copy()):
        world = World(folder, config, SystemClock())
        watched = Watched(world)
        server = await serve(watched)
        venue_lines = f'endpoint = "http://127.0.0.1:{server.port}"'
        world.settings = settings_of(world.folder, replace(config, venue_lines=venue_lines))
        assert world.settings.source is not None
        lent = Machine(world, watched, world.settings.source)
        judge: Callable[[World], None] = World.close
        try:
            yield lent
            judge = judged
        finally:
            for process in lent.processes:
                if process.returncode is None:
                    process.kill()
                await process.wait()
            await server.close()
            told = [line for line in lent.said().splitlines() if line.startswith("{")]
            world.log.write("\n".join(told))
            await asyncio.to_thread(judge, world)  # where no loop runs: a world has its own


def judged(world: World) -> None:
    """Ask the oracles."""
    with localcontext(CONTEXT.copy()):
        try:
            check(world)
        finally:
            world.close()


async def test_killed_again_and_again_it_sends_nothing_twice_and_comes_home(
    tmp_path: Path,
) -> None:
    async with machine(tmp_path) as here:
        draw = random.Random(1)
        for price in (60_000, 45_000, 70_000, 52_000, 64_000):
            here.world.price("BTC", D(price))
            process = await here.run()
            wanted = len(here.world.trace.requests) + draw.randrange(8, 24)
            pause_s = draw.random() / 50

            def far_enough(count: int = wanted) -> bool:
                return len(here.world.trace.requests) >= count

            await here.until(far_enough)
            await asyncio.sleep(pause_s)
            process.send_signal(signal.SIGKILL)
            assert await process.wait() == -signal.SIGKILL
        await here.run()
        await here.until(lambda: here.world.on_target)
        await here.until(lambda: live_intents(here.world) == 0)
        assert here.world.orders


def live_intents(world: World) -> int:
    (row,) = world.rows("SELECT count(*) FROM intent WHERE settled_at_ms IS NULL")
    return int(str(row[0]))


async def test_killed_at_the_order_itself_it_looks_it_up(tmp_path: Path) -> None:
    async with machine(tmp_path) as here:
        here.world.price("BTC", D(60_000))
        process = await here.run()
        here.on(PLACE, process.kill)  # the exchange still carries it out
        assert await process.wait() == -signal.SIGKILL
        await here.run()
        await here.until(lambda: here.world.on_target)
        await here.until(lambda: live_intents(here.world) == 0)
        assert "order.resolved" in here.said()


async def test_a_sigterm_during_an_order_ends_in_time_and_settles_it(tmp_path: Path) -> None:
    async with machine(tmp_path) as here:
        here.world.fault("slow", PLACE, 2, delay_s=1.5)
        here.world.price("BTC", D(60_000))
        process = await here.run()
        here.on(PLACE, process.terminate)
        assert await asyncio.wait_for(process.wait(), 10 + 5) == 0
        assert live_intents(here.world) == 0
        orders = len(here.world.orders)
        assert orders == 2
        assert len(re.findall('"event": "order.settled"', here.said())) == orders
        assert '"event": "daemon.stopped"' in here.said()


async def test_a_sigterm_during_an_order_that_never_answers_leaves_it_journaled(
    tmp_path: Path,
) -> None:
    async with machine(tmp_path) as here:
        here.world.fault("timeout-after", PLACE, 2, hold_s=30)
        here.world.fault("timeout-before", "GET /fapi/v1/order", 50, hold_s=30)
        here.world.price("BTC", D(60_000))
        process = await here.run()
        asked: list[float] = []

        def terminate() -> None:
            asked.append(time.monotonic())
            process.terminate()

        here.on(PLACE, terminate)
        assert await process.wait() == 0
        assert time.monotonic() - asked[0] < 10
        assert live_intents(here.world) == 2
        here.world.heal()
        await here.run()
        await here.until(lambda: live_intents(here.world) == 0)
        assert here.world.on_target
        assert len(here.world.orders) == 2


async def test_a_stopped_process_sends_nothing_that_it_decided_before(tmp_path: Path) -> None:
    async with machine(tmp_path) as here:
        here.world.price("BTC", D(60_000))
        process = await here.run()
        stopped: list[int] = []

        def stop() -> None:
            process.send_signal(signal.SIGSTOP)
            stopped.append(len(here.world.trace.requests))

        here.on(BOOKS, stop)
        await here.until(lambda: bool(stopped))
        await asyncio.sleep(4)
        here.world.price("BTC", D(50_000))  # back in balance: what it was to do is wrong now
        process.send_signal(signal.SIGCONT)
        await here.until(lambda: len(here.world.trace.requests) > stopped[0] + 10)
        assert not here.world.orders
        process.terminate()
        assert await process.wait() == 0


async def test_a_sigusr1_halts_and_a_restart_stays_halted(tmp_path: Path) -> None:
    async with machine(tmp_path) as here:
        process = await here.run()
        await here.until(lambda: "cycle.finished" in here.said())
        process.send_signal(signal.SIGUSR1)
        await here.until(lambda: "daemon.halted" in here.said())
        here.world.price("BTC", D(60_000))
        before = len(here.world.trace.requests)
        await here.until(lambda: len(here.world.trace.requests) > before + 10)
        process.terminate()
        assert await process.wait() == 0
        before = len(here.world.trace.requests)
        await here.run()
        await here.until(lambda: len(here.world.trace.requests) > before + 20)
        assert not here.world.orders


async def test_a_second_daemon_ends_with_5_and_says_who_is_there(tmp_path: Path) -> None:
    async with machine(tmp_path) as here:
        first = await here.run()
        await here.until(lambda: "cycle.finished" in here.said())
        second = await here.run()
        assert await asyncio.wait_for(second.wait(), PATIENCE_S) == 5
        assert f"process {first.pid}" in here.said()
        assert first.returncode is None
