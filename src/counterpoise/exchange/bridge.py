"""
Prices within a recorded hour.

A path starts at the hour's open, touches its high and its low, ends at its close and never leaves
the range between. It is a function of (seed, asset, hour, time): nothing is stepped, so any
instant costs the same, and two runs agree.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal

from counterpoise.exchange.history import Candle
from counterpoise.exchange.moment import HOUR_MS

STEPS = 120  # nodes an hour, half a minute apart
STEP_MS = HOUR_MS // STEPS
CONTRARY_SHARE = 0.2  # of hours that reach the extreme of their own direction first
NOISE = 0.12  # standard deviation in the middle of a stretch, as a share of the hour's range
NOISE_UNIT = 1_000_000  # noise is kept in millionths of the range, so that prices stay exact


@dataclass(frozen=True, slots=True)
class Turns:
    """When an hour turns: the same for all assets, as it mostly is."""

    first: int  # the node of the first extreme
    second: int
    contrary: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """How one hour of one asset moves, shared by its spot and its perpetual so that both agree."""

    turns: Turns
    noise: tuple[int, ...]  # by node, in millionths of the hour's range; zero where prices are set


def hour_turns(seed: int, hour: int) -> Turns:
    """Return when `hour` turns."""
    market = random.Random(f"{seed}:{hour}")
    return Turns(
        first=market.randrange(STEPS // 12, STEPS // 2 - 2),
        second=market.randrange(STEPS // 2 + 2, STEPS - STEPS // 12),
        contrary=market.random() < CONTRARY_SHARE,
    )


def hour_shape(seed: int, asset: str, hour: int) -> Shape:
    """Return how `hour` moves for one asset."""
    turns = hour_turns(seed, hour)
    own = random.Random(f"{seed}:{asset}:{hour}")
    noise = [0] * (STEPS + 1)
    for start, end in ((0, turns.first), (turns.first, turns.second), (turns.second, STEPS)):
        _add_bridge(noise, start, end, own)
    return Shape(turns, tuple(noise))


def _add_bridge(noise: list[int], start: int, end: int, rng: random.Random) -> None:
    """Fill `noise` between two fixed nodes with a Brownian bridge."""
    length = end - start
    steps = [rng.gauss(0, 1) for _ in range(length)]
    drift = sum(steps) / length
    unit = 2 * NOISE * NOISE_UNIT / length**0.5
    level = 0.0
    for offset, step in enumerate(steps[:-1], start=1):
        level += step - drift
        noise[start + offset] = round(level * unit)


def node_ms(node: int) -> int:
    """Return when in its hour a node is reached; the last one closes the hour."""
    return min(node * STEP_MS, HOUR_MS - 1)


def price_in_hour(candle: Candle, shape: Shape, offset_ms: int) -> Decimal:
    """Return the price `offset_ms` into the hour."""
    node = min(offset_ms // STEP_MS, STEPS - 1)
    before_ms, after_ms = node_ms(node), node_ms(node + 1)
    before = _node_price(candle, shape, node)
    if offset_ms == before_ms:
        return before
    after = _node_price(candle, shape, node + 1)
    return before + (after - before) * (offset_ms - before_ms) / (after_ms - before_ms)


def _node_price(candle: Candle, shape: Shape, node: int) -> Decimal:
    """Return the price at one node: a straight line between fixed prices, plus folded noise."""
    turns = shape.turns
    low_first = (candle.close >= candle.open) is not turns.contrary
    extremes = (candle.low, candle.high) if low_first else (candle.high, candle.low)
    if node < turns.first:
        start, end, value, target = 0, turns.first, candle.open, extremes[0]
    elif node < turns.second:
        start, end, (value, target) = turns.first, turns.second, extremes
    else:
        start, end, value, target = turns.second, STEPS, extremes[1], candle.close
    line = value + (target - value) * (node - start) / (end - start)
    noise = (candle.high - candle.low) * shape.noise[node] / NOISE_UNIT
    return _folded(line + noise, candle)


def _folded(price: Decimal, candle: Candle) -> Decimal:
    """Mirror at the edges of the range, so that noise never leaves it."""
    if price > candle.high:
        price = 2 * candle.high - price
    elif price < candle.low:
        price = 2 * candle.low - price
    return max(candle.low, min(price, candle.high))
