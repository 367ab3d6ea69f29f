"""
A machine on which the daemon runs as its own process, over real HTTP.

The exchange is in this process, so that its truth can be read, and so that a signal can be sent at
the very request that it is meant for.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from decimal import localcontext
from pathlib import Path

from counterpoise.clock import SystemClock
from counterpoise.core.units import CONTEXT
from counterpoise.exchange.front import Answer
from counterpoise.exchange.local import serve
from counterpoise.ports import Clock, HttpRequest, HttpResponse
from tests.scenarios.cable import Cable, laid
from tests.scenarios.config import WorldConfig, environ_of, settings_of
from tests.scenarios.harness import World
from tests.scenarios.oracles import check
from tests.sim.trace import Request, request_of

CONFIG = WorldConfig(
    interval_s=1, cooldown_s=1, name="process", cycle_lines='snapshot_age_max = "3s"'
)
ENTRY = "import sys; from counterpoise.cli.main import main; sys.exit(main())"
SOURCE = Path(__file__).resolve().parents[2] / "src"
PATIENCE_S = 90.0  # of a machine with much else to do
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
            entry.outcome, entry.answer = str(answer.response.status), answer.response
        return answer

    async def finish(self, answer: Answer) -> HttpResponse | None:
        return await self.world.exchange.finish(answer)


@dataclass(slots=True)
class Machine:
    """Where daemons run as processes, one after the other."""

    world: World
    watched: Watched
    file: Path
    cable: Cable
    prefix: tuple[str, ...] = ()  # of the command line
    processes: list[asyncio.subprocess.Process] = field(default_factory=list)

    async def run(self, *, beside: bool = False) -> asyncio.subprocess.Process:
        """Start `counterpoise run`; what it says goes to a file of its own, or to that `beside`."""
        self.watched.lives += not beside
        name = f"run{self.watched.lives}{'-beside' if beside else ''}.log"
        with (self.world.folder / name).open("wb") as out:
            process = await asyncio.create_subprocess_exec(
                *self.prefix,
                sys.executable,
                "-c",
                ENTRY,
                "run",
                "-c",
                str(self.file),
                stdout=out,
                stderr=out,
                cwd=self.world.folder,
                env={
                    **environ_of(self.world.config),
                    "PATH": os.environ["PATH"],
                    "PYTHONPATH": str(SOURCE),
                    "TMPDIR": str(self.world.folder),
                },
            )
        self.processes.append(process)
        return process

    async def started(self) -> None:
        """Wait until the last process has connected its signals."""
        log = self.world.folder / f"run{self.watched.lives}.log"
        await self.until(lambda: "daemon.started" in log.read_text())

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
async def machine(folder: Path, config: WorldConfig = CONFIG) -> AsyncIterator[Machine]:
    """Lend a machine; afterwards every process of it is gone, and every oracle was asked."""
    with localcontext(CONTEXT.copy()):
        world = World(folder, config, SystemClock())
        watched = Watched(world)
        server = await serve(watched)
        cable = await laid(server.port)
        venue_lines = f'endpoint = "http://127.0.0.1:{cable.port}"'
        world.settings = settings_of(world.folder, replace(config, venue_lines=venue_lines))
        assert world.settings.source is not None
        lent = Machine(world, watched, world.settings.source, cable)
        judge: Callable[[World], None] = World.close
        try:
            yield lent
            judge = judged
        finally:
            await ended(lent.processes)
            await cable.close()
            await server.close()
            told = [line for line in lent.said().splitlines() if line.startswith("{")]
            world.log.write("\n".join(told))
            await asyncio.to_thread(judge, world)  # where no loop runs: a world has its own


async def ended(processes: list[asyncio.subprocess.Process]) -> None:
    """Kill what still runs, each by itself, and wait for its end."""
    for process in processes:
        if process.returncode is None:
            process.kill()
        await process.wait()


def live_intents(world: World) -> int:
    """Return how many orders have no outcome yet, by the journal's file."""
    (row,) = world.rows("SELECT count(*) FROM intent WHERE settled_at_ms IS NULL")
    return int(str(row[0]))


def judged(world: World) -> None:
    """Ask the oracles."""
    with localcontext(CONTEXT.copy()):
        try:
            check(world)
        finally:
            world.close()
