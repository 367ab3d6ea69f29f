"""A start without collections of garbage, and without libraries' own extras."""

from __future__ import annotations

import gc
import importlib
import sys

import pytest

from counterpoise.startup import absent, kept


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
