from __future__ import annotations

import pytest

from counterpoise.core.instrument import Symbol
from counterpoise.core.mode import Mode
from counterpoise.errors import SettingsError
from counterpoise.venues.build import build_gateway
from counterpoise.venues.profiles import PROFILES, WITHOUT_TEST_ENVIRONMENT
from counterpoise.venues.settings import UNSAFE_OPTIONS
from tests.venues.fake import API_KEY, API_SECRET, FakeVenue, StillClock, config

ENDPOINT = "http://127.0.0.1:8089"


def refused(**changed: object) -> str:
    """Return what is said when a gateway cannot be built; nothing may have been sent."""
    venue = FakeVenue()
    with pytest.raises(SettingsError) as caught:
        build_gateway(config(**changed), StillClock(), venue)
    assert venue.requests == []
    return f"{caught.value} | {caught.value.hint}"


@pytest.mark.parametrize("exchange", sorted(WITHOUT_TEST_ENVIRONMENT))
def test_a_venue_without_a_test_environment_is_refused_in_our_own_words(exchange: str) -> None:
    said = refused(exchange=exchange, mode=Mode.TESTNET)
    assert f"{exchange} has no test environment" in said
    assert "dry-run" in said
    assert "endpoint" in said


@pytest.mark.parametrize("mode", Mode)
def test_an_unknown_exchange_is_refused_with_the_supported_and_the_nearest(mode: Mode) -> None:
    said = refused(exchange="binanse", mode=mode)
    assert "'binanse'" in said
    assert all(name in said for name in PROFILES)
    assert "did you mean 'binance'?" in said


def test_every_profile_either_has_a_test_environment_or_is_known_to_have_none() -> None:
    for name, profile in PROFILES.items():
        assert (profile.demo is None) == (name in WITHOUT_TEST_ENVIRONMENT)
        if profile.demo is not None:
            apart = profile.demo.marked is not None or profile.demo.signed_path
            assert apart or not profile.demo.hosts & profile.production_hosts


def test_an_endpoint_in_live_mode_is_refused() -> None:
    assert "must be empty in live mode" in refused(mode=Mode.LIVE, endpoint=ENDPOINT)


@pytest.mark.parametrize(
    "endpoint",
    [
        "127.0.0.1:8089",
        "ftp://127.0.0.1",
        "http://",
        "http://127.0.0.1:8089/api",
        "http://127.0.0.1:8089?x=1",
        "http://127.0.0.1:8089#x",
        "http://user:word@127.0.0.1:8089",
    ],
)
def test_an_endpoint_is_a_scheme_a_host_and_a_port(endpoint: str) -> None:
    assert "scheme, a host and a port" in refused(endpoint=endpoint)


def test_a_slash_at_the_end_of_an_endpoint_is_forgiven() -> None:
    built = build_gateway(config(endpoint=f"{ENDPOINT}/"), StillClock(), FakeVenue())
    assert built.hosts == (ENDPOINT,)


@pytest.mark.parametrize("key", sorted(UNSAFE_OPTIONS))
def test_an_option_that_weakens_a_promise_is_refused(key: str) -> None:
    assert f"options.{key}" in refused(options={key: "x"})


@pytest.mark.parametrize(
    "options",
    [
        {"maxRetriesOnFailure": 3},
        {"max_retries_on_failure": 3},
        {"order": {"maxRetriesOnFailure": 3}},
        {"deep": {"deeper": {"RecvWindow": 60_000}}},
        {"enableDemoTrading": False},
    ],
)
def test_unsafe_options_are_found_in_every_spelling_and_depth(options: dict[str, object]) -> None:
    assert "for safety" in refused(options=options)


@pytest.mark.parametrize("wallet", ["spott", "margin", "funding", ""])
def test_a_wallet_that_is_not_supported_is_refused(wallet: str) -> None:
    said = refused(wallets=("spot", "linear", wallet))
    assert "venues.main.wallets" in said
    assert "inverse, linear, spot" in said


def test_perpetuals_need_the_wallet_that_holds_them() -> None:
    assert "lacks 'linear' or 'unified', yet" in refused(wallets=("spot",))
    coin = Symbol("BTC/USD:BTC")
    assert "lacks 'inverse', yet" in refused(wallets=("spot",), symbols=(coin,))


def test_a_wallet_of_two_names_is_named_once() -> None:
    assert "are one wallet" in refused(wallets=("spot", "linear", "unified"))


def test_secrets_do_not_show_in_a_configuration() -> None:
    shown = repr(config(proxy="http://user:word@proxy"))
    assert not any(secret in shown for secret in (API_KEY, API_SECRET, "word"))


@pytest.mark.parametrize(
    ("symbol", "said", "hint"),
    [
        ("BTC/USDT", "no perpetual", "BTC/USDT:USDT"),
        ("BTC/USDTT:USDT", "not listed", "BTC/USDT:USDT"),
        ("btc/usdt:usdt", "not listed", "BTC/USDT:USDT"),
        ("ETH/BTC:BTC", "not listed", "ETH/USDT:USDT"),
    ],
)
async def test_a_symbol_that_is_no_listed_perpetual_is_refused_with_the_nearest(
    symbol: str, said: str, hint: str
) -> None:
    built = build_gateway(config(symbols=(Symbol(symbol),)), StillClock(), FakeVenue())
    with pytest.raises(SettingsError) as caught:
        await built.open()
    assert said in str(caught.value)
    assert hint in caught.value.hint
    await built.close()
