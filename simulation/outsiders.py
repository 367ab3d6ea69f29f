"""What others do on the account: the exchange itself, people, other software."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from counterpoise.core.instrument import Asset
from counterpoise.core.state import Command
from counterpoise.core.units import down_to
from counterpoise.exchange.engine import hedge_sides
from counterpoise.exchange.forcing import force
from counterpoise.exchange.orders import OrderRequest, OrderType, Origin, Refused, Side, TimeInForce

if TYPE_CHECKING:
    from simulation.world import World

D = Decimal
RESUME_AFTER_S = 900.0
WITHDRAWN_AFTER_S = 600.0


def _forced(world: World, origin: Origin) -> str | None:
    """Let the exchange close a position or a part of it; return whose, where that can be known."""
    venue = world.venue
    asset = world.detail.choice(venue.assets)
    listing = venue.listings[asset]
    position = venue.engine.account.position(listing, hedge_sides(venue.engine.account)[0])
    share = D(str(world.detail.choice((0.2, 0.5, 1))))
    quantity = down_to(abs(position.amount) * share, listing.quantity_step)
    if not quantity:
        return None
    force(venue.engine, position, quantity, origin, venue.now)
    venue.changed()
    if not _remembered(world, asset):
        return None
    world.oracles.moved_s[asset] = venue.now_s
    return asset


def _remembered(world: World, asset: str) -> bool:
    """Say whether the journal has seen an asset: a new one believes what it sees first."""
    seen = world.oracles.rows("SELECT name FROM sqlite_master WHERE name = 'memory'")
    return bool(seen and world.oracles.rows("SELECT 1 FROM memory WHERE asset = ?", asset))


async def _liquidate(world: World) -> None:
    asset = _forced(world, Origin.LIQUIDATION)
    if asset is None:
        return
    world.oracles.liquidated_s[asset] = world.venue.now_s

    def resume() -> None:
        world.loop.create_task(world.tell(Command.RESUME, Asset(asset)))

    world.loop.call_later(RESUME_AFTER_S, resume)


async def _deleverage(world: World) -> None:
    _forced(world, Origin.DELEVERAGING)


def _rest(world: World, name: str) -> bool:
    """Leave an order of somebody else's far from the market; say whether it was taken."""
    venue = world.venue
    asset = world.detail.choice(venue.assets)
    listing = venue.listings[asset]
    price = down_to(venue.price(asset) * D("0.7"), listing.price_step)
    request = OrderRequest(
        listing=listing,
        side=Side.BUY,
        type=OrderType.LIMIT,
        time_in_force=TimeInForce.GTC,
        quantity=down_to(max(D(20) / price, listing.quantity_min), listing.quantity_step)
        + listing.quantity_step,
        client_order_id=name,
        price=price,
        origin=Origin.MANUAL,
    )
    try:
        placed = venue.engine.place(request, venue.now)
    except Refused:
        return False
    world.oracles.foreign_orders.append(placed)

    def withdraw() -> None:
        if placed.status.open:
            venue.engine.cancel(placed, venue.now)
            world.oracles.foreign_orders.remove(placed)

    world.loop.call_later(WITHDRAWN_AFTER_S, withdraw)
    return True


async def _foreign_order(world: World) -> None:
    _rest(world, f"web_{world.detail.randrange(10**9)}")


async def _copy(world: World) -> None:
    """Let a second copy of the daemon show on the account."""
    taken = _rest(world, f"cpsim{world.detail.randrange(500_000, 999_999)}copied")
    if taken and world.oracles.copied_s is None:
        world.oracles.copied_s = world.venue.now_s

    def resume() -> None:
        world.loop.create_task(world.tell(Command.RESUME))

    world.loop.call_later(RESUME_AFTER_S, resume)


OUTSIDERS: Mapping[str, Callable[[World], Awaitable[None]]] = {
    "account.liquidated": _liquidate,
    "account.deleveraged": _deleverage,
    "account.foreign_order": _foreign_order,
    "account.copied": _copy,
}
