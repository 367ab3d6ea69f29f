"""The other end of alerts: somebody's phone, whose network is no better than ours."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from counterpoise.core.notice import Notice
from counterpoise.errors import Undelivered
from counterpoise.ports import Clock

DEADLINE_S = 10.0
ASKED_S = 30.0


class PagerFault(StrEnum):
    """What a receiver, or the way to it, does instead of taking a message."""

    DOWN = "down"
    SLOW = "slow"  # no answer within the deadline; nothing was taken
    LOST = "lost"  # taken, and the answer lost: it will come again
    BROKEN = "broken"  # HTTP 500
    BUSY = "busy"  # HTTP 429 with a pause
    REDIRECT = "redirect"
    REFUSED = "refused"  # HTTP 404


ERRORS = {
    PagerFault.DOWN: Undelivered("no connection, or cut off"),
    PagerFault.SLOW: Undelivered("no answer"),
    PagerFault.LOST: Undelivered("no answer"),
    PagerFault.BROKEN: Undelivered("HTTP 500"),
    PagerFault.BUSY: Undelivered("HTTP 429", retry_after_s=ASKED_S),
    PagerFault.REDIRECT: Undelivered("HTTP 302: it leads elsewhere, which is not followed"),
    PagerFault.REFUSED: Undelivered("HTTP 404", refused=True),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One message as it arrived."""

    at_s: float  # true time
    notice: Notice


@dataclass(slots=True, kw_only=True)
class Receiver:
    """What arrived, over all lives of the daemon, and since when it can be reached."""

    fault: PagerFault | None = None
    inbox: list[Received] = field(default_factory=list)
    attempts: int = 0
    works_since_s: float = 0.0
    suffers_until_s: float = 0.0

    def suffer(self, fault: PagerFault | None, now_s: float, seconds: float = 0.0) -> None:
        """Begin a fault that lasts so long at least, or end it now."""
        if fault is None and self.fault is not None:
            self.works_since_s = now_s
        self.fault = fault
        self.suffers_until_s = max(self.suffers_until_s, now_s + seconds) if fault else now_s

    def recover(self, now_s: float) -> None:
        """End a fault whose time has come."""
        if now_s >= self.suffers_until_s:
            self.suffer(None, now_s)


class FakeAlerts:
    """A channel to a receiver in memory; see ports.Alerts."""

    def __init__(self, name: str, receiver: Receiver, clock: Clock) -> None:
        """Deliver to `receiver`; `clock` is what the daemon waits by."""
        self.name = name
        self.host = f"{name}.example"
        self._receiver = receiver
        self._clock = clock

    async def deliver(self, notice: Notice) -> None:
        receiver = self._receiver
        receiver.attempts += 1
        fault = receiver.fault
        await self._clock.sleep(DEADLINE_S if fault is PagerFault.SLOW else 0.1)
        if fault in {None, PagerFault.LOST}:
            receiver.inbox.append(Received(at_s=self._clock.monotonic_s(), notice=notice))
        if fault is not None:
            raise ERRORS[fault]

    async def close(self) -> None:
        """Do nothing: there is no connection."""
