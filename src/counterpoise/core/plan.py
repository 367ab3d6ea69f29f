"""The one decision: snapshot, situation and policy in; orders and holds out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from counterpoise.core.decision import AssetView, Decision, Plan, Situation
from counterpoise.core.doubt import Sighting, believed, position_doubt, terms_seen
from counterpoise.core.foreign import waiting
from counterpoise.core.instrument import Asset
from counterpoise.core.limits import REASON_OF_LIMIT, Budget, checks
from counterpoise.core.orders import Hold, HoldReason, Order, Rule
from counterpoise.core.policy.band import Band, correction, outside
from counterpoise.core.policy.policy import Policy, Target
from counterpoise.core.proxy import decisions as proxied_decisions
from counterpoise.core.scene import Scene, budgets_after, budgets_of, scene_of, venue_of, view_of
from counterpoise.core.settlement import paused
from counterpoise.core.sides import told
from counterpoise.core.sizing import Leg, NoOrder, sized
from counterpoise.core.snapshot import Snapshot
from counterpoise.core.state import AssetMemory
from counterpoise.core.target import target_delta
from counterpoise.core.trigger import Occasion, fired, timed
from counterpoise.core.units import ZERO, plain


def plan(snapshot: Snapshot, situation: Situation, policy: Policy) -> Plan:
    """
    Decide one order or one hold for every configured asset.

    Pure: the same three values give the same plan, in a dry look, a simulation and live.
    """
    scene = scene_of(snapshot, situation, policy)
    budgets = budgets_of(scene)
    decisions: list[Decision] = []
    memories: dict[Asset, AssetMemory] = {}
    for target in policy.targets:
        venue = venue_of(target)
        decision, memories[target.asset] = _decide(scene, target, budgets.get(venue))
        decisions.append(decision)
        if isinstance(decision.verdict, Order):
            budgets = budgets_after(budgets, venue, decision.verdict)
    seen = (snapshot, situation, policy, scene.value, scene.doubts)
    for decision, memory in proxied_decisions(*seen):
        decisions.append(decision)
        memories[decision.asset] = memory
    return Plan(
        at_ms=situation.now_ms,
        value=scene.value,
        decisions=tuple(decisions),
        memories=memories,
    )


def _decide(scene: Scene, target: Target, budget: Budget | None) -> tuple[Decision, AssetMemory]:
    """Decide for one asset, and say what is to be remembered of it."""
    memory = scene.situation.memories.get(target.asset) or AssetMemory()
    held = scene.situation.held.get(target.asset)
    doubt = scene.doubts.get(target.asset)
    closing = scene.situation.flattening and target.asset in scene.closable
    if held is not None:
        if doubt is None and held.reason is HoldReason.OPERATOR:
            memory, _ = _positioned(scene, target, memory)  # what others do is noticed all the same
        return _stopped_or(scene, target, memory, held), memory
    if doubt is not None and not closing:
        return _stopped_or(scene, target, memory, doubt), memory
    if doubt is None:
        memory = believed(memory, scene.snapshot, target)
    memory = terms_seen(memory, scene.snapshot, target)
    memory = paused(memory, now_ms=scene.situation.now_ms)
    memory, reason = _positioned(scene, target, memory)
    view = view_of(scene, target)
    gate = _stop(scene, target, memory) or _gate(scene, target, memory, reason)
    if gate is not None:
        return _hold(target, view, gate.reason, gate.detail), memory
    assert budget is not None
    if scene.situation.flattening:
        return _flattened(scene, target, memory, budget)
    assert view is not None
    return _corrected(scene, target, view, memory, budget)


def _positioned(
    scene: Scene, target: Target, memory: AssetMemory
) -> tuple[AssetMemory, HoldReason | None]:
    if target.instrument in scene.situation.unsettled:
        return memory, None  # what moved may be the order whose outcome is not known
    position = scene.snapshot.positions[target.instrument]
    sighting = Sighting(
        size=position.size,
        sides=position.sides,
        at_ms=scene.snapshot.started_at_ms,
        traded=scene.situation.traded.get(target.instrument),
        trades=scene.situation.trades.get(target.instrument, ()),
    )
    return position_doubt(memory, sighting, now_ms=scene.situation.now_ms)


def _stop(scene: Scene, target: Target, memory: AssetMemory) -> Hold | None:
    """Return what only a person lifts, if anything. Closing at a person's word is let through."""
    if memory.stopped is None or scene.situation.flattening:
        return None
    return Hold(asset=target.asset, reason=memory.stopped, detail=memory.stopped_detail)


