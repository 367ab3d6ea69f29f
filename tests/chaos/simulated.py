"""A case as the simulation has it: the same daemon, in virtual time."""

from __future__ import annotations

from collections.abc import Callable
from decimal import localcontext
from pathlib import Path

from counterpoise.core.units import CONTEXT
from tests.chaos.cases import CONFIG, Blow, Case, Outcome, at_rest, outcome_of
from tests.scenarios.harness import World
from tests.scenarios.oracles import check
from tests.sim.trace import Tap

ONE_WAY_S = 0.01  # so that a blow can land between a request's arrival and its answer
ARRIVED_S = 1.5 * ONE_WAY_S
PATIENCE_S = 90


def simulated(case: Case, folder: Path, crash: Callable[[Tap], bool] = lambda _: False) -> Outcome:
    """Live through a case, a crash included, and return what came of it; every oracle is asked."""
    with localcontext(CONTEXT.copy()):
        world = World(folder, CONFIG)
        try:
            world.around.latency_s = (ONE_WAY_S, ONE_WAY_S)
            for fault in case.faults:
                world.fault(fault.kind, fault.name, fault.times, **fault.more)
            BLOWS[case.blow](world, case)
            world.crash_at(crash)
            world.start()
            _until_at_rest(world)
            world.around.hooks.clear()
            world.stop()
            check(world)
            return outcome_of(world)
        finally:
            world.close()


def _until_at_rest(world: World) -> None:
    """Let time pass until all is well, starting again whatever has ended."""
    for _ in range(PATIENCE_S):
        world.run(1)
        if world.life.task.done():
            world.stop()
        if not world.life.gate.alive:
            world.start()
        elif at_rest(world):
            return
    raise AssertionError("never came to rest")


def _none(_world: World, _case: Case) -> None:
    """Nothing happens."""


def _kill(world: World, case: Case) -> None:
    _later(world, case, world.crash)


def _terminate(world: World, case: Case) -> None:
    def stop() -> None:
        world.life.daemon.stop()

    _later(world, case, stop)


def _freeze(world: World, case: Case) -> None:
    _later(world, case, lambda: world.loop.jump(case.seconds))


def _later(world: World, case: Case, act: Callable[[], object]) -> None:
    """Act once, when the case's request has reached the exchange."""

    def hook(tap: Tap) -> None:
        if str(tap) == f"before {case.at}":
            world.around.hooks.remove(hook)
            world.loop.call_later(ARRIVED_S + case.after_s, act)

    world.around.hooks.append(hook)


def _lock(world: World, case: Case) -> None:
    """End it where a real one waits for its commit."""
    world.crash_at(lambda tap: str(tap) == f"before {case.commit}")


def _reset(world: World, case: Case) -> None:
    world.fault("cut-body", case.at)


def _silence(world: World, case: Case) -> None:
    """Let nothing be answered for a while, neither this request nor any that comes later."""
    _outage(world, case, "slow", delay_s=case.seconds)


def _unplug(world: World, case: Case) -> None:
    """Lose this answer, and let nothing through for a while."""
    _outage(world, case, "timeout-before", hold_s=0)


def _outage(world: World, case: Case, kind: str, **more: object) -> None:
    if kind == "timeout-before":
        world.fault("timeout-after", case.at, hold_s=0)

    def hook(tap: Tap) -> None:
        if str(tap) == f"before {case.at}":
            world.around.hooks.remove(hook)
            world.fault(kind, " ", 1_000, **more)
            world.loop.call_later(case.seconds, world.heal)

    world.around.hooks.append(hook)


BLOWS: dict[Blow, Callable[[World, Case], None]] = {
    Blow.NONE: _none,
    Blow.KILL: _kill,
    Blow.TERMINATE: _terminate,
    Blow.FREEZE: _freeze,
    Blow.LOCK: _lock,
    Blow.RESET: _reset,
    Blow.SILENCE: _silence,
    Blow.UNPLUG: _unplug,
}
