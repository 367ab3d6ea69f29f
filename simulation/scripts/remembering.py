"""What is believed between cycles: never newer than the file, and never older than what settled."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

from counterpoise.beliefs import (
    POSITION_AT_EVERY_MS,
    Beliefs,
    pending_by_instrument,
    unsettled_by_instrument,
)
from counterpoise.core.instrument import Asset
from counterpoise.core.orders import Cause, Intent, IntentState, Order, Rule
from counterpoise.core.snapshot import Missing
from counterpoise.core.state import AssetMemory
from counterpoise.errors import JournalError
from simulation.scripts.rehearsal import Rehearsal, rehearsed
from tests.sim.gateway import TWO, trade
from tests.sim.parts import order_for, recorded
from tests.worlds import NOW_MS

D = Decimal
S = IntentState
BTC, ETH = Asset("BTC"), Asset("ETH")
OLD = AssetMemory(position=D(0), position_at_ms=NOW_MS - 1)


@dataclass(slots=True)
class Mind:
    """Beliefs, and the journal behind them."""

    on: Rehearsal
    beliefs: Beliefs = field(init=False)

    async def begun(self) -> Beliefs:
        """Begin a life of their own."""
        desk = self.on.desk
        self.beliefs = Beliefs(desk.journal, desk.clock, TWO.policy)
        await self.beliefs.begin()
        return self.beliefs

    async def same(self, when: str) -> None:
        """See that the file has what is believed."""
        known = dict(await self.on.desk.journal.memories())
        self.on.claim("I-40", known == dict(self.beliefs.memories), f"the file differs {when}")

    async def ended(
        self, order: Order, state: IntentState = S.FILLED, filled: Decimal | None = None
    ) -> Intent:
        """Record an order and its end, without anybody believing it yet."""
        (intent,) = await recorded(self.on.desk.journal, order)
        done = order.size if filled is None else filled
        intent = replace(
            intent,
            state=state,
            filled_size=done,
            venue_order_id=f"v{intent.sequence}",
            price_average=order.mark_price if done else None,
            settled_at_ms=self.on.desk.clock.wall_ms(),
            proof="script",
        )
        await self.on.desk.journal.record_outcome(intent)
        return intent


async def carried_over(on: Rehearsal) -> None:
    """See that what settled and nobody believed is believed at a start: once, as of when it did."""
    mind = Mind(on)
    await (await mind.begun()).remember({BTC: replace(OLD, drifted_since_ms=NOW_MS)})
    await mind.ended(order_for("BTC"))
    await mind.ended(order_for("ETH", D(1)))  # of an asset that nothing is known of
    await recorded(on.desk.journal, order_for("BTC"))
    on.desk.clock.advance(60)
    for life in range(2):
        found = await on.outcome(mind.begun())
        on.claim("I-17", isinstance(found, Beliefs), f"it cannot start: {found!r}")
        memory = mind.beliefs.memories[BTC]
        on.claim("I-3", memory.position == D("-0.08"), f"life {life}: {memory.position}")
        on.claim("I-3", memory.position_at_ms == NOW_MS, f"believed as of {memory.position_at_ms}")
        on.claim("I-3", memory.carried == 1, f"carried over as far as {memory.carried}")
        on.claim("I-18", memory.drifted_since_ms is None, "it timed what nobody watched")
        await mind.same(f"in life {life}")
        turned = mind.beliefs.activity().turnover_day
        on.claim("I-11", turned == 10_500, f"{turned} turned over at a start")


async def carried_once(on: Rehearsal) -> None:
    """See that what was carried over is not carried again: not over what was seen since."""
    mind = Mind(on)
    beliefs = await mind.begun()
    await beliefs.remember({BTC: OLD, ETH: OLD})
    await mind.ended(order_for("ETH", D(1)), S.REJECTED, D(0))
    await beliefs.settled([await mind.ended(order_for("BTC"))])
    seen = replace(beliefs.memories[BTC], position=D("-0.1"), position_at_ms=NOW_MS - 10)
    await beliefs.remember({BTC: seen})  # the clock went back
    for life in range(2):
        beliefs = await mind.begun()
        on.claim("I-3", beliefs.memories[BTC] == seen, f"life {life}: {beliefs.memories[BTC]}")
        refusals = beliefs.memories[ETH].refusals
        on.claim("R9", refusals == 1, f"one refusal counted as {refusals}")


async def timed(on: Rehearsal) -> None:
    """See that a cycle that was cut off starts no timer afresh, and going back is written too."""
    mind = Mind(on)
    await (await mind.begun()).remember({BTC: OLD})
    beliefs = await mind.begun()
    drifting = replace(OLD, drifted_since_ms=NOW_MS - 60_000)
    await beliefs.remember({BTC: drifting})
    await beliefs.catch_up()
    on.claim("I-18", beliefs.memories[BTC] == drifting, f"timed as {beliefs.memories[BTC]}")
    for position in (D(3), D(0)):
        await beliefs.remember({BTC: replace(OLD, position=position)})
        known = (await on.desk.journal.memories())[BTC].position
        on.claim("I-40", known == position, f"the file says {known} of what became {position}")


async def written_unsaid(on: Rehearsal) -> None:
    """See that what was written and not said is believed as written, and on record once."""
    mind = Mind(on)
    beliefs = await mind.begun()
    await beliefs.remember({BTC: OLD})
    remember = on.desk.journal.remember
    said: list[Exception] = []

    async def unsaid(*given: object) -> None:
        await remember(*given)  # type: ignore[arg-type]
        if said:
            raise said.pop()

    on.journal_does("remember", unsaid)
    for number, position in enumerate((D(3), D(0), D(3)), start=1):
        said.append(JournalError("was it written?"))
        await on.outcome(beliefs.remember({BTC: replace(OLD, position=position)}))
        await beliefs.catch_up()
        await mind.same("once it was written and not said")
        await beliefs.remember({BTC: replace(OLD, position=position)})
        changes = await on.desk.journal.changes_since(0)
        on.claim("I-31", len(changes) == number, f"{len(changes)} of {number} changes on record")


async def not_written(on: Rehearsal) -> None:
    """See that what could not be written is not believed, and is written in the end."""
    mind = Mind(on)
    beliefs = await mind.begun()
    await beliefs.remember({BTC: OLD})

    async def full(*_: object) -> None:
        raise JournalError("full")

    did = on.journal_does("remember", full)
    found = await on.outcome(beliefs.remember({BTC: replace(OLD, position=D(3))}))
    on.claim("I-40", isinstance(found, JournalError), f"not written, and {found!r}")
    await mind.same("after it was not written")
    settled = [await mind.ended(order_for("BTC"))]
    await on.outcome(beliefs.settled(settled))
    on.journal_does("remember", did)
    await beliefs.catch_up()
    await mind.same("once it can be written")
    position = beliefs.memories[BTC].position
    on.claim("I-3", position == D("-0.08"), f"a fill of which {position} is believed")


async def settled(on: Rehearsal) -> None:
    """See that what ended is believed, written and counted at once; and ends a correction."""
    mind = Mind(on)
    beliefs = await mind.begun()
    changes = await beliefs.remember({BTC: replace(OLD, correcting=Rule.DRIFT)})
    on.claim("I-31", not changes, f"a change by nobody: {changes}")
    on.claim("I-17", beliefs.correcting, "no correction is under way")
    await beliefs.settled([await mind.ended(order_for("BTC"))])
    await mind.same("after an order ended")
    memory = beliefs.memories[BTC]
    on.claim("I-3", memory.position == D("-0.08"), f"believed {memory.position}")
    on.claim("I-17", not beliefs.correcting, "a correction that never ends")
    on.claim("I-11", beliefs.activity().orders_minute == 1, "it is not counted")


async def written_rarely(on: Rehearsal) -> None:
    """See that what does not change is not written each cycle, over a restart, yet now and then."""
    mind = Mind(on)
    beliefs = await mind.begun()
    await beliefs.remember({BTC: OLD, ETH: OLD})
    remember, writes = on.desk.journal.remember, list[object]()

    async def noted(memories: object, changes: object) -> None:
        writes.append(memories)
        await remember(memories, changes)  # type: ignore[arg-type]

    on.journal_does("remember", noted)
    beliefs = await mind.begun()
    later = OLD
    for cycle in range(5):
        at_ms = NOW_MS + cycle * 10_000
        later = replace(OLD, position_at_ms=at_ms, seen_at_ms=at_ms, drifted_since_ms=at_ms)
        await beliefs.remember({BTC: later, ETH: later})
    on.claim("I-43", not writes, f"written {len(writes)} times with nothing changed")
    later = replace(later, position_at_ms=NOW_MS + POSITION_AT_EVERY_MS)
    await beliefs.remember({BTC: later, ETH: OLD})
    await beliefs.remember({BTC: replace(later, correcting=Rule.DRIFT), ETH: OLD})
    on.claim("I-40", len(writes) == 2, f"written {len(writes)} times in place of two")
    on.claim("I-43", all(w.keys() == {BTC} for w in writes), "what is as it was is written too")  # type: ignore[attr-defined]


async def accounted(on: Rehearsal) -> None:
    """See that each position that moved is accounted for, with its trades, as it is written."""
    mind = Mind(on)
    beliefs = await mind.begun()
    await beliefs.remember({BTC: OLD, ETH: OLD})
    (intent,) = await recorded(on.desk.journal, order_for("BTC"))
    trades = {TWO["BTC"].key: (trade(intent, size=D(3), cause=Cause.FOREIGN),)}
    changes = await beliefs.remember({BTC: replace(OLD, position=D(3))}, trades)
    written = await on.desk.journal.changes_since(0)
    for found in (changes, written):
        sizes = [(change.asset, change.size, change.cause) for change in found]
        on.claim("I-31", sizes == [(BTC, D(3), Cause.FOREIGN)], f"accounted for as {sizes}")
    on.claim("I-31", beliefs.memories[BTC].position == D(3), "not believed")


async def accepted(on: Rehearsal) -> None:
    """See that a person's word takes what is shown of that asset alone, with nothing under way."""
    mind = Mind(on)
    beliefs = await mind.begun()
    believed = replace(OLD, position=D(9), refusals=3)
    await beliefs.remember({BTC: believed, ETH: believed})
    shown = TWO.snapshot
    blind = replace(
        shown, missing=(Missing(what="balances", assets=frozenset({BTC}), reason="down"),)
    )
    unlisted = replace(
        shown, positions={k: p for k, p in shown.positions.items() if k != TWO["BTC"].key}
    )
    for snapshot in (blind, unlisted):
        left, _ = await beliefs.accept(snapshot, frozenset({BTC}))
        on.claim("E8", left == {BTC}, "accepted with a part of it unseen")
    (intent,) = await recorded(on.desk.journal, order_for("BTC"))
    left, _ = await beliefs.accept(shown, frozenset({BTC}))
    on.claim("E8", left == {BTC}, "taken with an order under way: its fill would count twice")
    await on.desk.journal.record_outcome(
        replace(intent, state=S.REJECTED, settled_at_ms=NOW_MS, proof="script")
    )
    on.claim("E8", beliefs.memories[BTC] == believed, "accepted what is not to be seen")
    left, changes = await beliefs.accept(shown, frozenset({BTC}))
    found = [(change.asset, change.cause, change.size) for change in changes]
    on.claim("I-31", found == [(BTC, Cause.ACCEPTED, D(-9))], f"accounted for as {found}")
    memory = beliefs.memories[BTC]
    taken = not left and (memory.position, memory.refusals) == (D(0), 0)
    on.claim("E8", taken, f"left {left}, accepted as {memory}")
    on.claim("E8", beliefs.memories[ETH] == believed, "another asset with it")
    await mind.same("after a person's word")


