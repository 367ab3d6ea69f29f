"""Handing an order to the engine, with what an armed fault makes of it."""

from __future__ import annotations

from counterpoise.exchange.dialects.binance.errors import REFUSALS, wire_error
from counterpoise.exchange.dialects.common import taken_and_dropped
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.listing import Market
from counterpoise.exchange.orders import OrderRequest, OrderStatus, Reason, Refused, VenueOrder
from counterpoise.exchange.venue import Venue

# what COIN-M, which has no code for it, takes and lets expire
EXPIRING = frozenset({Reason.WOULD_TAKE, Reason.WOULD_NOT_FILL})


def placed(venue: Venue, request: OrderRequest, call: Call) -> VenueOrder:
    """Place an order. Raises WireError with the market's own code where it is refused."""
    if call.effects.hide_s:
        venue.visibility.hide(call.effects.hide_s, call.now)
    market = request.listing.key.market
    try:
        return venue.engine.place(request, call.now, fill_share=call.effects.fill_share)
    except Refused as refused:
        if market is Market.INVERSE and refused.reason in EXPIRING:
            return taken_and_dropped(venue, request, call, OrderStatus.EXPIRED)
        raise wire_error(refused, REFUSALS[market]) from refused
