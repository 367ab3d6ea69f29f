"""What Bybit refuses, and in which words."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import ccxt.async_support as ccxt
import pytest

from counterpoise.exchange.local import LocalExchange, MemoryTransport
from counterpoise.ports import HttpRequest
from tests.exchange.dialects.bybit_speaker import Bybit, raw_order
from tests.exchange.dialects.one_wallet import started, trading
from tests.exchange.dialects.speaking import Json
from tests.exchange.wires import Controller, FakeClock

BTC, SPOT = "BTC/USDT:USDT", "BTC/USDT"


@pytest.fixture
def exchange(clock: FakeClock) -> LocalExchange:
    return started("bybit", clock)


@pytest.fixture
async def trader(exchange: LocalExchange) -> AsyncIterator[ccxt.bybit]:
    async for made in trading(Bybit(), exchange):
        yield made


async def test_a_listing_without_a_price_is_closed(trader: ccxt.bybit) -> None:
    assert trader.markets["LTC/USD:LTC"]["active"] is False
    with pytest.raises(ccxt.ExchangeError, match="110066"):
        await trader.create_order("LTC/USD:LTC", "limit", "buy", "10", "80")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"qty": "0.00001"}, "10001"),
        ({"qty": "0.0015"}, "10001"),
        ({"qty": "2000"}, "10001"),
        ({"qty": "100"}, "110007"),
        ({"price": "87400.05"}, "10001"),
        ({"price": "99000"}, "110003"),
        ({"side": "Sell", "price": "70000"}, "110003"),
        ({"reduceOnly": True}, "110017"),
        ({"symbol": "NOPEUSDT"}, "Not supported symbols"),
        ({"orderLinkId": "not allowed!"}, "10001"),
        ({"timeInForce": "GTX"}, "10001"),
        ({"side": "buy"}, "10001"),
        ({"category": "nothing"}, "10001"),
        ({"qty": None}, "10001"),
        ({"symbol": "ETHUSDT", "qty": "0.01", "price": "10"}, "110094"),
    ],
)
async def test_perpetual_orders_that_break_a_rule_get_bybits_own_code(
    trader: ccxt.bybit, changed: Json, code: str
) -> None:
    with pytest.raises(ccxt.BaseError, match=code):
        await trader.privatePostV5OrderCreate(raw_order(**changed))
    assert await trader.fetch_positions() == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"qty": "0.00001"}, "170136"),
        ({"qty": "0.0000115"}, "170137"),
        ({"qty": "100"}, "170135"),
        ({"qty": "2"}, "170131"),
        ({"price": "87400.05"}, "170134"),
        ({"price": "99000"}, "170193"),
        ({"side": "Sell", "price": "70000"}, "170194"),
        ({"qty": "0.00002"}, "170140"),
        ({"symbol": "NOPEUSDT"}, "170121"),
    ],
)
async def test_spot_orders_that_break_a_rule_get_bybits_own_code(
    trader: ccxt.bybit, changed: Json, code: str
) -> None:
    with pytest.raises(ccxt.BaseError, match=code):
        await trader.privatePostV5OrderCreate(raw_order(category="spot", **changed))
    assert await trader.fetch_my_trades(SPOT) == []


@pytest.mark.parametrize(
    ("skew_ms", "refused"),
    [(-999, False), (-1_001, True), (5_000, False), (5_001, True)],
)
async def test_the_receive_window_is_held_to_the_millisecond(
    trader: ccxt.bybit, exchange: LocalExchange, skew_ms: int, refused: bool
) -> None:
    Controller(exchange).post("clock", skew_ms=skew_ms)
    if refused:
        with pytest.raises(ccxt.InvalidNonce, match="10002"):
            await trader.fetch_positions()
    else:
        assert await trader.fetch_positions() == []


async def test_a_signature_over_anything_else_is_refused(trader: ccxt.bybit) -> None:
    signed = trader.sign("v5/position/list", ["private"], "GET", {"category": "linear"})
    request = HttpRequest(
        method="GET", url=signed["url"].replace("linear", "inverse"), headers=signed["headers"]
    )
    answer = await trader.session.wire.send(request, 1.0)
    assert json.loads(answer.body)["retCode"] == 10004


async def test_an_order_signed_for_another_size_is_refused(trader: ccxt.bybit) -> None:
    signed = trader.sign("v5/order/create", ["private"], "POST", raw_order())
    body = signed["body"].replace("0.1", "0.9").encode()
    request = HttpRequest(method="POST", url=signed["url"], headers=signed["headers"], body=body)
    answer = await trader.session.wire.send(request, 1.0)
    assert json.loads(answer.body)["retCode"] == 10004
    assert await trader.fetch_positions() == []


async def test_a_key_that_is_not_known_is_refused(trader: ccxt.bybit) -> None:
    trader.apiKey = "another"
    with pytest.raises(ccxt.AuthenticationError, match="10003"):
        await trader.fetch_positions()


async def test_a_body_that_is_no_json_is_refused(trader: ccxt.bybit) -> None:
    trader.json = lambda _: "{broken"
    with pytest.raises(ccxt.BadRequest, match="10001"):
        await trader.privatePostV5OrderCreate(raw_order())


async def test_a_path_that_is_not_there_is_said_so(trader: ccxt.bybit) -> None:
    with pytest.raises(ccxt.BadRequest, match="10017"):
        await trader.publicGetV5MarketInsurance({"coin": "BTC"})


async def test_too_many_requests_are_told_in_the_body(
    trader: ccxt.bybit, exchange: LocalExchange
) -> None:
    control = Controller(exchange)
    control.post("fault", kind="rate-limit", path="/v5/position/list", retry_after_s=7)
    with pytest.raises(ccxt.RateLimitExceeded, match="10006"):
        await trader.fetch_positions()
    headers = trader.last_response_headers
    reset_ms = exchange.venue.clock.now().venue_ms + 7_000
    assert headers["X-Bapi-Limit-Reset-Timestamp"] == str(reset_ms)
    assert "Retry-After" not in headers


async def test_a_banned_address_gets_a_page(trader: ccxt.bybit, exchange: LocalExchange) -> None:
    Controller(exchange).post("fault", kind="ban", path="/v5/position/list")
    with pytest.raises(ccxt.RateLimitExceeded, match="403 Forbidden access too frequent"):
        await trader.fetch_positions()


async def test_the_demo_host_tells_nothing_of_the_key(exchange: LocalExchange) -> None:
    demo = Bybit().client(MemoryTransport(exchange), exchange)
    demo.enable_demo_trading(enable=True)
    await demo.create_order(BTC, "market", "sell", "0.1")
    assert len(await demo.fetch_positions()) == 1
    with pytest.raises(ccxt.ExchangeError, match="10032"):
        await demo.privateGetV5UserQueryApi()
    log = Controller(exchange).get("requests")["requests"]
    assert {entry["host"] for entry in log} == {"api-demo.bybit.com"}
    await demo.close()
