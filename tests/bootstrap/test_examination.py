"""What `doctor` finds on each venue, and the click path of that venue which mends it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from counterpoise.bootstrap import assemble
from counterpoise.bootstrap.examination import Finding, examine
from counterpoise.core.instrument import VenueName
from counterpoise.exchange.local import MemoryTransport
from counterpoise.venues.profiles import PROFILES
from tests.exchange.wires import Controller, FakeClock
from tests.scenarios.config import WorldConfig, exchange_of, settings_of
from tests.scenarios.protocols import PROTOCOLS


class Letters:
    def token(self, length: int) -> str:
        return "x" * length


async def examined(folder: Path, venue: str, **account: object) -> Mapping[str, Finding]:
    """Return the findings of a quiet account, by what was looked at."""
    config = WorldConfig(venue=venue)
    exchange = exchange_of(config, FakeClock())
    if account:
        Controller(exchange).post("account", **account)
    wires = {VenueName("main"): MemoryTransport(exchange)}
    portfolio = assemble(settings_of(folder, config), exchange.clock, Letters(), wires)
    return {one.what.removeprefix("main: "): one for one in await examine(portfolio)}


@pytest.fixture(params=sorted(PROTOCOLS))
def venue(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


async def test_a_sound_account_has_nothing_red(tmp_path: Path, venue: str) -> None:
    found = await examined(tmp_path, venue)
    assert [one for one in found.values() if one.level == "bad"] == []
    assert found["clock"].level == "ok"
    assert "BTC/USDT:USDT least order" in found


async def test_what_is_held_is_found_in_every_wallet_that_holds_it(
    tmp_path: Path, venue: str
) -> None:
    found = await examined(tmp_path, venue)
    held = [one for what, one in found.items() if what.startswith("BTC in ")]
    assert Decimal("1.2") in {Decimal(one.found) for one in held}


async def test_a_key_that_may_withdraw_is_red_where_the_venue_says_so(
    tmp_path: Path, venue: str
) -> None:
    finding = (await examined(tmp_path, venue, can_withdraw=True))["may withdraw"]
    if finding.found == "the venue does not say":
        assert finding.level == "ok"  # live mode refuses to guess
        return
    assert (finding.level, finding.found) == ("bad", "YES")
    assert finding.remedy == PROFILES[venue].remedies["may withdraw"] != ""


async def test_hedge_mode_is_named_with_the_way_out_of_it(tmp_path: Path, venue: str) -> None:
    finding = (await examined(tmp_path, venue, hedge_mode=True))["hedge mode"]
    assert finding.found == "YES"
    assert finding.remedy == PROFILES[venue].remedies["hedge mode"] != ""


async def test_what_a_unified_account_is_by_nature_is_no_finding(tmp_path: Path) -> None:
    finding = (await examined(tmp_path, "bybit"))["multi-asset margin"]
    assert (finding.level, finding.found) == ("ok", "yes")
