"""What follows from trades of others, and that all of them add up to the position."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from counterpoise.core.foreign import (
    Turn,
    after_move,
    by_order,
    explaining,
    price_average,
    resumed,
    stopped,
    waiting,
)
from counterpoise.core.instrument import Asset
from counterpoise.core.orders import Cause, HoldReason
from counterpoise.core.sides import Sides
from counterpoise.core.state import AssetMemory
from simulation.scripts.claims import Claims, told
from simulation.scripts.explaining import KEY, sold
from tests.sim.parts import order_for
from tests.worlds import NOW_MS

D = Decimal
BTC = Asset("BTC")
STOPPED = {
    Cause.LIQUIDATION: HoldReason.LIQUIDATED,
    Cause.SETTLEMENT: HoldReason.FORCED,
    Cause.UNKNOWN: HoldReason.FORCED,
    Cause.OURS: HoldReason.BOOKS_APART,
}
LEFT_ALONE = {
    Cause.DELEVERAGING: HoldReason.DELEVERAGED,
    Cause.FOREIGN: HoldReason.FOREIGN_TRADE,
    Cause.COPY: HoldReason.FOREIGN_TRADE,
    None: HoldReason.FOREIGN_TRADE,
}
COOLDOWN_MS = 300_000


def consequences(made: Claims) -> None:
    """See that what was forced stops, what was somebody's will is left alone, the worst first."""
    short = AssetMemory(position=D(-1), correcting=None)
    for cause, reason in (*STOPPED.items(), *LEFT_ALONE.items()):
        memory = after_move(short, (sold("0.6", cause=cause),), NOW_MS)
        stops = cause in STOPPED
        wanted = (reason if stops else None, NOW_MS, NOW_MS)
        got = (memory.stopped, memory.moved_at_ms, memory.corrected_at_ms)
        made.claim("E8", got == wanted, f"after {cause}: {got}")
        found = waiting(memory, now_ms=NOW_MS + COOLDOWN_MS - 1, cooldown_ms=COOLDOWN_MS)
        made.claim("E7", found is (None if stops else reason), f"after {cause} waits for {found}")
        over = waiting(memory, now_ms=NOW_MS + COOLDOWN_MS, cooldown_ms=COOLDOWN_MS)
        back = waiting(memory, now_ms=NOW_MS - 9_999, cooldown_ms=COOLDOWN_MS)
        made.claim("I-17", over is None, f"after {cause} waits for ever")
        made.claim("E7", back is (None if stops else reason), f"{cause}, the clock set back")
        again = after_move(memory, (sold("-0.1", cause=Cause.OURS),), NOW_MS)
        first = reason if stops else HoldReason.BOOKS_APART
        made.claim("E8", again.stopped is first, f"{cause}, then ours: {again.stopped}")
        free = resumed(again)
        lifted = (free.stopped, free.moved, free.stopped_detail)
        made.claim("I-17", lifted == (None, None, ""), f"a person's word leaves {lifted}")
    several = tuple(
        sold(size, cause=cause)
        for size, cause in (("0.1", None), ("0.2", Cause.LIQUIDATION), ("0.3", Cause.DELEVERAGING))
    )
    worst = after_move(short, several, NOW_MS)
    made.claim("E8", worst.stopped is HoldReason.LIQUIDATED, f"the worst is {worst.stopped}")
    made.claim("E8", worst.stopped_detail.endswith(" 0.2"), f"said {worst.stopped_detail}")
    unread = (sold("0.6", cause=Cause.UNKNOWN),)
    for position, stops in (("-1", True), ("1", False), (None, False)):
        size = None if position is None else D(position)
        memory = after_move(AssetMemory(position=size), unread, NOW_MS)
        made.claim("E8", bool(memory.stopped) is stops, f"unread, from {size}: {memory.stopped}")
        made.claim("E7", stops or memory.moved is Cause.FOREIGN, f"from {size}: {memory.moved}")
    two = replace(short, sides=Sides(long=D(1), short=D(2)))
    for sides, stops in (((0, 2), True), ((2, 1), True), ((3, 2), False), ((1, 3), False)):
        now = Sides(long=D(sides[0]), short=D(sides[1]))
        trade = replace(unread[0], size=D(sides[0] - sides[1] + 1))
        memory = after_move(two, (trade,), NOW_MS, now)
        made.claim("E8", bool(memory.stopped) is stops, f"sides turned {sides}: {memory.stopped}")
        blind = after_move(short, (replace(trade, size=D("0.5")),), NOW_MS, now)
        made.claim("E8", blind.stopped is not None, "sides that were not known before")
    unseen = after_move(two, unread, NOW_MS)
    made.claim("E8", unseen.stopped is not None, "sides that are not shown now")
    nobody = after_move(short, (), NOW_MS)
    made.claim("E7", nobody.moved is Cause.FOREIGN, f"moved by nobody: {nobody.moved}")
    half = after_move(AssetMemory(position=D(-1), correcting=order_for().rule), (sold(),), NOW_MS)
    made.claim("E7", half.correcting is None, "a correction goes on where others traded")
    kept = stopped(stopped(short, HoldReason.FORCED, "a"), HoldReason.LIQUIDATED, "b")
    told_ = (kept.stopped, kept.stopped_detail)
    made.claim("E8", told_ == (HoldReason.FORCED, "a"), f"the first stop became {told_}")


