from __future__ import annotations

import logging

import pytest

from counterpoise.core.mode import Mode
from counterpoise.errors import DoorRefused, SettingsError
from counterpoise.venues.binance import PROFILE
from counterpoise.venues.build import build_gateway, rules_for
from counterpoise.venues.ccxt_import import load_class
from counterpoise.venues.client import Client, _check_safe
from counterpoise.venues.dialect import Demo
from counterpoise.venues.door import Door, DoorSession
from counterpoise.venues.outcomes import VenueError
from tests.venues.fake import (
    API_SECRET,
    NOW_MS,
    FakeVenue,
    StillClock,
    answer,
    config,
    params_of,
)

TIME = "/fapi/v1/time"


def connected(venue: FakeVenue, mode: Mode = Mode.TESTNET, **changed: object) -> Client:
    settings = config(mode=mode, **changed)
    client = Client(settings, PROFILE, StillClock())
    rules = rules_for(settings, PROFILE)
    door = Door(rules, venue, StillClock())
    client.connect(DoorSession(door), PROFILE.demo if mode is Mode.TESTNET else None)
    return client


@pytest.mark.parametrize(
    ("mode", "host"),
    [
        (Mode.DRY_RUN, "fapi.binance.com"),
        (Mode.LIVE, "fapi.binance.com"),
        (Mode.TESTNET, "demo-fapi.binance.com"),
    ],
)
async def test_each_mode_has_its_own_hosts(mode: Mode, host: str, venue: FakeVenue) -> None:
    client = connected(venue, mode)
    await client.request("fapiPublicGetTime")({})
    await client.close()
    assert [request.url for request in venue.requests] == [f"https://{host}{TIME}"]


@pytest.mark.parametrize("status", [200, 201, 204, 299, 523, 524, 527])
@pytest.mark.parametrize("body", ["", "<html>busy</html>", '{"serverTime": 1', "null", "ok"])
async def test_an_answer_that_is_no_json_is_an_error_under_every_status(
    status: int, body: str, venue: FakeVenue
) -> None:
    client = connected(venue)
    venue.fault("GET", TIME, lambda _: answer(body, status))
    with pytest.raises(VenueError) as caught:
        await client.request("fapiPublicGetTime")({})
    await client.close()
    assert caught.value.reply.status == status
    assert caught.value.reply.readable is False


async def test_the_venues_own_code_is_kept(venue: FakeVenue) -> None:
    client = connected(venue)
    venue.fault("GET", TIME, lambda _: answer({"code": -1003, "msg": "slow down"}, 429))
    with pytest.raises(VenueError) as caught:
        await client.request("fapiPublicGetTime")({})
    await client.close()
    reply = caught.value.reply
    assert (reply.code, reply.message, reply.status) == ("-1003", "slow down", 429)
    assert reply.retry_after_s == 30


async def test_an_error_under_a_good_status_is_an_error(venue: FakeVenue) -> None:
    client = connected(venue)
    venue.fault("GET", TIME, lambda _: answer({"code": -1000, "msg": "?"}, 200))
    with pytest.raises(VenueError):
        await client.request("fapiPublicGetTime")({})
    await client.close()


async def test_a_bad_status_with_good_json_is_an_error(venue: FakeVenue) -> None:
    client = connected(venue)
    venue.fault("GET", TIME, lambda _: answer({"serverTime": 1}, 503))
    with pytest.raises(VenueError, match="HTTP 503"):
        await client.request("fapiPublicGetTime")({})
    await client.close()


async def test_requests_are_signed_with_our_clock_and_a_short_window(venue: FakeVenue) -> None:
    client = connected(venue)
    await client.request("fapiPrivateV3GetAccount")({})
    await client.close()
    params = params_of(venue.requests[0])
    assert (params["timestamp"], params["recvWindow"]) == (str(NOW_MS), "5000")


async def test_markets_are_those_of_perpetuals_only(venue: FakeVenue) -> None:
    client = connected(venue)
    markets = await client.markets()
    await client.close()
    assert set(markets) == {"ETH/USDT:USDT", "BTC/USDT:USDT", "SOL/USDT:USDT"}
    assert [request.url for request in venue.requests] == [
        "https://demo-fapi.binance.com/fapi/v1/exchangeInfo"
    ]


async def test_no_number_passes_through_float(venue: FakeVenue) -> None:
    client = connected(venue)
    market = (await client.markets())["ETH/USDT:USDT"]
    await client.close()
    numbers = [market["taker"], market["contractSize"], *market["precision"].values()]  # type: ignore[attr-defined]
    assert all(isinstance(number, str) for number in numbers if number is not None)


