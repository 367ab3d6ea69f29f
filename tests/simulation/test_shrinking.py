"""A failing run is made smaller without ceasing to fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from simulation import shrinking
from simulation.conduct import Decision
from simulation.findings import Plain, Violation
from simulation.jobs import Done, Job
from simulation.shrinking import ddmin, shrunk

BROKEN = Violation(invariant="I-1", at_s=100.0, said="two at once")
CULPRITS: frozenset[Decision] = frozenset({("order.lost", 3), ("process.crash", 1)})
STRUCK: tuple[Decision, ...] = (
    *(("order.lost", number) for number in range(1, 9)),
    ("process.crash", 1),
    ("read.slow", 1),
)


@pytest.mark.parametrize("culprits", [{3}, {0, 7}, {1, 2, 6}, set(range(8))])
def test_what_is_left_is_what_it_takes(culprits: set[int]) -> None:
    assert set(ddmin(range(8), lambda part: culprits <= set(part))) == culprits


def test_what_fails_anyway_needs_nothing() -> None:
    assert ddmin(range(8), lambda _: True) == ()


def test_no_part_is_asked_about_often() -> None:
    asked: list[Sequence[int]] = []

    def fails(part: Sequence[int]) -> bool:
        asked.append(part)
        return 77 in part

    assert ddmin(range(128), fails) == (77,)
    assert len(asked) < 4 * 7 + 2  # two halvings a step, seven steps


def _done(job: Job, *, hasty: bool = False) -> Done:
    """Fail where both culprits may strike, and the run is long enough."""
    assert hasty
    struck = STRUCK if job.only is None else tuple(d for d in STRUCK if d in job.only)
    struck = tuple(decision for decision in struck if decision[0] not in job.without)
    long_enough = job.hours is None or job.hours * 3600 > BROKEN.at_s
    fails = set(struck) >= CULPRITS and long_enough
    violations = (BROKEN,) if fails else ()
    return Done(job=job, found=Plain(violations=violations, decided=struck), cpu_s=0.0)


def test_a_job_is_left_with_its_culprits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shrinking, "done", _done)
    small = shrunk(Job(profile="crashes", seed=1))
    assert set(small.only or ()) == CULPRITS
    assert small.assets == 1
    assert small.hours is not None
    assert small.hours < 0.1
    assert {"order.lost", "process.crash"}.isdisjoint(small.without)


def test_a_job_that_holds_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shrinking, "done", _done)
    whole = Job(profile="crashes", seed=1, only=())
    assert shrunk(whole) == whole


def test_another_invariant_is_another_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def other(job: Job, *, hasty: bool = False) -> Done:
        came = _done(job, hasty=hasty)
        if job.assets is None or not came.found.violations:
            return came
        elsewhere = replace(BROKEN, invariant="I-2")
        return replace(came, found=replace(came.found, violations=(elsewhere,)))

    monkeypatch.setattr(shrinking, "done", other)
    assert shrunk(Job(profile="crashes", seed=1)).assets is None
