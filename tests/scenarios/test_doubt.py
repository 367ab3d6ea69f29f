"""What cannot be believed orders nothing: zeros, gaps, strangers' trades, wrong clocks, facts."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from counterpoise.core.state import Command
from counterpoise.errors import SettingsError, Unauthorized
from tests.scenarios.answers import (
    balances_changed,
    dropped,
    listing_changed,
    rows_changed,
    zeroed,
)
from tests.scenarios.config import Holding, WorldConfig
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.harness import World

D = Decimal
BALANCES = "GET /api/v3/account"
POSITIONS = "GET /fapi/v3/positionRisk"
MARKS = "GET /fapi/v1/premiumIndex"
LISTING = "GET /fapi/v1/exchangeInfo"
PLACE = "POST /fapi/v1/order"
DAY_S = 86_400
SLOW_CYCLE = 1_800

SHORT = {  # a third of the BTC is sold forward, as asked for
    "BTC": Holding(held=D("1.2"), price=D(50_000), weight=D("0.4"), position=D("-0.4")),
    "ETH": Holding(held=D(16), price=D(2_500), weight=D("0.4")),
}


def later(*cases: object) -> Iterator[object]:
    """Mark cases that are more of the same."""
    return (pytest.param(case, marks=pytest.mark.slow) for case in cases)


@pytest.mark.parametrize("holdings", [None, SHORT])
def test_a_balance_of_zero_for_a_day_orders_nothing(
    make_world: MakeWorld, holdings: dict[str, Holding] | None
) -> None:
    config = WorldConfig(interval_s=SLOW_CYCLE)
    if holdings is not None:
        config = WorldConfig(interval_s=SLOW_CYCLE, holdings=holdings)
    world = make_world(config).start().cycles(2)
    world.mangle(BALANCES, balances_changed(zeroed("BTC")))
    world.run(DAY_S / 2)
    world.price("ETH", D(3_500))
    world.run(DAY_S / 4)
    world.restart().run(DAY_S / 4)
    assert not world.orders
    assert world.reasons("BTC")[-1] == "zero_unexplained"
    assert any("zero_unexplained" in alert for alert in world.alerts())
    world.heal()
    world.cycles(3)
    assert world.on_target


def test_balances_that_flicker_order_nothing_wrong(world: World) -> None:
    world.start().cycles(1)
    for _ in range(6):
        world.mangle(BALANCES, balances_changed(zeroed("ETH")))
        world.cycles(1)
        world.heal()
        world.cycles(1)
    assert not world.orders


def test_a_balance_that_is_not_listed_orders_nothing(world: World) -> None:
    world.start().cycles(1)
    world.mangle(BALANCES, balances_changed(dropped("BTC")))
    world.price("ETH", D(3_500))
    world.cycles(30)
    assert not world.orders
    assert world.reasons("BTC") == ["snapshot_incomplete"]
    world.heal()
    world.cycles(3)
    assert world.on_target


def test_a_real_withdrawal_of_everything_waits_for_a_person(make_world: MakeWorld) -> None:
    world = make_world(WorldConfig(holdings=SHORT)).start().cycles(2)
    world.balance("BTC", D(0))
    world.cycles(10)
    assert not world.orders
    world.command(Command.RESUME, "sold it", asset="BTC")
    world.cycles(4)
    assert world.on_target


def test_a_partial_withdrawal_is_followed(make_world: MakeWorld) -> None:
    world = make_world(WorldConfig(holdings=SHORT)).start().cycles(2)
    world.balance("BTC", D("0.9"))
    world.cycles(4)
    assert world.on_target


def test_a_position_closed_by_hand_is_adopted_and_left_for_the_cooldown(
    make_world: MakeWorld,
) -> None:
    world = make_world(WorldConfig(holdings=SHORT)).start().cycles(2)
    world.trade_by_hand("BTC", D(0))
    world.run(world.config.cooldown_s - 15)
    assert not world.orders  # the trade explains it; a person's doing is not undone at once
    world.cycles(6)
    assert world.on_target
    assert "position_unexplained" not in world.reasons("BTC")


def test_a_position_that_vanishes_without_a_trade_waits_for_a_person(
    make_world: MakeWorld,
) -> None:
    world = make_world(WorldConfig(holdings=SHORT)).start().cycles(2)
    world.mangle(POSITIONS, rows_changed(lambda row: None))
    world.cycles(30)
    assert not world.orders
    assert world.reasons("BTC") == ["position_unexplained"]
    world.restart().cycles(30)
    assert not world.orders
    world.heal()
    world.cycles(2)
    assert world.status()["healthy"] is True


def test_a_manual_trade_out_of_band_is_corrected_after_the_cooldown(world: World) -> None:
    world.start().cycles(2)
    world.trade_by_hand("ETH", D("2.5"))
    world.cycles(12)
    assert world.on_target
    assert [o.market_id for o in world.orders] == ["ETHUSDT"]


def test_a_manual_trade_while_an_order_is_unknown_is_not_taken_for_it(world: World) -> None:
    world.start().cycles(1)
    world.fault("timeout-before", PLACE, 2)
    world.price("BTC", D(60_000))
    world.run(5)
    world.trade_by_hand("BTC", D("-0.02"))
    world.cycles(8)
    btc = [o for o in world.orders if o.market_id == "BTCUSDT"]
    assert len(btc) == 1
    assert world.reasons("BTC") == ["unsettled"]
    assert any("unsettled" in alert for alert in world.alerts())


def test_a_liquidation_is_not_reopened_in_a_loop(make_world: MakeWorld) -> None:
    world = make_world(WorldConfig(holdings=SHORT)).start().cycles(2)
    world.control("POST", "balance", wallet="futures", asset="USDT", quantity="3")
    assert world.position("BTC") == 0
    world.cycles(30)
    assert world.position("BTC") == 0
    assert len(world.orders) <= 6
    assert world.alerts()


def test_a_perpetual_that_does_not_trade_is_held(world: World) -> None:
    world.mangle(LISTING, listing_changed("BTCUSDT", status="SETTLING"))
    world.start()
    world.price("BTC", D(60_000))
    world.cycles(5)
    assert {o.market_id for o in world.orders} == {"ETHUSDT"}
    assert "not_trading" in world.reasons("BTC")


def test_a_perpetual_that_is_not_listed_stops_the_start(world: World) -> None:
    world.mangle(LISTING, listing_changed("BTCUSDT", symbol="BTCUSDX", baseAsset="BTCX"))
    world.start().run(1)
    assert isinstance(world.life.failure, SettingsError)
    world.may_end = True
    assert not world.orders


@pytest.mark.parametrize("factor", [D(10), D("0.1")])
def test_a_position_worth_another_amount_than_its_size_orders_nothing(
    make_world: MakeWorld, factor: Decimal
) -> None:
    def scaled(row: dict[str, object]) -> dict[str, object]:
        return {**row, "positionAmt": str(D(str(row["positionAmt"])) * factor)}

    world = make_world(WorldConfig(holdings=SHORT))
    world.mangle(POSITIONS, rows_changed(scaled))
    world.start().cycles(6)
    assert not world.orders
    assert world.reasons("BTC") == ["snapshot_incomplete"]


@pytest.mark.parametrize("skew_ms", [10_000, 2_000, *later(-10_000, -2_000)])
def test_clocks_that_disagree_send_nothing(world: World, skew_ms: int) -> None:
    world.control("POST", "clock", skew_ms=skew_ms)
    world.start()
    world.price("BTC", D(60_000))
    world.cycles(12)
    assert not world.orders
    assert set(world.reasons("BTC")) <= {"clock_skew", "snapshot_incomplete", "snapshot_stale"}
    assert world.alerts()
    world.control("POST", "clock", skew_ms=0)
    world.cycles(65)  # the skew is measured every ten minutes
    assert world.on_target


@pytest.mark.parametrize("skew_ms", [-10_000, 3_000, *later(10_000, -3_000)])
def test_a_clock_that_goes_astray_while_running_sends_nothing(world: World, skew_ms: int) -> None:
    world.start().cycles(2)
    world.around.clock.offset_ms = -skew_ms
    world.price("BTC", D(60_000))
    world.cycles(5)
    assert not world.orders
    world.around.clock.offset_ms = 0
    world.cycles(65)
    assert world.on_target


def test_prices_from_long_ago_order_nothing(world: World) -> None:
    world.start().cycles(1)

    def old(row: dict[str, object]) -> dict[str, object]:
        return {**row, "time": int(str(row["time"])) - 60_000}

    world.mangle(MARKS, rows_changed(old))
    world.price("BTC", D(60_000))
    world.cycles(6)
    assert not world.orders
    assert world.reasons("BTC") == ["snapshot_stale"]
    world.heal()
    world.cycles(2)
    assert world.on_target


@pytest.mark.parametrize("price", ["0", "NaN", "500000", "null", *later("-1", "1e400", "5000", "")])
def test_nonsense_for_a_price_orders_nothing(world: World, price: str) -> None:
    world.start().cycles(1)
    value = None if price == "null" else price

    def spoilt(row: dict[str, object]) -> dict[str, object]:
        return {**row, "markPrice": value} if row["symbol"] == "BTCUSDT" else row

    world.mangle(MARKS, rows_changed(spoilt))
    world.price("ETH", D(3_500))
    world.cycles(4)
    assert not world.orders
    assert not [line for line in world.lines("cycle.failed") if line["level"] == "error"]
    world.heal()
    world.cycles(2)
    assert world.on_target


def test_wrong_credentials_stop_the_start_and_show_no_secret(make_world: MakeWorld) -> None:
    world = make_world(WorldConfig())
    world.fault("reject", BALANCES, 100, code=-2015)
    world.start().run(1)
    assert isinstance(world.life.failure, Unauthorized)
    world.may_end = True
