"""The pieces of a plot in SVG: a page for light and dark, panels with their axes, lines, text."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, LEFT, RIGHT = 960, 64, 100
PLOT = WIDTH - LEFT - RIGHT
ROWS_MAX = 5  # of numbers on one value axis
PAD = 0.06  # of the range, above and below the data
Point = tuple[float, float]

# paper, ink, second ink, grid, three series, edge
LIGHT = ("#ffffff", "#1f2328", "#59636e", "#d8dee4", "#b35900", "#0a57c2", "#0b7a53", "#b42318")
DARK = ("#0d1117", "#e6edf3", "#9198a1", "#30363d", "#f0993e", "#6cb0ff", "#3fc795", "#ff8578")
COLOURS = """
.card {{ fill: {0}; }} text {{ fill: {2}; }} .strong {{ fill: {1}; }} .edge {{ stroke: {7}; }}
.grid {{ stroke: {3}; }} .zero {{ stroke: {2}; }} .edge-name {{ fill: {7}; }}
.s0 {{ stroke: {4}; }} .s1 {{ stroke: {5}; }} .s2 {{ stroke: {6}; }} .mark {{ stroke: {2}; }}
.f0 {{ fill: {4}; }} .f1 {{ fill: {5}; }} .f2 {{ fill: {6}; }} .shade {{ fill: {2}; }}
"""
SHAPES = """
text { font: 13px system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif; }
.title { font-size: 19px; font-weight: 600; } .panel { font-size: 14px; font-weight: 600; }
.end { text-anchor: end; } .mid { text-anchor: middle; } .line, .edge, .mark { fill: none; }
.line { stroke-width: 1.9; stroke-linejoin: round; } .mark { stroke-width: 1.6; }
.faint { stroke-dasharray: 3 4; stroke-width: 1.5; opacity: .8; } .edge { stroke-width: 1.1; }
.inner { stroke-dasharray: 2 4; } .shade { opacity: .14; } .band { opacity: .17; }
.grid, .zero { stroke-width: 1; } .zero { opacity: .8; }
"""


def page(height: float, title: str, described: str, body: Iterable[str]) -> str:
    """Return a whole picture, which follows the reader's choice of light or dark."""
    dark = f"@media (prefers-color-scheme: dark) {{{COLOURS.format(*DARK)}}}"
    shapes = "\n".join(body)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" role="img" '
        f'aria-labelledby="t d">\n<title id="t">{escape(title)}</title>\n'
        f'<desc id="d">{escape(described)}</desc>\n'
        f"<style>{SHAPES}{COLOURS.format(*LIGHT)}{dark}</style>\n"
        f'<rect class="card" width="{WIDTH}" height="{height:g}" rx="8"/>\n{shapes}\n</svg>\n'
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One plot: where it is on the page, and which values it spans."""

    top: float
    height: float
    low: float
    high: float

    @property
    def bottom(self) -> float:
        """Return where it ends."""
        return self.top + self.height

    def y(self, value: float) -> float:
        """Return where a value is, clipped to the panel."""
        share = (value - self.low) / (self.high - self.low)
        return round(self.top + self.height * (1 - min(1.0, max(0.0, share))), 1)


def panel_over(values: Iterable[float], top: float, height: float) -> Panel:
    """Return a panel with room around all values."""
    kept = list(values)
    room = (max(kept) - min(kept)) * PAD or 1.0
    return Panel(top=top, height=height, low=min(kept) - room, high=max(kept) + room)


def frame(panel: Panel, title: str, unit: str) -> list[str]:
    """Return a panel's heading, its value axis and its grid."""
    named = f'<tspan class="panel strong">{title}</tspan><tspan dx="8">{escape(unit)}</tspan>'
    shapes = [f'<text x="{LEFT}" y="{panel.top - 12:g}">{named}</text>']
    for value in round_numbers(panel.low, panel.high):
        shapes.append(level(panel, value, "grid"))
        shapes.append(text(LEFT - 8, panel.y(value) + 4, f"{value:,.10g}", "end"))
    return shapes


def round_numbers(low: float, high: float) -> list[float]:
    """Return at most ROWS_MAX round numbers within a range."""
    size = 10.0 ** math.floor(math.log10(high - low))
    steps = (size * share for share in (0.1, 0.2, 0.5, 1, 2, 5))
    step = next(s for s in steps if (high - low) / s <= ROWS_MAX)
    first, last = math.ceil(low / step), math.floor(high / step)
    return [round(number * step, 6) for number in range(first, last + 1)]


def text(x: float, y: float, words: str, kind: str = "") -> str:
    """Return a line of text."""
    chosen = f' class="{kind}"' if kind else ""
    return f'<text{chosen} x="{x:g}" y="{y:g}">{escape(words)}</text>'


def path(points: Sequence[Point], kind: str) -> str:
    """Return a line through points."""
    return f'<path class="{kind}" d="M{" ".join(f"{x:g},{y:g}" for x, y in points)}"/>'


def steps(points: Sequence[Point], kind: str) -> str:
    """Return a line that stays until the next point, then jumps."""
    first, *others = points
    moves = "".join(f"H{x:g}V{y:g}" for x, y in others)
    return f'<path class="{kind}" d="M{first[0]:g},{first[1]:g}{moves}"/>'


def box(x: float, y: float, size: Point, kind: str, told: str = "") -> str:
    """Return a filled rectangle, with words for whoever points at it."""
    width, height = size
    inner = f"><title>{escape(told)}</title></rect>" if told else "/>"
    return (
        f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:.1f}"{inner}'
    )


def level(panel: Panel, value: float, kind: str) -> str:
    """Return a horizontal line at a value."""
    return f'<path class="{kind}" d="M{LEFT} {panel.y(value)}h{PLOT}"/>'
