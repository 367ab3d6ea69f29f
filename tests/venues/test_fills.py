from __future__ import annotations

from decimal import Decimal

import pytest

from counterpoise.core.instrument import Asset, InstrumentKey
from counterpoise.core.orders import Fill
from counterpoise.errors import SnapshotError
from counterpoise.venues.dialect import FillsWindow
from counterpoise.venues.fills import PAGES_MAX, fills_since
from tests.venues.fake import NOW_MS

WINDOW = FillsWindow(rows_max=3, span_ms=1_000)


def fill_of(number: int, at_ms: int) -> Fill:
    return Fill(
        trade_id=str(number),
        venue_order_id="1",
        instrument=InstrumentKey("main:ETH/USDT:USDT"),
        size=Decimal(1),
        price=Decimal(1),
        fee=Decimal(0),
        fee_asset=Asset("USDT"),
        at_ms=at_ms,
    )


class Trades:
    """Answers like a venue: rows of one window from a start, and no more than so many."""

    def __init__(self, *at_ms: int) -> None:
        self.all = tuple(fill_of(number, at) for number, at in enumerate(at_ms))
        self.starts: list[int] = []

    async def page(self, start_ms: int) -> tuple[Fill, ...]:
        self.starts.append(start_ms)
        end_ms = start_ms + WINDOW.span_ms
        rows = [fill for fill in self.all if start_ms <= fill.at_ms < end_ms]
        return tuple(rows[: WINDOW.rows_max])


async def test_an_empty_answer_is_no_trades() -> None:
    trades = Trades()
    assert await fills_since(trades.page, WINDOW, since_ms=NOW_MS - 10, now_ms=NOW_MS) == ()
    assert trades.starts == [NOW_MS - 10]


async def test_trades_at_the_edge_of_a_page_are_counted_once() -> None:
    since_ms = NOW_MS - 100
    trades = Trades(*(since_ms + at for at in (0, 1, 2, 2, 3, 4, 5)))
    found = await fills_since(trades.page, WINDOW, since_ms=since_ms, now_ms=NOW_MS)
    assert found == trades.all


async def test_a_quiet_time_longer_than_a_window_is_crossed() -> None:
    since_ms = NOW_MS - 5_500
    trades = Trades(since_ms, NOW_MS - 1)
    found = await fills_since(trades.page, WINDOW, since_ms=since_ms, now_ms=NOW_MS)
    assert found == trades.all


async def test_part_of_the_trades_is_an_error_not_the_trades() -> None:
    since_ms = NOW_MS - 900
    trades = Trades(*(since_ms + at for at in range(PAGES_MAX * WINDOW.rows_max + 10)))
    with pytest.raises(SnapshotError, match="more trades"):
        await fills_since(trades.page, WINDOW, since_ms=since_ms, now_ms=NOW_MS)
    assert len(trades.starts) == PAGES_MAX
