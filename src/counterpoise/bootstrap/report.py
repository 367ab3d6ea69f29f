"""From what the daemon knows to the status document that everything else reads."""

from __future__ import annotations

import os
from collections.abc import Mapping
from decimal import Decimal

from counterpoise import __version__
from counterpoise.alerts.courier import ChannelState
from counterpoise.alerts.pulse import PulseState
from counterpoise.announcer import Tidings
from counterpoise.beliefs import Beliefs
from counterpoise.bootstrap.assembly import Portfolio
from counterpoise.core.decision import AssetView
from counterpoise.core.exposure import prices
from counterpoise.core.foreign import STOPS
from counterpoise.core.instrument import Asset
from counterpoise.core.margin import backing_equity
from counterpoise.core.orders import HoldReason, Intent
from counterpoise.core.policy.policy import Policy
from counterpoise.core.snapshot import Snapshot
from counterpoise.core.state import AccountState, Control
from counterpoise.core.units import ZERO
from counterpoise.observer import Observer
from counterpoise.status import (
    AssetStatus,
    ChannelStatus,
    HeartbeatStatus,
    StatusDocument,
    Today,
    VenueStatus,
)

DAY_MS = 86_400_000
QUIET = (
    None,
    HoldReason.IN_BAND,
    HoldReason.COOLDOWN,
    HoldReason.SUSTAIN,
    HoldReason.CARRIED,
)
STATES: Mapping[HoldReason | None, str] = {
    **dict.fromkeys(QUIET, "ok"),
    **dict.fromkeys(STOPS.values(), "halt"),
    HoldReason.MARGIN_USE: "reduce-only",
    HoldReason.LIQUIDATION_NEAR: "reduce-only",
}


class Reporter:
    """Makes status documents of one daemon."""

    def __init__(self, portfolio: Portfolio, beliefs: Beliefs, observer: Observer) -> None:
        """Remember when the daemon started."""
        self._portfolio = portfolio
        self._beliefs = beliefs
        self._observer = observer
        self._started_at_ms = portfolio.clock.wall_ms()
        self._settings_digest = portfolio.settings.digest
        self._cost: tuple[tuple[Intent, ...], Decimal] = ((), ZERO)  # of these orders together

    def document(self, tidings: Tidings, control: Control) -> StatusDocument:
        """Return where things stand."""
        settings, record = self._portfolio.settings, tidings.record
        told = self._portfolio.pager.desk.state
        snapshot = None if record is None else record.snapshot
        return StatusDocument(
            portfolio=settings.portfolio_name,
            mode=settings.mode,
            state=control.state,
            reason=control.reason or tidings.failure,
            by=control.by,
            healthy=_healthy(tidings, control) and told.well,
            written_at_ms=self._portfolio.clock.wall_ms(),
            cycle_interval_s=settings.cycle.interval.seconds,
            version=__version__,
            settings_digest=self._settings_digest,
            started_at_ms=self._started_at_ms,
            pid=os.getpid(),
            quote=settings.portfolio.quote,
            cycle=0 if record is None else record.number,
            cycle_at_ms=None if record is None else record.at_ms,
            cycle_duration_ms=tidings.duration_ms,
            value=None if record is None else record.plan.value,
            net_exposure=_net_exposure(tidings),
            leverage=None if snapshot is None else leverage(snapshot, self._portfolio.policy),
            leverage_max=settings.limits.leverage_max,
            liquidation_distance=None if snapshot is None else liquidation_distance(snapshot),
            today=self._today(),
            assets=self._assets(tidings),
            venues=tuple(self._venue(name, tidings) for name in self._portfolio.accounts),
            unsettled=tuple(i.client_order_id for i in self._beliefs.recent if i.state.live),
            alerts=tuple(f"{a.asset} {a.cause}: {a.detail}".rstrip(": ") for a in tidings.alerts),
            channels=tuple(_channel(state) for state in told.channels),
            heartbeat=None if told.heartbeat is None else _heartbeat(told.heartbeat),
            alerts_dropped=told.dropped,
        )

    def _today(self) -> Today:
        day, quote = self._beliefs.recent, self._portfolio.policy.quote
        if self._cost[0] is not day:
            self._cost = day, sum((cost(intent, quote) for intent in day), ZERO)
        return Today(
            orders=len(day),
            turnover=self._beliefs.activity().turnover_day,
            turnover_max=self._portfolio.settings.limits.turnover_day_max,
            cost=self._cost[1],
        )

    def _assets(self, tidings: Tidings) -> tuple[AssetStatus, ...]:
        if tidings.record is None:
            return ()
        return tuple(
            self._asset(decision.asset, decision.view, tidings)
            for decision in tidings.record.plan.decisions
        )

    def _asset(self, asset: Asset, view: AssetView | None, tidings: Tidings) -> AssetStatus:
        standing = tidings.standing[asset]
        memory = self._beliefs.memories.get(asset)
        last = next(
            (i.client_order_id for i in reversed(self._beliefs.recent) if i.order.asset == asset),
            "",
        )
        seen = {} if view is None else _figures(view)
        return AssetStatus(
            asset=asset,
            state=STATES.get(standing.reason, "hold"),
            reason=standing.reason or "",
            detail=standing.detail,
            since_ms=standing.since_ms,
            corrected_at_ms=None if memory is None else memory.corrected_at_ms,
            correction=last,
            **seen,
        )

    def _venue(self, name: str, tidings: Tidings) -> VenueStatus:
        account = next(a for v, a in self._portfolio.accounts.items() if v == name)
        traffic = account.door.traffic
        missing = () if tidings.record is None else tidings.record.snapshot.missing
        failed = next((m.reason for m in missing if m.what.partition(":")[0] == name), "")
        latency = [seconds * 1000 for seconds in traffic.latency_s.values()]
        return VenueStatus(
            venue=name,
            ok=not failed and not tidings.failure,
            latency_ms=round(max(latency), 1) if latency else None,
            skew_ms=self._observer.skews_ms.get(account.venue),
            requests=traffic.sent,
            orders=sum(n for (method, _), n in traffic.requests.items() if method != "GET"),
            detail=failed or tidings.failure,
        )


