"""OKX's recorded instruments, as listings for the engine."""

from __future__ import annotations

from counterpoise.core.units import ONE, exact
from counterpoise.exchange.dialects.desk import Facts
from counterpoise.exchange.listing import Listing, ListingKey, Market

NO_LIMIT = exact("1e18")
# The venue publishes its price limits by the minute, not as a rule; this is their usual width.
PRICE_SHARE = exact("0.02")


def listing_of(market: Market, facts: Facts) -> Listing:
    """Return one instrument as a listing: perpetual quantities are contracts, spot's are base."""
    perpetual = market is not Market.SPOT
    base, quote = (facts["uly"] if perpetual else facts["instId"]).split("-")
    most = exact(facts["maxLmtSz"])
    return Listing(
        key=ListingKey(market, facts["instId"]),
        base=base,
        quote=quote,
        settle=facts["settleCcy"] or quote,
        contract_size=exact(facts["ctVal"]) if perpetual else ONE,
        price_step=exact(facts["tickSz"]),
        price_min=exact(facts["tickSz"]),
        price_max=NO_LIMIT,
        quantity_step=exact(facts["lotSz"]),
        quantity_min=exact(facts["minSz"]),
        quantity_max=most,
        market_quantity_max=exact(facts["maxMktSz"]) if perpetual else most,
        price_share_max=ONE + PRICE_SHARE,
        price_share_min=ONE - PRICE_SHARE,
    )
