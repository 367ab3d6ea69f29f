"""
One life of the daemon: from its start to the moment at which it is dropped.

A dropped life does not clean up: whatever it waits for next never comes. The exchange and the
journal's file live on, as after `kill -9`.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TextIO, cast

from counterpoise.bootstrap.assembly import Portfolio, assemble
from counterpoise.bootstrap.run import build_daemon
from counterpoise.config import Settings
from counterpoise.core.instrument import VenueName
from counterpoise.core.state import AccountState
from counterpoise.daemon import Daemon
from counterpoise.errors import CounterpoiseError, OutcomeUnknown
from counterpoise.exchange.local import LocalExchange, MemoryTransport
from counterpoise.journal.store import SqlJournal
from counterpoise.logs import process_routed
from counterpoise.operator import Operator
from counterpoise.ports import Clock, HttpRequest, HttpResponse, Journal
from tests.sim.trace import Edge, Request, Sent, Tap, Trace, request_of
from tests.sim.virtual import HostClock, SeededEntropy, VirtualLoop

COMMITS = frozenset(
    {
        "record_intents",
        "record_cycle",
        "record_outcome",
        "record_control",
        "remember",
        "record_obeyed",
        "open",
    }
)
CANCEL_ROUNDS_MAX = 20

Mangle = Callable[[Request, HttpResponse], HttpResponse]
OnTap = Callable[[Tap], None]


@dataclass(slots=True, kw_only=True)
class Surroundings:
    """What outlives a daemon, and what the machine is like that it runs on."""

    loop: VirtualLoop
    clock: HostClock
    exchange: LocalExchange
    random: random.Random
    stream: TextIO
    trace: Trace
    describe: Callable[[Request, int], Sent]  # an order as it leaves, beside the truth
    latency_s: tuple[float, float] = (0.001, 0.02)  # of one way, from and to
    hooks: list[OnTap] = field(default_factory=list)
    mangles: list[Mangle] = field(default_factory=list)
    others: Mapping[str, LocalExchange] = field(default_factory=dict)  # by venue, where several


@dataclass(slots=True)
class Gate:
    """Where a life touches the outside; a dead one gets no further."""

    around: Surroundings
    life: int
    alive: bool = True

    async def tap(self, edge: Edge, name: str, *, before: bool) -> None:
        """Note the moment, let hooks act on it, and go on if still alive."""
        await self.living()
        trace = self.around.trace
        tap = Tap(
            number=len(trace.taps),
            life=self.life,
            at_s=self.around.loop.time(),
            edge=edge,
            name=name,
            before=before,
        )
        trace.taps.append(tap)
        for hook in tuple(self.around.hooks):
            hook(tap)
        await self.living()

    async def living(self) -> None:
        """Return, if alive; else never."""
        if not self.alive:
            await self.around.loop.create_future()


@dataclass(frozen=True, slots=True)
class Wire:
    """The way to the exchange: it takes time, is written down, and ends where a life ends."""

    gate: Gate
    inner: MemoryTransport

    async def send(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
        """Send once; see ports.Transport."""
        around = self.gate.around
        entry = request_of(request, around.loop.time(), self.gate.life)
        patience_end_s = around.loop.time() + timeout_s
        await self.gate.tap(Edge.REQUEST, entry.name, before=True)
        around.trace.requests.append(entry)
        if entry.is_order:
            around.trace.orders.append(around.describe(entry, self.gate.life))
        await asyncio.sleep(around.random.uniform(*around.latency_s))  # goes on without its sender
        try:
            response = await self.inner.send(request, timeout_s)
            entry.outcome = str(response.status)
            await self._back(patience_end_s)
        except CounterpoiseError as error:
            entry.outcome = type(error).__name__
            await self.gate.tap(Edge.REQUEST, entry.name, before=False)
            raise
        for mangle in around.mangles:
            response = mangle(entry, response)
        entry.answer = response
        await self.gate.tap(Edge.REQUEST, entry.name, before=False)
        return response

    async def _back(self, patience_end_s: float) -> None:
        """Bring an answer back; who was frozen for longer than that finds the time over first."""
        around = self.gate.around
        try:
            async with asyncio.timeout_at(patience_end_s):
                await asyncio.sleep(around.random.uniform(*around.latency_s))
        except TimeoutError:
            raise OutcomeUnknown("no whole answer in time") from None

    async def close(self) -> None:
        """Let go."""
        await self.inner.close()


class GatedJournal:
    """The real journal, each commit of it with a moment before and a moment after."""

    def __init__(self, inner: SqlJournal, gate: Gate) -> None:
        """Stand before `inner`."""
        self.inner = inner
        self._gate = gate

    def __getattr__(self, name: str) -> object:
        """Return a method of the journal, gated."""
        method = getattr(self.inner, name)
        gate = self._gate

        async def gated(*arguments: object, **named: object) -> object:
            if name not in COMMITS:
                await gate.living()
                return await method(*arguments, **named)
            await gate.tap(Edge.COMMIT, name, before=True)
            try:
                return await method(*arguments, **named)
            finally:
                await gate.tap(Edge.COMMIT, name, before=False)

        setattr(self, name, gated)  # the next time, it is simply there
        return gated


class GatedClock:
    """The machine's clock; nobody who is dead wakes up again."""

    def __init__(self, inner: Clock, gate: Gate) -> None:
        """Stand before `inner`."""
        self._inner = inner
        self._gate = gate

    def wall_ms(self) -> int:
        """Return milliseconds since 1970."""
        return self._inner.wall_ms()

    def monotonic_s(self) -> float:
        """Return seconds that never go back."""
        return self._inner.monotonic_s()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self._inner.sleep(seconds)
        await self._gate.living()


