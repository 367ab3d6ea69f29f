"""Values that refuse nonsense when they are made, so that none of it reaches arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import localcontext

from counterpoise.core.policy.band import Band
from counterpoise.core.policy.policy import External, Trigger
from counterpoise.core.snapshot import Balance, Margin, Position
from counterpoise.core.units import CONTEXT, exact
from simulation.findings import Violation
from simulation.scripts.case import NEUTRAL, D, of
from tests.worlds import QUOTE

MOMENT = of(NEUTRAL)
KEY = NEUTRAL["A"].key
BAD = ("NaN", "Infinity", "-Infinity")


def _changed(made: object, **facts: object) -> Callable[[], object]:
    return lambda: replace(made, **facts)  # type: ignore[type-var]


def _instruments() -> list[Callable[[], object]]:
    one = NEUTRAL["A"].instrument
    return [
        _changed(one, size_step=D(0)),
        _changed(one, price_step=D(0)),
        _changed(one, size_step=D(-1)),
        _changed(one, price_step=D(-1)),
        _changed(one, size_min=D(-1)),
        _changed(one, notional_min=D(-1)),
        _changed(one, size_min=D(2), size_max=D(1)),
    ]


def _shown() -> list[Callable[[], object]]:
    mark, book = MOMENT.snapshot.marks[KEY], MOMENT.snapshot.books[KEY]
    balance = Balance(source="main:spot", asset=QUOTE, quantity=D(1))
    margin = Margin(source="main:x", asset=QUOTE, equity=D(1), wallet=D(1), maintenance=D(1))
    position = Position(instrument=KEY, size=D(1))
    return [
        _changed(balance, quantity=D(-1)),
        _changed(mark, mark_price=D(0)),
        _changed(mark, mark_price=D(-1)),
        _changed(book, bid=D(0)),
        _changed(book, bid=D(-1)),
        _changed(book, bid=book.ask + 1),
        *(_changed(balance, quantity=D(bad)) for bad in BAD),
        *(_changed(mark, mark_price=D(bad)) for bad in BAD),
        *(_changed(position, size=D(bad)) for bad in BAD),
        *(_changed(margin, equity=D(bad)) for bad in BAD),
        *(_changed(margin, wallet=D(bad)) for bad in BAD),
        *(_changed(margin, maintenance=D(bad)) for bad in BAD),
        *(lambda bad=bad: exact(bad) for bad in (*BAD, "", "x", "1e", "1,5")),
    ]


def _wanted() -> list[Callable[[], object]]:
    policy = MOMENT.policy
    first, second = policy.targets
    (order, _) = MOMENT.decided().orders
    return [
        _changed(first, weight=D("-0.1")),
        _changed(first, weight=D("1.1")),
        _changed(first, drift=D(0)),
        _changed(first, drift=D(-1)),
        _changed(Trigger(), return_to=D("-0.1")),
        _changed(Trigger(), return_to=D("1.1")),
        lambda: External(quantity=D(-1), as_of_ms=None, valid_until_ms=None),
        _changed(policy, exposure=D("-0.1")),
        _changed(policy, exposure=D("1.1")),
        _changed(policy, targets=(first, replace(second, weight=D("0.6")))),
        _changed(policy, targets=(first, replace(second, asset=first.asset))),
        _changed(policy, targets=(first, replace(second, instrument=first.instrument))),
        lambda: Band(inner=D(2), outer=D(1)),
        lambda: Band(inner=D(-1), outer=D(1)),
        _changed(order, size=D(0)),
        _changed(order, limit_price=D(0)),
        _changed(order, limit_price=D(-1)),
        _changed(order, mark_price=D(0)),
    ]


def _taken(makers: Sequence[Callable[[], object]]) -> list[str]:
    found = []
    for number, make in enumerate(makers):
        try:
            found.append(f"number {number}: {make()!r:.120}")
        except (ValueError, ArithmeticError):
            continue
    return found


def nonsense() -> Sequence[Violation]:
    """Make each value wrong in each way."""
    with localcontext(CONTEXT.copy()):
        said = [("I-9", one) for one in _taken([*_instruments(), *_shown()])]
        said += [("F1", one) for one in _taken(_wanted())]
    return [Violation(invariant=name, at_s=0.0, said=one) for name, one in said]


SCRIPTS = {"nonsense": nonsense}
