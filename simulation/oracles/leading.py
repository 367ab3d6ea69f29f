"""Where an order leads: nearer to its target, within its collar, as its kind demands."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING

from counterpoise.core.policy.policy import Target
from counterpoise.core.units import ZERO, is_multiple
from simulation.oracles.values import Found, Sending
from simulation.venue import State

if TYPE_CHECKING:
    from simulation.oracles.watch import Oracles

D = Decimal
COLLAR_SLACK = D("1.0001")
EXACT = D("0.0000001")  # base units: what the rounding of a weight may make
FLIP_SHARE = D("0.02")  # of the band: how far beyond the target an order may lead


def towards(run: Oracles, sending: Sending) -> Found:
    """Judge which way it leads, how far, and whether it says so."""
    intent, asset, shown = sending.intent, sending.asset, sending.shown
    size, ours = intent.order.size, shown[-1].ours[asset]
    positions = {ours + state.foreign[asset] for state in shown}
    shrinks = all(position * size < 0 for position in positions)
    if shrinks and not intent.order.reduce_only:
        yield "I-14", f"against {positions} and not reduce-only"
    if not is_multiple(size, run.truth.instrument(asset).size_step):
        yield "I-13", "not a multiple of the step"
    if run.flattening:
        if not any(position * size < 0 for position in positions):
            yield "I-5", f"flattening leads away from {positions}"
        return
    target = next(t for t in run.policy.targets if t.asset == asset)
    cases = list(_cases(run, target, asset, shown))
    if not any(_nearer(drift, drift + size, tau) for drift, tau in cases):
        drift, tau = cases[-1]
        yield "I-5", f"leads from {drift:.6f} to {drift + size:.6f}, allowed beyond {tau:.6f}"


def _cases(
    run: Oracles, target: Target, asset: str, shown: list[State]
) -> Iterator[tuple[Decimal, Decimal]]:
    """Yield drift and tolerance for all that could truly be seen at the time."""
    ours, few = shown[-1].ours[asset], shown[-12:]
    lot = run.truth.instrument(asset).size_step
    if len(shown) == 1:  # nothing moved since long before the reads: there is one truth
        lot, few = EXACT, shown
    for holding, pricing in product(few, few):
        value = sum((holding.held[a] * pricing.price[a] for a in run.truth.assets), start=ZERO)
        goal = run.policy.exposure * target.weight * value / pricing.price[asset]
        band = target.drift * value / pricing.price[asset]
        foreign = {state.foreign[asset] for state in few}
        for other in foreign:
            drift = holding.held[asset] + ours + other - goal
            share = ZERO if len(shown) == 1 else FLIP_SHARE
            yield drift, 2 * lot + share * band


def bounded(run: Oracles, sending: Sending) -> Found:
    """Judge its limit price."""
    intent, asset, shown = sending.intent, sending.asset, sending.shown
    collar, price = run.policy.limits.price_collar, intent.order.limit_price
    prices = {state.price[asset] for state in shown}
    if all(abs(price - mark) > collar * mark * COLLAR_SLACK for mark in prices):
        yield "I-12", f"limit {price} is outside the collar around {prices}"


def _nearer(before: Decimal, after: Decimal, tau: Decimal) -> bool:
    """Say whether an order leads nearer to the target, and no further beyond it than allowed."""
    if abs(after) <= tau:
        return True
    return abs(after) <= abs(before) and before * after > 0
