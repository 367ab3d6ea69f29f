"""The answers of `check` and `doctor`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from rich.console import Group, RenderableType
from rich.text import Text

from counterpoise.cli.layout import listing

STYLES = {"ok": "green", "warn": "yellow", "bad": "bold red"}
DEFAULT = "default"


class Found(Protocol):
    """One thing that `doctor` looked at."""

    @property
    def level(self) -> str:
        """Return ok, warn or bad."""
        ...

    @property
    def what(self) -> str:
        """Return what was looked at."""
        ...

    @property
    def found(self) -> str:
        """Return what it is."""
        ...

    @property
    def remedy(self) -> str:
        """Return what to do about it; empty where nothing needs doing."""
        ...


def settings_table(told: Mapping[str, tuple[Any, str]]) -> RenderableType:
    """Return every effective setting with its origin."""
    table = listing(("key", "value", "from"), left=("key", "value", "from"))
    for key, (value, origin) in told.items():
        style = "dim" if origin == DEFAULT else ""
        table.add_row(
            Text(key, style=style), Text(_value(value), style=style), Text(origin, style="dim")
        )
    return table


def _value(value: object) -> str:
    if isinstance(value, str):
        return value or '""'
    return json.dumps(value)


def settings_facts(told: Mapping[str, tuple[Any, str]]) -> dict[str, dict[str, Any]]:
    """Return the same as keys."""
    return {key: {"value": value, "from": origin} for key, (value, origin) in told.items()}


def findings_table(findings: Iterable[Found]) -> RenderableType:
    """Return what `doctor` found, each with what to do about it."""
    table = listing(("", "what", "found"), left=("", "what", "found"))
    rows = list(findings)
    for row in rows:
        table.add_row(Text(row.level, style=STYLES[row.level]), row.what, _found(row))
    return Group(table, _summary(rows))


def _found(row: Found) -> Text:
    text = Text(row.found, style="" if row.level == "ok" else STYLES[row.level])
    return text.append(f"\n-> {row.remedy}", style="not bold") if row.remedy else text


def _summary(rows: list[Found]) -> Text:
    counts = {level: sum(row.level == level for row in rows) for level in STYLES}
    worst = next((level for level in ("bad", "warn") if counts[level]), "ok")
    told = "   ".join(f"{count} {level}" for level, count in counts.items())
    return Text(told, style=STYLES[worst])
