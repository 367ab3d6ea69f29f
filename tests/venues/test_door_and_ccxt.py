"""Every exchange class that ccxt has, against the door of a Binance testnet account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import ccxt.async_support as ccxt
import pytest

from counterpoise.core.mode import Mode
from counterpoise.errors import DoorRefused
from counterpoise.venues.binance import PROFILE
from counterpoise.venues.build import rules_for
from counterpoise.venues.door import Door, DoorSession
from tests.venues.fake import API_KEY, API_SECRET, ORDER, FakeVenue, StillClock, config

MONEY: Mapping[str, tuple[str, dict[str, object]]] = {
    "withdraw": ("sapiPostCapitalWithdrawApply", {"coin": "BTC", "amount": "1", "address": "x"}),
    "transfer": ("sapiPostAssetTransfer", {"type": "MAIN_UMFUTURE", "asset": "USDT"}),
    "loan": ("sapiPostMarginBorrowRepay", {"asset": "BTC", "amount": "1", "type": "BORROW"}),
    "currencies": ("sapiGetCapitalConfigGetall", {}),
    "leverage": ("fapiPrivatePostLeverage", {"symbol": "BTCUSDT", "leverage": 125}),
    "cancel": ("fapiPrivateDeleteOrder", {"symbol": "BTCUSDT", "orderId": 1}),
    "amend": ("fapiPrivatePutOrder", {"symbol": "BTCUSDT", "orderId": 1}),
    "batch": ("fapiPrivatePostBatchOrders", {"batchOrders": []}),
    "spot order": ("privatePostOrder", {"symbol": "BTCUSDT", "side": "BUY"}),
    "coin-m order": ("dapiPrivatePostOrder", {"symbol": "BTCUSD_PERP", "side": "BUY"}),
    "portfolio margin order": ("papiPostUmOrder", {"symbol": "BTCUSDT", "side": "BUY"}),
}


def door_of(mode: Mode, venue: FakeVenue) -> Door:
    return Door(rules_for(config(mode=mode), PROFILE), venue, StillClock())


def client_of(exchange: str, door: Door) -> Any:  # noqa: ANN401 - ccxt is untyped
    facts = {"apiKey": API_KEY, "secret": API_SECRET, "password": "p", "enableRateLimit": False}
    client = getattr(ccxt, exchange)({**facts, "session": DoorSession(door)})
    client.ssl_context = False
    return client


def leaves(urls: object) -> Iterator[str]:
    if isinstance(urls, str):
        yield urls
    elif isinstance(urls, Mapping):
        for below in urls.values():
            yield from leaves(below)


@pytest.mark.parametrize("exchange", ccxt.exchanges)
async def test_no_exchange_class_reaches_production(exchange: str, venue: FakeVenue) -> None:
    door = door_of(Mode.TESTNET, venue)
    client = client_of(exchange, door)
    urls = {client.implode_hostname(url) for url in leaves(client.urls["api"])}
    web = [url for url in sorted(urls) if url.startswith("http")]
    for url in web:
        for method in ("POST", "DELETE"):
            with pytest.raises(DoorRefused):
                await client.fetch(f"{url}/order", method, {"X-MBX-APIKEY": "k"}, "a=b")
    client.session = None
    assert (door.traffic.sent, venue.requests) == (0, [])
    assert door.traffic.refused == 2 * len(web)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("what", MONEY)
async def test_ccxts_own_calls_do_not_get_past(mode: Mode, what: str, venue: FakeVenue) -> None:
    door = door_of(mode, venue)
    client = client_of("binance", door)
    name, params = MONEY[what]
    with pytest.raises(DoorRefused):
        await getattr(client, name)(dict(params))
    client.session = None
    assert venue.requests == []


@pytest.mark.parametrize("exchange", ["binance", "binanceusdm"])
async def test_a_second_client_on_the_session_keeps_to_the_same_rules(
    exchange: str, venue: FakeVenue
) -> None:
    """Not switched to the demo hosts: ccxt's own order would go to production."""
    door = door_of(Mode.TESTNET, venue)
    client = client_of(exchange, door)
    with pytest.raises(DoorRefused, match=r"fapi\.binance\.com is no host of this mode"):
        await client.fapiPrivatePostOrder({"symbol": "BTCUSDT", "side": "BUY"})
    client.session = None
    assert venue.requests == []


async def test_changed_urls_lead_nowhere(venue: FakeVenue) -> None:
    door = door_of(Mode.LIVE, venue)
    client = client_of("binance", door)
    client.urls["api"]["fapiPrivate"] = "https://fapi.binance.com.evil.test/fapi/v1"
    with pytest.raises(DoorRefused):
        await client.fapiPrivatePostOrder({"symbol": "BTCUSDT", "side": "BUY"})
    client.session = None
    assert venue.requests == []


async def test_a_proxy_of_ccxts_own_leads_nowhere(venue: FakeVenue) -> None:
    door = door_of(Mode.LIVE, venue)
    client = client_of("binance", door)
    client.httpsProxy = "http://evil.test"
    with pytest.raises(DoorRefused, match="proxy"):
        await client.fapiPublicGetTime()
    client.session = None
    assert venue.requests == []


async def test_a_websocket_does_not_open(venue: FakeVenue) -> None:
    session = DoorSession(door_of(Mode.TESTNET, venue))
    with pytest.raises(DoorRefused):
        session.ws_connect("wss://demo-stream.binance.com")  # type: ignore[operator]
    assert venue.requests == []


async def test_live_lets_ccxts_order_out_exactly_there(venue: FakeVenue) -> None:
    door = door_of(Mode.LIVE, venue)
    client = client_of("binance", door)
    await client.fapiPrivatePostOrder({"symbol": "ETHUSDT", "side": "BUY", "quantity": "1"})
    client.session = None
    assert [request.url for request in venue.requests] == [f"https://fapi.binance.com{ORDER}"]
