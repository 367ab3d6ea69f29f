"""Putting WEEX together: its listings, and its protocols over a venue."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from counterpoise.exchange.dialects.desk import Desk, recorded
from counterpoise.exchange.dialects.dialect import Dialect
from counterpoise.exchange.dialects.weex.dialect import WeexDialect
from counterpoise.exchange.dialects.weex.listings import listing_of
from counterpoise.exchange.listing import Listing, ListingKey
from counterpoise.exchange.venue import Venue


def weex() -> tuple[Mapping[ListingKey, Listing], Callable[[Venue], Dialect]]:
    """Return what WEEX lists, and how its protocols are put over a venue."""
    rows = [
        (listing_of(market, one), one) for market, all_ in recorded("weex").items() for one in all_
    ]
    facts = {listing.key: one for listing, one in rows}

    def over(venue: Venue) -> Dialect:
        return WeexDialect(Desk(venue=venue, facts=facts))

    return {listing.key: listing for listing, _ in rows}, over
