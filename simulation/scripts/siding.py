"""Positions of two sides: which one an order closes, what counts, and what is believed of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import localcontext

from counterpoise.core.orders import Cause, Fill, HoldReason, IntentState, Order
from counterpoise.core.policy.policy import Limits
from counterpoise.core.settlement import after_settlement
from counterpoise.core.sides import Sides
from counterpoise.core.snapshot import Position
from counterpoise.core.state import AssetMemory
from counterpoise.core.units import CONTEXT
from simulation.findings import Violation
from simulation.scripts.case import NEUTRAL, NOW_MS, Case, D, Found, Moment, after, judged, of, one
from simulation.scripts.case import sizes as ordered
from tests.worlds import LOOSE, Row, intent_of, sided

A, B = NEUTRAL["A"], NEUTRAL["B"]  # short 10 of A and 20 of B is what is wanted
HEDGED_B = sided(B, 0, 20)


def _sides(long: object, short: object) -> Sides:
    return Sides(long=D(str(long)), short=D(str(short)))


def _moment(a: Row, b: Row = HEDGED_B, limits: Limits = LOOSE) -> Moment:
    """Return a moment in which each position is as believed."""
    shown = of(replace(NEUTRAL, rows=(a, b), limits=limits))
    for row in (a, b):
        shown = shown.remembered(row.asset, position=row.size, sides=row.sides, position_at_ms=1)
    return shown


def _case(
    name: str, invariant: str, moment: Callable[[], Moment], *sizes: int, also: Found = bool
) -> Case:
    return Case(name=name, invariant=invariant, make=moment, sizes=ordered(*sizes), also=also)


def _says(*, closes: bool, completes: bool | None = None) -> Found:
    def also(made: object) -> bool:
        order: Order = one(made, "A")  # type: ignore[arg-type]
        ends = completes is None or order.completes is completes
        return order.reduce_only is closes and ends

    return also


CLOSES, OPENS = _says(closes=True), _says(closes=False)
DUST = replace(sided(A, 1, 6), size_min=D(2))
ORDERS = (
    _case("more of a short", "I-14", lambda: _moment(sided(A, 0, 4)), -6, also=OPENS),
    _case("a long is closed first", "I-14", lambda: _moment(sided(A, 4, 0)), -4, also=CLOSES),
    _case(
        "the opposite side is closed first, whatever the net",
        "I-14",
        lambda: _moment(sided(A, 3, 8)),
        -3,
        also=CLOSES,
    ),
    _case(
        "never more than the side",
        "I-14",
        lambda: _moment(sided(A, 3, 3)),
        -3,
        also=_says(closes=True, completes=False),
    ),
    _case(
        "a part of the side, and that is all",
        "I-14",
        lambda: _moment(sided(A, 7, 22)),
        5,
        also=_says(closes=True, completes=True),
    ),
    _case("a pair that comes to the target", "I-19", lambda: _moment(sided(A, 9, 19)), 0),
    _case("what no order can close stands aside", "I-17", lambda: _moment(DUST), -5, also=OPENS),
    _case(
        "both sides count as the position",
        "I-11",
        lambda: _moment(DUST, limits=replace(LOOSE, position_notional_max=D(1_000))),
        -3,
    ),
    _case(
        "both sides count as leverage",
        "I-11",
        lambda: _levered(_moment(A, sided(B, 30, 50))),
        0,
    ),
    _case(
        "both sides count as leverage, and leave what they leave",
        "I-11",
        lambda: _levered(_moment(A, sided(B, 20, 40))),
        -10,
    ),
    _case(
        "both sides believed count, though they are not shown yet",
        "I-11",
        lambda: _levered(_moment(A)).remembered("B", sides=_sides(30, 50)),
        0,
    ),
    _case(
        "a pair that comes to nothing can be liquidated",
        "I-11",
        lambda: _near(_moment(A, sided(B, 5, 5))),
        0,
        -5,
    ),
    _case(
        "a holding is not believed gone while a pair stands against it",
        "I-10",
        lambda: _moment(replace(sided(A, 5, 5), spot=D(0)), B).wanted(exposure=D(1)),
        0,
    ),
)


def _levered(moment: Moment) -> Moment:
    """Return it with room for 4,000 of notional."""
    margins = tuple(replace(m, equity=D(4_000)) for m in moment.snapshot.margins)
    return moment.shown(margins=margins).limited(leverage_max=D(1))


def _near(moment: Moment) -> Moment:
    shown = moment.altered("positions", "B", liquidation_price=D("50.1"))
    return shown.limited(liquidation_distance_min=D("0.1"))


def _flat(a: Row, b: Row) -> Callable[[], Moment]:
    return lambda: _moment(a, b).now(flattening=True)


FLATTENING = (
    _case(
        "the larger side, then the other",
        "I-14",
        _flat(sided(A, 3, 7), HEDGED_B),
        7,
        20,
        also=_says(closes=True, completes=False),
    ),
    _case("a pair is not flat", "I-14", _flat(sided(A, 4, 4), sided(B, 5, 5)), -4, -5, also=CLOSES),
    _case(
        "the last side of it",
        "I-14",
        _flat(sided(A, 0, 4), sided(B, 0, 0)),
        4,
        also=_says(closes=True, completes=True),
    ),
    _case("flat on both sides", "I-19", _flat(sided(A, 0, 0), sided(B, 0, 0)), 0),
)


def _fill(size: int, cause: Cause = Cause.FOREIGN) -> Fill:
    return Fill(
        trade_id=f"t{size}",
        venue_order_id="x",
        instrument=A.key,
        size=D(size),
        price=D(100),
        fee=D(0),
        fee_asset=A.instrument.settle,
        at_ms=NOW_MS - 500,
        cause=cause,
    )


def _others(moment: Moment, *fills: Fill) -> Moment:
    traded = sum((fill.size for fill in fills), D(0))
    return moment.now(traded={A.key: traded}, trades={A.key: fills})


def _held_as(reason: HoldReason) -> Found:
    def also(made: object) -> bool:
        return reason in {h.reason for h in made.holds if h.asset == "A"}  # type: ignore[attr-defined]

    return also


SHOWN = sided(A, 2, 2)


def _believed_flat() -> Moment:
    return _moment(SHOWN).remembered(sides=_sides(0, 0))


BELIEFS = (
    _case(
        "sides that nothing explains",
        "I-3",
        _believed_flat,
        0,
        also=after(sides=_sides(0, 0), strange_position=D(0), strange_since_ms=NOW_MS),
    ),
    _case(
        "sides that an order of ours left otherwise",
        "I-3",
        lambda: _believed_flat().remembered(unconfirmed_since_ms=1),
        0,
        also=_held_as(HoldReason.POSITION_UNCONFIRMED),
    ),
    _case(
        "sides that somebody opened",
        "I-17",
        lambda: _others(_believed_flat(), _fill(2), _fill(-2)),
        0,
        also=after(sides=SHOWN.sides, moved=Cause.FOREIGN),
    ),
    _case(
        "a side that shrank, and nobody says why",
        "I-9",
        lambda: _others(
            _moment(sided(A, 3, 0)).remembered(sides=_sides(3, 1), position=D(2)),
            _fill(1, Cause.UNKNOWN),
        ),
        0,
        also=after(stopped=HoldReason.FORCED),
    ),
    _case(
        "what was one-way is believed in hedge mode too",
        "I-17",
        lambda: _moment(sided(A, 0, 4)).remembered(sides=None),
        -6,
        also=after(sides=_sides(0, 4)),
    ),
)


def _settlements() -> Iterator[str]:
    """Say what an order's fills make of the sides."""
    (order,) = _moment(sided(A, 0, 4)).decided().orders
    for size, closes, long, short in (
        (3, True, 5, 1),
        (3, False, 8, 4),
        (-3, True, 2, 4),
        (-3, False, 5, 7),
        (6, True, 7, 0),  # more than there was: a venue that passed zero
    ):
        sent = intent_of(replace(order, size=D(size), reduce_only=closes), state=IntentState.FILLED)
        memory = AssetMemory(position=D(1), sides=_sides(5, 4))
        made = after_settlement(memory, replace(sent, filled_size=D(size)), at_ms=NOW_MS)
        if made.sides != _sides(long, short):
            yield f"{size}, closing {closes}: {made.sides}"


def _nonsense() -> Iterator[str]:
    """Say which sides of a position are taken that contradict themselves."""
    makers: tuple[Callable[[], object], ...] = (
        lambda: _sides(-1, 0),
        lambda: _sides(0, -1),
        lambda: _sides("NaN", 0),
        lambda: Position(instrument=A.key, size=D(1), sides=_sides(2, 2)),
    )
    for number, make in enumerate(makers):
        try:
            yield f"number {number}: {make()!r:.120}"
        except (ValueError, ArithmeticError):
            continue


def sides() -> Sequence[Violation]:
    """Close the opposite side first, and count both."""
    return judged(ORDERS)


def flattening() -> Sequence[Violation]:
    """Close both sides at a person's word."""
    return judged(FLATTENING)


def beliefs() -> Sequence[Violation]:
    """Believe each side, and not only what they come to."""
    with localcontext(CONTEXT.copy()):
        said = [("I-3", one) for one in _settlements()] + [("F1", one) for one in _nonsense()]
    found = [Violation(invariant=number, at_s=0.0, said=words) for number, words in said]
    return [*judged(BELIEFS), *found]


SCRIPTS = {"sides": sides, "flattening": flattening, "beliefs": beliefs}
