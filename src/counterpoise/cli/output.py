"""Where the commands print: answers to stdout, everything else to stderr."""

from __future__ import annotations

import os
import sys

from rich.console import Console, RenderableType
from rich.text import Text

from counterpoise.cli.hiding import hidden
from counterpoise.config.problems import printable

WIDTH_PIPED = 140  # nobody has a window there
FAULT_LINES_MAX = 3
LINE_LENGTH_MAX = 300


def console(*, to_stderr: bool = False) -> Console:
    """Return a console; what is piped gets lines that no window has cut."""
    stream = sys.stderr if to_stderr else sys.stdout
    piped = not stream.isatty() and "COLUMNS" not in os.environ
    return Console(
        file=stream,
        width=WIDTH_PIPED if piped else None,
        highlight=False,
        emoji=False,
        markup=False,
    )


def show(answer: RenderableType) -> None:
    """Print an answer; what is piped gets no blanks at the ends of lines."""
    out = console()
    if out.is_terminal:
        out.print(answer)
        return
    with out.capture() as captured:
        out.print(answer)
    out.file.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def show_json(text: str) -> None:
    """Print JSON as it is."""
    sys.stdout.write(f"{text}\n")


def suggest(*commands: str) -> None:
    """Name the commands that a person would want next."""
    text = Text.assemble(("next: ", "dim"), ("   ".join(commands), "dim"))
    console(to_stderr=True).print(text, soft_wrap=True)


def note(text: str) -> None:
    """Say something beside the answer."""
    console(to_stderr=True).print(Text(hidden(text), style="dim"), soft_wrap=True)


def complain(lines: list[str]) -> None:
    """Print one fault: what is wrong, what would be right, what to do."""
    head, *rest = (printable(hidden(line))[:LINE_LENGTH_MAX] for line in lines[:FAULT_LINES_MAX])
    out = console(to_stderr=True)
    out.print(Text.assemble(("error: ", "bold red"), head), soft_wrap=True)
    for line in rest:
        out.print(Text(f"  {line.strip()}"), soft_wrap=True)
