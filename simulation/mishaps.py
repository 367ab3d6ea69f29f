"""What happens to the machine that a daemon lives on: its clock, its disk, its processes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from simulation.profile import STORAGE_FAULTS
from tests.sim.virtual import START_MS

if TYPE_CHECKING:
    from simulation.world import World

STEPS_MS = (0, 0, 700, -700, 5_000, -5_000, 60_000, -60_000, 3_600_000, -3_600_000)
YEARS_MS = 10 * 365 * 86_400_000
LOST_MS = (-START_MS, YEARS_MS, -YEARS_MS)  # to 1970, and ten years either way
PERSON_S = 90.0  # what somebody takes who copies files about
FIRST_LOOK_S = 180.0


async def _step(world: World) -> None:
    world.set_clock(world.detail.choice(STEPS_MS))


async def _lose_clock(world: World) -> None:
    world.set_clock(world.detail.choice(LOST_MS))


async def _freeze(world: World) -> None:
    world.freeze(world.detail.choice((1.0, 5.0, 30.0, 300.0)))


async def _crash(world: World) -> None:
    world.crash(world.detail.choice((0.5, 5.0, 120.0)))


async def _loop(world: World) -> None:
    """Crash again and again, soon after each start."""
    after_s = 0.0
    for _ in range(world.detail.randrange(3, 12)):
        world.loop.call_later(after_s, world.crash, 0.5)
        after_s += 0.5 + world.detail.choice((0.05, 0.3, 2.0, 12.0))


async def _second(world: World) -> None:
    await world.start_second()


async def _power(world: World) -> None:
    restart_in_s = world.detail.choice((5.0, 120.0))
    if world.crash(restart_in_s):
        world.host.disk.lose_power()


async def _delete(world: World) -> None:
    """Delete the journal. What is seen first after that is believed, so it has to be true."""
    if world.crash(PERSON_S):
        world.altered.clear()
        world.weather.hush(PERSON_S + FIRST_LOOK_S)
        world.host.disk.lose()
        world.oracles.forget()


async def _restore(world: World) -> None:
    """Put back a copy, the second time that it strikes: the first time takes one."""
    if world.host.disk.backups == 0:
        world.host.disk.back_up()
    elif world.crash(PERSON_S):
        world.host.disk.restore()
        world.oracles.forget()


async def _disk(world: World) -> None:
    world.weather.last(world.detail.choice(STORAGE_FAULTS), world.detail.choice((10, 60, 900)))


async def _outage(world: World) -> None:
    """Have nothing be reachable, orders lost without a word or refused a connection."""
    seconds = world.detail.choice((10, 60, 900))
    world.weather.last("read.unavailable", seconds)
    world.weather.last(world.detail.choice(("order.lost", "order.unsent")), seconds)


async def _maintenance(world: World) -> None:
    """Have the venue answer reads and refuse orders."""
    world.weather.last("order.rejected", world.detail.choice((60, 900)))


MISHAPS: Mapping[str, Callable[[World], Awaitable[None]]] = {
    "clock.step": _step,
    "clock.lost": _lose_clock,
    "venue.outage": _outage,
    "venue.maintenance": _maintenance,
    "journal.outage": _disk,
    "journal.deleted": _delete,
    "journal.restored": _restore,
    "power.lost": _power,
    "process.loop": _loop,
    "process.second": _second,
    "process.freeze": _freeze,
    "process.crash": _crash,
}
