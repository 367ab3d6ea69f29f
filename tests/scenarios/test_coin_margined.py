"""One portfolio, BTC hedged by a linear perpetual and ETH by one that is settled in ETH."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from tests.scenarios.config import ENDPOINT, QUIET, D, WorldConfig
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.harness import World
from tests.scenarios.protocols import PROTOCOLS

ORDER = "POST /dapi/v1/order"
HALF = QUIET | {"ETH": replace(QUIET["ETH"], held=D(8), coin_margin=D(8))}  # of 16 ETH
WHOLE = QUIET | {"ETH": replace(QUIET["ETH"], held=D(0), coin_margin=D(16))}
MIXED = WorldConfig(
    holdings=HALF,
    venue_lines=f'endpoint = "{ENDPOINT}"\nwallets = ["spot", "linear", "inverse"]',
)


@pytest.fixture(params=[False, True], ids=["one-way", "hedge"])
def world(request: pytest.FixtureRequest, make_world: MakeWorld) -> World:
    return make_world(replace(MIXED, hedge_mode=request.param))


def sent(world: World) -> dict[str, object]:
    return {one.market_id: one.size for one in world.orders}


def test_a_quiet_market_sends_nothing(world: World) -> None:
    world.start().cycles(20)
    assert not world.orders
    assert world.status()["healthy"] is True


def test_drift_is_corrected_in_base_units_and_in_dollars(world: World) -> None:
    world.start().cycles(2)
    world.price("BTC", D(60_000))
    world.cycles(20)
    assert sent(world) == {"BTCUSDT": D("-0.08"), "ETHUSD_PERP": D(4_800)}
    assert len(world.orders) == 2
    assert world.on_target
    assert {line["status"] for line in world.lines("order.settled")} == {"filled"}


def test_both_answers_lost_are_found_and_nothing_is_sent_again(world: World) -> None:
    world.start().cycles(2)
    for path in PROTOCOLS["binance"].places:
        world.fault("timeout-after", f"POST {path}")
    world.price("BTC", D(60_000))
    world.cycles(20)
    assert len(world.orders) == 2
    assert world.on_target


def test_a_start_after_a_crash_knows_what_was_sent(world: World) -> None:
    world.start().cycles(2)
    world.fault("timeout-after", ORDER)
    world.price("BTC", D(60_000))
    world.cycles(1)
    world.restart().cycles(30)
    assert len(world.orders) == 2
    assert world.on_target


def test_a_coin_margin_that_vanishes_is_not_believed(world: World) -> None:
    world.start().cycles(2)
    world.coin_margin("ETH", D(0))
    world.cycles(10)
    assert not [one for one in world.orders if one.market_id == "ETHUSD_PERP"]
    assert "zero_unexplained" in world.reasons("ETH")


def test_one_kind_that_cannot_be_read_holds_what_needs_it(world: World) -> None:
    world.start().cycles(2)
    world.fault("status", "GET /dapi/v1/account", 500)
    world.price("BTC", D(60_000))
    world.cycles(20)
    assert "ETHUSD_PERP" not in sent(world)
    world.heal()
    world.cycles(40)
    assert world.on_target


def test_a_position_is_closed_before_the_other_side_is_opened(make_world: MakeWorld) -> None:
    holdings = HALF | {"ETH": replace(HALF["ETH"], weight=D("0.2"), position=D("0.4"))}
    world = make_world(replace(MIXED, holdings=holdings, cooldown_s=1)).start()
    world.cycles(40)
    coin = [(one.size, one.reduce_only) for one in world.orders if one.market_id == "ETHUSD_PERP"]
    assert coin[0] == (D(-1_000), True)
    assert all(size < 0 and not reduces for size, reduces in coin[1:])
    assert world.on_target


@pytest.mark.parametrize("seed", range(3))
def test_a_coin_margined_short_of_the_whole_margin_needs_no_second_order(
    make_world: MakeWorld, seed: int
) -> None:
    """At no price on the way: what the short loses in coin is what the coin gains in dollars."""
    world = make_world(replace(MIXED, holdings=WHOLE, exposure=D(0), drift=D("0.005"))).start()
    world.cycles(10)
    assert sent(world) == {"BTCUSDT": D("-1.2"), "ETHUSD_PERP": D(-40_000)}
    opened, draw = world.truth("ETH").drift, random.Random(seed)
    price = D(2_500)
    for _ in range(25):
        price = (price * D(draw.randint(80, 130)) / 100).quantize(D("0.01"))
        world.price("ETH", price)
        assert abs(world.truth("ETH").drift - opened) < D("1e-7")
        world.cycles(4)
    assert len(world.orders) == 2
    assert world.in_band
    assert world.status()["healthy"] is True
