"""The heartbeat: tells an outside watch that cycles go on, now and then and never at any cost."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from counterpoise.errors import Undelivered
from counterpoise.logs import Log
from counterpoise.ports import Clock, Heartbeat

AGAIN_S = 10.0  # after one that did not arrive, at the earliest; never more often than this


@dataclass(frozen=True, slots=True, kw_only=True)
class PulseState:
    """How the heartbeat does."""

    host: str
    sent: int
    failed: int
    at_ms: int | None = None  # when the last one arrived, wall clock
    failing_since_ms: int | None = None
    detail: str = ""


class Pulse:
    """
    Sends a heartbeat after good cycles, at most one in `every_s`.

    Nothing is retried by itself: the next good cycle is a better reason than the last one was.
    """

    def __init__(self, heartbeat: Heartbeat, every_s: float, *, clock: Clock, log: Log) -> None:
        """Begin silent."""
        self._heartbeat = heartbeat
        self._every_s = every_s
        self._clock = clock
        self._log = log
        self._woken = asyncio.Event()
        self._next_s = clock.monotonic_s()
        self._state = PulseState(host=heartbeat.host, sent=0, failed=0)

    @property
    def state(self) -> PulseState:
        """Return how it does."""
        return self._state

    def beat(self) -> None:
        """Note a good cycle."""
        if self._clock.monotonic_s() >= self._next_s:
            self._woken.set()

    async def run(self) -> None:
        """Beat, until cancelled."""
        while True:
            await self._woken.wait()
            await self.once()
            self._woken.clear()

    async def once(self) -> None:
        """Beat now, and keep what came of it."""
        began_s, before = self._clock.monotonic_s(), self._state
        self._next_s = began_s + AGAIN_S
        try:
            await self._heartbeat.beat()
        except Undelivered as error:
            self._failed(str(error))
            return
        self._next_s = began_s + self._every_s
        self._state = PulseState(
            host=before.host,
            sent=before.sent + 1,
            failed=before.failed,
            at_ms=self._clock.wall_ms(),
        )
        if before.failing_since_ms is not None:
            self._log.info("heartbeat.resumed", host=before.host, since=before.failing_since_ms)

    async def close(self) -> None:
        """Let go of connections."""
        await self._heartbeat.close()

    def _failed(self, detail: str) -> None:
        before = self._state
        if before.failing_since_ms is None:
            self._log.warning("heartbeat.failed", host=before.host, detail=detail)
        self._state = PulseState(
            host=before.host,
            sent=before.sent,
            failed=before.failed + 1,
            at_ms=before.at_ms,
            failing_since_ms=before.failing_since_ms or self._clock.wall_ms(),
            detail=detail,
        )
