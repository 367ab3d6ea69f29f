"""Candles on the wire: the spans that venues name, and the columns that most of them share."""

from __future__ import annotations

from collections.abc import Mapping

from counterpoise.exchange.candles import Bar
from counterpoise.exchange.dialects.common import trimmed
from counterpoise.exchange.moment import HOUR_MS

HOURS: Mapping[str, int] = {"1h": 1, "4h": 4, "1d": 24}  # as Binance, BingX and MEXC name them


def prices(bar: Bar) -> list[str]:
    """Return open, high, low, close and volume."""
    return [trimmed(each) for each in (bar.open, bar.high, bar.low, bar.close, bar.volume)]


def turnover(bar: Bar) -> str:
    """Return what was traded, in quote currency, at the close."""
    return trimmed(bar.volume * bar.close)


def row(bar: Bar, hours: int) -> list[object]:
    """Return begin, prices, volume, end and turnover: the columns of Binance, BingX and MEXC."""
    end_ms = bar.from_ms + hours * HOUR_MS - 1
    return [bar.from_ms, *prices(bar), end_ms, turnover(bar)]
