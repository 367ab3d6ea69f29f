"""Everything that watches a run, and what it has to remember for that."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from counterpoise.core.orders import Intent
from counterpoise.core.policy.policy import Policy
from counterpoise.exchange.orders import VenueOrder
from simulation.findings import Findings, Violation
from simulation.oracles import (
    growing,
    leading,
    limiting,
    others,
    reading,
    recording,
    sending,
    waiting,
)
from simulation.oracles.growing import Size
from simulation.oracles.values import ON_ITS_WAY_S, Found, Posted, Sending
from simulation.profile import Profile
from simulation.seen import Seen
from simulation.venue import Venue

VIOLATIONS_MAX = 50


@dataclass(slots=True, kw_only=True)
class Oracles:
    """Watches one run, over all lives of its daemon."""

    profile: Profile
    policy: Policy
    truth: Venue
    file: Path
    findings: Findings
    started_s: float
    posted: dict[str, Posted] = field(default_factory=dict)
    recent: list[Posted] = field(default_factory=list)  # of the last day
    intents: dict[str, Intent] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    refused: dict[str, tuple[int, float]] = field(default_factory=dict)  # how often, and when last
    corrected_s: dict[str, float] = field(default_factory=dict)
    forgotten: set[str] = field(default_factory=set)  # what the journal need not know
    halted_s: float | None = None
    halt_binds: bool = True  # False where it came between the last check and the commit
    paused_s: float | None = None
    flatten_s: float | None = None
    restarted_s: float = 0.0
    stepped_s: float | None = None  # when somebody last set the clock
    quiet_since_s: float | None = None  # nothing changes any more: no order is due
    liquidated_s: dict[str, float] = field(default_factory=dict)  # and no person has resumed it
    moved_s: dict[str, float] = field(default_factory=dict)  # when others last traded it
    copied_s: float | None = None  # since when a second copy of us has orders
    foreign_orders: list[VenueOrder] = field(default_factory=list)
    told_s: float = 0.0
    outside_since_s: dict[str, float] = field(default_factory=dict)
    sizes: list[Size] = field(default_factory=list)  # one a simulated day, where anybody asks

    def breach(self, invariant: str, said: str) -> None:
        """Note that an invariant did not hold."""
        at_s = self.truth.now_s - self.started_s
        if len(self.findings.violations) < VIOLATIONS_MAX:
            self.findings.violations.append(
                Violation(invariant=invariant, at_s=round(at_s, 3), said=said)
            )

    def leaving(self, intent: Intent, seen: Seen, life: int) -> None:
        """Judge an order at the moment at which its first byte leaves."""
        order, now_s = intent.order, self.truth.now_s
        asset, key = str(order.asset), str(intent.client_order_id)
        self.findings.orders += 1
        self.findings.note("order", now_s, life, asset, order.size, order.limit_price)
        window_s = self.policy.snapshot_age_max_ms / 1000 + ON_ITS_WAY_S
        judged = Sending(
            intent=intent,
            now_s=now_s,
            window_s=window_s,
            seen=seen,
            shown=self.truth.truth.since(now_s - window_s - self.profile.lag_s),
        )
        for judge in AT_SENDING:
            for invariant, said in judge(self, judged):
                self.breach(invariant, f"{key} {asset} {order.size}: {said}")
        posted = Posted(now_s, asset, order.notional, order.size)
        self.posted[key] = posted
        self.intents[key] = intent
        self.recent.append(posted)

    def arrived(self, intent: Intent, outcome: str) -> None:
        """Hear what became of an order at the venue."""
        key = str(intent.client_order_id)
        self.findings.note("arrived", self.truth.now_s, key, outcome)
        if key in self.absent and "refused" not in outcome and "outside" not in outcome:
            self.breach("I-6", f"{key} was called absent and then came to be: {outcome}")

    def committed(self, name: str, done: object) -> None:
        """Judge what was just committed."""
        for judge in AT_COMMIT:
            judge(self, name, done)

    def watch(self, *, told: bool, patience_s: float) -> None:
        """Never silent: out of band for so long, somebody is told."""
        waiting.never_silent(self, told=told, patience_s=patience_s)

    def outside(self) -> list[str]:
        """Return the assets that truly are out of their band."""
        return waiting.outside(self)

    def forget(self) -> None:
        """Expect of the daemon no more than its journal can hold: it was deleted, or is a copy."""
        self.forgotten |= set(self.posted)
        self.recent.clear()
        self.refused.clear()
        self.corrected_s.clear()
        self.paused_s = self.flatten_s = self.copied_s = None
        self.liquidated_s.clear()
        self.moved_s.clear()

    def finish(self) -> None:
        """Judge the run as a whole."""
        for judge in AT_END:
            judge(self)

    @property
    def flattening(self) -> bool:
        """Say whether a person asked for everything to be closed."""
        return self.flatten_s is not None

    def clock_stepped(self, now_s: float, within_s: float) -> bool:
        """Say whether somebody set the clock of late."""
        return self.stepped_s is not None and now_s - self.stepped_s < within_s

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Ask the journal's file itself."""
        if not self.file.exists():
            return []
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)) as connection:
            return list(connection.execute(query, values))


AT_SENDING: tuple[Callable[[Oracles, Sending], Found], ...] = (
    sending.once,
    sending.journaled,
    sending.alone,
    reading.fresh,
    reading.held_by_position,
    leading.towards,
    leading.bounded,
    limiting.limited,
    limiting.paced,
    sending.allowed,
    others.on_accounted,
    others.forced,
    others.alone_on_account,
    others.margin,
)
AT_COMMIT: tuple[Callable[[Oracles, str, object], None], ...] = (
    recording.ordered,
    recording.settled,
    others.resumed,
)
AT_END: tuple[Callable[[Oracles], None], ...] = (
    recording.books,
    growing.bounded,
    growing.pruned,
    others.recorded,
    others.untouched,
)
