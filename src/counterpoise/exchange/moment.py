"""The two times of the local exchange: the venue's own clock, and the recorded market's."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from counterpoise.core.units import ONE, ZERO
from counterpoise.ports import Clock

SECOND_MS = 1_000
HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One instant: what the venue says the time is, and how far the recorded market has come."""

    venue_ms: int  # the venue's clock, skew included
    wall_ms: int  # the true time
    market_ms: int  # recorded time, which drives prices and funding


class MarketClock:
    """Recorded time runs from `start_ms`, `speed` times as fast as real time."""

    def __init__(self, clock: Clock, *, start_ms: int, speed: Decimal) -> None:
        """Start now. A speed of zero stands still until `advance`."""
        self._clock = clock
        self._origin_s = clock.monotonic_s()
        self._start_ms = start_ms
        self._advanced_ms = 0
        self.speed = speed
        self.skew_ms = 0

    def now(self) -> Moment:
        """Return the present instant."""
        wall_ms = self._clock.wall_ms()
        elapsed_ms = round((self._clock.monotonic_s() - self._origin_s) * SECOND_MS)
        return Moment(
            venue_ms=wall_ms + self.skew_ms,
            wall_ms=wall_ms,
            market_ms=self._start_ms + self._advanced_ms + int(elapsed_ms * self.speed),
        )

    def advance(self, seconds: Decimal) -> None:
        """Let recorded time jump ahead."""
        self._advanced_ms += int(seconds * SECOND_MS)

    def venue_ms_of(self, market_ms: int, now: Moment) -> int:
        """Return what the venue's clock shows when recorded time reaches `market_ms`."""
        ahead_ms = market_ms - now.market_ms
        pace = self.speed if self.speed > ZERO else ONE  # standing still: as if it ran
        return now.venue_ms + int(ahead_ms / pace)