async def counted(on: Rehearsal) -> None:
    """See that a live order counts whole, an ended one what it filled; for a minute, and a day."""
    mind = Mind(on)
    beliefs = await mind.begun()
    await recorded(on.desk.journal, order_for("ETH", D(1)))
    on.desk.clock.advance(0.1)
    await mind.ended(order_for("BTC"), S.PART_FILLED, D("-0.02"))
    await mind.ended(order_for("BTC"), S.REJECTED, D(0))
    await beliefs.refresh()
    activity = beliefs.activity()
    found = (activity.turnover_day, activity.orders_minute)
    on.claim("I-11", found == (D(2_500 + 1_000), 3), f"counted {activity}")
    on.claim("I-11", beliefs.activity() == activity, "counted otherwise a second time")
    on.desk.clock.advance(61)
    on.claim("I-11", beliefs.activity().orders_minute == 0, "a minute never ends")
    on.claim("I-11", beliefs.activity().turnover_day == activity.turnover_day, "a day is over")
    on.desk.clock.advance(86_400)
    on.claim("I-17", beliefs.activity().turnover_day == 0, "a day never ends")
    await beliefs.refresh()
    on.claim("I-43", not beliefs.recent, f"{len(beliefs.recent)} orders of another day are kept")


async def under_way(on: Rehearsal) -> None:
    """See that live orders hold their instruments, and those that grow may yet cost leverage."""
    mind = Mind(on)
    await mind.begun()
    over = await mind.ended(order_for("BTC"))
    (growing,) = await recorded(on.desk.journal, order_for("ETH", D(1)))
    (closing,) = await recorded(on.desk.journal, order_for("BTC", reduce_only=True))
    every = (growing, over, closing)
    held = unsettled_by_instrument(every)
    wanted = {one.order.instrument: one.client_order_id for one in (growing, closing)}
    on.claim("I-1", held == wanted, f"under way are {held}")
    alone = len(unsettled_by_instrument((growing, over))) == 1
    on.claim("I-17", alone, "an order that is over holds")
    pending = pending_by_instrument((over, growing))
    on.claim("I-11", pending == {growing.order.instrument: D(2_500)}, f"may grow {pending}")
    on.claim("I-17", not pending_by_instrument((closing,)), "one that shrinks may grow")


SCRIPTS = {
    "starts": rehearsed(carried_over, carried_once, written_rarely),
    "writes": rehearsed(written_unsaid, not_written, settled, timed),
    "accounts": rehearsed(accounted, accepted),
    "counts": rehearsed(counted, under_way),
}
