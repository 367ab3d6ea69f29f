"""One order after another through the executor: what is sent, and what is made of the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from counterpoise.core.orders import Intent, IntentState, Order, OrderReport, VenueStatus
from counterpoise.errors import (
    DoorRefused,
    JournalError,
    OutcomeUnknown,
    Rejected,
    SnapshotError,
    Unauthorized,
    Unavailable,
)
from counterpoise.executor import refusing
from simulation.scripts.rehearsal import Rehearsal, rehearsed
from tests.sim.gateway import LIMITS, MAIN, filled, trade
from tests.sim.parts import order_for, recorded
from tests.worlds import NOW_MS

D = Decimal
S = IntentState
BTC, ETH = order_for("BTC", D("-0.08")), order_for("ETH", D("1.92"))
LONG = 500  # turns of the loop: longer than anything beside it
PAST_S = LIMITS.absence_after_ms / 1000 + 1  # an order can no longer be accepted


async def without_effect(on: Rehearsal) -> None:
    """See that what had no effect is over at once, with its own code, and is said."""
    for error, code in (
        (Rejected("margin", code="-2019"), "-2019"),
        (Unavailable("too many", code="-1003"), "-1003"),
        (Unavailable("no way there"), "unsent"),
        (DoorRefused("not allowed"), "unsent"),
    ):
        on.venue.raises["place"] = error
        before = on.lines("order.rejected")
        found = await on.outcome(on.desk.send(BTC))
        on.claim("R14", isinstance(found, tuple), f"{error!r} had no effect, and {found!r}")
        last = (await on.intents())[-1]
        ended = (last.state, last.code) == (S.REJECTED, code)
        on.claim("I-30", ended, f"{error!r} is recorded as {last.state} {last.code!r}")
        on.claim("I-18", on.lines("order.rejected") > before, f"nobody is told of {error!r}")


async def each_by_itself(on: Rehearsal) -> None:
    """See that refused credentials are raised, once every order has its outcome on record."""

    async def refuse(intent: Intent) -> OrderReport:
        if intent.order.asset == "BTC":
            raise Unauthorized("key")
        for _ in range(LONG):
            await asyncio.sleep(0)
        answered.append(intent)
        return filled(intent)

    answered: list[Intent] = []
    on.venue.on_place = refuse
    found = await on.outcome(on.desk.send(BTC, ETH))
    on.claim("I-30", answered, "raised with an order on its way: its outcome is nobody's")
    on.claim("A6", isinstance(found, Unauthorized), f"credentials were refused, and {found!r}")
    states = await on.states()
    on.claim("I-30", states == [S.REJECTED, S.FILLED], f"recorded as {states}")


async def unrecorded(on: Rehearsal) -> None:
    """See that an outcome that the journal does not take is a failure of the cycle."""

    async def full(intent: Intent) -> None:
        raise JournalError(f"full: {intent.client_order_id}")

    vars(on.desk.journal)["record_outcome"] = full
    found = await on.outcome(on.desk.send(BTC))
    on.claim("I-30", isinstance(found, JournalError), f"not written, and {found!r}")


async def in_time(on: Rehearsal) -> None:
    """See that an order is said while it is on its way, once, and before what came of it."""
    said: list[int] = []

    async def slow(intent: Intent) -> OrderReport:
        for _ in range(4):
            await asyncio.sleep(0)
        said.append(on.lines("order.sent"))
        return filled(intent)

    on.venue.on_place = slow
    await on.desk.send(BTC)
    on.claim("X6", said == [1], f"said {said} times by the time it is answered")
    on.venue.on_place = None
    on.venue.raises["place"] = Rejected("margin", code="-2019")
    await on.desk.send(BTC)
    last = [event for event in on.desk.said.events() if event.startswith("order.")][-2:]
    on.claim("X6", last == ["order.sent", "order.rejected"], f"said as {last}")
    on.claim("X6", on.lines("order.sent") == 2, f"two orders, said {on.lines('order.sent')} times")


async def in_doubt(on: Rehearsal) -> None:
    """See that the journal says of an order without an answer that nobody knows, over a crash."""
    on.venue.raises = {"place": OutcomeUnknown("no answer"), "find": Unavailable("down")}
    await on.outcome(on.desk.send(BTC))
    states = await on.states()
    on.claim("I-30", states == [S.UNKNOWN], f"no answer, and recorded as {states}")
    await recorded(on.desk.journal, ETH)  # and dead before it heard anything
    executor = on.desk.restarted()
    for intent in await on.desk.journal.unsettled():
        await on.outcome(executor.settle(intent))
    states = await on.states()
    on.claim("I-30", states == [S.UNKNOWN, S.UNKNOWN], f"after a crash recorded as {states}")


async def acknowledged(on: Rehearsal) -> None:
    """See that what was only acknowledged is looked up at once, and is on record once."""

    async def resting(intent: Intent) -> OrderReport:
        on.venue.found = replace(filled(intent, D(0)), status=VenueStatus.OPEN)
        return on.venue.found

    on.venue.on_place = resting
    (intent,) = await on.desk.send(BTC)
    on.claim("I-17", "find" in on.venue.asked, "an order that has an id alone is left alone")
    on.desk.clock.advance(10 * PAST_S)
    before = await on.desk.journal.transitions(intent.client_order_id)
    for _ in range(3):
        intent = await on.desk.executor.settle(intent)
    on.claim("I-6", intent.state is S.ACKNOWLEDGED, f"it rests, and is {intent.state}")
    after = await on.desk.journal.transitions(intent.client_order_id)
    on.claim("I-43", len(after) == len(before), "the same is recorded at each look-up")
    on.claim("I-18", on.lines("order.rejected") == 0, "a good order is said to be refused")


async def unanswered(on: Rehearsal) -> None:
    """See that a look-up that failed or made no sense says nothing, and is nobody's failure."""
    intent = await on.desk.unknown()
    on.desk.clock.advance(PAST_S)
    for error in (Unavailable("down"), SnapshotError("html")):
        for method in ("find", "open_order_ids", "fills"):
            on.venue.raises = {method: error}
            for _ in range(3):
                after = await on.outcome(on.desk.executor.settle(intent))
                same = isinstance(after, Intent) and after.state is S.UNKNOWN
                on.claim("I-38", same, f"{method} failed with {error!r}: {after!r}")


