"""The real process does what the simulation says, order for order and state for state."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncio_throttle.throttler
import pytest

from tests.chaos.cases import CASES, Case
from tests.chaos.real import lived
from tests.chaos.simulated import simulated
from tests.sim.virtual import loop_time


def check_both(case: Case, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("simulated", "real"):
        (folder / name).mkdir()
    with monkeypatch.context() as patched:
        patched.setattr(asyncio_throttle.throttler, "time", loop_time())
        said = simulated(case, folder / "simulated")
    assert said.story == case.story
    assert len(said.orders) == len(case.story)
    assert asyncio.run(lived(case, folder / "real")) == said


@pytest.mark.parametrize("case", [case for case in CASES if case.quick], ids=str)
def test_the_process_does_what_the_simulation_says(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_both(case, tmp_path, monkeypatch)
