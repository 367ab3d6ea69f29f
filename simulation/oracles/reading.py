"""What an order was sized on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.oracles.values import Found, Sending

if TYPE_CHECKING:
    from simulation.oracles.watch import Oracles


def fresh(run: Oracles, sending: Sending) -> Found:
    """Judge how old and how true what it was sized on is."""
    seen, now_s, asset = sending.seen, sending.now_s, sending.asset
    needed = ["positions", "marks", "books"]
    if not run.flattening:  # which needs no value
        needed.append("balances")
    for name in needed:
        began_s = seen.started_s.get(name)
        if began_s is None:
            yield "I-9", f"the last read of {name} failed"
        elif now_s - began_s > sending.window_s:
            yield "I-37", f"{name} were read {now_s - began_s:.1f} s ago"
    for name, spoilt in seen.spoilt.items():
        if asset in concerned(run, name, spoilt):
            yield ("I-10" if name == "balances" else "I-9"), f"{name} were spoilt"
    if asset in seen.terms:
        yield "I-33", "the terms of its contract have changed"


def concerned(run: Oracles, name: str, spoilt: frozenset[str]) -> frozenset[str]:
    """Return the assets that may not be ordered while these are shown wrong."""
    if run.flattening:  # without value, each asset for itself
        return frozenset() if name == "balances" else spoilt
    if name in ("balances", "marks") and run.policy.exposure != 0:
        return frozenset(run.truth.assets)  # weights are shares of everything
    return spoilt


def held_by_position(_: Oracles, sending: Sending) -> Found:
    """Ask whether the position that it was sized on holds every fill of ours."""
    asset, seen, shown = sending.asset, sending.seen, sending.shown
    ours = shown[-1].ours[asset]
    if all(seen.positions.get(asset) != ours + state.foreign[asset] for state in shown):
        yield "I-3", f"sized on {seen.positions.get(asset)}, ours are {ours}"
