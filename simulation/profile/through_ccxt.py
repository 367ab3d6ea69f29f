"""Profiles of days through ccxt: drawn whole from their seed, as the swarm is."""

from __future__ import annotations

import random
from decimal import Decimal

from simulation.profile.faults import WIRE_EVENTS
from simulation.profile.value import Profile
from simulation.wire.bodies import BODIES
from simulation.wire.requests import ON_ORDERS, ON_READS

WIRE = "wire"
D = Decimal
WIRE_TAPS = ("crash.at_tap", "freeze.at_tap")
INTERVALS_S = (  # by seed: the shorter, the fewer, for each cycle costs the same
    *(300, 120, 60, 300, 120, 30, 300, 120, 60, 300, 120, 60, 300, 120, 30),
    *(300, 120, 60, 300, 120, 10, 300, 120, 60, 30, 120, 60, 300, 60, 30),
)


def wire(seed: int) -> Profile:
    """Draw a day: which faults are on and how often, how long it storms, the interval."""
    draw = random.Random(f"wire {seed}")

    def some(names: tuple[str, ...], most: float) -> dict[str, float]:
        return {name: round(most * draw.random() ** 2, 5) for name in names if draw.random() < 0.5}

    rates = some(tuple(ON_READS), 0.02) | some(tuple(ON_ORDERS), 0.2)
    rates |= some(tuple(BODIES), 0.02) | some(WIRE_EVENTS, 0.01) | some(WIRE_TAPS, 0.001)
    rates |= {"price.jump": draw.choice((0.02, 0.05)), "operator.resume": 0.1}
    return Profile(
        name=WIRE,
        seed=seed,
        hours=24.0,
        interval_s=INTERVALS_S[seed % len(INTERVALS_S)],
        exposure=D(draw.choice(("0", "0.5", "1", "1"))),
        drift=D(draw.choice(("0.003", "0.01"))),
        cooldown_s=draw.choice((60, 120)),
        storm_s=(draw.choice((120.0, 900.0)), draw.choice((300.0, 1_800.0))),
        rates=rates,
        dry_run=draw.random() < 0.05,
    )
