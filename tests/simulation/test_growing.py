"""What grows without end is noticed, and what has found its size is not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from simulation.oracles import Oracles
from simulation.oracles.growing import SETTLED_DAYS, Size, bounded

DAYS = 3 * SETTLED_DAYS


def breaches(sizes: list[Size]) -> list[str]:
    said: list[str] = []
    run = SimpleNamespace(sizes=sizes, breach=lambda _, words: said.append(words))
    bounded(cast("Oracles", run))
    return said


def size(day: int, **grows: int) -> Size:
    usual = {"orders": 0, "journal_bytes": 400_000, "open_files": 12, "objects": 300_000}
    return Size(**{name: usual[name] + grows.get(name, 0) * day for name in usual})


def test_a_month_of_one_size_is_bounded() -> None:
    assert not breaches([size(0)] * DAYS)


@pytest.mark.parametrize(
    "grows",
    [{"journal_bytes": 40_000}, {"open_files": 1}, {"objects": 2_880}],
    ids=["the journal", "open files", "an object a cycle"],
)
def test_growth_without_end_is_noticed(grows: dict[str, int]) -> None:
    assert breaches([size(day, **grows) for day in range(DAYS)])


def test_orders_are_kept_for_good_and_take_their_room() -> None:
    assert not breaches([size(day, orders=5, journal_bytes=80_000) for day in range(DAYS)])
    assert breaches([size(day, orders=1, journal_bytes=80_000) for day in range(DAYS)])


def test_too_few_days_prove_nothing() -> None:
    assert not breaches([size(day, objects=100_000) for day in range(SETTLED_DAYS)])
