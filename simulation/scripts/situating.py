"""What a decision is made from: all that is under way, was sent, moved, and is held elsewhere."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from counterpoise.core.decision import Situation
from counterpoise.core.instrument import Asset
from counterpoise.core.orders import Cause, HoldReason, IntentState, Origin
from counterpoise.core.policy.policy import Trigger
from counterpoise.core.state import Command
from counterpoise.daemon import Parts
from counterpoise.errors import OutcomeUnknown, Unavailable
from simulation.scripts.rehearsal import Rehearsal, rehearsed
from tests.sim.gateway import LIMITS, MAIN, TWO, trade
from tests.sim.parts import order_for, recorded
from tests.sim.stage import told

D = Decimal
BTC, ETH = Asset("BTC"), Asset("ETH")


def _reasons(on: Rehearsal) -> set[HoldReason]:
    record = on.stage.published[-1][0].record
    return {hold.reason for hold in record.plan.holds} if record else set()


def _situation(on: Rehearsal) -> Situation:
    record = on.stage.published[-1][0].record
    return record.situation if record else Situation(now_ms=0)


async def under_way(on: Rehearsal) -> None:
    """See that an order without an outcome is in the decision: its asset waits, its size counts."""
    intent = await on.desk.unknown()
    on.venue.raises.clear()
    on.stage.drift()
    await on.run(1)
    on.claim("I-38", not on.lines("cycle.failed"), "an order under way fails the whole cycle")
    situation = _situation(on)
    held = {intent.order.instrument: intent.client_order_id}
    on.claim("I-16", situation.unsettled == held, f"under way are {situation.unsettled}")
    may_grow = {intent.order.instrument: intent.order.notional}
    on.claim("I-11", situation.pending == may_grow, f"may grow {situation.pending}")
    again = [one.order.asset for one in on.venue.placed[1:]]
    on.claim("I-1", BTC not in again, "a second order beside one under way")


async def sent_of_late(on: Rehearsal) -> None:
    """See that what was sent of late counts against the limits of the next decision."""
    limits = replace(TWO.policy.limits, orders_per_minute_max=2)
    policy = replace(TWO.policy, limits=limits, trigger=Trigger(cooldown_ms=0))
    on.stage.daemon = on.stage.build(policy=policy)
    on.stage.fills()
    for price in (60_000, 90_000, 40_000):
        row = replace(on.venue.world["BTC"], price=D(price))
        on.stage.drift(on.venue.world.changed(row))
        await on.outcome(on.stage.daemon.run(1))
        on.desk.clock.advance(1)
    on.claim("I-11", len(on.venue.placed) == 2, f"{len(on.venue.placed)} orders within a minute")
    on.desk.clock.advance(60)
    await on.outcome(on.stage.daemon.run(1))
    on.claim("I-17", len(on.venue.placed) == 4, f"{len(on.venue.placed)} orders once it is over")


async def moved_by_others(on: Rehearsal) -> None:
    """See that trades of others explain what they moved: the position is known again."""
    await on.outcome(on.stage.daemon.run(1))
    (intent,) = await recorded(on.desk.journal, order_for("BTC"))
    fill = trade(intent, size=D("0.5"), venue_order_id="web", at_ms=on.desk.clock.wall_ms())
    on.venue.trades = (fill,)
    on.venue.whose = {"web": Origin(cause=Cause.FOREIGN, client_order_id="web_1")}
    over = replace(intent, state=IntentState.REJECTED, settled_at_ms=fill.at_ms, proof="script")
    await on.desk.journal.record_outcome(over)
    on.stage.drift(TWO.changed(replace(TWO["BTC"], size=D("0.5"))))
    await on.outcome(on.stage.daemon.run(1))
    traded = _situation(on).traded
    on.claim("E7", traded == {intent.order.instrument: D("0.5")}, f"traded {traded}")
    believed = on.beliefs.memories[BTC].position
    on.claim("E7", believed == D("0.5"), f"a person's trade made it 0.5, believed {believed}")
    causes = [str(change.cause) for change in await on.desk.journal.changes_since(0)]
    on.claim("I-31", causes == ["foreign"], f"accounted for as {causes}")


async def held_elsewhere(on: Rehearsal) -> None:
    """See that orders unseen, an unfit account and a clock astray each hold what they concern."""
    on.stage.drift()
    on.venue.raises["orders"] = Unavailable("down")
    await on.outcome(on.stage.daemon.run(1))
    on.claim("A2", not on.venue.placed, "ordered before the account's orders were seen")
    on.venue.raises.clear()
    on.desk.clock.advance(60)
    parts: Parts = vars(on.stage.daemon)["_parts"]
    unfit = vars(parts.observer)["_unfit"]
    unfit[MAIN] = "it may withdraw"
    await on.outcome(on.stage.daemon.run(1))
    on.claim("E6", _reasons(on) == {HoldReason.ACCOUNT_UNFIT}, f"unfit, and held {_reasons(on)}")
    unfit.clear()
    on.venue.skew = LIMITS.skew_max_ms + 1
    parts.observer.look_again(frozenset({MAIN}))
    on.desk.clock.advance(600)
    await on.outcome(on.stage.daemon.run(1))
    on.claim("C1", _reasons(on) == {HoldReason.CLOCK_SKEW}, f"astray, and held {_reasons(on)}")
    on.claim("C1", not on.venue.placed, f"{len(on.venue.placed)} orders while held")
    await told(on.stage, Command.PAUSE)
    await on.outcome(on.stage.daemon.run(1))
    on.claim("I-26", _reasons(on) == {HoldReason.OPERATOR}, f"paused, and held {_reasons(on)}")


async def flattens(on: Rehearsal) -> None:
    """See that flattening is decided on, and closes with what cannot open."""
    hedged = (replace(TWO["BTC"], size=D("-1.2")), replace(TWO["ETH"], size=D(-16)))
    on.stage.drift(TWO.changed(*hedged))
    on.stage.daemon = on.stage.build(policy=replace(TWO.policy, exposure=D(0)))
    await on.outcome(on.stage.daemon.run(1))
    on.claim("I-19", not on.venue.placed, "ordered in balance")
    await told(on.stage, Command.FLATTEN)
    await on.outcome(on.stage.daemon.run(1))
    closed = [(one.order.size, one.order.reduce_only) for one in on.venue.placed]
    on.claim("I-17", closed == [(D("1.2"), True), (D(16), True)], f"flattened by {closed}")


async def unknown_later(on: Rehearsal) -> None:
    """See that an order without an outcome lets the other asset be corrected."""
    on.stage.drift()
    on.venue.raises["place"] = OutcomeUnknown("no answer")
    await on.outcome(on.stage.daemon.run(1))
    on.venue.raises = {"find": Unavailable("down")}
    await on.outcome(on.stage.daemon.run(2))
    on.claim("I-38", not on.lines("cycle.failed"), "a look-up that failed fails the cycle")
    on.claim("I-1", len(on.venue.placed) == 2, f"{len(on.venue.placed)} orders, none settled")


SCRIPTS = {
    "orders": rehearsed(under_way, sent_of_late, unknown_later),
    "holds": rehearsed(moved_by_others, held_elsewhere, flattens),
}
