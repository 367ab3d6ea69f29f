"""WEEX's answers of balances, margin, positions and prices, and what none of them may be."""

from __future__ import annotations

import pytest

from counterpoise.core.instrument import Asset
from counterpoise.core.sides import Sides
from counterpoise.core.snapshot import Margin
from counterpoise.errors import SnapshotError
from counterpoise.venues import weex_answers as answers
from counterpoise.venues.weex_requests import market_id, simulated_id
from tests.venues.contract.stands import D
from tests.venues.orders import listed

USDT = Asset("USDT")
DOGE = listed("DOGEUSDT", "DOGE/USDT:USDT")
KEY = DOGE.instrument.key

# the samples in ccxt's source, as its JSON reader hands them over: every number is text
LONG = {
    "id": "737191855967437160",
    "asset": "USDT",
    "symbol": "DOGEUSDT",
    "side": "LONG",
    "marginType": "CROSSED",
    "separatedMode": "COMBINED",
    "separatedOpenOrderId": "0",
    "leverage": "20.00",
    "size": "300",
    "openValue": "27.96900",
    "marginSize": "100",
    "isolatedMargin": "0",
    "unrealizePnl": "0.00600",
    "liquidatePrice": "0",
}
BALANCE = {
    "asset": "USDT",
    "balance": "5696.49288823",
    "availableBalance": "5413.06877369",
    "frozen": "81.28240000",
    "unrealizePnl": "-34.55300000",
}
MARK = {
    "symbol": "DOGEUSDT",
    "markPrice": "0.0929",
    "indexPrice": "0.0930",
    "forecastFundingRate": "0.00003489",
    "lastFundingRate": "0.00004879",
    "nextFundingTime": "1786348800000",
    "time": "1786347284100",
}
BOOK = {
    "symbol": "DOGEUSDT",
    "bidPrice": "0.0928",
    "bidQty": "100",
    "askPrice": "0.0929",
    "askQty": "200",
}
read_real = answers.positions(market_id)
read_simulated = answers.positions(simulated_id)
LISTING = {DOGE.market_id: DOGE}


def position(*rows: object) -> D:
    return read_real(list(rows), LISTING)[KEY].size


def test_a_size_is_base_units_whatever_the_contract_size() -> None:
    """The sample is 28 dollars of a coin of nine cents: three hundred coins, not 30,000."""
    found = read_real([LONG], LISTING)[KEY]
    assert found.size == 300
    assert found.entry_price == D("0.09323")
    assert found.liquidation_price is None
    assert found.unrealised_profit == D("0.006")


def test_a_position_left_out_of_a_whole_answer_is_flat() -> None:
    assert position() == 0
    assert position(LONG | {"symbol": "LTCUSDT"}) == 0


def test_the_side_is_the_sign() -> None:
    assert position(LONG | {"side": "SHORT"}) == -300


def test_long_and_short_stand_side_by_side() -> None:
    short = LONG | {"id": "2", "side": "SHORT", "size": "500", "liquidatePrice": "0.2"}
    found = read_real([LONG, short], LISTING)[KEY]
    assert (found.size, found.sides) == (D(-200), Sides(long=D(300), short=D(500)))
    assert (found.entry_price, found.liquidation_price) == (None, D("0.2"))


@pytest.mark.parametrize(
    "changed",
    [
        {"side": ""},
        {"side": "BOTH"},
        {"size": "-300"},
        {"size": None},
        {"size": "NaN"},
        {"symbol": None},
        {"id": None},
        {"unrealizePnl": None},
        {"marginType": "ISOLATED"},
        {"marginType": None},
        {"separatedMode": "SEPARATED"},
        {"separatedMode": None},
        {"openValue": "0"},
    ],
    ids=str,
)
def test_half_a_position_is_no_position(changed: dict[str, object]) -> None:
    with pytest.raises(SnapshotError):
        position(LONG | changed)


@pytest.mark.parametrize("second", [LONG, LONG | {"id": "2"}], ids=["same", "same side"])
def test_one_position_does_not_come_twice(second: object) -> None:
    with pytest.raises(SnapshotError, match="twice"):
        position(LONG, second)


