"""What Bybit is sent for an order, where it is looked up, and what of its answers is proof."""

from __future__ import annotations

import pytest

from counterpoise.core.orders import Cause, OrderReport, VenueStatus
from counterpoise.errors import SnapshotError, Unsent
from counterpoise.venues import bybit_reports as reports
from counterpoise.venues import bybit_requests as requests
from counterpoise.venues.bybit import PROFILE, WEEK_MS
from counterpoise.venues.dialect import Listed, Terms
from tests.venues.bybit.rows import (
    BTC,
    COIN,
    NAME,
    NOW_MS,
    D,
    Row,
    Script,
    enveloped,
    execution,
    intent,
    order,
    page,
)

LATEST, HISTORY, TRADES = "/v5/order/realtime", "/v5/order/history", "/v5/execution/list"
ONE_WAY = Terms(receive_window_ms=5_000, hedged=False)
HEDGED = Terms(receive_window_ms=5_000, hedged=True)
TRADING = PROFILE.all_products[0].trading


def test_an_order_is_immediate_or_cancel_at_its_bound_and_names_its_side() -> None:
    assert requests.order_params(intent(), BTC, ONE_WAY) == {
        "category": "linear",
        "symbol": "BTCUSDT",
        "side": "Buy",
        "orderType": "Limit",
        "timeInForce": "IOC",
        "qty": "0.02",
        "price": "87400.5",
        "orderLinkId": NAME,
        "positionIdx": 0,
    }


def test_in_one_way_mode_a_reduction_says_so() -> None:
    params = requests.order_params(intent("-0.02", reduce_only=True), BTC, ONE_WAY)
    assert (params["reduceOnly"], params["positionIdx"], params["side"]) == (True, 0, "Sell")


@pytest.mark.parametrize(
    ("size", "reduce_only", "index"),
    [("0.02", False, 1), ("-0.02", True, 1), ("-0.02", False, 2), ("0.02", True, 2)],
)
def test_in_hedge_mode_the_index_says_which_side_is_meant(
    size: str, reduce_only: bool, index: int
) -> None:
    params = requests.order_params(intent(size, reduce_only=reduce_only), BTC, HEDGED)
    assert params["positionIdx"] == index
    assert "reduceOnly" not in params


def test_inverse_is_one_way_whatever_linear_is() -> None:
    params = requests.order_params(intent("-500", COIN, reduce_only=True), COIN, HEDGED)
    assert (params["category"], params["positionIdx"]) == ("inverse", 0)
    assert (params["qty"], params["reduceOnly"]) == ("500", True)


def test_what_is_no_multiple_of_a_step_is_not_sent() -> None:
    with pytest.raises(Unsent):
        requests.order_params(intent("0.0205001"), BTC, ONE_WAY)


def test_an_acknowledgement_is_no_fill() -> None:
    raw = enveloped({"orderId": "c6f055d9", "orderLinkId": NAME})
    assert reports.placed(raw, intent(), BTC) == OrderReport(
        client_order_id=NAME,
        venue_order_id="c6f055d9",
        status=VenueStatus.OPEN,
        filled_size=D(0),
        price_average=None,
        at_ms=None,
    )


@pytest.mark.parametrize(
    "result",
    [
        {},
        {"orderId": "1"},
        {"orderLinkId": NAME},
        {"orderId": "", "orderLinkId": NAME},
        {"orderId": "1", "orderLinkId": "another"},
        {"orderId": None, "orderLinkId": NAME},
    ],
)
def test_an_answer_without_both_ids_acknowledges_nothing(result: Row) -> None:
    with pytest.raises(SnapshotError):
        reports.placed(enveloped(result), intent(), BTC)


