"""Hosts that asked to be left alone, and until when."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from counterpoise.errors import Unavailable
from counterpoise.ports import Clock

PAUSE_S_MAX = 259_200.0  # Binance bans for three days at most
PAUSE_S_BY_STATUS: Mapping[int, float] = {429: 30.0, 418: 120.0}  # where it does not say how long


def pause_s(
    status: int, headers: Mapping[str, str], own: Mapping[int, float] = PAUSE_S_BY_STATUS
) -> float:
    """
    Return how long an answer asks to be left alone, in seconds; zero if it does not.

    `own` is how long a status means on this venue, where that is not what it means everywhere.
    """
    default = own.get(status, PAUSE_S_BY_STATUS.get(status))
    if default is None:
        return 0.0
    for name, value in headers.items():
        if name.lower() == "retry-after":
            return _seconds(value, default)
    return default


def _seconds(text: str, default: float) -> float:
    try:
        seconds = float(text)
    except ValueError:  # a date, or nonsense
        return default
    if not math.isfinite(seconds) or seconds < 0:
        return default
    return min(max(seconds, 1.0), PAUSE_S_MAX)


class Pauses:
    """Closed hosts; readable and restorable, so that a restart does not end a ban early."""

    def __init__(self, clock: Clock) -> None:
        """Start with every host open."""
        self._clock = clock
        self._until_s: dict[str, float] = {}  # monotonic
        self._keep: Callable[[Mapping[str, int]], None] | None = None

    def kept_by(self, keep: Callable[[Mapping[str, int]], None]) -> None:
        """Hand what is closed to `keep`, as of `closed`, whenever a host is closed."""
        self._keep = keep

    def close(self, host: str, seconds: float) -> None:
        """Close a host for some seconds, never for less than it already is."""
        until_s = self._clock.monotonic_s() + seconds
        self._until_s[host] = max(until_s, self._until_s.get(host, until_s))
        if self._keep is not None:
            self._keep(self.closed())

    def left_s(self, host: str) -> float:
        """Return how long a host stays closed; zero where it is open."""
        until_s = self._until_s.get(host)
        return 0.0 if until_s is None else max(0.0, until_s - self._clock.monotonic_s())

    def check(self, host: str) -> None:
        """Raise Unavailable while a host is closed."""
        left_s = self.left_s(host)
        if left_s > 0:
            raise Unavailable(
                f"{host} asked for a pause, {left_s:.0f} s of it are left", retry_after_s=left_s
            )

    def closed(self) -> Mapping[str, int]:
        """Return until when each closed host stays so, in wall-clock milliseconds."""
        now_ms = self._clock.wall_ms()
        left = {host: self.left_s(host) for host in self._until_s}
        return {host: now_ms + math.ceil(s * 1000) for host, s in left.items() if s > 0}

    def restore(self, closed: Mapping[str, int]) -> None:
        """Close hosts as `closed` said in an earlier life."""
        now_ms = self._clock.wall_ms()
        for host, until_ms in closed.items():
            self.close(host, min(max(0.0, (until_ms - now_ms) / 1000), PAUSE_S_MAX))
