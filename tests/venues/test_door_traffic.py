from __future__ import annotations

import pytest

from counterpoise.core.mode import Mode
from counterpoise.errors import Unavailable, Unsent
from counterpoise.ports import HttpResponse
from counterpoise.venues.binance import PROFILE
from counterpoise.venues.build import rules_for
from counterpoise.venues.door import Door
from tests.venues.fake import NOW_MS, ORDER, FakeVenue, StillClock, answer, config

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
    assert traffic.weights == {("fapi.binance.com", "x-mbx-used-weight-1m"): "37"}
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
