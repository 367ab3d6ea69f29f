"""What a person is told while nobody looks: how grave it is, about what, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How soon somebody should look. In the order of their declaration, least first."""

    INFO = "info"  # whenever
    WARNING = "warning"  # today; may heal by itself
    PAGE = "page"  # now, at night too

    @property
    def rank(self) -> int:
        """Return its place in the order, from 0."""
        return list(Severity).index(self)


class Phase(StrEnum):
    """What a message says of an alert."""

    NOTED = "noted"  # it happened; there is nothing to end
    RAISED = "raised"
    REMINDER = "reminder"  # it stands still
    RESOLVED = "resolved"


class NoticeFormat(StrEnum):
    """How a receiver wants it."""

    SLACK = "slack"  # {"text": ...}: Slack, Mattermost, Rocket.Chat, Discord at /slack
    JSON = "json"  # every fact by its name


def lasted(since_ms: int, now_ms: int, least_ms: int) -> bool:
    """
    Say whether something has lasted so long, by the wall clock.

    What began in the future began before the clock was set back: how long ago, nobody knows any
    more. It counts as long enough, for silence is worse than being told early.
    """
    return now_ms < since_ms or now_ms - since_ms >= least_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who tells it."""

    portfolio: str
    mode: str
    instance: str  # "host:pid"
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One alert that a message is about."""

    alert_id: str  # the same in every message about it; a-z0-9
    subject: str  # an asset, a channel, or empty: the portfolio as a whole
    reason: str  # the particulars, as found
    since_ms: int  # wall clock
    until_ms: int | None = None  # when it ended; None: it stands
    times: int = 1  # how often it came since the first message about it


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One message. It is about several matters where the same befell several assets at once."""

    sender: Sender
    phase: Phase
    severity: Severity
    event: str  # a key of KINDS in alert_kinds, or a hold reason that is not there
    title: str
    said: str  # what is going on
    next: str  # what to do; empty where nothing needs doing
    matters: tuple[Matter, ...]
    at_ms: int  # wall clock
    cycle: int | None = None  # the last one decided, when the alert came

    def __post_init__(self) -> None:
        """Refuse a message about nothing."""
        if not self.matters:
            raise ValueError("a notice is about something")
