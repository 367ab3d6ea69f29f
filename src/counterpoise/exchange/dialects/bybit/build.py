"""Putting Bybit together: its listings, and its protocol over a venue."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from counterpoise.exchange.dialects.bybit.dialect import BybitDialect
from counterpoise.exchange.dialects.bybit.listings import listing_of
from counterpoise.exchange.dialects.desk import Desk, recorded
from counterpoise.exchange.dialects.dialect import Dialect
from counterpoise.exchange.listing import Listing, ListingKey
from counterpoise.exchange.venue import Venue


def bybit() -> tuple[Mapping[ListingKey, Listing], Callable[[Venue], Dialect]]:
    """Return what Bybit lists, and how its protocol is put over a venue."""
    facts = {
        ListingKey(market, entry["symbol"]): entry
        for market, entries in recorded("bybit").items()
        for entry in entries
    }
    listings = {key: listing_of(key.market, entry) for key, entry in facts.items()}

    def over(venue: Venue) -> Dialect:
        return BybitDialect(Desk(venue=venue, facts=facts))

    return listings, over
