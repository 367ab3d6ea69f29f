"""An asset without a perpetual, hedged with bitcoin's: from the settings to the journal."""

from __future__ import annotations

from decimal import Decimal

import pytest

from counterpoise.bootstrap import Portfolio, assemble, look_closely, open_journal, replay
from counterpoise.bootstrap.examination import examine
from counterpoise.core.instrument import Asset, VenueName
from counterpoise.core.orders import HoldReason
from counterpoise.core.state import Command
from counterpoise.exchange.local import MemoryTransport
from counterpoise.ports import CycleRecord
from tests.exchange.wires import Controller
from tests.scenarios.config import Holding, WorldConfig
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.harness import World
from tests.sim.virtual import SeededEntropy

D = Decimal
MAIN = VenueName("main")
XRP_PRICE = "/api/v3/ticker/bookTicker"
PROXIED = """
[assets.XRP]
weight = 0
proxy = {asset = "BTC", beta = 1.5}
"""
# 50,000 of BTC, all of what the account weighs, and no XRP yet
CONFIG = WorldConfig(
    holdings={"BTC": Holding(held=D(1), price=D(50_000), weight=D("0.5"))},
    exposure=D(0),
    extra=PROXIED,
    name="proxies",
)


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    made = make_world(CONFIG)
    hold(made, 10_000)
    Controller(made.exchange).post("price", symbol="XRPUSDT", market="spot", price="2")
    made.excused = frozenset({"no_order_leads_away"})  # it knows of BTC alone
    return made


def hold(world: World, quantity: int) -> None:
    """Let so much XRP be in the spot wallet."""
    Controller(world.exchange).post("balance", asset="XRP", quantity=str(quantity))


async def last_cycle(world: World) -> CycleRecord:
    """Return the recorded cycle of the last order."""
    entropy = SeededEntropy(world.around.random)
    async with open_journal(world.settings, world.around.clock, entropy) as journal:
        (intent, *_) = await journal.intents(1)
        record = await journal.cycle(intent.cycle)
    assert record is not None
    return record


def portfolio_of(world: World) -> Portfolio:
    """Return the portfolio as another command has it."""
    wires = {MAIN: MemoryTransport(world.exchange)}
    entropy = SeededEntropy(world.around.random)
    return assemble(world.settings, world.around.clock, entropy, wires, world.log)


def test_the_carrier_is_sold_for_itself_and_for_beta_of_the_other(world: World) -> None:
    world.start().cycles(5)
    assert [(order.market_id, order.quantity) for order in world.orders] == [("BTCUSDT", D("-1.6"))]
    # 50,000 and 1.5 times 20,000, at 50,000
    assert world.position("BTC") == D("-1.6")
    (said,) = {line["in_band"] for line in world.lines("cycle.finished")[1:]}
    assert said is True
    xrp = next(one for one in world.status()["assets"] if one["asset"] == "XRP")  # type: ignore[attr-defined]
    assert (xrp["state"], xrp["reason"]) == ("ok", "carried")
    assert world.status()["healthy"] is True


def test_nobody_else_asks_for_spot_prices(world: World, make_world: MakeWorld) -> None:
    world.start().cycles(3)
    asked = [r for r in world.trace.requests if r.path == XRP_PRICE]
    assert len(asked) >= 3
    other = make_world(WorldConfig(name="other", folder="other"))
    other.start().cycles(3)
    assert not [
        r for r in other.trace.requests if "/ticker/bookTicker" in r.path and "/api/" in r.path
    ]


def test_a_price_that_fails_holds_the_carrier_and_says_why(world: World) -> None:
    Controller(world.exchange).post("fault", kind="status", method="GET", path=XRP_PRICE, times=9)
    world.start().cycles(2)
    assert not world.orders
    assert "snapshot_incomplete" in world.reasons("BTC")
    world.run(60)
    assert world.position("BTC") == D("-1.6")


def test_after_a_restart_a_balance_that_vanished_still_holds_the_carrier(world: World) -> None:
    world.start().cycles(5).crash()
    hold(world, 0)
    world.start().cycles(5)
    assert world.position("BTC") == D("-1.6")
    assert world.reasons("XRP")[-1] == "zero_unexplained"
    world.command(Command.RESUME, asset="XRP")
    world.cycles(10)
    assert world.position("BTC") == D("-1.0")  # a person said that it is gone


def test_a_recorded_cycle_decides_the_same_again(world: World) -> None:
    world.start().cycles(5)
    record = world.wait(last_cycle(world))
    again = replay(record, record.policy)
    assert again.orders == record.plan.orders
    view = next(d.view for d in record.plan.decisions if d.asset == "BTC")
    assert view is not None
    assert view.carried_weight == D(30_000) / D(70_000)
    assert {d.asset: d.verdict.reason for d in again.decisions if d.asset == "XRP"} == {  # type: ignore[union-attr]
        Asset("XRP"): HoldReason.CARRIED
    }


def test_a_look_and_the_doctor_say_how_well_it_follows(world: World) -> None:
    record, (basis,) = world.wait(look_closely(portfolio_of(world)))
    assert (basis.asset, basis.carrier, basis.beta) == (Asset("XRP"), Asset("BTC"), D("1.5"))
    assert basis.risk is not None
    assert "correlation" in " ".join(basis.said)
    assert [order.asset for order in record.plan.orders] == ["BTC"]
    found = {one.what: one for one in world.wait(examine(portfolio_of(world)))}
    judged = found["XRP hedged with BTC"]
    assert judged.level == ("warn" if basis.low else "ok")
    assert "% a day" in judged.found
    assert found["main: XRP in spot"].found == "10000"


def test_a_past_that_cannot_be_read_is_said_and_stops_no_look(world: World) -> None:
    Controller(world.exchange).post(
        "fault", kind="html", method="GET", path="/api/v3/klines", times=50
    )
    record, (basis,) = world.wait(look_closely(portfolio_of(world)))
    assert basis.risk is None
    assert basis.low
    assert "not known" in " ".join(basis.said)
    assert record.plan.orders
