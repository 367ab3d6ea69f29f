"""A start without collections of garbage, and without libraries' own extras."""

from __future__ import annotations

import gc
import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from counterpoise.startup import absent, kept

SOURCE = Path(__file__).parents[1] / "src"


def test_what_is_kept_is_never_looked_at_again_and_collecting_goes_on() -> None:
    before = gc.get_freeze_count()
    try:
        with kept():
            assert not gc.isenabled()
            loaded = [[number] for number in range(100)]
        assert gc.isenabled()
        assert gc.get_freeze_count() >= before + len(loaded)
    finally:
        gc.unfreeze()


def test_collecting_goes_on_after_a_start_that_failed() -> None:
    try:
        with pytest.raises(RuntimeError), kept():
            raise RuntimeError
        assert gc.isenabled()
    finally:
        gc.unfreeze()


def test_an_absent_package_cannot_be_imported_and_is_itself_again_afterwards() -> None:
    before = importlib.import_module("json")
    with absent("json"), pytest.raises(ImportError):
        importlib.import_module("json")
    assert sys.modules["json"] is before


def test_an_absent_package_that_nobody_has_loaded_stays_unloaded() -> None:
    with absent("no_such_package_here"):
        pass
    assert "no_such_package_here" not in sys.modules


def test_a_daemon_starts_without_what_only_people_look_at() -> None:
    code = (
        "import sys, counterpoise.cli.run; from counterpoise.bootstrap import assemble, run_daemon;"
        "print(sorted({'rich', 'pygments', 'ccxt.async_support'} & set(sys.modules)))"
    )
    done = subprocess.run(
        (sys.executable, "-c", code),
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "[]"
