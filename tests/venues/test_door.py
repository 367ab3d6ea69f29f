from __future__ import annotations

from collections.abc import Mapping

import pytest

from counterpoise.core.instrument import VenueName
from counterpoise.core.mode import Mode
from counterpoise.errors import DoorRefused, OutcomeUnknown, Unavailable, Unsent
from counterpoise.ports import HttpResponse
from counterpoise.venues.binance import PROFILE
from counterpoise.venues.build import rules_for
from counterpoise.venues.door import BODY_BYTES_MAX, Door, DoorSession, Rules
from tests.venues.fake import API_KEY, NOW_MS, ORDER, FakeVenue, StillClock, answer, config

HOSTS = {
    Mode.DRY_RUN: "fapi.binance.com",
    Mode.LIVE: "fapi.binance.com",
    Mode.TESTNET: "demo-fapi.binance.com",
}
TIME = "/fapi/v1/time"
ENDPOINT = "http://127.0.0.1:8089"
NO_HEADERS: Mapping[str, str] = {}


def door_of(
    mode: Mode, venue: FakeVenue, clock: StillClock | None = None, endpoint: str = ""
) -> Door:
    rules = rules_for(config(mode=mode, endpoint=endpoint), PROFILE)
    return Door(rules, venue, clock or StillClock())


async def tried(door: Door, method: str, url: str, body: bytes = b"", **headers: str) -> int:
    """Try to get past; return the answer's status if it got through."""
    return (await door.send(method, url, headers, body)).status


@pytest.mark.parametrize("mode", Mode)
async def test_a_listed_read_passes_in_every_mode(mode: Mode, venue: FakeVenue) -> None:
    assert await tried(door_of(mode, venue), "GET", f"https://{HOSTS[mode]}{TIME}") == 200
    assert len(venue.requests) == 1


async def test_dry_run_lets_no_order_out(venue: FakeVenue) -> None:
    door = door_of(Mode.DRY_RUN, venue)
    with pytest.raises(DoorRefused, match="POST /fapi/v1/order on fapi.binance.com"):
        await tried(door, "POST", f"https://{HOSTS[Mode.DRY_RUN]}{ORDER}", b"symbol=ETHUSDT")
    assert (door.traffic.refused, door.traffic.sent, venue.requests) == (1, 0, [])


@pytest.mark.parametrize("mode", [Mode.TESTNET, Mode.LIVE])
async def test_an_order_passes_where_the_mode_has_orders(mode: Mode, venue: FakeVenue) -> None:
    url = f"https://{HOSTS[mode]}{ORDER}"
    assert await tried(door_of(mode, venue), "POST", url, b"symbol=ETHUSDT") == 200


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "post", "OPTIONS", "TRACE"])
@pytest.mark.parametrize(
    "path",
    [
        TIME,
        "/fapi/v1/batchOrders",
        "/fapi/v1/leverage",
        "/fapi/v1/positionSide/dual",
        "/fapi/v1/allOpenOrders",
        "/fapi/v1/listenKey",
        "/fapi/v1/order/test",
    ],
)
async def test_an_unlisted_write_never_passes(
    mode: Mode, method: str, path: str, venue: FakeVenue
) -> None:
    door = door_of(mode, venue)
    with pytest.raises(DoorRefused):
        await tried(door, method, f"https://{HOSTS[mode]}{path}")
    assert venue.requests == []


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
async def test_an_order_is_neither_changed_nor_cancelled(method: str, venue: FakeVenue) -> None:
    with pytest.raises(DoorRefused):
        await tried(door_of(Mode.LIVE, venue), method, f"https://fapi.binance.com{ORDER}")
    assert venue.requests == []


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "path",
    [
        "/sapi/v1/capital/withdraw/apply",
        "/sapi/v1/asset/transfer",
        "/sapi/v1/futures/transfer",
        "/sapi/v1/sub-account/universalTransfer",
        "/sapi/v1/margin/loan",
        "/sapi/v1/margin/repay",
        "/sapi/v1/margin/borrow-repay",
        "/wapi/v3/withdraw.html",
        "/SAPI/v1/capital/WITHDRAW/apply",
    ],
)
async def test_money_never_moves_out(mode: Mode, method: str, path: str, venue: FakeVenue) -> None:
    host = "api.binance.com" if mode is not Mode.TESTNET else "demo-api.binance.com"
    with pytest.raises(DoorRefused) as refused:
        await tried(door_of(mode, venue), method, f"https://{host}{path}")
    assert "money" in refused.value.hint
    assert venue.requests == []


