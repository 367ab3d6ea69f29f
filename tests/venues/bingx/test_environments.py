"""Where BingX's requests can lead: the simulated account is linear only, and never production."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from counterpoise.core.instrument import Asset, InstrumentKey
from counterpoise.core.mode import Mode
from counterpoise.errors import DoorRefused, SettingsError
from counterpoise.exchange.local import MemoryTransport
from counterpoise.venues.bingx import PROFILE
from counterpoise.venues.build import build_gateway
from counterpoise.venues.dialect import Params
from counterpoise.venues.gateway import CcxtGateway
from tests.exchange.wires import FakeClock
from tests.venues.bingx.conftest import BINGX, INVERSE_PLACE, PLACE, Tapped
from tests.venues.contract.stands import INVERSE, LINEAR, MAIN, D, Desk

SIMULATED, PRODUCTION = "open-api-vst.bingx.com", "open-api.bingx.com"


def simulated(desk: Desk, wire: Tapped, **changed: object) -> CcxtGateway:
    """Return a gateway of the simulated account, its hosts answered by the local exchange."""
    wire.wire = MemoryTransport(desk.exchange)
    facts: dict[str, object] = {"endpoint": "", "wallets": ("linear",), "symbols": (LINEAR,)}
    return build_gateway(BINGX.config(**{**facts, **changed}), desk.clock, wire)


def hosts(wire: Tapped) -> set[str | None]:
    return {urlsplit(one.url).hostname for one in wire.requests}


async def test_the_simulated_account_trades_on_its_own_host_alone(desk: Desk, wire: Tapped) -> None:
    gateway = simulated(desk, wire)
    await gateway.open()
    await gateway.account()
    intent = await desk.intent(BINGX.step)
    wire.requests.clear()
    await gateway.place(intent)
    await gateway.positions()
    assert hosts(wire) == {SIMULATED}
    await gateway.close()


@pytest.mark.parametrize("wallet", ["spot", "inverse"])
async def test_what_the_simulated_account_lacks_is_refused_before_anything_is_asked(
    desk: Desk, wire: Tapped, wallet: str
) -> None:
    with pytest.raises(SettingsError, match=f"no '{wallet}' in its test environment") as raised:
        simulated(desk, wire, wallets=("linear", wallet))
    assert "endpoint" in raised.value.hint
    assert wire.requests == []


async def test_a_coin_margined_perpetual_is_none_of_the_simulated_account(
    desk: Desk, wire: Tapped
) -> None:
    gateway = simulated(desk, wire, symbols=(INVERSE,))
    with pytest.raises(SettingsError):
        await gateway.open()
    await gateway.close()


async def test_an_endpoint_stands_for_the_whole_venue(desk: Desk, wire: Tapped) -> None:
    await desk.gateway.open()
    assert {urlsplit(one.url).path for one in wire.requests} >= {
        "/openApi/cswap/v1/market/contracts",
        "/openApi/swap/v2/quote/contracts",
    }
    assert hosts(wire) == {"127.0.0.1"}


@pytest.mark.parametrize("path", [PLACE, INVERSE_PLACE])
async def test_no_order_reaches_production_in_testnet_mode(
    desk: Desk, wire: Tapped, path: str
) -> None:
    gateway = simulated(desk, wire)
    wire.requests.clear()
    for host in (PRODUCTION, "bingx.com", "open-api.bingx.io"):
        with pytest.raises(DoorRefused):
            await gateway.door.send("POST", f"https://{host}{path}?a=1", {}, b"")
    assert wire.requests == []
    await gateway.close()


@pytest.mark.parametrize("call", PROFILE.writes, ids=lambda call: call.path)
async def test_dry_run_sends_no_order(desk: Desk, wire: Tapped, call: object) -> None:
    gateway = simulated(desk, wire, mode=Mode.DRY_RUN, wallets=BINGX.wallets)
    await gateway.open()
    await gateway.account()
    with pytest.raises(DoorRefused):
        await gateway.place(await desk.intent(BINGX.step))
    assert {one.method for one in wire.requests} == {"GET"}
    await gateway.close()
    assert call in PROFILE.writes


async def test_a_body_does_not_pass_beside_the_query(desk: Desk, wire: Tapped) -> None:
    wire.requests.clear()
    with pytest.raises(DoorRefused):
        await desk.gateway.door.send("POST", f"https://{PRODUCTION}{PLACE}?a=1", {}, b'{"a": 1}')
    assert wire.requests == []


BALANCE: Params = {"balance": "100000", "equity": "100100", "usedMargin": "0"}


async def test_play_money_counts_as_dollars_on_the_simulated_account_alone(
    desk: Desk, wire: Tapped
) -> None:
    rows = [{**BALANCE, "asset": "VST"}]
    wire.lies["GET", "/openApi/swap/v3/user/balance"] = {"code": 0, "data": rows}
    gateway = simulated(desk, wire)
    await gateway.open()
    (margin,) = await gateway.margins()
    assert (margin.asset, margin.equity) == (Asset("USDT"), D(100_100))
    await gateway.close()
    shown = {one.asset for one in await desk.gateway.margins() if one.source == f"{MAIN}:linear"}
    assert "USDT" not in shown


async def test_play_money_does_not_hide_dollars(desk: Desk, wire: Tapped) -> None:
    rows = [{**BALANCE, "asset": "VST"}, {**BALANCE, "asset": "USDT", "equity": "7"}]
    wire.lies["GET", "/openApi/swap/v3/user/balance"] = {"code": 0, "data": rows}
    gateway = simulated(desk, wire)
    await gateway.open()
    (margin,) = await gateway.margins()
    assert (margin.asset, margin.equity) == (Asset("USDT"), D(7))
    await gateway.close()


async def test_mark_prices_are_asked_of_the_market_that_they_are_of(
    desk: Desk, wire: Tapped
) -> None:
    """ccxt's `fetch_mark_prices` names coin-margined ones after linear perpetuals."""
    desk.control.post("price", symbol="BTCUSDT", market="linear", price="91000")
    found = await desk.gateway.marks()
    assert set(found) == {InstrumentKey(f"{MAIN}:{symbol}") for symbol in (LINEAR, INVERSE)}
    assert found[InstrumentKey(f"{MAIN}:{LINEAR}")].mark_price == 91_000
    paths = {urlsplit(one.url).path for one in wire.requests}
    assert paths >= {"/openApi/swap/v2/quote/premiumIndex", "/openApi/cswap/v1/market/premiumIndex"}


async def test_time_is_signed_by_our_clock(desk: Desk, wire: Tapped) -> None:
    assert isinstance(desk.clock, FakeClock)
    await desk.gateway.positions()
    stamps = {one["timestamp"] for one in wire.sent("GET", "/openApi/swap/v2/user/positions")}
    assert stamps == {str(desk.clock.wall_ms())}
