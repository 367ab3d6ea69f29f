"""What holds of the engine whatever is ordered, in whatever order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoise.core.units import ZERO
from counterpoise.exchange.account import Position
from counterpoise.exchange.dialects.binance.build import binance
from counterpoise.exchange.ledger import apply_fill
from counterpoise.exchange.listing import Listing, ListingKey, Market
from counterpoise.exchange.local import LocalExchangeConfig, build
from counterpoise.exchange.matching import BookShape
from counterpoise.exchange.orders import (
    OrderRequest,
    OrderType,
    PositionSide,
    Refused,
    Side,
    TimeInForce,
    Trade,
    VenueOrder,
)
from counterpoise.exchange.prices import PriceKind
from counterpoise.exchange.venue import Venue
from tests.exchange.wires import FakeClock

START = Decimal(60_000)
LISTINGS, _ = binance()
TINY = Decimal("0.000001")  # each fill books its profit in steps of 1e-8
BTC = ListingKey(Market.LINEAR, "BTCUSDT")


@dataclass(frozen=True)
class Step:
    """One order, and how far the price moves before it."""

    side: Side
    thousandths: int  # of a coin
    away: int  # limit price from the middle, in ticks
    in_force: TimeInForce | None  # None: a market order
    reduce_only: bool
    move: int  # price change before the order, in basis points


STEPS = st.lists(
    st.builds(
        Step,
        side=st.sampled_from(Side),
        thousandths=st.integers(1, 400),
        away=st.integers(-3000, 3000),
        in_force=st.sampled_from([None, *TimeInForce]),
        reduce_only=st.booleans(),
        move=st.integers(-100, 100),
    ),
    min_size=1,
    max_size=15,
)


@dataclass
class World:
    venue: Venue
    listing: Listing

    @property
    def position(self) -> Position:
        return self.venue.engine.account.position(self.listing, PositionSide.BOTH)

    @property
    def mark(self) -> Decimal:
        return self.venue.engine.price(self.listing, self.venue.clock.now()).mark

    @property
    def trades(self) -> Sequence[Trade]:
        return list(self.venue.engine.ledger.trades_of(self.listing))

    def move(self, basis_points: int) -> None:
        now, engine = self.venue.clock.now(), self.venue.engine
        last = engine.price(self.listing, now).last
        to = (last * (10_000 + basis_points) / 10_000).quantize(self.listing.price_step)
        engine.prices.move(self.listing, list(PriceKind), to, now.market_ms)
        self.venue.settling.catch_up(now)

    def order(self, step: Step, number: int = 0) -> VenueOrder | None:
        now, engine = self.venue.clock.now(), self.venue.engine
        last = engine.price(self.listing, now).last
        priced = step.in_force is not None
        request = OrderRequest(
            listing=self.listing,
            side=step.side,
            type=OrderType.LIMIT if priced else OrderType.MARKET,
            time_in_force=step.in_force or TimeInForce.IOC,
            quantity=Decimal(step.thousandths) / 1000,
            client_order_id=f"o{number}",
            price=last + step.away * self.listing.price_step if priced else None,
            reduce_only=step.reduce_only,
        )
        try:
            return engine.place(request, now)
        except Refused:
            return None


def new_world(*, thin: bool = False) -> World:
    exchange = build(LocalExchangeConfig(speed=ZERO, futures_wallet={"USDT": START}), FakeClock())
    listing = exchange.venue.engine.listings[BTC]
    if thin:
        shape = BookShape(level_quantity=Decimal("0.05"), levels=3)
        exchange.venue.engine.books.shape(listing, shape)
    return World(exchange.venue, listing)


def signed(trade: Trade) -> Decimal:
    return trade.quantity * trade.side.sign


@given(steps=STEPS, thin=st.booleans())
@settings(max_examples=40, deadline=None)
def test_the_position_is_the_sum_of_its_fills(steps: list[Step], *, thin: bool) -> None:
    world = new_world(thin=thin)
    for number, step in enumerate(steps):
        world.move(step.move)
        world.order(step, number)
        assert world.position.amount == sum(map(signed, world.trades), start=ZERO)


@given(steps=STEPS, thin=st.booleans())
@settings(max_examples=40, deadline=None)
def test_equity_changes_by_fees_and_price_alone(steps: list[Step], *, thin: bool) -> None:
    world = new_world(thin=thin)
    for number, step in enumerate(steps):
        world.move(step.move)
        world.order(step, number)
    state = world.venue.engine.margin("USDT", world.venue.clock.now())
    gained = sum((signed(t) * (world.mark - t.price) for t in world.trades), start=ZERO)
    fees = sum((trade.fee for trade in world.trades), start=ZERO)
    assert abs(state.balance - (START + gained - fees)) < TINY


@given(steps=STEPS)
@settings(max_examples=40, deadline=None)
def test_every_change_of_the_wallet_is_an_income(steps: list[Step]) -> None:
    world = new_world()
    for number, step in enumerate(steps):
        world.move(step.move)
        world.order(step, number)
    incomes = world.venue.engine.ledger.incomes
    total = sum((row.amount for row in incomes), start=ZERO)
    assert world.venue.engine.account.futures["USDT"] == START + total


@given(steps=STEPS, thin=st.booleans())
@settings(max_examples=40, deadline=None)
def test_reduce_only_never_grows_or_turns_a_position(steps: list[Step], *, thin: bool) -> None:
    world = new_world(thin=thin)
    for number, step in enumerate(steps):
        world.move(step.move)
        before = world.position.amount
        world.order(step, number)
        after = world.position.amount
        if step.reduce_only:
            assert abs(after) <= abs(before)
            assert before * after >= ZERO


@given(steps=STEPS, thin=st.booleans())
@settings(max_examples=40, deadline=None)
def test_only_orders_that_may_rest_do(steps: list[Step], *, thin: bool) -> None:
    world = new_world(thin=thin)
    resting = {TimeInForce.GTC, TimeInForce.GTX}
    for number, step in enumerate(steps):
        order = world.order(step, number)
        if order is not None and order.status.open:
            assert step.in_force in resting
    ledger = world.venue.engine.ledger
    assert all(order.status.open for order in ledger.open_orders.values())
    assert all(order.request.time_in_force in resting for order in ledger.open_orders.values())


@given(steps=STEPS, thin=st.booleans())
@settings(max_examples=40, deadline=None)
def test_no_fill_is_worse_than_its_limit(steps: list[Step], *, thin: bool) -> None:
    world = new_world(thin=thin)
    for number, step in enumerate(steps):
        world.move(step.move)
        order = world.order(step, number)
        if order is not None and order.request.price is not None:
            limit = order.request.price
            assert all((t.price - limit) * t.side.sign <= ZERO for t in order.trades)
            assert order.executed <= order.quantity


@given(steps=STEPS)
@settings(max_examples=30, deadline=None)
def test_a_refused_order_changes_nothing(steps: list[Step]) -> None:
    world = new_world()
    account, ledger = world.venue.engine.account, world.venue.engine.ledger
    for number, step in enumerate(steps):
        before = (dict(account.futures), world.position.amount, len(ledger.orders))
        if world.order(step, number) is None:
            assert before == (dict(account.futures), world.position.amount, len(ledger.orders))


FILLS = st.lists(
    st.tuples(
        st.integers(-50, 50).filter(bool).map(Decimal),
        st.integers(1000, 3000).map(Decimal),
    ),
    min_size=1,
    max_size=12,
)


@given(fills=FILLS, market=st.sampled_from([Market.LINEAR, Market.INVERSE]))
def test_realised_and_unrealised_profit_are_the_whole_profit(
    fills: list[tuple[Decimal, Decimal]], market: Market
) -> None:
    symbol = "ETHUSDT" if market is Market.LINEAR else "ETHUSD_PERP"
    listing = LISTINGS[ListingKey(market, symbol)]
    position = Position(listing=listing, side=PositionSide.BOTH)
    realised = sum((apply_fill(position, *fill) for fill in fills), start=ZERO)
    last = Decimal(2000)
    total = realised + position.profit(last)
    expected = sum((listing.profit(amount, price, last) for amount, price in fills), start=ZERO)
    assert abs(total - expected) < Decimal("1e-15")
    assert position.amount == sum((amount for amount, _ in fills), start=ZERO)


def test_a_book_that_was_taken_from_fills_up_again() -> None:
    clock = FakeClock()
    exchange = build(LocalExchangeConfig(speed=ZERO), clock)
    venue = exchange.venue
    listing = venue.engine.listings[BTC]
    venue.engine.books.shape(listing, BookShape(level_quantity=Decimal("0.1"), levels=1))
    world = World(venue, listing)
    step = Step(Side.BUY, 100, 0, None, reduce_only=False, move=0)
    first, second = world.order(step, 1), world.order(step, 2)
    assert first is not None
    assert second is not None
    assert (first.executed, second.executed) == (Decimal("0.1"), ZERO)
    clock.monotonic += 5
    clock.wall += 5_000
    third = world.order(step, 3)
    assert third is not None
    assert third.executed == Decimal("0.05")