def _channel(state: ChannelState) -> ChannelStatus:
    return ChannelStatus(
        channel=state.name,
        host=state.host,
        ok=not state.late,
        sent=state.sent,
        retried=state.retried,
        waiting=state.waiting,
        failing_since_ms=state.failing_since_ms,
        detail=state.detail,
    )


def _heartbeat(state: PulseState) -> HeartbeatStatus:
    return HeartbeatStatus(
        host=state.host,
        ok=state.failing_since_ms is None,
        sent=state.sent,
        failed=state.failed,
        at_ms=state.at_ms,
        detail=state.detail,
    )


def _figures(view: AssetView) -> dict[str, Decimal]:
    sides = {} if view.sides is None else {"long": view.sides.long, "short": view.sides.short}
    return {
        **sides,
        "net": view.net,
        "weight": view.weight,
        "target": view.weight_target,
        "drift": view.drift_weight,
        "band": view.band_outer_weight,
        "spot": view.spot + view.external,
        "perpetual": view.perpetual,
        "price": view.price,
    }


def _healthy(tidings: Tidings, control: Control) -> bool:
    """Say whether a person can look away: not halted, seeing everything, no alert."""
    at_work = control.state is not AccountState.HALT
    return at_work and not tidings.failure and not tidings.alerts and tidings.record is not None


def _net_exposure(tidings: Tidings) -> Decimal | None:
    """Return the value of all net deltas over portfolio value; None unless every one is known."""
    if tidings.record is None:
        return None
    views = [decision.view for decision in tidings.record.plan.decisions]
    if not views or any(view is None for view in views):
        return None
    return sum((view.weight for view in views if view is not None), ZERO)


def leverage(snapshot: Snapshot, policy: Policy) -> Decimal | None:
    """Return the notional of all perpetuals over what backs them, in quote currency."""
    equity = backing_equity(snapshot.margins, prices(snapshot, policy))
    if equity <= 0:
        return None
    notional = sum(
        (
            snapshot.instruments[key].notional(position.gross, snapshot.marks[key].mark_price)
            for key, position in snapshot.positions.items()
            if key in snapshot.marks
        ),
        ZERO,
    )
    return notional / equity


def liquidation_distance(snapshot: Snapshot) -> Decimal | None:
    """Return how far the nearest liquidation is, as a share of its mark price; None if none is."""
    shares = [
        abs(position.liquidation_price / snapshot.marks[key].mark_price - 1)
        for key, position in snapshot.positions.items()
        if position.gross and position.liquidation_price and key in snapshot.marks
    ]
    return min(shares, default=None)


def cost(intent: Intent, quote: Asset) -> Decimal:
    """Return what an order cost in quote currency: its fee, and slippage against the mark price."""
    order = intent.order
    if intent.price_average is None:
        return ZERO
    fee = intent.fee if intent.fee is not None and intent.fee_asset == quote else ZERO
    return fee + abs(order.notional * intent.filled_size / order.size) * (
        (intent.price_average - order.mark_price) / order.mark_price
    ) * (1 if order.size > 0 else -1)
