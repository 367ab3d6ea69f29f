"""The benchmark still runs. What it measures is for `make bench` to say."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

BENCH = Path(__file__).parents[1] / "bench"
NAMES = ("answers", "bench", "figures", "portfolio", "process")


@pytest.fixture(name="bench")
def bench_module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCH))
    for name in NAMES:  # its modules are scripts: they are imported by bare names
        monkeypatch.delitem(sys.modules, name, raising=False)
    return importlib.import_module("bench")


def test_the_benchmark_of_orders_still_runs(bench: ModuleType, tmp_path: Path) -> None:
    found = list(bench.wire(bench.Counts(orders=1), tmp_path))
    assert found
    assert all(0 < one.least <= one.typical <= one.most for one in found)
    assert any(one.goal is not None for one in found)


def test_what_was_measured_is_told_in_full(bench: ModuleType, tmp_path: Path) -> None:
    figures = bench.figures
    slow = figures.figure("slow", "ms", [3.0, 1.0, 2.0], goal=1.5)
    told = figures.table([slow])
    assert "slow" in told
    assert "MISSED" in told
    figures.write(tmp_path / "latest.json", [slow], {})
    (read,) = json.loads((tmp_path / "latest.json").read_text())["figures"]
    assert (read["typical"], read["met"]) == (2.0, False)
