"""
The invariants at port level. Each reads the exchange's truth, the wire and the journal's file.

None asks the daemon what it believes. Names are those of docs/safety.md. A new one is a function in
the module of its subject and a line in one of the tables of `watch`.
"""

from __future__ import annotations

from simulation.oracles.values import Found, Posted, Sending
from simulation.oracles.watch import AT_COMMIT, AT_END, AT_SENDING, Oracles

__all__ = ["AT_COMMIT", "AT_END", "AT_SENDING", "Found", "Oracles", "Posted", "Sending"]
