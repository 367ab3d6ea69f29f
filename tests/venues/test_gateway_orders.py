from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from decimal import Decimal

import pytest

from counterpoise.core.instrument import Symbol
from counterpoise.core.mode import Mode
from counterpoise.core.orders import VenueStatus
from counterpoise.errors import (
    CounterpoiseError,
    DoorRefused,
    OutcomeUnknown,
    Rejected,
    Unauthorized,
    Unavailable,
    Unsent,
)
from counterpoise.ports import HttpResponse
from counterpoise.venues.build import build_gateway
from counterpoise.venues.dialect import Lanes
from counterpoise.venues.gateway import CcxtGateway
from tests.venues.fake import (
    API_KEY,
    API_SECRET,
    NOW_MS,
    ORDER,
    FakeVenue,
    StillClock,
    answer,
    config,
    filled,
    refusal,
)
from tests.venues.orders import intent_of

D = Decimal
SENT = {
    "symbol": "ETHUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "IOC",
    "quantity": "1.5",
    "price": "3410.2",
    "newClientOrderId": "cp0000000000000000000000001a",
    "newOrderRespType": "RESULT",
    "recvWindow": "5000",
    "timestamp": str(NOW_MS),
}


def told(**changed: object) -> Callable[[Mapping[str, str]], object]:
    return lambda params: filled(params, **changed)


async def test_an_order_says_exactly_what_was_decided(
    gateway: CcxtGateway, venue: FakeVenue
) -> None:
    report = await gateway.place(intent_of())
    (params,) = venue.seen("POST", ORDER)
    assert len(params.pop("signature")) == 64
    assert params == SENT
    assert (report.status, report.filled_size) == (VenueStatus.FILLED, D("1.5"))
    assert (report.venue_order_id, report.price_average) == ("4711", D("3400.1"))


async def test_a_reducing_sale_says_so(gateway: CcxtGateway, venue: FakeVenue) -> None:
    report = await gateway.place(intent_of(size="-1.5", reduce_only=True))
    (params,) = venue.seen("POST", ORDER)
    assert (params["side"], params["quantity"], params["reduceOnly"]) == ("SELL", "1.5", "true")
    assert report.filled_size == D("-1.5")


@pytest.mark.parametrize(
    ("decided", "sent"),
    [
        (("0.001", "0.01"), ("0.001", "0.01")),
        (("1E+2", "1E+5"), ("100", "100000")),
        (("1.500", "3410.20"), ("1.5", "3410.2")),
        (("999.999", "99999.99"), ("999.999", "99999.99")),
    ],
)
async def test_numbers_leave_plainly_and_unrounded(
    decided: tuple[str, str], sent: tuple[str, str], gateway: CcxtGateway, venue: FakeVenue
) -> None:
    size, price = decided
    await gateway.place(intent_of(size=size, price=price))
    (params,) = venue.seen("POST", ORDER)
    assert (params["quantity"], params["price"]) == sent


@pytest.mark.parametrize(("size", "price"), [("1.5001", "3410.2"), ("1.5", "3410.205")])
async def test_a_number_that_would_be_rounded_is_not_sent(
    size: str, price: str, gateway: CcxtGateway, venue: FakeVenue
) -> None:
    with pytest.raises(Unsent, match="multiple"):
        await gateway.place(intent_of(size=size, price=price))
    assert venue.seen("POST", ORDER) == []


async def test_an_order_of_another_instrument_is_not_sent(
    gateway: CcxtGateway, venue: FakeVenue
) -> None:
    with pytest.raises(Unsent, match="not among"):
        await gateway.place(intent_of(symbol=Symbol("XRP/USDT:USDT")))
    assert venue.seen("POST", ORDER) == []


async def test_an_expired_decision_is_not_sent(
    gateway: CcxtGateway, venue: FakeVenue, clock: StillClock
) -> None:
    intent = intent_of(expires_at_ms=NOW_MS + 6_000)
    clock.now_ms = NOW_MS + 1_001
    with pytest.raises(Unsent, match="expired"):
        await gateway.place(intent)
    assert venue.seen("POST", ORDER) == []
    clock.now_ms = NOW_MS + 1_000
    await gateway.place(intent)
    assert len(venue.seen("POST", ORDER)) == 1


async def test_an_order_that_waited_too_long_in_its_lane_is_not_sent(
    venue: FakeVenue, clock: StillClock
) -> None:
    built = build_gateway(config(lanes=Lanes(reads=99, orders=1, period_s=0.03)), clock, venue)
    await built.open()
    await built.account()
    first = asyncio.create_task(built.place(intent_of()))
    second = asyncio.create_task(built.place(intent_of()))
    await first
    clock.now_ms += 2_000
    with pytest.raises(Unsent, match="expired"):
        await second
    await built.close()
    assert len(venue.seen("POST", ORDER)) == 1


