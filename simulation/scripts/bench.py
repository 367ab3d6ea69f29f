"""One real gateway, ccxt and door included, before a venue that answers as a script says."""

from __future__ import annotations

import asyncio
import contextlib
import io
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import localcontext
from typing import TypeVar

import asyncio_throttle.throttler

from counterpoise.core.units import CONTEXT
from counterpoise.errors import CounterpoiseError
from counterpoise.venues.build import build_gateway
from counterpoise.venues.dialect import Lanes
from counterpoise.venues.door import Traffic
from counterpoise.venues.gateway import CcxtGateway
from counterpoise.venues.pauses import Pauses
from simulation.findings import Violation
from tests.sim.virtual import VirtualLoop, loop_time
from tests.venues.fake import NOW_MS, FakeVenue, StillClock, config, settled_account

T = TypeVar("T")
WIDE = Lanes(reads=1_000_000, orders=1_000_000, period_s=1)


@dataclass(slots=True)
class Bench:
    """A gateway, its clock, its venue, and what was found wrong."""

    gateway: CcxtGateway
    venue: FakeVenue
    clock: StillClock
    said: list[Violation] = field(default_factory=list)
    log: io.StringIO = field(default_factory=io.StringIO)

    def fresh(self) -> FakeVenue:
        """Forget what the last trap left behind."""
        self.venue.handlers = settled_account()
        self.venue.faults.clear()
        self.venue.requests.clear()
        self.clock.now_ms = NOW_MS
        self.gateway.door.pauses = Pauses(self.clock)
        self.gateway.door.traffic = Traffic()
        return self.venue

    def claim(self, invariant: str, holds: object, said: str) -> None:
        """Note what does not hold."""
        if not holds:
            self.said.append(Violation(invariant=invariant, at_s=0.0, said=said))

    async def outcome(self, made: Awaitable[T]) -> T | CounterpoiseError:
        """Return what came of a call: its value, or which of our own errors."""
        try:
            return await made
        except CounterpoiseError as error:
            return error

    @property
    def posts(self) -> int:
        """Return how many requests left that were no reads."""
        return sum(request.method != "GET" for request in self.venue.requests)


Trap = Callable[[Bench], Awaitable[None]]


def bench(lanes: Lanes | None = WIDE, **changed: object) -> Bench:
    """Build one."""
    venue, clock = FakeVenue(), StillClock()
    return Bench(build_gateway(config(lanes=lanes, **changed), clock, venue), venue, clock)


async def opened(made: Bench) -> None:
    """Do what comes before the first order: read what is listed, and look at the account."""
    await made.gateway.open()
    await made.gateway.account()


def sprung(trap: Trap, make: Callable[[], Bench] = bench, invariant: str = "I-9") -> Script:
    """Return a script of a trap: it opens a gateway, springs the trap, and says what it caught."""

    def script() -> Sequence[Violation]:
        vars(asyncio_throttle.throttler)["time"] = loop_time()
        log = io.StringIO()
        with localcontext(CONTEXT.copy()), contextlib.redirect_stdout(log):
            try:
                made = make()
            except Exception as error:  # noqa: BLE001 - not even a gateway
                return [Violation(invariant=invariant, at_s=0.0, said=f"no gateway: {error!r}")]
            made.log = log
            _spring(trap, made, invariant)
        return made.said

    return script


def _spring(trap: Trap, made: Bench, invariant: str) -> None:
    loop = VirtualLoop()
    try:
        loop.run_until_complete(opened(made))
        loop.run_until_complete(trap(made))
    except Exception as error:  # noqa: BLE001 - a surprise is no answer of ours
        made.claim(invariant, holds=False, said=f"{trap.__name__}: {error!r}")
    finally:
        loop.run_until_complete(made.gateway.close())
        _end(loop)


def _end(loop: VirtualLoop) -> None:
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


Script = Callable[[], Sequence[Violation]]


def whole(error: BaseException | None) -> Iterator[str]:
    """Yield every word of an error and of all that hangs on it."""
    for _ in range(20):
        if error is None:
            return
        yield f"{error!r} {error} {getattr(error, '__dict__', '')}"
        error = error.__cause__ or error.__context__
