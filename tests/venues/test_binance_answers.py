from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoise.core.instrument import Asset, InstrumentKey
from counterpoise.errors import SnapshotError
from counterpoise.venues import binance_answers as answers
from counterpoise.venues import binance_reports as reports
from counterpoise.venues.dialect import Listed
from tests.venues.fake import BTC, ETH, book, mark, position
from tests.venues.orders import LISTED, intent_of, listed

D = Decimal
USDT = frozenset({Asset("USDT")})
NONSENSE: list[object] = [None, {}, "", "<html>", 0, 5, True, [None], [[]], ["x"], [{}], {"a": 1}]


LISTING: Mapping[str, Listed] = {"ETHUSDT": LISTED, "BTCUSDT": listed("BTCUSDT", BTC)}
ETH_KEY, BTC_KEY = InstrumentKey(f"main:{ETH}"), InstrumentKey(f"main:{BTC}")
INTENT = intent_of(size="1.5", price="3400.2")

READERS: Mapping[str, Callable[[object], object]] = {
    "time": answers.time_ms,
    "balances": lambda raw: answers.balances(raw, "main:spot"),
    "margins": lambda raw: answers.margins(raw, "main:linear", USDT),
    "positions": lambda raw: answers.positions(raw, LISTING),
    "marks": lambda raw: answers.marks(raw, LISTING),
    "books": lambda raw: answers.books(raw, LISTING),
    "report": lambda raw: reports.report(raw, INTENT, LISTED),
    "open orders": lambda raw: reports.open_order_ids(raw, LISTED),
    "fills": lambda raw: reports.fills(raw, LISTED),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("raw", NONSENSE)
def test_nonsense_is_an_error_never_an_empty_answer(reader: str, raw: object) -> None:
    with pytest.raises(SnapshotError):
        READERS[reader](raw)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["symbol", "asset", "free", "locked", "positionAmt", "markPrice"]),
            inner | st.just("ETHUSDT"),
            max_size=4,
        )
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("reader", ["balances", "margins", "marks", "books", "report"])
@settings(derandomize=True, deadline=None, max_examples=40)
@given(raw=JSON)
def test_any_other_json_is_an_error_of_our_own(reader: str, raw: object) -> None:
    with pytest.raises(SnapshotError):
        READERS[reader](raw)


@pytest.mark.parametrize("reader", ["positions", "open orders", "fills"])
@settings(derandomize=True, deadline=None, max_examples=40)
@given(raw=JSON)
def test_a_reader_of_lists_fails_in_no_other_way(reader: str, raw: object) -> None:
    try:
        READERS[reader](raw)
    except SnapshotError:
        return
    assert isinstance(raw, list)


@pytest.mark.parametrize("reader", ["balances", "marks", "books"])
def test_an_empty_list_is_an_error_where_rows_must_be(reader: str) -> None:
    with pytest.raises(SnapshotError):
        READERS[reader]({"balances": []} if reader == "balances" else [])


def test_free_and_locked_are_one_balance() -> None:
    raw = {"balances": [{"asset": "ETH", "free": "10.5", "locked": "3.5"}]}
    (balance,) = answers.balances(raw, "main:spot")
    assert (balance.source, balance.asset, balance.quantity) == ("main:spot", "ETH", D(14))


@pytest.mark.parametrize(
    "row",
    [
        {"asset": "ETH", "free": "1"},
        {"asset": "ETH", "locked": "1"},
        {"asset": "ETH", "free": "1", "locked": None},
        {"asset": "ETH", "free": "NaN", "locked": "0"},
        {"asset": "ETH", "free": "Infinity", "locked": "0"},
        {"asset": "ETH", "free": "-1", "locked": "2"},
        {"asset": "ETH", "free": "", "locked": "0"},
        {"asset": "ETH", "free": True, "locked": "0"},
        {"asset": "ETH", "free": "one", "locked": "0"},
        {"asset": "", "free": "1", "locked": "0"},
        {"asset": None, "free": "1", "locked": "0"},
        {"free": "1", "locked": "0"},
    ],
)
def test_a_balance_that_makes_no_sense_is_an_error(row: dict[str, object]) -> None:
    good = {"asset": "BTC", "free": "1", "locked": "0"}
    with pytest.raises(SnapshotError):
        answers.balances({"balances": [good, row]}, "main:spot")


@pytest.mark.parametrize("free", ["1", "2", "0.00000000"])
def test_an_asset_that_is_listed_twice_is_an_error(free: str) -> None:
    listed = [{"asset": "BTC", "free": one, "locked": "0.00000000"} for one in ("1", free)]
    with pytest.raises(SnapshotError, match="twice"):
        answers.balances({"balances": listed}, "main:spot")


def test_margin_is_equity_wallet_and_maintenance() -> None:
    raw = {
        "totalMarginBalance": "5012.5",
        "totalWalletBalance": "5000",
        "totalMaintMargin": "20.4",
        "assets": [
            {"asset": "USDC", "marginBalance": "7", "walletBalance": "8", "maintMargin": "1"}
        ],
    }
    usdt, usdc = (
        answers.margins(raw, "main:linear", frozenset({Asset(name)}))[0]
        for name in ("USDT", "USDC")
    )
    assert (usdt.equity, usdt.wallet, usdt.maintenance) == (D("5012.5"), D(5000), D("20.4"))
    assert (usdc.asset, usdc.equity, usdc.wallet, usdc.maintenance) == ("USDC", D(7), D(8), D(1))
    with pytest.raises(SnapshotError, match="BNFCR is missing"):
        answers.margins(raw, "main:linear", frozenset({Asset("BNFCR")}))


