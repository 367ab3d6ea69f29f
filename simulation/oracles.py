"""
The invariants at port level. Each reads the exchange's truth, the wire and the journal's file.

None asks the daemon what it believes. Names are those of docs/safety.md.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product
from pathlib import Path

from counterpoise.core.orders import LIVE_STATES, Intent, IntentState, Rule
from counterpoise.core.policy.policy import Policy, Target
from counterpoise.core.units import ZERO, is_multiple
from simulation.findings import Findings, Violation
from simulation.gateway import LIMITS, Seen
from simulation.profile import Profile
from simulation.venue import State, Venue

D = Decimal
LIVE = "','".join(sorted(LIVE_STATES))
ON_ITS_WAY_S = 3.0  # from the end of the reads to the wire: commits and a little waiting
ROUNDING = D("1.000001")
COLLAR_SLACK = D("1.0001")
LEVERAGE_SLACK = D("1.02")  # the price of the margin balance is not that of the order
EXACT = D("0.0000001")  # base units: what the rounding of a weight may make
FLIP_SHARE = D("0.02")  # of the band: how far beyond the target an order may lead
DAY_S, MINUTE_S = 86_400.0, 60.0


@dataclass(frozen=True, slots=True)
class Posted:
    """One order as it left."""

    at_s: float
    asset: str
    notional: Decimal
    size: Decimal


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
    intents: dict[str, Intent] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    halted_s: float | None = None
    halt_binds: bool = True  # False where it came between the last check and the commit
    paused_s: float | None = None
    flatten_s: float | None = None
    restarted_s: float = 0.0
    quiet_since_s: float | None = None  # nothing changes any more: no order is due
    _told_s: float = 0.0
    _corrected_s: dict[str, float] = field(default_factory=dict)
    _refused: dict[str, tuple[int, float]] = field(default_factory=dict)
    _outside_since_s: dict[str, float] = field(default_factory=dict)
    _recent: dict[str, list[Posted]] = field(default_factory=lambda: defaultdict(list))

    def breach(self, invariant: str, said: str) -> None:
        """Note that an invariant did not hold."""
        at_s = self.truth.now_s - self.started_s
        if len(self.findings.violations) < 50:
            self.findings.violations.append(
                Violation(invariant=invariant, at_s=round(at_s, 3), said=said)
            )

    # as an order leaves

    def leaving(self, intent: Intent, seen: Seen, life: int) -> None:
        """Judge an order at the moment at which its first byte leaves."""
        asset, order, now_s = str(intent.order.asset), intent.order, self.truth.now_s
        key = str(intent.client_order_id)
        self.findings.orders += 1
        self.findings.note("order", now_s, life, asset, order.size, order.limit_price)
        window_s = self.policy.snapshot_age_max_ms / 1000 + ON_ITS_WAY_S
        shown = self.truth.truth.since(now_s - window_s - self.profile.lag_s)
        for invariant, said in (
            *self._once(key),
            *self._journaled(intent),
            *self._alone(key, asset),
            *self._fresh(asset, seen, now_s, window_s),
            *self._shown(asset, seen, shown),
            *self._towards(intent, asset, shown),
            *self._bounded(intent, asset, shown),
            *self._limited(intent, asset, now_s),
            *self._paced(intent, asset, now_s),
            *self._allowed(now_s),
        ):
            self.breach(invariant, f"{key} {asset} {order.size}: {said}")
        posted = Posted(now_s, asset, order.notional, order.size)
        self.posted[key] = posted
        self.intents[key] = intent
        self._recent["all"].append(posted)

    def _once(self, key: str) -> Iterator[tuple[str, str]]:
        if key in self.posted:
            yield "I-7", "its id was sent before"

    def _journaled(self, intent: Intent) -> Iterator[tuple[str, str]]:
        rows = self.rows(
            "SELECT state, size, limit_price, symbol FROM intent WHERE client_order_id = ?",
            intent.client_order_id,
        )
        if not rows:
            yield "I-2", "it is not in the journal"
            return
        state, size, price, symbol = rows[0]
        if state != IntentState.SENT:
            yield "I-2", f"the journal has it as {state}"
        order = intent.order
        if (D(str(size)), D(str(price)), symbol) != (order.size, order.limit_price, order.symbol):
            yield "I-2", f"the journal has {size} at {price} of {symbol}"

    def _alone(self, key: str, asset: str) -> Iterator[tuple[str, str]]:
        live = self.rows(
            f"SELECT client_order_id FROM intent WHERE state IN ('{LIVE}') AND symbol = ?",  # noqa: S608
            f"{asset}/USDT:USDT",
        )
        if [row[0] for row in live] != [key]:
            yield "I-1", f"the journal has {len(live)} live orders of it"
        may_trade = [
            other
            for other, of in (*self.truth.flying.items(), *self.truth.waiting.items())
            if of == asset and other != key
        ]
        if may_trade:
            yield "I-1", f"{may_trade} may still trade"

    def _fresh(
        self, asset: str, seen: Seen, now_s: float, window_s: float
    ) -> Iterator[tuple[str, str]]:
        needed = ["positions", "marks", "books"]
        if not self.flattening:  # which needs no value
            needed.append("balances")
        for name in needed:
            began_s = seen.started_s.get(name)
            if began_s is None:
                yield "I-9", f"the last read of {name} failed"
            elif now_s - began_s > window_s:
                yield "I-37", f"{name} were read {now_s - began_s:.1f} s ago"
        for name, spoilt in seen.spoilt.items():
            if asset in self._concerned(name, spoilt):
                yield ("I-10" if name == "balances" else "I-9"), f"{name} were spoilt"
        if asset in seen.terms:
            yield "I-33", "the terms of its contract have changed"

    def _concerned(self, name: str, spoilt: frozenset[str]) -> frozenset[str]:
        """Return the assets that may not be ordered while these are shown wrong."""
        if self.flattening:  # without value, each asset for itself
            return frozenset() if name == "balances" else spoilt
        if name in ("balances", "marks") and self.policy.exposure != 0:
            return frozenset(self.truth.assets)  # weights are shares of everything
        return spoilt

    def _shown(self, asset: str, seen: Seen, shown: list[State]) -> Iterator[tuple[str, str]]:
        """Ask whether the position that it was sized on holds every fill of ours."""
        ours = shown[-1].ours[asset]
        if all(seen.positions.get(asset) != ours + state.foreign[asset] for state in shown):
            yield "I-3", f"sized on {seen.positions.get(asset)}, ours are {ours}"

    def _towards(self, intent: Intent, asset: str, shown: list[State]) -> Iterator[tuple[str, str]]:
        size, ours = intent.order.size, shown[-1].ours[asset]
        positions = {ours + state.foreign[asset] for state in shown}
        shrinks = all(position * size < 0 for position in positions)
        if shrinks and not intent.order.reduce_only:
            yield "I-14", f"against {positions} and not reduce-only"
        if not is_multiple(size, self.truth.instrument(asset).size_step):
            yield "I-13", "not a multiple of the step"
        if self.flattening:
            if not any(position * size < 0 for position in positions):
                yield "I-5", f"flattening leads away from {positions}"
            return
        target = next(t for t in self.policy.targets if t.asset == asset)
        cases = list(self._cases(target, asset, shown))
        if not any(_nearer(drift, drift + size, tau) for drift, tau in cases):
            drift, tau = cases[-1]
            yield "I-5", f"leads from {drift:.6f} to {drift + size:.6f}, allowed beyond {tau:.6f}"

    def _cases(
        self, target: Target, asset: str, shown: list[State]
    ) -> Iterator[tuple[Decimal, Decimal]]:
        """Yield drift and tolerance for all that could truly be seen at the time."""
        ours, few = shown[-1].ours[asset], shown[-12:]
        lot = self.truth.instrument(asset).size_step
        if len(shown) == 1:  # nothing moved since long before the reads: there is one truth
            lot, few = EXACT, shown
        for holding, pricing in product(few, few):
            value = sum((holding.held[a] * pricing.price[a] for a in self.truth.assets), start=ZERO)
            goal = self.policy.exposure * target.weight * value / pricing.price[asset]
            band = target.drift * value / pricing.price[asset]
            foreign = {state.foreign[asset] for state in few}
            for other in foreign:
                drift = holding.held[asset] + ours + other - goal
                share = ZERO if len(shown) == 1 else FLIP_SHARE
                yield drift, 2 * lot + share * band

    def _bounded(self, intent: Intent, asset: str, shown: list[State]) -> Iterator[tuple[str, str]]:
        collar, price = self.policy.limits.price_collar, intent.order.limit_price
        prices = {state.price[asset] for state in shown}
        if all(abs(price - mark) > collar * mark * COLLAR_SLACK for mark in prices):
            yield "I-12", f"limit {price} is outside the collar around {prices}"

    def _limited(self, intent: Intent, asset: str, now_s: float) -> Iterator[tuple[str, str]]:
        order, limits = intent.order, self.policy.limits
        if limits.order_notional_max and order.notional > limits.order_notional_max * ROUNDING:
            yield "I-11", f"order of {order.notional:.0f}, at most {limits.order_notional_max}"
        recent = [one for one in self._recent["all"] if one.at_s > now_s - DAY_S]
        self._recent["all"] = recent
        if limits.orders_per_minute_max is not None:
            minute = sum(one.at_s > now_s - MINUTE_S + 1 for one in recent) + 1
            if minute > limits.orders_per_minute_max and not self._clock_stepped(now_s, MINUTE_S):
                yield "I-11", f"{minute} orders within a minute"
        yield from self._turned_over(intent, now_s)
        before = self.truth.position(asset)
        after = abs(before + order.size) * order.mark_price
        grows = abs(before + order.size) > abs(before)
        most = limits.position_notional_max
        if grows and most is not None and after > most * ROUNDING:
            yield "I-11", f"position of {after:.0f}, at most {most}"
        if grows and limits.leverage_max is not None:
            yield from self._levered(intent, asset, limits.leverage_max)

    def _levered(self, intent: Intent, asset: str, most: Decimal) -> Iterator[tuple[str, str]]:
        worth = ZERO
        sizes = {other: self.truth.position(other) for other in self.truth.assets}
        sizes[asset] += intent.order.size
        for key, other in (*self.truth.flying.items(), *self.truth.waiting.items()):
            order = self.intents[key].order
            if not order.reduce_only:
                sizes[other] += order.size
        for other, size in sizes.items():
            worth += abs(size) * self.truth.price(other)
        equity = self.truth.engine.margin("USDT", self.truth.now).balance
        if worth > most * equity * LEVERAGE_SLACK:
            yield "I-11", f"{worth:.0f} on a margin of {equity:.0f}, at most {most} times"

    def _turned_over(self, intent: Intent, now_s: float) -> Iterator[tuple[str, str]]:
        most = self.policy.limits.turnover_day_max
        if most is None or self._clock_stepped(now_s, DAY_S):
            return
        filled = self.truth.executed()
        total = intent.order.notional
        for key, one in self.posted.items():
            if one.at_s > now_s - DAY_S + 60:
                done = filled.get(key, ZERO)
                total += one.notional * abs(done / one.size)
        if total > most * ROUNDING:
            yield "I-11", f"{total:.0f} turned over within a day, at most {most}"

    stepped_s: float | None = None  # when somebody last set the clock

    def _clock_stepped(self, now_s: float, within_s: float) -> bool:
        return self.stepped_s is not None and now_s - self.stepped_s < within_s

    def _paced(self, intent: Intent, asset: str, now_s: float) -> Iterator[tuple[str, str]]:
        """Leave alone what was just corrected, and do not pester a venue that refuses."""
        if self._clock_stepped(now_s, MINUTE_S * 120):
            return
        ended_s = self._corrected_s.get(asset)
        cooldown_s = self.policy.trigger.cooldown_ms / 1000
        begins = intent.order.rule is Rule.DRIFT and ended_s is not None
        if begins and now_s - (ended_s or 0.0) < cooldown_s - ON_ITS_WAY_S:
            yield "M8", f"corrected at {ended_s}, now {now_s}, cooldown is {cooldown_s:.0f} s"
        refusals, last_s = self._refused.get(asset, (0, 0.0))
        pause_s = min(10.0 * 2 ** (refusals - 1), 3600.0) if refusals else 0.0
        if now_s - last_s < pause_s - ON_ITS_WAY_S:
            yield "R9", f"refused {refusals} times, last {now_s - last_s:.1f} s ago"

    def _outcome(self, intent: Intent, now_s: float) -> None:
        asset = str(intent.order.asset)
        if intent.settled_at_ms is not None:  # a machine may stand still before it commits
            now_s -= max(0, self.truth.now.wall_ms - intent.settled_at_ms) / 1000
        if intent.state is IntentState.REJECTED:
            refusals, _ = self._refused.get(asset, (0, 0.0))
            self._refused[asset] = (refusals + 1, now_s)
        elif not intent.state.live:
            self._refused.pop(asset, None)
        if intent.state is IntentState.FILLED and intent.order.completes:
            self._corrected_s[asset] = now_s

    def _allowed(self, now_s: float) -> Iterator[tuple[str, str]]:
        if self.profile.dry_run:
            yield "I-23", "an order in dry-run"
        if self.quiet_since_s is not None and now_s > self.quiet_since_s:
            yield "I-19", "nothing has changed"

    # as the journal is written

    def committed(self, name: str, done: object) -> None:
        """Judge what was just committed."""
        now_s = self.truth.now_s
        if name == "record_intents" and isinstance(done, tuple) and done:
            if self.halted_s is not None and (now_s > self.halted_s or self.halt_binds):
                self.breach("I-26", f"{len(done)} orders recorded after a halt")
            if self.paused_s is not None and now_s > self.paused_s and not self.flattening:
                self.breach("I-26", f"{len(done)} orders recorded after a pause was obeyed")
        if name == "record_outcome" and isinstance(done, Intent):
            self.findings.note("outcome", now_s, done.client_order_id, done.state)
            self._outcome(done, now_s)
            if done.state is IntentState.ABSENT:
                self._judge_absence(done, now_s)

    def _judge_absence(self, intent: Intent, now_s: float) -> None:
        key = str(intent.client_order_id)
        self.absent.add(key)
        if key in self.truth.executed() or key in self.truth.waiting:
            self.breach("I-6", f"{key} was called absent, and exists")
        posted = self.posted.get(key)
        if posted is not None and now_s < posted.at_s + LIMITS.receive_window_ms / 1000:
            self.breach("I-6", f"{key} was called absent after {now_s - posted.at_s:.1f} s")

    def arrived(self, intent: Intent, outcome: str) -> None:
        """Hear what became of an order at the venue."""
        key = str(intent.client_order_id)
        self.findings.note("arrived", self.truth.now_s, key, outcome)
        if key in self.absent and "refused" not in outcome and "outside" not in outcome:
            self.breach("I-6", f"{key} was called absent and then came to be: {outcome}")

    @property
    def flattening(self) -> bool:
        """Say whether a person asked for everything to be closed."""
        return self.flatten_s is not None

    # now and then, and at the end

    def drift(self, target: Target) -> tuple[Decimal, Decimal]:
        """Return how far an asset truly is from its goal, and its band, in base units."""
        state = self.truth.truth.states[-1]
        asset = str(target.asset)
        value = sum((state.held[a] * state.price[a] for a in self.truth.assets), start=ZERO)
        goal = self.policy.exposure * target.weight * value / state.price[asset]
        band = target.drift * value / state.price[asset]
        return state.held[asset] + state.ours[asset] + state.foreign[asset] - goal, band

    def outside(self) -> list[str]:
        """Return the assets that truly are out of their band."""
        found = []
        for target in self.policy.targets:
            drift, band = self.drift(target)
            if abs(drift) > band:
                found.append(str(target.asset))
        return found

    def watch(self, *, told: bool, patience_s: float) -> None:
        """Never silent: out of band for so long, somebody is told."""
        now_s, outside = self.truth.now_s, self.outside()
        if told:
            self._told_s = now_s
        for asset in list(self._outside_since_s):
            if asset not in outside:
                del self._outside_since_s[asset]
        for asset in outside:
            since_s = self._outside_since_s.setdefault(asset, now_s)
            since_s = max(since_s, self.restarted_s, self._told_s)
            if now_s - since_s > patience_s:
                self.breach("I-18", f"{asset} is out of band for {now_s - since_s:.0f} s, silent")
                self._outside_since_s[asset] = now_s

    def finish(self) -> None:
        """Compare the books: what the journal says was filled is what the venue filled."""
        filled = self.truth.executed()
        known = {
            str(row[0]): row
            for row in self.rows("SELECT client_order_id, state, filled_size FROM intent")
        }
        if not self.profile.dry_run:
            for key in filled.keys() - known.keys():
                self.breach("I-30", f"{key} is at the venue and not in the journal")
            for key, (_, state, size) in known.items():
                done = filled.get(key, ZERO)
                if state not in LIVE_STATES and D(str(size)) != done:
                    self.breach("I-30", f"{key} {state}: {size} recorded, {done} filled")
        elif filled:
            self.breach("I-23", f"{len(filled)} orders filled in dry-run")
        if self.rows("PRAGMA integrity_check") != [("ok",)]:
            self.breach("I-30", "the journal is damaged")
        twice = [k for k, n in Counter(self._executions()).items() if n > 1]
        for key in twice:
            self.breach("I-8", f"{key} was carried out more than once")
        self.findings.note("books", sorted(filled.items()), sorted(map(str, known.values())))

    def _executions(self) -> Iterator[str]:
        for order in self.truth.engine.ledger.orders.values():
            if order.request.origin == "client":
                yield order.request.client_order_id

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Ask the journal's file itself."""
        if not self.file.exists():
            return []
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)) as connection:
            return list(connection.execute(query, values))


def _nearer(before: Decimal, after: Decimal, tau: Decimal) -> bool:
    """Say whether an order leads nearer to the target, and no further beyond it than allowed."""
    if abs(after) <= tau:
        return True
    return abs(after) <= abs(before) and before * after > 0
