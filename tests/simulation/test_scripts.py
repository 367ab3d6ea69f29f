"""The fixed scripts: quiet as long as no rule is missing, and each of them once in the gate."""

from __future__ import annotations

import pytest

from simulation.jobs import Job, done
from simulation.parts import PARTS
from simulation.scripts import GATEWAYS, REHEARSALS, SCRIPTS, named


@pytest.mark.parametrize(
    "name", [*named((*GATEWAYS, *REHEARSALS)), "trading corrects", "books live"]
)
def test_a_script_says_nothing_of_the_daemon_as_it_is(name: str) -> None:
    assert not done(Job(profile=name, seed=0)).found.violations


def test_the_gate_runs_every_script() -> None:
    asked = [work for work in PARTS["scripts"]() if isinstance(work, Job)]
    assert [job.profile for job in asked] == list(SCRIPTS)
    assert asked[0].command == f"python -m simulation replay '{asked[0].profile}' 0"
