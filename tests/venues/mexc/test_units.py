"""From a decided size to contracts on the wire, into the engine, and back as a position."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import counterpoise.exchange
from counterpoise.core.instrument import Instrument, Kind, Symbol, VenueName
from counterpoise.core.orders import Intent
from counterpoise.errors import SettingsError, SnapshotError, Unsent
from counterpoise.venues.dialect import Listed, Terms
from counterpoise.venues.mapping import listed_of
from counterpoise.venues.mexc import INVERSE, LINEAR
from counterpoise.venues.mexc_requests import bare, is_order, order_params
from tests.exchange.wires import FakeClock
from tests.venues.mexc.conftest import BTC, PLACE, Bench, D, bench_of, config, exchange_of

RECORDED = Path(counterpoise.exchange.__file__).parent / "data" / "mexc.json"
PRODUCTS = {Kind.LINEAR: LINEAR, Kind.INVERSE: INVERSE}
ONE_WAY = Terms(receive_window_ms=10_000, hedged=False)
MAIN = VenueName("main")


def market(row: dict[str, object], **changed: object) -> dict[str, object]:
    """Return a recorded contract as ccxt describes it."""
    linear = row["quoteCoin"] == row["settleCoin"]
    found = {
        "id": row["symbol"],
        "symbol": f"{row['baseCoin']}/{row['quoteCoin']}:{row['settleCoin']}",
        "base": row["baseCoin"],
        "quote": row["quoteCoin"],
        "settle": row["settleCoin"],
        "linear": linear,
        "inverse": not linear,
        "swap": True,
        "active": row["state"] == 0,
        "taker": "0.0002",
        "contractSize": str(row["contractSize"]),
        "precision": {"amount": str(row["volUnit"]), "price": str(row["priceUnit"])},
        "limits": {"amount": {"min": str(row["minVol"]), "max": str(row["maxVol"])}},
        "info": row | {"apiAllowed": True},
    }
    return found | changed


ROWS = [row for kind in ("linear", "inverse") for row in json.loads(RECORDED.read_text())[kind]]
CONTRACTS = [listed_of(market(row), MAIN, PRODUCTS) for row in ROWS]


def name_of(listed: Listed) -> str:
    return listed.market_id


@pytest.mark.parametrize("listed", CONTRACTS, ids=name_of)
@given(steps=st.integers(1, 5_000), price_steps=st.integers(1, 10**7), buys=st.booleans())
def test_a_size_reaches_the_wire_as_so_many_contracts_and_comes_back(
    listed: Listed, steps: int, price_steps: int, buys: bool
) -> None:
    one = listed.instrument
    size = one.size_step * steps * (1 if buys else -1)
    price = one.price_step * price_steps
    params = order_params(intent_of(one, size, price), listed, ONE_WAY)
    sent = json.loads(json.dumps(params), parse_float=Decimal, parse_int=Decimal)
    assert sent["vol"] == steps
    assert sent["vol"] * listed.size_per_amount == abs(size)
    assert sent["price"] == price
    assert is_order(json.dumps(params).encode())


def intent_of(one: Instrument, size: Decimal, price: Decimal) -> Intent:
    bench = Bench(None, FakeClock(), None, None, {one.symbol: one})  # type: ignore[arg-type]
    return bench.intent(str(size), str(price), symbol=one.symbol)


PRICES = {"BTC": 100_000, "ETH": 4_000, "SOL": 200, "XRP": 2, "DOGE": "0.4", "ADA": "0.8"}


@pytest.mark.parametrize("listed", CONTRACTS, ids=name_of)
def test_what_was_decided_is_what_the_engine_has_and_the_gateway_reads(listed: Listed) -> None:
    asyncio.run(_round_trip(listed.instrument.symbol, listed.market_id))


async def _round_trip(symbol: Symbol, market_id: str) -> None:
    clock = FakeClock()
    bench = await bench_of(exchange_of(clock), clock, symbols=(symbol,))
    one = bench.instruments[symbol]
    price = D(str(PRICES[str(one.base)]))
    bench.control("price", symbol=market_id, market=str(one.kind), price=price)
    for steps in (3, -5, 1):
        size = one.size_step * steps
        before = await bench.position(symbol)
        bound = one.rounded(D(0)) + price * (D("1.01") if steps > 0 else D("0.99"))
        bound = bound // one.price_step * one.price_step
        intent = bench.intent(str(size), str(bound), symbol=symbol)
        await bench.gateway.place(intent)
        found = await bench.gateway.find(intent)
        assert found is not None
        assert found.filled_size == size
        assert await bench.position(symbol) == before + size
        (trade,) = (
            one
            for one in await bench.gateway.fills(symbol, clock.wall_ms() - 1_000)
            if one.venue_order_id == found.venue_order_id
        )
        assert trade.size == size
    await bench.gateway.close()


def test_contracts_are_of_the_size_that_each_market_states() -> None:
    found = {one.market_id: (one.size_per_amount, str(one.instrument.unit)) for one in CONTRACTS}
    assert found["BTC_USDT"] == (D("0.0001"), "BTC")
    assert found["ETH_USDT"] == (D("0.01"), "ETH")
    assert found["BTC_USD"] == (D(100), "USD")


def test_a_contract_without_a_size_is_no_instrument() -> None:
    with pytest.raises((SnapshotError, SettingsError)):
        listed_of(market(ROWS[0], contractSize=None), MAIN, PRODUCTS)


@pytest.mark.parametrize(("said", "trades"), [(True, True), (False, False)])
def test_a_contract_that_is_closed_to_programs_does_not_trade(said: bool, trades: bool) -> None:
    row = ROWS[0] | {"apiAllowed": said}
    assert listed_of(market(row, info=row), MAIN, PRODUCTS).instrument.trading is trades


def test_a_contract_that_does_not_say_whether_programs_may_trade_is_not_read() -> None:
    row = {key: value for key, value in ROWS[0].items() if key != "apiAllowed"}
    with pytest.raises(SnapshotError):
        listed_of(market(row, info=row), MAIN, PRODUCTS)


def test_a_contract_free_of_fees_is_an_instrument() -> None:
    assert listed_of(market(ROWS[0], taker="0"), MAIN, PRODUCTS).instrument.taker_fee == 0


def test_a_number_that_json_would_change_is_not_sent() -> None:
    with pytest.raises(Unsent):
        bare(D("100000.12345678901234567"))
    assert bare(D("0.1")) == 0.1
    assert isinstance(bare(D("100.0")), int)


def test_a_size_between_two_contracts_is_not_sent() -> None:
    listed = CONTRACTS[0]
    with pytest.raises(Unsent):
        order_params(intent_of(listed.instrument, D("0.00015"), D(100_000)), listed, ONE_WAY)
    with pytest.raises(Unsent):
        order_params(intent_of(listed.instrument, D("0.0001"), D("100000.05")), listed, ONE_WAY)


@pytest.mark.parametrize(
    "changed",
    [
        {"type": 1},
        {"type": "3"},
        {"type": None},
        {"openType": 1},
        {"side": 5},
        {"externalOid": ""},
        {"triggerPrice": 1},
        {"leverage": 100},
    ],
    ids=str,
)
async def test_the_door_lets_out_nothing_but_immediate_or_cancel_orders(
    bench: Bench, changed: dict[str, object]
) -> None:
    intent = bench.intent("-0.01", "99500")
    await bench.gateway.place(intent)
    (sent,) = bench.wire.bodies(PLACE)
    assert is_order(json.dumps(sent).encode())
    assert not is_order(json.dumps(sent | changed).encode())


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"[1]", b"{", b"null"])
def test_the_door_takes_no_other_body_for_an_order(body: bytes) -> None:
    assert not is_order(body)


def test_the_symbols_of_the_bench_are_recorded() -> None:
    recorded = {one.instrument.symbol for one in CONTRACTS}
    assert set(config().symbols) <= recorded
    assert BTC in recorded
