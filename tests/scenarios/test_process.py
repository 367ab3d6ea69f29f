"""The daemon as its own process, over real HTTP, started, stopped and killed as a machine does."""

from __future__ import annotations

import asyncio
import random
import re
import signal
import time
from pathlib import Path

import pytest

from tests.scenarios.config import D
from tests.scenarios.machine import PATIENCE_S, live_intents, machine

pytestmark = pytest.mark.slow

PLACE = "POST /fapi/v1/order"
BOOKS = "GET /fapi/v1/ticker/bookTicker"


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
