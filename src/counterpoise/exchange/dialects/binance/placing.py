"""Handing an order to the engine, with what an armed fault makes of it."""

from __future__ import annotations

from collections.abc import Mapping

from counterpoise.exchange.dialects.binance.errors import Answer, wire_error
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.orders import OrderRequest, Reason, Refused, VenueOrder
from counterpoise.exchange.venue import Venue


def placed(
    venue: Venue, request: OrderRequest, call: Call, answers: Mapping[Reason, Answer]
) -> VenueOrder:
    """Place an order. Raises WireError with the market's own code where it is refused."""
    if call.effects.hide_s:
        venue.visibility.hide(call.effects.hide_s, call.now)
    try:
        return venue.engine.place(request, call.now, fill_share=call.effects.fill_share)
    except Refused as refused:
        raise wire_error(refused, answers) from refused
