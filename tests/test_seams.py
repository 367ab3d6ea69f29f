"""Time, randomness, ids, threads and sockets come through a seam, or a place named here."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "counterpoise"
MODULES = {"time", "random", "uuid", "secrets", "threading", "socket", "_thread", "concurrent"}
CALLS = {"now", "utcnow", "today"}  # of datetime and date
THREADS = {"to_thread", "run_in_executor"}
ALLOWED = {  # each place with what it may use, and why
    "clock.py": {"time", "secrets"},  # is the seam
    "cli/person.py": {"socket"},  # asks this machine's name, and opens nothing
}
PURE = {("random", "Random")}  # a seeded instance is a value, not a source


def uses(tree: ast.AST) -> Iterator[str]:
    """Yield what a module takes from outside the seams."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (a.name.partition(".")[0] for a in node.names if a.name != "random")
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            root = node.module.partition(".")[0]
            yield from (root for a in node.names if (root, a.name) not in PURE)
        elif isinstance(node, ast.Attribute) and node.attr in THREADS:
            yield node.attr
        elif isinstance(node, ast.Attribute) and _owner(node) == "random":
            yield from () if ("random", node.attr) in PURE else (f"random.{node.attr}",)
        elif isinstance(node, ast.Attribute) and node.attr in CALLS:
            yield from (f"{o}.{node.attr}" for o in {_owner(node)} & {"datetime", "date"})


def _owner(node: ast.Attribute) -> str:
    return node.value.id if isinstance(node.value, ast.Name) else ""


def forbidden(path: Path) -> set[str]:
    found = set(uses(ast.parse(path.read_text(encoding="utf-8"))))
    wrong = {u for u in found if u in MODULES or u in THREADS or "." in u}
    return wrong - ALLOWED.get(path.relative_to(SOURCE).as_posix(), set())


@pytest.mark.parametrize(
    "path", sorted(SOURCE.rglob("*.py")), ids=lambda p: p.relative_to(SOURCE).as_posix()
)
def test_nothing_is_taken_past_the_seams(path: Path) -> None:
    assert not forbidden(path)


def test_the_check_sees_what_it_is_to_forbid() -> None:
    text = "import time\nfrom datetime import datetime\ndatetime.now()\nasyncio.to_thread(f)\n"
    text += "import random\nrandom.random()\nrandom.Random(0)\n"
    assert set(uses(ast.parse(text))) >= {"time", "datetime.now", "to_thread", "random.random"}
    assert "random.Random" not in set(uses(ast.parse(text)))
