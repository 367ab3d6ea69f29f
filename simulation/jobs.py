"""Units of work for a pool of processes: a seed, a crash point, a mutant, a day through ccxt."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from simulation.findings import Plain, Violation
from simulation.mutants import MUTANTS
from simulation.profile import PROFILES, Profile
from simulation.world import run

REGRESSIONS = Path(__file__).parent / "regressions"
MUTANT_SEEDS = 12  # tried before a mutant counts as a survivor
SHRINKS_MAX = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What to run. `hours`, `without` and `crash_at` change the profile as drawn."""

    profile: str
    seed: int
    hours: float | None = None
    without: tuple[str, ...] = ()
    crash_at: int | None = None
    crash_again: int | None = None

    def drawn(self) -> Profile:
        """Return the profile that runs."""
        profile = PROFILES[self.profile](self.seed).without(*self.without)
        return profile if self.hours is None else replace(profile, hours=self.hours)

    @property
    def command(self) -> str:
        """Return what replays it."""
        words = [f"python -m simulation replay {self.profile} {self.seed}"]
        if self.hours is not None:
            words.append(f"--hours {self.hours:g}")
        words += [f"--without {name}" for name in self.without]
        if self.crash_at is not None:
            words.append(f"--crash-at {self.crash_at}")
        if self.crash_again is not None:
            words.append(f"--crash-again {self.crash_again}")
        return " ".join(words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of a job."""

    job: Job
    found: Plain
    cpu_s: float


def done(job: Job) -> Done:
    """Run a job."""
    began_s = time.process_time()
    wanted = {job.crash_at, job.crash_again} - {None}
    found = run(job.drawn(), wanted.__contains__ if wanted else None)
    return Done(job=job, found=found, cpu_s=time.process_time() - began_s)


def shrunk(job: Job) -> Job:
    """Return a smaller job that fails in the same way, as far as a few tries find one."""
    failed = done(job).found
    if not failed.violations:
        return job
    first = failed.violations[0]
    for smaller in _smaller(job, first):
        again = done(smaller).found.violations
        if again and again[0].invariant == first.invariant:
            job = smaller
    return job


def _smaller(job: Job, first: Violation) -> Iterator[Job]:
    profile = job.drawn()
    hours = min(profile.hours, round(first.at_s / 3600 + 0.05, 2))
    yield replace(job, hours=hours)
    for name in list(profile.rates)[:SHRINKS_MAX]:
        yield replace(job, without=(*job.without, name))


def save(job: Job, first: Violation) -> Path:
    """Keep a failing job, so that the gate replays it from now on."""
    REGRESSIONS.mkdir(exist_ok=True)
    path = REGRESSIONS / f"{job.profile}-{job.seed}.json"
    kept = {
        "profile": job.profile,
        "seed": job.seed,
        "hours": job.hours,
        "without": list(job.without),
        "invariant": first.invariant,
        "said": first.said,
    }
    path.write_text(json.dumps(kept, indent=2) + "\n")
    return path


def regressions() -> list[Job]:
    """Return what failed once."""
    kept = [json.loads(path.read_text()) for path in sorted(REGRESSIONS.glob("*.json"))]
    return [
        Job(
            profile=one["profile"],
            seed=one["seed"],
            hours=one["hours"],
            without=tuple(one["without"]),
        )
        for one in kept
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed:
    """How a mutant fared."""

    mutant: str
    job: Job | None = None  # None: it survived
    violation: Violation | None = None
    seeds: int = 0
    cpu_s: float = 0.0


def hunted(name: str) -> Killed:
    """Look for a seed in which an invariant notices that a rule is gone."""
    began_s, mutant, tried = time.process_time(), MUTANTS[name], 0
    with mutant.applied():
        for seed in range(MUTANT_SEEDS):
            for profile in mutant.profiles:
                job = Job(profile=profile, seed=seed)
                tried += 1
                found = [v for v in done(job).found.violations if v.invariant != "harness"]
                if found:
                    return Killed(
                        mutant=name,
                        job=job,
                        violation=found[0],
                        seeds=tried,
                        cpu_s=time.process_time() - began_s,
                    )
    return Killed(mutant=name, seeds=tried, cpu_s=time.process_time() - began_s)
