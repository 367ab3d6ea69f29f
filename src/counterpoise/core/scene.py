"""What every decision of one plan shares: doubts, value, budgets and the arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from counterpoise.core.decision import AssetView, Situation
from counterpoise.core.doubt import any_doubt, instrument_doubt
from counterpoise.core.exposure import (
    cash_shown,
    external_quantity,
    held_quantity,
    perpetual_delta,
    portfolio_value,
    price_of,
    prices,
)
from counterpoise.core.instrument import Asset, InstrumentKey, VenueName
from counterpoise.core.limits import Budget
from counterpoise.core.margin import backing_equity, liquidation_distance, margin_use
from counterpoise.core.orders import Hold, HoldReason, Order
from counterpoise.core.policy.policy import Policy, Target
from counterpoise.core.proxy import carried, carried_band, carriers_doubts
from counterpoise.core.snapshot import Mark, Snapshot
from counterpoise.core.spot_doubt import multiple_doubt, proxied_doubt
from counterpoise.core.target import weight
from counterpoise.core.units import ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What every decision of one plan shares."""

    snapshot: Snapshot
    situation: Situation
    policy: Policy
    value: Decimal | None  # quote; None where a holding that it needs is in doubt
    doubts: Mapping[Asset, Hold]
    closable: frozenset[Asset]  # whose instrument is in no doubt, whatever of the holdings
    carried: Mapping[Asset, Decimal]  # quote: what carriers carry of assets without a perpetual


def scene_of(snapshot: Snapshot, situation: Situation, policy: Policy) -> Scene:
    """
    Gather doubts and value.

    Weights are shares of everything, so one holding in doubt leaves no weight known. At exposure
    zero every target is zero whatever the value: the assets that are seen go on, with the bands
    of the smaller value, which can only correct sooner and never further.
    """
    doubts = _doubts(snapshot, situation, policy)
    closable = (
        target.asset
        for target in policy.targets
        if target.asset not in doubts
        or instrument_doubt(snapshot, situation, policy, target) is None
    )
    value = _value(snapshot, policy, doubts)
    return Scene(
        snapshot=snapshot,
        situation=situation,
        policy=policy,
        value=value,
        doubts=doubts,
        closable=frozenset(closable),
        carried=carried(snapshot, policy, value, doubts),
    )


def _doubts(snapshot: Snapshot, situation: Situation, policy: Policy) -> dict[Asset, Hold]:
    """Return the doubt of each asset that is in one; what an asset carries is its doubt too."""
    shown = (snapshot, situation, policy)
    found = {t.asset: any_doubt(*shown, t) or multiple_doubt(*shown, t) for t in policy.targets}
    found |= {proxied.asset: proxied_doubt(*shown, proxied) for proxied in policy.proxied}
    doubts = {asset: doubt for asset, doubt in found.items() if doubt is not None}
    return {**carriers_doubts(policy, doubts), **doubts}


def _value(snapshot: Snapshot, policy: Policy, doubts: Mapping[Asset, Hold]) -> Decimal | None:
    """Return the portfolio value, or None where it is not known or nothing."""
    seen = [one for one in policy.every if one.asset not in doubts]
    if not seen or (doubts and policy.exposure != 0) or not cash_shown(snapshot, policy):
        return None
    value = portfolio_value(snapshot, policy, {t.asset: held_quantity(snapshot, t) for t in seen})
    return value if value > 0 else None


def venue_of(target: Target) -> VenueName:
    """Return the venue on which an asset is hedged."""
    return VenueName(target.instrument.partition(":")[0])


