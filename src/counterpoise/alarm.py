"""Which holds a person must hear of, and after how long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from counterpoise.core.decision import Decision, Plan
from counterpoise.core.instrument import Asset
from counterpoise.core.margin import strained
from counterpoise.core.notice import lasted
from counterpoise.core.orders import Hold, HoldReason
from counterpoise.core.scene import venue_of
from counterpoise.ports import CycleRecord

MINUTE_MS = 60_000

GRACE_MS: Mapping[HoldReason, int] = {
    HoldReason.ZERO_UNEXPLAINED: 0,
    HoldReason.POSITION_UNEXPLAINED: 0,
    HoldReason.CONTRACT_CHANGED: 0,
    HoldReason.NOT_TRADING: 0,
    HoldReason.EXTERNAL_EXPIRED: 0,
    HoldReason.CLOCK_SKEW: 0,
    HoldReason.ACCOUNT_UNFIT: 0,
    HoldReason.TURNOVER_DAY: 0,
    HoldReason.POSITION_NOTIONAL: 0,
    HoldReason.LEVERAGE: 0,
    HoldReason.MARGIN_USE: 0,
    HoldReason.LIQUIDATION_NEAR: 0,
    HoldReason.LIQUIDATED: 0,
    HoldReason.FORCED: 0,
    HoldReason.BOOKS_APART: 0,
    HoldReason.DELEVERAGED: 0,
    HoldReason.FOREIGN_TRADE: 0,
    HoldReason.BACK_OFF: 0,
    HoldReason.UNSETTLED: MINUTE_MS,  # an order that never arrived is proved absent before
    HoldReason.SNAPSHOT_INCOMPLETE: MINUTE_MS,
    HoldReason.SNAPSHOT_STALE: MINUTE_MS,
    HoldReason.PRICES_APART: MINUTE_MS,
    HoldReason.POSITION_UNCONFIRMED: MINUTE_MS,
    HoldReason.SPREAD: 5 * MINUTE_MS,
    HoldReason.PRICE_COLLAR: 5 * MINUTE_MS,
    HoldReason.NOT_FILLING: 5 * MINUTE_MS,
    HoldReason.ORDERS_PER_MINUTE: 5 * MINUTE_MS,
}
LIMITS = frozenset(
    {
        HoldReason.SPREAD,
        HoldReason.PRICE_COLLAR,
        HoldReason.ORDER_NOTIONAL,
        HoldReason.POSITION_NOTIONAL,
        HoldReason.TURNOVER_DAY,
        HoldReason.ORDERS_PER_MINUTE,
        HoldReason.LEVERAGE,
        HoldReason.MARGIN_USE,
        HoldReason.LIQUIDATION_NEAR,
    }
)
FOREIGN_ORDER = "foreign_order"
OUTSIDE_MAX_MS = 10 * MINUTE_MS  # beyond sustain and cooldown, out of band this long is an alert


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is decided of an asset since when."""

    reason: HoldReason | None  # None: an order
    detail: str
    since_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One thing that a person must look at."""

    asset: Asset  # or the venue, where it concerns all that it hedges
    cause: str  # a hold reason, "out_of_band" or "foreign_order"
    detail: str
    since_ms: int


def standings(
    before: Mapping[Asset, Standing], plan: Plan, now_ms: int
) -> Mapping[Asset, Standing]:
    """Return what is decided of each asset, keeping since when where nothing changed."""
    return {d.asset: _standing(before.get(d.asset), d, now_ms) for d in plan.decisions}


def _standing(before: Standing | None, decision: Decision, now_ms: int) -> Standing:
    verdict = decision.verdict
    reason = verdict.reason if isinstance(verdict, Hold) else None
    detail = verdict.detail if isinstance(verdict, Hold) else ""
    if before is None or before.reason is not reason:
        return Standing(reason=reason, detail=detail, since_ms=now_ms)
    return before if before.detail == detail else replace(before, detail=detail)


def alerts(standing: Mapping[Asset, Standing], plan: Plan, waits_ms: int) -> tuple[Alert, ...]:
    """
    Return what a person must look at, by asset.

    `waits_ms` is sustain plus cooldown: being out of band for that long is as the settings ask.
    """
    found = []
    for asset, now in standing.items():
        reason = now.reason
        if reason is not None and _due(reason, now.since_ms, plan.at_ms):
            found.append(Alert(asset=asset, cause=reason, detail=now.detail, since_ms=now.since_ms))
        drifted_ms = plan.memories[asset].drifted_since_ms
        most_ms = OUTSIDE_MAX_MS + waits_ms
        if drifted_ms is not None and lasted(drifted_ms, plan.at_ms, most_ms + 1):
            found.append(
                Alert(asset=asset, cause="out_of_band", detail=now.detail, since_ms=drifted_ms)
            )
    return tuple(found)


def _due(reason: HoldReason, since_ms: int, now_ms: int) -> bool:
    return reason in GRACE_MS and lasted(since_ms, now_ms, GRACE_MS[reason])


def notices(
    before: Sequence[Alert], record: CycleRecord, resting: Mapping[Asset, str]
) -> tuple[Alert, ...]:
    """
    Return what a person must look at whatever is decided, keeping since when.

    Margin near liquidation, by venue, and orders of others that rest, by asset.
    """
    since = {(alert.asset, alert.cause): alert.since_ms for alert in before}
    found = [(asset, FOREIGN_ORDER, detail) for asset, detail in resting.items()]
    for venue in sorted({venue_of(target) for target in record.policy.targets}):
        breach = strained(record.snapshot, venue, record.policy.limits)
        if breach is not None:
            found.append((Asset(venue), breach.reason, breach.detail))
    return tuple(
        Alert(
            asset=asset,
            cause=cause,
            detail=detail,
            since_ms=since.get((asset, cause), record.at_ms),
        )
        for asset, cause, detail in found
    )
