"""What may leave: hosts, methods, paths, headers and bodies that no mode allows, one by one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

from counterpoise.core.mode import Mode
from counterpoise.errors import CounterpoiseError, OutcomeUnknown
from counterpoise.ports import HttpRequest, HttpResponse
from counterpoise.venues import door as doors
from counterpoise.venues.binance import PROFILE
from counterpoise.venues.build import rules_for
from counterpoise.venues.dialect import Call
from counterpoise.venues.door import Door, DoorSession, Rules
from simulation.scripts.bench import Bench, sprung
from tests.venues.fake import ORDER, answer, config

TIME = "/fapi/v1/time"
HOSTS = {
    Mode.DRY_RUN: "fapi.binance.com",
    Mode.LIVE: "fapi.binance.com",
    Mode.TESTNET: "demo-fapi.binance.com",
}
OTHERS = {  # production beside the test environment and the other way round, and strangers
    Mode.DRY_RUN: ("demo-fapi.binance.com",),
    Mode.LIVE: ("demo-fapi.binance.com",),
    Mode.TESTNET: ("fapi.binance.com", "api.binance.com"),
}
STRANGERS = ("papi.binance.com", "evil.example", "fapi.binance.com.evil.example", "127.0.0.1")
SPELLINGS = (
    "http://{host}{path}",
    "https://{host}:443{path}",
    "https://user@{host}{path}",
    "https://{host}{path}#x",
    "https://{host}/fapi/v1/%74ime",
    "https://{host}{path}?a=b c",
    "https://{host}{path}\n",
    "https://{host}\\{path}",
    "HTTPS://{host}{path}",
    " https://{host}{path}",
    "https://{host}{path}?a=\x00",
    "//{host}{path}",
    "",
)
MONEY_OUT = (
    "/sapi/v1/capital/withdraw/apply",
    "/sapi/v1/asset/transfer",
    "/sapi/v1/futures/transfer",
    "/sapi/v1/margin/borrow-repay",
    "/sapi/v1/loan/borrow",
    "/sapi/v1/sub-account/universalTransfer",
    "/sapi/v1/subaccount/x",
    "/sapi/v1/broker/x",
    "/sapi/v1/Withdraw",
    "/sapi/v1/repay",
)
WRITES = (
    "/fapi/v1/leverage",
    "/fapi/v1/marginType",
    "/fapi/v1/positionSide/dual",
    "/fapi/v1/batchOrders",
    "/fapi/v1/allOpenOrders",
    "/fapi/v1/listenKey",
    "/fapi/v1/countdownCancelAll",
    "/fapi/v1/order/test",
    "/api/v3/order",
    TIME,
)
METHODS = ("POST", "PUT", "DELETE", "PATCH", "post", "OPTIONS", "TRACE", "CONNECT", "get")
REDIRECTS = (300, 301, 302, 303, 304, 307, 308, 399)
HEADERS: tuple[Mapping[str, str], ...] = (
    {"Host": "evil.example"},
    {"X-Forwarded-Host": "evil.example"},
    {"Cookie": "a"},
    {"Accept": "a\r\nHost: evil.example"},
    {"X-MBX-APIKEY": "a\nb"},
)


def door_of(mode: Mode, made: Bench, endpoint: str = "") -> Door:
    """Return a door of a mode, with nothing behind it but a venue that takes anything."""
    rules = rules_for(config(mode=mode, endpoint=endpoint), PROFILE)
    venue = made.fresh()
    venue.handlers["POST", ORDER] = venue.handlers["GET", ORDER] = lambda _: {}
    return Door(rules, venue, made.clock)


async def _passes(  # noqa: PLR0913, PLR0917 - a request has so many parts
    made: Bench,
    mode: Mode,
    method: str,
    url: str,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
) -> bool:
    """Say whether a request leaves."""
    door = door_of(mode, made)
    await made.outcome(door.send(method, url, headers or {}, body))
    return bool(made.venue.requests)


async def hosts(made: Bench) -> None:
    """Nothing leaves for a host that the mode does not have, in whatever spelling."""
    for mode, host in HOSTS.items():
        for other in (*OTHERS[mode], *STRANGERS):
            left = await _passes(made, mode, "GET", f"https://{other}{TIME}")
            made.claim("I-45", not left, f"{mode} let a request out to {other}")
        for spelt in SPELLINGS:
            url = spelt.format(host=host, path=TIME)
            made.claim("I-45", not await _passes(made, mode, "GET", url), f"{mode}: {url!r} left")
        left = await _passes(made, mode, "GET", f"https://{host}{TIME}", {"accept": "*/*"})
        made.claim("I-17", left, f"{mode} lets nothing out to {host}")


async def methods(made: Bench) -> None:
    """Nothing leaves that the mode does not list; in dry-run nothing that writes."""
    for mode, host in HOSTS.items():
        invariant = "I-23" if mode is Mode.DRY_RUN else "I-22"
        for path in (*WRITES, *MONEY_OUT):
            for method in METHODS:
                left = await _passes(made, mode, method, f"https://{host}{path}")
                made.claim(invariant, not left, f"{mode}: {method} {path} left")
        for path in ("/fapi/v1/klines", "/fapi/v1/", *MONEY_OUT):
            left = await _passes(made, mode, "GET", f"https://{host}{path}")
            made.claim(invariant, not left, f"{mode}: GET {path} left")
        left = await _passes(made, mode, "POST", f"https://{host}{ORDER}", {}, b"a=b")
        made.claim(invariant, left is (mode is not Mode.DRY_RUN), f"{mode}: order left: {left}")
        for method in ("PUT", "DELETE", "PATCH"):
            left = await _passes(made, mode, method, f"https://{host}{ORDER}")
            made.claim("I-32", not left, f"{mode}: {method} of an order left")


async def bodies(made: Bench) -> None:
    """No strange header, no body with a read, no giant one with a write."""
    url = f"https://{HOSTS[Mode.TESTNET]}"
    for headers in HEADERS:
        left = await _passes(made, Mode.TESTNET, "GET", f"{url}{TIME}", headers)
        made.claim("I-45", not left, f"{headers} left")
    left = await _passes(made, Mode.TESTNET, "GET", f"{url}{TIME}", {}, b"a=b")
    made.claim("I-22", not left, "a read left with a body")
    for size, may in ((65_536, True), (65_537, False)):
        left = await _passes(made, Mode.TESTNET, "POST", f"{url}{ORDER}", {}, b"a" * size)
        made.claim("I-22", left is may, f"a body of {size} bytes left: {left}")


async def redirects(made: Bench) -> None:
    """No redirect is followed, none counts as an answer, nor does a giant one."""
    for mode in (Mode.TESTNET, Mode.LIVE):
        url = f"https://{HOSTS[mode]}{ORDER}"
        for status in REDIRECTS:
            door = door_of(mode, made)
            moved = answer({}, status, Location="https://evil.example/")
            made.venue.handlers["POST", ORDER] = lambda _, moved=moved: moved  # type: ignore[misc]
            said = await made.outcome(door.send("POST", url, {}, b"a=b"))
            made.claim("N8", isinstance(said, OutcomeUnknown), f"{status}: {said!r}")
            made.claim("N8", len(made.venue.requests) == 1, f"{status} was followed")
    giant = HttpResponse(status=200, headers={}, body=b" " * (doors.ANSWER_BYTES_MAX + 1))
    door = door_of(Mode.TESTNET, made)
    made.venue.handlers["POST", ORDER] = lambda _: giant
    url = f"https://{HOSTS[Mode.TESTNET]}{ORDER}"
    said = await made.outcome(door.send("POST", url, {}, b"a=b"))
    made.claim("S17", isinstance(said, OutcomeUnknown), f"a giant answer: {said!r}")
    made.claim("S17", doors.ANSWER_BYTES_MAX <= 1 << 26, "answers of any size are taken")


async def endpoints(made: Bench) -> None:
    """See that an endpoint takes every request, says for whom it was, and live mode has none."""
    origin = "http://127.0.0.1:8089"
    door = door_of(Mode.TESTNET, made, origin)
    host = HOSTS[Mode.TESTNET]
    key = {"X-MBX-APIKEY": "k"}
    await made.outcome(door.send("GET", f"https://{host}{TIME}?a=b", key, b""))
    (sent,) = made.venue.requests or [HttpRequest(method="", url="")]
    made.claim("I-22", sent.url == f"{origin}{TIME}?a=b", f"went to {sent.url}")
    said = sent.headers.get("X-Forwarded-Host")
    made.claim("I-22", said == host, f"was for {host}, and says {said}")
    made.claim("I-17", sent.headers.get("X-MBX-APIKEY") == "k", f"lost a header: {sent.headers}")
    door = door_of(Mode.TESTNET, made)
    await made.outcome(door.send("GET", f"https://{host}{TIME}", {}, b""))
    direct = made.venue.requests[0]
    made.claim("I-22", "X-Forwarded-Host" not in direct.headers, "says for whom it is, to itself")
    made.claim("I-22", direct.url == f"https://{host}{TIME}", f"went to {direct.url}")


async def rules(made: Bench) -> None:
    """Rules that contradict their mode are refused."""
    facts = rules_for(config(mode=Mode.LIVE), PROFILE)
    order = (Call(name="x", method="POST", path=ORDER),)
    out = (Call(name="x", method="POST", path="/sapi/v1/capital/withdraw/apply"),)
    loan = (Call(name="x", method="GET", path="/sapi/v1/loan/x"),)
    changes: tuple[tuple[str, dict[str, object]], ...] = (
        ("dry-run with writes", {"mode": Mode.DRY_RUN, "writes": order}),
        ("live with an endpoint", {"mode": Mode.LIVE, "endpoint": "http://127.0.0.1"}),
        ("money out by a write", {"mode": Mode.LIVE, "writes": out}),
        ("money out by a read", {"mode": Mode.LIVE, "reads": loan}),
        ("one thing read and written", {"mode": Mode.LIVE, "reads": order, "writes": order}),
    )
    for name, changed in changes:
        made.claim("I-22", _refused(facts, changed), f"{name} is taken")
    for mode in Mode:
        own = rules_for(config(mode=mode), PROFILE)
        found = [(call.method, call.path) for call in own.writes]
        wanted = [] if mode is Mode.DRY_RUN else [("POST", ORDER)]
        made.claim("I-23", found == wanted, f"{mode} may write {found}")


def _refused(facts: Rules, changed: dict[str, object]) -> bool:
    try:
        dataclasses.replace(facts, **changed)  # type: ignore[arg-type]
    except ValueError:
        return True
    return False


async def sessions(made: Bench) -> None:
    """See that what ccxt is given as its session can do nothing but pass the door."""
    door = door_of(Mode.TESTNET, made)
    session: object = DoorSession(door)
    url = f"https://{HOSTS[Mode.TESTNET]}{TIME}"
    tries: tuple[tuple[str, Callable[[], object]], ...] = (
        ("a websocket", lambda: session.ws_connect(url)),  # type: ignore[attr-defined]
        ("a plain request", lambda: session.request("GET", url)),  # type: ignore[attr-defined]
        ("a proxy of ccxt's own", lambda: session.get(url, proxy="http://x")),  # type: ignore[attr-defined]
        ("a stream as a body", lambda: session.post(url, data=object())),  # type: ignore[attr-defined]
        ("odd headers", lambda: session.get(url, headers=["a"])),  # type: ignore[attr-defined]
    )
    for name, ask in tries:
        made.claim("I-45", _stopped(ask), f"{name} got a passage")
    for verb in ("get", "post", "put", "delete", "patch"):
        made.venue.requests.clear()
        passage = getattr(session, verb)(f"https://{HOSTS[Mode.TESTNET]}{ORDER}")
        await made.outcome(passage.__aenter__())
        sent = [request.method for request in made.venue.requests]
        wanted = [verb.upper()] if verb in ("get", "post") else []
        made.claim("I-22", sent == wanted, f"{verb} sent {sent}")


def _stopped(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except CounterpoiseError:
        return True
    return False


SCRIPTS = {
    trap.__name__: sprung(trap, invariant="I-45")
    for trap in (hosts, methods, bodies, redirects, endpoints, rules, sessions)
}
