"""Which position is believed, and which one waits for its trades or for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from counterpoise.core.instrument import Asset
from counterpoise.core.orders import ClientOrderId, Hold, HoldReason
from simulation.findings import Violation
from simulation.scripts.case import (
    COOLDOWN_MS,
    NEUTRAL,
    NOW_MS,
    Case,
    D,
    after,
    judged,
    of,
    sizes,
)
from simulation.scripts.doubting import KEY

SHOWN_MS = NOW_MS - 200  # when the snapshot of a world begins


LONG_AGO_MS = NOW_MS - COOLDOWN_MS


def _position(name: str, invariant: str, expected: object, size: int, **facts: object) -> Case:
    rows = (replace(NEUTRAL["A"], size=D(size)), NEUTRAL["B"])
    moment = of(replace(NEUTRAL, rows=rows))
    return Case(
        name=name,
        invariant=invariant,
        make=lambda: moment.remembered(position_at_ms=1, **facts),
        sizes=sizes(expected, -20),
    )


def _traded(name: str, expected: object, size: int, traded: int, **facts: object) -> Case:
    case = _position(name, "I-3", expected, size, **facts)
    return replace(case, make=lambda: case.make().now(traded={KEY: D(traded)}))


def _told(case: Case, **facts: object) -> Case:
    """Return a case after which these things are remembered of A."""
    return replace(case, also=after(**facts))


def _held_back(name: str, reason: HoldReason, believed: int) -> Case:
    """Return a case in which A is held from elsewhere while somebody trades one of it."""
    hold = Hold(asset=Asset("A"), reason=reason)
    traded = _traded(name, 0, -3, 1, position=D(-4))
    case = replace(traded, make=lambda: traded.make().now(held={Asset("A"): hold}))
    return _told(case, position=D(believed))


POSITIONS = (
    _held_back("seen while a person holds it", HoldReason.OPERATOR, -3),
    _held_back("left while the clock is astray", HoldReason.CLOCK_SKEW, -4),
    replace(
        _held_back("not shown while a person holds it", HoldReason.OPERATOR, -4),
        make=lambda: _held_back("", HoldReason.OPERATOR, -4).make().without("positions"),
    ),
    _position("shown as believed", "I-17", -6, -4, position=D(-4)),
    _position("flat though hedged", "I-3", 0, 0, position=D(-4)),
    _position(
        "flat though hedged, for long",
        "I-3",
        0,
        0,
        position=D(-4),
        strange_position=D(0),
        strange_since_ms=1,
    ),
    _position("unexplained", "I-3", 0, -3, position=D(-4)),
    _position(
        "unexplained, not long enough",
        "I-3",
        0,
        -3,
        position=D(-4),
        strange_position=D(-3),
        strange_since_ms=LONG_AGO_MS,
    ),
    _position(
        "another one was unexplained before",
        "I-3",
        0,
        -3,
        position=D(-4),
        strange_position=D(-2),
        strange_since_ms=1,
    ),
    _position(
        "unexplained since the future",
        "I-3",
        0,
        -3,
        position=D(-4),
        strange_position=D(-3),
        strange_since_ms=NOW_MS + COOLDOWN_MS,
    ),
    _position(
        "shown as it was before our last fill",
        "I-3",
        0,
        -4,
        position=D(-4),
        unconfirmed_since_ms=SHOWN_MS + 1,
    ),
    _position(
        "shown since our last fill",
        "I-17",
        -6,
        -4,
        position=D(-4),
        unconfirmed_since_ms=SHOWN_MS,
    ),
    _position(
        "our last fill is not shown",
        "I-3",
        0,
        -3,
        position=D(-4),
        unconfirmed_since_ms=SHOWN_MS,
        strange_position=D(-3),
        strange_since_ms=1,
    ),
    _told(
        _position(
            "our last fill lies ahead of the clock",
            "I-3",
            0,
            -4,
            position=D(-4),
            unconfirmed_since_ms=NOW_MS + COOLDOWN_MS,
        ),
        unconfirmed_since_ms=NOW_MS,
    ),
    _told(
        _traded("somebody's trade explains it, and is left alone", 0, -3, 1, position=D(-4)),
        position=D(-3),
        corrected_at_ms=NOW_MS,
        strange_position=None,
    ),
    _told(
        _traded("a trade that does not explain it", 0, -3, 2, position=D(-4)),
        position=D(-4),
        strange_position=D(-3),
    ),
    _told(
        replace(
            _traded("a trade beside an order without outcome", 0, -3, 1, position=D(-4)),
            make=lambda: (
                _traded("", 0, -3, 1, position=D(-4))
                .make()
                .now(unsettled={KEY: ClientOrderId("abcd")})
            ),
        ),
        position=D(-4),
    ),
)


def positions() -> Sequence[Violation]:
    """Try positions that are not what our fills make them."""
    return judged(POSITIONS)


SCRIPTS = {"positions": positions}
