"""Every listed perpetual of every venue, as it is and as if it counted its asset in multiples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from counterpoise.core.instrument import Asset, Instrument, Kind
from counterpoise.core.multiples import readings
from counterpoise.core.orders import Side
from counterpoise.errors import SettingsError
from counterpoise.venues.dialect import Product
from counterpoise.venues.mapping import kind_of, listed_of, order_amount
from tests.venues.contract.stands import MAIN, Bench, D
from tests.venues.orders import intent_of

Market = Mapping[str, object]
FORMS = (("1000{}", 1_000), ("10000{}", 10_000), ("1M{}", 1_000_000), ("{}1000", 1_000))


def products_of(bench: Bench) -> Mapping[Kind, Product]:
    return {product.kind: product for product in bench.stand.profile.all_products}


async def perpetuals(bench: Bench) -> list[Market]:
    await bench.desk()
    products = products_of(bench)
    markets = await bench.gateway._requester.markets()
    return [m for m in markets.values() if m.get("swap") is True and kind_of(m) in products]


def instrument(bench: Bench, market: Market, hedged: str | None = None) -> Instrument:
    asset = None if hedged is None else Asset(hedged)
    return listed_of(market, MAIN, products_of(bench), asset).instrument


async def test_every_market_that_is_listed_counts_its_own_base(bench: Bench) -> None:
    found = await perpetuals(bench)
    assert len(found) >= 2
    for market in found:
        base = str(market["base"])
        assert readings(base, str(market.get("baseName", ""))) == {base: 1}
        one = instrument(bench, market, base)
        assert (one.base, one.multiplier) == (Asset(base), D(1))
        assert one == instrument(bench, market)


def multiplied(market: Market) -> Iterator[tuple[Market, int]]:
    base = str(market["base"])
    for form, count in FORMS:
        yield {**market, "base": form.format(base), "baseName": None}, count
    yield {**market, "base": f"K{base}", "baseName": f"k{base}"}, 1_000


async def test_a_size_of_multiples_is_sent_as_it_is_and_is_that_many_of_the_asset(
    bench: Bench,
) -> None:
    for market in await perpetuals(bench):
        base = str(market["base"])
        if base[-1].isdigit() or kind_of(market) is not Kind.LINEAR:
            continue
        plain = listed_of(market, MAIN, products_of(bench))
        for named, count in multiplied(market):
            listed = listed_of(named, MAIN, products_of(bench), Asset(base))
            one, size = listed.instrument, plain.instrument.size_step * 7
            assert (one.base, one.multiplier) == (Asset(base), D(count))
            assert one.size_step == plain.instrument.size_step
            assert one.delta(-size, D(3)) == -size * count
            assert one.size(size * count, D(3)) == size
            order = intent_of(size=str(size), price="1", symbol=one.symbol).order
            assert order.side is Side.BUY
            assert order_amount(order, listed) == order_amount(order, plain)


async def test_a_perpetual_of_another_asset_is_refused_in_words(bench: Bench) -> None:
    market, *_ = await perpetuals(bench)
    with pytest.raises(SettingsError, match="not of NOSUCH, and of no multiple of it") as caught:
        instrument(bench, market, "NOSUCH")
    assert "`proxy`" in caught.value.hint


async def test_a_capital_k_counts_nothing_unless_the_venue_writes_a_small_one(
    bench: Bench,
) -> None:
    market, *_ = await perpetuals(bench)
    with pytest.raises(SettingsError, match="not of AVA"):
        instrument(bench, {**market, "base": "KAVA", "baseName": "KAVA"}, "AVA")
    assert instrument(bench, {**market, "base": "KAVA", "baseName": "KAVA"}, "KAVA").multiplier == 1
