"""The main job and its worst days, on every venue's own protocol."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.scenarios.config import QUIET, D, WorldConfig
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.harness import World
from tests.scenarios.protocols import PROTOCOLS

# a code of each venue for too little margin
REFUSALS = {
    "binance": -2019,
    "bingx": 101204,
    "bybit": 110007,
    "hyperliquid": 3,  # of its texts, which have no codes
    "mexc": 2005,
    "okx": 51008,
    "weex": -3007,
}


@pytest.fixture(params=sorted(PROTOCOLS))
def world(request: pytest.FixtureRequest, make_world: MakeWorld) -> World:
    return make_world(WorldConfig(venue=request.param))


def place(world: World) -> str:
    return f"POST {world.protocol.place}"


def test_a_quiet_market_sends_nothing(world: World) -> None:
    world.start().cycles(20)
    assert not world.orders
    assert world.status()["healthy"] is True


def test_drift_is_corrected_once_and_stays_in_band(world: World) -> None:
    world.start().cycles(2)
    world.price("BTC", D(60_000))
    world.cycles(20)
    sent = {world.protocol.asset(one.market_id): one.quantity for one in world.orders}
    assert sent == {"BTC": D("-0.08"), "ETH": D("1.92")}
    assert len(world.orders) == 2
    assert world.on_target
    assert {line["status"] for line in world.lines("order.settled")} == {"filled"}


def test_an_order_whose_answer_is_lost_is_found_and_not_sent_again(world: World) -> None:
    world.start().cycles(2)
    world.fault("timeout-after", place(world), 2)
    world.price("BTC", D(60_000))
    world.cycles(20)
    assert len(world.orders) == 2
    assert world.on_target
    assert {line["status"] for line in world.lines("order.settled")} == {"filled"}


def test_an_order_that_never_arrived_is_proved_absent_and_decided_anew(world: World) -> None:
    world.start().cycles(2)
    world.fault("timeout-before", place(world), 2)
    world.price("BTC", D(60_000))
    world.cycles(40)
    assert [line["outcome"] for line in world.lines("order.resolved")][:2] == ["absent"] * 2
    assert len(world.orders) == 4
    assert world.on_target


def test_a_refused_order_is_tried_again_later(world: World) -> None:
    world.start().cycles(2)
    world.fault("reject", place(world), 2, code=REFUSALS[world.config.venue])
    world.price("BTC", D(60_000))
    world.cycles(60)
    assert len(world.lines("order.rejected")) == 2
    assert world.on_target


def test_a_ban_is_kept_to_and_nothing_is_decided_meanwhile(world: World) -> None:
    world.start().cycles(2)
    world.fault("ban", world.protocol.question, 1, retry_after_s=60)
    world.price("BTC", D(60_000))
    world.cycles(3)
    assert not world.orders
    at_s = world.loop.time()
    quiet = [one for one in world.trace.requests if one.at_s > at_s - 9]
    assert not quiet
    world.cycles(80)  # longer than any ban here
    assert world.on_target


def test_a_balance_that_vanishes_is_not_believed(world: World) -> None:
    world.start().cycles(2)
    world.balance("BTC", D(0))
    world.cycles(10)
    assert not world.orders
    assert "zero_unexplained" in world.reasons("BTC")


def test_a_start_after_a_crash_knows_what_was_sent(world: World) -> None:
    world.start().cycles(2)
    world.fault("timeout-after", place(world), 2)
    world.price("BTC", D(60_000))
    world.cycles(1)
    world.restart().cycles(30)
    assert len(world.orders) == 2
    assert world.on_target


@pytest.mark.parametrize("venue", sorted(PROTOCOLS))
def test_a_position_is_closed_before_the_other_side_is_opened(
    make_world: MakeWorld, venue: str
) -> None:
    holdings = QUIET | {"BTC": replace(QUIET["BTC"], weight=D("0.5"), position=D("0.1"))}
    world = make_world(WorldConfig(venue=venue, holdings=holdings, cooldown_s=1)).start()
    world.cycles(40)
    ours = [one for one in world.orders if world.protocol.asset(one.market_id) == "BTC"]
    assert [(one.quantity, one.reduce_only) for one in ours] == [
        (D("-0.1"), True),
        (D("-0.2"), False),
    ]
    assert world.on_target