async def early(on: Rehearsal) -> None:
    """See that absence takes both clocks: one that was set, either way, proves nothing."""
    intent = await on.desk.unknown()
    on.desk.clock.now_ms += 3_600_000
    on.desk.clock.elapsed_s += PAST_S / 2
    await _unproved(on, intent, "with the wall clock set forward")
    on.desk.clock.now_ms -= 7_200_000
    on.desk.clock.elapsed_s += 3_600
    await _unproved(on, intent, "with the wall clock set back")
    fence_ms = LIMITS.life_ms + LIMITS.skew_max_ms + LIMITS.visibility_lag_ms
    on.desk.clock.now_ms = intent.sent_at_ms + fence_ms - 1
    await _unproved(on, intent, "before clocks that differ, and reads that lag, are past it")
    on.claim("I-6", intent.expires_at_ms == intent.sent_at_ms + LIMITS.life_ms, "ends too early")


async def restarted(on: Rehearsal) -> None:
    """See that who starts again waits the whole time again, and then two look-ups prove it."""
    intent = await on.desk.unknown()
    on.desk.clock.advance(PAST_S)
    on.desk.executor = on.desk.restarted()
    await _unproved(on, intent, "right after a restart")
    on.desk.clock.advance(PAST_S)
    first = await on.desk.executor.settle(intent)
    on.claim("I-6", first.state is S.UNKNOWN, "absent after one look-up")
    second = await on.desk.executor.settle(intent)
    on.claim("I-17", second.state is S.ABSENT, f"never absent: {second.state}")


async def _unproved(on: Rehearsal, intent: Intent, when: str) -> None:
    for _ in range(3):
        after = await on.desk.executor.settle(intent)
        on.claim("I-6", after.state is S.UNKNOWN, f"{after.state} {when}")


