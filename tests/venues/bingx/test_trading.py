"""Orders on BingX: what is sent, what becomes of it, and what is never taken for an outcome."""

from __future__ import annotations

import pytest

from counterpoise.core.orders import Cause, VenueStatus
from counterpoise.errors import OutcomeUnknown, Rejected, SnapshotError, Unavailable
from tests.venues.bingx.conftest import INVERSE_PLACE, PLACE, Tapped
from tests.venues.contract.stands import INVERSE, LINEAR, D, Desk

SIZE = D("0.02")
POSITIONS = "/openApi/swap/v2/user/positions"
FILLS = "/openApi/swap/v2/trade/allFillOrders"
HIDDEN = {"timestamp", "signature"}


def order_sent(wire: Tapped, path: str = PLACE) -> dict[str, str]:
    (sent,) = wire.sent("POST", path)
    assert sent.keys() >= HIDDEN
    return {name: value for name, value in sent.items() if name not in HIDDEN}


async def test_an_order_goes_out_in_the_query_and_never_rests(desk: Desk, wire: Tapped) -> None:
    intent = await desk.intent(SIZE, "cp0000000000000000000000001a", limit_price=D("99000.5"))
    await desk.gateway.place(intent)
    assert order_sent(wire) == {
        "symbol": "BTC-USDT",
        "side": "BUY",
        "type": "LIMIT",
        "timeInForce": "IOC",
        "positionSide": "BOTH",
        "quantity": "0.02",
        "price": "99000.5",
        "clientOrderID": "cp0000000000000000000000001a",
        "clientOrderId": "cp0000000000000000000000001a",
        "recvWindow": "5000",
    }
    assert [one.body for one in wire.requests if one.method == "POST"] == [b""]


async def test_what_shrinks_may_do_nothing_else(desk: Desk, wire: Tapped) -> None:
    await desk.traded(SIZE, "cp1")
    wire.requests.clear()
    await desk.traded(-SIZE, "cp2", reduce_only=True)
    sent = order_sent(wire)
    assert (sent["side"], sent["positionSide"], sent["reduceOnly"]) == ("SELL", "BOTH", "true")


@pytest.mark.parametrize(
    ("size", "reduce_only", "side"),
    [(SIZE, False, "LONG"), (-SIZE, False, "SHORT"), (SIZE, True, "SHORT"), (-SIZE, True, "LONG")],
)
async def test_in_hedge_mode_an_order_names_its_position_and_nothing_else(
    hedged: Desk, wire: Tapped, size: object, reduce_only: bool, side: str
) -> None:
    assert isinstance(size, D)
    if reduce_only:
        await hedged.traded(-size, "cp1")
        wire.requests.clear()
    report = await hedged.traded(size, "cp2", reduce_only=reduce_only)
    sent = order_sent(wire)
    assert sent["positionSide"] == side
    assert "reduceOnly" not in sent
    assert report.filled_size == size
    assert (await hedged.position()).size == (0 if reduce_only else size)


async def test_in_hedge_mode_a_position_is_long_minus_short(hedged: Desk) -> None:
    await hedged.traded(SIZE, "cp1")
    await hedged.traded(D("-0.05"), "cp2")
    assert (await hedged.position()).size == D("-0.03")


async def test_a_position_mode_that_changed_since_refuses_the_order(desk: Desk) -> None:
    intent = await desk.intent(SIZE)
    desk.exchange.venue.engine.set_hedge_mode(hedge_mode=True)
    with pytest.raises(Rejected, match="109400"):
        await desk.gateway.place(intent)


async def test_the_receipt_says_nothing_of_what_came_of_it(desk: Desk) -> None:
    intent = await desk.intent(SIZE)
    receipt = await desk.gateway.place(intent)
    assert (receipt.status, receipt.filled_size) == (VenueStatus.OPEN, D(0))
    found = await desk.gateway.find(intent)
    assert found is not None
    assert found.venue_order_id == receipt.venue_order_id
    assert (found.status, found.filled_size) == (VenueStatus.FILLED, SIZE)


async def test_a_look_up_names_no_other_id_that_would_win(desk: Desk, wire: Tapped) -> None:
    await desk.gateway.find(await desk.intent(SIZE, "cp7"))
    (sent,) = wire.sent("GET", PLACE)
    assert sent["clientOrderId"] == "cp7"
    assert "orderId" not in sent


