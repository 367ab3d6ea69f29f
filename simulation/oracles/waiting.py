"""How far the truth is from the target, for how long, and whether anybody was told."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from counterpoise.core.policy.policy import Target
from counterpoise.core.units import ZERO

if TYPE_CHECKING:
    from simulation.oracles.watch import Oracles


def true_drift(run: Oracles, target: Target) -> tuple[Decimal, Decimal]:
    """Return how far an asset truly is from its goal, and its band, in base units."""
    state = run.truth.truth.states[-1]
    asset = str(target.asset)
    value = sum((state.held[a] * state.price[a] for a in run.truth.assets), start=ZERO)
    goal = run.policy.exposure * target.weight * value / state.price[asset]
    band = target.drift * value / state.price[asset]
    return state.held[asset] + state.ours[asset] + state.foreign[asset] - goal, band


def outside(run: Oracles) -> list[str]:
    """Return the assets that truly are out of their band."""
    found = []
    for target in run.policy.targets:
        drift, band = true_drift(run, target)
        if abs(drift) > band:
            found.append(str(target.asset))
    return found


def never_silent(run: Oracles, *, told: bool, patience_s: float) -> None:
    """Never silent: out of band for so long, somebody is told."""
    now_s, astray = run.truth.now_s, outside(run)
    if told:
        run.told_s = now_s
    for asset in list(run.outside_since_s):
        if asset not in astray:
            del run.outside_since_s[asset]
    for asset in astray:
        since_s = run.outside_since_s.setdefault(asset, now_s)
        since_s = max(since_s, run.restarted_s, run.told_s)
        if now_s - since_s > patience_s:
            run.breach("I-18", f"{asset} is out of band for {now_s - since_s:.0f} s, silent")
            run.outside_since_s[asset] = now_s