def budgets_of(scene: Scene) -> dict[VenueName, Budget]:
    """
    Return what is used up on each venue before the first order of this plan.

    A position counts as large as it is shown or believed to be: a read that lags behind our own
    fills must not grant their leverage a second time. A live order counts as filled on top.
    """
    snapshot, activity = scene.snapshot, scene.situation.activity
    pending = scene.situation.pending
    believed = _believed_sizes(scene)
    price = prices(snapshot, scene.policy)
    budgets: dict[VenueName, Budget] = {}
    for venue in {venue_of(target) for target in scene.policy.targets}:
        margins = [m for m in snapshot.margins if m.source.partition(":")[0] == venue]
        equity = backing_equity(margins, price)
        hedges = {t.instrument for t in scene.policy.targets if venue_of(t) == venue}
        others = {key for key in snapshot.positions if _on(key, venue)}
        worths = [_notional(snapshot, key, believed) for key in sorted(hedges | others)]
        known = [worth for worth in worths if worth is not None]
        budgets[venue] = Budget(
            turnover_day=activity.turnover_day,
            orders_minute=activity.orders_minute,
            perpetual_notional=sum(known, ZERO)
            + sum((worth for key, worth in pending.items() if _on(key, venue)), ZERO),
            equity=equity if margins and len(known) == len(worths) else None,
            margin_use=margin_use(snapshot, venue),
            liquidation_distance=liquidation_distance(snapshot, venue),
        )
    return budgets


def _on(key: InstrumentKey, venue: VenueName) -> bool:
    return key.partition(":")[0] == venue


def _believed_sizes(scene: Scene) -> dict[InstrumentKey, Decimal]:
    """Return how large each hedge is believed to be, both sides of it, where anything is."""
    memories = scene.situation.memories
    return {
        target.instrument: abs(memory.position) if memory.sides is None else memory.sides.gross
        for target in scene.policy.targets
        if (memory := memories.get(target.asset)) is not None and memory.position is not None
    }


def _notional(
    snapshot: Snapshot, key: InstrumentKey, believed: Mapping[InstrumentKey, Decimal]
) -> Decimal | None:
    """
    Return the notional of a position, at its entry price where it has no mark price now.

    Where mark and index are apart, one of them is wrong: the higher one grants less leverage to
    the others. None where it cannot be known: absent is not zero.
    """
    position, mark = snapshot.positions.get(key), snapshot.marks.get(key)
    instrument = snapshot.instruments.get(key)
    if position is None or instrument is None:
        return None
    price = _highest(mark) if mark else position.entry_price
    size = max(position.gross, believed.get(key, ZERO))
    if price is None:
        return ZERO if size == 0 else None
    return instrument.notional(size, price)


def _highest(mark: Mark) -> Decimal:
    return max(mark.mark_price, mark.index_price or ZERO)


def budgets_after(
    budgets: Mapping[VenueName, Budget], venue: VenueName, order: Order
) -> dict[VenueName, Budget]:
    """Return the budgets after an order: turnover and pace are shared, notional is the venue's."""
    spent = budgets[venue].spent(order)
    return {
        name: spent
        if name == venue
        else replace(budget, turnover_day=spent.turnover_day, orders_minute=spent.orders_minute)
        for name, budget in budgets.items()
    }


def view_of(scene: Scene, target: Target) -> AssetView | None:
    """Return the arithmetic of one asset, or None where it or portfolio value is not known."""
    doubt = scene.doubts.get(target.asset)
    if scene.value is None or (doubt and doubt.reason is HoldReason.SNAPSHOT_INCOMPLETE):
        return None
    snapshot, policy, value = scene.snapshot, scene.policy, scene.value
    price = price_of(snapshot, target)
    position = snapshot.positions[target.instrument]
    external = external_quantity(target)
    held = held_quantity(snapshot, target)
    perpetual = perpetual_delta(snapshot, target)
    share = weight(held + perpetual, price, value)
    wanted = policy.exposure * target.weight
    others = scene.carried.get(target.asset, ZERO) / value
    outer = target.drift + carried_band(policy, target.asset)
    return AssetView(
        asset=target.asset,
        instrument=target.instrument,
        spot=held - external,
        external=external,
        perpetual=perpetual,
        position=position.size,
        sides=position.sides,
        net=held + perpetual,
        price=price,
        weight=share,
        weight_target=wanted,
        drift_weight=share + others - wanted,
        band_outer_weight=outer,
        band_inner_weight=outer * policy.trigger.return_to,
        carried_weight=others,
    )
