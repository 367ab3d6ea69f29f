"""What one seed is like: the portfolio, its limits, and what goes wrong how often."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from simulation.profile.faults import (
    ALL_FAULTS,
    CALL_FAULTS,
    EVENTS,
    ORDER_FAULTS,
    RARE_EVENTS,
    READ_FAULTS,
    STORAGE_FAULTS,
    TAP_FAULTS,
    WIRE_EVENTS,
    WIRE_FAULTS,
)
from simulation.profile.swarm import benign, month, swarm
from simulation.profile.targeted import BY_NAME, DOUBT
from simulation.profile.through_ccxt import WIRE, wire
from simulation.profile.value import Bounds, Profile
from simulation.scripts import SCRIPTS


def _scripted(name: str, seed: int) -> Profile:
    return Profile(name=name, seed=seed, hours=0.0)


PROFILES: Mapping[str, Callable[[int], Profile]] = {
    "swarm": swarm,
    "benign": benign,
    "month": month,
    WIRE: wire,
    **BY_NAME,
    **{name: partial(_scripted, name) for name in SCRIPTS},
}
TARGETED = tuple(name for name in BY_NAME if name != "crash-day")

__all__ = [
    "ALL_FAULTS",
    "CALL_FAULTS",
    "DOUBT",
    "EVENTS",
    "ORDER_FAULTS",
    "PROFILES",
    "RARE_EVENTS",
    "READ_FAULTS",
    "STORAGE_FAULTS",
    "TAP_FAULTS",
    "TARGETED",
    "WIRE",
    "WIRE_EVENTS",
    "WIRE_FAULTS",
    "Bounds",
    "Profile",
    "benign",
    "month",
    "swarm",
    "wire",
]
