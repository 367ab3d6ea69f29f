"""The controls that trade: what the exchange forces, and what somebody else leaves resting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterpoise.core.units import ZERO, plain
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.engine import hedge_sides
from counterpoise.exchange.fields import ControlError, Fields
from counterpoise.exchange.forcing import NAMES
from counterpoise.exchange.forcing import force as forced
from counterpoise.exchange.listing import Market
from counterpoise.exchange.orders import (
    OrderRequest,
    OrderType,
    Origin,
    PositionSide,
    Side,
    TimeInForce,
)

if TYPE_CHECKING:
    from counterpoise.exchange.controls import Controls


def force(controls: Controls, call: Call) -> object:
    """Close a position, or a part of it, as the exchange does of itself."""
    fields = Fields(call.body)
    listing = controls.listing(fields, Market.LINEAR)
    kind = fields.word("kind", Origin)
    engine = controls.venue.engine
    side = fields.word("side", PositionSide, hedge_sides(engine.account)[0])
    position = engine.account.position(listing, side)
    whole = abs(position.amount)
    quantity = fields.at_least("quantity", ZERO, whole)
    fields.finish()
    if kind not in NAMES:
        raise ControlError(f"kind was {kind.value!r}", allowed=[known.value for known in NAMES])
    if not ZERO < quantity <= whole:
        raise ControlError(f"quantity must be above 0 and at most the position, {plain(whole)}")
    order = forced(engine, position, quantity, kind, call.now)
    return {
        "symbol": listing.key.symbol,
        "client_order_id": order.request.client_order_id,
        "quantity": plain(quantity),
        "left": plain(position.amount),
    }


def order(controls: Controls, call: Call) -> object:
    """Place an order that may rest, as somebody else on the account would."""
    fields = Fields(call.body)
    listing = controls.listing(fields, Market.LINEAR)
    engine = controls.venue.engine
    request = OrderRequest(
        listing=listing,
        side=fields.word("side", Side),
        type=OrderType.LIMIT,
        time_in_force=TimeInForce.GTC,
        quantity=fields.at_least("quantity", listing.quantity_step),
        client_order_id=fields.text("client_order_id", f"web_{engine.ledger.next_order_id()}"),
        price=fields.at_least("price", listing.price_step),
        position_side=fields.word("position_side", PositionSide, hedge_sides(engine.account)[0]),
        origin=Origin.MANUAL,
    )
    fields.finish()
    placed = engine.place(request, call.now)
    return {
        "symbol": listing.key.symbol,
        "id": str(placed.id),
        "client_order_id": request.client_order_id,
        "status": placed.status.value,
    }
