"""The main job: watch, see the drift, trade back, and leave well alone."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.scenarios.config import QUIET, Holding, WorldConfig
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.harness import World

D = Decimal
WRITES_NOTHING = frozenset({"GET"})

# net delta 1.3 BTC, 1.0 wanted: first 0.1 long is closed, then 0.2 short opened
THROUGH_ZERO = {
    "BTC": Holding(held=D("1.2"), price=D(50_000), weight=D("0.5"), position=D("0.1")),
    "ETH": Holding(held=D(16), price=D(2_500), weight=D("0.4")),
}


def test_a_quiet_market_sends_nothing(world: World) -> None:
    world.start().cycles(60)
    assert not world.orders
    said = [line["in_band"] for line in world.lines("cycle.finished")]
    assert said == [True] * len(said)
    assert 8 <= len(said) <= 11  # one line a minute
    assert world.status()["healthy"] is True


def test_drift_within_the_band_sends_nothing(world: World) -> None:
    world.start().cycles(2)
    world.price("BTC", D(54_000))  # 61.8 % for 60 wanted: inside three points
    world.cycles(20)
    assert not world.orders


def test_drift_is_corrected_once_and_stays_in_band(world: World) -> None:
    world.start().cycles(2)
    world.price("BTC", D(60_000))
    world.cycles(20)
    assert [(o.market_id, o.quantity) for o in world.orders] == [
        ("BTCUSDT", D("-0.08")),
        ("ETHUSDT", D("1.92")),
    ]
    assert world.on_target
    (triggered,) = world.lines("rebalance.triggered")
    assert triggered["rule"] == "drift"
    assert triggered["drift_weight"] == {"BTC": "0.042857", "ETH": "-0.042857"}
    assert {line["status"] for line in world.lines("order.settled")} == {"filled"}


def test_a_correction_waits_for_the_cooldown_of_the_last_one(world: World) -> None:
    world.start().cycles(2)
    world.price("BTC", D(60_000))
    world.cycles(1)
    first = len(world.orders)
    world.price("BTC", D(75_000))
    world.cycles(4)
    assert len(world.orders) == first
    world.cycles(4)
    assert len(world.orders) > first
    assert world.on_target


def test_a_trade_through_zero_closes_first_and_then_opens(make_world: MakeWorld) -> None:
    world = make_world(WorldConfig(holdings=THROUGH_ZERO)).start().cycles(3)
    assert [(o.quantity, o.reduce_only) for o in world.orders] == [
        (D("-0.1"), True),
        (D("-0.2"), False),
    ]
    assert world.position("BTC") == D("-0.2")
    assert world.orders[1].at_s - world.orders[0].at_s < world.config.interval_s


def test_a_thin_book_fills_in_parts_until_the_target_is_reached(world: World) -> None:
    world.start().cycles(2)
    for asset, quantity in (("BTC", "0.01"), ("ETH", "0.5")):
        world.book(asset, levels=2, level_quantity=quantity)
    world.price("BTC", D(60_000))
    world.cycles(20)
    assert world.on_target
    filled = [line["status"] for line in world.lines("order.settled")]
    assert "part-filled" in filled
    assert len(world.lines("rebalance.triggered")) == 1


def test_an_empty_book_orders_nothing_and_is_caught_up_with(world: World) -> None:
    world.start().cycles(2)
    world.book("BTC", levels=0)
    world.price("BTC", D(60_000))
    world.cycles(10)
    assert not world.orders
    assert {line["missing"] for line in world.lines("snapshot.incomplete")} == {"main:books"}
    assert {line["asset"] for line in world.lines("alert.raised")} == {"BTC", "ETH"}
    world.book("BTC", reset=True)
    world.cycles(10)
    assert world.on_target


def test_a_wide_spread_holds(world: World) -> None:
    world.start().cycles(2)
    world.book("BTC", spread="0.005", levels=20)  # inside the collar
    world.price("BTC", D(60_000))
    world.cycles(5)
    assert {o.market_id for o in world.orders} == {"ETHUSDT"}
    assert world.reasons("BTC") == ["spread"]
    (line,) = world.lines("limit.breached")
    assert line["limit"] == "spread_max"


def test_delta_neutral_hedges_all_of_it(make_world: MakeWorld) -> None:
    world = make_world(WorldConfig(exposure=D(0))).start().cycles(3)
    assert world.position("BTC") == D("-1.2")
    assert world.position("ETH") == D(-16)


def test_dry_run_rehearses_and_never_writes(make_world: MakeWorld) -> None:
    config = WorldConfig(holdings=THROUGH_ZERO, mode="dry-run", name="rehearsal")
    world = make_world(config).start().cycles(60)
    assert {r.method for r in world.trace.requests} == WRITES_NOTHING
    assert [line["status"] for line in world.lines("order.settled")] == ["filled", "filled"]
    assert world.position("BTC") == D("0.1")  # the account itself is as it was
    world.price("BTC", D(60_000))
    world.cycles(20)
    assert len(world.lines("order.settled")) == 4
    world.restart().cycles(20)
    assert len(world.lines("order.settled")) == 4  # shadow positions outlive a restart


@pytest.mark.parametrize("moves", [(60_000, 45_000, 70_000), (30_000, 30_100, 29_900, 60_000)])
def test_a_moving_market_is_followed(world: World, moves: tuple[int, ...]) -> None:
    world.start().cycles(1)
    for price in moves:
        world.price("BTC", D(price))
        world.cycles(12)
        assert world.in_band


def test_two_runs_of_one_seed_are_one_run(make_world: MakeWorld) -> None:
    logs = []
    for name in ("first", "second"):
        world = make_world(replace(WorldConfig(), holdings=QUIET, seed=7, folder=name))
        world.start().cycles(2)
        world.price("BTC", D(60_000))
        world.cycles(10)
        logs.append(world.log.getvalue())
    assert logs[0] == logs[1]


def test_a_recorded_week_is_followed_with_funding_and_fees(make_world: MakeWorld) -> None:
    """One cycle is an hour and forty minutes of the market."""
    world = make_world(WorldConfig(speed=D(600), cooldown_s=10, drift=D("0.01")))
    world.start().cycles(100)
    assert world.orders
    outside = 0
    for _ in range(30):
        world.cycles(1)
        outside += not world.in_band
    assert outside <= 6  # at once, or with the next cycle
    assert all(line["status"] == "filled" for line in world.lines("order.settled"))
    assert not world.alerts()
