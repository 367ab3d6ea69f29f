"""Funding, liquidation and resting orders as recorded time goes by."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from counterpoise.core.units import ZERO
from counterpoise.exchange.ledger import PAID_STEP
from counterpoise.exchange.local import LocalExchange, LocalExchangeConfig, MemoryTransport, build
from counterpoise.exchange.margin import liquidation_price
from counterpoise.exchange.moment import HOUR_MS
from counterpoise.exchange.orders import (
    IncomeType,
    OrderRequest,
    OrderStatus,
    OrderType,
    Origin,
    Side,
    TimeInForce,
)
from tests.exchange.wires import Controller, FakeClock, client

HOUR_S = 3_600
WALLET = Decimal(60_000)


@dataclass
class World:
    exchange: LocalExchange
    control: Controller

    @property
    def wallet(self) -> Decimal:
        return self.exchange.venue.engine.account.futures["USDT"]

    def funding(self) -> list[Decimal]:
        incomes = self.exchange.venue.engine.ledger.incomes
        return [row.amount for row in incomes if row.type is IncomeType.FUNDING_FEE]

    def position(self) -> dict[str, Any] | None:
        found = self.control.get("state")["positions"]
        return found[0] if found else None


def world(position: str, *, wallet: Decimal = WALLET, speed: int = 0) -> World:
    exchange = build(
        LocalExchangeConfig(
            speed=Decimal(speed),
            start="2024-11-15",
            futures_wallet={"USDT": wallet},
            positions={"BTCUSDT": Decimal(position)} if position != "0" else {},
        ),
        FakeClock(),
    )
    return World(exchange, Controller(exchange))


def test_a_short_earns_and_a_long_pays_at_a_positive_rate() -> None:
    for quantity, sign in (("-0.5", 1), ("0.5", -1)):
        made = world(quantity)
        made.control.post("clock", advance_s=8 * HOUR_S)
        (paid,) = made.funding()
        assert paid * sign > ZERO


def test_funding_is_the_rate_times_the_mark_price_then() -> None:
    made = world("-0.5")
    engine, before = made.exchange.venue.engine, made.wallet
    listing = next(iter(engine.account.positions.values())).listing
    now = made.exchange.venue.clock.now()
    funding = engine.prices.next_funding(listing, now.market_ms)
    assert funding is not None
    price = engine.prices.at(listing, funding.at_ms)
    assert price is not None
    made.control.post("clock", advance_s=9 * HOUR_S)
    expected = (Decimal("0.5") * price.mark * funding.rate).quantize(PAID_STEP)
    assert made.wallet - before == expected


def test_each_settlement_is_booked_once_however_time_passes() -> None:
    strides, leap = world("-0.5"), world("-0.5")
    for _ in range(40):
        strides.control.post("clock", advance_s=HOUR_S)
        strides.control.get("state")
    leap.control.post("clock", advance_s=40 * HOUR_S)
    assert len(leap.funding()) == 5
    assert strides.funding() == leap.funding()


def test_a_flat_account_has_no_funding() -> None:
    made = world("0")
    made.control.post("clock", advance_s=40 * HOUR_S)
    assert made.funding() == []


def test_a_position_opened_after_a_settlement_does_not_pay_it() -> None:
    made = world("0")
    made.control.post("clock", advance_s=8 * HOUR_S + 1)
    made.control.post("position", symbol="BTCUSDT", quantity="0.5")
    made.control.post("clock", advance_s=HOUR_S)
    assert made.funding() == []


def test_the_state_says_what_funding_cost() -> None:
    made = world("-0.5")
    made.control.post("clock", advance_s=24 * HOUR_S)
    assert Decimal(made.control.get("state")["funding_paid"]["BTCUSDT"]) == -sum(made.funding())


def test_time_runs_as_fast_as_it_is_told() -> None:
    made = world("-0.5", speed=HOUR_S)
    clock = made.exchange.clock
    assert isinstance(clock, FakeClock)
    before = made.control.get("state")["time"]["market_ms"]
    clock.monotonic += 17
    assert made.control.get("state")["time"]["market_ms"] - before == 17 * HOUR_MS
    assert len(made.funding()) == 2


def liquidated_at(made: World) -> Decimal:
    engine, now = made.exchange.venue.engine, made.exchange.venue.clock.now()
    (position,) = engine.account.open_positions()
    mark = engine.price(position.listing, now).mark
    return liquidation_price(position, engine.margin("USDT", now), mark)


@pytest.mark.parametrize("quantity", ["-0.5", "0.5"])
def test_liquidation_comes_at_its_price_and_not_before(quantity: str) -> None:
    made = world(quantity, wallet=Decimal(5_000))
    toward = 1 if quantity.startswith("-") else -1
    price = liquidated_at(made).quantize(Decimal("0.1"))
    made.control.post("price", symbol="BTCUSDT", price=str(price - 5 * toward))
    assert made.position() is not None
    made.control.post("price", symbol="BTCUSDT", price=str(price + 5 * toward))
    assert made.position() is None


def test_a_liquidation_is_a_trade_that_no_client_sent() -> None:
    made = world("-0.5", wallet=Decimal(5_000))
    made.control.post("price", symbol="BTCUSDT", price="200000")
    order = list(made.exchange.venue.engine.ledger.orders.values())[-1]
    assert order.request.origin is Origin.LIQUIDATION
    assert order.request.client_order_id.startswith("autoclose-")
    assert order.status is OrderStatus.FILLED
    assert order.trades[0].quantity == Decimal("0.5")
    assert made.wallet == ZERO  # the insurance fund bears the rest


def test_liquidation_ends_open_orders_first() -> None:
    made = world("-0.05", wallet=Decimal(600))
    engine = made.exchange.venue.engine
    (position,) = engine.account.open_positions()
    resting = engine.place(
        OrderRequest(
            listing=position.listing,
            side=Side.BUY,
            type=OrderType.LIMIT,
            time_in_force=TimeInForce.GTC,
            quantity=Decimal("0.002"),
            client_order_id="rests",
            price=Decimal(87_000),
        ),
        made.exchange.venue.clock.now(),
    )
    assert resting.status.open
    made.control.post("price", symbol="BTCUSDT", price="110000")
    assert resting.status is OrderStatus.EXPIRED
    assert made.position() is None


def test_a_liquidation_between_two_looks_is_not_missed() -> None:
    """XRP rose by half within these days and came back later; nobody looked in between."""
    exchange = build(
        LocalExchangeConfig(
            speed=ZERO,
            start="2024-12-02",
            futures_wallet={"USDT": Decimal(9_000)},
            positions={"XRPUSDT": Decimal(-30_000)},
        ),
        FakeClock(),
    )
    control = Controller(exchange)
    control.post("clock", advance_s=30 * 24 * HOUR_S)
    assert control.get("state")["positions"] == []


async def test_a_resting_order_fills_when_recorded_prices_reach_it_in_between() -> None:
    exchange = build(LocalExchangeConfig(speed=ZERO, start="2024-11-15"), FakeClock())
    trader = client(MemoryTransport(exchange), exchange)
    await trader.load_markets()
    control = Controller(exchange)
    low = Decimal(87200)  # touched on that day, and left again
    order = await trader.create_order("BTC/USDT:USDT", "limit", "buy", "0.1", str(low))
    control.post("clock", advance_s=72 * HOUR_S)
    found = await trader.fetch_order(order["id"], "BTC/USDT:USDT")
    now = Decimal(control.get("state")["prices"]["linear:BTCUSDT"]["last"])
    assert now > low + 1_000
    assert (found["status"], Decimal(found["average"])) == ("closed", low)
    await trader.close()


def test_the_end_of_the_recording_is_said() -> None:
    made = world("0")
    assert made.control.get("state")["time"]["data_ended"] is False
    made.control.post("clock", advance_s=400 * 24 * HOUR_S)
    state = made.control.get("state")
    assert state["time"]["data_ended"] is True
    assert Decimal(state["prices"]["linear:BTCUSDT"]["mark"]) > ZERO
