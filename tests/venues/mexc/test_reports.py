"""What MEXC says of an order counts only if it is of that order, and makes sense."""

from __future__ import annotations

from typing import Any

import pytest

from counterpoise.core.orders import VenueStatus
from counterpoise.errors import SnapshotError
from counterpoise.venues import mexc_reports as reports
from tests.venues.mexc.conftest import D
from tests.venues.mexc.test_answers import said
from tests.venues.mexc.test_units import CONTRACTS, intent_of

Row = dict[str, Any]
LISTED = CONTRACTS[0]
INTENT = intent_of(LISTED.instrument, D("-0.015"), D("99500"))
ORDER: Row = {  # the sample of ccxt's `fetch_order`, made ours
    "orderId": "264995729269765120",
    "symbol": "BTC_USDT",
    "price": 99_500,
    "vol": 150,
    "side": 3,
    "category": 1,
    "orderType": 3,
    "dealAvgPrice": 99_900.5,
    "dealVol": 150,
    "state": 3,
    "externalOid": INTENT.client_order_id,
    "createTime": 1_648_850_305_236,
    "updateTime": 1_648_850_305_245,
}
DEAL: Row = {
    "id": 299_444_585,
    "symbol": "BTC_USDT",
    "side": 3,
    "vol": 150,
    "price": 99_900.5,
    "feeCurrency": "USDT",
    "fee": 0.00147273,
    "timestamp": 1_648_924_557_000,
    "category": 1,
    "orderId": "265307163526610432",
}


def read(**changed: object) -> Any:  # noqa: ANN401 - a report, or what a test makes of it
    return reports.report(said(ORDER | changed), INTENT, LISTED)


@pytest.mark.parametrize(
    ("changed", "status", "filled"),
    [
        ({}, VenueStatus.FILLED, "-0.015"),
        ({"state": 1, "dealVol": 0, "dealAvgPrice": 0}, VenueStatus.OPEN, "0"),
        ({"state": 2, "dealVol": 50}, VenueStatus.OPEN, "-0.005"),
        ({"state": 4, "dealVol": 50}, VenueStatus.ENDED, "-0.005"),
        ({"state": 4, "dealVol": 0, "dealAvgPrice": 0}, VenueStatus.ENDED, "0"),
        ({"state": 5, "dealVol": 0, "dealAvgPrice": 0}, VenueStatus.REJECTED, "0"),
        ({"state": 5, "dealVol": 50}, VenueStatus.ENDED, "-0.005"),
        ({"state": "3", "side": "4", "vol": "150"}, VenueStatus.FILLED, "-0.015"),
    ],
    ids=str,
)
def test_every_state_is_known_for_what_it_proves(
    changed: Row, status: VenueStatus, filled: str
) -> None:
    found = read(**changed)
    assert (found.status, found.filled_size) == (status, D(filled))
    assert (found.price_average is None) is (found.filled_size == 0)


@pytest.mark.parametrize(
    "changed",
    [
        {"externalOid": "cp1"},
        {"externalOid": None},
        {"symbol": "ETH_USDT"},
        {"side": 1},
        {"side": 0},
        {"side": "sell"},
        {"vol": 151},
        {"vol": None},
        {"state": 6},
        {"state": None},
        {"dealVol": 149},  # and yet filled
        {"dealVol": "NaN"},
        {"dealVol": -1},
        {"dealAvgPrice": 0},
        {"orderId": None},
    ],
    ids=str,
)
def test_a_report_of_another_order_or_without_sense_proves_nothing(changed: Row) -> None:
    with pytest.raises(SnapshotError):
        read(**changed)


@pytest.mark.parametrize("data", [{"orderId": "814218083416790528", "ts": 5}, "8", 8], ids=str)
def test_an_acknowledgement_is_an_id_and_nothing_more(data: object) -> None:
    found = reports.placed(said(data), INTENT, LISTED)
    assert (found.status, found.filled_size) == (VenueStatus.OPEN, D(0))
    assert found.venue_order_id[0] == "8"


def test_trades_are_signed_and_each_is_there_once() -> None:
    later = DEAL | {"id": 7, "side": 2, "timestamp": DEAL["timestamp"] + 1}
    other = DEAL | {"id": 8, "symbol": "ETH_USDT"}
    found = reports.fills([later, DEAL, other, DEAL], LISTED)
    assert [(one.trade_id, one.size) for one in found] == [
        ("299444585", D("-0.0150")),
        ("7", D("0.0150")),
    ]
    assert (found[0].fee, found[0].fee_asset) == (D("0.00147273"), "USDT")


@pytest.mark.parametrize(
    "changed",
    [{"side": 9}, {"vol": 0}, {"price": None}, {"id": None}, {"timestamp": -1}, {"fee": "x"}],
    ids=str,
)
def test_a_trade_that_makes_no_sense_is_refused(changed: Row) -> None:
    with pytest.raises(SnapshotError):
        reports.fills([DEAL | changed], LISTED)