async def test_an_order_is_looked_up_by_our_id_alone_in_both_places() -> None:
    """An id of the venue's own that is not known would go out as a text of four letters."""
    script = Script({LATEST: [page([])], HISTORY: [page([order()])]})
    found = await requests.find(script, intent(), BTC)
    assert found is not None
    assert found.filled_size == D("0.02")
    params = {"category": "linear", "symbol": "BTCUSDT", "orderLinkId": NAME}
    assert script.asked == [(LATEST, params), (HISTORY, params)]


async def test_what_is_found_among_the_latest_is_not_looked_for_in_the_history() -> None:
    script = Script({LATEST: [page([order(orderStatus="New", cumExecQty="0", avgPrice="")])]})
    found = await requests.find(script, intent(), BTC)
    assert found is not None
    assert (found.status, found.filled_size, found.price_average) == (VenueStatus.OPEN, D(0), None)


async def test_it_is_not_found_only_where_both_places_say_so() -> None:
    assert (
        await requests.find(Script({LATEST: [page([])], HISTORY: [page([])]}), intent(), BTC)
        is None
    )
    answers: list[object] = [enveloped({}), {"retCode": 0}, [], page([], category="spot")]
    for broken in answers:
        with pytest.raises(SnapshotError):
            await requests.find(Script({LATEST: [page([])], HISTORY: [broken]}), intent(), BTC)


@pytest.mark.parametrize(
    ("status", "filled", "means"),
    [
        ("New", "0", VenueStatus.OPEN),
        ("PartiallyFilled", "0.01", VenueStatus.OPEN),
        ("Filled", "0.020", VenueStatus.FILLED),
        ("Cancelled", "0.01", VenueStatus.ENDED),
        ("Cancelled", "0", VenueStatus.ENDED),
        ("PartiallyFilledCanceled", "0.01", VenueStatus.ENDED),
        ("Deactivated", "0", VenueStatus.ENDED),
        ("Rejected", "0", VenueStatus.REJECTED),
    ],
)
def test_every_status_has_its_meaning(status: str, filled: str, means: VenueStatus) -> None:
    found = reports.report([order(orderStatus=status, cumExecQty=filled)], intent(), BTC)
    assert found is not None
    assert (found.status, found.filled_size) == (means, D(filled))


@pytest.mark.parametrize(
    "changed",
    [
        {"orderLinkId": "another"},
        {"orderLinkId": ""},
        {"symbol": "ETHUSDT"},
        {"side": "Sell"},
        {"side": ""},
        {"qty": "0.2"},
        {"qty": "NaN"},
        {"cumExecQty": ""},
        {"cumExecQty": "-0.02"},
        {"cumExecQty": "0.03"},
        {"cumExecQty": "0.01"},
        {"orderStatus": "Rejected"},
        {"orderStatus": "Perhaps"},
        {"orderStatus": ""},
        {"avgPrice": ""},
        {"avgPrice": "0"},
        {"orderId": ""},
        {"updatedTime": ""},
    ],
)
def test_an_order_that_contradicts_itself_or_ours_proves_nothing(changed: Row) -> None:
    with pytest.raises(SnapshotError):
        reports.report([order(**changed)], intent(), BTC)


def test_two_orders_of_one_id_prove_nothing() -> None:
    with pytest.raises(SnapshotError, match="2 orders"):
        reports.report([order(), order()], intent(), BTC)


async def test_trades_are_read_to_the_last_page_and_come_oldest_first() -> None:
    """Bybit lists the newest first: without the second page the oldest would be lost."""
    pages: list[object] = [
        page([execution(3), execution(2, side="Sell")], "more"),
        page([execution(1)], "more"),
    ]
    script = Script({TRADES: pages})
    found = await TRADING.fills(script, BTC, NOW_MS, 100)
    assert [fill.trade_id for fill in found] == ["exec-1", "exec-2", "exec-3"]
    assert [fill.size for fill in found] == [D("0.01"), D("-0.01"), D("0.01")]
    assert script.params(TRADES)[0] == {
        "category": "linear",
        "symbol": "BTCUSDT",
        "startTime": NOW_MS,
        "endTime": NOW_MS + WEEK_MS,
        "limit": 100,
    }


