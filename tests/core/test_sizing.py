"""From a wanted correction to one order that the venue takes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.core.decision import Activity, Decision
from counterpoise.core.instrument import Asset, Kind
from counterpoise.core.limits import Budget
from counterpoise.core.orders import HoldReason, Order, Rule
from counterpoise.core.sizing import Leg, NoOrder, first_part, sized
from counterpoise.core.snapshot import Position
from counterpoise.core.units import ONE, ZERO
from tests.core.strategies import amounts
from tests.worlds import LOOSE, Row, World, decision_of, now, order_of, reason_of

D = Decimal
FREE = Budget(turnover_day=ZERO, orders_minute=0, perpetual_notional=ZERO, equity=None)
ROW = Row(asset="BTC", price=D(50_000), size_step=D("0.001"), size_min=D("0.001"))
SIZES = amounts("-20", "20", 4)


def leg(position: Decimal, wanted: Decimal, row: Row = ROW) -> Leg:
    world = World(rows=(row,))
    return Leg(
        asset=Asset(row.asset),
        instrument=row.instrument,
        position=Position(instrument=row.key, size=position),
        mark_price=row.price,
        book=world.snapshot.books[row.key],
        wanted=wanted,
        rule=Rule.DRIFT,
    )


@pytest.mark.parametrize(
    ("position", "wanted", "part", "shrinks"),
    [
        ("0", "1", "1", False),
        ("2", "1", "1", False),
        ("-2", "-1", "-1", False),
        ("2", "-1", "-1", True),
        ("2", "-2", "-2", True),
        ("2", "-5", "-2", True),  # through zero: close first
        ("-2", "5", "2", True),
    ],
)
def test_the_first_order_of_a_trade_closes_or_opens_never_both(
    position: str, wanted: str, part: str, *, shrinks: bool
) -> None:
    closable = Position(instrument=ROW.key, size=D(position)).closable(D(wanted))
    assert first_part(closable, D(wanted)) == (D(part), shrinks)


@given(SIZES, SIZES, st.none() | amounts("1", "100000"))
def test_the_mirror_image_of_a_leg_gets_the_opposite_order(
    position: Decimal, wanted: Decimal, most: Decimal | None
) -> None:
    limits = replace(LOOSE, order_notional_max=most)
    one = sized(leg(position, wanted), limits, FREE)
    other = sized(leg(-position, -wanted), limits, FREE)
    if isinstance(one, NoOrder) or isinstance(other, NoOrder):
        assert one == other
        return
    assert one.size == -other.size
    assert (one.reduce_only, one.completes) == (other.reduce_only, other.completes)
    assert one.notional == other.notional


@given(SIZES, SIZES)
def test_a_size_is_cut_to_the_step_never_rounded_up(position: Decimal, wanted: Decimal) -> None:
    order = sized(leg(position, wanted), LOOSE, FREE)
    part, _ = first_part(leg(position, wanted).closable, wanted)
    if isinstance(order, NoOrder):
        assert abs(part) < ROW.size_min
        return
    assert abs(part) - ROW.size_step < abs(order.size) <= abs(part)
    assert order.completes == (abs(wanted) - abs(order.size) < ROW.size_step)


@pytest.mark.parametrize(
    ("wanted", "changes", "ordered"),
    [
        ("0.0009", {}, False),
        ("0.001", {}, True),
        ("0.001", {"size_min": D("0.002")}, False),
        ("0.001", {"notional_min": D(50)}, True),
        ("0.001", {"notional_min": D("50.01")}, False),
    ],
)
def test_an_order_below_the_venues_least_is_not_sent(
    wanted: str, changes: dict[str, Decimal], *, ordered: bool
) -> None:
    found = sized(leg(ZERO, D(wanted), replace(ROW, **changes)), LOOSE, FREE)  # type: ignore[arg-type]
    assert isinstance(found, Order) == ordered
    assert ordered or (isinstance(found, NoOrder) and found.reason is HoldReason.BELOW_MINIMUM)


def test_the_least_notional_holds_no_reduction() -> None:
    row = replace(ROW, notional_min=D(1_000))
    order = sized(leg(D("0.002"), D("-0.002"), row), LOOSE, FREE)
    assert isinstance(order, Order)
    assert (order.size, order.reduce_only) == (D("-0.002"), True)


def test_a_remainder_below_the_least_order_ends_a_correction() -> None:
    row = replace(ROW, spot=D("1.0004"), size=D(-1), weight=ONE)
    world = World(rows=(row,), exposure=ZERO)
    memory = replace(world.plan().memories[Asset("BTC")], correcting=Rule.DRIFT)
    decided = world.remembering({Asset("BTC"): memory}).plan()
    assert reason_of(decided, "BTC") is HoldReason.BELOW_MINIMUM
    assert decided.memories[Asset("BTC")].correcting is None


def test_a_position_too_small_to_close_is_held_and_seen_to_be_out_of_band() -> None:
    """No venue takes its closing order; crossing zero in one order is not ours to do."""
    row = replace(ROW, spot=ONE, size=D("0.002"), size_min=D("0.01"), weight=ONE)
    decided = World(rows=(row,), exposure=ZERO).plan()
    assert reason_of(decided, "BTC") is HoldReason.BELOW_MINIMUM
    assert decided.memories[Asset("BTC")].drifted_since_ms == decided.at_ms


def test_an_inverse_order_is_whole_contracts_of_quote_worth_less_than_one_beside_the_goal() -> None:
    row = Row(
        asset="BTC",
        collateral=D("1.5"),
        price=D(41_234),
        weight=ONE,
        kind=Kind.INVERSE,
        size_step=D(100),
        size_min=D(100),
    )
    order = order_of(World(rows=(row,), exposure=ZERO).plan(), "BTC")
    assert order.size == -61_800  # 61,851 less what is no whole contract
    assert order.notional == 61_800


def test_each_venue_has_its_own_leverage_but_turnover_and_pace_are_shared() -> None:
    limits = replace(LOOSE, leverage_max=ONE, turnover_day_max=D(70_000), orders_per_minute_max=2)
    rows = (
        Row(asset="BTC", spot=ONE, price=D(50_000)),
        Row(asset="ETH", spot=D(10), price=D(3_000), venue="other"),
    )
    world = World(rows=rows, exposure=ZERO, limits=limits, equity=D(50_000))
    decided = world.plan()
    assert order_of(decided, "BTC").notional == 50_000
    assert reason_of(decided, "ETH") is HoldReason.LEVERAGE  # no margin was read there
    free = replace(world, limits=replace(limits, leverage_max=None)).plan()
    assert order_of(free, "ETH").notional == D("19999.98")  # what BTC left of the day
    paced = replace(world, situation=now(activity=Activity(orders_minute=1)))
    paced = replace(paced, limits=replace(limits, leverage_max=None))
    assert reason_of(paced.plan(), "ETH") is HoldReason.ORDERS_PER_MINUTE
    shown: Decision = decision_of(free, "ETH")
    assert {check.limit for check in shown.checks if not check.passed} == set()