async def test_an_id_is_burned_and_the_order_that_has_it_is_found(desk: Desk) -> None:
    intent = await desk.intent(SIZE)
    first = await desk.gateway.place(intent)
    with pytest.raises(OutcomeUnknown, match="101481"):
        await desk.gateway.place(intent)
    found = await desk.gateway.find(intent)
    assert found is not None
    assert found.venue_order_id == first.venue_order_id


async def test_an_id_comes_back_in_lower_case_as_ours_are(desk: Desk) -> None:
    report = await desk.traded(SIZE, "cpabcdefgh0000000000000000zz")
    assert report.client_order_id == "cpabcdefgh0000000000000000zz"
    assert report.client_order_id == report.client_order_id.lower()


RECEIPT = {"orderId": 17, "symbol": "BTC-USDT", "side": "BUY", "clientOrderID": "cp1"}


@pytest.mark.parametrize(
    "lie",
    [
        "<html>oops</html>",
        "",
        {},
        [],
        {"code": 0},
        {"code": 0, "msg": "", "data": {}},
        {"code": 0, "msg": "", "data": {"order": {}}},
        {"code": 0, "data": {"order": RECEIPT | {"orderId": 0}}},
        {"code": 0, "data": {"order": RECEIPT | {"orderId": None}}},
        {"code": 0, "data": {"order": RECEIPT | {"clientOrderID": "cp2"}}},
        {"code": 0, "data": {"order": RECEIPT | {"symbol": "ETH-USDT"}}},
        {"code": 0, "data": {"order": RECEIPT | {"side": "SELL"}}},
        {"code": 100500, "msg": "The current system is busy, please try again later"},
        {"code": 100410, "msg": "The current system is busy, please try again later"},
        {"code": 80012, "msg": "Service Unavailable"},
        {"code": 101500, "msg": "rpc timeout"},
        {"code": 424242, "msg": "new"},
    ],
    ids=str,
)
async def test_what_proves_nothing_leaves_the_outcome_unknown(
    desk: Desk, wire: Tapped, lie: object
) -> None:
    intent = await desk.intent(SIZE)
    wire.lies["POST", PLACE] = lie
    with pytest.raises(OutcomeUnknown):
        await desk.gateway.place(intent)
    found = await desk.gateway.find(intent)
    assert found is not None
    assert found.filled_size == SIZE


@pytest.mark.parametrize(
    "lie",
    [
        {"code": 101400, "msg": "The minimum order amount is 0.0001 BTC."},
        {"code": 101204, "msg": "Insufficient margin"},
        {"code": "110425", "msg": "the minimum nominal value", "data": {}},
    ],
    ids=str,
)
async def test_a_refusal_has_http_status_200_and_is_one(
    desk: Desk, wire: Tapped, lie: object
) -> None:
    wire.lies["POST", PLACE] = lie
    with pytest.raises(Rejected) as raised:
        await desk.gateway.place(await desk.intent(SIZE))
    assert raised.value.hint


SAID_OF_100410 = [
    ("rate limited", Unavailable),
    ("The endpoint trigger frequency limit rule is currently in the disabled period", Unavailable),
    ("over 20 error code:100202 requests ... ,can retry after time: 1727193970155", Unavailable),
    ("The current system is busy, please try again later", OutcomeUnknown),
]


@pytest.mark.parametrize(("message", "kind"), SAID_OF_100410)
async def test_too_often_is_told_from_busy_although_the_code_is_the_same(
    desk: Desk, wire: Tapped, message: str, kind: type[Exception]
) -> None:
    wire.lies["POST", PLACE] = {"code": 100410, "msg": message}
    with pytest.raises(kind):
        await desk.gateway.place(await desk.intent(SIZE))


async def test_who_is_blocked_with_http_status_200_stops_asking(desk: Desk, wire: Tapped) -> None:
    until_ms = desk.clock.wall_ms() + 60_000
    text = f"frequency limit rule ... will be unblocked after {until_ms}"
    wire.lies["GET", POSITIONS] = {"code": 100410, "msg": text}
    with pytest.raises(Unavailable):
        await desk.gateway.positions()
    wire.requests.clear()
    with pytest.raises(Unavailable, match="60 s of it are left"):
        await desk.gateway.balances()
    assert wire.requests == []


async def test_a_clock_that_is_off_refuses_without_effect(desk: Desk) -> None:
    intent = await desk.intent(SIZE)
    desk.control.post("clock", skew_ms=9_000)
    with pytest.raises(Unavailable, match="100421"):
        await desk.gateway.place(intent)
    desk.control.post("clock", skew_ms=0)
    assert await desk.gateway.find(intent) is None