@dataclass(slots=True, kw_only=True)
class Life:
    """A running daemon, whole: assembled, its journal open, its loop a task."""

    gate: Gate
    portfolio: Portfolio
    journal: SqlJournal
    daemon: Daemon
    operator: Operator
    task: asyncio.Task[AccountState]
    routed: ExitStack

    @property
    def failure(self) -> BaseException | None:
        """Return what ended the daemon's loop, if anything did."""
        return self.task.exception() if self.task.done() and not self.task.cancelled() else None

    def drop(self) -> None:
        """End this life on the spot: the system takes back its lock, and nothing else happens."""
        if not self.gate.alive:
            return
        self.gate.alive = False
        self.routed.close()
        opened = self.journal._opened
        if opened is not None and opened.lock is not None:
            os.close(opened.lock.descriptor)

    async def stop(self) -> AccountState:
        """End as on SIGTERM: what is under way is finished, and everything let go."""
        self.daemon.stop()
        try:
            return await self.task
        finally:
            for gateway in self.portfolio.gateways.values():
                await gateway.close()
            await self.journal.close()
            self.gate.alive = False
            self.routed.close()

    async def bury(self) -> None:
        """Let go of what a dropped life still has in memory."""
        self.drop()
        for account in self.portfolio.accounts.values():
            await account.close()
        if self.journal._opened is not None:
            self.journal._opened.database.close()


async def begin(settings: Settings, around: Surroundings, number: int) -> Life:
    """
    Start the daemon as `counterpoise run` does, without signals and without HTTP.

    Raises what opening the journal raises.
    """
    gate = Gate(around, number)
    clock = GatedClock(around.clock, gate)
    wires = {
        VenueName(name): Wire(gate, MemoryTransport(around.others.get(name, around.exchange)))
        for name in settings.venues
    }
    portfolio = assemble(settings, clock, SeededEntropy(around.random), wires, around.stream)
    journal = cast("SqlJournal", portfolio.journal)
    gated = cast("Journal", GatedJournal(journal, gate))
    for gateway in portfolio.gateways.values():
        if hasattr(gateway, "_journal"):
            gateway._journal = gated
    portfolio = replace(portfolio, journal=gated)
    routed = ExitStack()
    routed.enter_context(process_routed(portfolio.log_setup))
    try:
        await gated.open(portfolio.identity)
    except BaseException:
        routed.close()
        for account in portfolio.accounts.values():
            await account.close()
        raise
    daemon, operator = build_daemon(portfolio)
    return Life(
        gate=gate,
        portfolio=portfolio,
        journal=journal,
        daemon=daemon,
        operator=operator,
        task=around.loop.create_task(daemon.run()),
        routed=routed,
    )


def cancel_all(loop: VirtualLoop) -> None:
    """Cancel whatever is still waiting, the dead included, so that nothing outlives the loop."""
    for _ in range(CANCEL_ROUNDS_MAX):
        left = asyncio.all_tasks(loop)
        if not left:
            return
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.wait(left, timeout=1.0))
    raise AssertionError(f"cannot be cancelled: {asyncio.all_tasks(loop)}")
