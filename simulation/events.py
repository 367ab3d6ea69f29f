"""What happens around a daemon that nobody asked it about: people, markets, machines."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from counterpoise.core.state import Command
from simulation.mishaps import MISHAPS
from simulation.outsiders import OUTSIDERS
from simulation.pager import PagerFault

if TYPE_CHECKING:
    from simulation.world import World

D = Decimal
RESUME_AFTER_S = 120.0
CHANGED_FOR_S = 1_800.0


def _asset(world: World) -> str:
    return world.detail.choice(world.venue.assets)


def _share(world: World, low: float, high: float) -> Decimal:
    return D(str(round(world.detail.uniform(low, high), 4)))


async def _jump(world: World) -> None:
    world.venue.move(_asset(world), world.detail.choice((-1, 1)) * world.detail.uniform(0.03, 0.25))


async def _hand(world: World) -> None:
    asset = _asset(world)
    amount = world.venue.position(asset) + world.venue.truth.states[-1].held[asset] * _share(
        world, -0.2, 0.2
    )
    before = world.venue.position(asset)
    world.venue.hand_trade(asset, amount)
    if world.venue.position(asset) != before:
        world.oracles.moved_s[asset] = world.venue.now_s


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


async def _alerts_outage(world: World) -> None:
    names = world.detail.choice((("ops",), ("phone",), ("ops", "phone")))
    seconds = world.detail.choice((20.0, 200.0, 900.0, 2_400.0))
    world.phones.suffer(names, world.detail.choice(tuple(PagerFault)), seconds)
    world.loop.call_later(seconds, world.phones.recover)


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
    "alerts.outage": _alerts_outage,
    "operator.pause": _pause,
    "operator.halt": _halt,
    "operator.flatten": _flatten,
    **MISHAPS,
    **OUTSIDERS,
}
