"""Units of work for a pool of processes: a seed, or a crash point of one."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from shlex import quote

from simulation import world
from simulation.conduct import Conduct, Decision, spelled
from simulation.findings import Plain
from simulation.profile import PROFILES, WIRE, Profile
from simulation.scripts import SCRIPTS
from simulation.wire import day

Run = Callable[[Profile, Conduct], Plain]


def _scripted(profile: Profile, _: Conduct) -> Plain:
    """Run a fixed script, which no seed and no fault changes."""
    return Plain(violations=tuple(SCRIPTS[profile.name]()))


LAYERS: Mapping[str, Run] = {  # by profile; any other is behind the port
    WIRE: day.run,
    **dict.fromkeys(SCRIPTS, _scripted),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What to run. All but the first two change the profile as drawn, or how it is run."""

    profile: str
    seed: int
    hours: float | None = None
    assets: int | None = None
    without: tuple[str, ...] = ()
    crash_at: int | None = None
    crash_again: int | None = None
    only: tuple[Decision, ...] | None = None
    kept: Profile | None = None  # runs in place of what the seed draws today

    def drawn(self) -> Profile:
        """Return the profile that runs."""
        profile = self.kept or PROFILES[self.profile](self.seed)
        profile = profile.without(*self.without)
        if self.hours is not None:
            profile = replace(profile, hours=self.hours)
        return profile if self.assets is None else replace(profile, assets=self.assets)

    @property
    def layer(self) -> str:
        """Return how deep the run goes: to the port, or through ccxt to the wire."""
        return "wire" if self.profile in LAYERS else "port"

    @property
    def command(self) -> str:
        """Return what replays it."""
        words = [f"python -m simulation replay {quote(self.profile)} {self.seed}"]
        for option, value in (
            ("hours", self.hours),
            ("assets", self.assets),
            ("crash-at", self.crash_at),
            ("crash-again", self.crash_again),
        ):
            if value is not None:
                words.append(f"--{option} {value:g}")
        words += [f"--without {name}" for name in self.without]
        if self.only is not None:
            words += [f"--only '{text}'" for text in map(spelled, self.only)] or ["--only nothing"]
        return " ".join(words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of a job."""

    job: Job
    found: Plain
    cpu_s: float


def done(job: Job, *, hasty: bool = False) -> Done:
    """Run a job; a hasty one ends with the first violation."""
    began_s = time.process_time()
    conduct = Conduct(
        crash_at=frozenset(at for at in (job.crash_at, job.crash_again) if at is not None),
        only=None if job.only is None else frozenset(job.only),
        hasty=hasty,
    )
    found = LAYERS.get(job.profile, world.run)(job.drawn(), conduct)
    return Done(job=job, found=found, cpu_s=time.process_time() - began_s)
