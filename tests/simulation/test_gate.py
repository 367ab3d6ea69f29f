"""The simulation itself: the same seed is the same run, and its oracles see what they are for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from simulation.jobs import Job, done
from simulation.mutants import MUTANTS
from simulation.regressions import regressions

ROOT = Path(__file__).parents[2]
PRINT = """
from simulation.jobs import Job, done
print(done(Job(profile={!r}, seed=3, hours=0.1)).found.trace)
"""


def trace_of(profile: str, hash_seed: str) -> str:
    path = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
    done_ = subprocess.run(
        [sys.executable, "-c", PRINT.format(profile)],
        env={"PYTHONPATH": path, "PYTHONHASHSEED": hash_seed, "PATH": os.environ["PATH"]},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done_.stdout.strip()


@pytest.mark.parametrize("profile", ["swarm", "crashes", "wire"])
def test_the_same_seed_is_the_same_run_in_any_process(profile: str) -> None:
    traces = {trace_of(profile, hash_seed) for hash_seed in ("0", "4711")}
    assert len(traces) == 1
    assert traces != {""}


def test_another_seed_is_another_run() -> None:
    first, second = (
        done(Job(profile="doubt", seed=seed, hours=0.1)).found.trace for seed in (1, 2)
    )
    assert first != second


@pytest.mark.parametrize("profile", ["doubt", "crashes", "operator"])
def test_a_stormy_time_breaks_no_invariant(profile: str) -> None:
    found = done(Job(profile=profile, seed=2)).found
    assert found.orders
    assert not found.violations


@pytest.mark.parametrize("name", ["journal after send", "reduce-only dropped", "dry-run writes"])
def test_a_rule_removed_is_noticed(name: str) -> None:
    mutant = MUTANTS[name]
    with mutant.applied():
        found = done(Job(profile=mutant.profiles[0], seed=0, hours=0.1)).found
    assert [v for v in found.violations if v.invariant != "harness"]


@pytest.mark.parametrize("job", regressions(), ids=lambda job: f"{job.profile}-{job.seed}")
def test_what_failed_once_holds_now(job: Job) -> None:
    assert not done(job).found.violations
