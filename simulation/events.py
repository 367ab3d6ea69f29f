"""What happens around a daemon that nobody asked it about: people, markets, machines."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from counterpoise.core.state import Command

if TYPE_CHECKING:
    from simulation.world import World

D = Decimal
RESUME_AFTER_S = 120.0
CHANGED_FOR_S = 1_800.0


def _asset(world: World) -> str:
    return world.draw.choice(world.venue.assets)


def _share(world: World, low: float, high: float) -> Decimal:
    return D(str(round(world.draw.uniform(low, high), 4)))


async def _jump(world: World) -> None:
    world.venue.move(_asset(world), world.draw.choice((-1, 1)) * world.draw.uniform(0.03, 0.25))


async def _hand(world: World) -> None:
    asset = _asset(world)
    amount = world.venue.position(asset) + world.venue.truth.states[-1].held[asset] * _share(
        world, -0.2, 0.2
    )
    world.venue.hand_trade(asset, amount)


async def _deposit(world: World) -> None:
    asset = _asset(world)
    held = world.venue.truth.states[-1].held[asset]
    world.venue.hold(asset, held * _share(world, 1.02, 1.3))


async def _withdrawal(world: World) -> None:
    asset = _asset(world)
    held = world.venue.truth.states[-1].held[asset]
    world.venue.hold(asset, held * _share(world, 0.7, 0.98))


async def _terms(world: World) -> None:
    asset = _asset(world)
    if asset in world.altered:
        return
    world.altered[asset] = 10
    world.loop.call_later(CHANGED_FOR_S, lambda: world.altered.pop(asset, None))


async def _close_listing(world: World) -> None:
    closed = world.venue.engine.closed
    if world.closed_for_good:
        asset = world.venue.assets[0]
        key = world.venue.listings[asset].key
        if key not in closed:
            closed.add(key)
            world.venue.hand_trade(asset, -2 * world.venue.truth.states[-1].held[asset])
        return
    key = world.venue.listings[_asset(world)].key
    closed.add(key)
    world.loop.call_later(CHANGED_FOR_S, lambda: closed.discard(key))


async def _step(world: World) -> None:
    steps = (0, 0, 700, -700, 5_000, -5_000, 60_000, -60_000, 3_600_000, -3_600_000)
    world.host_clock.offset_ms = world.draw.choice(steps)
    world.oracles.stepped_s = world.loop.time()
    world.findings.note("step", world.loop.time(), world.host_clock.offset_ms)


async def _freeze(world: World) -> None:
    world.freeze(world.draw.choice((1.0, 5.0, 30.0, 300.0)))


async def _crash(world: World) -> None:
    world.crash(world.draw.choice((0.5, 5.0, 120.0)))


def resume_later(world: World) -> None:
    """Let a person resume in a while."""

    def resume() -> None:
        world.loop.create_task(world.tell(Command.RESUME))

    world.loop.call_later(RESUME_AFTER_S, resume)


async def _pause(world: World) -> None:
    await world.tell(Command.PAUSE)
    resume_later(world)


async def _halt(world: World) -> None:
    world.halt()
    resume_later(world)


async def _flatten(world: World) -> None:
    await world.tell(Command.FLATTEN)
    resume_later(world)


EVENTS_BY_NAME: Mapping[str, Callable[[World], Awaitable[None]]] = {
    "price.jump": _jump,
    "account.hand": _hand,
    "account.deposit": _deposit,
    "account.withdrawal": _withdrawal,
    "terms.changed": _terms,
    "listing.closed": _close_listing,
    "clock.step": _step,
    "process.freeze": _freeze,
    "process.crash": _crash,
    "operator.pause": _pause,
    "operator.halt": _halt,
    "operator.flatten": _flatten,
}
