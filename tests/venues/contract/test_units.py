"""Whatever a venue counts in, a size comes back as it was meant, on every market it lists."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from counterpoise.core.instrument import Asset, Instrument, InstrumentKey, Kind, Symbol
from counterpoise.core.orders import Order, Rule, VenueStatus
from counterpoise.core.units import is_multiple
from counterpoise.exchange.listing import Market
from counterpoise.venues.dialect import Listed, Unit
from counterpoise.venues.mapping import kind_of, order_amount
from tests.venues.contract.stands import MAIN, Bench, D, Desk, Stand

LEAST_WORTH, MOST_WORTH = D(150), D(3_000)  # of an order, in quote currency


async def everything(stand: Stand, bench: Bench) -> tuple[Bench, dict[Symbol, Listed]]:
    """Return a gateway with every perpetual that the venue lists."""
    desk = await bench.desk()
    markets = await desk.gateway._requester.markets()
    kinds = set(desk.gateway._products)
    names = [
        Symbol(name)
        for name, one in markets.items()
        if one.get("swap") is True and one.get("active") is True and kind_of(one) in kinds
    ]
    whole = Bench(replace(stand, symbols=tuple(names)))
    await whole.desk()
    return whole, dict(whole.gateway._by_symbol)


async def test_a_size_goes_out_and_comes_back_on_every_market(stand: Stand, bench: Bench) -> None:
    """Intent, wire, engine, position, and the size that was intended."""
    draw = random.Random(4)
    whole, listed = await everything(stand, bench)
    settles = {str(one.instrument.settle) for one in listed.values()}
    desk = await whole.desk(futures_wallet=dict.fromkeys(settles, D(10) ** 7))
    priced(desk, listed)
    marks = await desk.gateway.marks()
    assert len(marks) >= 3
    for number, (symbol, one) in enumerate(sorted(listed.items())):
        instrument = one.instrument
        price = marks[instrument.key].mark_price
        size = some_size(instrument, price, draw)
        report = await desk.traded(size, f"cp{number}", symbol=symbol, asset=instrument.base)
        assert (report.status, report.filled_size) == (VenueStatus.FILLED, size), symbol
        position = (await desk.gateway.positions())[InstrumentKey(f"{MAIN}:{symbol}")]
        assert position.size == size, symbol
        assert truth(desk, one) == size, symbol
    await whole.gateway.close()


def listed_name(listed: Listed) -> str:
    """Return the venue's own name of a market, where its id is no more than a place in a list."""
    return str(listed.facts["name"]) if listed.market_id.isdecimal() else listed.market_id


def priced(desk: Desk, listed: dict[Symbol, Listed]) -> None:
    """Give what is listed as trading a price, where the recording has none (WEEX)."""
    engine = desk.exchange.venue.engine
    for one in listed.values():
        if not engine.prices.known(engine.listing(market_of(one), listed_name(one))):
            desk.control.post(
                "price", symbol=one.market_id, market=market_of(one).value, price="0.2"
            )


def market_of(listed: Listed) -> Market:
    return Market.LINEAR if listed.instrument.kind is Kind.LINEAR else Market.INVERSE


def some_size(instrument: Instrument, price: Decimal, draw: random.Random) -> Decimal:
    """Return a size that an order may have: above the smallest, a few thousand dollars at most."""
    step = instrument.size_step
    least = max(instrument.size_min, instrument.size(LEAST_WORTH / price, price))
    most = instrument.size_of_notional(MOST_WORTH, price)
    low = math.ceil(least / step)
    return step * draw.randint(low, max(low, int(most / step))) * draw.choice((1, -1))


def truth(desk: Desk, listed: Listed) -> object:
    """Return the engine's own position, in base units, or in quote units of an inverse one."""
    engine = desk.exchange.venue.engine
    found = engine.listing(market_of(listed), listed_name(listed))
    amounts = [one.amount for (key, _), one in engine.account.positions.items() if key == found.key]
    return sum(amounts) * found.contract_size


async def test_an_amount_is_a_whole_number_of_the_venues_own_steps(
    stand: Stand, bench: Bench
) -> None:
    whole, listed = await everything(stand, bench)
    await whole.gateway.close()
    products = {product.kind: product for product in stand.profile.all_products}

    @given(st.integers(1, 10**9), st.booleans())
    def comes_back(steps: int, sells: bool) -> None:
        for one in listed.values():
            size = one.instrument.size_step * (-steps if sells else steps)
            amount = order_amount(order_of(one, size), one)
            assert amount > 0
            assert amount * one.size_per_amount == abs(size)
            if products[one.instrument.kind].unit is not Unit.CONTRACTS:
                assert one.size_per_amount == 1
            assert is_multiple(amount, one.instrument.size_step / one.size_per_amount)

    comes_back()


def order_of(listed: Listed, size: Decimal) -> Order:
    return Order(
        asset=Asset(str(listed.instrument.base)),
        instrument=listed.instrument.key,
        symbol=listed.instrument.symbol,
        size=size,
        limit_price=D(1),
        mark_price=D(1),
        notional=abs(size),
        reduce_only=False,
        rule=Rule.DRIFT,
        position_before=D(0),
        completes=True,
    )
