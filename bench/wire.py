"""
From a plan to the venue: decision to wire, beside a raw signed request on the same loopback.

What is timed begins where the executor is handed the decided cycle and ends where the venue has
the whole order. The commit in between is measured by itself and taken off.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from io import StringIO
from itertools import count
from pathlib import Path
from typing import cast

import aiohttp

import raw
from counterpoise.bootstrap import Portfolio, assemble
from counterpoise.bootstrap.vet import vetting
from counterpoise.clock import SystemClock, SystemEntropy
from counterpoise.config import Request, load
from counterpoise.core.decision import Situation
from counterpoise.core.instrument import VenueName
from counterpoise.core.orders import Intent, Order
from counterpoise.core.plan import plan
from counterpoise.executor import Executor, Outside
from counterpoise.journal.opening import JournalConfig
from counterpoise.journal.store import SqlJournal
from counterpoise.observer import Observer
from counterpoise.ports import CycleRecord, Journal
from counterpoise.startup import kept
from portfolio import WEIGHTS_ELSEWHERE, Setup, environment, settings_file
from venue import SEEN_PATH

ORDERS_PER_S_MAX = 10  # the order lane's pace; what waits in it would measure that
BURST_S = 1.05  # so long, and the lane is free again


@dataclass(slots=True, kw_only=True)
class TimedJournal:
    """A journal, and how long its newest commit before an order took."""

    journal: Journal
    commit_ns: int = 0

    async def record_intents(
        self, record: CycleRecord, orders: Sequence[Order], expires_at_ms: Mapping[VenueName, int]
    ) -> tuple[Intent, ...]:
        """Commit, timed."""
        began_ns = time.monotonic_ns()
        intents = await self.journal.record_intents(record, orders, expires_at_ms)
        self.commit_ns = time.monotonic_ns() - began_ns
        return intents

    async def record_outcome(self, intent: Intent) -> None:
        """Commit, after the order has arrived."""
        await self.journal.record_outcome(intent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """An executor, and the journal that it records in."""

    executor: Executor
    journal: TimedJournal


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What the runs share."""

    origin: str
    session: aiohttp.ClientSession
    portfolio: Portfolio
    observer: Observer
    disk: Way
    memory: Way  # the same, its journal in memory: what is left when no disk is in the way
    numbers: count[int] = field(default_factory=lambda: count(1))

    async def decided(self, orders: int) -> CycleRecord:
        """See and decide as a cycle does, and keep so many of the orders."""
        portfolio = self.portfolio
        snapshot = await self.observer.snapshot()
        situation = Situation(now_ms=portfolio.clock.wall_ms())
        found = plan(snapshot, situation, portfolio.policy)
        if len(found.orders) != len(portfolio.policy.targets):
            raise RuntimeError(f"an asset without an order: {found.holds}")
        return CycleRecord(
            number=next(self.numbers),
            at_ms=situation.now_ms,
            settings_digest="bench",
            snapshot=snapshot,
            situation=situation,
            policy=portfolio.policy,
            plan=replace(found, decisions=found.decisions[:orders]),
        )

    def again(self, record: CycleRecord) -> CycleRecord:
        """Return the same decision as that of another cycle."""
        return replace(record, number=next(self.numbers))

    async def raw_ns(self, record: CycleRecord) -> int:
        """Send the orders of a plan with aiohttp alone, and return how long the last took."""
        began_ns = time.monotonic_ns()
        await raw.send(self.session, self.origin, record.plan.orders)
        return await self._last_seen_ns() - began_ns

    async def ours_ns(self, record: CycleRecord, way: Way) -> int:
        """Execute a plan and return how long its last order took, without the commit."""
        began_ns = time.monotonic_ns()
        await way.executor.execute(record)
        return await self._last_seen_ns() - began_ns - way.journal.commit_ns

    async def _last_seen_ns(self) -> int:
        """Return when the venue had the last order."""
        async with self.session.get(f"{self.origin}{SEEN_PATH}") as answer:
            seen: dict[str, int] = json.loads(await answer.read())
        return max(seen.values())


@asynccontextmanager
async def opened(setup: Setup) -> AsyncIterator[Bench]:
    """Put the parts together as the daemon does."""
    settings = load(settings_file(setup), Request(environ=environment()))
    clock, entropy = SystemClock(), SystemEntropy()
    with kept():  # as the command `run` does
        portfolio = assemble(settings, clock, entropy, stream=StringIO())
    memory = SqlJournal(JournalConfig(url="sqlite://"), clock, entropy)
    async with AsyncExitStack() as stack:
        for journal in (portfolio.journal, memory):
            await journal.open(portfolio.identity)
            stack.push_async_callback(journal.close)
        for gateway in portfolio.gateways.values():
            stack.push_async_callback(gateway.close)
        jar = aiohttp.DummyCookieJar()
        yield Bench(
            origin=f"http://127.0.0.1:{setup.port}",
            session=await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar)),
            portfolio=portfolio,
            observer=Observer(
                portfolio.gateways,
                portfolio.policy,
                clock,
                vetting(settings.mode, settings.live.confirm, portfolio.log),
            ),
            disk=_way(portfolio, portfolio.journal),
            memory=_way(portfolio, memory),
        )


def _way(portfolio: Portfolio, journal: Journal) -> Way:
    timed = TimedJournal(journal=journal)
    outside = Outside(
        gateways=portfolio.gateways,
        limits={name: account.limits for name, account in portfolio.accounts.items()},
        journal=cast("Journal", timed),
        clock=portfolio.clock,
        log=portfolio.log,
    )
    return Way(executor=Executor(outside), journal=timed)


async def measured(bench: Bench, orders: int, runs: int) -> dict[str, list[int]]:
    """
    Take turns in bursts, so that all meet the same machine; all in ns.

    A burst begins with a fresh look, as a cycle does, and is as long as the lane lets pass at once.
    """
    found: dict[str, list[int]] = {"raw": [], "memory": [], "disk": [], "commit": []}
    burst = range(min(ORDERS_PER_S_MAX // orders, runs))
    rest_s = BURST_S if 2 * orders * len(burst) > ORDERS_PER_S_MAX else 0.0
    await bench.raw_ns(await bench.decided(orders))  # connections open
    while len(found["disk"]) < runs:
        record = await bench.decided(orders)
        for _ in burst:
            found["raw"].append(await bench.raw_ns(record))
            found["memory"].append(await bench.ours_ns(bench.again(record), bench.memory))
        await asyncio.sleep(rest_s)
        record = await bench.decided(orders)
        for _ in burst:
            found["disk"].append(await bench.ours_ns(bench.again(record), bench.disk))
            found["commit"].append(bench.disk.journal.commit_ns)
        await asyncio.sleep(rest_s)
    return found


async def main(port: int, directory: str, runs: int) -> None:
    """Print the measurements of one order and of three as JSON."""
    setup = Setup(port=port, directory=Path(directory), weights=WEIGHTS_ELSEWHERE)
    async with opened(setup) as bench:
        one = await measured(bench, 1, runs)
        three = await measured(bench, 3, max(1, runs // 2))
    print(json.dumps({"one": one, "three": three}))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
