"""One call as WEEX's handlers see it: its market, what it sends, and what it names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from counterpoise.exchange.dialects.common import Sent, VenueError, fields_of
from counterpoise.exchange.dialects.desk import Desk
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.dialects.weex.errors import BAD_REQUEST, refusals_of, wrong
from counterpoise.exchange.listing import Listing, Market
from counterpoise.exchange.moment import Moment
from counterpoise.exchange.orders import Reason, VenueOrder

CONTRACTS = "/capi/"
SIMULATED = "/capi/v3/sim/"
PLAY_QUOTE = "SUSDT"  # the simulated account counts in play money, and its symbols say so
QUOTE = "USDT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A call over a desk."""

    desk: Desk
    call: Call
    sent: Sent
    market: Market
    simulated: bool

    @property
    def now(self) -> Moment:
        """Return the present instant."""
        return self.call.now

    def listing(self) -> Listing:
        """Return the listing that the call names."""
        symbol = self.sent.text("symbol")
        found = self.desk.listing(self.market, self._listed(symbol))
        if found is None:
            raise refusals_of(self.market)[Reason.SYMBOL_UNKNOWN].error(symbol)
        return found

    def only(self) -> Listing | None:
        """Return the listing that the call narrows itself to, None for all."""
        return self.listing() if self.sent.has("symbol") else None

    def listings(self) -> Iterator[Listing]:
        """Yield the listings that a public call asks for: those with a price."""
        only = self.only()
        for listing in self.desk.venue.engine.priced(self.market):
            if only in {None, listing}:
                yield listing

    def symbol(self, listing: Listing) -> str:
        """Return a symbol as this call's answer spells it."""
        return f"{listing.base}{PLAY_QUOTE}" if self.simulated else listing.key.symbol

    def asset(self, name: str) -> str:
        """Return an asset as this call's answer names it."""
        return PLAY_QUOTE if self.simulated and name == QUOTE else name

    def order(self) -> VenueOrder:
        """Return the order that the call names by either id; no symbol goes with it."""
        order_id, own = self.sent.whole("orderId"), self.sent.maybe("origClientOrderId")
        if order_id is None and own is None:
            text = "Either orderId or origClientOrderId must be sent."
            raise VenueError(-1140, text, BAD_REQUEST)
        order = self._named(own) if order_id is None else self._numbered(order_id)
        if order is None or order.request.listing.key.market is not self.market:
            raise refusals_of(self.market)[Reason.ORDER_UNKNOWN].error("")
        return order

    def _numbered(self, order_id: int) -> VenueOrder | None:
        return self.desk.venue.visibility.order(order_id, self.now)

    def _named(self, own: str | None) -> VenueOrder | None:
        seen = self.desk.venue.visibility
        found = (
            seen.named(listing, own or "", self.now) for listing, _ in self.desk.listed(self.market)
        )
        return next(filter(None, found), None)

    def _listed(self, symbol: str) -> str:
        if not self.simulated:
            return symbol
        base, quote = symbol.removesuffix(PLAY_QUOTE), symbol[-len(PLAY_QUOTE) :]
        return f"{base}{QUOTE}" if quote == PLAY_QUOTE else ""


def asked(desk: Desk, call: Call) -> Asked:
    """
    Return a call with its market, which its path tells.

    Raises VenueError for a body that is no JSON object.
    """
    try:
        sent = Sent(fields_of(call), wrong)
    except ValueError:
        raise VenueError(-1135, "Invalid JSON request.", BAD_REQUEST) from None
    return Asked(
        desk=desk,
        call=call,
        sent=sent,
        market=Market.LINEAR if call.path.startswith(CONTRACTS) else Market.SPOT,
        simulated=call.path.startswith(SIMULATED),
    )
