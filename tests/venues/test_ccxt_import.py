"""Each claim in a process of its own: what is imported cannot be un-imported."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from counterpoise.errors import SettingsError
from counterpoise.venues.ccxt_import import load_class

SOURCE = Path(__file__).parents[2] / "src"


def run(program: str) -> str:
    """Run a program in a fresh interpreter and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PYTHONPATH": str(SOURCE)},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_one_class_comes_without_the_others_and_costs_less_memory() -> None:
    said = run(
        """
        import resource, sys
        import aiohttp
        from counterpoise.venues.ccxt_import import load_class
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        library = load_class("binance")
        spent = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
        others = [name for name in sys.modules if name.startswith("ccxt.async_support.k")]
        print(library.alone, library.exchange.__name__, others, spent < 45)
        """
    )
    assert said == "True binance [] True"


def test_the_whole_of_ccxt_can_still_be_imported_afterwards() -> None:
    said = run(
        """
        from counterpoise.venues.ccxt_import import load_class
        library = load_class("binance")
        import ccxt.async_support
        print(
            len(ccxt.async_support.exchanges) > 100,
            ccxt.async_support.binance is library.exchange,
            ccxt.NetworkError is ccxt.async_support.NetworkError,
            issubclass(ccxt.NetworkError, library.base_error),
        )
        """
    )
    assert said == "True True True True"


def test_two_classes_share_what_they_have_in_common() -> None:
    said = run(
        """
        from counterpoise.venues.ccxt_import import load_class
        first, second = load_class("binance"), load_class("bybit")
        print(first.alone, second.alone, first.base_error is second.base_error)
        """
    )
    assert said == "True True True"


def test_a_changed_layout_falls_back_to_the_ordinary_import() -> None:
    said = run(
        """
        import importlib
        from counterpoise.venues import ccxt_import
        real = importlib.import_module
        def moved(name, package=None):
            if name == "ccxt.base.errors":
                raise ImportError(name)
            return real(name, package)
        ccxt_import.importlib.import_module = moved
        library = ccxt_import.load_class("binance")
        print(library.alone, library.exchange.__name__)
        """
    )
    assert said == "False binance"


def test_an_exchange_that_ccxt_lacks_is_a_settings_error() -> None:
    with pytest.raises(SettingsError, match="nosuchvenue"):
        load_class("nosuchvenue")
