"""What became of an order is proved by the order and its trades together."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from counterpoise.core.orders import Cause, VenueStatus
from counterpoise.errors import SnapshotError
from counterpoise.venues import hyperliquid_reports as reports
from tests.venues.hyperliquid.rows import (
    ETH,
    NAME,
    NOW_MS,
    D,
    Row,
    fill,
    intent,
    looked_up,
    order,
    state,
)


def placed(*statuses: object) -> Row:
    return {"status": "ok", "response": {"type": "order", "data": {"statuses": list(statuses)}}}


FILLED = {"filled": {"totalSz": "0.1", "avgPx": "2000.5", "oid": 6195281425}}
RESTING = {"resting": {"oid": 5063830287}}
NOTHING = {
    "error": "Order could not immediately match against any resting orders. asset=1",
}


@pytest.mark.parametrize(("told", "number"), [(FILLED, "6195281425"), (RESTING, "5063830287")])
def test_an_answer_to_an_order_is_an_acknowledgement(
    told: Mapping[str, object], number: str
) -> None:
    found = reports.placed(placed(told), intent(), ETH)
    assert (found.status, found.venue_order_id) == (VenueStatus.OPEN, number)
    assert (found.filled_size, found.price_average) == (D(0), None)


def test_an_order_that_found_nothing_has_ended() -> None:
    found = reports.placed(placed(NOTHING), intent(), ETH)
    assert (found.status, found.filled_size, found.price_average) == (VenueStatus.ENDED, D(0), None)


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"status": "ok"},
        {"status": "ok", "response": {"type": "default"}},
        placed(),
        placed(FILLED, FILLED),
        placed({}),
        placed("success"),
        placed({"filled": {"totalSz": "0.1", "avgPx": "2000.5"}}),
        placed({"waitingForFill": {}}),
    ],
)
def test_what_acknowledges_no_order_proves_nothing(raw: object) -> None:
    with pytest.raises(SnapshotError):
        reports.placed(raw, intent(), ETH)


def test_a_filled_order_has_the_average_of_its_trades() -> None:
    trades = [fill(1, sz="0.04", px="2000"), fill(2, sz="0.06", px="2001"), fill(3, oid=1)]
    found = reports.report(looked_up(), trades, intent(), ETH)
    assert (found.status, found.filled_size) == (VenueStatus.FILLED, D("0.1"))
    assert found.price_average == D("2000.6")
    assert (found.venue_order_id, found.at_ms) == ("3991946565", NOW_MS + 40)


def test_what_was_sold_is_negative() -> None:
    row, trade = order(side="A"), fill(side="A")
    found = reports.report(looked_up(row), [trade], intent("-0.1"), ETH)
    assert found.filled_size == D("-0.1")


@pytest.mark.parametrize("left", ["0.06", "0.1"])  # it may keep its whole size as what is left
@pytest.mark.parametrize("word", ["canceled", "iocCancelRejected", "marginCanceled"])
def test_an_order_that_ended_in_part_has_that_part(word: str, left: str) -> None:
    found = reports.report(looked_up(order(sz=left), word), [fill(sz="0.04")], intent(), ETH)
    assert (found.status, found.filled_size) == (VenueStatus.ENDED, D("0.04"))


@pytest.mark.parametrize(
    "word",
    [
        *("iocCancelRejected", "tickRejected", "perpMarginRejected", "reduceOnlyRejected"),
        *("rejected", "canceled", "selfTradeCanceled", "liquidatedCanceled", "scheduledCancel"),
    ],
)
def test_a_rejected_order_ended_with_nothing(word: str) -> None:
    found = reports.report(looked_up(order(sz="0.1"), word), [], intent(), ETH)
    assert (found.status, found.filled_size, found.price_average) == (VenueStatus.ENDED, D(0), None)


@pytest.mark.parametrize("word", ["open", "triggered"])
def test_an_open_order_is_open(word: str) -> None:
    found = reports.report(looked_up(order(sz="0.1"), word), [], intent(), ETH)
    assert found.status is VenueStatus.OPEN


def test_a_reduction_that_was_cut_to_what_is_held_is_the_same_order() -> None:
    row, trade = order(origSz="0.07", reduceOnly=True), fill(sz="0.07")
    found = reports.report(looked_up(row), [trade], intent(reduce_only=True), ETH)
    assert (found.status, found.filled_size) == (VenueStatus.ENDED, D("0.07"))


@pytest.mark.parametrize(
    ("row", "word", "trades"),
    [
        (order(), "filled", []),  # its trades are not shown yet
        (order(), "filled", [fill(sz="0.04")]),
        (order(), "filled", [fill(sz="0.2")]),
        (order(sz="0.06"), "open", []),
        (order(sz="0.1"), "open", [fill(sz="0.04")]),
        (order(), "somethingNew", [fill()]),
        (order(cloid="0x" + "1" * 32), "filled", [fill()]),
        (order(cloid=None), "filled", [fill()]),
        (order(coin="BTC"), "filled", [fill()]),
        (order(side="A"), "filled", [fill()]),
        (order(origSz="0.07"), "filled", [fill(sz="0.07")]),  # no reduction
        (order(origSz="0.2"), "filled", [fill(sz="0.2")]),
        (order(sz=None), "filled", [fill()]),
        (order(sz="-0.1"), "filled", [fill()]),
    ],
)
def test_what_makes_no_sense_proves_nothing(row: Row, word: str, trades: list[Row]) -> None:
    with pytest.raises(SnapshotError):
        reports.report(looked_up(row, word), trades, intent(), ETH)


@pytest.mark.parametrize(
    "raw", [{}, {"status": "order"}, {"status": "unknown"}, {"status": "order", "order": {}}]
)
def test_what_is_no_order_is_none(raw: object) -> None:
    with pytest.raises(SnapshotError):
        reports.report(raw, [], intent(), ETH)


def test_the_history_has_an_order_twice_and_it_is_one() -> None:
    resting = order(oid=7, sz="0.1", cloid=None)
    rows = [
        state(order(), "filled"),
        state(order(sz="0.1"), "open"),
        state(resting, "open"),
        state(order(oid=8, coin="BTC")),
    ]
    (ended,) = reports.ended(rows, ETH)
    assert (ended.venue_order_id, ended.client_order_id) == ("3991946565", NAME)
    assert (ended.resting, ended.size) == (False, D(0))


def test_a_resting_order_by_hand_has_no_name() -> None:
    rows = [order(sz="0.1", cloid=None, side="A"), order(coin="BTC", sz="1")]
    (one,) = reports.resting(rows, ETH)
    assert (one.client_order_id, one.size, one.resting) == ("", D("-0.1"), True)
    assert reports.open_order_ids(rows, ETH) == frozenset()


def test_trades_are_of_one_perpetual_oldest_first() -> None:
    rows = [fill(3), fill(1, side="A"), fill(2, coin="BTC")]
    found = reports.fills(rows, ETH)
    assert [(one.trade_id, one.size) for one in found] == [("1", D("-0.1")), ("3", D("0.1"))]
    assert (found[0].fee, found[0].fee_asset) == (D("0.09"), "USDC")


@pytest.mark.parametrize("changed", [{"sz": "0"}, {"px": None}, {"side": "X"}, {"tid": None}])
def test_what_is_no_trade_is_none(changed: Row) -> None:
    with pytest.raises(SnapshotError):
        reports.fills([fill(**changed)], ETH)


@pytest.mark.parametrize(
    ("changed", "cause"),
    [
        ({}, Cause.FOREIGN),
        ({"liquidation": {"liquidatedUser": "0x1"}, "dir": "Close Long"}, Cause.LIQUIDATION),
        ({"liquidation": None}, Cause.FOREIGN),
        ({"dir": "Auto-Deleveraging"}, Cause.DELEVERAGING),
        ({"dir": "Settlement"}, Cause.SETTLEMENT),
    ],
)
def test_what_the_venue_did_is_told_from_what_others_did(changed: Row, cause: Cause) -> None:
    assert reports.origin(fill(**changed)).cause is cause
