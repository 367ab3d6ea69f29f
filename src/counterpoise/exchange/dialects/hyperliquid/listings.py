"""Hyperliquid's recorded perpetuals and pairs, as listings for the engine."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from counterpoise.core.units import ONE, exact
from counterpoise.exchange.dialects.desk import Facts
from counterpoise.exchange.listing import Listing, ListingKey, Market

CASH = "USDC"
FIGURES = 5  # that a price may have, unless it is whole
PLACES: Mapping[Market, int] = {Market.LINEAR: 6, Market.SPOT: 8}  # less those of the size
NO_LIMIT = exact("1e18")
NOTIONAL_MIN = exact("10")
FAR_SHARE = exact("0.8")  # "cannot be more than 80% away from the reference price"
SPOT_ID_FIRST = 10_000

# what a token stands for, as everybody else calls it
WRAPPED: Mapping[str, str] = {"UBTC": "BTC", "UETH": "ETH", "FXRP": "XRP"}


def price_step(price: Decimal, places: int) -> Decimal:
    """Return the step of prices about as high as `price`, of which `places` are allowed."""
    figures = price.adjusted() - FIGURES + 1
    return ONE.scaleb(min(0, max(-places, figures)))


def base_of(market: Market, facts: Facts) -> Facts:
    """Return the facts of what is bought and sold: a perpetual's own, or a pair's first token."""
    return facts if market is Market.LINEAR else facts["tokens"][0]


def listing_of(market: Market, facts: Facts) -> Listing:
    """
    Return one perpetual or pair as a listing; quantities count base units.

    The step of its prices is that of the price it was recorded at. The engine has one step for
    each listing, so where a price gains a figure, the book has one figure too many.
    """
    base = base_of(market, facts)
    step = ONE.scaleb(-base["szDecimals"])
    tick = price_step(exact(facts["markPx"]), PLACES[market] - base["szDecimals"])
    return Listing(
        key=ListingKey(market, facts["name"]),
        base=WRAPPED.get(base["name"], base["name"]),
        quote=CASH,
        settle=CASH,
        price_step=tick,
        price_min=tick,
        price_max=NO_LIMIT,
        quantity_step=step,
        quantity_min=step,
        quantity_max=NO_LIMIT,
        market_quantity_max=NO_LIMIT,
        notional_min=NOTIONAL_MIN,
        price_share_max=ONE + FAR_SHARE,
        price_share_min=ONE - FAR_SHARE,
    )


def price_allowed(listing: Listing, price: Decimal) -> bool:
    """Say whether a price has no more figures and places than Hyperliquid takes."""
    places = PLACES[listing.key.market] + listing.quantity_step.adjusted()
    digits = price.normalize()
    whole = digits == digits.to_integral_value()
    figures = len(digits.as_tuple().digits)
    exponent = digits.as_tuple().exponent
    return whole or (figures <= FIGURES and isinstance(exponent, int) and -exponent <= places)
