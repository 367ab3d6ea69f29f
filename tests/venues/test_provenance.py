from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from counterpoise.core.mode import Mode
from counterpoise.errors import SettingsError
from counterpoise.venues import provenance
from counterpoise.venues.build import build_gateway
from counterpoise.venues.ccxt_import import load_class
from counterpoise.venues.provenance import check_published, recorded_digests
from tests.venues.fake import FakeVenue, StillClock, config

SOURCE = Path(__file__).parents[2] / "src"
PROGRAM = """
from counterpoise.venues.ccxt_import import load_class
from counterpoise.venues.provenance import check_published
check_published(load_class("binance").exchange, live=True)
print("as published")
"""


def test_the_installed_ccxt_is_as_published() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={"PYTHONPATH": str(SOURCE)},
    )
    assert done.stdout.strip() == "as published"


def pretend(monkeypatch: pytest.MonkeyPatch, recorded: Mapping[str, str]) -> None:
    monkeypatch.setattr(provenance, "recorded_digests", lambda: recorded)


@pytest.mark.parametrize("name", ["sign", "fetch", "describe"])
@pytest.mark.parametrize("mode", Mode)
def test_a_replaced_method_stops_the_start_in_every_mode(
    name: str, mode: Mode, monkeypatch: pytest.MonkeyPatch
) -> None:
    venue = FakeVenue()
    monkeypatch.setattr(load_class("binance").exchange, name, lambda *_: None)
    with pytest.raises(SettingsError, match=f"binance.{name} is another's"):
        build_gateway(config(mode=mode), StillClock(), venue)
    assert venue.requests == []


def test_a_changed_file_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    exchange = load_class("binance").exchange
    file = str(sys.modules[exchange.__module__].__file__)
    pretend(monkeypatch, {**recorded_digests(), file: "another"})
    with pytest.raises(SettingsError, match="differs from its wheel"):
        check_published(exchange, live=False)


def test_a_file_that_was_added_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    exchange = load_class("binance").exchange
    file = str(sys.modules[exchange.__module__].__file__)
    recorded = {path: digest for path, digest in recorded_digests().items() if path != file}
    pretend(monkeypatch, recorded)
    with pytest.raises(SettingsError, match="not part of its wheel"):
        check_published(exchange, live=False)


def test_what_cannot_be_told_stops_only_live(monkeypatch: pytest.MonkeyPatch) -> None:
    exchange = load_class("binance").exchange
    pretend(monkeypatch, {})
    check_published(exchange, live=False)
    with pytest.raises(SettingsError, match="wheel"):
        check_published(exchange, live=True)


def test_digests_are_those_of_the_files() -> None:
    recorded = recorded_digests()
    assert len(recorded) > 100
    file = next(path for path in recorded if path.endswith("async_support/binance.py"))
    assert Path(file).is_file()
    assert provenance._digest(file) == recorded[file]
