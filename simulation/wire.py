"""The same faults one layer further out: the real ccxt class over the exchange's own wire."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext

import asyncio_throttle.throttler

from counterpoise.core.units import CONTEXT
from simulation.world import folder
from tests.scenarios.harness import World, WorldConfig
from tests.scenarios.oracles import breaches
from tests.sim.virtual import loop_time

D = Decimal
PLACE = "POST /fapi/v1/order"
FAULTS: tuple[tuple[str, str, Mapping[str, object]], ...] = (
    ("timeout-after", PLACE, {"hold_s": 12}),
    ("timeout-before", PLACE, {"hold_s": 12}),
    ("slow", PLACE, {"delay_s": 4.0, "late": True}),
    ("partial-fill", PLACE, {}),
    ("delay-visible", PLACE, {"delay_s": 3.0}),
    ("status", PLACE, {"status": 503}),
    ("html", PLACE, {}),
    ("reject", PLACE, {"code": -2019}),
    ("cut-body", PLACE, {}),
    ("status", "GET /fapi/v3/positionRisk", {"status": 502}),
    ("html", "GET /fapi/v1/premiumIndex", {}),
    ("stale", "GET /fapi/v1/premiumIndex", {}),
    ("cut-body", "GET /api/v3/account", {}),
    ("empty", "GET /fapi/v1/ticker/bookTicker", {}),
    ("rate-limit", "GET /fapi/v3/account", {}),
    ("slow", "GET /fapi/v3/positionRisk", {"delay_s": 5.0}),
    ("timeout-after", "GET /fapi/v1/order", {"hold_s": 12}),
)
INTERVAL_S = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class WireFound:
    """What a day through ccxt came to."""

    seed: int
    simulated_s: float
    orders: int
    restarts: int
    faults: int
    breaches: tuple[str, ...]


def day(seed: int, hours: float) -> WireFound:
    """Live some hours of a seed, heal, and ask every oracle of the scenarios."""
    draw = random.Random(f"wire {seed}")
    vars(asyncio_throttle.throttler)["time"] = loop_time()
    with localcontext(CONTEXT.copy()), folder() as path:
        world = World(path, WorldConfig(interval_s=INTERVAL_S, cooldown_s=60, seed=seed))
        try:
            return _lived(world, draw, hours, seed)
        finally:
            world.close()


def _lived(world: World, draw: random.Random, hours: float, seed: int) -> WireFound:
    world.start()
    world.run(60)
    faults = restarts = 0
    end_s = world.loop.time() + hours * 3600
    while world.loop.time() < end_s:
        world.run(draw.choice((15, 60, 300)))
        if draw.random() < 0.3:
            asset = draw.choice(tuple(world.config.holdings))
            share = D(str(round(draw.uniform(-0.08, 0.08), 4)))
            world.price(asset, round(world.truth(asset).price * (1 + share), 2))
        if draw.random() < 0.5:
            kind, name, more = draw.choice(FAULTS)
            world.fault(kind, name, draw.choice((1, 1, 2)), **more)
            faults += 1
        if draw.random() < 0.03:
            world.restart()
            restarts += 1
    world.heal()
    world.run(1_200)
    said = breaches(world)
    if not world.in_band and not world.alerts():
        said.append("out of band in calm weather, and silent")
    return WireFound(
        seed=seed,
        simulated_s=world.loop.time() - world.started_s,
        orders=len(world.orders),
        restarts=restarts,
        faults=faults,
        breaches=tuple(said),
    )
