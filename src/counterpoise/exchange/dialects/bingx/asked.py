"""One call as BingX's handlers see it: its market, what it sends, and what it names."""

from __future__ import annotations

from dataclasses import dataclass

from counterpoise.exchange.dialects.bingx.errors import refusals_of, wrong
from counterpoise.exchange.dialects.common import Sent, VenueError
from counterpoise.exchange.dialects.desk import Desk
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.listing import Listing, Market
from counterpoise.exchange.moment import Moment
from counterpoise.exchange.orders import Reason, VenueOrder

PREFIXES = {
    "/openApi/spot/": Market.SPOT,
    "/openApi/swap/": Market.LINEAR,
    "/openApi/cswap/": Market.INVERSE,
}
OWN_IDS = {  # how a look-up may name the client's own id; spot knows one spelling only
    Market.SPOT: ("clientOrderID",),
    Market.LINEAR: ("clientOrderId", "clientOrderID"),
    Market.INVERSE: ("clientOrderId", "clientOrderID"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A call over a desk."""

    desk: Desk
    call: Call
    sent: Sent
    market: Market

    @property
    def now(self) -> Moment:
        """Return the present instant."""
        return self.call.now

    def listing(self) -> Listing:
        """Return the listing that the call names."""
        symbol = self.sent.text("symbol")
        found = self.desk.listing(self.market, symbol)
        if found is None:
            raise refusals_of(self.market)[Reason.SYMBOL_UNKNOWN].error(symbol)
        return found

    def listings(self) -> list[Listing]:
        """Return the listing that the call names, or all of its market that have a price."""
        if self.sent.has("symbol"):
            return [self.listing()]
        return list(self.desk.venue.engine.priced(self.market))

    def order(self) -> VenueOrder:
        """Return the order that the call names by either id, empty ones left out."""
        listing, seen = self.listing(), self.desk.venue.visibility
        order_id = self.sent.whole("orderId")  # a literal "None" is no number
        own = next(filter(None, map(self.sent.maybe, OWN_IDS[self.market])), None)
        if order_id:
            order = seen.order(order_id, self.now)
        elif own is not None:
            order = seen.named(listing, own, self.now)
        else:
            raise wrong("orderId")
        if order is None or order.request.listing is not listing:
            raise self.unknown()
        return order

    def unknown(self) -> VenueError:
        """Return the error for an order that is not there."""
        return refusals_of(self.market)[Reason.ORDER_UNKNOWN].error("")


def asked(desk: Desk, call: Call) -> Asked:
    """Return a call with its market, which its path tells."""
    market = next(
        (found for prefix, found in PREFIXES.items() if call.path.startswith(prefix)), Market.SPOT
    )
    return Asked(desk=desk, call=call, sent=Sent(call.params, wrong), market=market)
