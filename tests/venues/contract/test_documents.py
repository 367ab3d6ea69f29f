"""What the page of venues says of a venue is what its table has."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterpoise.core.instrument import Kind
from counterpoise.venues.profiles import PROFILES

DOCS = Path(__file__).parents[3] / "docs"


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
