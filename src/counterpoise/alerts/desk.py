"""Where alerts are handed in. It never waits: what goes out does so on tasks of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from counterpoise.alerts.book import Book, Reader, Terms
from counterpoise.alerts.courier import ChannelState, Courier
from counterpoise.alerts.earlier import restore
from counterpoise.alerts.items import UNDELIVERED, Condition
from counterpoise.alerts.pulse import Pulse, PulseState
from counterpoise.core.notice import Severity, lasted
from counterpoise.logs import Log
from counterpoise.ports import Alerts, Clock, Entropy

UNHEARD_AFTER_S = 300.0  # a page that nobody got for so long stops the heartbeat
HEARTBEAT_AFTER_MS = 600_000  # failing for so long, it is an alert
CLOSE_WITHIN_S = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the desk needs from outside."""

    clock: Clock
    entropy: Entropy
    log: Log


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskState:
    """How delivery does, for the status."""

    channels: tuple[ChannelState, ...] = ()
    heartbeat: PulseState | None = None
    dropped: int = 0  # alerts that there was no room for

    @property
    def well(self) -> bool:
        """Say whether everything arrives that should."""
        return not any(channel.late for channel in self.channels)


class Desk:
    """All channels, the heartbeat, and the book they go by."""

    def __init__(
        self,
        channels: Sequence[tuple[Alerts, Severity]],
        pulse: Pulse | None,
        terms: Terms,
        around: Around,
    ) -> None:
        """`channels` come with the least severity that each is told of."""
        self.book = Book(terms, around.clock, around.entropy)
        self._clock = around.clock
        self._pulse = pulse
        self._couriers = [
            Courier(
                alerts,
                Reader(name=alerts.name, least=least),
                self.book,
                clock=around.clock,
                log=around.log,
            )
            for alerts, least in channels
        ]
        self._log = around.log
        self._tasks: list[asyncio.Task[None]] = []
        self._said_dropped = 0

    @property
    def state(self) -> DeskState:
        """Return how delivery does."""
        return DeskState(
            channels=tuple(courier.state for courier in self._couriers),
            heartbeat=None if self._pulse is None else self._pulse.state,
            dropped=self.book.dropped,
        )

    @property
    def readers(self) -> tuple[Reader, ...]:
        """Return the channels, as the book knows them."""
        return tuple(courier.reader for courier in self._couriers)

    def take_up(self, text: str) -> None:
        """Take up what an earlier life told. Raises as `restore` does."""
        if self._couriers:
            restore(self.book, text, self._clock)

    def begin(self) -> None:
        """Start carrying. Needs a running loop."""
        work = [courier.run for courier in self._couriers]
        work += [] if self._pulse is None else [self._pulse.run]
        self._tasks = [asyncio.ensure_future(run()) for run in work]

    def stand(self, conditions: Iterable[Condition], *, blind: bool = False) -> None:
        """Take what stands now, as `Book.stand` does."""
        if not self._couriers:
            return
        self.book.stand((*conditions, *self._own()), blind=blind)
        self._wake()

    def happened(self, condition: Condition) -> None:
        """Take something that just happened."""
        if not self._couriers:
            return
        self.book.happened(condition)
        self._wake()

    def good_cycle(self) -> None:
        """Let the heart beat, unless a page waits that nobody got: then silence is the alarm."""
        if self._pulse is not None and not self.unheard():
            self._pulse.beat()

    def unheard(self) -> bool:
        """Say whether a page has been waiting for minutes on every channel that should have it."""
        failing = [c for c in self._couriers if c.failing_s >= UNHEARD_AFTER_S]
        if not failing or len(failing) < len(self._couriers):
            return False
        return any(
            self.book.severity(item) is Severity.PAGE
            for courier in failing
            for item, _ in self.book.waiting(courier.reader)
        )

    async def close(self) -> None:
        """Tell what is left to tell, for a moment, then let go. What is not told is said."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._couriers:
            await self._say_the_last()
        for courier in self._couriers:
            await courier.close()
        if self._pulse is not None:
            await self._pulse.close()

    async def _say_the_last(self) -> None:
        last = asyncio.ensure_future(self._emptied())
        bound = asyncio.ensure_future(self._clock.sleep(CLOSE_WITHIN_S))
        await asyncio.wait({last, bound}, return_when=asyncio.FIRST_COMPLETED)
        last.cancel()
        bound.cancel()
        await asyncio.gather(last, bound, return_exceptions=True)
        for courier in self._couriers:
            if courier.state.waiting:
                courier.complain()

    async def _emptied(self) -> None:
        await asyncio.gather(*(courier.emptied() for courier in self._couriers))

    def _wake(self) -> None:
        if self.book.dropped > self._said_dropped:
            self._said_dropped = self.book.dropped
            self._log.error("alert.dropped", dropped=self.book.dropped)
        for courier in self._couriers:
            courier.wake()
        self.book.forget(self.readers)

    def _own(self) -> Iterable[Condition]:
        """Yield what is the matter with delivery itself."""
        for courier in self._couriers:
            state = courier.state
            if state.late and state.failing_since_ms is not None:
                yield Condition(
                    event=UNDELIVERED,
                    subject=state.name,
                    reason=f"{state.host}: {state.detail}; {state.waiting} waiting",
                    since_ms=state.failing_since_ms,
                )
        pulse = None if self._pulse is None else self._pulse.state
        if pulse is None or pulse.failing_since_ms is None:
            return
        if lasted(pulse.failing_since_ms, self._clock.wall_ms(), HEARTBEAT_AFTER_MS):
            yield Condition(
                event="heartbeat_failing",
                reason=f"{pulse.host}: {pulse.detail}",
                since_ms=pulse.failing_since_ms,
            )
