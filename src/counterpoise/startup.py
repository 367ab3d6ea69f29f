"""A start without what it does not need: collections of garbage, and libraries' own extras."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

_UNKNOWN = ModuleType("unknown")


@contextmanager
def kept() -> Iterator[None]:
    """
    Collect no garbage while inside, and look at nothing made there ever again.

    For what is loaded once and stays: it is never garbage, and a full collection over it holds
    everything up, orders too, for as long as sending a hundred of them takes.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def absent(package: str) -> Iterator[None]:
    """Let an optional package look as if it were not installed, while another one is imported."""
    before = sys.modules.get(package, _UNKNOWN)
    sys.modules[package] = None  # type: ignore[assignment]  # what `import` takes for absent
    try:
        yield
    finally:
        if before is _UNKNOWN:
            del sys.modules[package]
        else:
            sys.modules[package] = before
