"""The best of a book is the first of its levels, whatever happened to the book before."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoise.exchange.listing import Market
from counterpoise.exchange.local import LocalExchangeConfig, build
from counterpoise.exchange.matching import BookShape
from counterpoise.exchange.orders import Side
from counterpoise.exchange.prices import PriceKind
from tests.exchange.wires import FakeClock

D = Decimal
SHAPES = (
    None,
    BookShape(spread=D("0.001")),
    BookShape(levels=0),
    BookShape(level_quantity=D("0.5")),
)
EVENTS = st.one_of(
    st.tuples(st.just("price"), st.integers(59_000, 61_000)),
    st.tuples(st.just("shape"), st.integers(0, len(SHAPES) - 1)),
    st.tuples(st.just("take"), st.integers(1, 3_000)),
    st.tuples(st.just("wait"), st.integers(1, 15)),
)


@settings(max_examples=60, deadline=None)
@given(events=st.lists(EVENTS, min_size=1, max_size=12))
def test_the_best_is_the_first_of_the_levels(events: list[tuple[str, int]]) -> None:
    clock = FakeClock()
    venue = build(LocalExchangeConfig(speed=D(0)), clock).venue
    engine, books = venue.engine, venue.engine.books
    listing = engine.listing(Market.LINEAR, "BTCUSDT")
    for name, number in events:
        now = venue.clock.now()
        if name == "price":
            engine.prices.move(listing, list(PriceKind), D(number), now.market_ms)
        elif name == "shape":
            books.shape(listing, SHAPES[number])
        elif name == "take":
            books.take(listing, Side.BUY, D(number) / 1000, now)
        else:
            clock.wall += number * 1000
            clock.monotonic += number
        now = venue.clock.now()
        for side in Side:
            assert engine.best(listing, side, now) == next(engine.levels(listing, side, now), None)
