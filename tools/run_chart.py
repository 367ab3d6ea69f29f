"""Draw a recorded demo run: weights, drift, orders and positions over recorded time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from svg_plot import (
    LEFT,
    PLOT,
    Panel,
    Point,
    box,
    frame,
    level,
    page,
    panel_over,
    path,
    steps,
    text,
)

TITLE = "A real run of counterpoise demo: perpetuals hold the weights, and no coin is sold"
TOP, GAP = 122, 52
HOUR_MS = 3_600_000
TICK_HOURS = (1, 2, 3, 6, 12, 24, 48, 96)
TICKS_MAX = 9  # on the time axis
BAR = 5.0
BESIDE = LEFT + PLOT + 8  # where a line is named
Facts = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A recorded run, with its times mapped to recorded time."""

    facts: Facts
    names: tuple[str, ...]
    times_ms: tuple[float, ...]  # recorded time of each sample

    def market_ms(self, at_ms: float) -> float:
        """Return the recorded moment at a time of the daemon's clock."""
        clock = self.facts["clock"]
        return float(clock["market_ms"] + (at_ms - clock["at_ms"]) * clock["speed"])

    def x(self, market_ms: float) -> float:
        """Return where a recorded moment is on the page."""
        first, last = self.times_ms[0], self.times_ms[-1]
        return round(LEFT + PLOT * (market_ms - first) / (last - first), 1)

    def series(self, name: str, key: str, scale: float = 1) -> list[float]:
        """Return one figure of one asset, sample by sample."""
        return [scale * sample["assets"][name][key] for sample in self.facts["samples"]]

    def points(self, panel: Panel, values: Sequence[float]) -> list[Point]:
        """Return where a series is on the page."""
        return [(self.x(t), panel.y(v)) for t, v in zip(self.times_ms, values, strict=True)]


def run_of(facts: Facts) -> Run:
    """Return a recording, ready to be drawn."""
    clock, samples = facts["clock"], facts["samples"]
    times = (clock["market_ms"] + (s["at_ms"] - clock["at_ms"]) * clock["speed"] for s in samples)
    return Run(facts=facts, names=tuple(samples[0]["assets"]), times_ms=tuple(times))


def drawn(facts: Facts) -> str:
    """Return the whole picture."""
    run = run_of(facts)
    body, bottom = [*heading(run)], float(TOP - GAP)
    for panel in (weights, drifts, orders, positions):
        bottom, shapes = panel(run, bottom + GAP)
        body += shapes
    body += [*time_axis(run, bottom), *footer(run, bottom + 52)]
    return page(bottom + 88, TITLE, described(run), body)


def described(run: Run) -> str:
    """Return the picture in words, for who cannot see it."""
    told = []
    for name in run.names:
        alone, held = run.series(name, "unhedged")[-1], run.series(name, "weight")[-1]
        target = run.series(name, "target")[-1]
        told.append(f"{name}: spot alone {alone:.1%}, with perpetuals {held:.1%} of {target:.0%}")
    count = len(run.facts["orders"])
    return f"Weights, drift, {count} orders and positions over time. At the end: {'; '.join(told)}."


def heading(run: Run) -> Iterator[str]:
    """Yield title, what was run, and the legend."""
    filled = sum(order["state"] == "filled" for order in run.facts["orders"])
    hours = (run.times_ms[-1] - run.times_ms[0]) / HOUR_MS
    real_s = hours * 3600 / run.facts["clock"]["speed"]
    yield text(LEFT, 32, TITLE, "title strong")
    yield text(
        LEFT,
        55,
        f"{real_s:.0f} seconds of a daemon trading through HTTP on the local exchange, which"
        f" replays {hours:.0f} recorded hours. {len(run.facts['orders'])} orders, {filled} filled"
        " whole.",
    )
    x = float(LEFT)
    for number, name in enumerate(run.names):
        yield box(x, 69, (11, 11), f"f{number}")
        yield text(x + 16, 79, name, "strong")
        x += 62
    yield f'<path class="line mark" d="M{x + 14:g} 75h26"/>'
    yield text(x + 46, 79, "spot and perpetual together")
    yield f'<path class="line faint mark" d="M{x + 236:g} 75h26"/>'
    yield text(x + 268, 79, "spot alone")
    yield box(x + 356, 69, (26, 11), "shade")
    yield text(x + 388, 79, "the band, in which nothing is done")


def weights(run: Run, top: float) -> tuple[float, list[str]]:
    """Return the panel of weights: with their bands, and as they would be without perpetuals."""
    keys = ("weight", "unhedged", "target")
    panel = panel_over(
        (v for name in run.names for key in keys for v in run.series(name, key, 100)), top, 220
    )
    shapes = frame(panel, "Weight", "% of portfolio value")
    for number, name in enumerate(run.names):
        target, band = run.series(name, "target", 100)[-1], run.series(name, "band", 100)[-1]
        upper, lower = panel.y(target + band), panel.y(target - band)
        shapes.append(box(LEFT, upper, (PLOT, lower - upper), f"band f{number}"))
        for key, kind in (("unhedged", "line faint"), ("weight", "line")):
            points = run.points(panel, run.series(name, key, 100))
            shapes.append(path(points, f"{kind} s{number}"))
        held = run.series(name, "weight", 100)[-1]
        shapes.append(text(BESIDE, panel.y(held) + 4, f"{name} {held:.1f}", f"f{number}"))
    return panel.bottom, shapes


