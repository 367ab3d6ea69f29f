"""An account in hedge mode, on every venue whose orders can say which side they mean."""

from __future__ import annotations

from dataclasses import replace

import pytest

from counterpoise.core.state import Command
from counterpoise.venues.profiles import PROFILES
from tests.scenarios.config import QUIET, D, WorldConfig
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.harness import World
from tests.scenarios.protocols import PROTOCOLS
from tests.sim.trace import Tap

TWO_SIDED = [
    venue
    for venue in sorted(PROTOCOLS)
    if any(product.two_sided for product in PROFILES[venue].all_products)
]
BOTH = {  # net nothing, as the settings want it
    "BTC": replace(QUIET["BTC"], position=D("0.05"), short=D("0.05")),
    "ETH": replace(QUIET["ETH"], position=D("0.5"), short=D("0.5")),
}


@pytest.fixture(params=TWO_SIDED)
def world(request: pytest.FixtureRequest, make_world: MakeWorld) -> World:
    return make_world(WorldConfig(venue=request.param, holdings=BOTH, hedge_mode=True))


def ours(world: World, asset: str) -> list[tuple[object, bool]]:
    """Return what was sent for an asset: which way, and whether it closes."""
    return [
        (one.quantity, one.reduce_only)
        for one in world.orders
        if world.protocol.asset(one.market_id) == asset
    ]


def test_a_pair_of_sides_that_comes_to_the_target_is_left_alone(world: World) -> None:
    world.start().cycles(10)
    assert not world.orders
    assert world.status()["healthy"] is True
    assert {(a["long"], a["short"]) for a in assets(world)} == {("0.05", "0.05"), ("0.5", "0.5")}


def assets(world: World) -> list[dict[str, object]]:
    found = world.status()["assets"]
    assert isinstance(found, list)
    return found


def test_a_correction_closes_the_opposite_side_first_and_then_opens_its_own(world: World) -> None:
    world.start().cycles(2)
    world.price("BTC", D(60_000))
    world.cycles(20)
    assert ours(world, "BTC") == [(D("-0.05"), True), (D("-0.03"), False)]
    assert ours(world, "ETH") == [(D("0.5"), True), (D("1.42"), False)]
    assert world.on_target
    assert world.sides("BTC") == (D(0), D("-0.08"))
    assert world.sides("ETH") == (D("1.92"), D(0))
    assert world.status()["healthy"] is True


def test_a_crash_between_the_two_orders_of_a_correction_changes_nothing(world: World) -> None:
    world.start().cycles(2)

    def sent(tap: Tap) -> bool:
        return tap.name == f"POST {world.protocol.place}" and not tap.before

    world.crash_at(sent)
    world.price("BTC", D(60_000))
    world.cycles(2)
    world.restart().cycles(40)
    assert world.on_target
    assert world.sides("BTC") == (D(0), D("-0.08"))
    assert world.sides("ETH") == (D("1.92"), D(0))


def test_an_answer_that_is_lost_is_looked_up_with_its_side(world: World) -> None:
    world.start().cycles(2)
    world.fault("timeout-after", f"POST {world.protocol.place}", 2)
    world.price("BTC", D(60_000))
    world.cycles(40)
    assert ours(world, "BTC") == [(D("-0.05"), True), (D("-0.03"), False)]
    assert world.on_target


def test_flattening_closes_both_sides_of_a_pair_that_comes_to_nothing(world: World) -> None:
    world.start().cycles(2)
    world.command(Command.FLATTEN)
    world.cycles(10)
    assert ours(world, "BTC") == [(D("-0.05"), True), (D("0.05"), True)]
    assert world.sides("BTC") == world.sides("ETH") == (D(0), D(0))
    assert world.status()["state"] == "pause"
    assert world.rows("SELECT count(*) FROM intent WHERE rule <> 'operator'") == [(0,)]


def test_a_person_who_opens_both_sides_is_noticed_and_not_traded_against(world: World) -> None:
    world.start().cycles(3)
    world.trade_by_hand("BTC", D("0.08"))
    world.trade_by_hand("BTC", D("-0.08"))
    world.cycles(3)
    assert not world.orders
    assert world.reasons("BTC") == ["foreign_trade"]
    changes = world.rows("SELECT size FROM change WHERE cause = 'foreign' ORDER BY number")
    assert sorted(D(str(row[0])) for row in changes) == [D("-0.03"), D("0.03")]
    world.cycles(20)
    assert not world.orders
    assert world.status()["healthy"] is True


def test_a_mode_that_is_changed_while_it_runs_halts(make_world: MakeWorld) -> None:
    world = make_world(WorldConfig(venue="okx", hedge_mode=True)).start().cycles(3)
    world.control("POST", "account", hedge_mode=False)
    world.run(3_700)
    assert world.status()["state"] == "halt"
    assert not world.orders
