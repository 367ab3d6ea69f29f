"""Putting Binance together: its listings, and its protocol over a venue."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from counterpoise.exchange.dialects.binance.desk import Desk
from counterpoise.exchange.dialects.binance.dialect import BinanceDialect
from counterpoise.exchange.dialects.binance.listings import listing_of, recorded
from counterpoise.exchange.dialects.dialect import Dialect
from counterpoise.exchange.listing import Listing, ListingKey, Market
from counterpoise.exchange.venue import Venue


def binance() -> tuple[Mapping[ListingKey, Listing], Callable[[Venue], Dialect]]:
    """Return what Binance lists, and how its protocol is put over a venue."""
    info = {market: recorded(market) for market in Market}
    listings = {
        ListingKey(market, name): listing_of(market, symbol)
        for market, listed in info.items()
        for name, symbol in listed.symbols.items()
    }

    coins = frozenset(one.settle for one in listings.values() if one.key.market is Market.INVERSE)

    def over(venue: Venue) -> Dialect:
        return BinanceDialect(Desk(venue=venue, info=info, coins=coins))

    return listings, over
