"""
From settings to a running portfolio: the only place that knows which mode it is in.

What it offers is imported when it is first asked for: reading a journal needs no exchange.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from counterpoise.bootstrap.alert_trial import try_alerts
    from counterpoise.bootstrap.assembly import Portfolio, assemble
    from counterpoise.bootstrap.examination import Finding, examine
    from counterpoise.bootstrap.ledger import open_journal
    from counterpoise.bootstrap.looking import look, look_closely
    from counterpoise.bootstrap.replaying import replay
    from counterpoise.bootstrap.run import run_daemon

_HOME = {
    "Finding": "examination",
    "Portfolio": "assembly",
    "assemble": "assembly",
    "examine": "examination",
    "look": "looking",
    "look_closely": "looking",
    "open_journal": "ledger",
    "replay": "replaying",
    "run_daemon": "run",
    "try_alerts": "alert_trial",
}

__all__ = [
    "Finding",
    "Portfolio",
    "assemble",
    "examine",
    "look",
    "look_closely",
    "open_journal",
    "replay",
    "run_daemon",
    "try_alerts",
]


def __getattr__(name: str) -> object:
    """Import the one module that has `name`."""
    if name not in _HOME:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
