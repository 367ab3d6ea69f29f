"""
Every private or writing request of every exchange class that ccxt has, against every door of ours.

The doors are given more than they would ever see: each request as its class signs it, bare, and
with every header that the door knows, a test environment's mark among them. What a body says is
not looked at, so that host, path and headers have to be enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

import ccxt.async_support as ccxt
import pytest

from counterpoise.core.instrument import VenueName
from counterpoise.core.mode import Mode
from counterpoise.errors import DoorRefused, SettingsError
from counterpoise.ports import HttpRequest, HttpResponse
from counterpoise.venues import build
from counterpoise.venues.build import rules_for
from counterpoise.venues.dialect import Demo, Profile
from counterpoise.venues.door import Door, Rules
from counterpoise.venues.profiles import PROFILES
from counterpoise.venues.settings import VenueConfig
from tests.venues.every_class import Sent, requests_of
from tests.venues.fake import StillClock

ENDPOINT = "http://127.0.0.1:8089"
SAFETY = Path(__file__).parents[2] / "docs/safety.md"
Address = tuple[str, str]  # method and path


@dataclass(frozen=True, kw_only=True)
class Stand:
    """One venue in one mode, and its door's rules."""

    profile: Profile  # as it is in production
    demo: Demo | None
    rules: Rules

    @property
    def orders(self) -> set[Address]:
        return {(call.method, call.path) for call in self.rules.writes}


