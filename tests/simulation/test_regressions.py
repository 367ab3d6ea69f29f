"""A kept job is the same run again, whatever becomes of the way in which profiles are drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulation.findings import Violation
from simulation.jobs import Job, done
from simulation.profile import PROFILES, kept
from simulation.regressions import load, regressions, save

BROKEN = Violation(invariant="I-1", at_s=100.0, said="two at once")
DRAWN = ("swarm", "benign", "wire", "limits", "leverage", "crash-day")


@pytest.mark.parametrize("name", DRAWN)
def test_a_profile_survives_being_written(name: str) -> None:
    for seed in range(20):
        profile = PROFILES[name](seed)
        assert kept.read(kept.written(profile)) == profile


def test_a_profile_of_another_time_is_refused() -> None:
    with pytest.raises(TypeError, match="wings"):
        kept.read({**kept.written(PROFILES["doubt"](0)), "wings": 2})


def test_a_kept_job_is_the_same_run(tmp_path: Path) -> None:
    job = Job(profile="crashes", seed=3, hours=0.1, without=("order.late",), crash_at=9)
    again = load(save(job, BROKEN, tmp_path))
    assert again.drawn() == job.drawn()
    assert done(again).found == done(job).found


def test_faults_named_one_by_one_are_kept(tmp_path: Path) -> None:
    job = Job(profile="crashes", seed=3, only=(("order.lost", 3), ("process.crash", 1)))
    save(job, BROKEN, tmp_path)
    assert [one.only for one in regressions(tmp_path)] == [job.only]


def test_the_command_names_all_that_was_changed() -> None:
    job = Job(profile="wire", seed=3, hours=0.5, assets=1, crash_at=7, only=())
    assert job.command == (
        "python -m simulation replay wire 3 --hours 0.5 --assets 1 --crash-at 7 --only nothing"
    )
