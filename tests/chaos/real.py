"""A case as a machine has it: the daemon is a process, and the exchange is behind HTTP."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.chaos.cases import CONFIG, Blow, Case, Outcome, at_rest, outcome_of
from tests.scenarios.cable import Way
from tests.scenarios.machine import Machine, machine

IN_THE_COMMIT_S = 0.5  # long enough to get there, and less than the journal waits for a lock


async def lived(case: Case, folder: Path) -> Outcome:
    """Live through a case, and return what came of it; every oracle is asked."""
    async with machine(folder, CONFIG) as here:
        for fault in case.faults:
            here.world.fault(fault.kind, fault.name, fault.times, **fault.more)
        done = prepared(here, case)
        await here.run()
        await here.until(done.is_set)
        await here.until(lambda: at_rest(here.world))
        await here.started()
        last = here.processes[-1]
        last.terminate()
        assert await last.wait() == 0, here.said()[-2_000:]
        return outcome_of(here.world)


def prepared(here: Machine, case: Case) -> asyncio.Event:
    """Let the case's blow fall when its request comes in; the event says that it is over."""
    over = asyncio.Event()
    tasks: list[asyncio.Task[None]] = []

    async def blow() -> None:
        await asyncio.sleep(case.after_s)
        await BLOWS[case.blow](here, case)
        over.set()

    def fall() -> None:
        if case.after_s == 0:  # before its answer, which is made right after this
            here.processes[-1].send_signal(SIGNALS[case.blow])
        tasks.append(asyncio.get_running_loop().create_task(blow()))

    if case.blow is Blow.NONE:
        over.set()
    elif case.blow is Blow.LOCK:
        here.on(case.at, lambda: tasks.append(locked(here, over)))
    elif case.blow in OUTAGES:
        here.on(case.at, lambda: tasks.append(cut_off(here, case, over)))
    else:
        here.on(case.at, fall)
    return over


def locked(here: Machine, over: asyncio.Event) -> asyncio.Task[None]:
    """Hold the journal from now on, so that the daemon waits in its commit; kill it there."""
    other = sqlite3.connect(here.world.journal_file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def kill() -> None:
        await asyncio.sleep(IN_THE_COMMIT_S)
        here.processes[-1].kill()
        await here.processes[-1].wait()
        other.execute("ROLLBACK")
        other.close()
        await here.run()
        over.set()

    return asyncio.get_running_loop().create_task(kill())


def cut_off(here: Machine, case: Case, over: asyncio.Event) -> asyncio.Task[None]:
    """Spoil the cable from now on, so that it meets the answer to this very request."""
    cable = here.cable
    if case.blow is not Blow.UNPLUG:
        cable.turn(OUTAGES[case.blow])

    async def outage() -> None:
        if case.blow is Blow.UNPLUG:
            await cable.unplug()
        await asyncio.sleep(case.seconds)
        if case.blow is Blow.RESET:
            await here.until(lambda: cable.resets > 0)
        cable.turn(Way.THROUGH)
        if case.blow is Blow.UNPLUG:
            await cable.open()
        over.set()

    return asyncio.get_running_loop().create_task(outage())


async def _killed(here: Machine, _case: Case) -> None:
    process = here.processes[-1]
    if process.returncode is None:
        process.kill()
    assert await process.wait() == -signal.SIGKILL
    await here.run()


async def _terminated(here: Machine, _case: Case) -> None:
    process = here.processes[-1]
    process.terminate()
    assert await process.wait() == 0, here.said()[-2_000:]
    await here.run()


async def _thawed(here: Machine, case: Case) -> None:
    await asyncio.sleep(case.seconds)
    here.processes[-1].send_signal(signal.SIGCONT)


OUTAGES = {Blow.RESET: Way.RESET, Blow.SILENCE: Way.SILENT, Blow.UNPLUG: Way.THROUGH}
SIGNALS = {
    Blow.KILL: signal.SIGKILL,
    Blow.TERMINATE: signal.SIGTERM,
    Blow.FREEZE: signal.SIGSTOP,
}
BLOWS: dict[Blow, Callable[[Machine, Case], Awaitable[None]]] = {
    Blow.KILL: _killed,
    Blow.TERMINATE: _terminated,
    Blow.FREEZE: _thawed,
}
