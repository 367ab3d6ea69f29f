"""Bans that outlive a restart, whatever became of the file that they are kept in."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from counterpoise.bootstrap.pauses import PausesFile
from counterpoise.venues.gateway import CcxtGateway
from counterpoise.venues.pauses import Pauses
from tests.fakes import FakeClock

HOST = "fapi.binance.com"
DAMAGED = (
    "",
    "{",
    "[]",
    "null",
    '{"main": 5}',
    '{"main": {"h": "soon"}}',
    '{"main": {"h": Infinity}}',
    '{"main": {"h": NaN}}',
    '{"main": {"h": null}}',
)


@dataclass
class Life:
    """One life of a process, with the pauses of two venues."""

    file: Path
    clock: FakeClock
    pauses: dict[str, Pauses] = field(default_factory=dict)

    def __post_init__(self) -> None:
        keeper = PausesFile(self.file)
        for name in ("main", "other"):
            self.pauses[name] = Pauses(self.clock)
            door = SimpleNamespace(pauses=self.pauses[name])
            keeper.watch(name, cast("CcxtGateway", SimpleNamespace(door=door)))

    def left_s(self) -> dict[str, float]:
        return {name: pauses.left_s(HOST) for name, pauses in self.pauses.items()}


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return Life(tmp_path / "main.pauses.json", FakeClock())


def test_bans_of_every_venue_outlive_a_restart(life: Life) -> None:
    life.pauses["main"].close(HOST, 600.0)
    life.pauses["other"].close(HOST, 300.0)
    life.clock.advance(100)
    assert Life(life.file, life.clock).left_s() == {"main": 500.0, "other": 200.0}


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_file_is_as_good_as_none(life: Life, text: str) -> None:
    life.file.write_text(text)
    later = Life(life.file, life.clock)
    assert later.left_s() == {"main": 0.0, "other": 0.0}


def test_what_cannot_be_kept_is_kept_to_all_the_same(tmp_path: Path) -> None:
    life = Life(tmp_path / "nowhere" / "x.json", FakeClock())
    life.pauses["main"].close(HOST, 60.0)
    assert life.left_s()["main"] == 60.0
