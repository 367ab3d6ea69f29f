"""From a decided size to contracts on the wire, into the engine, and back as a position."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import ccxt
import pytest
from hypothesis import given
from hypothesis import strategies as st

import counterpoise.exchange
from counterpoise.core.instrument import Asset, InstrumentKey, Kind, VenueName
from counterpoise.core.orders import VenueStatus
from counterpoise.venues.dialect import Listed, Terms
from counterpoise.venues.mapping import listed_of
from counterpoise.venues.okx import INVERSE, LINEAR
from counterpoise.venues.okx_requests import is_order, order_params
from tests.venues.contract.stands import MAIN, D
from tests.venues.okx.conftest import OKX, venue_of
from tests.venues.orders import intent_of

RECORDED = Path(counterpoise.exchange.__file__).parent / "data" / "okx.json"
PRODUCTS = {Kind.LINEAR: LINEAR, Kind.INVERSE: INVERSE}
NET = Terms(receive_window_ms=30_000, hedged=False)
ROWS = [row for kind in ("linear", "inverse") for row in json.loads(RECORDED.read_text())[kind]]
CCXT = type("InText", (ccxt.okx,), {"number": str})()
LISTED = [listed_of(CCXT.parse_market(row), VenueName("main"), PRODUCTS) for row in ROWS]


def name_of(listed: Listed) -> str:
    return listed.market_id


def test_what_was_recorded_has_both_kinds() -> None:
    assert {listed.instrument.kind for listed in LISTED} == {Kind.LINEAR, Kind.INVERSE}


@pytest.mark.parametrize("listed", LISTED, ids=name_of)
@given(steps=st.integers(1, 10**6), price_steps=st.integers(1, 10**7), buys=st.booleans())
def test_a_size_reaches_the_wire_as_so_many_contracts(
    listed: Listed, steps: int, price_steps: int, buys: bool
) -> None:
    one, facts = listed.instrument, listed.facts
    size, price = one.size_step * steps, one.price_step * price_steps
    signed = size if buys else -size
    intent = intent_of(size=str(signed), price=str(price), symbol=one.symbol)
    sent = json.loads(json.dumps(order_params(intent, listed, NET)))
    assert D(sent["sz"]) % D(str(facts["lotSz"])) == 0
    assert D(sent["sz"]) * D(str(facts["ctVal"])) == size
    assert (D(sent["px"]), sent["side"]) == (price, "buy" if buys else "sell")
    assert is_order(json.dumps(sent).encode())


@pytest.mark.parametrize("listed", LISTED, ids=name_of)
async def test_what_was_decided_is_what_is_traded_held_and_read(listed: Listed) -> None:
    one = listed.instrument
    made = await venue_of(OKX, OKX.config(symbols=(one.symbol,)))
    desk, key = made.desk, InstrumentKey(f"{MAIN}:{one.symbol}")
    if one.base not in {"BTC", "ETH", "XRP"}:
        pair = listed.market_id.removesuffix("-SWAP")
        desk.control.post("price", symbol=pair.replace("-", ""), price="100")
    (found,) = await made.gateway.open()
    assert found == one
    await made.gateway.account()
    held = D(0)
    for number, steps in enumerate((3, -5, 1)):
        size = found.size_step * steps
        report = await desk.traded(size, f"cp{number}", symbol=one.symbol)
        held += size
        assert (report.status, report.filled_size) == (VenueStatus.FILLED, size)
        assert (await made.gateway.positions())[key].size == held
    trades = await made.gateway.fills(one.symbol, desk.clock.wall_ms() - 1)
    assert sum((trade.size for trade in trades), Decimal(0)) == held
    assert {trade.fee_asset for trade in trades} == {one.settle}
    await made.gateway.close()


def test_contracts_are_of_the_size_that_each_market_states() -> None:
    found = {one.market_id: (one.size_per_amount, one.instrument.unit) for one in LISTED}
    assert found["BTC-USDT-SWAP"] == (D("0.01"), Asset("BTC"))
    assert found["XRP-USDT-SWAP"] == (D(100), Asset("XRP"))
    assert found["BTC-USD-SWAP"] == (D(100), Asset("USD"))
