"""Positions of two sides: laws that hold of any, and cases that a person can check by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given

from counterpoise.core.decision import Plan
from counterpoise.core.instrument import Asset
from counterpoise.core.orders import HoldReason
from counterpoise.core.sides import Sides, told
from counterpoise.core.snapshot import Position
from counterpoise.core.units import ONE, ZERO
from tests.core.strategies import amounts
from tests.worlds import Row, World, order_of, reason_of, sided

D = Decimal
SIDES = amounts("0", "20", 3)
TRADES = amounts("-20", "20", 3)
BTC = Asset("BTC")
ROW = Row(asset="BTC", price=D(50_000), weight=ONE, size_step=D("0.001"), size_min=D("0.001"))
CYCLES_MAX = 3  # close, open, and see that nothing is left


def sides(long: Decimal, short: Decimal) -> Sides:
    return Sides(long=long, short=short)


def flattening(world: World) -> World:
    return replace(world, situation=replace(world.situation, flattening=True))


@given(SIDES, SIDES, TRADES)
def test_any_trade_changes_the_net_by_itself_and_leaves_no_side_negative(
    long: Decimal, short: Decimal, traded: Decimal
) -> None:
    before = sides(long, short)
    for closing in (True, False):
        after = before.after(traded, closing=closing)
        assert after.net == before.net + traded
        assert min(after.long, after.short) >= 0


@given(SIDES, SIDES, TRADES)
def test_closing_shrinks_and_opening_grows_what_margin_counts(
    long: Decimal, short: Decimal, traded: Decimal
) -> None:
    before = sides(long, short)
    assert before.after(traded, closing=False).gross == before.gross + abs(traded)
    if abs(traded) <= before.against(traded):
        assert before.after(traded, closing=True).gross == before.gross - abs(traded)


@given(SIDES, SIDES)
def test_what_unwinds_a_position_is_a_whole_side_and_two_of_them_leave_nothing(
    long: Decimal, short: Decimal
) -> None:
    position = Position(instrument=ROW.key, size=long - short, sides=sides(long, short))
    for _ in range(2):
        trade = position.unwinding
        assert abs(trade) == position.closable(trade) == max(long, short)
        assert position.sides is not None
        left = position.sides.after(trade, closing=True)
        position = replace(position, size=left.net, sides=left)
        long, short = left.long, left.short
    assert position.gross == 0


@given(SIDES, SIDES, amounts("0", "20", 3))
def test_whatever_the_sides_corrections_close_first_and_end_on_the_target(
    long: Decimal, short: Decimal, spot: Decimal
) -> None:
    world = World(rows=(sided(replace(ROW, spot=spot), long, short),), exposure=ZERO)
    decided = world.plan()
    for _ in range(CYCLES_MAX):
        for order in decided.orders:
            before = world["BTC"].sides
            assert before is not None
            closable = before.against(order.size)
            assert order.reduce_only is (closable > 0)
            assert not order.reduce_only or abs(order.size) <= closable
        world = world.settled(decided, elapsed_ms=600_000)
        decided = world.plan()
    assert not decided.orders
    assert spot == 0 or abs(world["BTC"].net) <= D("0.05") * spot


@given(SIDES, SIDES)
def test_flattening_closes_both_sides_with_orders_that_only_shrink(
    long: Decimal, short: Decimal
) -> None:
    world = World(rows=(sided(replace(ROW, spot=ONE), long, short),), exposure=ZERO)
    decided = flattening(world).plan()
    for _ in range(CYCLES_MAX):
        assert all(order.reduce_only for order in decided.orders)
        world = world.settled(decided)
        decided = flattening(world).plan()
    assert reason_of(decided, "BTC") is HoldReason.OPERATOR
    assert world["BTC"].sides == sides(ZERO, ZERO)


@given(TRADES)
def test_in_one_way_mode_a_trade_closes_what_is_against_it(size: Decimal) -> None:
    position = Position(instrument=ROW.key, size=size)
    assert position.closable(-size) == position.gross == abs(position.unwinding) == abs(size)
    assert position.closable(size) == 0


def plan_of(long: str, short: str, spot: str) -> Plan:
    row = sided(replace(ROW, spot=D(spot)), long, short)
    return World(rows=(row,), exposure=ZERO).plan()


@pytest.mark.parametrize(
    ("long", "short", "spot", "size", "closes"),
    [
        ("0.3", "0.3", "1", "-0.3", True),  # the long side first, the other 0.7 afterwards
        ("0", "0.3", "1", "-0.7", False),
        ("0.2", "1.5", "1", "0.3", True),  # 0.3 too short
        ("0.2", "0", "0.001", "-0.2", True),
        ("0", "2", "1", "1", True),
    ],
)
def test_a_correction_closes_the_opposite_side_first(
    long: str, short: str, spot: str, size: str, *, closes: bool
) -> None:
    order = order_of(plan_of(long, short, spot), "BTC")
    assert (order.size, order.reduce_only) == (D(size), closes)


def test_a_pair_counts_whole_against_leverage() -> None:
    """ETH is 30 long and 30 short at 100: 6,000 of 8,000 are used, and 2,000 are left for BTC."""
    eth = sided(Row(asset="ETH", price=D(100), spot=D(1), weight=ZERO, drift=D(1)), 30, 30)
    limits = replace(World(rows=(eth,)).limits, leverage_max=ONE)
    world = World(rows=(replace(ROW, spot=ONE), eth), exposure=ZERO, limits=limits, equity=D(8_000))
    assert order_of(world.plan(), "BTC").size == D("-0.04")


@pytest.mark.parametrize(
    ("size", "shown", "words"),
    [
        ("1.50", None, "1.5"),
        ("2", ("2", "0"), "2"),
        ("-1", ("2", "3"), "-1 (2 long, 3 short)"),
    ],
)
def test_a_position_is_told_with_both_sides_where_there_are_two(
    size: str, shown: tuple[str, str] | None, words: str
) -> None:
    both = None if shown is None else sides(D(shown[0]), D(shown[1]))
    assert told(D(size), both) == words
