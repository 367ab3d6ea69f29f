"""All trades since a time, whatever else was traded in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from counterpoise.errors import SnapshotError
from counterpoise.venues import hyperliquid
from counterpoise.venues.dialect import Call, Params
from tests.venues.hyperliquid.rows import ETH, NOW_MS, Row, fill

FIND = hyperliquid.LINEAR.trading


@dataclass
class Pages:
    """A venue whose answers have three trades at most."""

    trades: list[Row]
    asked: list[object] = field(default_factory=list)
    most: int = 3

    async def read(self, _call: Call, params: Params) -> object:
        since = params["startTime"]
        assert isinstance(since, int)
        self.asked.append(since)
        times: Callable[[Row], bool] = lambda row: int(str(row["time"])) >= since  # noqa: E731
        return [row for row in self.trades if times(row)][: self.most]

    async def read_or_none(self, call: Call, params: Params) -> object | None:
        return await self.read(call, params)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hyperliquid, "FILLS_MAX", 3)


async def test_pages_full_of_other_perpetuals_hide_no_trade() -> None:
    pages = Pages([fill(n, coin="ETH" if n in (1, 9) else "SOL") for n in range(1, 10)])
    found = await FIND.fills(pages, ETH, NOW_MS, 1)
    assert [one.trade_id for one in found] == ["1", "9"]
    assert pages.asked[:2] == [NOW_MS, NOW_MS + 3]


async def test_trades_of_one_millisecond_over_two_pages_come_once() -> None:
    pages = Pages([fill(n, time=NOW_MS + n // 3) for n in range(1, 8)])
    found = await FIND.fills(pages, ETH, NOW_MS, 1)
    assert [one.trade_id for one in found] == [str(n) for n in range(1, 8)]


async def test_more_pages_than_the_venue_keeps_are_not_all_trades() -> None:
    pages = Pages([fill(n) for n in range(100)])
    with pytest.raises(SnapshotError, match="pages"):
        await FIND.fills(pages, ETH, NOW_MS, 1)


async def test_whose_a_trade_was_is_said_by_the_trade() -> None:
    assert FIND.origins is not None
    pages = Pages([fill(1, oid=5), fill(2, oid=6, dir="Auto-Deleveraging", cloid=None)])
    found = await FIND.origins(pages, ETH, frozenset({"5", "6", "7"}), NOW_MS)
    assert {key: one.cause.value for key, one in found.items()} == {
        "5": "foreign",
        "6": "deleveraging",
    }
