"""What the gate is made of: a fixed list of jobs for each part, whatever the machine."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from simulation import sizes
from simulation.hunting import Killed, hunted
from simulation.jobs import Done, Job, done
from simulation.mutants import MUTANTS
from simulation.profile import TARGETED, WIRE
from simulation.regressions import regressions
from simulation.scripts import SCRIPTS

CRASH_DAY = ("crash-day", 0)
Work = Job | str  # a run, or the name of a mutant to hunt


def worked(work: Work) -> Done | Killed:
    """Do a piece of work."""
    return hunted(work) if isinstance(work, str) else done(work)


def _year() -> list[Work]:
    benign = [Job(profile="benign", seed=seed) for seed in range(sizes.BENIGN_SEEDS)]
    return [Job(profile="month", seed=0), *benign]


def _crash_points() -> list[Work]:
    """Return each moment of a scripted day at which the daemon can crash."""
    name, seed = CRASH_DAY
    taps = done(Job(profile=name, seed=seed)).found.taps
    return [Job(profile=name, seed=seed, crash_at=tap) for tap in range(1, taps + 1)]


def _double_crashes() -> list[Work]:
    name, seed = CRASH_DAY
    taps = done(Job(profile=name, seed=seed)).found.taps
    draw = random.Random("double crashes")
    firsts = [draw.randint(1, taps) for _ in range(sizes.DOUBLE_CRASHES)]
    return [
        Job(
            profile=name,
            seed=seed,
            crash_at=first,
            crash_again=first + draw.randint(1, sizes.RECOVERY_TAPS),
        )
        for first in firsts
    ]


def _swarm() -> list[Work]:
    swarm = [Job(profile="swarm", seed=seed) for seed in range(sizes.SWARM_SEEDS)]
    seeds = range(sizes.TARGETED_SEEDS)
    return [*swarm, *(Job(profile=name, seed=seed) for name in TARGETED for seed in seeds)]


def _wire() -> list[Work]:
    return [Job(profile=WIRE, seed=seed) for seed in reversed(range(sizes.WIRE_DAYS))]


def _scripts() -> list[Work]:
    return [Job(profile=name, seed=0) for name in SCRIPTS]


# In the order in which they are begun: what takes longest first, so that no core ends up alone.
PARTS: Mapping[str, Callable[[], list[Work]]] = {
    "a year": _year,
    "through ccxt": _wire,
    "what failed once": lambda: list(regressions()),
    "scripts": _scripts,
    "mutants": lambda: list(MUTANTS),
    "crash points": _crash_points,
    "crashes in recovery": _double_crashes,
    "swarm": _swarm,
}
