"""Says what a cycle found and did: log lines on change, and the status document."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from counterpoise.alarm import LIMITS, Alert, Standing, alerts, notices, standings
from counterpoise.core.decision import Decision
from counterpoise.core.foreign import Change, by_order, price_average
from counterpoise.core.instrument import Asset
from counterpoise.core.orders import Cause, Hold, HoldReason, Order, Side
from counterpoise.core.state import Control
from counterpoise.core.units import ZERO, plain
from counterpoise.errors import CounterpoiseError
from counterpoise.logs import Log
from counterpoise.ports import Clock, CycleRecord

SAME_EVERY_S = 60.0  # unchanged cycles are one line a minute
PLACES = 6  # of a drift in the log

TRADES_SAID_MAX = 20

QUIET = frozenset({HoldReason.IN_BAND, HoldReason.CARRIED})
NOTHING: Mapping[Asset, str] = MappingProxyType({})
LEVEL_OF_CAUSE = {Cause.FOREIGN: "warning", Cause.FOUND: "info", Cause.ACCEPTED: "info"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why cycles come to nothing."""

    kind: str  # the class of our own error, or "bug"
    said: str
    hint: str
    since_ms: int  # no cycle has come to its end since


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidings:
    """What the last cycles came to, for whoever shows it."""

    record: CycleRecord | None  # the last one decided
    duration_ms: float | None
    failure: str  # why the last cycle came to nothing; empty where it did not
    standing: Mapping[Asset, Standing]
    alerts: tuple[Alert, ...]
    trouble: Trouble | None = None  # what `failure` says, in parts
    finished: int = 0  # cycles that came to their end, since the start


