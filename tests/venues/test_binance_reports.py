from __future__ import annotations

from decimal import Decimal

import pytest

from counterpoise.core.orders import Intent, VenueStatus
from counterpoise.errors import SnapshotError
from counterpoise.venues import binance_reports as reports
from tests.venues.fake import filled
from tests.venues.orders import LISTED, intent_of

D = Decimal
INTENT = intent_of(size="1.5", price="3400.2")


def said_of(intent: Intent, **changed: object) -> dict[str, object]:
    params = {
        "symbol": "ETHUSDT",
        "newClientOrderId": str(intent.client_order_id),
        "side": "BUY" if intent.order.size > 0 else "SELL",
        "quantity": str(abs(intent.order.size)),
    }
    return filled(params, **changed)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("NEW", VenueStatus.OPEN),
        ("PARTIALLY_FILLED", VenueStatus.OPEN),
        ("FILLED", VenueStatus.FILLED),
        ("CANCELED", VenueStatus.ENDED),
        ("EXPIRED", VenueStatus.ENDED),
        ("EXPIRED_IN_MATCH", VenueStatus.ENDED),
        ("REJECTED", VenueStatus.REJECTED),
    ],
)
def test_each_status_has_one_meaning(said: str, status: VenueStatus) -> None:
    assert reports.report(said_of(INTENT, status=said), INTENT, LISTED).status is status


def test_a_report_is_signed_like_its_order() -> None:
    selling = intent_of(size="-1.5", price="3400.2")
    report = reports.report(said_of(selling, status="EXPIRED", executedQty="0.4"), selling, LISTED)
    assert (report.filled_size, report.price_average) == (D("-0.4"), D("3400.1"))
    assert report.venue_order_id == "4711"


def test_an_order_without_a_fill_has_no_average_price() -> None:
    nothing = said_of(INTENT, status="EXPIRED", executedQty="0", avgPrice="0.00000")
    report = reports.report(nothing, INTENT, LISTED)
    assert (report.filled_size, report.price_average) == (D(0), None)


def test_without_an_average_price_it_follows_from_what_was_paid() -> None:
    paid = said_of(INTENT, avgPrice="0", cumQuote="5100.15")
    assert reports.report(paid, INTENT, LISTED).price_average == D("3400.1")


@pytest.mark.parametrize(
    "changed",
    [
        {"orderId": None},
        {"orderId": ""},
        {"clientOrderId": "another"},
        {"clientOrderId": None},
        {"symbol": "BTCUSDT"},
        {"side": "SELL"},
        {"side": None},
        {"origQty": "1.499"},
        {"origQty": None},
        {"executedQty": None},
        {"executedQty": "-1"},
        {"executedQty": "NaN"},
        {"executedQty": "1.4"},
        {"avgPrice": "0"},
        {"avgPrice": None},
        {"status": "PENDING_CANCEL"},
        {"status": None},
    ],
)
def test_an_answer_about_another_order_proves_nothing(changed: dict[str, object]) -> None:
    with pytest.raises(SnapshotError):
        reports.report(said_of(INTENT, **changed), INTENT, LISTED)


def test_more_filled_than_ordered_is_told_as_it_is() -> None:
    report = reports.report(said_of(INTENT, executedQty="1.6"), INTENT, LISTED)
    assert report.filled_size == D("1.6")


def trade(number: int, side: str = "SELL", /, **changed: object) -> dict[str, object]:
    facts: dict[str, object] = {
        "id": number,
        "orderId": 4711,
        "symbol": "ETHUSDT",
        "side": side,
        "qty": "0.5",
        "price": "3400",
        "commission": "0.68",
        "commissionAsset": "USDT",
        "time": 1_000 + number,
    }
    return {**facts, **changed}


def test_trades_are_signed_and_oldest_first() -> None:
    found = reports.fills([trade(3), trade(2, "BUY"), trade(9, symbol="BTCUSDT")], LISTED)
    assert [(fill.trade_id, fill.size) for fill in found] == [("2", D("0.5")), ("3", D("-0.5"))]
    assert (found[0].fee, found[0].fee_asset, found[0].venue_order_id) == (
        D("0.68"),
        "USDT",
        "4711",
    )


@pytest.mark.parametrize(
    "changed", [{"qty": "0"}, {"side": "HOLD"}, {"id": None}, {"commission": None}, {"time": "x"}]
)
def test_a_trade_that_makes_no_sense_is_an_error(changed: dict[str, object]) -> None:
    with pytest.raises(SnapshotError):
        reports.fills([trade(1, **changed)], LISTED)


def test_open_orders_are_known_by_our_ids() -> None:
    rows = [
        {"symbol": "ETHUSDT", "clientOrderId": "cp1"},
        {"symbol": "BTCUSDT", "clientOrderId": "cp2"},
    ]
    assert reports.open_order_ids(rows, LISTED) == {"cp1"}
    assert reports.open_order_ids([], LISTED) == frozenset()