async def test_no_error_shows_the_query_that_has_the_signature(desk: Desk) -> None:
    intent = await desk.intent(SIZE)
    secret = desk.stand.config().api_secret
    desk.control.post("fault", kind="timeout-after", **desk.order_fault)
    with pytest.raises(OutcomeUnknown) as raised:
        await desk.gateway.place(intent)
    error: BaseException | None = raised.value
    while error is not None:
        shown = f"{error!r} {vars(error)}"
        assert "signature" not in shown
        assert secret not in shown
        error = error.__cause__ or error.__context__


async def test_coin_margined_orders_count_contracts_of_a_hundred_dollars(
    desk: Desk, wire: Tapped
) -> None:
    report = await desk.traded(D(-300), symbol=INVERSE)
    sent = order_sent(wire, INVERSE_PLACE)
    assert (sent["symbol"], sent["quantity"]) == ("BTC-USD", "3")
    assert (report.status, report.filled_size) == (VenueStatus.FILLED, D(-300))
    assert (await desk.position(INVERSE)).size == -300


async def test_coin_margined_trades_are_gathered_order_by_order(desk: Desk) -> None:
    since_ms = desk.clock.wall_ms() - 1
    first = await desk.traded(D(-300), "cp1", symbol=INVERSE)
    second = await desk.traded(D(100), "cp2", symbol=INVERSE)
    fills = await desk.gateway.fills(INVERSE, since_ms)
    assert [(fill.venue_order_id, fill.size) for fill in fills] == [
        (first.venue_order_id, D(-300)),
        (second.venue_order_id, D(100)),
    ]
    assert {fill.fee_asset for fill in fills} == {"BTC"}
    assert all(fill.fee > 0 for fill in fills)


async def test_coin_margined_history_counts_dollars_and_means_the_same(desk: Desk) -> None:
    away = await desk.touch(D(-100), INVERSE) - 500
    await desk.traded(D(300), symbol=INVERSE, limit_price=away)
    (order,) = await desk.gateway.orders(INVERSE, 0)
    assert (order.size, order.resting) == (D(300), False)
    await desk.traded(D(300), "cp2", symbol=INVERSE)
    assert {order.size for order in await desk.gateway.orders(INVERSE, 0)} == {D(300), D(0)}


@pytest.mark.parametrize(
    ("said", "filled"),
    [
        ({"origQty": "", "executedQty": "2"}, 200),
        ({"origQty": "0", "executedQty": "2"}, 200),
        ({"origQty": "3", "executedQty": "2"}, 200),  # contracts in both
        ({"origQty": "300", "executedQty": "200"}, 200),  # dollars in both
        ({"origQty": "30", "executedQty": "2"}, None),
        ({"origQty": "", "executedQty": "200"}, None),  # more than was asked for
    ],
    ids=str,
)
async def test_a_coin_margined_order_counts_one_unit_or_proves_nothing(
    desk: Desk, wire: Tapped, said: dict[str, object], filled: int | None
) -> None:
    row = {
        "symbol": "BTC-USD",
        "orderId": "17",
        "side": "BUY",
        "quantity": 3,
        "avgPrice": "90000.0",
        "status": "Cancelled",
        "clientOrderId": "cp1",
    }
    intent = await desk.intent(D(300), symbol=INVERSE)
    detail = "/openApi/cswap/v1/trade/orderDetail"
    wire.lies["GET", detail] = {"code": 0, "data": {"order": row | said}}
    if filled is None:
        with pytest.raises(SnapshotError):
            await desk.gateway.find(intent)
        return
    found = await desk.gateway.find(intent)
    assert found is not None
    assert (found.status, found.filled_size) == (VenueStatus.ENDED, D(filled))


async def test_linear_trades_are_asked_for_in_coins_from_a_whole_second(
    desk: Desk, wire: Tapped
) -> None:
    desk.clock.wall += 617
    await desk.gateway.fills(LINEAR, desk.clock.wall_ms())
    (sent,) = wire.sent("GET", FILLS)
    assert sent["tradingUnit"] == "COIN"
    assert int(sent["startTs"]) % 1_000 == 0
    assert int(sent["startTs"]) > desk.clock.wall_ms() - 1_000


async def test_a_trade_of_this_very_second_is_not_lost(desk: Desk) -> None:
    desk.clock.wall += 900 - desk.clock.wall % 1_000
    since_ms = desk.clock.wall_ms()
    report = await desk.traded(SIZE)
    (fill,) = await desk.gateway.fills(LINEAR, since_ms)
    assert fill.venue_order_id == report.venue_order_id