@pytest.mark.parametrize("raw", [None, {}, "", "<html>", [1], [[]], {"code": "0"}], ids=str)
def test_what_is_no_list_of_positions_is_no_position(raw: object) -> None:
    with pytest.raises(SnapshotError):
        read_real(raw, LISTING)


def test_simulated_positions_have_names_of_their_own() -> None:
    found = read_simulated([LONG | {"symbol": "DOGESUSDT"}], LISTING)
    assert found[KEY].size == 300
    with pytest.raises(SnapshotError, match="another account"):
        read_simulated([LONG], LISTING)


def margin(rows: object, held: object = (), wanted: frozenset[Asset] = frozenset({USDT})) -> Margin:
    (found,) = answers.margins(rows, list(held) if held == () else held, "main:linear", wanted)
    return found


def test_the_balance_has_the_profit_in_it() -> None:
    found = margin([BALANCE])
    assert (found.equity, found.wallet) == (D("5696.49288823"), D("5731.04588823"))
    assert found.maintenance == 0


def test_margin_that_is_tied_stands_in_for_maintenance() -> None:
    assert margin([BALANCE], [LONG, LONG | {"id": "2", "marginSize": "7"}]).maintenance == 107


@pytest.mark.parametrize(
    "rows",
    [
        None,
        {},
        [],
        [BALANCE | {"asset": "USDC"}],
        [BALANCE, BALANCE],
        [BALANCE | {"balance": None}],
        [BALANCE | {"unrealizePnl": "x"}],
    ],
    ids=str,
)
def test_half_a_wallet_is_no_wallet(rows: object) -> None:
    with pytest.raises(SnapshotError):
        margin(rows)


ACCOUNT = {"uid": "8886281669", "balances": [{"asset": "BTC", "free": "0.5", "locked": "0.1"}]}


def test_free_and_locked_are_held_together() -> None:
    (found,) = answers.balances(ACCOUNT, "main:spot")
    assert (found.asset, found.quantity) == ("BTC", D("0.6"))
    assert answers.balances(ACCOUNT | {"balances": []}, "main:spot") == ()


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        {},
        {"balances": []},
        {"uid": "1"},
        ACCOUNT | {"balances": [{"asset": "BTC", "free": "0.5"}]},
        ACCOUNT | {"balances": [{"asset": "BTC", "free": "-1", "locked": "0"}]},
        ACCOUNT | {"balances": [*ACCOUNT["balances"], *ACCOUNT["balances"]]},
    ],
    ids=str,
)
def test_half_an_account_is_no_account(raw: object) -> None:
    with pytest.raises(SnapshotError):
        answers.balances(raw, "main:spot")


def test_the_coming_funding_is_the_forecast_not_the_last_one() -> None:
    found = answers.marks([MARK], LISTING)[KEY]
    assert (found.mark_price, found.funding_rate) == (D("0.0929"), D("0.00003489"))
    assert found.funding_next_at_ms == 1_786_348_800_000


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [MARK | {"symbol": "BTCUSDT"}],
        [MARK, MARK],
        [MARK | {"markPrice": "0"}],
        [MARK | {"markPrice": None}],
        [MARK | {"time": None}],
    ],
    ids=str,
)
def test_half_a_price_is_no_price(rows: object) -> None:
    with pytest.raises(SnapshotError):
        answers.marks(rows, LISTING)


def test_the_best_bid_and_ask_are_read_of_one_row_or_of_all() -> None:
    for raw in (BOOK, [BOOK, BOOK | {"symbol": "BTCUSDT"}]):
        found = answers.books(raw, LISTING)[KEY]
        assert (found.bid, found.ask, found.bid_size) == (D("0.0928"), D("0.0929"), D(100))


@pytest.mark.parametrize(
    "changed",
    [{"bidPrice": "0"}, {"askPrice": None}, {"bidPrice": "0.1"}, {"bidQty": "-1"}],
    ids=str,
)
def test_half_a_book_is_no_book(changed: dict[str, object]) -> None:
    with pytest.raises(SnapshotError):
        answers.books([BOOK | changed], LISTING)
