"""What a cycle does, in which order, and what it leaves behind."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from counterpoise.core.instrument import Asset
from counterpoise.core.orders import Intent, IntentState, OrderReport, VenueStatus
from counterpoise.core.state import AccountState, AssetMemory, Command, Control
from counterpoise.daemon import KEEP_EVERY_MS
from counterpoise.errors import (
    JournalError,
    OutcomeUnknown,
    Rejected,
    Unavailable,
)
from simulation.scripts.rehearsal import Rehearsal, rehearsed
from tests.sim.gateway import TWO, filled, trade
from tests.sim.stage import told

D = Decimal
S = IntentState
BTC = Asset("BTC")
RUN, PAUSE = AccountState.RUN, AccountState.PAUSE


async def settled_first(on: Rehearsal) -> None:
    """See that what is not settled is looked up before anything else, and counts before it is."""
    intent = await on.desk.unknown()
    on.venue.raises = {"open": Unavailable("down")}
    on.venue.asked.clear()
    await on.run(2)
    on.claim("I-9", "find" not in on.venue.asked, "asked of a venue that is not open")
    on.claim("I-6", await on.states() == [S.UNKNOWN], f"unasked, and {await on.states()}")
    on.claim("I-17", not on.lines("cycle.failed"), "a closed venue is a failure")
    on.venue.raises = {}
    on.venue.found = filled(intent)
    on.venue.asked.clear()
    await on.run(1)
    order = [on.venue.asked.index(name) for name in ("open", "find", "positions")]
    on.claim("I-3", order == sorted(order), f"asked in the order of {on.venue.asked}")
    believed = on.beliefs.memories[BTC].position
    on.claim("I-3", believed == intent.order.size, f"filled, and believed is {believed}")


async def still_open(on: Rehearsal) -> None:
    """See that an order that is still open is not believed to have ended."""
    intent = await on.desk.unknown()
    on.venue.found = replace(filled(intent, D("-0.03")), status=VenueStatus.OPEN)
    await on.run(2)
    memory = on.beliefs.memories.get(BTC, AssetMemory())
    on.claim("I-3", memory.carried == 0, "an order that is open was carried over")


async def believed_at_once(on: Rehearsal) -> None:
    """See that a fill is believed before the venue shows it, and counted, and priced."""
    on.stage.drift()
    on.venue.on_place = None  # it fills, and the position lags
    await on.outcome(on.stage.daemon.run(1))
    placed = len(on.venue.placed)
    on.claim("I-17", placed == 2, f"{placed} orders")
    on.claim("X6", on.lines("order.settled") == placed, "what was settled is not said")
    sizes = {str(i.order.asset): i.order.size for i in on.venue.placed}
    believed = {str(a): m.position for a, m in on.beliefs.memories.items()}
    on.claim("I-3", believed == sizes, f"filled {sizes}, believed {believed}")
    on.claim("I-11", on.beliefs.activity().orders_minute == placed, "orders are not counted")
    await on.outcome(on.stage.daemon.run(3))
    on.claim("I-5", len(on.venue.placed) == placed, "the same again while the venue lags")


async def lives_on(on: Rehearsal) -> None:
    """See that who starts again believes what was filled, and is where a person left it."""
    on.stage.drift()
    await on.outcome(on.stage.daemon.run(1))
    placed = len(on.venue.placed)
    await on.run(2)  # the venue lags still
    on.claim("I-5", len(on.venue.placed) == placed, "a restart orders the same again")
    await told(on.stage, Command.PAUSE)
    await on.run(1)
    on.stage.drift(TWO.changed(replace(TWO["BTC"], price=D(90_000))))
    await on.run(1)
    on.claim("I-26", on.stage.state is PAUSE, f"a restart makes of a pause {on.stage.state}")
    on.claim("I-26", len(on.venue.placed) == placed, "ordered though it was paused")


async def paid(on: Rehearsal) -> None:
    """See that what an order cost is known at once to whoever adds it up."""
    on.stage.drift()

    async def place(intent: Intent) -> OrderReport:
        on.venue.trades = (*on.venue.trades, trade(intent))
        return filled(intent)

    on.venue.on_place = place
    await on.outcome(on.stage.daemon.run(1))
    fees = [intent.fee for intent in on.beliefs.recent]
    on.claim("I-30", fees == [D("0.5")] * 2, f"two orders cost {fees}")


async def cut_off(on: Rehearsal) -> None:
    """See that what settled in a cycle that was cut off is believed in the next."""
    await on.outcome(on.stage.daemon.run(1))
    on.stage.drift()
    record_outcome, failures = on.desk.journal.record_outcome, [JournalError("full")]

    async def fails_once(intent: Intent) -> None:
        if failures and intent.order.asset == "ETH":
            raise failures.pop()
        await record_outcome(intent)

    async def later(intent: Intent) -> OrderReport:
        on.desk.clock.advance(0.02)
        return filled(intent)

    on.journal_does("record_outcome", fails_once)
    on.venue.on_place = later
    await on.outcome(on.stage.daemon.run(2))
    believed = on.beliefs.memories[BTC].position
    on.claim("I-3", believed == D("-0.08"), f"settled as it was cut off, and believed {believed}")
    on.claim("I-5", len(on.venue.placed) == 2, f"{len(on.venue.placed)} orders, none shown yet")


async def counted(on: Rehearsal) -> None:
    """See that an order without an outcome counts against the limits in the very next cycle."""
    on.stage.drift()
    on.venue.raises["place"] = OutcomeUnknown("no answer")
    await on.outcome(on.stage.daemon.run(1))
    placed, activity = on.venue.placed, on.beliefs.activity()
    on.claim("I-11", activity.orders_minute == len(placed) == 2, f"counted {activity}")
    on.claim("I-30", on.lines("order.settled") == 0, "said to be settled with no outcome")
    carried = {memory.carried for memory in on.beliefs.memories.values()}
    on.claim("I-3", carried == {0}, "carried over before it ended: a restart would forget it")
    turned = sum(intent.order.notional for intent in placed)
    on.claim("I-11", activity.turnover_day == turned, f"{turned} turned over, counted {activity}")


async def looked_again(on: Rehearsal) -> None:
    """See that a refusal has account and contracts looked at in the next cycle, and once."""
    on.stage.drift()
    on.venue.raises["place"] = Rejected("position side", code="-4061")
    await on.outcome(on.stage.daemon.run(1))
    looks = []
    for _ in range(2):
        on.venue.asked.clear()
        await on.outcome(on.stage.daemon.run(1))
        looks.append("open" in on.venue.asked)
    on.claim("E6", looks == [True, False], f"looked at again: {looks}")


async def remembered(on: Rehearsal) -> None:
    """See that what was decided from is on disk before anything is sent, and after it."""
    on.stage.drift()
    remember, known = on.desk.journal.remember, []

    async def noted(memories: object, changes: object) -> None:
        known.append(len(on.venue.placed))
        await remember(memories, changes)  # type: ignore[arg-type]

    on.journal_does("remember", noted)
    await on.outcome(on.stage.daemon.run(1))
    on.claim("I-40", known == [0, 2], f"written with {known} orders sent")


async def stood_still(on: Rehearsal) -> None:
    """See that what was decided before the process stood still is not sent after it."""
    on.stage.drift()
    remember = on.desk.journal.remember

    async def frozen(memories: object, changes: object) -> None:
        on.desk.clock.elapsed_s += 11
        await remember(memories, changes)  # type: ignore[arg-type]

    did = on.journal_does("remember", frozen)
    await on.outcome(on.stage.daemon.run(1))
    on.claim("I-37", not on.venue.placed, "sent after it stood still")
    on.claim("I-18", on.lines("cycle.failed") == 1, "nobody is told that it stood still")
    on.journal_does("remember", did)
    on.stage.fills()
    await on.outcome(on.stage.daemon.run(1))
    on.claim("I-17", len(on.venue.placed) == 2, "never sent at all")


async def halted_late(on: Rehearsal) -> None:
    """See that a halt between the decision and its order stops it, and the decision is kept."""
    on.stage.drift()
    on.during("books", lambda: on.stage.operator.signal_halt("now"))
    await on.outcome(on.stage.daemon.run(1))
    on.claim("I-26", not on.venue.placed, "sent after a halt")
    kept = await on.desk.journal.cycle(1)
    on.claim("I-30", kept is not None and kept.plan.orders, "what was decided is not on record")


async def kept(on: Rehearsal) -> None:
    """See that a quiet decision is on record once and then now and then, and after an order."""
    times: list[int] = []
    record_cycle = on.desk.journal.record_cycle

    async def noted(record: object) -> None:
        times.append(on.desk.clock.wall_ms())
        await record_cycle(record)  # type: ignore[arg-type]

    on.journal_does("record_cycle", noted)
    start_ms = on.desk.clock.wall_ms()
    await on.outcome(on.stage.daemon.run(62))
    found = [at_ms - start_ms for at_ms in times]
    on.claim("I-43", found == [0, KEEP_EVERY_MS], f"quiet cycles recorded at {found} ms")
    on.stage.fills()
    on.stage.drift()
    await on.outcome(on.stage.daemon.run(1))
    times.clear()
    on.stage.drift(on.venue.world)
    await on.outcome(on.stage.daemon.run(3))
    on.claim("I-30", len(times) == 1, f"{len(times)} cycles recorded after an order")
    times.clear()
    on.venue.raises["books"] = Unavailable("down")
    await on.outcome(on.stage.daemon.run(3))
    on.claim("I-30", len(times) == 1, f"{len(times)} new decisions of three cycles are on record")


async def flattened(on: Rehearsal) -> None:
    """See that flattening ends once all is seen to be flat, and not before, nor without it."""
    on.stage.drift(TWO.changed(replace(TWO["BTC"], size=D("-0.4"))))
    await told(on.stage, Command.FLATTEN)
    await on.outcome(on.stage.daemon.run(1))
    on.claim("I-26", on.stage.operator.control.flattening, "over while a position is open")
    on.stage.drift(TWO)
    on.venue.raises["books"] = Unavailable("down")
    await on.outcome(on.stage.daemon.run(1))
    on.claim("I-26", on.stage.operator.control.flattening, "over while something is unread")
    on.claim("I-17", on.lines("cycle.failed") == 0, "what is unread is a failure")
    on.venue.raises.clear()
    await on.outcome(on.stage.daemon.run(1))
    control = await on.desk.journal.control()
    on.claim("I-17", not control.flattening, "it never ends")
    on.claim("I-26", control.state is PAUSE, f"afterwards {control.state}")
    record_control, written = on.desk.journal.record_control, list[Control]()

    async def noted(control: Control) -> None:
        written.append(control)
        await record_control(control)

    on.journal_does("record_control", noted)
    await told(on.stage, Command.RESUME)
    await on.outcome(on.stage.daemon.run(2))
    on.claim("I-43", len(written) == 1, f"being flat is on record {len(written)} times")
    on.claim("I-17", await on.account() is RUN, f"flat, and {await on.account()}")


async def accepted(on: Rehearsal) -> None:
    """See that a person's word for an asset waits until it can be seen, and is said."""
    await on.outcome(on.stage.daemon.run(1))
    on.stage.drift(TWO.changed(replace(TWO["BTC"], size=D("-0.4"))))
    on.venue.raises["positions"] = Unavailable("down")
    await told(on.stage, Command.RESUME, BTC)
    await on.outcome(on.stage.daemon.run(2))
    on.claim("E8", on.beliefs.memories[BTC].position == D(0), "accepted unseen")
    on.venue.raises = {"place": Rejected("margin", code="-2019")}
    await on.outcome(on.stage.daemon.run(1))
    believed = on.beliefs.memories[BTC].position
    on.claim("E8", believed == D("-0.4"), f"a person's word was lost: {believed}")
    on.claim("I-31", on.lines("position.changed") == 1, "what was accepted is not said")
    causes = [str(change.cause) for change in await on.desk.journal.changes_since(0)]
    on.claim("I-31", causes == ["accepted"], f"on record as {causes}")


SCRIPTS = {
    "settles": rehearsed(settled_first, still_open, cut_off),
    "believes": rehearsed(believed_at_once, lives_on, paid),
    "sends": rehearsed(counted, looked_again, remembered, stood_still, halted_late),
    "keeps": rehearsed(kept, flattened, accepted),
}