@pytest.mark.parametrize("field", ["totalMarginBalance", "totalWalletBalance", "totalMaintMargin"])
@pytest.mark.parametrize("value", [None, "", "x", "NaN", [], True])
def test_margin_with_a_field_missing_is_an_error(field: str, value: object) -> None:
    good: dict[str, object] = {
        "totalMarginBalance": "1",
        "totalWalletBalance": "1",
        "totalMaintMargin": "0",
    }
    with pytest.raises(SnapshotError, match=field):
        answers.margins({**good, field: value}, "main:linear", USDT)


def test_a_symbol_left_out_of_a_list_of_positions_is_flat() -> None:
    found = answers.positions([position("ETHUSDT", "-1.5")], LISTING)
    assert {key: one.size for key, one in found.items()} == {ETH_KEY: D("-1.5"), BTC_KEY: D(0)}
    assert found[ETH_KEY].entry_price == D(3300)
    assert found[ETH_KEY].liquidation_price is None
    assert answers.positions([], LISTING)[ETH_KEY].size == 0


def test_positions_of_other_instruments_are_left_alone() -> None:
    found = answers.positions([position("XRPUSDT", "7", positionAmt="junk")], LISTING)
    assert set(found) == {ETH_KEY, BTC_KEY}


def test_long_and_short_of_a_hedge_account_are_summed() -> None:
    rows = [
        position("ETHUSDT", "2", positionSide="LONG"),
        position("ETHUSDT", "-0.5", positionSide="SHORT", notional="-1700"),
    ]
    found = answers.positions(rows, LISTING)[ETH_KEY]
    assert (found.size, found.unrealised_profit, found.entry_price) == (D("1.5"), D(25), None)


@pytest.mark.parametrize(
    "rows",
    [
        [position("ETHUSDT", "1"), position("ETHUSDT", "1")],
        [position("ETHUSDT", "1", positionSide="UP")],
        [position("ETHUSDT", "1", positionAmt=None)],
        [position("ETHUSDT", "1", positionAmt="")],
        [position("ETHUSDT", "1", positionAmt="NaN")],
        [{"symbol": None, "positionAmt": "1"}],
    ],
)
def test_positions_that_make_no_sense_are_an_error(rows: list[dict[str, object]]) -> None:
    with pytest.raises(SnapshotError):
        answers.positions(rows, LISTING)


def test_a_size_that_disagrees_with_the_venues_value_is_an_error() -> None:
    rows = [position("ETHUSDT", "1.5", notional="0.51")]
    with pytest.raises(SnapshotError, match="worth") as caught:
        answers.positions(rows, LISTING)
    assert "contract size" in caught.value.hint


def test_amounts_become_sizes_by_the_venues_unit() -> None:
    thousandths = listed("ETHUSDT", ETH, per_amount="0.001")
    found = answers.positions(
        [position("ETHUSDT", "1500", notional="5100")], {"ETHUSDT": thousandths}
    )
    assert found[ETH_KEY].size == D("1.500")


def test_mark_index_and_funding_are_read_with_their_signs() -> None:
    rows = [mark("BTCUSDT", "95000"), mark("ETHUSDT", "3400.00"), {"symbol": "XRPUSDT"}]
    found = answers.marks(rows, LISTING)[ETH_KEY]
    assert (found.mark_price, found.index_price) == (D(3400), D("3399.5"))
    assert found.funding_rate == D("-0.0001")
    assert answers.marks(mark("ETHUSDT", "1"), {"ETHUSDT": LISTED})[ETH_KEY].mark_price == 1


@pytest.mark.parametrize("price", ["0", "-1", "NaN", "", None, "Infinity"])
def test_a_price_of_nothing_is_an_error(price: str) -> None:
    with pytest.raises(SnapshotError, match="markPrice"):
        answers.marks([mark("BTCUSDT", "95000"), mark("ETHUSDT", price)], LISTING)


@pytest.mark.parametrize("read", [answers.marks, answers.books])
def test_a_configured_market_that_is_missing_is_an_error(
    read: Callable[[object, Mapping[str, Listed]], object],
) -> None:
    row = {**mark("ETHUSDT", "3400"), **book("ETHUSDT", "1", "2")}
    with pytest.raises(SnapshotError, match="BTCUSDT is missing"):
        read([row], LISTING)
    with pytest.raises(SnapshotError, match="twice"):
        read([row, row], LISTING)


@pytest.mark.parametrize(("bid", "ask"), [("0", "1"), ("2", "1"), ("1", "0"), ("", "1")])
def test_a_book_that_makes_no_sense_is_an_error(bid: str, ask: str) -> None:
    with pytest.raises(SnapshotError):
        answers.books([book("ETHUSDT", bid, ask)], {"ETHUSDT": LISTED})


def test_the_top_of_the_book_has_prices_and_sizes() -> None:
    top = answers.books([book("ETHUSDT", "3399.9", "3400.1")], {"ETHUSDT": LISTED})[ETH_KEY]
    assert (top.bid, top.ask, top.bid_size, top.ask_size) == (
        D("3399.9"),
        D("3400.1"),
        D("1.5"),
        D(2),
    )