def test_the_test_environment_is_switched_to_once_and_before_anything_else(
    venue: FakeVenue, monkeypatch: pytest.MonkeyPatch
) -> None:
    switched: list[object] = []
    whole = load_class("binance").exchange
    real = whole.enable_demo_trading  # type: ignore[attr-defined]

    def counted(self: object, *, enable: bool) -> None:
        switched.append(vars(self)["session"])
        real(self, enable)

    monkeypatch.setattr(whole, "enable_demo_trading", lambda self, on: counted(self, enable=on))
    build_gateway(config(), StillClock(), venue)
    assert switched == [None]
    assert venue.requests == []


@pytest.mark.parametrize("error", [KeyError("demo"), TypeError("NoneType"), RuntimeError("x")])
def test_a_switch_that_fails_stops_the_start(
    error: Exception, venue: FakeVenue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_self: object, _on: object) -> None:
        raise error

    monkeypatch.setattr(load_class("binance").exchange, "enable_demo_trading", failing)
    with pytest.raises(SettingsError, match="could not switch"):
        build_gateway(config(), StillClock(), venue)
    assert venue.requests == []


def test_a_switch_that_does_nothing_stops_the_start(
    venue: FakeVenue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_class("binance").exchange, "enable_demo_trading", lambda *_: None)
    with pytest.raises(SettingsError, match=r"leads to .*fapi\.binance\.com"):
        build_gateway(config(), StillClock(), venue)


def test_one_stray_url_stops_the_start() -> None:
    few = Demo(method="enable_demo_trading", hosts=frozenset({"demo-fapi.binance.com"}))
    client = Client(config(), PROFILE, StillClock())
    door = Door(rules_for(config(), PROFILE), FakeVenue(), StillClock())
    with pytest.raises(SettingsError, match=r"demo-api\.binance\.com"):
        client.connect(DoorSession(door), few)


async def test_a_client_is_closed_without_a_pause_and_stays_closed(venue: FakeVenue) -> None:
    client = connected(venue)
    await client.close()
    assert client._ccxt.timeout_on_exit == 0
    with pytest.raises(Exception, match="closed"):
        await client.request("fapiPublicGetTime")({})
    assert venue.requests == []


def test_loud_libraries_are_kept_quiet(venue: FakeVenue, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    connected(venue)
    for name in ("ccxt.base.exchange", "aiohttp.client"):
        assert logging.getLogger(name).getEffectiveLevel() == logging.WARNING


def test_ccxts_settings_are_ours_whatever_the_user_sets(venue: FakeVenue) -> None:
    client = connected(venue, options={"defaultType": "swap"})
    facts = vars(client._ccxt)
    assert facts["options"]["defaultType"] == "swap"
    assert facts["options"]["recvWindow"] == 5000
    assert facts["enableRateLimit"] is False
    assert facts["verbose"] is False
    assert facts["has"]["fetchCurrencies"] is False


@pytest.mark.parametrize(
    ("fact", "value"),
    [("enableRateLimit", True), ("verbose", True), ("own_session", True)],
)
def test_a_ccxt_that_does_not_keep_to_its_settings_is_not_used(
    fact: str, value: object, venue: FakeVenue
) -> None:
    client = connected(venue)
    vars(client._ccxt)[fact] = value
    with pytest.raises(SettingsError, match="does not keep to its settings"):
        _check_safe(client._ccxt)


@pytest.mark.parametrize("retries", [None, 1, 3])
async def test_a_client_that_would_send_again_by_itself_is_refused(
    retries: int | None, venue: FakeVenue
) -> None:
    client = connected(venue)
    vars(client._ccxt)["options"]["maxRetriesOnFailure"] = retries
    with pytest.raises(SettingsError, match="does not keep to its settings"):
        _check_safe(client._ccxt)
    await client.close()


def test_a_ccxt_that_lacks_a_method_is_not_used(
    venue: FakeVenue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_class("binance").exchange, "fapiPublicGetTime", None)
    with pytest.raises(SettingsError, match="no fapiPublicGetTime"):
        build_gateway(config(), StillClock(), venue)


async def test_a_socks_session_of_ccxts_own_is_refused(venue: FakeVenue) -> None:
    client = connected(venue)
    client._ccxt.socksProxy = "socks5://127.0.0.1:1080"
    with pytest.raises(DoorRefused, match="SOCKS"):
        await client.request("fapiPublicGetTime")({})
    client._ccxt.socksProxy = None
    await client.close()
    assert venue.requests == []


async def test_a_signature_is_made_with_the_secret_and_shows_none_of_it(venue: FakeVenue) -> None:
    client = connected(venue)
    await client.request("fapiPrivateV3GetAccount")({})
    await client.close()
    assert API_SECRET not in venue.requests[0].url
    assert len(params_of(venue.requests[0])["signature"]) == 64