def drifts(run: Run, top: float) -> tuple[float, list[str]]:
    """Return the panel of drifts, between the edges of the band."""
    band = max(run.series(name, "band", 100)[-1] for name in run.names)
    inner = band * run.facts["return_to"]
    series = {name: run.series(name, "drift", 100) for name in run.names}
    panel = panel_over(
        (v for values in (*series.values(), [-band, band]) for v in values), top, 130
    )
    shapes = frame(panel, "Drift", "points of weight away from the target")
    shapes.append(level(panel, 0, "zero"))
    for edge, kind in ((band, "edge"), (inner, "edge inner")):
        shapes += [level(panel, sign * edge, kind) for sign in (1, -1)]
    shapes.append(text(BESIDE, panel.y(band) + 4, f"acts at {band:g}", "edge-name"))
    shapes.append(text(BESIDE, panel.y(-inner) + 4, f"back to {inner:g}", "edge-name"))
    for number, name in enumerate(run.names):
        shapes.append(path(run.points(panel, series[name]), f"line s{number}"))
    return panel.bottom, shapes


def orders(run: Run, top: float) -> tuple[float, list[str]]:
    """Return the panel of orders: one bar an order, bought up and sold down."""
    filled = [order for order in run.facts["orders"] if order["price_average"]]
    worth = [signed_notional(order) for order in filled]
    panel = panel_over((*worth, 0.0), top, 110)
    title = f"{run.facts['quote']}, bought above zero, sold below"
    shapes = [*frame(panel, "Orders", title), level(panel, 0, "zero")]
    for order, notional in zip(filled, worth, strict=True):
        number = run.names.index(order["asset"])
        x = run.x(run.market_ms(order["sent_at_ms"])) + (number - 1) * (BAR + 1) - BAR / 2
        tip, zero = panel.y(notional), panel.y(0)
        words = f"{order['side']} {order['filled_quantity']} {order['asset']}"
        size = (BAR, max(1.0, abs(tip - zero)))
        told = f"{words} at {order['price_average']}, {order['intent']}"
        shapes.append(box(round(x, 1), min(tip, zero), size, f"f{number}", told))
    return panel.bottom, shapes


def positions(run: Run, top: float) -> tuple[float, list[str]]:
    """Return the panel of perpetual positions, at mark price."""
    series = {name: run.series(name, "perpetual") for name in run.names}
    panel = panel_over((*(v for values in series.values() for v in values), 0.0), top, 120)
    title = f"{run.facts['quote']}, long above zero, short below"
    shapes = [*frame(panel, "Perpetual positions", title), level(panel, 0, "zero")]
    for number, name in enumerate(run.names):
        points = run.points(panel, series[name])
        shapes.append(steps(points, f"line s{number}"))
        shapes.append(text(BESIDE, points[-1][1] + 4, name, f"f{number}"))
    return panel.bottom, shapes


def signed_notional(order: Facts) -> float:
    """Return what an order traded in quote currency, bought positive."""
    size = float(order["filled_quantity"]) * float(order["price_average"])
    return size if order["side"] == "buy" else -size


def time_axis(run: Run, bottom: float) -> Iterator[str]:
    """Yield the axis of recorded time."""
    first, last = run.times_ms[0], run.times_ms[-1]
    hours = next(h for h in TICK_HOURS if (last - first) / HOUR_MS / h <= TICKS_MAX)
    step = hours * HOUR_MS
    for at in range(math.ceil(first / step) * step, int(last) + 1, step):
        moment = datetime.fromtimestamp(at / 1000, UTC)
        label = f"{moment:%H:%M}" if moment.hour else f"{moment.day} {moment:%b %Y}"
        yield f'<path class="zero" d="M{run.x(at):g} {bottom:g}v5"/>'
        yield text(run.x(at), bottom + 20, label, "mid")
    yield f'<path class="zero" d="M{LEFT} {bottom:g}h{PLOT}"/>'
    yield text(BESIDE, bottom + 20, "UTC")


def footer(run: Run, y: float) -> Iterator[str]:
    """Yield where the numbers are from, and how to have them again."""
    venue = run.facts["exchange"].capitalize()
    prices = f"{venue}'s public hourly data, joined by a seeded path within each hour"
    yield text(LEFT, y, f"Prices: {prices}. Orders: the run's own journal.")
    yield text(LEFT, y + 20, f"Ran: {run.facts['command']}. Drawn by tools/draw_run.py.")
