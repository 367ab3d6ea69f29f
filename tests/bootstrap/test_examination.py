"""What `doctor` finds on each venue, and the click path of that venue which mends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest

from counterpoise.bootstrap import assemble
from counterpoise.bootstrap.examination import Finding, _multiples, examine, listeners
from counterpoise.core.instrument import VenueName
from counterpoise.errors import SnapshotError
from counterpoise.exchange.local import MemoryTransport
from counterpoise.ports import AccountFacts
from counterpoise.venues.gateway import CcxtGateway
from counterpoise.venues.profiles import PROFILES
from tests.config.files import LIVE, changed, loaded, written
from tests.exchange.wires import Controller, FakeClock
from tests.scenarios.config import WorldConfig, exchange_of, settings_of
from tests.scenarios.protocols import PROTOCOLS
from tests.sim.gateway import FakeGateway
from tests.worlds import Row, World


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
    assert PROTOCOLS[venue].symbol.format("BTC") + " least order" in found


async def test_what_is_held_is_found_in_every_wallet_that_holds_it(
    tmp_path: Path, venue: str
) -> None:
    found = await examined(tmp_path, venue)
    held = [one for what, one in found.items() if what.startswith("BTC in ")]
    assert Decimal("1.2") in {Decimal(one.found) for one in held}


async def test_a_key_that_may_withdraw_is_red_where_the_venue_says_so(
    tmp_path: Path, venue: str
) -> None:
    found = await examined(tmp_path, venue, can_withdraw=True)
    if "may withdraw" not in found:  # such a key is refused before it is asked for its rights
        assert found["reachable"].level == "bad"
        assert found["reachable"].remedy
        return
    finding = found["may withdraw"]
    if finding.found == "the venue does not say":
        assert finding.level == "ok"  # live mode refuses to guess
        return
    assert (finding.level, finding.found) == ("bad", "YES")
    assert finding.remedy == PROFILES[venue].remedies["may withdraw"] != ""


def two_sided(venue: str) -> bool:
    return any(product.two_sided for product in PROFILES[venue].all_products)


async def test_hedge_mode_is_fine_where_orders_can_say_their_side(
    tmp_path: Path, venue: str
) -> None:
    finding = (await examined(tmp_path, venue, hedge_mode=True))["hedge mode"]
    assert (finding.level, finding.found) == ("ok", "yes" if two_sided(venue) else "no")


@pytest.mark.parametrize("venue", [name for name in sorted(PROTOCOLS) if two_sided(name)])
async def test_where_they_cannot_it_is_named_with_the_way_out_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, venue: str
) -> None:
    account = CcxtGateway.account

    async def unable(gateway: CcxtGateway) -> AccountFacts:
        return replace(await account(gateway), hedge_mode_traded=False)

    monkeypatch.setattr(CcxtGateway, "account", unable)
    finding = (await examined(tmp_path, venue, hedge_mode=True))["hedge mode"]
    assert (finding.level, finding.found) == ("bad", "YES")
    assert finding.remedy == PROFILES[venue].remedies["hedge mode"] != ""


WEBHOOK = """
[alerts.webhooks.ops]
format = "json"
url = "http://127.0.0.1:9/x"
[alerts.heartbeat]
url = "http://127.0.0.1:9/y"
"""


@pytest.mark.parametrize(
    ("mode", "lines", "levels", "said"),
    [
        ("testnet", "", {"ok"}, ("nobody", "by nobody")),
        ("live", "", {"warn"}, ("nobody", "by nobody")),
        ("live", WEBHOOK, {"ok"}, ("ops", "from outside")),
    ],
)
def test_with_real_money_somebody_has_to_be_told(
    tmp_path: Path, mode: str, lines: str, levels: set[str], said: tuple[str, str]
) -> None:
    text = changed('mode = "testnet"', f'mode = "{mode}"') + LIVE + lines
    file = written(tmp_path, text)
    file.chmod(0o600)
    told, watched = listeners(loaded(file))
    assert {told.level, watched.level} == levels
    assert (told.found, watched.found) == said
    assert bool(told.remedy) == (told.found == "nobody")


async def test_what_a_unified_account_is_by_nature_is_no_finding(tmp_path: Path) -> None:
    finding = (await examined(tmp_path, "bybit"))["multi-asset margin"]
    assert (finding.level, finding.found) == ("ok", "yes")


PEPE = Row(
    asset="PEPE",
    spot=Decimal(1),
    price=Decimal("0.01"),
    multiplier=Decimal(1_000),
    spot_price=Decimal("0.00001"),
)


async def judged(row: Row, *refusals: Exception) -> Finding:
    """Return what is found of a perpetual that counts in multiples."""
    world = World(rows=(row,))
    raises = {"spots": refusals[0]} if refusals else {}
    account = FakeGateway(world=world, raises=raises)
    portfolio = SimpleNamespace(policy=world.policy, accounts={account.venue: account})
    (found,) = await _multiples(
        portfolio,  # type: ignore[arg-type]
        account,  # type: ignore[arg-type]
        (row.instrument,),
        await account.marks(),
    )
    return found


async def test_a_multiple_is_held_against_the_price_of_its_asset() -> None:
    found = await judged(PEPE)
    assert (found.level, found.found) == ("ok", "0.00001 a PEPE, 0.00001 on the spot market")
    assert found.what == "main: one 1000PEPE counted as 1000 PEPE"
    found = await judged(replace(PEPE, spot_price=Decimal("0.01")))
    assert found.level == "bad"
    assert "no such multiple" in found.remedy


async def test_a_multiple_whose_price_cannot_be_read_is_red_with_the_way_out() -> None:
    found = await judged(PEPE, SnapshotError("no such market"))
    assert (found.level, found.found) == ("bad", "no price of main:PEPE/USDT")
    assert 'price = "VENUE:PEPE/USDT"' in found.remedy
