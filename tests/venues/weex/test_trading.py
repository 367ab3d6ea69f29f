"""Orders on WEEX: what is sent, what becomes of it, and what is never taken for an outcome."""

from __future__ import annotations

import pytest

from counterpoise.core.instrument import InstrumentKey
from counterpoise.core.orders import Cause, VenueStatus
from counterpoise.errors import OutcomeUnknown, Rejected, SnapshotError
from counterpoise.venues import weex_questions as questions
from tests.venues.contract.stands import LINEAR, MAIN, Bench, D, Desk
from tests.venues.weex.conftest import BILLS, ENDED, PLACE, POSITIONS, RESTING, TRADES, Tapped

SIZE = D("0.02")
KEY = InstrumentKey(f"{MAIN}:{LINEAR}")


async def test_an_order_goes_out_in_base_units_and_never_rests(desk: Desk, wire: Tapped) -> None:
    intent = await desk.intent(SIZE, "cp0000000000000000000000001a", limit_price=D("88000.5"))
    await desk.gateway.place(intent)
    assert wire.sent("POST", PLACE) == [
        {
            "symbol": "BTCUSDT",
            "side": "BUY",
            "positionSide": "LONG",
            "type": "LIMIT",
            "timeInForce": "IOC",
            "quantity": "0.02",
            "price": "88000.5",
            "newClientOrderId": "cp0000000000000000000000001a",
        }
    ]


async def test_the_contract_size_is_not_multiplied_in(desk: Desk, wire: Tapped) -> None:
    """ccxt states 0.0001, by which an order would be ten thousand times too large or too small."""
    markets = await desk.gateway._requester.markets()
    assert markets[LINEAR]["contractSize"] == "0.0001"
    await desk.traded(SIZE)
    (sent,) = wire.sent("POST", PLACE)
    (held,) = desk.exchange.venue.engine.account.open_positions()
    assert D(sent["quantity"]) == held.amount == (await desk.position()).size == SIZE


@pytest.mark.parametrize(
    ("size", "reduce_only", "side"),
    [(SIZE, False, "LONG"), (-SIZE, False, "SHORT"), (SIZE, True, "SHORT"), (-SIZE, True, "LONG")],
)
async def test_an_order_names_its_position_in_either_mode(
    weex_bench: Bench, wire: Tapped, size: D, reduce_only: bool, side: str
) -> None:
    for hedge_mode in (False, True):
        desk = await weex_bench.desk(hedge_mode=hedge_mode)
        if reduce_only:
            await desk.traded(-size, "cp1")
        wire.requests.clear()
        report = await desk.traded(size, "cp2", reduce_only=reduce_only)
        (sent,) = wire.sent("POST", PLACE)
        assert (sent["positionSide"], "reduceOnly" in sent) == (side, False)
        assert report.filled_size == size
        assert (await desk.position()).size == (0 if reduce_only else size)


async def test_in_hedge_mode_a_position_is_long_minus_short(hedged: Desk) -> None:
    await hedged.traded(SIZE, "cp1")
    await hedged.traded(D("-0.05"), "cp2")
    found = await hedged.position()
    assert found.sides is not None
    assert (found.size, found.sides.long, found.sides.short) == (D("-0.03"), SIZE, D("0.05"))


async def test_the_receipt_says_nothing_of_what_came_of_it(desk: Desk) -> None:
    intent = await desk.intent(SIZE)
    receipt = await desk.gateway.place(intent)
    assert (receipt.status, receipt.filled_size) == (VenueStatus.OPEN, D(0))
    found = await desk.gateway.find(intent)
    assert found is not None
    assert found.venue_order_id == receipt.venue_order_id
    assert (found.status, found.filled_size) == (VenueStatus.FILLED, SIZE)


async def test_a_look_up_goes_through_what_rests_and_what_ended(desk: Desk, wire: Tapped) -> None:
    intent = await desk.intent(SIZE, "cp7")
    await desk.gateway.find(intent)
    assert [one["symbol"] for one in wire.sent("GET", RESTING)] == ["BTCUSDT"]
    (ended,) = wire.sent("GET", ENDED)
    assert int(ended["startTime"]) < intent.sent_at_ms < int(ended["endTime"])
    assert wire.sent("GET", PLACE) == []


