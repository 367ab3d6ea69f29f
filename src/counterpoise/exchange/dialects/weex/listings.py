"""What WEEX lists: recorded rows as listings for the engine, and as rows for clients."""

from __future__ import annotations

from decimal import Decimal

from counterpoise.core.units import ONE
from counterpoise.exchange.dialects.common import trimmed
from counterpoise.exchange.dialects.desk import Facts
from counterpoise.exchange.ledger import FEES
from counterpoise.exchange.listing import Listing, ListingKey, Market

# WEEX's own one in a hundred would refuse an honest order here for the haste of the recording
PRICE_SHARE = Decimal("0.05")


def listing_of(market: Market, facts: Facts) -> Listing:
    """
    Return a recorded row as a listing; quantities are base units everywhere.

    `contractVal` is what a contract would be, were amounts in contracts: they are not.
    """
    spot = market is Market.SPOT
    tick, step = _steps(facts)
    most = Decimal(facts["maxTradeAmount" if spot else "maxOrderSize"])
    return Listing(
        key=ListingKey(market, facts["symbol"]),
        base=facts["baseAsset"],
        quote=facts["quoteAsset"],
        settle=facts["quoteAsset"] if spot else facts["marginAsset"],
        price_step=tick,
        price_min=tick,
        price_max=Decimal("1e18"),
        quantity_step=step,
        quantity_min=Decimal(facts["minTradeAmount" if spot else "minOrderSize"]),
        quantity_max=most,
        market_quantity_max=most,
        price_share_max=ONE + max(Decimal(facts["buyLimitPriceRatio"]), PRICE_SHARE),
        price_share_min=ONE - max(Decimal(facts["sellLimitPriceRatio"]), PRICE_SHARE),
    )


def _steps(facts: Facts) -> tuple[Decimal, Decimal]:
    """Return the steps of price and quantity: as such on spot, as digits on perpetuals."""
    if "tickSize" in facts:
        return Decimal(facts["tickSize"]), Decimal(facts["stepSize"])
    return ONE.scaleb(-facts["pricePrecision"]), ONE.scaleb(-facts["quantityPrecision"])


def row(market: Market, facts: Facts, *, trading: bool) -> dict[str, object]:
    """Return what a client is told of a listing, with this exchange's own fees."""
    fees = FEES[market]
    told = {"makerFeeRate": trimmed(fees.maker), "takerFeeRate": trimmed(fees.taker)}
    if market is Market.SPOT:  # a perpetual's row does not say whether it trades
        told |= {"status": "TRADING" if trading else "HALT"}
        return {**facts, **told, "enableTrade": trading}
    return {**facts, **told}
