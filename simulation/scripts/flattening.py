"""Everything closed at a person's word, and what is remembered of a decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from counterpoise.core.orders import Cause, HoldReason, Rule
from simulation.findings import Violation
from simulation.scripts.case import (
    NEUTRAL,
    NOW_MS,
    D,
    Moment,
    after,
    judged,
    of,
    one,
    sizes,
)
from simulation.scripts.sizing import case
from simulation.scripts.timing import A_HELD, BOTH


def _hedged(m: Moment, a: int = -4, b: int = 7) -> Moment:
    rows = (replace(NEUTRAL["A"], size=D(a)), replace(NEUTRAL["B"], size=D(b)))
    shown = of(replace(NEUTRAL, rows=rows)).now(flattening=True)
    for asset, size in (("A", a), ("B", b)):
        shown = shown.remembered(asset, position=D(size), position_at_ms=1)
    del m
    return shown


def _closes(made: object) -> bool:
    return one(made, "B").reduce_only and one(made, "B").rule is Rule.OPERATOR  # type: ignore[arg-type]


FLATTENING = (
    case(
        "a stop lets through what a person asks for",
        "I-17",
        sizes(4, -7),
        lambda m: _hedged(m).remembered(stopped=HoldReason.LIQUIDATED),
    ),
    case(
        "so does a wait for others",
        "I-17",
        sizes(4, -7),
        lambda m: _hedged(m).remembered(moved=Cause.FOREIGN, moved_at_ms=NOW_MS),
    ),
    case("everything is closed, and says so", "I-14", sizes(4, -7), _hedged, _closes),
    case(
        "a holding in doubt does not keep its position open",
        "I-17",
        sizes(4, -7),
        lambda m: _hedged(m).shown(balances=()),
    ),
    case(
        "a price in doubt does",
        "I-9",
        sizes(0, -7),
        lambda m: _hedged(m).altered("marks", index_price=D(90)),
    ),
    case(
        "an old price does",
        "I-9",
        sizes(0, -7),
        lambda m: _hedged(m).altered("marks", at_ms=NOW_MS - 10_001),
    ),
    case(
        "a position that was not read does",
        "I-9",
        sizes(0, -7),
        lambda m: _hedged(m).without("positions"),
    ),
    case("what is flat stays so", "I-19", sizes(0, -7), lambda m: _hedged(m, a=0)),
    case(
        "in parts where a limit says so",
        "I-11",
        sizes(2, -4),
        lambda m: _hedged(m).limited(order_notional_max=D(200)),
    ),
)


MEMORIES = (
    case(
        "what is shown is believed",
        "I-40",
        BOTH,
        lambda m: m,
        after(
            balances={"main:spot": D(10)},
            terms=NEUTRAL["A"].instrument.terms,
            position=D(0),
            position_at_ms=NOW_MS - 200,
        ),
    ),
    case(
        "what is in doubt is not",
        "I-10",
        A_HELD,
        lambda m: m.altered("marks", index_price=D(90)).remembered(balances={"main:spot": D(7)}),
        after(balances={"main:spot": D(7)}, position=None),
    ),
    case(
        "a pause is no longer than its cause asks, should the clock go back",
        "C2",
        A_HELD,
        lambda m: m.remembered(refusals=1, back_off_until_ms=NOW_MS * 2),
        after(back_off_until_ms=NOW_MS + 10_000),
    ),
    case(
        "nor one for orders that nothing fills",
        "C2",
        A_HELD,
        lambda m: m.remembered(empties=3, empty_until_ms=NOW_MS * 2),
        after(empty_until_ms=NOW_MS + 2_000),
    ),
    case(
        "the calendar counts from the first look",
        "I-19",
        BOTH,
        lambda m: m,
        after(calendar_at_ms=NOW_MS),
    ),
    case(
        "an unexplained position is noted",
        "I-3",
        A_HELD,
        lambda m: m.remembered(position=D(-3), position_at_ms=1),
        after(position=D(-3), strange_position=D(0), strange_since_ms=NOW_MS),
    ),
)


def flattening() -> Sequence[Violation]:
    """Close everything at a person's word."""
    return judged(FLATTENING)


def memories() -> Sequence[Violation]:
    """Look at what is remembered."""
    return judged(MEMORIES)


SCRIPTS = {"flattening": flattening, "memories": memories}
