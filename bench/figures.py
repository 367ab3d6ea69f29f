"""What was measured, as a table for people and as JSON for scripts."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from statistics import median
from typing import TypedDict, Unpack

MS, MIB = 1e6, 2**20  # nanoseconds, bytes
PERCENTILE = 0.99
COLUMNS = (46, 9, 9, 9, 6, 9)
CPU_INFO = Path("/proc/cpuinfo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table: how it came out, and what it is to be, where anything was promised."""

    name: str
    unit: str
    typical: float  # the median
    least: float
    most: float  # the 99th percentile where there are so many runs, else the largest
    runs: int
    goal: float | None = None
    goal_on: str = "typical"

    @property
    def met(self) -> bool | None:
        """Say whether the goal was reached; None where there is none."""
        if self.goal is None:
            return None
        reached: float = getattr(self, self.goal_on)
        return reached <= self.goal


class Goal(TypedDict, total=False):
    """What a figure is to be, at most."""

    goal: float
    goal_on: str


def figure(name: str, unit: str, values: Sequence[float], **goal: Unpack[Goal]) -> Figure:
    """Return the figure of a series of measurements."""
    ordered = sorted(values)
    return Figure(
        name=name,
        unit=unit,
        typical=median(ordered),
        least=ordered[0],
        most=ordered[ceil(len(ordered) * PERCENTILE) - 1],
        runs=len(ordered),
        **goal,
    )


def table(figures: Iterable[Figure]) -> str:
    """Return the figures in columns."""
    rows: list[tuple[str, ...]] = [("", "median", "least", "p99", "unit", "goal")]
    for one in figures:
        goal = (
            "" if one.goal is None else f"{'' if one.goal_on == 'typical' else 'p99 '}{one.goal:g}"
        )
        mark = {None: "", True: "  met", False: "  MISSED"}[one.met]
        numbers = (f"{value:,.3f}"[:9] for value in (one.typical, one.least, one.most))
        rows.append((one.name, *numbers, one.unit, goal + mark))
    return "\n".join(_row(row) for row in rows)


def _row(cells: Sequence[str]) -> str:
    name, *numbers, unit, goal = cells
    columns = (f"{cell:>{width}}" for cell, width in zip(numbers, COLUMNS[1:4], strict=True))
    return f"{name:<{COLUMNS[0]}}{''.join(columns)} {unit:<{COLUMNS[4]}}{goal}".rstrip()


def machine() -> dict[str, object]:
    """Return what it was measured on, and how busy that was."""
    lines = CPU_INFO.read_text().splitlines() if CPU_INFO.exists() else []
    model = next((line.partition(":")[2].strip() for line in lines if "model name" in line), "")
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "system": platform.platform(),
        "processor": model or platform.processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load": [round(load, 2) for load in os.getloadavg()],
    }


def write(path: Path, figures: Iterable[Figure], facts: dict[str, object]) -> None:
    """Write everything as JSON."""
    told = [asdict(one) | {"met": one.met} for one in figures]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(facts | {"figures": told}, indent=2) + "\n")
