"""What BingX lists: recorded rows as listings for the engine, and as rows for clients."""

from __future__ import annotations

from decimal import Decimal

from counterpoise.core.units import ONE
from counterpoise.exchange.dialects.desk import Facts
from counterpoise.exchange.ledger import FEES
from counterpoise.exchange.listing import Listing, ListingKey, Market

NO_LIMIT = Decimal("1e18")
OPEN, CLOSED = 1, 0


def listing_of(market: Market, facts: Facts) -> Listing:
    """Return a recorded row as a listing; linear quantities are base units, inverse contracts."""
    base, quote = facts["symbol"].split("-")
    tick, step, least = _steps(market, facts)
    inverse = market is Market.INVERSE
    return Listing(
        key=ListingKey(market, facts["symbol"]),
        base=base,
        quote=quote,
        settle=base if inverse else quote,
        contract_size=Decimal(facts["minTickSize"]) if inverse else ONE,
        price_step=tick,
        price_min=tick,
        price_max=NO_LIMIT,
        quantity_step=step,
        quantity_min=least,
        quantity_max=NO_LIMIT,
        market_quantity_max=NO_LIMIT,
        notional_min=_exact(facts[NOTIONAL_FIELDS[market]]),
    )


NOTIONAL_FIELDS = {
    Market.SPOT: "minNotional",
    Market.LINEAR: "tradeMinUSDT",
    Market.INVERSE: "minTradeValue",
}


def _steps(market: Market, facts: Facts) -> tuple[Decimal, Decimal, Decimal]:
    """Return price step, quantity step and smallest quantity."""
    if market is Market.SPOT:  # its minQty is deprecated: the notional alone counts
        step = _exact(facts["stepSize"])
        return _exact(facts["tickSize"]), step, step
    tick = ONE.scaleb(-int(facts["pricePrecision"]))
    if market is Market.LINEAR:
        step = ONE.scaleb(-int(facts["quantityPrecision"]))
        return tick, step, _exact(facts["tradeMinQuantity"])
    return tick, ONE, Decimal(facts["minQty"])  # whole contracts


def _exact(number: object) -> Decimal:
    """Return a recorded bare number as it was written: Python's shortest spelling of a float."""
    return Decimal(str(number))


def row(market: Market, facts: Facts, *, trading: bool) -> dict[str, object]:
    """Return what a client is told of a listing, bare numbers without exponent."""
    shown = {name: _bare(value) for name, value in facts.items()}
    fees = FEES[market]
    by_market: dict[Market, dict[str, object]] = {
        Market.SPOT: {"apiStateBuy": trading, "apiStateSell": trading},
        Market.LINEAR: {
            "apiStateOpen": str(trading).lower(),
            "apiStateClose": str(trading).lower(),
            "feeRate": fees.taker,
            "makerFeeRate": fees.maker,
            "takerFeeRate": fees.taker,
        },
        Market.INVERSE: {},
    }
    return shown | by_market[market] | {"status": OPEN if trading else CLOSED}


def _bare(value: object) -> object:
    return _exact(value) if isinstance(value, float) else value
