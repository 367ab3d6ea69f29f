"""Putting BingX together: its listings, and its protocol over a venue."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from counterpoise.exchange.dialects.bingx.dialect import BingxDialect
from counterpoise.exchange.dialects.bingx.listings import listing_of
from counterpoise.exchange.dialects.desk import Desk, recorded
from counterpoise.exchange.dialects.dialect import Dialect
from counterpoise.exchange.listing import Listing, ListingKey
from counterpoise.exchange.venue import Venue


def bingx() -> tuple[Mapping[ListingKey, Listing], Callable[[Venue], Dialect]]:
    """Return what BingX lists, and how its protocol is put over a venue."""
    rows = [
        (listing_of(market, one), one)
        for market, listed in recorded("bingx").items()
        for one in listed
    ]
    facts = {listing.key: one for listing, one in rows}

    def over(venue: Venue) -> Dialect:
        return BingxDialect(Desk(venue=venue, facts=facts))

    return {listing.key: listing for listing, _ in rows}, over
