"""The search for a seed in which an invariant notices that a rule is gone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from simulation.findings import Violation
from simulation.jobs import Job, done
from simulation.mutants import MUTANTS, Mutant

SEEDS = 12  # tried in each profile before a mutant counts as a survivor


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed:
    """How a mutant fared."""

    mutant: str
    job: Job | None = None  # None: it survived
    violation: Violation | None = None
    runs: int = 0
    simulated_s: float = 0.0
    cpu_s: float = 0.0

    def __str__(self) -> str:
        """Say it in a line."""
        if self.job is None or self.violation is None:
            return f"SURVIVED {self.mutant}, {self.runs} runs, {self.cpu_s:.1f} s"
        where = f"{self.job.profile} {self.job.seed}"
        return (
            f"killed   {self.mutant:42} {self.violation.invariant:5} {where:12}"
            f" {self.runs} runs, {self.cpu_s:.1f} s"
        )


def hunted(name: str) -> Killed:
    """Return how a mutant fared. A run that breaks apart kills none: an invariant has to."""
    began_s, simulated_s, runs = time.process_time(), 0.0, 0
    job = violation = None
    with MUTANTS[name].applied():
        for job in _jobs(MUTANTS[name]):
            found, runs = done(job, hasty=True).found, runs + 1
            simulated_s += found.simulated_s
            violation = next((v for v in found.violations if v.invariant != "harness"), None)
            if violation is not None:
                break
    return Killed(
        mutant=name,
        job=job if violation else None,
        violation=violation,
        runs=runs,
        simulated_s=simulated_s,
        cpu_s=time.process_time() - began_s,
    )


def _jobs(mutant: Mutant) -> Iterator[Job]:
    for seed in range(SEEDS):
        for profile in mutant.profiles:
            yield Job(profile=profile, seed=seed)
