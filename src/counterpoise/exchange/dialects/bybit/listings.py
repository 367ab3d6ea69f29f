"""Bybit's recorded instruments, as listings for the engine."""

from __future__ import annotations

from counterpoise.core.units import ONE, ZERO, exact
from counterpoise.exchange.dialects.desk import Facts
from counterpoise.exchange.listing import Listing, ListingKey, Market

NO_LIMIT = exact("1e18")


def listing_of(market: Market, facts: Facts) -> Listing:
    """
    Return one instrument as a listing.

    Linear quantities are base coin, inverse ones are contracts of one quote unit each.
    """
    lot, price = facts["lotSizeFilter"], facts["priceFilter"]
    step = exact(lot.get("qtyStep") or lot["basePrecision"])
    ratio = exact(facts["riskParameters"]["priceLimitRatioY"])
    return Listing(
        key=ListingKey(market, facts["symbol"]),
        base=facts["baseCoin"],
        quote=facts["quoteCoin"],
        settle=facts.get("settleCoin", facts["quoteCoin"]),
        price_step=exact(price["tickSize"]),
        price_min=exact(price.get("minPrice", price["tickSize"])),
        price_max=exact(price["maxPrice"]) if "maxPrice" in price else NO_LIMIT,
        quantity_step=step,
        quantity_min=exact(lot["minOrderQty"]),
        quantity_max=exact(lot["maxOrderQty"]),
        market_quantity_max=exact(lot.get("maxMktOrderQty", lot["maxOrderQty"])),
        notional_min=exact(lot.get("minOrderAmt") or lot.get("minNotionalValue") or str(ZERO)),
        price_share_max=ONE + ratio,
        price_share_min=ONE - ratio,
    )