def _stopped_or(scene: Scene, target: Target, memory: AssetMemory, other: Hold) -> Decision:
    """Return the hold that a person must hear of first."""
    hold = _stop(scene, target, memory) or other
    return _hold(target, view_of(scene, target), hold.reason, hold.detail)


def _hold(target: Target, view: AssetView | None, reason: HoldReason, detail: str = "") -> Decision:
    return Decision(
        asset=target.asset,
        verdict=Hold(asset=target.asset, reason=reason, detail=detail),
        view=view,
    )


def _gate(
    scene: Scene, target: Target, memory: AssetMemory, position: HoldReason | None
) -> Hold | None:
    """Return the first thing that forbids any order for an asset whatever its drift."""
    situation, asset = scene.situation, target.asset
    terms = scene.snapshot.instruments[target.instrument].terms
    if memory.terms != terms:
        detail = f"the venue says {terms}; it was {memory.terms}"
        return Hold(asset=asset, reason=HoldReason.CONTRACT_CHANGED, detail=detail)
    if target.instrument in situation.unsettled:
        order = situation.unsettled[target.instrument]
        return Hold(asset=asset, reason=HoldReason.UNSETTLED, detail=f"{order} is not settled")
    if position is not None:
        shown = scene.snapshot.positions[target.instrument]
        seen = told(shown.size, shown.sides)
        believed_size = told(memory.position or ZERO, memory.sides)
        since_ms = memory.strange_since_ms
        waited = "" if since_ms is None else f", for {(situation.now_ms - since_ms) // 60_000} min"
        detail = f"the venue shows {seen}, {believed_size} is believed{waited}"
        return Hold(asset=asset, reason=position, detail=detail)
    cooldown_ms = scene.policy.trigger.cooldown_ms
    others = waiting(memory, now_ms=situation.now_ms, cooldown_ms=cooldown_ms)
    if others is not None and not situation.flattening:
        wait_s = (memory.moved_at_ms + cooldown_ms - situation.now_ms) // 1000
        return Hold(asset=asset, reason=others, detail=f"left as it is, {wait_s} s to go")
    if situation.now_ms < memory.back_off_until_ms:
        wait_s = (memory.back_off_until_ms - situation.now_ms) // 1000
        detail = f"{memory.refusals} refused in a row, {wait_s} s to go"
        return Hold(asset=asset, reason=HoldReason.BACK_OFF, detail=detail)
    if situation.now_ms < memory.empty_until_ms:
        wait_s = (memory.empty_until_ms - situation.now_ms) // 1000
        detail = f"{memory.empties} orders in a row filled nothing, {wait_s} s to go"
        return Hold(asset=asset, reason=HoldReason.NOT_FILLING, detail=detail)
    if not scene.snapshot.instruments[target.instrument].trading:
        detail = f"{target.instrument} is not trading"
        return Hold(asset=asset, reason=HoldReason.NOT_TRADING, detail=detail)
    if scene.value is None and not situation.flattening:
        doubted = ", ".join(sorted(scene.doubts)) or "every holding is zero"
        detail = f"portfolio value is not known: {doubted}"
        return Hold(asset=asset, reason=HoldReason.SNAPSHOT_INCOMPLETE, detail=detail)
    return None


def _flattened(
    scene: Scene, target: Target, memory: AssetMemory, budget: Budget
) -> tuple[Decision, AssetMemory]:
    """
    Close the whole position, at a person's word, whatever drift and value are.

    In hedge mode a long and a short of the same size are no flat position: each side is closed.
    """
    position = scene.snapshot.positions[target.instrument]
    if position.gross == 0:
        flat = _hold(target, view_of(scene, target), HoldReason.OPERATOR, "flat")
        return flat, _ended(memory, scene.situation)
    decision, memory = _ordered(scene, target, memory, budget, (position.unwinding, Rule.OPERATOR))
    if isinstance(decision.verdict, Order) and abs(position.unwinding) < position.gross:
        decision = replace(decision, verdict=replace(decision.verdict, completes=False))
    return decision, memory


