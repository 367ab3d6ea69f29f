"""Prices: each instrument once, absent is not zero, sizes in the instrument's unit."""

from __future__ import annotations

import pytest

from counterpoise.errors import SnapshotError
from counterpoise.venues.okx_answers import books, chosen, mark
from tests.venues.okx.rows import INVERSE, LINEAR, NOW_MS, D, Row, answer

TICKER = {
    "instId": "BTC-USDT-SWAP",
    "bidPx": "89999.9",
    "askPx": "90000.1",
    "bidSz": "12",
    "askSz": "7.5",
}
MARK = {"instId": "BTC-USDT-SWAP", "markPx": "90000.5", "ts": str(NOW_MS)}
RATE = {"fundingRate": "-0.0001", "fundingTime": str(NOW_MS + 5)}
ALONE = {LINEAR.market_id: LINEAR}


def test_book_sizes_are_counted_in_base() -> None:
    book = books(answer(TICKER), ALONE)[LINEAR.instrument.key]
    assert (book.bid_size, book.ask_size) == (D("0.12"), D("0.075"))
    other = {**TICKER, "instId": INVERSE.market_id}
    found = books(answer(other), {INVERSE.market_id: INVERSE})
    assert found[INVERSE.instrument.key].ask_size == D(750)


@pytest.mark.parametrize(
    "rows",
    [
        (),
        (TICKER, TICKER),
        ({**TICKER, "instId": "ETH-USDT-SWAP"},),
        ({**TICKER, "bidPx": "90001"},),
        ({**TICKER, "askPx": ""},),
        ({**TICKER, "askPx": "0"},),
        ({**TICKER, "bidSz": "NaN"},),
    ],
)
def test_a_book_that_is_not_there_is_no_book(rows: tuple[Row, ...]) -> None:
    with pytest.raises(SnapshotError):
        books(answer(*rows), ALONE)


def test_a_mark_price_has_its_funding_and_index() -> None:
    found = mark(MARK, RATE, {"idxPx": "90001"}, LINEAR)
    assert (found.mark_price, found.index_price) == (D("90000.5"), D(90_001))
    assert (found.funding_rate, found.funding_next_at_ms) == (D("-0.0001"), NOW_MS + 5)


def test_funding_and_index_may_be_unknown_and_are_not_zero_then() -> None:
    for rate in (None, {"fundingRate": "", "fundingTime": ""}):
        found = mark(MARK, rate, None, LINEAR)
        assert (found.index_price, found.funding_rate, found.funding_next_at_ms) == (None,) * 3


def test_a_mark_price_may_not() -> None:
    with pytest.raises(SnapshotError, match="missing"):
        chosen([], [LINEAR.market_id], "mark prices")
    with pytest.raises(SnapshotError, match="markPx"):
        mark({**MARK, "markPx": ""}, None, None, LINEAR)
