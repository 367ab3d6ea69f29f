"""What the pages say of venues is what their tables have, and how one is added."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from counterpoise.core.instrument import Kind
from counterpoise.venues.dialect import Demo, Product, Profile, Trading
from counterpoise.venues.profiles import PROFILES

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
HOW_TO_ADD = (DOCS / "add-a-venue.md").read_text(encoding="utf-8")


def row_of(exchange: str) -> str:
    """Return the venue's row, empty where it has none."""
    page = (DOCS / "venues.md").read_text(encoding="utf-8")
    return next((line for line in page.splitlines() if line.startswith(f"| `{exchange}` |")), "")


@pytest.mark.parametrize("exchange", sorted(PROFILES))
def test_every_venue_has_its_row_with_its_wallets_and_products(exchange: str) -> None:
    profile, row = PROFILES[exchange], row_of(exchange)
    assert [wallet for wallet in profile.wallets if f"`{wallet}`" not in row] == []
    assert ("inverse" in row.split("|")[2]) is (
        Kind.INVERSE in {product.kind for product in profile.all_products}
    )


@pytest.mark.parametrize("exchange", sorted(PROFILES))
def test_every_host_of_a_test_environment_is_named(exchange: str) -> None:
    profile, row = PROFILES[exchange], row_of(exchange)
    demos = [demo for demo in (profile.demo, *profile.other_demos.values()) if demo is not None]
    hosts = [host for demo in demos for host in demo.hosts]
    assert [host for host in hosts if host not in row] == []


@pytest.mark.parametrize("exchange", sorted(PROFILES))
def test_every_venue_has_a_page_on_keys(exchange: str) -> None:
    assert f"(keys/{exchange}.md)" in row_of(exchange)
    assert (DOCS / "keys" / f"{exchange}.md").is_file()


@pytest.mark.parametrize("table", [Profile, Product, Trading, Demo], ids=lambda one: one.__name__)
def test_how_to_add_a_venue_explains_every_field(table: type) -> None:
    section = HOW_TO_ADD.split(f"\n### {table.__name__}\n")[1].split("\n#")[0]
    first_cells = re.findall(r"(?m)^\| (`[^|]+) \|", section)
    shown = {name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)}
    assert shown == {field.name for field in fields(table)}


def test_every_example_of_how_to_add_a_venue_is_the_code() -> None:
    examples = re.findall(r"(?ms)^```python\n# (\S+)\n(.+?)^```", HOW_TO_ADD)
    assert len(examples) >= 5
    for path, example in examples:
        assert example in (ROOT / path).read_text(encoding="utf-8"), path


def test_every_file_that_how_to_add_a_venue_names_is_there() -> None:
    named = set(re.findall(r"`((?:src|tests|docs)/[\w./-]+)`", HOW_TO_ADD))
    there = {path for path in named if not re.search(r"\bX\b|X_|_X", path)}
    assert len(there) >= 15
    assert [path for path in sorted(there) if not (ROOT / path).exists()] == []


def test_every_test_that_the_traps_name_is_there() -> None:
    page = (DOCS / "traps.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", page))
    trees = [ROOT / "tests/venues", ROOT / "tests/exchange"]
    files = [path for tree in trees for path in tree.rglob("test_*.py")]
    written = {
        name
        for path in files
        for name in re.findall(r"(?m)^(?:async )?def (test_\w+)", path.read_text(encoding="utf-8"))
    }
    assert len(named) >= 60
    assert sorted(named - written) == []


def test_every_trap_has_a_test() -> None:
    page = (DOCS / "traps.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ") and "---" not in line]
    traps = [row for row in rows if not row.startswith("| trap ")]
    assert len(traps) >= 40
    assert [row for row in traps if "`test_" not in row.split(" | ")[-1]] == []
