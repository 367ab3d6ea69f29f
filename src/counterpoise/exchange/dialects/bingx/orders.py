"""
Placing, finding and cancelling orders on all three markets.

A client order id is made lower case, and on perpetuals it is never free again, cancelled or not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from counterpoise.core.units import ZERO, down_to
from counterpoise.exchange.dialects.bare import sent_number
from counterpoise.exchange.dialects.bingx.asked import Asked
from counterpoise.exchange.dialects.bingx.errors import MODE_ERRORS, order_error, refusals_of, wrong
from counterpoise.exchange.dialects.bingx.rows import (
    cancelled_inverse_row,
    spot_receipt,
    spot_row,
    swap_receipt,
    swap_row,
)
from counterpoise.exchange.dialects.common import client_id_taken
from counterpoise.exchange.dialects.views import placed_or_dropped
from counterpoise.exchange.listing import Listing, Market
from counterpoise.exchange.orders import (
    OrderRequest,
    OrderType,
    PositionSide,
    Reason,
    Refused,
    Side,
    TimeInForce,
    VenueOrder,
)

CLIENT_ORDER_ID = re.compile(r"[a-z0-9_-]{1,40}")
SIDES = {side.value: side for side in Side}
TYPES = {kind.value: kind for kind in OrderType}
POSITION_SIDES = {side.value: side for side in PositionSide}
TERMS: Mapping[str, TimeInForce] = {
    "GTC": TimeInForce.GTC,
    "IOC": TimeInForce.IOC,
    "FOK": TimeInForce.FOK,
    "PostOnly": TimeInForce.GTX,
}


class Bare(dict[str, object]):
    """A body that BingX sends without its usual envelope."""


def place_spot(asked: Asked) -> object:
    """Take a spot order (create_order)."""
    return spot_receipt(_placed(asked, _request(asked, "newClientOrderId")))


def place_linear(asked: Asked) -> object:
    """Take a linear order; the reply repeats it and says nothing of fills (create_order)."""
    return {"order": swap_receipt(_placed(asked, _request(asked, "clientOrderID")))}


def place_inverse(asked: Asked) -> object:
    """Take a coin-margined order; its reply has no envelope (create_order)."""
    return Bare(swap_receipt(_placed(asked, _request(asked, "clientOrderID"))))


def rehearse(asked: Asked) -> object:
    """Check a linear order's parameters and do nothing."""
    request = _request(asked, "clientOrderID")
    return {"order": {"symbol": request.listing.key.symbol, "orderId": 0}}


def query(asked: Asked) -> object:
    """Return one order (fetch_order)."""
    order = asked.order()
    return spot_row(order) if asked.market is Market.SPOT else {"order": swap_row(asked, order)}


def cancel(asked: Asked) -> object:
    """Cancel one order (cancel_order)."""
    order = _cancelled(asked, asked.order())
    if asked.market is Market.SPOT:
        return spot_row(order)
    shown = cancelled_inverse_row if asked.market is Market.INVERSE else swap_row
    return {"order": shown(asked, order)}


def cancel_all(asked: Asked) -> object:
    """Cancel every open order of a market, or of one symbol (cancel_all_orders)."""
    only = asked.listing() if asked.sent.has("symbol") else None
    found = [
        _cancelled(asked, order)
        for order in list(asked.desk.open_orders(asked.market, asked.call))
        if only in {None, order.request.listing}
    ]
    if asked.market is Market.SPOT:
        return {"orders": [spot_row(order) for order in found]}
    return {"success": [swap_row(asked, order) for order in found], "failed": None}


def _cancelled(asked: Asked, order: VenueOrder) -> VenueOrder:
    return asked.desk.venue.engine.cancel(order, asked.now)


def _placed(asked: Asked, request: OrderRequest) -> VenueOrder:
    account = asked.desk.venue.engine.account
    try:
        return placed_or_dropped(asked.desk.venue, request, asked.call)
    except Refused as refused:
        raise order_error(request, refused, hedge_mode=account.hedge_mode) from refused


def _request(asked: Asked, own_id: str) -> OrderRequest:
    sent, listing = asked.sent, asked.listing()
    side, kind = sent.chosen("side", SIDES), sent.chosen("type", TYPES)
    in_force = sent.chosen("timeInForce", TERMS) if sent.has("timeInForce") else TimeInForce.GTC
    position_side = _position_side(asked)
    return OrderRequest(
        listing=listing,
        side=side,
        type=kind,
        time_in_force=TimeInForce.IOC if kind is OrderType.MARKET else in_force,
        quantity=_quantity(asked, listing, side),
        client_order_id=_client_order_id(asked, listing, own_id),
        price=sent_number(sent, "price") if kind is OrderType.LIMIT else None,
        reduce_only=position_side is PositionSide.BOTH and sent.flag("reduceOnly"),
        position_side=position_side,
    )


def _position_side(asked: Asked) -> PositionSide:
    """Return the position that an order is for, which perpetuals want said."""
    if asked.market is Market.SPOT:
        return PositionSide.BOTH
    position_side = asked.sent.chosen("positionSide", POSITION_SIDES)
    hedge_mode = asked.desk.venue.engine.account.hedge_mode
    if hedge_mode is (position_side is PositionSide.BOTH):
        raise MODE_ERRORS[hedge_mode]
    return position_side


def _quantity(asked: Asked, listing: Listing, side: Side) -> Decimal:
    """Return the quantity, worked out from the book where a market order states its cost."""
    sent = asked.sent
    if sent.has("quantity") or not sent.has("quoteOrderQty"):
        return sent_number(sent, "quantity")
    left, quantity = sent_number(sent, "quoteOrderQty"), ZERO
    for level in asked.desk.venue.engine.levels(listing, side, asked.now):
        part = min(level.quantity, left / level.price)
        quantity += part
        left -= part * level.price
        if left <= ZERO:
            break
    return down_to(quantity, listing.quantity_step)


def _client_order_id(asked: Asked, listing: Listing, name: str) -> str:
    venue = asked.desk.venue
    own = (asked.sent.maybe(name) or "").lower()
    if own and not CLIENT_ORDER_ID.fullmatch(own):
        raise wrong(name)
    if own and listing.perpetual and venue.engine.ledger.named(listing, own):
        raise refusals_of(asked.market)[Reason.CLIENT_ORDER_ID_TAKEN].error(own)
    return client_id_taken(venue, own)
