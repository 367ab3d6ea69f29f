"""A ccxt that is not what was tested, or is asked for what it must not do."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from unittest.mock import patch

from counterpoise.core.instrument import Symbol
from counterpoise.core.mode import Mode
from counterpoise.errors import CounterpoiseError, DoorRefused, SettingsError
from counterpoise.venues import provenance
from counterpoise.venues.binance import PROFILE
from counterpoise.venues.build import build_gateway, rules_for
from counterpoise.venues.ccxt_import import load_class
from counterpoise.venues.client import LOUD_LOGGERS, Client
from counterpoise.venues.dialect import Demo
from counterpoise.venues.door import Door, DoorSession
from counterpoise.venues.outcomes import VenueError
from counterpoise.venues.profiles import PROFILES
from counterpoise.venues.settings import UNSAFE_OPTIONS
from simulation.scripts.bench import Bench, sprung
from simulation.scripts.claims import Claims, outcome, refusal, told
from tests.venues.fake import API_KEY, API_SECRET, FakeVenue, StillClock, answer, config

TIME = "/fapi/v1/time"
HTTP = "http://127.0.0.1:8089"


def _built(**changed: object) -> None:
    """Build a gateway, and let go of it."""
    asyncio.run(build_gateway(config(**changed), StillClock(), FakeVenue()).close())


def _refused(made: Claims, invariant: str, make: Callable[[], object], said: str) -> None:
    found = refusal(make)
    made.claim(invariant, isinstance(found, CounterpoiseError), f"{said}: {found!r}")


def published(made: Claims) -> None:
    """See that a ccxt of anybody else's making is not started with."""
    whole = load_class("binance").exchange
    known = provenance.recorded_digests()
    module = sys.modules[whole.__module__]
    shared = sys.modules["ccxt.base.exchange"]
    made.claim("I-45", bool(known), "nothing is recorded of ccxt's files")
    wrongs: tuple[tuple[str, Mapping[str, str]], ...] = tuple(
        (f"{named} {how}", facts)
        for named, file in (("its class", str(module.__file__)), ("its base", str(shared.__file__)))
        for how, facts in (
            ("differs", {**known, file: "another"}),
            ("is unknown", {path: digest for path, digest in known.items() if path != file}),
        )
    )
    for name, facts in wrongs:
        with patch.object(provenance, "recorded_digests", lambda facts=facts: facts):
            _refused(made, "I-45", lambda: provenance.check_published(whole, live=False), name)
    for method in ("create_order", "describe", "fetch", "fetch2", "handle_errors", "sign"):
        with patch.object(whole, method, lambda *_: None):
            found = refusal(lambda: provenance.check_published(whole, live=False))
            made.claim("I-45", isinstance(found, SettingsError), f"another's {method}: {found!r}")
    with patch.object(provenance, "recorded_digests", dict):
        _refused(made, "I-45", lambda: _built(mode=Mode.LIVE), "of unknown origin, live")
        made.claim("I-17", refusal(_built) is None, "of unknown origin, and no real money")
    made.claim("I-17", refusal(lambda: _built(mode=Mode.LIVE)) is None, "as published, refused")


def kept(made: Claims) -> None:
    """See that a ccxt that sends again, waits or talks by itself is not used."""
    whole = load_class("binance").exchange
    begin = whole.__init__  # type: ignore[misc]
    odd: list[dict[str, object]] = []
    for fact, value in (
        ("enableRateLimit", True),
        ("verbose", True),
        ("own_session", True),
        ("options", {"maxRetriesOnFailure": 3}),
    ):

        def other(self: object, given: object, fact: str = fact, value: object = value) -> None:
            begin(self, given)
            facts = vars(self)
            facts[fact] = {**facts[fact], **value} if isinstance(value, dict) else value
            odd.append(facts)

        with patch.object(whole, "__init__", other):
            _refused(made, "I-8", lambda: Client(config(), PROFILE, StillClock()), f"odd {fact}")
    for facts in odd:
        facts["own_session"] = False  # or ccxt complains on its way out
    with patch.object(whole, "fapiPublicGetTime", None):
        _refused(made, "I-17", _built, "a method is gone")
    facts = vars(Client(config(), PROFILE, StillClock())._ccxt)  # noqa: SLF001 - ccxt's own facts
    made.claim("I-28", facts["options"]["maxRetriesOnFailure"] == 0, "ccxt tries again by itself")
    made.claim("I-45", str(facts["userAgent"]).startswith("counterpoise/"), "says it is another")
    made.claim("I-17", facts["has"]["fetchCurrencies"] is False, "reads what nobody asked for")


def switched(made: Claims) -> None:
    """See that a test environment that is not reached, or leads elsewhere, is none."""
    whole = load_class("binance").exchange

    def broken(*_: object) -> None:
        raise KeyError("demo")

    for name, method in (("a switch that fails", broken), ("that does nothing", lambda *_: None)):
        with patch.object(whole, "enable_demo_trading", method):
            _refused(made, "I-22", _built, name)
    few = Demo(method="enable_demo_trading", hosts=frozenset({"demo-fapi.binance.com"}))
    client = Client(config(), PROFILE, StillClock())
    door = Door(rules_for(config(), PROFILE), FakeVenue(), StillClock())
    _refused(made, "I-22", lambda: client.connect(DoorSession(door), few), "one URL leads astray")


