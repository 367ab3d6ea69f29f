"""One exchange class of ccxt, without the other hundred."""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

from counterpoise.errors import SettingsError

PACKAGES = ("ccxt", "ccxt.async_support")


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """The one class, and the root of what it raises."""

    exchange: type
    base_error: type[Exception]
    alone: bool  # False: the ordinary import had to be used


def load_class(exchange: str) -> Library:
    """
    Return the asynchronous ccxt class of one exchange.

    `import ccxt.async_support` runs all of its exchanges, twice: about 70 MB and half a second. So
    bare packages stand in while the one module is imported, and are gone afterwards, so that an
    ordinary import elsewhere still finds the whole. If ccxt's layout has changed, the ordinary
    import is used.

    Raises SettingsError if ccxt has no such exchange.
    """
    if any(package in sys.modules for package in PACKAGES):
        return _ordinary(exchange)
    try:
        return _alone(exchange)
    except (ImportError, AttributeError):
        _forget_bare()
        return _ordinary(exchange)
    finally:
        _forget_bare()


def _alone(exchange: str) -> Library:
    root = _bare("ccxt", PathFinder.find_spec("ccxt"))
    parent = _bare("ccxt.async_support", PathFinder.find_spec("async_support", root.__path__))
    errors = importlib.import_module("ccxt.base.errors")
    # modules below say `from ccxt import NetworkError, Exchange`
    root.__dict__.update(
        (name, value) for name, value in vars(errors).items() if isinstance(value, type)
    )
    root.__dict__["Exchange"] = importlib.import_module("ccxt.base.exchange").Exchange
    module = importlib.import_module(f"{parent.__name__}.{exchange}")
    return Library(exchange=getattr(module, exchange), base_error=errors.BaseError, alone=True)


def _bare(name: str, spec: ModuleSpec | None) -> ModuleType:
    """Stand a package in for the real one: it can find its modules and runs nothing."""
    if spec is None or spec.submodule_search_locations is None:
        raise ImportError(f"{name} is no package")
    module = ModuleType(name)
    module.__path__ = list(spec.submodule_search_locations)
    module.__dict__["bare"] = True
    sys.modules[name] = module
    return module


def _forget_bare() -> None:
    for package in PACKAGES:
        if getattr(sys.modules.get(package), "bare", False):
            del sys.modules[package]


def _ordinary(exchange: str) -> Library:
    whole = importlib.import_module("ccxt.async_support")
    found = getattr(whole, exchange, None)
    if not isinstance(found, type):
        raise SettingsError(f"ccxt has no exchange {exchange!r}")
    return Library(exchange=found, base_error=whole.BaseError, alone=False)
