"""What an answer looks like in a window of so many columns, without colour."""

from __future__ import annotations

from rich.console import Console, RenderableType

from counterpoise.cli.render_plan import PlanView
from counterpoise.ports import CycleRecord
from tests.cli import portfolio


def printed(answer: RenderableType, width: int = 120) -> str:
    console = Console(width=width, highlight=False, markup=False, color_system=None)
    with console.capture() as captured:
        console.print(answer)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def plan_view(record: CycleRecord | None = None) -> PlanView:
    return PlanView(portfolio="main", mode="live", record=record or portfolio.record())
