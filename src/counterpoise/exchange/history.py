"""Recorded hours: what the market did, as packed in `data`."""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from importlib import resources

from counterpoise.exchange.moment import HOUR_MS, SECOND_MS

RECORDED = ("BTC", "ETH", "XRP")  # against USDT
COLUMNS = 13


@dataclass(frozen=True, slots=True, kw_only=True)
class Candle:
    """One hour of one series, in quote per base unit; volume in base units."""

    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """One recorded hour of one asset."""

    spot: Candle
    perpetual: Candle
    mark_close: Decimal
    funding_rate: Decimal | None  # settled at the hour's start; positive: longs pay shorts


class History:
    """The recorded hours of one asset, without gaps, parsed as they are asked for."""

    def __init__(self, rows: Sequence[str]) -> None:
        """Take the rows of a packed file, its head line left out."""
        if not rows:
            raise ValueError("a history needs at least one hour")
        self._rows = rows
        self._parsed: dict[int, Hour] = {}
        self.first_ms = _hour_ms(rows[0])
        self.end_ms = self.first_ms + len(rows) * HOUR_MS  # just after the last hour

    def hour(self, index: int) -> Hour:
        """Return hour `index`, counted from the first; the last one for anything beyond it."""
        index = max(0, min(index, len(self._rows) - 1))
        if index not in self._parsed:
            self._parsed[index] = _parsed(self._rows[index])
        return self._parsed[index]

    def index(self, at_ms: int) -> int:
        """Return which hour `at_ms` falls in."""
        return (at_ms - self.first_ms) // HOUR_MS


def recorded_histories() -> Mapping[str, History]:
    """Return the packed history of every recorded asset."""
    return {asset: _packed(asset) for asset in RECORDED}


@cache
def _packed(asset: str) -> History:
    folder = resources.files("counterpoise.exchange") / "data"
    packed = (folder / f"{asset.lower()}usdt_1h.csv.gz").read_bytes()
    _, *rows = gzip.decompress(packed).decode().splitlines()
    return History(rows)


def _hour_ms(row: str) -> int:
    return int(datetime.fromisoformat(row.partition(",")[0]).timestamp()) * SECOND_MS


def _parsed(row: str) -> Hour:
    fields = row.split(",")
    if len(fields) != COLUMNS:
        raise ValueError(f"a recorded hour has {COLUMNS} columns, this one {len(fields)}: {row}")
    numbers = [Decimal(field) for field in fields[1:12]]
    return Hour(
        spot=_candle(numbers[0:5]),
        perpetual=_candle(numbers[5:10]),
        mark_close=numbers[10],
        funding_rate=Decimal(fields[12]) if fields[12] else None,
    )


def _candle(numbers: Sequence[Decimal]) -> Candle:
    first, high, low, close, volume = numbers
    return Candle(open=first, high=high, low=low, close=close, volume=volume)
