from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from decimal import Decimal

import pytest
from structlog.testing import capture_logs

from counterpoise.errors import (
    CounterpoiseError,
    OutcomeUnknown,
    SnapshotError,
    Unauthorized,
    Unavailable,
    Unsent,
)
from counterpoise.ports import Gateway, HttpResponse
from counterpoise.venues.build import build_gateway
from counterpoise.venues.dialect import Lanes
from counterpoise.venues.gateway import CcxtGateway
from tests.venues.fake import (
    API_KEY,
    API_SECRET,
    ETH,
    NOW_MS,
    POSITIONS,
    FakeVenue,
    StillClock,
    answer,
    book,
    config,
    mark,
    refusal,
)

D = Decimal
Reader = Callable[[CcxtGateway], Awaitable[object]]
READS: dict[str, tuple[str, Reader]] = {
    "balances": ("/api/v3/account", lambda gateway: gateway.balances()),
    "margins": ("/fapi/v3/account", lambda gateway: gateway.margins()),
    "positions": (POSITIONS, lambda gateway: gateway.positions()),
    "marks": ("/fapi/v1/premiumIndex", lambda gateway: gateway.marks()),
    "books": ("/fapi/v1/ticker/bookTicker", lambda gateway: gateway.books()),
    "skew": ("/fapi/v1/time", lambda gateway: gateway.skew_ms()),
    "open orders": ("/fapi/v1/openOrders", lambda gateway: gateway.open_order_ids(ETH)),
    "fills": ("/fapi/v1/userTrades", lambda gateway: gateway.fills(ETH, NOW_MS - 1000)),
}
BROKEN: dict[str, Callable[[HttpResponse], HttpResponse]] = {
    "html": lambda _: answer("<html>busy</html>"),
    "empty": lambda _: answer(""),
    "cut": lambda whole: HttpResponse(
        status=200, headers=whole.headers, body=whole.body[: len(whole.body) // 2 - 1] or b"["
    ),
    "null": lambda _: answer("null"),
    "object": lambda _: answer({}),
    "list of nothing": lambda _: answer([None]),
    "text": lambda _: answer('"ok"'),
    "html as an error": lambda _: answer("<html>503</html>", 503),
    "gone": lambda _: answer("", 404),
}


async def test_a_quiet_cycle_is_one_request_for_each_read(
    gateway: CcxtGateway, venue: FakeVenue
) -> None:
    venue.requests.clear()
    for name in ("balances", "margins", "positions", "marks", "books"):
        await READS[name][1](gateway)
    assert [request.url.split("?")[0].partition(".com")[2] for request in venue.requests] == [
        READS[name][0] for name in ("balances", "margins", "positions", "marks", "books")
    ]
    assert {request.method for request in venue.requests} == {"GET"}


async def test_the_gateway_is_what_the_port_asks_for(gateway: CcxtGateway) -> None:
    port: Gateway = gateway
    assert port.venue == "main"


@pytest.mark.parametrize("name", READS)
@pytest.mark.parametrize("broken", BROKEN)
async def test_a_read_that_is_broken_and_stays_so_is_an_error(
    name: str, broken: str, gateway: CcxtGateway, venue: FakeVenue
) -> None:
    path, read = READS[name]
    venue.fault("GET", path, *[BROKEN[broken]] * 3)
    with pytest.raises((SnapshotError, Unavailable)):
        await read(gateway)


@pytest.mark.parametrize("name", READS)
@pytest.mark.parametrize("broken", ["html", "empty", "cut", "null", "html as an error"])
async def test_a_read_that_was_broken_for_a_moment_is_made_again(
    name: str, broken: str, gateway: CcxtGateway, venue: FakeVenue, clock: StillClock
) -> None:
    path, read = READS[name]
    venue.fault("GET", path, BROKEN[broken], OutcomeUnknown("late"))
    with capture_logs() as logs:
        await read(gateway)
    assert clock.slept == [0.25, 0.5]
    assert [line["event"] for line in logs] == ["read.retried"] * 2
    assert [line["attempt"] for line in logs] == [1, 2]


async def test_a_read_is_given_up_after_three_attempts(
    gateway: CcxtGateway, venue: FakeVenue
) -> None:
    venue.requests.clear()
    venue.fault("GET", POSITIONS, *[Unsent("no connection")] * 9)
    with pytest.raises(Unavailable):
        await gateway.positions()
    assert len(venue.requests) == 3


async def test_no_attempt_begins_after_the_deadline(
    gateway: CcxtGateway, venue: FakeVenue, clock: StillClock
) -> None:
    def slow(_: HttpResponse) -> HttpResponse:
        clock.now_ms += 9_000
        return answer("", 503)

    venue.requests.clear()
    venue.fault("GET", POSITIONS, slow)
    with pytest.raises(Unavailable):
        await gateway.positions()
    assert len(venue.requests) == 1


async def test_a_host_that_asks_for_a_pause_is_not_asked_again(
    gateway: CcxtGateway, venue: FakeVenue, clock: StillClock
) -> None:
    venue.requests.clear()
    venue.fault("GET", POSITIONS, lambda _: answer({"code": -1003}, 429, **{"Retry-After": "9"}))
    for _ in range(2):
        with pytest.raises(Unavailable) as caught:
            await gateway.positions()
        assert caught.value.retry_after_s == 9
    assert (len(venue.requests), clock.slept) == (1, [])


@pytest.mark.parametrize("code", [-2015, -2014, -1022])
async def test_refused_credentials_are_said_once(
    code: int, gateway: CcxtGateway, venue: FakeVenue
) -> None:
    """ccxt turns -2015 into a network error once any private call has succeeded."""
    await gateway.balances()
    venue.requests.clear()
    venue.fault("GET", "/api/v3/account", lambda _: refusal(code))
    with pytest.raises(Unauthorized):
        await gateway.balances()
    assert len(venue.requests) == 1


async def test_missing_credentials_are_said_without_a_request(
    venue: FakeVenue, clock: StillClock
) -> None:
    built = build_gateway(config(api_key="", api_secret=""), clock, venue)
    with pytest.raises(Unauthorized) as caught:
        await built.balances()
    await built.close()
    assert "api_key" in caught.value.hint
    assert venue.requests == []


async def test_one_instrument_alone_is_asked_for_alone(venue: FakeVenue, clock: StillClock) -> None:
    venue.says("GET", "/fapi/v1/premiumIndex", mark("ETHUSDT", "3400"))
    venue.says("GET", "/fapi/v1/ticker/bookTicker", book("ETHUSDT", "3399", "3401"))
    built = build_gateway(config(symbols=(ETH,)), clock, venue)
    await built.open()
    marks, books = await built.marks(), await built.books()
    await built.close()
    assert (len(marks), len(books)) == (1, 1)
    assert venue.seen("GET", "/fapi/v1/premiumIndex") == [{"symbol": "ETHUSDT"}]
    assert venue.seen("GET", "/fapi/v1/ticker/bookTicker") == [{"symbol": "ETHUSDT"}]


async def test_without_a_spot_wallet_no_spot_balance_is_read(
    venue: FakeVenue, clock: StillClock
) -> None:
    built = build_gateway(config(wallets=("linear",)), clock, venue)
    await built.open()
    assert await built.balances() == ()
    assert await built.skew_ms() == 250
    await built.close()
    assert {request.url.split("/")[2] for request in venue.requests} == {"demo-fapi.binance.com"}


async def test_without_perpetuals_nothing_of_perpetuals_is_read(
    venue: FakeVenue, clock: StillClock
) -> None:
    built = build_gateway(config(wallets=("spot",), symbols=()), clock, venue)
    assert await built.open() == ()
    assert (await built.positions(), await built.marks(), await built.books()) == ({}, {}, {})
    assert await built.margins() == ()
    assert await built.skew_ms() == -250
    assert {balance.asset for balance in await built.balances()} == {"ETH", "BTC"}
    await built.close()
    assert {request.url.split("/")[2] for request in venue.requests} == {"demo-api.binance.com"}


async def test_skew_is_measured_from_the_middle_of_the_round_trip(
    gateway: CcxtGateway, venue: FakeVenue, clock: StillClock
) -> None:
    def slow(response: HttpResponse) -> HttpResponse:
        clock.now_ms += 100
        return response

    venue.fault("GET", "/fapi/v1/time", slow)
    assert await gateway.skew_ms() == 200


@pytest.mark.parametrize("name", READS)
async def test_no_secret_is_in_what_a_failed_read_raises(
    name: str, gateway: CcxtGateway, venue: FakeVenue
) -> None:
    path, read = READS[name]
    echo = json.dumps({"code": -1000, "msg": f"you sent {API_KEY} and signature=deadbeef"})
    venue.fault("GET", path, *[lambda _: answer(echo, 500)] * 3)
    with pytest.raises(CounterpoiseError) as caught, capture_logs() as logs:
        await read(gateway)
    error: BaseException | None = caught.value
    said = [json.dumps(logs, default=str)]
    while error is not None:
        said.append(f"{error!r} {error} {vars(error)}")
        error = error.__cause__ or error.__context__
    assert not any(secret in " ".join(said) for secret in (API_KEY, API_SECRET, "deadbeef"))


async def test_cancelling_a_read_cancels_it(gateway: CcxtGateway, venue: FakeVenue) -> None:
    venue.silent = True
    reading = asyncio.create_task(gateway.positions())
    await asyncio.sleep(0.01)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading


async def test_reads_keep_to_their_lane(venue: FakeVenue, clock: StillClock) -> None:
    lanes = Lanes(reads=2, orders=1, period_s=0.05)
    built = build_gateway(config(lanes=lanes), clock, venue)
    await built.open()
    venue.requests.clear()
    reads = [asyncio.create_task(built.positions()) for _ in range(4)]
    await asyncio.sleep(0.02)
    assert 1 <= len(venue.requests) <= 2
    await asyncio.gather(*reads)
    await built.close()
    assert len(venue.requests) == 4


async def test_closing_closes_the_transport(venue: FakeVenue, clock: StillClock) -> None:
    built = build_gateway(config(), clock, venue)
    await built.close()
    assert venue.closed