class Wire:
    """A transport that remembers what reached it."""

    def __init__(self) -> None:
        self.requests: list[HttpRequest] = []

    async def send(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
        self.requests.append(request)
        return HttpResponse(status=200, headers={}, body=b"{}", reason="OK")

    async def close(self) -> None: ...


def wallets_of(profile: Profile, demo: Demo | None) -> tuple[str, ...]:
    """Return all wallets, each once by whatever name."""
    found: list[str] = []
    margin_of: set[str] = set()
    for wallet in sorted(profile.wallets if not demo or demo.wallets is None else demo.wallets):
        kinds = {product.kind for product in profile.products.get(wallet, ())}
        if not kinds & margin_of:
            found.append(wallet)
        margin_of |= kinds
    return tuple(found)


def stand_of(exchange: str, mode: Mode, environment: str = "", endpoint: str = "") -> Stand:
    profile = PROFILES[exchange]
    demo = profile.demo_called(environment) if mode is Mode.TESTNET and not endpoint else None
    config = VenueConfig(
        name=VenueName("main"),
        exchange=exchange,
        wallets=wallets_of(profile, demo),
        mode=mode,
        symbols=(),
        environment=environment,
        endpoint=endpoint,
    )
    rules = replace(rules_for(config, config.checked()), order_body=None, read_body=None)
    return Stand(profile=profile, demo=demo, rules=rules)


TESTNETS = [
    (name, environment)
    for name, profile in sorted(PROFILES.items())
    for environment in (*([""] if profile.demo else []), *profile.other_demos)
]
EVERY_TESTNET = pytest.mark.parametrize(("exchange", "environment"), TESTNETS)
EVERY_PROFILE = pytest.mark.parametrize("exchange", sorted(PROFILES))


@cache
def private_or_writing() -> tuple[Sent, ...]:
    """Return what none but an owner may send, of every class, what is the same of two once."""
    found = {
        (*sent.address, frozenset(sent.headers)): sent
        for exchange in ccxt.exchanges
        for sent in requests_of(exchange)
        if not sent.public
    }
    return tuple(found.values())


def headed(sent: Sent, rules: Rules) -> Iterator[dict[str, str]]:
    """Yield the headers that a request is tried with."""
    yield dict(sent.headers)
    yield {}
    yield {**dict.fromkeys(rules.headers, "1"), **dict([rules.marked] if rules.marked else [])}


async def passed(rules: Rules, requests: tuple[Sent, ...]) -> list[HttpRequest]:
    """Return what reaches the wire; all else was refused by the door, before it."""
    wire = Wire()
    door = Door(rules, wire, StillClock())
    tried = refused = 0
    for sent in requests:
        for headers in headed(sent, rules):
            tried += 1
            try:
                await door.send(sent.method, sent.url, headers, sent.body)
            except DoorRefused:
                refused += 1
    assert tried
    assert (refused, len(wire.requests)) == (door.traffic.refused, door.traffic.sent)
    assert refused + len(wire.requests) == tried
    return wire.requests


def where(request: HttpRequest) -> Address:
    return request.method, urlsplit(request.url).path


def is_tests_own(request: HttpRequest, demo: Demo) -> bool:
    """Say whether a request on a host of production is marked as one for the test environment."""
    if demo.marked is not None:
        name, value = demo.marked
        return request.headers.get(name) == value
    return bool(demo.signed_path) and where(request)[1].startswith(demo.signed_path)


def test_every_class_of_ccxt_is_tried_and_the_page_says_how_many() -> None:
    tried = {sent.address for sent in private_or_writing()}
    for exchange in ccxt.exchanges:
        own = {sent.address for sent in requests_of(exchange) if not sent.public}
        assert own
        assert own <= tried
    said = f"each of the {len(ccxt.exchanges)} exchange classes"
    assert said in SAFETY.read_text(encoding="utf-8")


@EVERY_PROFILE
def test_our_own_orders_in_production_are_among_what_is_tried(exchange: str) -> None:
    profile = PROFILES[exchange]
    urls = {sent.url for sent in private_or_writing() if sent.method == "POST"}
    tried = {(parts.hostname, parts.path) for parts in map(urlsplit, urls)}
    for call in profile.writes:
        assert any((host, call.path) in tried for host in profile.production_hosts)


@EVERY_TESTNET
async def test_no_class_reaches_production_in_testnet_mode(exchange: str, environment: str) -> None:
    stand = stand_of(exchange, Mode.TESTNET, environment)
    assert stand.demo is not None
    out = await passed(stand.rules, private_or_writing())
    assert [request for request in out if not is_tests_own(request, stand.demo)] == []
    shared = bool(stand.demo.hosts & stand.profile.production_hosts)
    assert {where(request) for request in out if request.method != "GET"} == (
        stand.orders if shared else set()
    )


@EVERY_TESTNET
async def test_no_key_goes_to_a_path_of_production_for_what_everybody_may_read(
    exchange: str, environment: str
) -> None:
    stand = stand_of(exchange, Mode.TESTNET, environment)
    assert stand.demo is not None
    keyed = stand.rules.headers - set(stand.demo.marked or ())
    for request in await passed(stand.rules, requests_of(exchange)):
        carried = keyed & {name.lower() for name in request.headers}
        assert not carried or is_tests_own(request, stand.demo)


@EVERY_TESTNET
async def test_a_door_that_lets_production_in_would_be_noticed(
    exchange: str, environment: str
) -> None:
    """The claim above can fail: the same door without what keeps the two apart."""
    stand = stand_of(exchange, Mode.TESTNET, environment)
    assert stand.demo is not None
    weak = replace(
        stand.rules,
        hosts=stand.rules.hosts | stand.profile.production_hosts,
        writes=stand.profile.writes,
        marked=None,
        signed_path="",
    )
    out = await passed(weak, requests_of(exchange))
    strays = [request for request in out if not is_tests_own(request, stand.demo)]
    assert {where(stray) for stray in strays} >= stand_of(exchange, Mode.LIVE).orders


@EVERY_PROFILE
async def test_dry_run_lets_no_write_of_any_class_out(exchange: str) -> None:
    stand = stand_of(exchange, Mode.DRY_RUN)
    writing = tuple(sent for sent in private_or_writing() if sent.method != "GET")
    out = await passed(stand.rules, writing)
    questions = {(call.method, call.path) for call in stand.profile.asked if call.body}
    assert {where(request) for request in out} <= questions


@EVERY_PROFILE
async def test_an_endpoint_takes_the_place_of_every_host(exchange: str) -> None:
    rules = stand_of(exchange, Mode.TESTNET, endpoint=ENDPOINT).rules
    listed = tuple(
        Sent(exchange=exchange, method=call.method, url=f"https://{host}{call.path}")
        for host in rules.hosts
        for call in (*rules.reads, *rules.writes)
        if "{}" not in call.path
    )
    out = await passed(rules, listed)
    assert len({where(request) for request in out}) >= len(rules.writes) + 1
    assert all(request.url.startswith(f"{ENDPOINT}/") for request in out)


@pytest.mark.parametrize("mode", Mode)
def test_a_class_without_a_profile_is_refused_before_a_client_exists(
    mode: Mode, monkeypatch: pytest.MonkeyPatch
) -> None:
    def client(*_: object) -> NoReturn:
        raise AssertionError("a client was built")

    monkeypatch.setattr(build, "Client", client)
    others = sorted(set(ccxt.exchanges) - PROFILES.keys())
    assert len(others) == len(ccxt.exchanges) - len(PROFILES)
    for exchange in others:
        wanted = VenueConfig(
            name=VenueName("main"), exchange=exchange, wallets=("spot",), mode=mode, symbols=()
        )
        with pytest.raises(SettingsError, match=exchange) as refused:
            build.build_gateway(wanted, StillClock(), Wire())
        assert re.search("is not supported|has no test environment", str(refused.value))
        assert refused.value.hint
