"""The gate is a fixed list of work, whatever the machine, and as much of it as is promised."""

from __future__ import annotations

import pytest

from simulation import sizes
from simulation.jobs import Job, done
from simulation.mutants import MUTANTS
from simulation.parts import CRASH_DAY, PARTS
from simulation.tally import Tally, table


def jobs(part: str) -> list[Job]:
    return [work for work in PARTS[part]() if isinstance(work, Job)]


def test_a_year_of_thirty_second_cycles_is_a_year() -> None:
    profiles = [job.drawn() for job in jobs("a year")]
    assert sum(profile.hours for profile in profiles) == 24 * sizes.YEAR_DAYS
    assert {profile.interval_s for profile in profiles} == {30}
    assert profiles[0].measured


def test_thirty_days_go_through_ccxt_at_many_intervals() -> None:
    profiles = [job.drawn() for job in jobs("through ccxt")]
    assert sum(profile.hours for profile in profiles) >= 24 * 30
    assert {profile.interval_s for profile in profiles} == {10, 30, 60, 120, 300}
    assert {job.layer for job in jobs("through ccxt")} == {"wire"}


def test_every_edge_of_the_scripted_day_has_its_crash() -> None:
    name, seed = CRASH_DAY
    taps = done(Job(profile=name, seed=seed)).found.taps
    assert [job.crash_at for job in jobs("crash points")] == list(range(1, taps + 1))
    assert taps > 100


def test_a_second_crash_comes_while_the_daemon_recovers() -> None:
    for job in jobs("crashes in recovery"):
        assert job.crash_at is not None
        assert job.crash_again is not None
        assert 0 < job.crash_again - job.crash_at <= sizes.RECOVERY_TAPS


def test_every_mutant_is_hunted() -> None:
    assert PARTS["mutants"]() == list(MUTANTS)


@pytest.mark.parametrize("part", ["a year", "through ccxt", "swarm", "crashes in recovery"])
def test_the_work_is_the_same_every_time(part: str) -> None:
    assert PARTS[part]() == PARTS[part]()


def test_the_table_has_a_row_for_each_part() -> None:
    tally = Tally()
    tally.add(done(Job(profile="doubt", seed=1, hours=0.1)))
    lines = table({"one": tally, "other": Tally()}).splitlines()
    assert [line.split()[0] for line in lines] == ["part", "one", "other"]
    assert lines[1].split()[1] == "1"
