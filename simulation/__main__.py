"""`python -m simulation`: replay a seed, hunt a mutant, the gate of a change, a long soak."""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from itertools import count
from multiprocessing import get_context

import click

from simulation.jobs import Done, Job, Killed, done, hunted, regressions, save, shrunk
from simulation.mutants import MUTANTS
from simulation.profile import PROFILES, TARGETED
from simulation.tally import YEAR_S, Tally
from simulation.wire import WireFound, day

WORKERS = max(1, min(2, os.cpu_count() or 1))
CRASH_DAY = ("crash-day", 0)
WIRE_HOURS = 6.0


def _pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(WORKERS, mp_context=get_context("fork"))


def _until(pool: ProcessPoolExecutor, jobs: Iterator[Job], end_s: float) -> Iterator[Done]:
    """Keep every core busy until the time is up."""
    running: set[Future[Done]] = set()
    while True:
        while len(running) < 2 * WORKERS and time.monotonic() < end_s:
            job = next(jobs, None)
            if job is None:
                break
            running.add(pool.submit(done, job))
        if not running:
            return
        ready, running = wait(running, return_when=FIRST_COMPLETED)
        for future in ready:
            yield future.result()


def _mixed(first: int) -> Iterator[Job]:
    """Yield swarm seeds, benign years and every targeted profile in turn."""
    for seed in count(first):
        yield Job(profile="swarm", seed=seed)
        yield Job(profile="benign", seed=seed)
        yield Job(profile="swarm", seed=seed + 500_000)
        yield Job(profile=TARGETED[seed % len(TARGETED)], seed=seed)


def _say_failures(tally: Tally) -> None:
    for job, violation in tally.failures:
        print(f"VIOLATION {violation}\n  {job.command}")


def _crash_jobs(most: int) -> list[Job]:
    """Return a job for each moment of a scripted day at which the daemon can crash."""
    name, seed = CRASH_DAY
    taps = done(Job(profile=name, seed=seed)).found.taps
    points = range(1, taps + 1)
    if taps > most:
        points = sorted(random.Random(0).sample(points, most))  # type: ignore[assignment]
    return [Job(profile=name, seed=seed, crash_at=point) for point in points]


@click.group()
def cli() -> None:
    """Try to break the daemon, in virtual time."""


@cli.command()
@click.argument("profile", type=click.Choice(sorted(PROFILES)))
@click.argument("seed", type=int)
@click.option("--hours", type=float)
@click.option("--without", multiple=True, help="Leave a fault out.")
@click.option("--crash-at", type=int, help="Crash at this moment.")
@click.option("--crash-again", type=int, help="And at this one.")
@click.option("--mutant", type=click.Choice(sorted(MUTANTS)), help="With this rule removed.")
def replay(profile: str, seed: int, mutant: str | None, **given: object) -> None:
    """Run one seed again, and say what it found and the hash of its trace."""
    job = Job(profile=profile, seed=seed, **given)  # type: ignore[arg-type]
    if mutant is None:
        result = done(job)
    else:
        with MUTANTS[mutant].applied():
            result = done(job)
    tally = Tally()
    tally.add(result)
    print(tally.line())
    for violation in result.found.violations:
        print(violation)
    print(f"trace {result.found.trace}, {result.found.taps} taps")
    sys.exit(bool(result.found.violations))


@cli.command()
@click.argument("names", nargs=-1)
def mutants(names: tuple[str, ...]) -> None:
    """Hunt mutants, all of them unless named; survivors are a failure."""
    with _pool() as pool:
        sys.exit(bool(_hunt(pool, names or tuple(MUTANTS))))


def _hunt(pool: ProcessPoolExecutor, names: Iterable[str]) -> list[str]:
    survivors = []
    for killed in pool.map(hunted, names):
        print(_fate(killed), flush=True)
        if killed.job is None:
            survivors.append(killed.mutant)
    return survivors


def _fate(killed: Killed) -> str:
    if killed.job is None or killed.violation is None:
        return f"SURVIVED {killed.mutant}, {killed.seeds} runs, {killed.cpu_s:.1f} s"
    where = f"{killed.job.profile} {killed.job.seed}"
    return (
        f"killed   {killed.mutant:42} {killed.violation.invariant:5} {where:12}"
        f" {killed.seeds} runs, {killed.cpu_s:.1f} s"
    )


@cli.command()
@click.option("--seconds", default=270.0, help="How long it may take.")
@click.option("--crash-points", default=400, help="At most so many crash points.")
@click.option("--wire-seeds", default=4, help="Seeds through ccxt.")
def gate(seconds: float, crash_points: int, wire_seeds: int) -> None:
    """Everything that a change has to pass."""
    began_s, tally = time.monotonic(), Tally()
    with _pool() as pool:
        for job in regressions():
            tally.add(done(job))
        survivors = _hunt(pool, MUTANTS)
        crashes = Tally()
        for result in pool.map(done, _crash_jobs(crash_points)):
            crashes.add(result)
        wire = list(pool.map(day, range(wire_seeds), [WIRE_HOURS] * wire_seeds))
        for result in _until(pool, _mixed(0), began_s + seconds):
            tally.add(result)
    for found in wire:
        for said in found.breaches:
            print(f"VIOLATION through ccxt, seed {found.seed}: {said}")
    _say_failures(crashes)
    _say_failures(tally)
    print(f"crash points: {crashes.line()}")
    print(_wire_line(wire))
    print(f"{len(MUTANTS) - len(survivors)} of {len(MUTANTS)} mutants killed")
    print(f"simulate: {tally.line()}, {time.monotonic() - began_s:.0f} s")
    bad = tally.failures or crashes.failures or survivors or any(one.breaches for one in wire)
    sys.exit(bool(bad))


def _wire_line(wire: list[WireFound]) -> str:
    days = sum(one.simulated_s for one in wire) / 86_400
    return (
        f"through ccxt: {len(wire)} seeds, {days:.2f} days, {sum(o.orders for o in wire)} orders,"
        f" {sum(o.restarts for o in wire)} crash-restarts, {sum(o.faults for o in wire)} faults,"
        f" {sum(len(o.breaches) for o in wire)} violations"
    )


@cli.command()
@click.option("--hours", default=1.0, help="How long.")
@click.option("--first-seed", default=1_000_000, help="Where to begin.")
def soak(hours: float, first_seed: int) -> None:
    """Run seed after seed until the time is up; keep what fails."""
    began_s, tally = time.monotonic(), Tally()
    said_s, known = began_s, 0
    with _pool() as pool:
        for result in _until(pool, _mixed(first_seed), began_s + hours * 3600):
            tally.add(result)
            for job, violation in tally.failures[known:]:
                kept = save(shrunk(job), violation)
                print(f"VIOLATION {violation}\n  {job.command}\n  kept as {kept}", flush=True)
            known = len(tally.failures)
            if time.monotonic() - said_s > 60:
                said_s = time.monotonic()
                print(f"{(said_s - began_s) / 60:.0f} min: {tally.line()}", flush=True)
    print(f"soak: {tally.line()}, {tally.simulated_s / YEAR_S:.4f} years")
    sys.exit(bool(tally.failures))


if __name__ == "__main__":
    cli()