class Announcer:
    """
    Turns cycles into log lines and a published status.

    A state is said when it changes, not every cycle; the status is published after each.
    """

    def __init__(
        self, log: Log, clock: Clock, publish: Callable[[Tidings, Control], None], waits_ms: int
    ) -> None:
        """`waits_ms` is sustain plus cooldown: being out of band for that long is as asked."""
        self._log = log
        self._clock = clock
        self._publish = publish
        self._waits_ms = waits_ms
        self._began_s = 0.0
        self._record: CycleRecord | None = None
        self._duration_ms: float | None = None
        self._failure = ""
        self._trouble: Trouble | None = None
        self._finished = 0
        self._standing: Mapping[Asset, Standing] = {}
        self._alerts: tuple[Alert, ...] = ()
        self._noticed: tuple[Alert, ...] = ()
        self._missing: dict[str, int] = {}
        self._said: tuple[object, float] = ((), 0.0)

    def began(self) -> None:
        """Start the clock of a cycle."""
        self._began_s = self._clock.monotonic_s()

    def decided(self, record: CycleRecord, resting: Mapping[Asset, str] = NOTHING) -> None:
        """Say what changed by a decision. `resting` tells of the orders of others, by asset."""
        before, now_ms = self._standing, record.at_ms
        self._record, self._failure = record, ""
        self._standing = standings(before, record.plan, now_ms)
        self._say_missing(record)
        self._say_triggered(record)
        for decision in record.plan.decisions:
            self._say_standing(decision, before.get(decision.asset))
        found = alerts(self._standing, record.plan, self._waits_ms)
        self._noticed = notices(self._noticed, record, resting)
        self._raise_alerts((*found, *self._noticed))

    def moved(self, changes: Sequence[Change]) -> None:
        """Say what others did to positions, in one line for each of their orders."""
        for group in by_order(changes):
            size = sum((change.size for change in group), ZERO)
            say = getattr(self._log, LEVEL_OF_CAUSE.get(group[0].cause, "error"))
            say(
                "position.changed",
                asset=group[0].asset,
                cause=group[0].cause,
                side=Side.BUY if size > 0 else Side.SELL,
                quantity=abs(size),
                price_average=price_average(group),
                trades=[change.trade_id for change in group if change.trade_id][:TRADES_SAID_MAX],
                client_order_id=group[0].client_order_id,
            )

    def finished(self) -> None:
        """Say that a cycle came to its end: at once where it is news, else once a minute."""
        self._trouble = None
        if self._record is None:
            return
        self._finished += 1
        self._duration_ms = round((self._clock.monotonic_s() - self._began_s) * 1000, 1)
        plan = self._record.plan
        essence = (len(plan.orders), tuple((h.asset, h.reason) for h in plan.holds))
        said, said_s = self._said
        if essence == said and self._clock.monotonic_s() - said_s < SAME_EVERY_S:
            return
        self._said = (essence, self._clock.monotonic_s())
        views = [d.view for d in plan.decisions if d.view is not None]
        own = [view for view in views if view.carrier is None]  # others are in their carrier's
        inside = [abs(view.drift_weight) <= view.band_outer_weight for view in own]
        self._log.info(
            "cycle.finished",
            duration_ms=self._duration_ms,
            drift_weight_max=round(max((abs(v.drift_weight) for v in own), default=0), PLACES)
            if views
            else None,
            in_band=all(inside) if len(views) == len(plan.decisions) else None,
            orders=len(plan.orders),
            holds=sum(hold.reason not in QUIET for hold in plan.holds),
        )

    def failed(self, error: CounterpoiseError) -> None:
        """Say that a cycle was abandoned for a reason that is ours to know."""
        again = self._failure == str(error)
        self._failure = str(error)
        self._in_trouble(type(error).__name__, error.hint)
        say = self._log.debug if again else self._log.warning
        say("cycle.failed", error=type(error).__name__, detail=str(error), hint=error.hint)

    def crashed(self, error: Exception) -> None:
        """Say that a cycle was abandoned for a bug; its words are a stranger's: the log alone."""
        self._failure = f"bug: {type(error).__name__}; the log says where"
        self._in_trouble("bug", "")
        self._log.error(
            "cycle.failed", error=type(error).__name__, detail=str(error), exc_info=error
        )

    def _in_trouble(self, kind: str, hint: str) -> None:
        since_ms = self._clock.wall_ms() if self._trouble is None else self._trouble.since_ms
        self._trouble = Trouble(kind=kind, said=self._failure, hint=hint, since_ms=since_ms)

    def settings_changed(self) -> None:
        """Say that the settings file is another than the one that runs."""
        self._log.warning(
            "settings.changed",
            detail="the file is not what runs any more",
            hint="check it with counterpoise check, then restart",
        )

    def publish(self, control: Control) -> None:
        """Hand out where things stand."""
        self._publish(
            Tidings(
                record=self._record,
                duration_ms=self._duration_ms,
                failure=self._failure,
                standing=self._standing,
                alerts=self._alerts,
                trouble=self._trouble,
                finished=self._finished,
            ),
            control,
        )

    def _say_missing(self, record: CycleRecord) -> None:
        """Say once what cannot be read, and since when."""
        missing = {part.what: part for part in record.snapshot.missing}
        for what, part in missing.items():
            if what not in self._missing:
                self._missing[what] = record.at_ms
                self._log.warning(
                    "snapshot.incomplete",
                    missing=what,
                    since=record.at_ms,
                    assets=sorted(part.assets),
                    detail=part.reason,
                )
        self._missing = {what: at for what, at in self._missing.items() if what in missing}

    def _say_triggered(self, record: CycleRecord) -> None:
        """Say which assets begin a correction, by rule."""
        begun: dict[str, dict[str, str]] = {}
        for decision in record.plan.decisions:
            memory = record.situation.memories.get(decision.asset)
            fresh = memory is None or memory.correcting is None
            if isinstance(decision.verdict, Order) and fresh:
                drift = (
                    ""
                    if decision.view is None
                    else plain(round(decision.view.drift_weight, PLACES))
                )
                begun.setdefault(decision.verdict.rule, {})[decision.asset] = drift
        for rule, drifts in begun.items():
            self._log.info("rebalance.triggered", rule=rule, drift_weight=drifts)

    def _say_standing(self, decision: Decision, before: Standing | None) -> None:
        """Say a hold where it begins or changes its reason, and its end."""
        now = self._standing[decision.asset]
        quiet = now.reason is None or now.reason in QUIET
        was_quiet = before is None or before.reason is None or before.reason in QUIET
        if before is not None and before.reason is now.reason:
            return
        if isinstance(decision.verdict, Hold) and not quiet:
            self._log.info("asset.held", asset=decision.asset, reason=now.reason, detail=now.detail)
            if now.reason in LIMITS:
                self._say_breached(decision)
        elif not was_quiet and before is not None:
            self._log.info("asset.released", asset=decision.asset, reason=before.reason)

    def _say_breached(self, decision: Decision) -> None:
        for check in decision.checks:
            if not check.passed:
                self._log.error(
                    "limit.breached",
                    asset=decision.asset,
                    limit=check.limit,
                    value=check.value,
                    allowed=check.allowed,
                )

    def _raise_alerts(self, found: tuple[Alert, ...]) -> None:
        """Say each alert once when it comes and once when it goes."""
        before = {(alert.asset, alert.cause) for alert in self._alerts}
        now = {(alert.asset, alert.cause) for alert in found}
        for alert in found:
            if (alert.asset, alert.cause) not in before:
                self._log.error(
                    "alert.raised",
                    asset=alert.asset,
                    cause=alert.cause,
                    detail=alert.detail,
                    since=alert.since_ms,
                )
        for asset, cause in sorted(before - now):
            self._log.info("alert.cleared", asset=asset, cause=cause)
        self._alerts = found
