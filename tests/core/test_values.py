"""A value cannot exist in a wrong state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from counterpoise.core.instrument import Asset, Instrument, InstrumentKey, Kind, VenueName
from counterpoise.core.orders import Order, Side
from counterpoise.core.policy.band import Band
from counterpoise.core.policy.policy import External, Policy, Target, Trigger
from counterpoise.core.snapshot import Balance, BookTop, Margin, Mark, Missing, Position
from counterpoise.core.units import ONE, ZERO
from tests.worlds import Row, World, order_of

D = Decimal
ROW = Row(asset="BTC", spot=ONE, price=D(50_000), weight=ONE)
KEY = ROW.key
WORLD = World(rows=(ROW,), exposure=ZERO)
NAN, INFINITE = D("NaN"), D("Infinity")


def instrument(**changes: object) -> Instrument:
    return replace(ROW.instrument, **changes)  # type: ignore[arg-type]


def policy(**changes: object) -> Policy:
    return replace(WORLD.policy, **changes)  # type: ignore[arg-type]


def target(**changes: object) -> Target:
    return replace(ROW.target, **changes)  # type: ignore[arg-type]


def order(**changes: object) -> Order:
    return replace(order_of(WORLD.plan(), "BTC"), **changes)  # type: ignore[arg-type]


def mark(price: Decimal) -> Mark:
    return Mark(
        instrument=KEY,
        mark_price=price,
        index_price=None,
        funding_rate=None,
        funding_next_at_ms=None,
        at_ms=None,
    )


def book(bid: str, ask: str) -> BookTop:
    return BookTop(instrument=KEY, bid=D(bid), ask=D(ask), bid_size=ONE, ask_size=ONE)


def balance(quantity: Decimal) -> Balance:
    return Balance(source="main:spot", asset=Asset("BTC"), quantity=quantity)


def margin(equity: Decimal) -> Margin:
    return Margin(
        source="main:linear", asset=Asset("USDT"), equity=equity, wallet=ONE, maintenance=ZERO
    )


NONSENSE: dict[str, Callable[[], object]] = {
    "a step of zero": lambda: instrument(size_step=ZERO),
    "a price step of zero": lambda: instrument(price_step=ZERO),
    "a negative step": lambda: instrument(size_step=D(-1)),
    "a negative least order": lambda: instrument(size_min=D(-1)),
    "a negative least notional": lambda: instrument(notional_min=D(-1)),
    "a largest order below the least": lambda: instrument(size_min=D(2), size_max=ONE),
    "a negative balance": lambda: balance(D(-1)),
    "a balance that is no number": lambda: balance(NAN),
    "an infinite balance": lambda: balance(INFINITE),
    "a price of zero": lambda: mark(ZERO),
    "a negative price": lambda: mark(D(-1)),
    "a price that is no number": lambda: mark(NAN),
    "an infinite price": lambda: mark(INFINITE),
    "a position that is no number": lambda: Position(instrument=KEY, size=NAN),
    "an infinite position": lambda: Position(instrument=KEY, size=INFINITE),
    "a margin balance that is no number": lambda: margin(NAN),
    "an infinite margin balance": lambda: margin(INFINITE),
    "an empty book": lambda: book("0", "1"),
    "a crossed book": lambda: book("2", "1"),
    "a negative external holding": lambda: External(
        quantity=D(-1), as_of_ms=None, valid_until_ms=None
    ),
    "a negative weight": lambda: target(weight=D("-0.1")),
    "a weight over one": lambda: target(weight=D("1.1")),
    "a weight of 100 for 1.00": lambda: target(weight=D(100)),
    "a band of zero": lambda: target(drift=ZERO),
    "a stop outside the band": lambda: Trigger(return_to=D("1.1")),
    "a stop beyond the target": lambda: Trigger(return_to=D("-0.1")),
    "an exposure over one": lambda: policy(exposure=D("1.1")),
    "a negative exposure": lambda: policy(exposure=D("-0.1")),
    "weights over one in sum": lambda: policy(
        targets=(
            target(weight=D("0.6")),
            target(asset=Asset("ETH"), weight=D("0.6"), instrument=InstrumentKey("main:ETH")),
        )
    ),
    "one asset twice": lambda: policy(
        targets=(
            target(weight=D("0.5")),
            target(weight=D("0.5"), instrument=InstrumentKey("main:other")),
        )
    ),
    "two assets on one perpetual": lambda: policy(
        targets=(target(weight=D("0.5")), target(asset=Asset("ETH"), weight=D("0.5")))
    ),
    "a band whose stop is outside it": lambda: Band(inner=D(2), outer=ONE),
    "a negative band": lambda: Band(inner=D(-1), outer=ONE),
    "an order of nothing": lambda: order(size=ZERO),
    "an order without a bound price": lambda: order(limit_price=ZERO),
    "an order at a negative price": lambda: order(mark_price=D(-1)),
}


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_nonsense_is_refused_when_built(nonsense: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        NONSENSE[nonsense]()


def test_weights_below_one_in_sum_leave_the_rest_in_cash() -> None:
    assert policy(targets=(target(weight=D("0.4")),)).assets == {"BTC"}


def test_the_side_of_an_order_is_the_sign_of_its_size() -> None:
    assert order(size=D("0.1")).side is Side.BUY
    assert order(size=D("-0.1")).side is Side.SELL


def test_a_linear_size_counts_base_units_and_an_inverse_one_quote_units() -> None:
    linear = instrument()
    inverse = Row(asset="BTC", kind=Kind.INVERSE).instrument
    price = D(40_000)
    assert (linear.unit, inverse.unit) == ("BTC", "USD")
    assert linear.delta(D(-2), price) == inverse.delta(D(-80_000), price) == -2
    assert linear.notional(D(-2), price) == inverse.notional(D(-80_000), price) == 80_000
    assert linear.size(D(-2), price) == -2
    assert inverse.size(D(-2), price) == -80_000


def test_a_missing_part_concerns_the_assets_that_it_names() -> None:
    part = Missing(what="main:positions", assets=frozenset({Asset("BTC")}), reason="timed out")
    snapshot = replace(WORLD.snapshot, missing=(part,))
    assert snapshot.missing_for(Asset("BTC")) == part
    assert snapshot.missing_for(Asset("ETH")) is None
    assert snapshot.venue_of(KEY) == VenueName("main")


def test_the_spread_is_a_share_of_the_middle() -> None:
    assert book("99", "101").mid == 100
    assert book("99", "101").spread == D("0.02")
