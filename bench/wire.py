"""
From a plan to the venue: decision to wire, beside a raw signed request on the same loopback.

What is timed begins where the executor is handed the decided cycle and ends where the venue has
the whole order. The commit in between is measured by itself and taken off.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from io import StringIO
from itertools import count
from pathlib import Path
from typing import cast
from urllib.parse import urlencode

import aiohttp

from answers import ORDER_PATH
from counterpoise.bootstrap.assembly import Portfolio, assemble
from counterpoise.clock import SystemClock, SystemEntropy
from counterpoise.config import Request, load
from counterpoise.core.decision import Situation
from counterpoise.core.instrument import VenueName
from counterpoise.core.orders import Intent, Order
from counterpoise.core.plan import plan
from counterpoise.executor import Executor, Outside
from counterpoise.observer import Observer
from counterpoise.ports import CycleRecord, Journal
from counterpoise.startup import kept
from portfolio import SECRETS, WEIGHTS_ELSEWHERE, Setup, environment, settings_file
from venue import SEEN_PATH

TURN_S = 0.35  # two snapshots and up to three orders: within what the lanes let pass in that time
WARM_UP_RUNS = 3  # connections open, caches fill


@dataclass(slots=True, kw_only=True)
class TimedJournal:
    """The journal, and how long each commit before an order took."""

    journal: Journal
    commits_ns: list[int] = field(default_factory=list)

    async def record_intents(
        self, record: CycleRecord, orders: Sequence[Order], expires_at_ms: Mapping[VenueName, int]
    ) -> tuple[Intent, ...]:
        """Commit, timed."""
        began_ns = time.monotonic_ns()
        intents = await self.journal.record_intents(record, orders, expires_at_ms)
        self.commits_ns.append(time.monotonic_ns() - began_ns)
        return intents

    async def record_outcome(self, intent: Intent) -> None:
        """Commit, after the order has arrived."""
        await self.journal.record_outcome(intent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What the runs share."""

    origin: str
    session: aiohttp.ClientSession
    portfolio: Portfolio
    observer: Observer
    executor: Executor
    journal: TimedJournal
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

    async def seen_ns(self) -> Mapping[str, int]:
        """Return when the venue had each order of late."""
        async with self.session.get(f"{self.origin}{SEEN_PATH}") as answer:
            found: dict[str, int] = json.loads(await answer.read())
        return found

    async def raw_ns(self, record: CycleRecord) -> int:
        """Send signed orders with aiohttp alone, at once, and return how long the last took."""
        began_ns = time.monotonic_ns()
        orders = enumerate(record.plan.orders)
        await asyncio.gather(*(self._raw(number, order) for number, order in orders))
        return max((await self.seen_ns()).values()) - began_ns

    async def _raw(self, number: int, order: Order) -> None:
        params = {
            "timestamp": time.time_ns() // 1_000_000,
            "symbol": order.symbol.partition(":")[0].replace("/", ""),
            "side": order.side.upper(),
            "type": "LIMIT",
            "timeInForce": "IOC",
            "quantity": str(abs(order.size)),
            "price": str(order.limit_price),
            "newClientOrderId": f"raw{number}",
            "recvWindow": 5000,
        }
        key, secret = SECRETS.values()
        query = urlencode(params)
        signature = hmac.new(secret.encode(), query.encode(), hashlib.sha256).hexdigest()
        async with self.session.post(
            f"{self.origin}{ORDER_PATH}",
            data=f"{query}&signature={signature}".encode(),
            headers={"X-MBX-APIKEY": key, "Content-Type": "application/x-www-form-urlencoded"},
        ) as answer:
            json.loads(await answer.read())

    async def ours_ns(self, record: CycleRecord) -> int:
        """Execute a plan and return how long its last order took, without the commit."""
        began_ns = time.monotonic_ns()
        await self.executor.execute(record)
        return max((await self.seen_ns()).values()) - began_ns - self.journal.commits_ns[-1]


@asynccontextmanager
async def opened(setup: Setup) -> AsyncIterator[Bench]:
    """Put the parts together as the daemon does."""
    settings = load(settings_file(setup), Request(environ=environment()))
    with kept():  # as the command `run` does
        portfolio = assemble(settings, SystemClock(), SystemEntropy(), stream=StringIO())
    await portfolio.journal.open(portfolio.identity)
    session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
    try:
        journal = TimedJournal(journal=portfolio.journal)
        outside = Outside(
            gateways=portfolio.gateways,
            limits={name: account.limits for name, account in portfolio.accounts.items()},
            journal=cast("Journal", journal),
            clock=portfolio.clock,
            log=portfolio.log,
        )
        origin = f"http://127.0.0.1:{setup.port}"
        yield Bench(
            origin=origin,
            session=session,
            portfolio=portfolio,
            observer=Observer(portfolio.gateways, portfolio.policy, portfolio.clock),
            executor=Executor(outside),
            journal=journal,
        )
    finally:
        await session.close()
        for gateway in portfolio.gateways.values():
            await gateway.close()
        await portfolio.journal.close()


async def measured(bench: Bench, orders: int, runs: int) -> dict[str, list[int]]:
    """Take turns between raw and ours, so that both meet the same machine; all in ns."""
    raw, ours = list[int](), list[int]()
    for _ in range(WARM_UP_RUNS + runs):
        raw.append(await bench.raw_ns(await bench.decided(orders)))
        ours.append(await bench.ours_ns(await bench.decided(orders)))
        await asyncio.sleep(TURN_S)
    commits = bench.journal.commits_ns
    return {"raw": raw[-runs:], "ours": ours[-runs:], "commit": commits[-runs:]}


async def main(port: int, directory: str, runs: int) -> None:
    """Print the measurements of one order and of three as JSON."""
    setup = Setup(port=port, directory=Path(directory), weights=WEIGHTS_ELSEWHERE)
    async with opened(setup) as bench:
        one = await measured(bench, 1, runs)
        three = await measured(bench, 3, runs)
    print(json.dumps({"one": one, "three": three}))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