def _corrected(
    scene: Scene, target: Target, view: AssetView, memory: AssetMemory, budget: Budget
) -> tuple[Decision, AssetMemory]:
    """Correct the drift of an asset if something asks for it."""
    value = scene.value
    assert value is not None
    policy, situation = scene.policy, scene.situation
    goal = target_delta(policy.exposure, target.weight, value, view.price)
    goal -= scene.carried.get(target.asset, ZERO) / view.price
    outer = view.band_outer_weight * value / view.price
    band = Band(inner=outer * policy.trigger.return_to, outer=outer)
    occasion = Occasion(
        now_ms=situation.now_ms,
        outside=outside(view.net, goal, band),
        calendar_due=target.asset in situation.calendar_due,
        starting=situation.starting,
    )
    memory = timed(memory, occasion)
    rule = fired(memory, policy.trigger, occasion)
    if memory.calendar_at_ms is None:  # it counts from the first look
        memory = replace(memory, calendar_at_ms=situation.now_ms)
    if isinstance(rule, HoldReason):
        return _hold(target, view, rule), memory
    instrument = scene.snapshot.instruments[target.instrument]
    mark_price = scene.snapshot.marks[target.instrument].mark_price
    wanted = instrument.size(correction(view.net, goal, band), mark_price)
    if wanted == 0:
        decision, memory = _hold(target, view, HoldReason.IN_BAND), _ended(memory, situation)
    else:
        decision, memory = _ordered(scene, target, memory, budget, (wanted, rule))
    if rule is Rule.CALENDAR and _kept(decision):
        memory = replace(memory, calendar_at_ms=situation.now_ms)
    return decision, memory


def _kept(decision: Decision) -> bool:
    """Say whether a calendar date was kept. One that a limit holds up for now is still due."""
    verdict = decision.verdict
    nothing_to_do = (HoldReason.IN_BAND, HoldReason.BELOW_MINIMUM)
    return isinstance(verdict, Order) or verdict.reason in nothing_to_do


def _ended(memory: AssetMemory, situation: Situation) -> AssetMemory:
    """Close a correction that was under way, so that the cooldown begins."""
    if memory.correcting is None:
        return memory
    return replace(memory, correcting=None, corrected_at_ms=situation.now_ms)


def _ordered(
    scene: Scene,
    target: Target,
    memory: AssetMemory,
    budget: Budget,
    want: tuple[Decimal, Rule],
) -> tuple[Decision, AssetMemory]:
    """Size and check the order for a wanted correction."""
    snapshot, limits = scene.snapshot, scene.policy.limits
    wanted, rule = want
    leg = Leg(
        asset=target.asset,
        instrument=snapshot.instruments[target.instrument],
        position=snapshot.positions[target.instrument],
        mark_price=snapshot.marks[target.instrument].mark_price,
        book=snapshot.books[target.instrument],
        wanted=wanted,
        rule=rule,
    )
    view = view_of(scene, target)
    order = sized(leg, limits, budget)
    if isinstance(order, NoOrder):
        done = order.reason is HoldReason.BELOW_MINIMUM
        after = _ended(memory, scene.situation) if done else memory
        hold = _hold(target, view, order.reason, order.detail)
        told = () if order.check is None else (order.check,)
        return replace(hold, wanted=wanted, checks=told), after
    passed = checks(order, limits, budget, leg.position_notional, leg.book)
    breached = next((check for check in passed if not check.passed), None)
    if breached is not None:
        against = "<" if breached.least else ">"
        detail = f"{breached.limit} {plain(breached.value)} {against} {plain(breached.allowed)}"
        hold = _hold(target, view, REASON_OF_LIMIT[breached.limit], detail)
        return replace(hold, wanted=wanted, checks=passed), memory
    decision = Decision(asset=target.asset, verdict=order, view=view, wanted=wanted, checks=passed)
    return decision, replace(memory, correcting=rule)
