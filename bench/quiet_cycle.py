"""What a cycle in which nothing is to do costs this process, the venue being in another one."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from io import StringIO
from itertools import pairwise
from pathlib import Path

from counterpoise.bootstrap.assembly import assemble
from counterpoise.bootstrap.run import build_daemon
from counterpoise.clock import SystemClock, SystemEntropy
from counterpoise.config import Request, load
from counterpoise.startup import kept
from portfolio import WEIGHTS_HELD, Setup, environment, settings_file

WARM_UP_CYCLES = 3  # the first opens the venue, and the next ones its connections


@dataclass(slots=True, kw_only=True)
class Meter:
    """The machine's clock, which notes the processor time whenever a cycle has ended."""

    clock: SystemClock = field(default_factory=SystemClock)
    ended_ns: list[int] = field(default_factory=list)

    def wall_ms(self) -> int:
        """Return milliseconds since 1970, UTC."""
        return self.clock.wall_ms()

    def monotonic_s(self) -> float:
        """Return seconds that never go back."""
        return self.clock.monotonic_s()

    async def sleep(self, seconds: float) -> None:
        """Wait for the next cycle."""
        self.ended_ns.append(time.process_time_ns())
        await self.clock.sleep(seconds)


async def main(port: int, directory: str, cycles: int) -> None:
    """Print the processor time of each cycle, the loop's own share included, as JSON."""
    setup = Setup(port=port, directory=Path(directory), weights=WEIGHTS_HELD, interval="200ms")
    settings = load(settings_file(setup), Request(environ=environment()))
    meter = Meter()
    with kept():  # as the command `run` does
        portfolio = assemble(settings, meter, SystemEntropy(), stream=StringIO())
    await portfolio.journal.open(portfolio.identity)
    try:
        daemon, _ = build_daemon(portfolio)
        await daemon.run(WARM_UP_CYCLES + cycles + 1)
    finally:
        for gateway in portfolio.gateways.values():
            await gateway.close()
        await portfolio.journal.close()
    ended = meter.ended_ns[WARM_UP_CYCLES - 1 :]
    spent = [after - before for before, after in pairwise(ended)]
    print(json.dumps({"cycle": {"ns": spent}}))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
