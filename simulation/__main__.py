"""`python -m simulation`: replay a seed, hunt a mutant, the gate of a change, a long soak."""

from __future__ import annotations

import sys
import time
from contextlib import nullcontext
from pathlib import Path

import click

from simulation.conduct import Decision, read
from simulation.hunting import hunted
from simulation.jobs import Job, done
from simulation.mutants import MUTANTS
from simulation.parts import PARTS
from simulation.profile import PROFILES
from simulation.regressions import load, save
from simulation.running import gated, pool, soaked
from simulation.shrinking import shrunk
from simulation.sweep import swept
from simulation.tally import Tally, table

NOTHING = "nothing"  # of --only


def _say(line: str) -> None:
    print(line, flush=True)


def _decisions(given: tuple[str, ...]) -> tuple[Decision, ...] | None:
    if not given:
        return None
    return tuple(read(text) for text in given if text != NOTHING)


@click.group()
def cli() -> None:
    """Try to break the daemon, in virtual time."""


def _run(job: Job, mutant: str | None) -> None:
    with nullcontext() if mutant is None else MUTANTS[mutant].applied():
        came = done(job)
    tally = Tally()
    tally.add(came)
    _say(tally.line())
    for violation in came.found.violations:
        _say(str(violation))
    _say(f"trace {came.found.trace}, {came.found.taps} taps")
    sys.exit(bool(came.found.violations))


@cli.command()
@click.argument("profile", type=click.Choice(sorted(PROFILES)))
@click.argument("seed", type=int)
@click.option("--hours", type=float)
@click.option("--assets", type=click.IntRange(1, 3))
@click.option("--without", multiple=True, help="Leave a kind of fault out.")
@click.option("--only", multiple=True, help="Let just these faults strike, as 'order.lost 3'.")
@click.option("--crash-at", type=int, help="Crash at this moment.")
@click.option("--crash-again", type=int, help="And at this one.")
@click.option("--mutant", type=click.Choice(sorted(MUTANTS)), help="With this rule removed.")
@click.option("--shrink", is_flag=True, help="Then look for less that fails in the same way.")
def replay(
    profile: str,
    seed: int,
    mutant: str | None,
    only: tuple[str, ...],
    shrink: bool,  # noqa: FBT001 - click hands it over so
    **given: object,
) -> None:
    """Run one seed again, and say what it found and the hash of its trace."""
    job = Job(profile=profile, seed=seed, only=_decisions(only), **given)  # type: ignore[arg-type]
    if shrink:
        job = shrunk(job)
        _say(job.command)
    _run(job, mutant)


@cli.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mutant", type=click.Choice(sorted(MUTANTS)), help="With this rule removed.")
def again(file: Path, mutant: str | None) -> None:
    """Run a kept job again."""
    _run(load(file), mutant)


@cli.command()
@click.argument("profile", type=click.Choice(sorted(PROFILES)))
@click.argument("seed", type=int)
def keep(profile: str, seed: int) -> None:
    """Make a failing seed smaller and keep it as a file that the gate replays."""
    job = shrunk(Job(profile=profile, seed=seed))
    violations = done(job).found.violations
    if not violations:
        raise click.ClickException("it breaks no invariant")
    _say(str(save(job, violations[0])))


@cli.command()
@click.argument("names", nargs=-1)
def mutants(names: tuple[str, ...]) -> None:
    """Hunt mutants, all of them unless named; survivors are a failure."""
    survived = False
    with pool() as workers:
        for killed in workers.map(hunted, names or tuple(MUTANTS)):
            _say(str(killed))
            survived |= killed.job is None
    sys.exit(survived)


@cli.command()
@click.option("--part", "parts", multiple=True, type=click.Choice(list(PARTS)))
def gate(parts: tuple[str, ...]) -> None:
    """Everything that a change has to pass, or some parts of it."""
    began_s = time.monotonic()
    tallies = gated(parts or tuple(PARTS), _say)
    _say(table(tallies))
    survivors = [name for tally in tallies.values() for name in tally.survivors]
    failures = sum(len(tally.failures) for tally in tallies.values())
    _say(f"survived: {', '.join(survivors) or 'none'}")
    _say(
        f"simulate: {failures} violations, {len(survivors)} mutants survived,"
        f" {time.monotonic() - began_s:.0f} s"
    )
    sys.exit(bool(failures or survivors))


@cli.command()
@click.argument("modules", nargs=-1)
@click.option("--near", is_flag=True, help="Only the fixed scripts of each module's own layer.")
@click.option("--everything", is_flag=True, help="What shifts a rule, too.")
@click.option("--budget", default=20.0, help="CPU seconds of trials for one cut.")
def sweep(modules: tuple[str, ...], *, near: bool, everything: bool, budget: float) -> None:
    """Take out each rule of some modules, all if none are named; say what nobody notices."""
    for line in swept(modules, near=near, everything=everything, budget_s=budget):
        _say(line)


@cli.command()
@click.option("--hours", default=1.0, help="How long.")
@click.option("--first-seed", default=1_000_000, help="Where to begin.")
def soak(hours: float, first_seed: int) -> None:
    """Run seed after seed until the time is up; keep what fails."""
    tallies = soaked(hours, first_seed, _say)
    _say(table(tallies))
    sys.exit(any(tally.failures for tally in tallies.values()))


if __name__ == "__main__":
    cli()
