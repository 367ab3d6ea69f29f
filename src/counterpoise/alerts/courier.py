"""Carries messages to one channel: one after the other, again and again until it has them."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    wait_exponential,
)

from counterpoise.alerts.book import Book, Errand, Reader
from counterpoise.alerts.items import UNDELIVERED
from counterpoise.errors import Undelivered
from counterpoise.logs import Log
from counterpoise.ports import Alerts, Clock

PAUSE_S_MIN = 1.0
PAUSE_S_MAX = 60.0  # a channel that works again has everything after this at most
ASKED_S_MAX = 900.0  # no receiver keeps us silent for longer, whatever it asks for
UNDELIVERED_AFTER_S = 60.0  # failing for so long, others hear of it
SAID_EVERY_S = 3_600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelState:
    """How a channel does."""

    name: str
    host: str
    sent: int  # messages that arrived
    retried: int  # attempts that did not
    waiting: int  # alerts that it was not told yet
    failing_since_ms: int | None = None  # wall clock
    late: bool = False  # for long enough that others should know
    detail: str = ""  # of the last attempt that failed, while it fails


class Courier:
    """One channel, its own task. Nothing waits for it."""

    def __init__(
        self, alerts: Alerts, reader: Reader, book: Book, *, clock: Clock, log: Log
    ) -> None:
        """Carry what `book` has for `reader`."""
        self.reader = reader
        self._alerts = alerts
        self._book = book
        self._clock = clock
        self._log = log
        self._woken = asyncio.Event()
        self._sent = self._retried = 0
        self._failing_s: float | None = None
        self._failing_ms: int | None = None
        self._said_s: float | None = None
        self._detail = ""

    @property
    def state(self) -> ChannelState:
        """Return how it does."""
        return ChannelState(
            name=self.reader.name,
            host=self._alerts.host,
            sent=self._sent,
            retried=self._retried,
            waiting=len(self._book.waiting(self.reader)),
            failing_since_ms=self._failing_ms,
            late=self.failing_s >= UNDELIVERED_AFTER_S,
            detail=self._detail,
        )

    @property
    def failing_s(self) -> float:
        """Return for how long nothing has arrived that should have; zero while all does."""
        return 0.0 if self._failing_s is None else self._clock.monotonic_s() - self._failing_s

    def wake(self) -> None:
        """Look whether there is something to tell."""
        self._woken.set()

    async def run(self) -> None:
        """Carry, until cancelled."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            while self._book.due(self.reader) is not None:
                await self._pacing()(self.carry)

    async def carry(self) -> None:
        """Hand over what is due at this moment, if anything is. Raises Undelivered."""
        errand = self._book.due(self.reader)
        if errand is None:
            return
        try:
            await self._alerts.deliver(errand.notice)
        except Undelivered as error:
            self._failed(errand, error)
            raise
        except Exception as error:  # a bug here must not end the one task that could tell of it
            self._failed(errand, Undelivered(f"a fault in counterpoise itself: {error!r}"))
            raise Undelivered("a fault in counterpoise itself") from error
        self._arrived(errand)

    async def emptied(self) -> None:
        """Hand over all that is due, until it fails once."""
        with suppress(Undelivered):
            while self._book.due(self.reader) is not None:
                await self.carry()

    async def close(self) -> None:
        """Let go of connections."""
        await self._alerts.close()

    def _pacing(self) -> AsyncRetrying:
        grown = wait_exponential(multiplier=PAUSE_S_MIN, max=PAUSE_S_MAX)

        def pause_s(state: RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            asked_s = error.retry_after_s if isinstance(error, Undelivered) else 0.0
            return max(grown(state), min(asked_s, ASKED_S_MAX))

        return AsyncRetrying(
            sleep=self._clock.sleep,
            wait=pause_s,
            retry=retry_if_exception_type(Undelivered),
        )

    def _arrived(self, errand: Errand) -> None:
        self._book.arrived(errand, self.reader)
        if self._failing_s is not None:
            self._book.withdraw((UNDELIVERED, self.reader.name))
        self._sent += 1
        self._failing_s = self._failing_ms = self._said_s = None
        self._detail = ""
        self._log.info("alert.delivered", channel=self.reader.name, **_facts(errand))

    def _failed(self, errand: Errand, error: Undelivered) -> None:
        if error.refused:
            self._book.refused(errand, self.reader)
        self._retried += 1
        self._detail = str(error)
        now_s = self._clock.monotonic_s()
        if self._failing_s is None:
            self._failing_s, self._failing_ms = now_s, self._clock.wall_ms()
        self._log.debug(
            "alert.retried", channel=self.reader.name, detail=str(error), **_facts(errand)
        )
        late = self.failing_s >= UNDELIVERED_AFTER_S
        if late and (self._said_s is None or now_s - self._said_s >= SAID_EVERY_S):
            self._said_s = now_s
            self.complain()

    def complain(self) -> None:
        """Say in the log that alerts do not arrive."""
        self._log.error(
            "alert.undelivered",
            channel=self.reader.name,
            host=self._alerts.host,
            waiting=self.state.waiting,
            detail=self._detail,
        )


def _facts(errand: Errand) -> dict[str, object]:
    notice = errand.notice
    return {
        "alert": notice.matters[0].alert_id,
        "cause": notice.event,
        "phase": notice.phase,
        "severity": notice.severity,
    }
