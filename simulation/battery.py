"""What a sweep tries each cut of the code on: the fixed scripts, and a short seed of each kind."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from simulation.findings import Violation
from simulation.jobs import Job, done
from simulation.profile import TARGETED
from simulation.scripts import SCRIPTS, Script

HOURS = 0.15
SEEDS = tuple(Job(profile=name, seed=0, hours=HOURS) for name in (*TARGETED, "swarm"))


def trials() -> dict[str, Script]:
    """Return the battery by name, in a fixed order."""
    return {**SCRIPTS, **{f"{job.profile} {job.seed}": partial(_seed, job) for job in SEEDS}}


def _seed(job: Job) -> Sequence[Violation]:
    return done(job, hasty=True).found.violations
