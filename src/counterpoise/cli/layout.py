"""Labelled lines that stay readable in a narrow window."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.table import Table
from rich.text import Text

GAP = "   "


def flowed(pieces: Iterable[str], width: int) -> list[str]:
    """Return `pieces` side by side, as many on a line as `width` allows, none broken up."""
    lines: list[str] = []
    for piece in pieces:
        gap = " " if lines and lines[-1].endswith((";", ",")) else GAP
        joined = f"{lines[-1]}{gap}{piece}" if lines else piece
        if lines and len(joined) <= width:
            lines[-1] = joined
        else:
            lines.append(piece)
    return lines


def labelled(rows: Sequence[tuple[str, Iterable[str]]], width: int) -> Table:
    """Return lines with labels in front of them; each row is a label and its pieces."""
    indent = max((len(label) for label, _ in rows), default=0) + 2
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for label, pieces in rows:
        for number, line in enumerate(flowed(pieces, width - indent)):
            table.add_row(label if number == 0 else "", Text(line))
    return table


def listing(headers: Sequence[str], left: Iterable[str] = ()) -> Table:
    """Return an empty table without lines around it; columns named in `left` read as words."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim")
    words = set(left)
    for number, name in enumerate(headers):
        table.add_column(
            name,
            justify="left" if name.strip() in words else "right",
            no_wrap=number < len(headers) - 1,
            overflow="fold" if number == len(headers) - 1 else "ellipsis",  # never a cut number
        )
    return table