@pytest.mark.parametrize(
    "rules",
    [
        {"mode": Mode.DRY_RUN, "writes": frozenset({("POST", ORDER)})},
        {"mode": Mode.LIVE, "endpoint": ENDPOINT},
        {"mode": Mode.LIVE, "writes": frozenset({("POST", "/sapi/v1/asset/transfer")})},
    ],
)
def test_rules_that_break_a_mode_cannot_exist(rules: dict[str, object]) -> None:
    facts: dict[str, object] = {
        "venue": VenueName("main"),
        "hosts": frozenset({"h"}),
        "reads": frozenset(),
        "writes": frozenset(),
        "headers": frozenset(),
    }
    with pytest.raises(ValueError, match=r"dry-run|live|money"):
        Rules(**{**facts, **rules})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "url",
    [
        "https://api.binance.com.evil.test/api/v3/account",
        "https://evil.test/fapi/v1/time",
        "https://fapi.binance.com@evil.test/fapi/v1/time",
        "https://user:word@fapi.binance.com/fapi/v1/time",
        "https://fapi.binance.com:443/fapi/v1/time",
        "https://fapi.binance.com:8443/fapi/v1/time",
        "https://FAPI.BINANCE.COM/fapi/v1/time",
        "https://fapi.binance.com./fapi/v1/time",
        "https://xfapi.binance.com/fapi/v1/time",
        "https://binance.com/fapi/v1/time",
        "http://fapi.binance.com/fapi/v1/time",
        "ftp://fapi.binance.com/fapi/v1/time",
        "//fapi.binance.com/fapi/v1/time",
        "/fapi/v1/time",
        "https:/fapi.binance.com/fapi/v1/time",
        "https://fapi.binance.com\\@evil.test/fapi/v1/time",
        "https://fapi.binance.com\\fapi\\v1\\time",
        "https://fapi.binance.com/fapi/v1/../v1/time",
        "https://fapi.binance.com/fapi/v1/./time",
        "https://fapi.binance.com//fapi/v1/time",
        "https://fapi.binance.com/fapi/v1/time/",
        "https://fapi.binance.com/fapi/v1/%74ime",
        "https://fapi.binance.com/fapi%2Fv1%2Ftime",
        "https://fapi.binance.com/fapi/v1/time%00",
        "https://fapi.binance.com/fapi/v1/time;x=1",
        "https://fapi.binance.com/FAPI/V1/TIME",
        "https://fapi.binance.com/fapi/v1/time#fragment",
        "https://fapi.binance.com/fapi/v1/time?a=b#fragment",
        "https://fapi.binance.com/fapi/v1/time?a=b c",
        "https://fapi.binance.com/fapi/v1/time?a=b\r\nHost: evil.test",
        "https://fapi.binance.com/fapi/v1/time\n",
        " https://fapi.binance.com/fapi/v1/time",
        "https://fapi.binance.com/fapi/v1/time?ä",
        "https://fapi.bınance.com/fapi/v1/time",
        "https://[::1]/fapi/v1/time",
        "https://127.0.0.1/fapi/v1/time",
        "",
    ],
)
@pytest.mark.parametrize("mode", Mode)
async def test_no_other_spelling_of_a_url_passes(url: str, mode: Mode, venue: FakeVenue) -> None:
    if mode is Mode.TESTNET:
        url = url.replace("fapi.binance.com", "demo-fapi.binance.com")
    door = door_of(mode, venue)
    with pytest.raises(DoorRefused):
        await tried(door, "GET", url)
    assert venue.requests == []


@pytest.mark.parametrize("mode", Mode)
async def test_the_hosts_of_another_mode_are_closed(mode: Mode, venue: FakeVenue) -> None:
    other = Mode.LIVE if mode is Mode.TESTNET else Mode.TESTNET
    with pytest.raises(DoorRefused, match="no host of this mode"):
        await tried(door_of(mode, venue), "GET", f"https://{HOSTS[other]}{TIME}")
    assert venue.requests == []


