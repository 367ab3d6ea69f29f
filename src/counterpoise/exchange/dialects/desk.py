"""What the handlers of a protocol share: the venue, what is listed, and finding things in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import takewhile
from typing import Any

from counterpoise.core.units import ZERO
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.listing import Listing, ListingKey, Market
from counterpoise.exchange.matching import Level
from counterpoise.exchange.orders import Side, Trade, VenueOrder
from counterpoise.exchange.venue import Venue

Facts = Mapping[str, Any]  # one entry of a venue's recorded list, as it was recorded
NOTHING = Level(ZERO, ZERO)


@cache
def recorded(venue: str) -> Mapping[Market, tuple[Facts, ...]]:
    """Return what was recorded of a venue's markets, from `data/<venue>.json`."""
    folder = resources.files("counterpoise.exchange") / "data"
    body = json.loads((folder / f"{venue}.json").read_text(encoding="utf-8"))
    return {market: tuple(body.get(market.value, ())) for market in Market}


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A venue as its handlers see it."""

    venue: Venue
    facts: Mapping[ListingKey, Facts]

    def listed(self, market: Market) -> Iterator[tuple[Listing, Facts]]:
        """Yield a market's listings with what was recorded of them."""
        for key, facts in self.facts.items():
            if key.market is market:
                yield self.venue.engine.listings[key], facts

    def listing(self, market: Market, symbol: str) -> Listing | None:
        """Return a listing, or None where it is not listed."""
        return self.venue.engine.listings.get(ListingKey(market, symbol))

    def best(self, listing: Listing, call: Call) -> tuple[Level, Level]:
        """Return the best bid and ask; an empty side is zeros."""
        engine = self.venue.engine
        if not engine.prices.known(listing):
            return NOTHING, NOTHING
        bid = engine.best(listing, Side.SELL, call.now) or NOTHING
        ask = engine.best(listing, Side.BUY, call.now) or NOTHING
        return bid, ask

    def open_orders(self, market: Market, call: Call) -> Iterator[VenueOrder]:
        """Yield the open orders of a market that readers see, oldest first."""
        for order in self.venue.visibility.open_orders(call.now):
            if order.request.listing.key.market is market:
                yield order

    def trades(self, listing: Listing, call: Call, since_ms: int | None) -> Iterator[Trade]:
        """Yield the trades in a listing that readers see, newest first."""
        seen = self.venue.visibility.trades(listing, call.now)
        yield from takewhile(lambda trade: since_ms is None or trade.at_ms >= since_ms, seen)
