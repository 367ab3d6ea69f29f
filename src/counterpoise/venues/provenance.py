"""
Whether the ccxt that runs is the ccxt that was published.

A package of a similar name once replaced `sign` and sent orders elsewhere. So every file that
a client is made of must be as its wheel recorded it, and the methods that sign and send must be in
one of them.
"""

from __future__ import annotations

import base64
import hashlib
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from counterpoise.errors import SettingsError

PACKAGE = "ccxt"
GUARDED = ("create_order", "describe", "fetch", "fetch2", "handle_errors", "request", "sign")
SHARED = ("ccxt.base.", "ccxt.async_support.base.")  # what every exchange class is built on
HINT = "install it again from requirements.lock; nothing was started or sent"


def check_published(exchange: type, *, live: bool) -> None:
    """
    Check that a ccxt class, and what was imported for it, is as published.

    Raises SettingsError if not, and in live mode also where that cannot be told.
    """
    recorded = recorded_digests()
    if not recorded:
        if live:
            raise SettingsError(f"{PACKAGE} was not installed from a wheel", hint=HINT)
        return
    found = [*_changed(exchange, recorded), *_replaced(exchange, recorded)]
    if found:
        raise SettingsError(f"{PACKAGE} is not as published: {found[0]}", hint=HINT)


def recorded_digests() -> Mapping[str, str]:
    """Return the recorded digest of every source file of the package, by its path."""
    try:
        installed = distribution(PACKAGE)
    except PackageNotFoundError:
        return {}
    root = str(installed.locate_file(""))
    found: dict[str, str] = {}
    for line in (installed.read_text("RECORD") or "").splitlines():
        name, _, rest = line.partition(",sha256=")
        if rest and name.endswith(".py"):
            found[f"{root}/{name}"] = rest.partition(",")[0]
    return found


def _changed(exchange: type, recorded: Mapping[str, str]) -> Iterator[str]:
    own = {kind.__module__ for kind in exchange.__mro__ if kind is not object}
    shared = {name for name in sys.modules if name.startswith(SHARED)}
    for name in sorted(own | shared):
        file = getattr(sys.modules.get(name), "__file__", None) or name
        expected = recorded.get(file)
        if expected is None:
            yield f"{name} is not part of its wheel"
        elif _digest(file) != expected:
            yield f"{name} differs from its wheel"


def _replaced(exchange: type, recorded: Mapping[str, str]) -> Iterator[str]:
    for name in GUARDED:
        code = getattr(getattr(exchange, name, None), "__code__", None)
        if code is None or code.co_filename not in recorded:
            yield f"{exchange.__name__}.{name} is another's"


def _digest(file: str) -> str:
    raw = hashlib.sha256(Path(file).read_bytes()).digest()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
