"""What OKX says of orders and trades: only what is of this order, and makes sense, counts."""

from __future__ import annotations

import pytest

from counterpoise.core.orders import Cause, VenueStatus
from counterpoise.errors import SnapshotError
from counterpoise.venues.okx_reports import (
    fills,
    open_order_ids,
    orders,
    origin,
    placed,
    report,
)
from tests.venues.okx.rows import INVERSE, LINEAR, NOW_MS, D, Row, answer, fill, order
from tests.venues.orders import intent_of

INTENT = intent_of()  # buys 1.5, which is 150 contracts
TAKEN = {"ordId": "1", "clOrdId": INTENT.client_order_id, "sCode": "0", "sMsg": "Order placed"}


def test_an_acknowledgement_says_nothing_of_what_became_of_the_order() -> None:
    found = placed(answer(TAKEN), INTENT, LINEAR)
    assert (found.status, found.filled_size) == (VenueStatus.OPEN, D(0))
    assert found.at_ms is None


@pytest.mark.parametrize(
    "row",
    [
        {**TAKEN, "clOrdId": "another"},
        {**TAKEN, "ordId": ""},
        {**TAKEN, "sCode": "51008"},
        {**TAKEN, "sCode": ""},
    ],
)
def test_an_acknowledgement_of_another_order_is_none(row: Row) -> None:
    with pytest.raises(SnapshotError):
        placed(answer(row), INTENT, LINEAR)
    with pytest.raises(SnapshotError):
        placed(answer(TAKEN, row), INTENT, LINEAR)


def test_contracts_become_size() -> None:
    found = report(answer(order()), INTENT, LINEAR)
    assert (found.filled_size, found.price_average) == (D("1.5"), D("90010.5"))
    assert (found.status, found.at_ms) == (VenueStatus.FILLED, NOW_MS + 40)


@pytest.mark.parametrize(
    ("state", "filled", "status"),
    [
        ("live", "0", VenueStatus.OPEN),
        ("partially_filled", "20", VenueStatus.OPEN),
        ("canceled", "20", VenueStatus.ENDED),
        ("canceled", "0", VenueStatus.ENDED),
        ("mmp_canceled", "0", VenueStatus.ENDED),
    ],
)
def test_every_state_has_its_meaning(state: str, filled: str, status: VenueStatus) -> None:
    average = "" if filled == "0" else "90000"
    row = order(state=state, accFillSz=filled, avgPx=average)
    found = report(answer(row), INTENT, LINEAR)
    assert (found.status, found.filled_size) == (status, D(filled) / 100)


@pytest.mark.parametrize(
    "changed",
    [
        {"clOrdId": "another"},
        {"clOrdId": ""},
        {"instId": "ETH-USDT-SWAP"},
        {"side": "sell"},
        {"sz": "1.5"},
        {"state": "effective"},
        {"state": ""},
        {"accFillSz": "149"},
        {"accFillSz": "151"},
        {"accFillSz": ""},
        {"avgPx": ""},
        {"uTime": ""},
    ],
)
def test_an_order_that_is_another_or_makes_no_sense_proves_nothing(changed: Row) -> None:
    with pytest.raises(SnapshotError):
        report(answer(order(**changed)), INTENT, LINEAR)


@pytest.mark.parametrize("body", [answer(), answer(order(), order()), answer(order(), code="1")])
def test_only_one_order_can_be_meant(body: Row) -> None:
    with pytest.raises(SnapshotError):
        report(body, INTENT, LINEAR)


def test_orders_by_hand_have_no_id_and_are_none_of_ours() -> None:
    rows = order(state="live", accFillSz="50"), order(state="live", clOrdId="", ordId="2", px="")
    assert open_order_ids(rows, LINEAR) == {INTENT.client_order_id}
    ours, by_hand = orders(rows, LINEAR)
    assert (ours.size, ours.price, ours.resting) == (D(1), D(90_100), True)
    assert (by_hand.client_order_id, by_hand.price) == ("", None)
    assert orders(rows, INVERSE) == ()


def test_a_state_that_nobody_knows_counts_as_resting() -> None:
    (found,) = orders([order(state="effective")], LINEAR)
    assert found.resting


def test_trades_are_put_in_order_and_named_by_their_bill() -> None:
    own = fill(3, side="sell"), fill(1)
    found = fills(own, LINEAR)
    assert [(one.trade_id, one.size) for one in found] == [("1", D("0.1")), ("3", D("-0.1"))]


def test_a_fee_that_is_paid_is_positive_with_us() -> None:
    assert [one.fee for one in fills([fill(1), fill(2, fee="0.5")], LINEAR)] == [
        D("4.5"),
        D("-0.5"),
    ]


@pytest.mark.parametrize(
    "changed", [{"side": ""}, {"fillSz": "0"}, {"fee": ""}, {"billId": ""}, {"ts": ""}]
)
def test_a_trade_that_makes_no_sense_is_none(changed: Row) -> None:
    with pytest.raises(SnapshotError):
        fills([fill(1, **changed)], LINEAR)


@pytest.mark.parametrize(
    ("category", "cause"),
    [
        ("normal", Cause.FOREIGN),
        ("full_liquidation", Cause.LIQUIDATION),
        ("partial_liquidation", Cause.LIQUIDATION),
        ("adl", Cause.DELEVERAGING),
        ("delivery", Cause.SETTLEMENT),
        ("something new", Cause.FOREIGN),
    ],
)
def test_the_category_says_whose_an_order_was(category: str, cause: Cause) -> None:
    assert origin(order(category=category)).cause is cause