async def test_an_order_behind_pages_is_found(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    first = await desk.intent(SIZE, "cp0")
    await desk.gateway.place(first)
    for number in range(1, 6):
        await desk.traded(SIZE if number % 2 else -SIZE, f"cp{number}")
    monkeypatch.setattr(questions, "ENDED_ROWS", 2)
    found = await desk.gateway.find(first)
    assert found is not None
    assert found.filled_size == SIZE
    monkeypatch.setattr(questions, "PAGES_MAX", 2)
    with pytest.raises(SnapshotError, match="pages"):
        await desk.gateway.find(first)


ROW = {
    "orderId": 17,
    "clientOrderId": "cp1",
    "symbol": "BTCUSDT",
    "side": "BUY",
    "positionSide": "LONG",
    "origQty": "0.0200",
    "executedQty": "0.0100",
    "avgPrice": "88000",
    "price": "88000",
    "status": "PARTIAL_FILL",
    "time": 1,
    "updateTime": 1_760_000_000_001,
}


async def test_a_partial_fill_is_open_though_ccxt_calls_it_closed(desk: Desk, wire: Tapped) -> None:
    intent = await desk.intent(SIZE)
    wire.lies["GET", RESTING] = [ROW]
    found = await desk.gateway.find(intent)
    assert found is not None
    assert (found.status, found.filled_size) == (VenueStatus.OPEN, SIZE / 2)
    wire.lies["GET", ENDED] = [ROW | {"status": "CANCELED"}]  # it ended in between
    found = await desk.gateway.find(intent)
    assert found is not None
    assert (found.status, found.filled_size) == (VenueStatus.ENDED, SIZE / 2)


@pytest.mark.parametrize(
    "rows",
    [
        [ROW | {"side": "SELL"}],
        [ROW | {"origQty": "0.03"}],
        [ROW | {"origQty": "200"}],  # contracts
        [ROW | {"executedQty": "0.03"}],
        [ROW | {"executedQty": None}],
        [ROW | {"status": "FILLED"}],
        [ROW | {"status": "NEWISH"}],
        [ROW | {"orderId": None}],
        [ROW | {"avgPrice": "0.00000"}],
        [ROW, ROW | {"orderId": 18}],
        [1],
        {},
    ],
    ids=str,
)
async def test_a_row_that_contradicts_the_order_is_none_of_it(
    desk: Desk, wire: Tapped, rows: object
) -> None:
    wire.lies["GET", ENDED] = rows
    with pytest.raises(SnapshotError):
        await desk.gateway.find(await desk.intent(SIZE))


RECEIPT = {
    "orderId": "17",
    "clientOrderId": "cp1",
    "success": True,
    "errorCode": "",
    "errorMessage": "",
}


@pytest.mark.parametrize(
    "lie",
    [
        "<html>oops</html>",
        "",
        {},
        [],
        [RECEIPT],
        {"code": "200", "msg": "success"},
        RECEIPT | {"success": None},
        RECEIPT | {"orderId": "0"},
        RECEIPT | {"orderId": None},
        RECEIPT | {"clientOrderId": "cp2"},
        RECEIPT | {"clientOrderId": None},
        RECEIPT | {"success": False},
        RECEIPT | {"success": False, "errorMessage": "something went wrong"},
        RECEIPT | {"success": False, "errorCode": "-1054", "errorMessage": "System error"},
        RECEIPT | {"success": False, "errorCode": "-4242", "errorMessage": "new"},
        RECEIPT | {"success": False, "errorMessage": "FAILED_PRECONDITION: duplicate order"},
        {"code": -1054, "msg": "System error, please retry later."},
        {"code": -1000, "msg": "An unknown error occurred."},
        {"code": -3200, "msg": "Order does not exist."},
        {"code": -4242, "msg": "new"},
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
        {"code": -1054, "msg": "FAILED_PRECONDITION: available amount not enough."},
        {"code": -1142, "msg": "Parameter is invalid."},
        {"code": -1058, "msg": "No permission for this trading pair."},
        RECEIPT | {"success": False, "errorCode": "-3007", "errorMessage": "too much"},
        RECEIPT | {"success": False, "errorMessage": "FAILED_PRECONDITION: no position"},
    ],
    ids=str,
)
async def test_a_documented_refusal_is_one_in_either_form(
    desk: Desk, wire: Tapped, lie: object
) -> None:
    intent = await desk.intent(SIZE)
    wire.lies["POST", PLACE] = lie
    with pytest.raises(Rejected):
        await desk.gateway.place(intent)


async def test_a_refusal_that_ccxt_takes_for_an_order_is_one(desk: Desk) -> None:
    intent = await desk.intent(SIZE, limit_price=D(99_000))
    with pytest.raises(Rejected, match="not taken"):
        await desk.gateway.place(intent)
    assert await desk.gateway.find(intent) is None


async def test_an_answer_of_failure_to_a_read_is_no_empty_list(desk: Desk, wire: Tapped) -> None:
    wire.lies["GET", POSITIONS] = {"success": False, "errorCode": "", "errorMessage": "busy"}
    with pytest.raises(Exception, match="weex answered"):
        await desk.gateway.positions()


async def test_trades_are_asked_for_in_halves_where_there_are_more_than_one_answer_has(
    desk: Desk, wire: Tapped, monkeypatch: pytest.MonkeyPatch
) -> None:
    since_ms = desk.clock.wall_ms() - 1
    for number in range(9):
        desk.clock.wall += 700
        await desk.traded(SIZE if number % 2 else -SIZE, f"cp{number}")
    monkeypatch.setattr(questions, "TRADE_ROWS", 4)
    fills = await desk.gateway.fills(LINEAR, since_ms)
    assert [fill.size for fill in fills] == [SIZE if n % 2 else -SIZE for n in range(9)]
    assert len(wire.sent("GET", TRADES)) > 3


async def test_more_trades_than_can_be_asked_for_are_none(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    since_ms = desk.clock.wall_ms() - 1
    for number in range(4):
        await desk.traded(SIZE, f"cp{number}")  # all in one millisecond
    monkeypatch.setattr(questions, "TRADE_ROWS", 4)
    with pytest.raises(SnapshotError, match="more than can be asked for"):
        await desk.gateway.fills(LINEAR, since_ms)


async def test_what_weex_liquidated_is_known_by_its_bill(desk: Desk, wire: Tapped) -> None:
    since_ms = desk.clock.wall_ms() - 1
    await desk.traded(SIZE)
    desk.clock.wall += 120_000
    desk.control.post("price", symbol="BTCUSDT", market="linear", price="80000")
    desk.control.post("force", symbol="BTCUSDT", kind="liquidation")
    ours, theirs = await desk.gateway.fills(LINEAR, since_ms)
    ids = frozenset({ours.venue_order_id, theirs.venue_order_id})
    found = await desk.gateway.origins(LINEAR, ids, since_ms)
    assert found[ours.venue_order_id].cause is Cause.FOREIGN
    assert found[ours.venue_order_id].client_order_id == "cp1"
    assert found[theirs.venue_order_id].cause is Cause.LIQUIDATION
    wire.lies["POST", BILLS] = {"hasNextPage": False}
    with pytest.raises(SnapshotError):
        await desk.gateway.origins(LINEAR, ids, since_ms)


async def test_what_others_did_is_no_liquidation(desk: Desk) -> None:
    since_ms = desk.clock.wall_ms() - 1
    desk.control.post("position", symbol="BTCUSDT", market="linear", quantity="0.05")
    (fill,) = await desk.gateway.fills(LINEAR, since_ms)
    ids = frozenset({fill.venue_order_id})
    found = await desk.gateway.origins(LINEAR, ids, since_ms)
    assert found[fill.venue_order_id].cause is Cause.FOREIGN


async def test_resting_orders_without_an_id_of_their_own_are_others(desk: Desk) -> None:
    desk.control.post("order", symbol="BTCUSDT", side="BUY", quantity="0.02", price="80000")
    assert await desk.gateway.open_order_ids(LINEAR) == frozenset()
    (found,) = await desk.gateway.orders(LINEAR, 0)
    assert (found.resting, found.instrument) == (True, KEY)
