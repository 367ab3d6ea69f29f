"""A pool of processes that works through the gate, or soaks until its time is up."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, as_completed, wait
from itertools import count
from multiprocessing import get_context

from simulation.hunting import Killed
from simulation.jobs import Done, Job
from simulation.parts import PARTS, Work, worked
from simulation.profile import TARGETED, WIRE
from simulation.regressions import save
from simulation.shrinking import shrunk
from simulation.tally import Tally

WORKERS = max(1, min(2, os.cpu_count() or 1))
SAY_EVERY_S = 60.0
GC_THRESHOLDS = (100_000, 50, 50)
PORT, THROUGH_CCXT = "port", "wire"


def pool() -> ProcessPoolExecutor:
    """Return processes to work in, one a core."""
    return ProcessPoolExecutor(WORKERS, mp_context=get_context("fork"), initializer=_collect_seldom)


def _collect_seldom() -> None:
    """Look for cycles of garbage seldom: a run makes much that dies by itself."""
    gc.set_threshold(*GC_THRESHOLDS)


def gated(names: Sequence[str], say: Callable[[str], None]) -> dict[str, Tally]:
    """Do these parts of the gate, all at once, and return what each came to."""
    tallies = {name: Tally() for name in names}
    with pool() as workers:
        asked = {workers.submit(worked, work): name for name in names for work in PARTS[name]()}
        for future in as_completed(asked):
            came = future.result()
            tallies[asked[future]].add(came)
            for line in spoken(came):
                say(line)
    return tallies


def spoken(came: Done | Killed) -> Iterator[str]:
    """Yield what is to be said of a piece of work: nothing, where all held."""
    if isinstance(came, Killed):
        yield str(came)
    elif came.found.violations:
        yield f"VIOLATION {came.found.violations[0]}\n  {came.job.command}"


def mixed(first: int) -> Iterator[Job]:
    """Yield swarm seeds, ordinary days, every targeted profile and days through ccxt in turn."""
    for seed in count(first):
        yield Job(profile="swarm", seed=seed)
        yield Job(profile=WIRE, seed=seed)
        yield Job(profile=TARGETED[seed % len(TARGETED)], seed=seed)
        yield Job(profile="swarm", seed=seed + 500_000_000)
        yield Job(profile="benign", seed=seed, hours=48.0)


def _until(workers: ProcessPoolExecutor, jobs: Iterator[Work], end_s: float) -> Iterator[Done]:
    """Keep every core busy until the time is up."""
    running: set[Future[Done | Killed]] = set()
    while True:
        while len(running) < 2 * WORKERS and time.monotonic() < end_s:
            running.add(workers.submit(worked, next(jobs)))
        if not running:
            return
        ready, running = wait(running, return_when=FIRST_COMPLETED)
        for future in ready:
            came = future.result()
            if isinstance(came, Done):
                yield came


def soaked(hours: float, first_seed: int, say: Callable[[str], None]) -> dict[str, Tally]:
    """Run seed after seed until the time is up; shrink and keep what fails."""
    began_s = said_s = time.monotonic()
    tallies = {PORT: Tally(), THROUGH_CCXT: Tally()}
    with pool() as workers:
        for came in _until(workers, mixed(first_seed), began_s + hours * 3600):
            tallies[came.job.layer].add(came)
            for line in spoken(came):
                say(line)
                say(_kept(came))
            if time.monotonic() - said_s > SAY_EVERY_S:
                said_s = time.monotonic()
                minutes = (said_s - began_s) / 60
                for layer, tally in tallies.items():
                    say(f"{minutes:.0f} min, {layer}: {tally.line()}")
    return tallies


def _kept(came: Done) -> str:
    """Make a failing job smaller, keep it as a file, and say so."""
    job = shrunk(came.job)
    return f"  kept as {save(job, came.found.violations[0])}\n  smaller: {job.command}"
