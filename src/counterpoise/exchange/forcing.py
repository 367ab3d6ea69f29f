"""What the exchange does to a position against its owner's will, and what others leave resting."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from counterpoise.core.units import ZERO
from counterpoise.exchange.account import Position
from counterpoise.exchange.engine import Engine
from counterpoise.exchange.matching import Take
from counterpoise.exchange.moment import Moment
from counterpoise.exchange.orders import (
    OrderRequest,
    OrderType,
    Origin,
    Side,
    TimeInForce,
    VenueOrder,
)
from counterpoise.exchange.settling import book

# What the exchange calls orders of its own, by why it sent them.
NAMES: Mapping[Origin, str] = {
    Origin.LIQUIDATION: "autoclose-{at_ms}",
    Origin.DELEVERAGING: "adl_autoclose",
    Origin.SETTLEMENT: "settlement_autoclose-{at_ms}",
}


def force(
    engine: Engine, position: Position, quantity: Decimal, origin: Origin, now: Moment
) -> VenueOrder:
    """Close `quantity` of a position at its mark price, as an order that no client sent."""
    request = OrderRequest(
        listing=position.listing,
        side=Side.SELL if position.amount > ZERO else Side.BUY,
        type=OrderType.LIMIT,
        time_in_force=TimeInForce.IOC,
        quantity=quantity,
        client_order_id=NAMES[origin].format(at_ms=now.venue_ms),
        position_side=position.side,
        origin=origin,
    )
    mark = engine.price(position.listing, now).mark
    return book(engine, request, Take(mark, quantity), now)
