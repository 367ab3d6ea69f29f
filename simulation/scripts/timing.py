"""When a correction may begin, how far it goes, when it ends, and what a person's word does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from counterpoise.core.instrument import Asset
from counterpoise.core.orders import Rule
from simulation.findings import Violation
from simulation.scripts.case import (
    COOLDOWN_MS,
    NEUTRAL,
    NOW_MS,
    Ask,
    Case,
    D,
    Found,
    after,
    judged,
    of,
    sizes,
)

BOTH, A_HELD, NEITHER = sizes(-10, -20), sizes(0, -20), sizes(0, 0)
FINE = replace(NEUTRAL["A"], size_step=D("0.01"))
NEAR = replace(FINE, size=D("-9.5"), drift=D("0.05"))  # half a unit from its goal: in the band


def _case(name: str, invariant: str, expected: dict[str, D], ask: Ask, also: Found = bool) -> Case:
    return Case(
        name=name, invariant=invariant, make=lambda: ask(of(NEUTRAL)), sizes=expected, also=also
    )


def _near(  # noqa: PLR0913 - a row of a table
    name: str, invariant: str, expected: object, ask: Ask, also: Found = bool, *, b: int = -20
) -> Case:
    """Return a case in which A is in its band, and not on its goal."""
    moment = of(replace(NEUTRAL, rows=(NEAR, NEUTRAL["B"])))
    return Case(
        name=name,
        invariant=invariant,
        make=lambda: ask(moment.remembered(position=NEAR.size, position_at_ms=1)),
        sizes=sizes(expected, b),
        also=also,
    )


def _corrected(ago_ms: int) -> Ask:
    return lambda m: m.remembered(corrected_at_ms=NOW_MS - ago_ms)


def _drifted(ago_ms: int | None) -> Ask:
    since_ms = None if ago_ms is None else NOW_MS - ago_ms
    return lambda m: m.triggered(sustain_ms=30_000).remembered(drifted_since_ms=since_ms)


BEGINNINGS = (
    _case("corrected a moment ago", "M8", A_HELD, _corrected(COOLDOWN_MS - 1)),
    _case("corrected long ago", "I-17", BOTH, _corrected(COOLDOWN_MS)),
    _case(
        "corrected in the future, by a clock since set back",
        "C2",
        A_HELD,
        _corrected(-COOLDOWN_MS),
        after(corrected_at_ms=NOW_MS),
    ),
    _case("drifted not long enough", "M8", NEITHER, _drifted(29_999)),
    _case("drifted long enough", "I-17", sizes(-10, 0), _drifted(30_000)),
    _case(
        "drifted from now on",
        "M8",
        NEITHER,
        _drifted(None),
        after(drifted_since_ms=NOW_MS),
    ),
    _case(
        "drifted since the future",
        "C2",
        NEITHER,
        _drifted(-60_000),
        after(drifted_since_ms=NOW_MS),
    ),
    _near(
        "no longer drifted",
        "M8",
        0,
        lambda m: m.remembered(drifted_since_ms=1),
        after(drifted_since_ms=None),
    ),
    _near("in the band", "I-19", 0, lambda m: m),
    _near("in the band, at the start", "I-19", 0, lambda m: m.now(starting=True)),
    _near(
        "at the start, as asked for",
        "I-17",
        "-0.5",
        lambda m: m.now(starting=True).triggered(on_start=True),
    ),
    _near(
        "not at the start, though asked for there",
        "I-19",
        0,
        lambda m: m.triggered(on_start=True),
    ),
    _near(
        "on the calendar",
        "I-17",
        "-0.5",
        lambda m: m.now(calendar_due=frozenset({Asset("A")})).remembered(calendar_at_ms=1),
        after(calendar_at_ms=NOW_MS),
    ),
    _near(
        "on the calendar, with nothing to do",
        "I-19",
        0,
        lambda m: (
            m.now(calendar_due=frozenset({Asset("A")}))
            .remembered(calendar_at_ms=1)
            .triggered(return_to=D(1))
        ),
        after(calendar_at_ms=NOW_MS, corrected_at_ms=None),
        b=-18,
    ),
    _case(
        "for a drift, not for the calendar",
        "I-17",
        BOTH,
        lambda m: m.remembered(calendar_at_ms=1),
        after(calendar_at_ms=1),
    ),
    _case(
        "too little for an order: nothing was corrected",
        "M8",
        A_HELD,
        lambda m: m.altered("instruments", size_min=D(11)),
        after(corrected_at_ms=None),
    ),
    _near(
        "too little is left, and no limit is to blame",
        "M8",
        0,
        lambda m: (
            m.altered("instruments", size_min=D(1))
            .limited(order_notional_max=D(5_000))
            .remembered(correcting=Rule.DRIFT, terms=NEAR.instrument.terms)
        ),
        after(correcting=None, corrected_at_ms=NOW_MS),
    ),
    _near(
        "a limit leaves too little: it goes on later",
        "I-17",
        0,
        lambda m: m.limited(order_notional_max=D("0.5")).remembered(correcting=Rule.DRIFT),
        after(correcting=Rule.DRIFT),
        b=0,
    ),
    _near("another's calendar", "I-19", 0, lambda m: m.now(calendar_due=frozenset({Asset("B")}))),
    _near(
        "a calendar that a limit holds up stays due",
        "I-17",
        0,
        lambda m: (
            m.now(calendar_due=frozenset({Asset("A")}))
            .remembered(calendar_at_ms=1)
            .altered("books", bid=D(99), ask=D(101))
        ),
        after(calendar_at_ms=1),
    ),
    _near(
        "begun, and not at its end",
        "I-17",
        "-0.5",
        lambda m: m.remembered(correcting=Rule.DRIFT, corrected_at_ms=NOW_MS),
        after(correcting=Rule.DRIFT),
    ),
    _near(
        "begun, and at its end",
        "M8",
        0,
        lambda m: m.triggered(return_to=D(1)).remembered(correcting=Rule.DRIFT),
        after(correcting=None, corrected_at_ms=NOW_MS),
        b=-18,
    ),
    _case(
        "as far as the edge",
        "I-5",
        sizes("-9", "-18"),
        lambda m: m.triggered(return_to=D(1)),  # the band is 5% of 2,000: one A, two B
    ),
    _case(
        "half way to the edge", "I-5", sizes("-9", "-19"), lambda m: m.triggered(return_to=D("0.5"))
    ),
    _case("begun", "M8", BOTH, lambda m: m, after(correcting=Rule.DRIFT)),
    _near(
        "too little is left: it ends",
        "M8",
        0,
        lambda m: m.altered("instruments", size_min=D(1)).remembered(
            correcting=Rule.DRIFT, terms=NEAR.instrument.terms
        ),
        after(correcting=None, corrected_at_ms=NOW_MS),
    ),
    _near(
        "a limit is in the way: it goes on later",
        "I-17",
        0,
        lambda m: m.altered("books", bid=D(99), ask=D(101)).remembered(correcting=Rule.DRIFT),
        after(correcting=Rule.DRIFT),
    ),
)


def beginnings() -> Sequence[Violation]:
    """Try each reason to begin, to wait and to end."""
    return judged(BEGINNINGS)


SCRIPTS = {"beginnings": beginnings}
