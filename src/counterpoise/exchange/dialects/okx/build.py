"""Putting OKX together: its listings, and its protocol over a venue."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from counterpoise.exchange.dialects.desk import Desk, recorded
from counterpoise.exchange.dialects.dialect import Dialect
from counterpoise.exchange.dialects.okx.dialect import OkxDialect
from counterpoise.exchange.dialects.okx.listings import listing_of
from counterpoise.exchange.listing import Listing, ListingKey
from counterpoise.exchange.venue import Venue


def okx() -> tuple[Mapping[ListingKey, Listing], Callable[[Venue], Dialect]]:
    """Return what OKX lists, and how its protocol is put over a venue."""
    facts = {
        ListingKey(market, entry["instId"]): entry
        for market, entries in recorded("okx").items()
        for entry in entries
    }
    listings = {key: listing_of(key.market, entry) for key, entry in facts.items()}

    def over(venue: Venue) -> Dialect:
        return OkxDialect(Desk(venue=venue, facts=facts))

    return listings, over