def silenced(made: Claims) -> None:
    """See that libraries that print signed addresses at debug level do not."""
    before = {name: logging.getLogger(name).level for name in LOUD_LOGGERS}
    try:
        for name in before:
            logging.getLogger(name).setLevel(logging.DEBUG)
        _built()
        for name in before:
            loud = logging.getLogger(name).isEnabledFor(logging.INFO)
            made.claim("I-25", not loud, f"{name} talks")
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


async def strict(made: Bench) -> None:
    """See that an answer is believed only as a success that can be read, and by a ccxt we know."""
    requester = made.gateway._requester  # noqa: SLF001 - below what reads it
    client = requester._client  # noqa: SLF001
    for status in (200, 201, 204, 299, 503, 524):
        for body in ("", "<html>busy</html>", '{"serverTime": 1', "null", "ok", "1"):
            made.fresh().says("GET", TIME, answer(body, status))
            found = await outcome(client.request("fapiPublicGetTime")({}))
            made.claim("I-9", isinstance(found, VenueError), f"{status} {body!r}: {found!r}")
    made.fresh().says("GET", TIME, answer({"serverTime": 1}, 503))
    found = await outcome(client.request("fapiPublicGetTime")({}))
    made.claim("I-9", isinstance(found, VenueError), f"a good body under 503: {found!r}")
    ccxt = client._ccxt  # noqa: SLF001
    for status_, headers in (("200", {}), (200, "h"), (None, {}), (200, None)):
        given: tuple[object, ...] = (status_, "OK", "u", "GET", headers, "{}", {}, {}, "")
        odd = refusal(lambda given=given: ccxt.handle_errors(*given))  # type: ignore[misc]
        made.claim("I-9", isinstance(odd, TypeError), f"{status_!r} {headers!r}: {odd!r}")
    sockets = refusal(ccxt.get_socks_proxy_session)
    made.claim("I-45", isinstance(sockets, DoorRefused), f"a SOCKS session: {sockets!r}")


def settings(made: Claims) -> None:
    """See that no settings send orders elsewhere, or make ccxt unsafe."""
    endpoints = (
        "127.0.0.1:8089",
        "ftp://127.0.0.1",
        "http://",
        f"{HTTP}/api",
        f"{HTTP}?x=1",
        f"{HTTP}#x",
        "http://user:word@127.0.0.1:8089",
    )
    wrongs: tuple[tuple[str, Mapping[str, object]], ...] = (
        ("an endpoint, live", {"mode": Mode.LIVE, "endpoint": HTTP}),
        *((f"endpoint {endpoint}", {"endpoint": endpoint}) for endpoint in endpoints),
        *((f"option {key}", {"options": {key: "x"}}) for key in sorted(UNSAFE_OPTIONS)),
        ("an option in its depth", {"options": {"a": {"b": {"Recv_Window": 60_000}}}}),
        ("a wallet it has not", {"wallets": ("spot", "linear", "funding")}),
        ("no margin wallet", {"wallets": ("spot",)}),
        ("one wallet by two names", {"wallets": ("spot", "linear", "unified")}),
        ("an environment it has not", {"environment": "demo"}),
        ("an exchange nobody knows", {"exchange": "binanse"}),
        ("tests on a venue without", {"exchange": "mexc", "wallets": ("linear",)}),
        (
            "a wallet that its tests lack",
            {"exchange": "bingx", "wallets": ("spot", "linear")},
        ),
    )
    for name, changed in wrongs:
        found = refusal(lambda changed=changed: config(**changed).checked())  # type: ignore[misc]
        made.claim("I-24", isinstance(found, SettingsError), f"{name}: {found!r}")
    rights: tuple[Mapping[str, object], ...] = (
        {},
        {"endpoint": HTTP},
        {"endpoint": f"{HTTP}/"},
        {"options": {"a": 1}},
        {"exchange": "bybit", "environment": "demo", "wallets": ("unified",)},
    )
    for changed in rights:
        found = refusal(lambda changed=changed: config(**changed).checked())  # type: ignore[misc]
        made.claim("I-17", found is None, f"{changed}: {found!r}")
    known = {"api_key": API_KEY, "api_secret": API_SECRET, "api_passphrase": "third part"}
    hidden = set(known.values()) <= set(config(**known).secrets)
    made.claim("I-25", hidden, "a part of a key is not hidden from errors")
    spots = config(spots=(Symbol("BTC/USDT"),))
    blind = refusal(lambda: spots._check_spots(replace(PROFILE, spots=None)))  # noqa: SLF001
    made.claim("I-34", isinstance(blind, SettingsError), f"a price nobody can read: {blind!r}")
    rehearsals = (("okx", HTTP, True), ("okx", "", False), ("binance", HTTP, False))
    for exchange, endpoint, marked in rehearsals:
        asked = config(exchange=exchange, mode=Mode.DRY_RUN, endpoint=endpoint)
        demo = asked.demo_of(PROFILES[exchange])
        made.claim("I-22", (demo is not None) is marked, f"{exchange} at {endpoint}: {demo}")
    for mode, environment in ((Mode.LIVE, False), (Mode.DRY_RUN, False), (Mode.TESTNET, True)):
        demo = config(mode=mode).demo_of(PROFILE)
        made.claim("I-22", (demo is not None) is environment, f"{mode} has {demo}")


SCRIPTS = {
    "published": told(published, "I-45"),
    "kept": told(kept, "I-8"),
    "switched": told(switched, "I-22"),
    "silenced": told(silenced, "I-25"),
    "strict": sprung(strict),
    "settings": told(settings, "I-24"),
}