TRADES: tuple[tuple[str, Mapping[str, object], bool], ...] = (
    ("its own", {}, True),
    ("a part of it", {"size": D("-0.01")}, True),
    ("at its bound price", {"price": D(49_850)}, True),
    ("of an order without a name", {"venue_order_id": ""}, True),
    ("of the day before", {"at_ms": NOW_MS - 86_400_000}, False),
    ("the other way", {"size": D("0.01")}, False),
    ("of more than it ordered", {"size": D("-0.09")}, False),
    ("of more than it ordered, the other way", {"size": D("0.09")}, False),
    ("beyond its bound price", {"price": D("49849.9")}, False),
)


async def traded(on: Rehearsal) -> None:
    """See that an order is absent only where no trade can have been of it, bought or sold."""
    for name, facts, may_be in TRADES:
        await _weighed(on, BTC, (name, facts, may_be))
    price = ETH.limit_price
    for name, facts, may_be in (
        ("at its bound price", {"price": price}, True),
        ("below it", {"price": price - 1}, True),
        ("of more than it ordered", {"size": ETH.size * 2}, False),
        ("beyond its bound price", {"price": price + 1}, False),
    ):
        await _weighed(on, ETH, (name, facts, may_be))


async def our_own(on: Rehearsal) -> None:
    """See that a trade of a settled order of ours keeps nobody waiting for another."""
    on.venue.raises.clear()
    (settled,) = await on.desk.send(BTC)
    on.desk.clock.advance(PAST_S - 2)
    facts = {"venue_order_id": settled.venue_order_id}
    await _weighed(on, BTC, ("of a settled order of ours", facts, False))


async def clocks_apart(on: Rehearsal) -> None:
    """See that a trade just before the order was sent, by the venue's clock, may be of it."""
    facts = {"at_ms": on.desk.clock.wall_ms() - LIMITS.skew_max_ms + 1}
    await _weighed(on, BTC, ("early by the venue's clock", facts, True))


Traded = tuple[str, Mapping[str, object], bool]


async def _weighed(on: Rehearsal, order: Order, case: Traded) -> None:
    """Lose an order's answer beside a trade, and look it up twice after its last moment."""
    name, facts, may_be = case
    on.venue.raises["place"] = OutcomeUnknown("no answer")
    (intent,) = await on.desk.send(order)
    on.venue.trades = (trade(intent, **{"venue_order_id": "somebody's", **facts}),)
    on.desk.clock.advance(PAST_S)
    await on.outcome(on.desk.executor.settle(intent))
    after = await on.outcome(on.desk.executor.settle(intent))
    state = after.state if isinstance(after, Intent) else after
    if may_be:
        on.claim("I-6", state is S.UNKNOWN, f"beside a trade that is {name}: {state}")
        on.venue.found = replace(filled(intent, D(0)), status=VenueStatus.ENDED)
        await on.outcome(on.desk.executor.settle(intent))  # it ends, and the next may be sent
        on.venue.found = None
    else:
        on.claim("I-17", state is S.ABSENT, f"beside a trade that is {name}: {state}")


async def forgotten(on: Rehearsal) -> None:
    """See that of orders that have ended the executor keeps nothing."""
    await on.desk.send(BTC)
    intent = await on.desk.unknown()
    on.desk.clock.advance(PAST_S)
    for _ in range(2):
        await on.desk.executor.settle(intent)
    kept = [value for name, value in vars(on.desk.executor).items() if name != "_outside"]
    on.claim("I-43", not any(kept), f"kept of orders that have ended: {kept}")


async def refusals(on: Rehearsal) -> None:
    """See whose refusal has an account looked at again: a venue's that saw the order, no other."""
    asked = []
    for error in (None, Unavailable("no way there"), Rejected("side", code="-4061")):
        on.venue.raises = {} if error is None else {"place": error}
        asked.append(refusing(await on.desk.send(BTC)))
    on.claim("I-28", not asked[0], "an account is looked at again for a good order")
    on.claim("I-28", not asked[1], "an account is looked at again for an order that never left")
    on.claim("E6", asked[2] == {MAIN}, f"refused, and looked at again: {set(asked[2])}")


SCRIPTS = {
    "answers": rehearsed(without_effect, each_by_itself, unrecorded, in_time, in_doubt),
    "looked_up": rehearsed(acknowledged, unanswered, early, restarted, forgotten, refusals),
    "traded": rehearsed(traded, our_own, clocks_apart),
}