def summing(made: Claims) -> None:
    """See that trades and changes add up to the position, whatever it turned from."""
    trades = [sold("1", 1, 5), sold("2", 2, 10), sold("3", 3, 11)]
    cases: Mapping[str, tuple[str, ...] | None] = {
        "5": ("2", "3"),
        "3": ("3",),
        "6": ("1", "2", "3"),
        "1": None,
        "0": None,
    }
    for difference, wanted in cases.items():
        found = explaining(trades, D(difference), 10)
        got = None if found is None else tuple(trade.trade_id for trade in found)
        made.claim("I-31", got == wanted, f"{difference} is explained by {got}")
    pair = [sold("1", 1, 5), sold("-1", 2, 6), sold("3", 3, 11)]
    newest = explaining(pair, D(3), 10) or ()
    made.claim("I-31", [trade.trade_id for trade in newest] == ["3"], f"explained by {newest}")
    made.claim("I-31", explaining([], D(0), 10) is None, "explained by nothing")
    both = (sold("1", 1), sold("2", 2))
    for before, after, given, accepted, wanted_ in (
        (D(1), D(4), both, False, [(Cause.UNKNOWN, "1", D(1)), (Cause.UNKNOWN, "2", D(2))]),
        (D(1), D(5), both, False, [(Cause.UNKNOWN, "", D(4))]),
        (D(1), D(5), (), True, [(Cause.ACCEPTED, "", D(4))]),
        (None, D(3), both, False, [(Cause.FOUND, "", D(3))]),
        (None, D(0), (), False, []),
        (D(2), D(2), (), False, []),
        (D(2), None, (), False, []),
    ):
        turn = Turn(
            asset=BTC, instrument=KEY, before=before, after=after, trades=given, accepted=accepted
        )
        changes = turn.changes(NOW_MS)
        got_ = [(change.cause, change.trade_id, change.size) for change in changes]
        made.claim("I-31", got_ == wanted_, f"{before} to {after} is {got_}")
    forced = (sold("3", 1, cause=Cause.LIQUIDATION, client_order_id="x"),)
    turned = Turn(asset=BTC, instrument=KEY, before=D(0), after=D(3), trades=forced).changes(7)
    kept = [(c.cause, c.venue_order_id, c.client_order_id, c.recorded_at_ms) for c in turned]
    made.claim("E8", kept == [(Cause.LIQUIDATION, "o1", "x", 7)], f"recorded as {kept}")
    groups = [len(group) for group in by_order([*turned, *turned])]
    made.claim("I-42", groups == [2], f"trades of one order are told in {groups}")
    dear = Turn(asset=BTC, instrument=KEY, before=D(0), after=D(4)).changes
    mixed = [*Turn(asset=BTC, instrument=KEY, before=D(0), after=D(3), trades=both).changes(1)]
    priced = [replace(mixed[0], price=D(10), size=D(-1)), replace(mixed[1], price=D(20), size=D(3))]
    made.claim("I-31", price_average(priced) == D("17.5"), f"{price_average(priced)}")
    made.claim("I-31", price_average([*priced, *dear(1)]) is None, "a price that nobody knows")


SCRIPTS = {"consequences": told(consequences, "E8"), "summing": told(summing, "I-31")}