async def test_trades_of_one_millisecond_keep_their_order() -> None:
    rows = [execution(2, execTime=str(NOW_MS)), execution(1, execTime=str(NOW_MS))]
    found = await TRADING.fills(Script({TRADES: [page(rows)]}), BTC, NOW_MS, 100)
    assert [fill.trade_id for fill in found] == ["exec-1", "exec-2"]


async def test_what_a_liquidation_closed_is_a_trade_and_funding_is_none() -> None:
    rows = [
        execution(4, execType="Funding", execQty="1", execFee="-0.5"),
        execution(3, execType="AdlTrade"),
        execution(2, execType="BustTrade"),
        execution(1),
    ]
    script = Script({TRADES: [page(rows)]})
    found = await TRADING.fills(script, BTC, NOW_MS, 100)
    assert [fill.trade_id for fill in found] == ["exec-1", "exec-2", "exec-3"]
    assert "execType" not in script.params(TRADES)[0]


@pytest.mark.parametrize(("of", "asset"), [(BTC, "USDT"), (COIN, "BTC")])
async def test_a_fee_without_a_currency_is_in_what_the_perpetual_is_settled_in(
    of: Listed, asset: str
) -> None:
    rows = [execution(1, symbol=of.market_id)]
    category = requests.category(of)
    (fill,) = await TRADING.fills(Script({TRADES: [page(rows, category=category)]}), of, NOW_MS, 9)
    assert (fill.fee, fill.fee_asset) == (D("0.4785"), asset)


@pytest.mark.parametrize(
    "changed",
    [{"side": ""}, {"execQty": "0"}, {"execPrice": ""}, {"execFee": ""}, {"execId": ""}],
)
async def test_a_trade_that_makes_no_sense_is_no_trade(changed: Row) -> None:
    script = Script({TRADES: [page([execution(1, **changed)])]})
    with pytest.raises(SnapshotError):
        await TRADING.fills(script, BTC, NOW_MS, 100)


@pytest.mark.parametrize(
    ("changed", "cause"),
    [
        ({"orderLinkId": "byhand"}, Cause.FOREIGN),
        ({"execType": "BustTrade"}, Cause.LIQUIDATION),
        ({"createType": "CreateByLiq"}, Cause.LIQUIDATION),
        ({"execType": "AdlTrade"}, Cause.DELEVERAGING),
        ({"createType": "CreateByAdl_PassThrough"}, Cause.DELEVERAGING),
        ({"execType": "Settle"}, Cause.SETTLEMENT),
        ({"execType": "Delivery"}, Cause.SETTLEMENT),
    ],
)
async def test_an_execution_says_whose_it_is(changed: Row, cause: Cause) -> None:
    assert TRADING.origins is not None
    script = Script({TRADES: [page([execution(1, **changed), execution(2)])]})
    found = await TRADING.origins(script, BTC, frozenset({"order-1", "order-9"}), NOW_MS)
    assert {name: one.cause for name, one in found.items()} == {"order-1": cause}


async def test_an_order_without_a_name_rests_and_is_none_of_ours() -> None:
    rows = [
        order(orderStatus="New", cumExecQty="0", orderLinkId=""),
        order(orderStatus="New", cumExecQty="0.005", orderId="2"),
    ]
    script = Script(
        {LATEST: [page(rows, "c1"), page([], "c1")], HISTORY: [page([order(orderId="3")])]}
    )
    assert await TRADING.open_order_ids(script, BTC) == {NAME}
    assert TRADING.orders is not None
    found = await TRADING.orders(Script({LATEST: [page(rows)], HISTORY: [page([])]}), BTC)
    assert [(one.client_order_id, one.size) for one in found] == [
        ("", D("0.02")),
        (NAME, D("0.015")),
    ]
    assert all(one.resting for one in found)
