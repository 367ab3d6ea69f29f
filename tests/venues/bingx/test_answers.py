"""BingX's answers of balances, margin, positions and prices, and what none of them may be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from counterpoise.core.instrument import Asset, Kind
from counterpoise.errors import SnapshotError
from counterpoise.venues import bingx_answers as answers
from counterpoise.venues.dialect import Listed
from tests.venues.contract.stands import D
from tests.venues.orders import listed

USDT, VST = Asset("USDT"), Asset("VST")
LINEAR = listed("BTC-USDT", "BTC/USDT:USDT")
COIN = listed("SOL-USD", "SOL/USD:SOL", "10")
INVERSE = replace(COIN, instrument=replace(COIN.instrument, kind=Kind.INVERSE))
KEY = LINEAR.instrument.key


def ok(data: object) -> dict[str, object]:
    return {"code": "0", "msg": "", "data": data}


# the samples in ccxt's source, as its JSON reader hands them over: every number is text
LONG = {
    "positionId": "1792480725958881280",
    "symbol": "BTC-USDT",
    "currency": "USDT",
    "positionAmt": "0.1",
    "positionSide": "LONG",
    "isolated": False,
    "avgPrice": "83.53",
    "initialMargin": "1.3922",
    "leverage": "6",
    "unrealizedProfit": "-1.0393",
    "liquidationPrice": "0",
    "riskRate": "0.0008",
    "markPrice": "73.14",
    "positionValue": "7.3136",
    "onlyOnePosition": True,
}
COIN_LONG = {
    "symbol": "SOL-USD",
    "positionId": "1813080351385337856",
    "positionSide": "LONG",
    "isolated": False,
    "positionAmt": "1",
    "unrealizedProfit": "-0.00009074",
    "initialMargin": "0.00630398",
    "liquidationPrice": "23.968303426677032",
    "avgPrice": "158.63",
    "leverage": "10",
    "markPrice": "158.402",
    "riskRate": "0.00123783",
}
BALANCE = {
    "userId": "116***295",
    "asset": "USDT",
    "balance": "194.8212",
    "equity": "196.7431",
    "unrealizedProfit": "1.9219",
    "availableMargin": "193.7609",
    "usedMargin": "1.0602",
    "freezedMargin": "0.0000",
}


def position(*rows: object, of: Listed = LINEAR) -> D:
    (found,) = answers.positions(ok(list(rows)), {of.market_id: of}).values()
    return found.size


def test_a_position_left_out_of_a_whole_answer_is_flat() -> None:
    assert position() == 0
    assert position(LONG | {"symbol": "LTC-USDT"}) == 0


@pytest.mark.parametrize(
    ("side", "amount", "size"),
    [
        ("LONG", "0.1", "0.1"),
        ("SHORT", "0.1", "-0.1"),
        ("SHORT", "-0.1", "-0.1"),
        ("BOTH", "0.1", "0.1"),
        ("BOTH", "-0.1", "-0.1"),
        ("short", "0.1", "-0.1"),
        ("both", "-0.1", "-0.1"),
    ],
)
def test_the_side_and_the_sign_of_a_position_are_read_together(
    side: str, amount: str, size: str
) -> None:
    assert position(LONG | {"positionSide": side, "positionAmt": amount}) == D(size)


def test_long_and_short_are_one_position() -> None:
    short = LONG | {"positionId": "2", "positionSide": "SHORT", "positionAmt": "0.3"}
    assert position(LONG, short | {"positionValue": "21.94"}) == D("-0.2")


def test_coin_margined_contracts_become_dollars() -> None:
    assert position(COIN_LONG, of=INVERSE) == 10


@pytest.mark.parametrize(
    "changed",
    [
        {"positionSide": ""},
        {"positionSide": "NET"},
        {"positionSide": "LONG", "positionAmt": "-0.1"},
        {"positionAmt": None},
        {"positionAmt": "NaN"},
        {"positionAmt": "1000"},  # other units: it is not worth that
        {"symbol": None},
        {"positionId": None},
    ],
    ids=str,
)
def test_a_position_that_makes_no_sense_is_none(changed: dict[str, object]) -> None:
    with pytest.raises(SnapshotError):
        position(LONG | changed)


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"positionId": "2"},
        {"positionId": "2", "positionSide": "BOTH"},
        {"positionSide": "SHORT"},
    ],
    ids=str,
)
def test_a_position_that_came_twice_is_none(other: dict[str, object]) -> None:
    with pytest.raises(SnapshotError):
        position(LONG, LONG | other)


@pytest.mark.parametrize(
    "raw",
    [None, {}, [], "", {"data": []}, {"code": 1, "data": []}, {"code": 0}, ok(None), ok([1])],
    ids=str,
)
def test_no_envelope_is_no_answer(raw: object) -> None:
    with pytest.raises(SnapshotError):
        answers.positions(raw, {"BTC-USDT": LINEAR})
    with pytest.raises(SnapshotError):
        answers.balances(raw, "main:spot")
    with pytest.raises(SnapshotError):
        answers.marks(raw, {"BTC-USDT": LINEAR})
    with pytest.raises(SnapshotError):
        answers.margins(raw, ok([]), "main:linear", frozenset({USDT}))
    with pytest.raises(SnapshotError):
        answers.margins(ok([BALANCE]), raw, "main:linear", frozenset({USDT}))


def margins(*rows: object, positions: tuple[object, ...] = ()) -> dict[str, tuple[D, D, D]]:
    found = answers.margins(ok(list(rows)), ok(list(positions)), "main:linear", frozenset({USDT}))
    return {one.asset: (one.equity, one.wallet, one.maintenance) for one in found}


def test_margin_is_the_equity_and_not_what_ccxt_adds_up() -> None:
    frozen = BALANCE | {"freezedMargin": "50", "availableMargin": "143.7609"}
    assert margins(frozen) == {"USDT": (D("196.7431"), D("194.8212"), D(0))}


def test_maintenance_margin_comes_from_the_risk_rate() -> None:
    (_, _, maintenance) = margins(BALANCE, positions=(LONG,))["USDT"]
    assert maintenance == D("196.7431") * D("0.0008")


@pytest.mark.parametrize("changed", [{"riskRate": None}, {"isolated": True}], ids=str)
def test_where_no_risk_rate_tells_initial_margin_counts(changed: dict[str, object]) -> None:
    other = LONG | {"positionId": "2", "symbol": "ETH-USDT"}
    assert margins(BALANCE, positions=(other, LONG | changed))["USDT"][2] == D("1.0602")
    assert margins(BALANCE, positions=(LONG | changed, other))["USDT"][2] == D("1.0602")


@pytest.mark.parametrize(
    "rows",
    [
        (),
        (BALANCE, BALANCE),
        (BALANCE | {"asset": "USDC"},),
        (BALANCE | {"equity": None},),
        (BALANCE | {"balance": "NaN"},),
    ],
    ids=str,
)
def test_a_margin_account_that_is_not_whole_is_none(rows: tuple[object, ...]) -> None:
    with pytest.raises(SnapshotError):
        margins(*rows)


def test_play_money_stands_where_money_would() -> None:
    assert set(margins(BALANCE | {"asset": "VST"})) == {VST}


SPOT = {"asset": "BTC", "free": "1.5", "locked": "0.25"}


def test_what_is_locked_is_held() -> None:
    (one,) = answers.balances(ok({"balances": [SPOT]}), "main:spot")
    assert (one.asset, one.quantity) == ("BTC", D("1.75"))


@pytest.mark.parametrize(
    "rows",
    [
        [SPOT, SPOT],
        [SPOT | {"free": None}],
        [SPOT | {"locked": "-1"}],
        [SPOT | {"free": "NaN"}],
        [SPOT | {"asset": ""}],
        None,
        {},
    ],
    ids=str,
)
def test_a_balance_that_makes_no_sense_is_none(rows: object) -> None:
    with pytest.raises(SnapshotError):
        answers.balances(ok({"balances": rows}), "main:spot")


MARK = {
    "symbol": "BTC-USDT",
    "markPrice": "16884.5",
    "indexPrice": "16886.9",
    "lastFundingRate": "0.0001",
    "nextFundingTime": "1672041600000",
}


@pytest.mark.parametrize("data", [MARK, [MARK], [MARK | {"symbol": "X-USDT"}, MARK]], ids=str)
def test_the_mark_price_comes_in_a_list_or_alone(data: object) -> None:
    found = answers.marks(ok(data), {"BTC-USDT": LINEAR})[KEY]
    assert (found.mark_price, found.index_price) == (D("16884.5"), D("16886.9"))
    assert (found.funding_rate, found.funding_next_at_ms) == (D("0.0001"), 1_672_041_600_000)
    assert found.at_ms is None


@pytest.mark.parametrize(
    "data",
    [
        [],
        [MARK, MARK],
        MARK | {"symbol": "ETH-USDT"},
        MARK | {"markPrice": "0"},
        MARK | {"markPrice": None},
        MARK | {"markPrice": "NaN"},
    ],
    ids=str,
)
def test_a_mark_price_that_is_missing_or_no_price_is_none(data: object) -> None:
    with pytest.raises(SnapshotError):
        answers.marks(ok(data), {"BTC-USDT": LINEAR})


def test_the_best_ask_of_a_book_is_the_last_one() -> None:
    book = {"bids": [["99", "3"], ["98", "1"]], "asks": [["103", "9"], ["102", "1"], ["101", "2"]]}
    found = answers.depth(ok(book), INVERSE)
    assert (found.bid, found.ask, found.bid_size, found.ask_size) == (D(99), D(101), D(30), D(20))


@pytest.mark.parametrize(
    "book",
    [
        {"bids": [], "asks": [["101", "2"]]},
        {"bids": [["99", "3"]]},
        {"bids": [["102", "3"]], "asks": [["101", "2"]]},
        {"bids": [["99"]], "asks": [["101", "2"]]},
        {"bids": ["99"], "asks": [["101", "2"]]},
    ],
    ids=str,
)
def test_half_a_book_is_none(book: object) -> None:
    with pytest.raises(SnapshotError):
        answers.depth(ok(book), INVERSE)


TOP = {
    "symbol": "BTC-USDT",
    "bid_price": "99",
    "bid_qty": "3",
    "ask_price": "101",
    "ask_qty": "2",
}


def test_the_top_of_a_linear_book_is_in_coins() -> None:
    found = answers.top(ok({"book_ticker": TOP}), LINEAR)
    assert (found.bid, found.ask, found.bid_size, found.ask_size) == (D(99), D(101), D(3), D(2))


@pytest.mark.parametrize(
    "changed", [{"symbol": "ETH-USDT"}, {"bid_price": "102"}, {"ask_price": ""}, {"bid_qty": None}]
)
def test_a_top_that_makes_no_sense_is_none(changed: dict[str, object]) -> None:
    with pytest.raises(SnapshotError):
        answers.top(ok({"book_ticker": TOP | changed}), LINEAR)
