"""Worlds that are judged by every oracle when their test is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import localcontext
from pathlib import Path

import asyncio_throttle.throttler
import pytest

from counterpoise.core.units import CONTEXT
from tests.scenarios.config import WorldConfig
from tests.scenarios.harness import World
from tests.scenarios.oracles import check
from tests.sim.virtual import loop_time


def pytest_configure(config: pytest.Config) -> None:
    """Name the mark of what takes longer than the rest together."""
    config.addinivalue_line("markers", "slow: more of the same, or real processes; CI runs them")


MakeWorld = Callable[[WorldConfig], World]


@pytest.fixture
def make_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeWorld]:
    """Make a world of a test's own; afterwards it is judged and taken apart."""
    monkeypatch.setattr(asyncio_throttle.throttler, "time", loop_time())
    made: list[World] = []

    def make(config: WorldConfig) -> World:
        made.append(World(tmp_path, config))
        return made[-1]

    with localcontext(CONTEXT.copy()):
        yield make
        try:
            for world in made:
                check(world)
        finally:
            for world in made:
                world.close()


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    """Return a world in balance, its daemon not started."""
    return make_world(WorldConfig())
