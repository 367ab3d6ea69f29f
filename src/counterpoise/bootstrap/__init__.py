"""From settings to a running portfolio: the only place that knows which mode it is in."""

from counterpoise.bootstrap.assemble import Portfolio, assemble, open_journal
from counterpoise.bootstrap.examine import Finding, examine
from counterpoise.bootstrap.look import look, replay
from counterpoise.bootstrap.run import run_daemon

__all__ = [
    "Finding",
    "Portfolio",
    "assemble",
    "examine",
    "look",
    "open_journal",
    "replay",
    "run_daemon",
]
