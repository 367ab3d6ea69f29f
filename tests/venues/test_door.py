from __future__ import annotations

import pytest

from counterpoise.core.instrument import VenueName
from counterpoise.core.mode import Mode
from counterpoise.errors import DoorRefused, OutcomeUnknown
from counterpoise.venues.binance import PROFILE
from counterpoise.venues.build import rules_for
from counterpoise.venues.dialect import Call
from counterpoise.venues.door import BODY_BYTES_MAX, Door, Rules
from tests.venues.fake import API_KEY, ORDER, FakeVenue, StillClock, answer, config

HOSTS = {
    Mode.DRY_RUN: "fapi.binance.com",
    Mode.LIVE: "fapi.binance.com",
    Mode.TESTNET: "demo-fapi.binance.com",
}
TIME = "/fapi/v1/time"
ENDPOINT = "http://127.0.0.1:8089"


def door_of(
    mode: Mode, venue: FakeVenue, clock: StillClock | None = None, endpoint: str = ""
) -> Door:
    rules = rules_for(config(mode=mode, endpoint=endpoint), PROFILE)
    return Door(rules, venue, clock or StillClock())


async def tried(door: Door, method: str, url: str, body: bytes = b"") -> int:
    """Try to get past; return the answer's status if it got through."""
    return (await door.send(method, url, {"Accept": "*/*"}, body)).status


@pytest.mark.parametrize("mode", Mode)
async def test_a_listed_read_passes_in_every_mode(mode: Mode, venue: FakeVenue) -> None:
    assert await tried(door_of(mode, venue), "GET", f"https://{HOSTS[mode]}{TIME}") == 200
    assert len(venue.requests) == 1


async def test_dry_run_lets_no_order_out(venue: FakeVenue) -> None:
    door = door_of(Mode.DRY_RUN, venue)
    with pytest.raises(DoorRefused, match=r"POST /fapi/v1/order on fapi\.binance\.com"):
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


MONEY_OUT = Call(name="x", method="POST", path="/sapi/v1/asset/transfer")


@pytest.mark.parametrize(
    "rules",
    [
        {"mode": Mode.DRY_RUN, "writes": (Call(name="x", method="POST", path=ORDER),)},
        {"mode": Mode.LIVE, "endpoint": ENDPOINT},
        {"mode": Mode.LIVE, "writes": (MONEY_OUT,)},
    ],
)
def test_rules_that_break_a_mode_cannot_exist(rules: dict[str, object]) -> None:
    facts: dict[str, object] = {
        "venue": VenueName("main"),
        "hosts": frozenset({"h"}),
        "reads": (),
        "writes": (),
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
        "https://fapi.b\u0131nance.com/fapi/v1/time",
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
    await tried(door, "GET", f"https://{HOSTS[mode]}{TIME}?a=%5B1%5D&b=c+d")
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


async def test_a_refusal_names_no_secret(venue: FakeVenue) -> None:
    url = f"https://evil.test/fapi/v1/order?apiKey={API_KEY}&signature=abcdef"
    with pytest.raises(DoorRefused) as refused:
        await door_of(Mode.LIVE, venue).send("POST", url, {"X-MBX-APIKEY": API_KEY}, b"")
    said = f"{refused.value!r} {refused.value.hint} {refused.value.detail}"
    assert API_KEY not in said
    assert "abcdef" not in said


class TestPatterns:
    """What a venue's table may say beyond a fixed path: a segment, a body, a mark."""

    @staticmethod
    def door(**rules: object) -> tuple[Door, FakeVenue]:
        facts: dict[str, object] = {
            "venue": VenueName("main"),
            "mode": Mode.TESTNET,
            "hosts": frozenset({"venue.test"}),
            "reads": (
                Call(name="x", method="GET", path="/order/{}/{}"),
                Call(name="y", method="POST", path="/info", body=True),
            ),
            "writes": (Call(name="z", method="POST", path="/order"),),
            "headers": frozenset({"key", "simulated"}),
        }
        venue = FakeVenue(silent=False)
        return Door(Rules(**{**facts, **rules}), venue, StillClock()), venue  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        "path", ["/order/a", "/order/a/b/c", "/order//b", "/order/../b", "/orders/a/b"]
    )
    async def test_a_segment_is_one_segment(self, path: str) -> None:
        door, venue = self.door()
        with pytest.raises(DoorRefused):
            await door.send("GET", f"https://venue.test{path}", {}, b"")
        assert venue.requests == []

    async def test_a_read_has_a_body_only_where_the_table_says_so(self) -> None:
        door, venue = self.door()
        await door.send("GET", "https://venue.test/order/a/b", {}, b"")
        await door.send("POST", "https://venue.test/info", {}, b"{}")
        with pytest.raises(DoorRefused, match="body"):
            await door.send("GET", "https://venue.test/order/a/b", {}, b"{}")
        assert len(venue.requests) == 2

    async def test_a_write_whose_body_is_no_order_is_refused(self) -> None:
        door, venue = self.door(order_body=lambda body: b"order" in body)
        await door.send("POST", "https://venue.test/order", {}, b'{"type":"order"}')
        with pytest.raises(DoorRefused, match="another body"):
            await door.send("POST", "https://venue.test/order", {}, b'{"type":"send"}')
        assert len(venue.requests) == 1

    @pytest.mark.parametrize("headers", [{}, {"simulated": "0"}])
    async def test_nothing_passes_without_the_mark_of_a_shared_host(
        self, headers: dict[str, str]
    ) -> None:
        door, venue = self.door(marked=("simulated", "1"))
        await door.send("POST", "https://venue.test/order", {"Simulated": "1"}, b"")
        with pytest.raises(DoorRefused, match="header"):
            await door.send("POST", "https://venue.test/order", headers, b"")
        assert len(venue.requests) == 1

    async def test_a_key_goes_only_below_the_path_of_the_test_environment(self) -> None:
        calls = (
            Call(name="x", method="GET", path="/sim/order"),
            Call(name="x", method="GET", path="/real/order"),
        )
        door, venue = self.door(signed_path="/sim/", reads=calls, headers=frozenset({"key"}))
        await door.send("GET", "https://venue.test/sim/order", {"Key": "k"}, b"")
        await door.send("GET", "https://venue.test/real/order", {}, b"")
        with pytest.raises(DoorRefused, match="header"):
            await door.send("GET", "https://venue.test/real/order", {"KEY": "k"}, b"")
        assert len(venue.requests) == 2
