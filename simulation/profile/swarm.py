"""Profiles drawn whole from their seed, and the ordinary one that years are counted in."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

from simulation.profile.faults import CALL_FAULTS, EVENTS, TAP_FAULTS
from simulation.profile.value import Bounds, Profile

D = Decimal


def _rates(draw: random.Random, names: tuple[str, ...], most: float) -> dict[str, float]:
    return {name: round(most * draw.random() ** 2, 5) for name in names if draw.random() < 0.5}


def _bounds(draw: random.Random) -> Bounds:
    def some(low: int, high: int) -> Decimal | None:
        return D(draw.randrange(low, high)) if draw.random() < 0.5 else None

    return Bounds(
        order=some(2_000, 30_000),
        position=some(20_000, 90_000),
        turnover=some(50_000, 2_000_000),
        orders_minute=draw.randrange(2, 7) if draw.random() < 0.5 else None,
        leverage=D(draw.randrange(1, 9)) / 10 if draw.random() < 0.3 else None,
    )


def swarm(seed: int) -> Profile:
    """Draw everything: which faults are on, how often, how long reads lag, how long it storms."""
    draw = random.Random(f"swarm {seed}")
    interval_s = draw.choice((1, 5, 10, 30, 30, 30, 60))
    cooldown_s = draw.choice((30, 60, 120, 300))
    rates = _rates(draw, CALL_FAULTS, 0.3)
    rates |= _rates(draw, EVENTS, 0.02)
    rates |= {name: rate / 100 for name, rate in _rates(draw, TAP_FAULTS, 0.5).items()}
    return Profile(
        name="swarm",
        seed=seed,
        hours=round(6 * interval_s / 30, 2) or 0.2,
        interval_s=interval_s,
        assets=draw.choice((1, 2, 3, 3)),
        exposure=D(draw.choice(("0", "0.5", "1", "1"))),
        drift=D(draw.choice(("0.003", "0.01", "0.03"))),
        cooldown_s=cooldown_s,
        sustain_s=draw.choice((0, 0, 0, 30)),
        return_to=D(draw.choice(("0", "0", "0.5"))),
        on_start=draw.random() < 0.2,
        bounds=_bounds(draw),
        latency_s=draw.choice(((0.001, 0.01), (0.01, 0.2), (0.2, 1.5))),
        lag_s=min(interval_s * draw.choice((0.0, 0.1, 1.0, 5.0, 20.0)), 0.7 * cooldown_s),
        replicas=draw.random() < 0.2,
        find_lag_s=draw.choice((0.0, 0.5, 3.5)),
        tick_s=draw.choice((10, 60, 300)),
        volatility=draw.choice((0.0003, 0.001, 0.004)),
        recorded=draw.random() < 0.3,
        storm_s=(draw.choice((10.0, 120.0, 900.0)), draw.choice((30.0, 300.0, 1800.0))),
        rates=rates,
    )


def benign(seed: int) -> Profile:
    """Return an ordinary time of ordinary cycles: what years are counted in."""
    return Profile(
        name="benign",
        seed=seed,
        hours=120.0,
        assets=1 + seed % 3,
        exposure=D("0.5"),
        drift=D("0.01"),
        lag_s=2.0,
        find_lag_s=0.5,
        tick_s=300,
        volatility=0.002,
        storm_s=(60.0, 7_200.0),
        rates={
            "read.unavailable": 0.05,
            "order.unanswered": 0.1,
            "order.partial": 0.05,
            "process.crash": 0.001,
            "account.deposit": 0.0005,
            "price.jump": 0.0005,
        },
    )


def month(seed: int) -> Profile:
    """Return thirty such days in one piece: what grows without end shows."""
    return replace(benign(seed), name="month", hours=720.0, assets=3, measured=True)
