"""What OKX refuses: headers, windows, rules, each with its own code."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import ccxt.async_support as ccxt
import pytest

from counterpoise.exchange.local import LocalExchange
from counterpoise.ports import HttpRequest
from tests.exchange.dialects.okx_speaker import Okx, raw_order
from tests.exchange.dialects.one_wallet import started, trading
from tests.exchange.dialects.speaking import Json
from tests.exchange.wires import Controller, FakeClock

BTC = "BTC/USDT:USDT"


@pytest.fixture
def exchange(clock: FakeClock) -> LocalExchange:
    return started("okx", clock)


@pytest.fixture
async def trader(exchange: LocalExchange) -> AsyncIterator[ccxt.okx]:
    async for made in trading(Okx(), exchange):
        yield made


async def test_the_client_id_of_an_open_order_is_refused(trader: ccxt.okx) -> None:
    terms = {"clientOrderId": "once1"}
    await trader.create_order(BTC, "limit", "buy", "10", "86500", terms)
    with pytest.raises(ccxt.InvalidOrder, match="51016"):
        await trader.create_order(BTC, "limit", "buy", "10", "86500", terms)
    assert len(await trader.fetch_open_orders(BTC)) == 1


async def test_what_is_not_there_cannot_be_cancelled_or_read(trader: ccxt.okx) -> None:
    with pytest.raises(ccxt.OrderNotFound, match="51400"):
        await trader.cancel_order(None, BTC, {"clientOrderId": "never1"})
    with pytest.raises(ccxt.OrderNotFound, match="51603"):
        await trader.fetch_order(None, BTC, {"clientOrderId": "never1"})
    with pytest.raises(ccxt.OrderNotFound, match="51603"):
        await trader.fetch_order("None", BTC)
    with pytest.raises(ccxt.BadRequest, match="51003"):
        await trader.privateGetTradeOrder({"instId": "BTC-USDT-SWAP"})


async def test_a_key_trades_only_where_the_demo_header_is_sent(trader: ccxt.okx) -> None:
    trader.set_sandbox_mode(False)
    with pytest.raises(ccxt.AuthenticationError, match="50101"):
        await trader.fetch_positions()
    assert len(await trader.fetch_tickers([BTC])) == 1  # what is public needs no header


@pytest.mark.parametrize(
    ("header", "value", "code"),
    [
        ("OK-ACCESS-KEY", "", 50103),
        ("OK-ACCESS-KEY", "another", 50111),
        ("OK-ACCESS-PASSPHRASE", "", 50104),
        ("OK-ACCESS-PASSPHRASE", "another", 50105),
        ("OK-ACCESS-SIGN", "", 50106),
        ("OK-ACCESS-SIGN", "another", 50113),
        ("OK-ACCESS-TIMESTAMP", "", 50107),
        ("OK-ACCESS-TIMESTAMP", "1760000000", 50112),
        ("OK-ACCESS-TIMESTAMP", "2025-10-09T08:53:20", 50112),
        ("OK-ACCESS-TIMESTAMP", "2025-10-09T08:52:49.000Z", 50102),
    ],
)
async def test_each_wrong_header_has_its_own_code(
    trader: ccxt.okx, header: str, value: str, code: int
) -> None:
    signed = trader.sign("account/positions", ["private"], "GET", {})
    headers = {**signed["headers"], "x-simulated-trading": "1", header: value}
    request = HttpRequest(method="GET", url=signed["url"], headers=headers)
    answer = await trader.session.wire.send(request, 1.0)
    assert answer.status == 401
    assert json.loads(answer.body)["code"] == str(code)


async def test_an_order_signed_for_another_size_is_refused(trader: ccxt.okx) -> None:
    signed = trader.sign("trade/order", ["private"], "POST", raw_order())
    request = HttpRequest(
        method="POST",
        url=signed["url"],
        headers={**signed["headers"], "x-simulated-trading": "1"},
        body=signed["body"].replace('"10"', '"90"').encode(),
    )
    answer = await trader.session.wire.send(request, 1.0)
    assert json.loads(answer.body)["code"] == "50113"
    assert await trader.fetch_positions() == []


@pytest.mark.parametrize(
    ("skew_ms", "refused"), [(29_999, False), (-29_999, False), (30_001, True), (-30_001, True)]
)
async def test_a_request_is_good_for_half_a_minute(
    trader: ccxt.okx, exchange: LocalExchange, skew_ms: int, refused: bool
) -> None:
    Controller(exchange).post("clock", skew_ms=skew_ms)
    if refused:
        with pytest.raises(ccxt.InvalidNonce, match="50102"):
            await trader.fetch_positions()
    else:
        assert await trader.fetch_positions() == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"sz": "0.15"}, "51121"),
        ({"sz": "0.0"}, "51020"),
        ({"sz": "200000000"}, "51005"),
        ({"sz": "20000"}, "51008"),
        ({"sz": "2000000"}, "51004"),
        ({"px": "87400.05"}, "51000"),
        ({"px": "99000"}, "51137"),
        ({"side": "sell", "px": "70000"}, "51138"),
        ({"reduceOnly": True}, "51112"),
        ({"instId": "NOPE-USDT-SWAP"}, "51001"),
        ({"instId": "LTC-USDT-SWAP", "px": "80"}, "51022"),
        ({"clOrdId": "not-allowed"}, "51000"),
        ({"ordType": "gtc"}, "51000"),
        ({"tdMode": "isolated"}, "51000"),
        ({"posSide": "long"}, "51000"),
        ({"sz": None}, "51000"),
        ({"instId": "BTC-USDT", "tdMode": "cash", "sz": "5"}, "51008"),
        ({"instId": "BTC-USDT", "tdMode": "cross", "sz": "0.1"}, "51000"),
        ({"instId": "BTC-USDT", "tdMode": "cash", "sz": "0.000001"}, "51020"),
    ],
)
async def test_orders_that_break_a_rule_get_okxs_own_code(
    trader: ccxt.okx, changed: Json, code: str
) -> None:
    with pytest.raises(ccxt.BaseError, match=f'"sCode":"{code}"'):
        await trader.privatePostTradeOrder(raw_order(**changed))
    assert await trader.fetch_positions() == []


async def test_a_body_of_another_form_is_refused(trader: ccxt.okx) -> None:
    with pytest.raises(ccxt.BadRequest, match="50014"):
        await trader.privatePostTradeBatchOrders([])
    trader.json = lambda _: "{broken"
    with pytest.raises(ccxt.BadRequest, match="50002"):
        await trader.privatePostTradeOrder(raw_order())


async def test_a_path_that_is_not_there_is_said_so(trader: ccxt.okx) -> None:
    with pytest.raises(ccxt.BadRequest, match="50115"):
        await trader.publicGetPublicOpenInterest({"instType": "SWAP"})


async def test_too_many_requests_are_told_with_a_status(
    trader: ccxt.okx, exchange: LocalExchange
) -> None:
    control = Controller(exchange)
    control.post("fault", kind="rate-limit", path="/api/v5/account/positions")
    with pytest.raises(ccxt.RateLimitExceeded, match="50011"):
        await trader.fetch_positions()
    control.post("fault", kind="ban", path="/api/v5/account/positions")
    with pytest.raises(ccxt.ExchangeNotAvailable, match="403"):
        await trader.fetch_positions()


async def test_an_armed_refusal_stands_where_its_code_belongs(
    trader: ccxt.okx, exchange: LocalExchange
) -> None:
    control = Controller(exchange)
    for code, kind, place in (
        (51008, ccxt.InsufficientFunds, '"sCode":"51008"'),
        (50013, ccxt.ExchangeNotAvailable, '"code":"50013"'),
    ):
        control.post("fault", kind="reject", method="POST", path="/api/v5/trade", code=code)
        with pytest.raises(kind, match=place):
            await trader.create_order(BTC, "market", "sell", "10")