async def test_an_order_does_not_wait_behind_reads(venue: FakeVenue, clock: StillClock) -> None:
    built = build_gateway(config(lanes=Lanes(reads=12, orders=3, period_s=30)), clock, venue)
    await built.open()
    await built.account()
    reads = [asyncio.create_task(built.positions()) for _ in range(20)]
    await asyncio.sleep(0)
    placed = await asyncio.gather(*(built.place(intent_of()) for _ in range(3)))
    assert len(placed) == 3
    assert not all(read.done() for read in reads)
    for read in reads:
        read.cancel()
    await asyncio.gather(*reads, return_exceptions=True)
    await built.close()


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Unsent("no connection"), Unsent),
        (OutcomeUnknown("late"), OutcomeUnknown),
        (RuntimeError("a bug"), OutcomeUnknown),
    ],
)
async def test_how_far_a_failed_order_got_decides_what_it_means(
    fault: Exception, expected: type[Exception], gateway: CcxtGateway, venue: FakeVenue
) -> None:
    venue.fault("POST", ORDER, fault)
    with pytest.raises(expected) as caught:
        await gateway.place(intent_of())
    assert type(caught.value) is expected
    assert len(venue.seen("POST", ORDER)) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("<html>busy</html>", 200),
        ("", 200),
        ('{"orderId": 47', 200),
        ("null", 200),
        ({}, 200),
        ([], 200),
        ({"orderId": 4711}, 200),
        ({"code": -1000, "msg": "?"}, 200),
        ({"code": -1006, "msg": "unknown"}, 400),
        ({"code": -1007, "msg": "timeout"}, 408),
        ({"code": -1008, "msg": "busy"}, 503),
        ({"code": -4116, "msg": "duplicate"}, 400),
        ({"code": -2010, "msg": "Duplicate order sent."}, 400),
        ({"code": -77777, "msg": "new"}, 400),
        ("<html>gateway</html>", 502),
        ("", 504),
        ("<html>forbidden</html>", 403),
        ("", 404),
        ({}, 307),
        ("", 429),
        ("", 418),
    ],
)
async def test_an_answer_without_proof_leaves_the_outcome_unknown(
    body: object, status: int, gateway: CcxtGateway, venue: FakeVenue
) -> None:
    venue.fault("POST", ORDER, lambda _: answer(body, status))
    with pytest.raises(OutcomeUnknown):
        await gateway.place(intent_of())
    assert len(venue.seen("POST", ORDER)) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"orderId": None},
        {"clientOrderId": "cp-of-another"},
        {"symbol": "BTCUSDT"},
        {"side": "SELL"},
        {"origQty": "1.4"},
        {"status": "SOMETHING_NEW"},
        {"executedQty": None},
    ],
)
async def test_an_answer_about_another_order_leaves_the_outcome_unknown(
    changed: dict[str, object], gateway: CcxtGateway, venue: FakeVenue
) -> None:
    venue.handlers["POST", ORDER] = told(**changed)
    with pytest.raises(OutcomeUnknown):
        await gateway.place(intent_of())


@pytest.mark.parametrize("code", [-2019, -2022, -4164, -1111, -4131])
async def test_a_refused_order_is_rejected_with_the_venues_code(
    code: int, gateway: CcxtGateway, venue: FakeVenue
) -> None:
    venue.fault("POST", ORDER, lambda _: refusal(code, "Margin is insufficient."))
    with pytest.raises(Rejected) as caught:
        await gateway.place(intent_of())
    assert (caught.value.code, caught.value.detail) == (str(code), "Margin is insufficient.")


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [(-1021, 400, Unavailable), (-1015, 429, Unavailable), (-2015, 401, Unauthorized)],
)
async def test_a_refusal_that_is_not_about_the_order_is_told_apart(
    code: int, status: int, expected: type[Exception], gateway: CcxtGateway, venue: FakeVenue
) -> None:
    venue.fault("POST", ORDER, lambda _: refusal(code, status=status))
    with pytest.raises(expected) as caught:
        await gateway.place(intent_of())
    assert type(caught.value) is expected


async def test_no_order_goes_to_a_host_that_asked_for_a_pause(
    gateway: CcxtGateway, venue: FakeVenue
) -> None:
    venue.fault("GET", "/fapi/v1/time", lambda _: answer({}, 418, **{"Retry-After": "300"}))
    with pytest.raises(Unavailable):
        await gateway.skew_ms()
    with pytest.raises(Unavailable) as caught:
        await gateway.place(intent_of())
    assert caught.value.retry_after_s == 300
    assert venue.seen("POST", ORDER) == []


async def test_dry_run_cannot_send_an_order_even_when_asked_to(
    venue: FakeVenue, clock: StillClock
) -> None:
    built = build_gateway(config(mode=Mode.DRY_RUN), clock, venue)
    await built.open()
    await built.account()
    with pytest.raises(DoorRefused):
        await built.place(intent_of())
    await built.close()
    assert {request.method for request in venue.requests} == {"GET"}


async def test_a_cancelled_order_stays_cancelled(gateway: CcxtGateway, venue: FakeVenue) -> None:
    venue.silent = True
    placing = asyncio.create_task(gateway.place(intent_of()))
    await asyncio.sleep(0.01)
    assert len(venue.seen("POST", ORDER)) == 1
    placing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await placing


@pytest.mark.parametrize("status", [200, 400, 401, 429, 500, 502])
async def test_no_secret_is_in_what_a_failed_order_raises(
    status: int, gateway: CcxtGateway, venue: FakeVenue
) -> None:
    def echoing(_: HttpResponse) -> HttpResponse:
        sent = venue.requests[-1]
        return answer(f"{sent.url} {sent.headers} {sent.body.decode()} {API_SECRET}", status)

    venue.fault("POST", ORDER, echoing)
    with pytest.raises(CounterpoiseError) as caught:
        await gateway.place(intent_of())
    signature = venue.seen("POST", ORDER)[0]["signature"]
    error: BaseException | None = caught.value
    said = ""
    while error is not None:
        said += f"{error!r} {error} {vars(error)}"
        error = error.__cause__ or error.__context__
    assert not any(secret in said for secret in (API_KEY, API_SECRET, signature))