TRADE = {
    "filledTm": "2025-10-09T16:53:30Z",
    "filledTime": "2025-10-09T16:53:30.000+0800",
    "volume": "0.02",
    "price": "90000.0",
    "amount": "1800.0000",
    "commission": "-0.9000",
    "currency": "USDT",
    "orderId": "17",
    "symbol": "BTC-USDT",
    "side": "SELL",
}
TRADED_MS = 1_759_999_999_000 + 11_000  # 08:53:30 UTC


async def fills_told(desk: Desk, wire: Tapped, *rows: object) -> list[tuple[str, object, int]]:
    wire.lies["GET", FILLS] = {"code": 0, "msg": "", "data": {"fill_orders": list(rows)}}
    desk.clock.wall = TRADED_MS + 60_000
    fills = await desk.gateway.fills(LINEAR, TRADED_MS - 60_000)
    return [(fill.trade_id, fill.size, fill.at_ms) for fill in fills]


async def test_a_trade_is_of_the_time_in_its_zone_and_not_of_the_one_called_utc(
    desk: Desk, wire: Tapped
) -> None:
    ((_, size, at_ms),) = await fills_told(desk, wire, TRADE)
    assert size == -SIZE
    assert at_ms == TRADED_MS + 999


async def test_two_trades_that_look_alike_are_two_and_told_twice_the_same(
    desk: Desk, wire: Tapped
) -> None:
    first = await fills_told(desk, wire, TRADE, TRADE, TRADE | {"orderId": "18"})
    assert len({trade_id for trade_id, _, _ in first}) == 3
    assert await fills_told(desk, wire, TRADE | {"orderId": "18"}, TRADE, TRADE) == first


@pytest.mark.parametrize(
    "changed",
    [
        {"filledTime": "2025-10-09T16:53:30.000+1000"},  # before what was asked for
        {"filledTime": "2025-10-09T16:53:30Z0"},
        {"filledTime": ""},
        {"volume": "200"},  # contracts: it is not worth that
        {"side": ""},
        {"commission": None},
        {"price": "NaN"},
        {"orderId": ""},
    ],
    ids=str,
)
async def test_a_trade_that_makes_no_sense_is_none(
    desk: Desk, wire: Tapped, changed: dict[str, object]
) -> None:
    with pytest.raises(SnapshotError):
        await fills_told(desk, wire, TRADE | changed)


async def test_a_liquidation_is_told_from_a_stranger(desk: Desk, wire: Tapped) -> None:
    wire.lies["GET", "/openApi/swap/v2/trade/forceOrders"] = {
        "code": 0,
        "data": {"orders": [{"symbol": "BTC-USDT", "orderId": "17", "clientOrderId": ""}]},
    }
    since_ms = desk.clock.wall_ms()
    report = await desk.traded(SIZE, "cp1")
    ids = frozenset({"17", "18", report.venue_order_id})
    found = await desk.gateway.origins(LINEAR, ids, since_ms)
    assert found["17"].cause in {Cause.LIQUIDATION, Cause.DELEVERAGING}
    assert found[report.venue_order_id].client_order_id == "cp1"
    assert "18" not in found


@pytest.mark.parametrize(
    "changed",
    [
        {"clientOrderId": "cp2"},
        {"clientOrderId": ""},
        {"symbol": "ETH-USDT"},
        {"side": "SELL"},
        {"origQty": "0.03"},
        {"origQty": "NaN"},
        {"executedQty": "0.03"},
        {"executedQty": "-0.01"},
        {"executedQty": "0.01"},  # filled, yet not all of it
        {"status": "SOMETHING"},
        {"avgPrice": "0.0"},
        {"orderId": None},
    ],
    ids=str,
)
async def test_a_look_up_that_contradicts_itself_proves_nothing(
    desk: Desk, wire: Tapped, changed: dict[str, object]
) -> None:
    row = {
        "symbol": "BTC-USDT",
        "orderId": "17",
        "side": "BUY",
        "origQty": "0.0200",
        "executedQty": "0.0200",
        "avgPrice": "90000.0",
        "status": "FILLED",
        "updateTime": 1_760_000_000_000,
        "clientOrderId": "cp1",
    }
    intent = await desk.intent(SIZE)
    wire.lies["GET", PLACE] = {"code": 0, "data": {"order": row}}
    found = await desk.gateway.find(intent)
    assert found is not None
    assert found.filled_size == SIZE
    wire.lies["GET", PLACE] = {"code": 0, "data": {"order": row | changed}}
    with pytest.raises(SnapshotError):
        await desk.gateway.find(intent)
