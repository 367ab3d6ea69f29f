"""Candles of the recorded hours up to now, as a client asks a venue for them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from counterpoise.core.units import ZERO
from counterpoise.exchange.listing import Listing
from counterpoise.exchange.moment import HOUR_MS, Moment
from counterpoise.exchange.prices import Prices


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One span of a listing's price, in quote per base unit; volume in base units."""

    from_ms: int  # by the venue's clock
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal


def bars(prices: Prices, listing: Listing, now: Moment, *, hours: int, rows: int) -> list[Bar]:
    """
    Return the last bars of so many recorded hours each, oldest first; the last one is under way.

    A recorded hour is an hour of them whatever the speed, so that what a client computes of them
    is what it would have computed then. One without a recording has stood still for ever.
    """
    if not prices.known(listing):
        return []
    span_ms = hours * HOUR_MS
    newest_ms = now.venue_ms // span_ms * span_ms
    first_ms = newest_ms - (rows - 1) * span_ms
    count = (rows - 1) * hours + (now.venue_ms - newest_ms) // HOUR_MS + 1
    candles = prices.hours(listing, now.market_ms, count)
    at_ms = now.venue_ms // HOUR_MS * HOUR_MS - (len(candles) - 1) * HOUR_MS
    found: dict[int, Bar] = {}
    for number, hour in enumerate(candles):
        from_ms = (at_ms + number * HOUR_MS) // span_ms * span_ms
        before = found.get(from_ms)
        found[from_ms] = Bar(
            from_ms=from_ms,
            open=hour.open if before is None else before.open,
            high=hour.high if before is None else max(before.high, hour.high),
            low=hour.low if before is None else min(before.low, hour.low),
            close=hour.close,
            volume=hour.volume + (ZERO if before is None else before.volume),
        )
    return [bar for from_ms, bar in sorted(found.items()) if from_ms >= first_ms]
