"""Alerts for tests: a clock, a book, a receiver, and a notice."""

from __future__ import annotations

from dataclasses import dataclass, field

from counterpoise.alerts.book import Book, Errand, Reader, Terms
from counterpoise.alerts.items import Condition
from counterpoise.core.notice import Matter, Notice, Phase, Sender, Severity
from tests.fakes import START_MS, FakeClock, FakeEntropy

SENDER = Sender(portfolio="main", mode="live", instance="vps1:4711", version="0.1.0")
OPS = Reader(name="ops")
HOUR_S = 3_600.0
ZERO = "zero_unexplained"


def notice(**facts: object) -> Notice:
    """Return a page about BTC."""
    usual: dict[str, object] = {
        "sender": SENDER,
        "phase": Phase.RAISED,
        "severity": Severity.PAGE,
        "event": ZERO,
        "title": "balance fell to zero",
        "said": "The exchange shows none of it.",
        "next": "Look at the exchange.",
        "matters": (matter("BTC"),),
        "at_ms": START_MS + 61_000,
        "cycle": 7,
    }
    return Notice(**{**usual, **facts})  # type: ignore[arg-type]


def matter(subject: str = "BTC", **facts: object) -> Matter:
    usual: dict[str, object] = {
        "alert_id": "k3v9x2qa",
        "subject": subject,
        "reason": "main:spot shows zero",
        "since_ms": START_MS,
    }
    return Matter(**{**usual, **facts})  # type: ignore[arg-type]


def zero(subject: str = "BTC", event: str = ZERO, **facts: object) -> Condition:
    """Return something that pages."""
    usual: dict[str, object] = {"since_ms": START_MS, "reason": "found so", "cycle": 7}
    return Condition(event=event, subject=subject, **{**usual, **facts})  # type: ignore[arg-type]


@dataclass
class Desk:
    """A book whose clock a test moves, and one channel that has all it is due at once."""

    clock: FakeClock = field(default_factory=lambda: FakeClock(elapsed_s=500.0))
    entropy: FakeEntropy = field(default_factory=FakeEntropy)
    terms: Terms = field(default_factory=lambda: Terms(sender=SENDER, remind_s=4 * HOUR_S))

    def __post_init__(self) -> None:
        self.book = Book(self.terms, self.clock, self.entropy)

    def stand(self, *found: Condition, after_s: float = 0.0, blind: bool = False) -> None:
        self.clock.advance(after_s)
        self.book.stand(found, blind=blind)

    def due(self, reader: Reader = OPS) -> Errand | None:
        return self.book.due(reader)

    def told(self, reader: Reader = OPS) -> list[Notice]:
        """Take everything that is due, and return it."""
        found = []
        while (errand := self.book.due(reader)) is not None:
            self.book.arrived(errand, reader)
            found.append(errand.notice)
        return found

    def phases(self, reader: Reader = OPS) -> list[str]:
        return [f"{told.event} {told.phase}" for told in self.told(reader)]
