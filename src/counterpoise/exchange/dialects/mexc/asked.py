"""Reading what a client asks of MEXC, each market with its own errors."""

from __future__ import annotations

from collections.abc import Iterator

from counterpoise.exchange.dialects.common import Sent, VenueError, fields_of
from counterpoise.exchange.dialects.desk import Desk
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.dialects.mexc.errors import (
    BAD_REQUEST,
    COMMON,
    CONTRACT,
    missing,
    param_error,
)
from counterpoise.exchange.listing import Listing, Market
from counterpoise.exchange.orders import Reason

PERPETUALS = (Market.LINEAR, Market.INVERSE)


def spot_sent(call: Call) -> Sent:
    """Return what a spot call sends, in its query or as a form."""
    return Sent(call.params, missing)


def contract_sent(call: Call) -> Sent:
    """Return what a futures call sends. Raises VenueError for a body that is not an object."""
    try:
        return Sent(fields_of(call), param_error)
    except ValueError:
        raise VenueError(600, COMMON[600]) from None


def spot_listing(desk: Desk, sent: Sent) -> Listing:
    """Return the listing that a spot call names."""
    found = desk.listing(Market.SPOT, sent.text("symbol"))
    if found is None:
        raise VenueError(-1121, "Invalid symbol.", BAD_REQUEST)
    return found


def contract_listing(desk: Desk, sent: Sent) -> Listing:
    """Return the perpetual that a call names, linear or inverse."""
    symbol = sent.text("symbol")
    for market in PERPETUALS:
        found = desk.listing(market, symbol)
        if found is not None:
            return found
    raise CONTRACT[Reason.SYMBOL_UNKNOWN].error(symbol)


def contracts(desk: Desk) -> Iterator[Listing]:
    """Yield every perpetual, linear ones first."""
    for market in PERPETUALS:
        yield from (listing for listing, _ in desk.listed(market))
