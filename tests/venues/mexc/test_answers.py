"""Strict reading of MEXC's answers: what does not prove something is an error, never a zero."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from counterpoise.core.instrument import Asset, InstrumentKey
from counterpoise.core.snapshot import Margin
from counterpoise.errors import SnapshotError
from counterpoise.venues import mexc_answers as answers
from tests.venues.mexc.conftest import D
from tests.venues.mexc.test_units import CONTRACTS

LISTING = {one.market_id: one for one in CONTRACTS if one.market_id in ("BTC_USDT", "BTC_USD")}
LINEAR, INVERSE = InstrumentKey("main:BTC/USDT:USDT"), InstrumentKey("main:BTC/USD:BTC")
Row = dict[str, Any]

POSITION: Row = {
    "positionId": 1394650,
    "symbol": "BTC_USDT",
    "positionType": 2,
    "openType": 2,
    "state": 1,
    "holdVol": 150,
    "holdAvgPrice": 99_500.5,
    "liquidatePrice": 180_000,
    "marginRatio": 0.02,
}
ACCOUNT: Row = {
    "canTrade": True,
    "canWithdraw": True,
    "accountType": "SPOT",
    "balances": [
        {"asset": "BTC", "free": "1.25", "locked": "0.25"},
        {"asset": "USDT", "free": "1000", "locked": "0"},
    ],
}
ASSETS = [
    {"currency": "USDT", "equity": 5_000.5, "unrealized": 0.5, "positionMargin": 75},
    {"currency": "BTC", "equity": 1.5, "unrealized": -0.25, "positionMargin": 0.125},
    {"currency": "BSV", "equity": 0, "unrealized": 0, "positionMargin": 0},
]
TICKER: Row = {
    "symbol": "BTC_USDT",
    "fairPrice": 100_000.1,
    "indexPrice": 100_010,
    "fundingRate": 6.3e-05,
    "timestamp": 1_634_162_885_016,
}
BOOK = {"bids": [[99_999.5, 120, 3], [99_999, 7, 1]], "asks": [[100_000.5, 60, 2]]}
USDT, BTC = Asset("USDT"), Asset("BTC")


def said(data: object) -> Row:
    return {"success": True, "code": 0, "data": data}


def read_positions(rows: list[Row]) -> Mapping[InstrumentKey, Any]:
    return answers.positions(said(rows), LISTING)


def read_margins(*, coins: bool, wanted: Asset, positions: list[Row]) -> dict[str, Margin]:
    found = answers.margins(
        said(ASSETS), said(positions), "main:x", frozenset({wanted}), coins=coins
    )
    return {one.asset: one for one in found}


def test_a_short_of_contracts_is_a_negative_size_in_base_units() -> None:
    found = read_positions([POSITION])[LINEAR]
    assert (found.size, found.entry_price) == (D("-0.0150"), D("99500.5"))
    assert found.liquidation_price == 180_000


def test_an_inverse_position_counts_dollars() -> None:
    row = POSITION | {"symbol": "BTC_USD", "positionType": 1, "holdVol": 30}
    assert read_positions([row])[INVERSE].size == 3_000


def test_what_is_left_out_of_a_whole_list_is_flat() -> None:
    assert {one.size for one in read_positions([]).values()} == {0}


def test_two_sides_of_a_hedged_position_are_summed() -> None:
    other = POSITION | {"positionId": 7, "positionType": 1, "holdVol": 50}
    found = read_positions([POSITION, other])[LINEAR]
    assert (found.size, found.entry_price) == (D("-0.0100"), None)


def test_contracts_that_are_not_configured_are_not_read() -> None:
    assert set(read_positions([POSITION | {"symbol": "PEPE_USDT", "state": 9}])) == {
        LINEAR,
        INVERSE,
    }


@pytest.mark.parametrize(
    "changed",
    [
        {"holdVol": None},
        {"holdVol": "NaN"},
        {"holdVol": -150},
        {"positionType": 0},
        {"positionType": 3},
        {"positionType": None},
        {"positionId": None},
        {"symbol": ""},
        {"state": 2},
        {"openType": 1},
        {"holdAvgPrice": "abc"},
    ],
    ids=str,
)
def test_a_position_that_makes_no_sense_is_refused(changed: Row) -> None:
    with pytest.raises(SnapshotError):
        read_positions([POSITION | changed])


@pytest.mark.parametrize(
    "other", [{}, {"positionId": 8}, {"positionType": 1}], ids=["row", "side", "number"]
)
def test_a_position_that_comes_twice_is_refused(other: Row) -> None:
    with pytest.raises(SnapshotError):
        read_positions([POSITION, POSITION | other])


@pytest.mark.parametrize(
    "read",
    [
        lambda raw: answers.positions(raw, LISTING),
        lambda raw: answers.margins(raw, said([]), "x", frozenset(), coins=True),
        lambda raw: answers.margins(said(ASSETS), raw, "x", frozenset(), coins=True),
        lambda raw: answers.marks(raw, LISTING),
        lambda raw: answers.book(raw, LISTING["BTC_USDT"]),
        answers.time_ms,
        answers.spot_time_ms,
        lambda raw: answers.balances(raw, "main:spot"),
    ],
)
@pytest.mark.parametrize(
    "raw",
    [
        {},
        [],
        None,
        "",
        {"success": False, "code": 0, "data": []},
        {"success": "true", "data": []},
        {"code": 200, "data": []},
        {"success": True, "code": 0},
        {"success": True, "code": 0, "data": None},
        {"success": True, "code": 0, "data": {}},
        {"success": True, "code": 0, "data": "x"},
        {"success": True, "code": 0, "data": [1]},
        {"balances": []},
    ],
    ids=str,
)
def test_an_answer_that_is_no_success_is_never_an_empty_account(
    read: Callable[[object], object], raw: object
) -> None:
    with pytest.raises(SnapshotError):
        read(copy.deepcopy(raw))


def test_free_and_locked_are_one_balance() -> None:
    found = {one.asset: one.quantity for one in answers.balances(ACCOUNT, "main:spot")}
    assert found == {BTC: D("1.50"), USDT: D(1000)}


def test_a_spot_account_without_anything_is_an_empty_list_beside_its_type() -> None:
    assert answers.balances(ACCOUNT | {"balances": []}, "main:spot") == ()


@pytest.mark.parametrize(
    "row",
    [
        {"asset": "BTC", "free": "1"},
        {"asset": "BTC", "free": "1", "locked": "-1"},
        {"asset": "", "free": "1", "locked": "0"},
        {"asset": "USDT", "free": "1", "locked": "0"},
        {"asset": "ETH", "free": "inf", "locked": "0"},
    ],
    ids=str,
)
def test_a_balance_that_makes_no_sense_is_refused(row: Row) -> None:
    with pytest.raises(SnapshotError):
        answers.balances(ACCOUNT | {"balances": [*ACCOUNT["balances"], row]}, "main:spot")


def test_no_currency_of_the_futures_wallet_is_counted_under_both_names() -> None:
    linear = read_margins(coins=False, wanted=USDT, positions=[])
    inverse = read_margins(coins=True, wanted=BTC, positions=[])
    assert set(linear) == {"USDT"}
    assert set(inverse) == {"BTC", "BSV"}
    assert (inverse["BTC"].equity, inverse["BTC"].wallet) == (D("1.5"), D("1.75"))


def test_maintenance_margin_is_the_ratio_that_the_positions_state() -> None:
    coin = POSITION | {"positionId": 9, "symbol": "BTC_USD", "marginRatio": 0.5}
    linear = read_margins(coins=False, wanted=USDT, positions=[POSITION, coin])
    inverse = read_margins(coins=True, wanted=BTC, positions=[POSITION, coin])
    assert linear["USDT"].maintenance == D("100.010")
    assert inverse["BTC"].maintenance == D("0.75")


def test_where_no_ratio_is_stated_initial_margin_stands_in_for_it() -> None:
    silent = {key: value for key, value in POSITION.items() if key != "marginRatio"}
    other = POSITION | {"positionId": 9}
    for rows in ([silent, other], [other, silent]):
        assert read_margins(coins=False, wanted=USDT, positions=rows)["USDT"].maintenance == 75


def test_margin_of_a_configured_perpetual_that_is_missing_is_refused() -> None:
    with pytest.raises(SnapshotError):
        read_margins(coins=True, wanted=Asset("ETH"), positions=[])


@pytest.mark.parametrize(
    "rows",
    [
        [*ASSETS, ASSETS[0]],
        [ASSETS[0] | {"equity": None}],
        [ASSETS[0] | {"unrealized": "NaN"}],
        [ASSETS[0] | {"currency": ""}],
        [],
    ],
    ids=["twice", "no equity", "no number", "no name", "nothing"],
)
def test_margin_that_makes_no_sense_is_refused(rows: list[Row]) -> None:
    with pytest.raises(SnapshotError):
        answers.margins(said(rows), said([]), "main:linear", frozenset({USDT}), coins=False)


def test_a_ticker_has_mark_index_and_funding() -> None:
    listing = {"BTC_USDT": LISTING["BTC_USDT"]}
    for data in ([TICKER, TICKER | {"symbol": "X_USDT"}], TICKER):  # of all contracts, of one
        found = answers.marks(said(data), listing)[LINEAR]
        assert found.mark_price == D("100000.1")
        assert (found.index_price, found.funding_rate) == (D(100_010), D("0.000063"))
        assert found.at_ms == 1_634_162_885_016


@pytest.mark.parametrize(
    "rows",
    [
        [TICKER],
        [TICKER, TICKER, TICKER | {"symbol": "BTC_USD"}],
        [TICKER | {"fairPrice": 0}, TICKER | {"symbol": "BTC_USD"}],
        [TICKER | {"fairPrice": None}, TICKER | {"symbol": "BTC_USD"}],
        [TICKER | {"timestamp": None}, TICKER | {"symbol": "BTC_USD"}],
        [TICKER | {"fundingRate": "x"}, TICKER | {"symbol": "BTC_USD"}],
    ],
    ids=["one missing", "twice", "no price", "none", "no time", "no rate"],
)
def test_tickers_that_make_no_sense_are_refused(rows: list[Row]) -> None:
    with pytest.raises(SnapshotError):
        answers.marks(said(rows), LISTING)


def test_a_book_top_counts_base_units() -> None:
    found = answers.book(said(BOOK), LISTING["BTC_USDT"])
    assert (found.bid, found.ask) == (D("99999.5"), D("100000.5"))
    assert (found.bid_size, found.ask_size) == (D("0.0120"), D("0.0060"))


@pytest.mark.parametrize(
    "changed",
    [
        {"bids": []},
        {"asks": None},
        {"bids": [[]]},
        {"bids": [[1]]},
        {"bids": ["1"]},
        {"bids": [[100_001, 1, 1]]},
        {"asks": [[0, 1, 1]]},
        {"asks": [[1, -1, 1]]},
    ],
    ids=str,
)
def test_a_book_that_is_empty_or_crossed_is_refused(changed: Row) -> None:
    with pytest.raises(SnapshotError):
        answers.book(said(BOOK | changed), LISTING["BTC_USDT"])