@pytest.mark.parametrize(
    "name",
    ["Host", "host", "X-Forwarded-Host", "X-HTTP-Method-Override", "Transfer-Encoding", "Cookie"],
)
async def test_a_header_that_leads_elsewhere_is_refused(name: str, venue: FakeVenue) -> None:
    door = door_of(Mode.TESTNET, venue, endpoint=ENDPOINT)
    with pytest.raises(DoorRefused, match="header"):
        await door.send("GET", f"https://demo-fapi.binance.com{TIME}", {name: "evil.test"}, b"")
    assert venue.requests == []


async def test_a_header_value_cannot_carry_another_header(venue: FakeVenue) -> None:
    headers = {"X-MBX-APIKEY": "key\r\nHost: evil.test"}
    with pytest.raises(DoorRefused):
        await door_of(Mode.LIVE, venue).send("GET", f"https://fapi.binance.com{TIME}", headers, b"")
    assert venue.requests == []


async def test_a_read_has_no_body(venue: FakeVenue) -> None:
    with pytest.raises(DoorRefused, match="body"):
        await tried(door_of(Mode.LIVE, venue), "GET", f"https://fapi.binance.com{TIME}", b"x=1")
    assert venue.requests == []


async def test_a_giant_body_is_refused(venue: FakeVenue) -> None:
    body = b"x" * (BODY_BYTES_MAX + 1)
    with pytest.raises(DoorRefused, match="giant"):
        await tried(door_of(Mode.LIVE, venue), "POST", f"https://fapi.binance.com{ORDER}", body)
    assert venue.requests == []


@pytest.mark.parametrize("mode", [Mode.DRY_RUN, Mode.TESTNET])
async def test_an_endpoint_gets_the_same_path_and_query_and_the_name_of_the_host(
    mode: Mode, venue: FakeVenue
) -> None:
    door = door_of(mode, venue, endpoint=ENDPOINT)
    await tried(door, "GET", f"https://{HOSTS[mode]}{TIME}?a=%5B1%5D&b=c+d", **{"Accept": "*/*"})
    (request,) = venue.requests
    assert request.url == f"{ENDPOINT}{TIME}?a=%5B1%5D&b=c+d"
    assert request.headers == {"Accept": "*/*", "X-Forwarded-Host": HOSTS[mode]}


async def test_with_an_endpoint_dry_run_still_only_reads(venue: FakeVenue) -> None:
    door = door_of(Mode.DRY_RUN, venue, endpoint=ENDPOINT)
    with pytest.raises(DoorRefused):
        await tried(door, "POST", f"https://fapi.binance.com{ORDER}", b"symbol=ETHUSDT")
    assert venue.requests == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 399])
async def test_a_redirect_is_an_error_and_is_not_followed(status: int, venue: FakeVenue) -> None:
    door = door_of(Mode.LIVE, venue)
    away = answer({}, status, Location="https://evil.test/")
    venue.fault("POST", ORDER, lambda _: away)
    with pytest.raises(OutcomeUnknown, match="redirect"):
        await tried(door, "POST", f"https://fapi.binance.com{ORDER}", b"symbol=ETHUSDT")
    assert len(venue.requests) == 1


async def test_traffic_is_counted(venue: FakeVenue, clock: StillClock) -> None:
    door = door_of(Mode.LIVE, venue, clock)

    def slow(response: HttpResponse) -> HttpResponse:
        clock.now_ms += 40
        return response

    weights = {"X-MBX-USED-WEIGHT-1M": "37"}
    venue.fault("GET", TIME, slow, lambda _: answer({}, 500, **weights), Unsent("no connection"))
    url = f"https://fapi.binance.com{TIME}?x=1"
    assert [await tried(door, "GET", url), await tried(door, "GET", url)] == [200, 500]
    with pytest.raises(Unsent):
        await tried(door, "GET", url)
    traffic = door.traffic
    assert traffic.requests == {("GET", TIME): 3}
    assert traffic.statuses == {200: 1, 500: 1}
    assert traffic.failures == {"Unsent": 1}
    assert traffic.weights == {"x-mbx-used-weight-1m": "37"}
    assert traffic.latency_s["fapi.binance.com"] == pytest.approx(0.032)
    assert traffic.refused == 0


