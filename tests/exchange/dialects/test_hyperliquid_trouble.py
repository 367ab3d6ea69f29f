"""What Hyperliquid makes of nonsense and of faults, and its wire over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal

import ccxt.async_support as ccxt
import pytest

from counterpoise.errors import SettingsError
from counterpoise.exchange.local import (
    LocalExchange,
    LocalExchangeConfig,
    MemoryTransport,
    build,
    serve,
)
from counterpoise.ports import HttpRequest
from tests.exchange.dialects.hyperliquid_speaker import Hyperliquid, named, sold
from tests.exchange.wires import Controller, FakeClock, HttpWire


@pytest.fixture
def exchange() -> LocalExchange:
    return build(LocalExchangeConfig(venue="hyperliquid", speed=Decimal(0)), FakeClock())


@pytest.fixture
async def trader(exchange: LocalExchange) -> AsyncIterator[ccxt.hyperliquid]:
    made = Hyperliquid().client(MemoryTransport(exchange), exchange)
    await made.load_markets()
    yield made
    await made.close()


async def asked(exchange: LocalExchange, body: str, path: str = "/info") -> tuple[int, bytes]:
    request = HttpRequest(method="POST", url=f"http://venue{path}", body=body.encode())
    answer = exchange.answer(request).response
    assert answer is not None
    return answer.status, answer.body


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        "{",
        '{"type": 5}',
        '{"type": "nope"}',
        '{"type": "l2Book"}',
        '{"type": "l2Book", "coin": "NOPE"}',
        '{"type": "orderStatus"}',
        '{"type": "userFillsByTime", "user": "0x", "startTime": "x"}',
        '{"type": "metaAndAssetCtxs", "dex": "xyz"}',
    ],
)
async def test_a_question_of_another_form_is_unreadable(exchange: LocalExchange, body: str) -> None:
    assert (await asked(exchange, body))[0] == 422


async def test_other_paths_are_not_there(exchange: LocalExchange) -> None:
    assert (await asked(exchange, "{}", "/withdraw"))[0] == 404


async def test_faults_come_in_the_venues_own_form(
    trader: ccxt.hyperliquid, exchange: LocalExchange
) -> None:
    control = Controller(exchange)
    control.post("fault", kind="rate-limit", path="/info")
    with pytest.raises(ccxt.RateLimitExceeded):
        await trader.fetch_time()
    control.post("fault", kind="ban", path="/info")
    with pytest.raises(ccxt.ExchangeNotAvailable, match="403"):
        await trader.fetch_time()
    control.post("fault", kind="reject", path="/exchange", code=3)
    with pytest.raises(ccxt.InsufficientFunds):
        await sold(trader)
    text = "Too many cumulative requests sent (9 > 8)"
    control.post("fault", kind="reject", path="/exchange", code=0, message=text)
    with pytest.raises(ccxt.RateLimitExceeded):
        await sold(trader)


async def test_the_signature_is_in_no_log(
    trader: ccxt.hyperliquid, exchange: LocalExchange
) -> None:
    await sold(trader)
    (entry,) = (
        row
        for row in Controller(exchange).get("requests")["requests"]
        if row["path"] == "/exchange"
    )
    assert "cloid" in str(entry) or "Ioc" in str(entry)
    assert "signature" not in str(entry)


async def test_it_trades_over_http_as_well(exchange: LocalExchange) -> None:
    server = await serve(exchange, "127.0.0.1", 0)
    http = HttpWire(server.port)
    trader = Hyperliquid().client(http, exchange)
    await trader.load_markets()
    await sold(trader, "http1")
    found = await trader.fetch_order("", "BTC/USDC:USDC", named("http1"))
    assert (found["status"], found["filled"]) == ("closed", "0.02")
    await trader.close()
    await http.close()
    await server.close()


def test_what_is_no_private_key_is_refused_at_the_start() -> None:
    config = LocalExchangeConfig(venue="hyperliquid", api_secret="none")
    with pytest.raises(SettingsError, match="no private key"):
        build(config, FakeClock())
