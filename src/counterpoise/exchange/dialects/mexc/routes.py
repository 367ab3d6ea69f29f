"""Finding the route of a path, some of which carry parameters: `order/get/{order_id}`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import unquote

Route = TypeVar("Route")


@dataclass(frozen=True, slots=True)
class Routes(Generic[Route]):
    """Routes by method and path template."""

    table: Mapping[tuple[str, str], Route]

    def find(self, method: str, path: str) -> tuple[Route, Mapping[str, str]] | None:
        """Return the route of a path with the parameters in it, or None."""
        exact = self.table.get((method, path))
        if exact is not None:
            return exact, {}
        for (known, template), route in self.table.items():
            found = _matched(template, path) if known == method and "{" in template else None
            if found is not None:
                return route, found
        return None


def _matched(template: str, path: str) -> dict[str, str] | None:
    names, parts = template.split("/"), path.split("/")
    if len(names) != len(parts):
        return None
    found: dict[str, str] = {}
    for name, part in zip(names, parts, strict=True):
        if name.startswith("{"):
            found[name.strip("{}")] = unquote(part)
        elif name != part:
            return None
    return found
