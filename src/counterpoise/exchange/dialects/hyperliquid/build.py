"""Putting Hyperliquid together: its listings, and its protocol over a venue."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from counterpoise.exchange.dialects.desk import Desk, recorded
from counterpoise.exchange.dialects.dialect import Dialect
from counterpoise.exchange.dialects.hyperliquid.dialect import HyperliquidDialect
from counterpoise.exchange.dialects.hyperliquid.listings import listing_of
from counterpoise.exchange.dialects.hyperliquid.signing import Gate
from counterpoise.exchange.listing import Listing, ListingKey
from counterpoise.exchange.venue import Venue


def hyperliquid() -> tuple[Mapping[ListingKey, Listing], Callable[[Venue], Dialect]]:
    """Return what Hyperliquid lists, and how its protocol is put over a venue."""
    facts = {
        ListingKey(market, entry["name"]): entry
        for market, entries in recorded("hyperliquid").items()
        for entry in entries
    }
    listings = {key: listing_of(key.market, entry) for key, entry in facts.items()}

    def over(venue: Venue) -> Dialect:
        return HyperliquidDialect(Desk(venue=venue, facts=facts), Gate.of(venue))

    return listings, over