@pytest.mark.parametrize(("status", "wait", "left_s"), [(429, "7", 7), (418, "600", 600)])
async def test_a_host_that_asks_for_a_pause_gets_it(
    status: int, wait: str, left_s: float, venue: FakeVenue, clock: StillClock
) -> None:
    door = door_of(Mode.LIVE, venue, clock)
    venue.fault("GET", TIME, lambda _: answer({}, status, **{"retry-after": wait}))
    url = f"https://fapi.binance.com{TIME}"
    assert await tried(door, "GET", url) == status
    for method in ("GET", "POST"):
        path = ORDER if method == "POST" else TIME
        with pytest.raises(Unavailable) as refused:
            await tried(door, method, f"https://fapi.binance.com{path}")
        assert refused.value.retry_after_s == left_s
    assert len(venue.requests) == 1
    assert await tried(door, "GET", "https://api.binance.com/api/v3/time") == 200
    clock.now_ms += round(left_s * 1000)
    assert await tried(door, "GET", url) == 200


async def test_a_ban_outlives_a_restart(venue: FakeVenue, clock: StillClock) -> None:
    first = door_of(Mode.LIVE, venue, clock)
    venue.fault("GET", TIME, lambda _: answer({}, 418, **{"Retry-After": "600"}))
    await tried(first, "GET", f"https://fapi.binance.com{TIME}")
    kept = first.pauses.closed()
    assert kept == {"fapi.binance.com": NOW_MS + 600_000}

    clock.now_ms += 100_000
    second = door_of(Mode.LIVE, venue, clock)
    second.pauses.restore(kept)
    with pytest.raises(Unavailable) as refused:
        await tried(second, "GET", f"https://fapi.binance.com{TIME}")
    assert refused.value.retry_after_s == 500
    assert len(venue.requests) == 1


def session_of(venue: FakeVenue, mode: Mode = Mode.TESTNET) -> DoorSession:
    return DoorSession(door_of(mode, venue))


@pytest.mark.parametrize(
    "name", ["ws_connect", "request", "_request", "connector", "head", "options", "close", "send"]
)
def test_the_session_can_do_nothing_but_five_verbs(name: str, venue: FakeVenue) -> None:
    with pytest.raises(DoorRefused):
        getattr(session_of(venue), name)


def test_the_session_cannot_be_given_other_headers_or_another_door(venue: FakeVenue) -> None:
    session = session_of(venue)
    with pytest.raises(TypeError):
        session.headers["Host"] = "evil.test"  # type: ignore[index]
    with pytest.raises(AttributeError):
        session.post = None  # type: ignore[assignment,method-assign]
    with pytest.raises(AttributeError):
        session.other = 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("verb", ["get", "post", "put", "delete", "patch"])
async def test_each_verb_passes_the_same_door(verb: str, venue: FakeVenue) -> None:
    with pytest.raises(DoorRefused):
        async with getattr(session_of(venue), verb)("https://fapi.binance.com/fapi/v1/order"):
            pass
    assert venue.requests == []


@pytest.mark.parametrize(
    "options",
    [{"proxy": "http://evil.test"}, {"data": "text"}, {"data": object()}, {"headers": [("a", "b")]}],
)
def test_the_session_takes_plain_requests_only(
    options: dict[str, object], venue: FakeVenue
) -> None:
    with pytest.raises(DoorRefused):
        session_of(venue).get(f"https://demo-fapi.binance.com{TIME}", **options)


async def test_a_refusal_names_no_secret(venue: FakeVenue) -> None:
    url = f"https://evil.test/fapi/v1/order?apiKey={API_KEY}&signature=abcdef"
    with pytest.raises(DoorRefused) as refused:
        await tried(door_of(Mode.LIVE, venue), "POST", url, b"", **{"X-MBX-APIKEY": API_KEY})
    said = f"{refused.value!r} {refused.value.hint} {refused.value.detail}"
    assert API_KEY not in said
    assert "abcdef" not in said
