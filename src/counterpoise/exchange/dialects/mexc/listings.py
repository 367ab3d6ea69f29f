"""What MEXC lists: recorded rows as listings for the engine, and as rows for clients."""

from __future__ import annotations

from decimal import Decimal

from counterpoise.core.units import ONE
from counterpoise.exchange.dialects.desk import Facts
from counterpoise.exchange.ledger import FEES
from counterpoise.exchange.listing import Listing, ListingKey, Market

NO_LIMIT = Decimal("1e18")


def listing_of(market: Market, facts: Facts) -> Listing:
    """Return a recorded row as a listing; futures quantities count contracts."""
    return _spot(facts) if market is Market.SPOT else _contract(market, facts)


def _spot(facts: Facts) -> Listing:
    tick = Decimal(1).scaleb(-int(facts["quoteAssetPrecision"]))
    return Listing(
        key=ListingKey(Market.SPOT, facts["symbol"]),
        base=facts["baseAsset"],
        quote=facts["quoteAsset"],
        settle=facts["quoteAsset"],
        price_step=tick,
        price_min=tick,
        price_max=NO_LIMIT,
        quantity_step=Decimal(1).scaleb(-int(facts["baseAssetPrecision"])),
        quantity_min=Decimal(facts["baseSizePrecision"]),  # a minimum, in spite of its name
        quantity_max=NO_LIMIT,
        market_quantity_max=NO_LIMIT,
        notional_min=Decimal(facts["quoteAmountPrecision"]),  # likewise
    )


def _contract(market: Market, facts: Facts) -> Listing:
    tick, most = _exact(facts["priceUnit"]), _exact(facts["maxVol"])
    return Listing(
        key=ListingKey(market, facts["symbol"]),
        base=facts["baseCoin"],
        quote=facts["quoteCoin"],
        settle=facts["settleCoin"],
        contract_size=_exact(facts["contractSize"]),
        price_step=tick,
        price_min=tick,
        price_max=NO_LIMIT,
        quantity_step=_exact(facts["volUnit"]),
        quantity_min=_exact(facts["minVol"]),
        quantity_max=most,
        market_quantity_max=most,
        price_share_max=ONE + _exact(facts["bidLimitPriceRate"]),
        price_share_min=ONE - _exact(facts["askLimitPriceRate"]),
    )


def _exact(number: float) -> Decimal:
    """Return a recorded bare number as it was written: Python's shortest spelling of a float."""
    return Decimal(str(number))


def spot_row(facts: Facts, *, trading: bool) -> dict[str, object]:
    """Return a row of /api/v3/exchangeInfo (fetch_spot_markets) with this exchange's fees."""
    fees = FEES[Market.SPOT]
    return {
        **facts,
        "status": "1" if trading else "2",
        "isSpotTradingAllowed": trading,
        "makerCommission": str(fees.maker),
        "takerCommission": str(fees.taker),
    }


def contract_row(market: Market, facts: Facts, *, trading: bool) -> dict[str, object]:
    """Return a row of contract/detail (fetch_swap_markets) with this exchange's fees."""
    fees = FEES[market]
    return {
        **facts,
        "state": 0 if trading else 4,  # 0 enabled, 4 paused
        "apiAllowed": True,
        "makerFeeRate": fees.maker,
        "takerFeeRate": fees.taker,
    }
