"""No order grows past a limit, whatever else the plan holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.core.decision import Activity
from counterpoise.core.instrument import Instrument, Kind
from counterpoise.core.limits import REASON_OF_LIMIT, bound_price
from counterpoise.core.orders import HoldReason, Order
from counterpoise.core.plan import plan
from counterpoise.core.policy.policy import Limits
from counterpoise.core.units import ONE, ZERO
from tests.core.strategies import amounts, tight_limits, worlds
from tests.worlds import LOOSE, Row, World, decision_of, now, order_of, reason_of

D = Decimal
LIMITED = worlds(tight_limits())
USED = st.builds(Activity, turnover_day=amounts("0", "60000"), orders_minute=st.integers(0, 3))


@given(LIMITED, USED)
def test_no_order_of_a_plan_is_larger_than_the_order_limit(world: World, used: Activity) -> None:
    for order in replace(world, situation=now(activity=used)).plan().orders:
        assert order.notional <= (world.limits.order_notional_max or order.notional)
        assert order.notional == world[order.asset].instrument.notional(
            order.size, world[order.asset].price
        )


@given(LIMITED, USED)
def test_all_orders_of_a_plan_together_keep_to_the_day_and_the_minute(
    world: World, used: Activity
) -> None:
    orders = replace(world, situation=now(activity=used)).plan().orders
    limits = world.limits
    if orders and limits.turnover_day_max is not None:
        spent = sum((order.notional for order in orders), used.turnover_day)
        assert spent <= limits.turnover_day_max
    if orders and limits.orders_per_minute_max is not None:
        assert used.orders_minute + len(orders) <= limits.orders_per_minute_max


def subsets(orders: tuple[Order, ...]) -> Iterator[tuple[Order, ...]]:
    """Return each way in which some orders fill and the others do not."""
    return chain.from_iterable(combinations(orders, n) for n in range(1, len(orders) + 1))


@given(LIMITED, amounts("0", "50000"))
def test_no_way_in_which_the_orders_fill_grows_past_position_or_leverage(
    world: World, equity: Decimal
) -> None:
    world = replace(world, equity=equity)
    before = {row.asset: row.instrument.notional(row.size, row.price) for row in world.rows}
    # Coin margin counts as well, at the mark price.
    equity += sum(((row.collateral or ZERO) * row.price for row in world.rows), ZERO)
    limits = world.limits
    for filled in subsets(world.plan().orders):
        change = {o.asset: -o.notional if o.reduce_only else o.notional for o in filled}
        for asset, notional in change.items():
            if notional > 0 and limits.position_notional_max is not None:
                assert before[asset] + notional <= limits.position_notional_max
        grows = any(not order.reduce_only for order in filled)
        if grows and limits.leverage_max is not None:
            whole = sum(before.values(), ZERO) + sum(change.values(), ZERO)
            assert whole <= limits.leverage_max * equity


ONE_BTC = Row(asset="BTC", spot=ONE, price=D(50_000), weight=ONE, notional_min=D(5))
SHORT = World(rows=(ONE_BTC,), exposure=ZERO)  # wants to sell 1 BTC, worth 50,000


def limited(world: World, limits: Limits) -> World:
    return replace(world, limits=limits)


@pytest.mark.parametrize(
    ("limits", "size"),
    [
        (replace(LOOSE, order_notional_max=D(20_000)), "-0.4"),
        (replace(LOOSE, position_notional_max=D(20_000)), "-0.4"),
        (replace(LOOSE, turnover_day_max=D(20_000)), "-0.4"),
        (replace(LOOSE, leverage_max=D(2)), "-0.4"),
        (replace(LOOSE, order_notional_max=D(20_000), leverage_max=D(1)), "-0.2"),
    ],
)
def test_a_limit_cuts_an_order_and_the_rest_follows_later(limits: Limits, size: str) -> None:
    order = order_of(replace(limited(SHORT, limits), equity=D(10_000)).plan(), "BTC")
    assert order.size == D(size)
    assert not order.completes


def test_an_order_cut_by_a_limit_is_followed_by_the_next_without_cooldown() -> None:
    world = limited(SHORT, replace(LOOSE, order_notional_max=D(20_000)))
    sizes = []
    for _ in range(3):
        decided = world.plan()
        sizes.append(order_of(decided, "BTC").size)
        world = world.settled(decided)
    assert sizes == [D("-0.4"), D("-0.4"), D("-0.2")]
    assert reason_of(world.plan(), "BTC") is HoldReason.IN_BAND


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (replace(LOOSE, order_notional_max=D(4)), HoldReason.ORDER_NOTIONAL),
        (replace(LOOSE, position_notional_max=ZERO), HoldReason.POSITION_NOTIONAL),
        (replace(LOOSE, turnover_day_max=D(100)), HoldReason.TURNOVER_DAY),
        (replace(LOOSE, leverage_max=ZERO), HoldReason.LEVERAGE),
        (replace(LOOSE, orders_per_minute_max=2), HoldReason.ORDERS_PER_MINUTE),
        (replace(LOOSE, spread_max=D("0.00001")), HoldReason.SPREAD),
        (replace(LOOSE, price_collar=D("0.000001")), HoldReason.PRICE_COLLAR),
    ],
)
def test_a_limit_that_leaves_nothing_is_the_reason_for_the_hold(
    limits: Limits, reason: HoldReason
) -> None:
    used = now(activity=Activity(turnover_day=D(96), orders_minute=2))
    decided = replace(limited(SHORT, limits), situation=used).plan()
    assert reason_of(decided, "BTC") is reason
    assert decision_of(decided, "BTC").wanted == -1


def test_each_limit_of_the_settings_has_its_own_reason() -> None:
    bounds = {name for name in Limits.__dataclass_fields__ if name != "price_collar"}
    assert set(REASON_OF_LIMIT) == bounds | {"price_collar"}
    assert len(set(REASON_OF_LIMIT.values())) == len(REASON_OF_LIMIT)


LONG_OVER = Row(asset="BTC", spot=ONE, size=D(2), price=D(50_000), weight=ONE)


def test_a_position_above_its_limits_may_still_shrink() -> None:
    limits = replace(LOOSE, position_notional_max=D(1), leverage_max=D("0.1"))
    world = replace(limited(SHORT, limits), rows=(LONG_OVER,), equity=ZERO)
    order = order_of(world.plan(), "BTC")
    assert (order.size, order.reduce_only) == (D(-2), True)


def test_without_a_margin_balance_nothing_grows() -> None:
    world = replace(limited(SHORT, replace(LOOSE, leverage_max=D(3))), equity=None)
    assert reason_of(world.plan(), "BTC") is HoldReason.LEVERAGE


def test_a_reduction_that_has_not_filled_frees_no_leverage() -> None:
    """Both go out at once; the one that shrinks may be cancelled with nothing filled."""
    rows = (
        Row(asset="BTC", spot=ONE, size=D(1), price=D(50_000), weight=D("0.5")),
        Row(asset="ETH", spot=D(50), price=D(1_000), weight=D("0.5")),
    )
    world = World(
        rows=rows, exposure=ZERO, limits=replace(LOOSE, leverage_max=ONE), equity=D(60_000)
    )
    decided = world.plan()
    assert order_of(decided, "BTC").reduce_only
    assert order_of(decided, "ETH").notional <= 10_000


def test_two_orders_of_one_plan_share_what_leverage_is_left() -> None:
    rows = (ONE_BTC, Row(asset="ETH", spot=D(50), price=D(1_000), weight=ZERO))
    world = World(
        rows=rows, exposure=ZERO, limits=replace(LOOSE, leverage_max=ONE), equity=D(60_000)
    )
    decided = world.plan()
    assert [order.notional for order in decided.orders] == [50_000, 10_000]


def test_a_position_whose_price_is_not_known_leaves_no_room_to_grow_beside_it() -> None:
    """Absent is not zero: what cannot be valued may be all the leverage there is."""
    other = Row(asset="ETH", spot=D(50), size=D(-50), price=D(1_000), weight=ZERO)
    world = World(
        rows=(ONE_BTC, other),
        exposure=ZERO,
        limits=replace(LOOSE, leverage_max=ONE),
        equity=D(60_000),
    )
    assert order_of(world.plan(), "BTC").notional == 10_000
    snapshot = world.snapshot
    blind = replace(snapshot, marks={ONE_BTC.key: snapshot.marks[ONE_BTC.key]})
    decided = plan(blind, world.situation, world.policy)
    assert reason_of(decided, "BTC") is HoldReason.LEVERAGE


def test_a_position_counts_at_the_higher_of_two_prices_that_are_apart() -> None:
    """A mark price a tenth of the true one must not grant the difference to another asset."""
    other = Row(asset="ETH", spot=D(50), size=D(-50), price=D(1_000), weight=ZERO)
    world = World(
        rows=(ONE_BTC, other),
        exposure=ZERO,
        limits=replace(LOOSE, leverage_max=ONE),
        equity=D(60_000),
    )
    snapshot = world.snapshot
    wrong = replace(snapshot.marks[other.key], mark_price=D(100), index_price=D(1_000))
    apart = replace(snapshot, marks={**snapshot.marks, other.key: wrong})
    assert order_of(plan(apart, world.situation, world.policy), "BTC").notional == 10_000


def test_a_live_order_counts_towards_the_leverage_of_its_venue() -> None:
    """Its outcome is not known: it may fill at any moment."""
    pending = {Row(asset="ETH").key: D(25_000)}
    world = World(
        rows=(ONE_BTC,),
        exposure=ZERO,
        limits=replace(LOOSE, leverage_max=ONE),
        equity=D(60_000),
        situation=now(pending=pending),
    )
    assert order_of(world.plan(), "BTC").notional == 35_000


@given(
    amounts("0.01", "90000", 4),
    st.sampled_from([D("0.0001"), D("0.01"), D("0.1"), D("0.5")]),
    amounts("0.0001", "0.05", 4),
    st.sampled_from([ONE, -ONE]),
)
def test_the_bound_price_is_a_whole_tick_and_never_past_the_collar(
    mark: Decimal, tick: Decimal, collar: Decimal, size: Decimal
) -> None:
    price = bound_price(replace(ONE_BTC, price_step=tick).instrument, size, mark, collar)
    assert price % tick == 0
    assert price <= mark * (1 + collar) if size > 0 else price >= mark * (1 - collar)


@given(amounts("1", "90000"), st.integers(1, 10_000))
def test_a_limit_of_whole_contracts_allows_all_of_them(price: Decimal, contracts: int) -> None:
    inverse: Instrument = Row(asset="BTC", kind=Kind.INVERSE, size_step=D(100)).instrument
    assert inverse.size_of_notional(D(100) * contracts, price) == 100 * contracts


def test_the_venues_largest_order_cuts_too() -> None:
    row = replace(ONE_BTC, size_max=D("0.3"))
    order = order_of(replace(SHORT, rows=(row,)).plan(), "BTC")
    assert (order.size, order.completes) == (D("-0.3"), False)
