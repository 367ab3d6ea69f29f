"""What the book keeps of one alert."""

from __future__ import annotations

from dataclasses import dataclass, field

from counterpoise.core.notice import Matter, Phase, Severity

CALM_S = 120.0  # gone for so long, an alert has ended; twice as long each time it comes back
UNDELIVERED = "undelivered"  # the event; its subject is the channel

Key = tuple[str, str]  # event, subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Something that is so, or just happened."""

    event: str
    subject: str = ""
    reason: str = ""
    since_ms: int
    cycle: int | None = None

    @property
    def key(self) -> Key:
        """Return what makes two of them the same alert."""
        return self.event, self.subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a channel was told of an alert last."""

    at_ms: int  # wall clock, for a later life
    at_s: float | None  # monotonic; None: long enough ago to be said again
    severity: Severity
    over: bool = False
    times: int = 1


@dataclass(slots=True, kw_only=True)
class Item:
    """One alert."""

    alert_id: str
    now: Condition
    began_s: float
    passing: bool  # it happened; it does not stand
    times: int = 1
    gone_s: float | None = None
    gone_ms: int | None = None
    calm_s: float = CALM_S
    unsure: bool = False  # of an earlier life, and not seen in this one yet
    told: dict[str, Told] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)  # by channel

    @property
    def of_asset(self) -> bool:
        """Say whether it is about an asset."""
        return bool(self.now.subject) and self.now.event != UNDELIVERED

    def over(self, now_s: float) -> bool:
        """Say whether it has been gone for long enough to have ended."""
        return self.gone_s is not None and now_s - self.gone_s >= self.calm_s

    def matter(self, phase: Phase) -> Matter:
        """Return it as a message has it."""
        return Matter(
            alert_id=self.alert_id,
            subject=self.now.subject,
            reason=self.now.reason,
            since_ms=self.now.since_ms,
            until_ms=self.gone_ms if phase is Phase.RESOLVED else None,
            times=self.times,
        )
