"""From a decided size to the wire, into the engine, and back as a position: every market."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import ccxt
import pytest
from hypothesis import given
from hypothesis import strategies as st

import counterpoise.exchange
from counterpoise.core.instrument import InstrumentKey, Kind
from counterpoise.core.orders import ClientOrderId, Intent, IntentState, Order, Rule
from counterpoise.errors import SettingsError, SnapshotError, Unsent
from counterpoise.exchange.history import recorded_histories
from counterpoise.venues.bingx import INVERSE, LINEAR
from counterpoise.venues.bingx_requests import order_params
from counterpoise.venues.build import build_gateway
from counterpoise.venues.dialect import Listed, Terms
from counterpoise.venues.mapping import listed_of
from tests.venues.bingx.conftest import BINGX, INVERSE_PLACE, PLACE, Tapped
from tests.venues.contract.stands import MAIN, D, Desk

RECORDED = Path(counterpoise.exchange.__file__).parent / "data" / "bingx.json"
PRODUCTS = {Kind.LINEAR: LINEAR, Kind.INVERSE: INVERSE}
ONE_WAY = Terms(receive_window_ms=5_000, hedged=False)
PRICES = {"BTC": D(90_000), "ETH": D(3_000), "XRP": D(2), "ADA": D("0.8"), "BNB": D(600)}


def parsed() -> list[Listed]:
    """Return every recorded perpetual as ccxt reads it."""
    client = ccxt.bingx()
    client.number = str
    found = json.loads(RECORDED.read_text(), parse_float=str, parse_int=str)
    rows = client.parse_markets(found["linear"] + found["inverse"])
    return [listed_of(row, MAIN, PRODUCTS) for row in rows]


MARKETS = parsed()
HISTORIES = recorded_histories()
PRICED = [one for one in MARKETS if str(one.instrument.base) in HISTORIES]


def intent_of(listed: Listed, size: D, price: D) -> Intent:
    one = listed.instrument
    order = Order(
        asset=one.base,
        instrument=one.key,
        symbol=one.symbol,
        size=size,
        limit_price=price,
        mark_price=price,
        notional=one.notional(size, price),
        reduce_only=False,
        rule=Rule.DRIFT,
        position_before=D(0),
        completes=True,
    )
    return Intent(
        client_order_id=ClientOrderId("cp1"),
        sequence=1,
        cycle=1,
        order=order,
        state=IntentState.SENT,
        sent_at_ms=0,
        expires_at_ms=10**15,
    )


def name_of(listed: Listed) -> str:
    return listed.market_id


@pytest.mark.parametrize("listed", MARKETS, ids=name_of)
@given(steps=st.integers(1, 10**7), price_steps=st.integers(1, 10**9), buys=st.booleans())
def test_a_size_is_on_the_wire_exactly_and_in_plain_digits(
    listed: Listed, steps: int, price_steps: int, buys: bool
) -> None:
    one = listed.instrument
    size, price = one.size_step * steps * (1 if buys else -1), one.price_step * price_steps
    sent = order_params(intent_of(listed, size, price), listed, ONE_WAY)
    quantity, wire_price = str(sent["quantity"]), str(sent["price"])
    assert set(quantity + wire_price) <= set("0123456789.")
    assert D(quantity) * listed.size_per_amount == abs(size)
    assert D(wire_price) == price
    if one.kind is Kind.INVERSE:
        assert quantity == str(steps)


def test_a_coin_margined_contract_is_of_the_dollars_that_its_market_states() -> None:
    found = {one.market_id: (one.size_per_amount, one.instrument.size_step) for one in MARKETS}
    assert found["BTC-USD"] == (D(100), D(100))
    assert found["BNB-USD"] == (D(10), D(10))
    assert found["BTC-USDT"] == (D(1), D("0.0001"))


def test_the_least_order_of_a_coin_margined_perpetual_is_one_contract() -> None:
    found = {one.market_id: one.instrument for one in MARKETS}
    assert (found["BTC-USD"].size_min, found["BTC-USD"].notional_min) == (D(100), D(100))


@pytest.mark.parametrize("listed", MARKETS, ids=name_of)
def test_half_a_step_is_not_sent(listed: Listed) -> None:
    one = listed.instrument
    with pytest.raises(Unsent):
        order_params(intent_of(listed, one.size_step / 2, one.price_step), listed, ONE_WAY)
    with pytest.raises(Unsent):
        order_params(intent_of(listed, one.size_step, one.price_step / 2), listed, ONE_WAY)


def market(**changed: object) -> dict[str, object]:
    client = ccxt.bingx()
    client.number = str
    found = json.loads(RECORDED.read_text(), parse_float=str, parse_int=str)
    row: dict[str, object] = client.parse_markets(found["linear"])[0]
    return row | changed


@pytest.mark.parametrize(
    "changed",
    [{"contractSize": "10"}, {"contractSize": None}, {"precision": {"amount": None, "price": "1"}}],
    ids=str,
)
def test_a_linear_contract_of_another_size_is_no_instrument(changed: dict[str, object]) -> None:
    with pytest.raises((SettingsError, SnapshotError)):
        listed_of(market(**changed), MAIN, PRODUCTS)


@pytest.mark.parametrize("listed", PRICED, ids=name_of)
async def test_what_was_decided_is_what_the_engine_has_and_the_gateway_reads(
    listed: Listed, desk: Desk, wire: Tapped
) -> None:
    one = listed.instrument
    base = str(one.base)
    desk.control.post("price", symbol=f"{base}USDT", price=str(PRICES[base]))
    config = replace(BINGX.config(), symbols=(one.symbol,))
    gateway = build_gateway(config, desk.clock, wire)
    (opened,) = await gateway.open()
    assert opened == one
    await gateway.account()
    there = replace(desk, gateway=gateway)
    for number, steps in enumerate((700, -1_000, 250)):
        size = opened.size_step * steps
        before = (await there.position(one.symbol)).size
        wire.requests.clear()
        since_ms = desk.clock.wall_ms()
        report = await there.traded(size, f"cp{number}", symbol=one.symbol)
        assert report.filled_size == size
        path = PLACE if one.kind is Kind.LINEAR else INVERSE_PLACE
        (sent,) = wire.sent("POST", path)
        assert D(sent["quantity"]) * listed.size_per_amount == abs(size)
        assert (await there.position(one.symbol)).size == before + size
        fills = await gateway.fills(one.symbol, since_ms - 1)
        ours = [fill.size for fill in fills if fill.venue_order_id == report.venue_order_id]
        assert sum(ours) == size
        (account_position,) = [
            found.amount
            for found in desk.exchange.venue.engine.account.positions.values()
            if found.listing.key.symbol == listed.market_id
        ]
        assert account_position * listed.size_per_amount == before + size
    assert InstrumentKey(f"{MAIN}:{one.symbol}") == one.key
    await gateway.close()
