"""What holds of every plan, whatever the portfolio."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from random import Random

from hypothesis import assume, given
from hypothesis import strategies as st

from counterpoise.core.decision import Decision, Plan
from counterpoise.core.instrument import Asset, Kind
from counterpoise.core.orders import Order
from counterpoise.core.plan import plan
from counterpoise.core.policy.policy import Trigger
from counterpoise.core.units import ONE, ZERO
from tests.core.strategies import NAMES, amounts, rows, shares, worlds
from tests.worlds import Row, World, decision_of, now

D = Decimal
ROUNDING = D("1E-20")  # far above what 34 digits lose, far below a step
STEPS_MAX = 12  # settled plans until nothing is left to do


def near(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= ROUNDING * max(ONE, abs(one), abs(other))


def on_the_edge(decision: Decision) -> bool:
    """Say whether the last digit decides if a drift is beyond its band."""
    view = decision.view
    return view is not None and near(abs(view.drift_weight), view.band_outer_weight)


def distance(world: World, asset: str) -> Decimal:
    """Return how far net delta is from its target, in base units and unsigned."""
    row, value = world[asset], sum((row.held * row.price for row in world.rows), ZERO)
    return abs(row.net - world.exposure * row.weight * value / row.price)


def inner(world: World, asset: str) -> Decimal:
    """Return where a correction stops, as a distance from the target."""
    row, value = world[asset], sum((row.held * row.price for row in world.rows), ZERO)
    return world.trigger.return_to * row.drift * value / row.price


def lot(row: Row) -> Decimal:
    """Return the least order as delta, in base units."""
    return row.instrument.delta(max(row.size_step, row.size_min), row.price)


@given(worlds())
def test_the_same_values_give_the_same_plan(world: World) -> None:
    assert world.plan() == world.plan()


@given(worlds())
def test_what_a_plan_remembers_does_not_change_it(world: World) -> None:
    first = world.plan()
    again = world.remembering(first.memories).plan()
    assert again.decisions == first.decisions
    assert again.memories == first.memories


@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_the_assets_changes_nothing(world: World, random: Random) -> None:
    shuffled = list(world.rows)
    random.shuffle(shuffled)
    first, other = world.plan(), replace(world, rows=tuple(shuffled)).plan()
    assert {d.asset: d for d in first.decisions} == {d.asset: d for d in other.decisions}


def scaled(row: Row, by: int) -> Row:
    held = {
        name: None if held is None else held * by
        for name, held in (
            ("spot", row.spot),
            ("collateral", row.collateral),
            ("external", row.external),
        )
    }
    return replace(row, size=row.size * by, **held)  # type: ignore[arg-type]


@given(worlds(), st.integers(2, 1_000))
def test_a_larger_portfolio_gets_the_same_corrections_larger(world: World, by: int) -> None:
    first = world.plan()
    assume(not any(on_the_edge(decision) for decision in first.decisions))
    second = replace(world, rows=tuple(scaled(row, by) for row in world.rows)).plan()
    for small, large in zip(first.decisions, second.decisions, strict=True):
        assert near(large.wanted, small.wanted * by)
        if isinstance(small.verdict, Order):
            assert isinstance(large.verdict, Order)
            step = world[small.asset].size_step
            assert abs(large.verdict.size - small.verdict.size * by) < step * by


@given(worlds())
def test_a_drift_the_other_way_gets_the_opposite_correction(world: World) -> None:
    first = world.plan()
    assume(not any(on_the_edge(decision) for decision in first.decisions))
    mirrored = replace(world, rows=tuple(_mirrored(world, row) for row in world.rows)).plan()
    for one, other in zip(first.decisions, mirrored.decisions, strict=True):
        assert near(one.wanted, -other.wanted)


def _mirrored(world: World, row: Row) -> Row:
    """Return the row with its net delta as far on the other side of its target."""
    value = sum((row.held * row.price for row in world.rows), ZERO)
    goal = world.exposure * row.weight * value / row.price
    return replace(row, size=row.instrument.size(2 * goal - row.net - row.held, row.price))


def whole(world: World) -> list[tuple[World, Plan]]:
    """Return every moment, all orders filled whole, until a plan orders nothing more."""
    moments = [(world, world.plan())]
    for _ in range(STEPS_MAX):
        if not moments[-1][1].orders:
            return moments
        later = moments[-1][0].settled(moments[-1][1])
        moments.append((later, later.plan()))
    raise AssertionError(f"still ordering: {moments[-1][1].orders}")


@given(worlds())
def test_one_correction_is_enough(world: World) -> None:
    moments = whole(world)
    cooled = moments[-1][0].after(world.trigger.cooldown_ms + 1)
    assert cooled.plan().orders == ()
    for row in world.rows:
        found = [o for _, decided in moments for o in decided.orders if o.asset == row.asset]
        # One order, or a close and an open; no open where what is left is below the least order.
        assert [order.completes for order in found] in ([], [True], [False], [False, True])
        if found:
            short = distance(cooled, row.asset) - inner(world, row.asset)
            assert -ROUNDING * max(ONE, row.held) <= short < lot(row)


@given(worlds(), shares())
def test_no_fill_whole_or_part_leads_away_from_the_target_or_past_it(
    world: World, share: Decimal
) -> None:
    decided = world.plan()
    after = world.settled(decided, share=share)
    for order in decided.orders:
        before, now_ = distance(world, order.asset), distance(after, order.asset)
        least = inner(world, order.asset)
        assert now_ < before or share * order.size < world[order.asset].size_step
        assert now_ >= least - ROUNDING * max(ONE, before)


@given(worlds())
def test_an_order_is_whole_steps_on_the_tick_and_inside_the_collar(world: World) -> None:
    for order in world.plan().orders:
        row, collar = world[order.asset], world.limits.price_collar
        assert order.size % row.size_step == 0
        assert abs(order.size) >= row.size_min
        assert order.limit_price % row.price_step == 0
        assert abs(order.limit_price - row.price) <= row.price * collar
        worst = row.price * (1 + collar if order.size > 0 else 1 - collar)
        assert abs(worst - order.limit_price) < row.price_step


@given(worlds())
def test_reduce_only_is_said_exactly_where_a_position_shrinks(world: World) -> None:
    for order in world.plan().orders:
        before = world[order.asset].size
        assert order.position_before == before
        assert order.reduce_only == (abs(before + order.size) < abs(before))
        assert (before + order.size) * before >= 0  # never through zero in one order


@given(worlds(), shares())
def test_exposure_between_zero_and_one_is_that_share_of_the_way(
    world: World, share: Decimal
) -> None:
    """On the calendar, so that all are corrected, and to the target itself."""
    due = now(calendar_due=frozenset(Asset(name) for name in NAMES))
    asked = replace(world, situation=due, trigger=Trigger(return_to=ZERO))
    neutral, between, weighed = (
        replace(asked, exposure=exposure).plan() for exposure in (ZERO, share, ONE)
    )
    for row in world.rows:
        low, middle, high = (
            decision_of(decided, row.asset).wanted for decided in (neutral, between, weighed)
        )
        size = max(abs(low), abs(high), row.instrument.size(row.held, row.price))
        assert abs(low + share * (high - low) - middle) <= ROUNDING * max(ONE, size)


@given(worlds(), amounts("-0.01", "0.01", 6))
def test_funding_decides_nothing(world: World, rate: Decimal) -> None:
    snapshot = world.snapshot
    marks = {key: replace(mark, funding_rate=rate) for key, mark in snapshot.marks.items()}
    paid = plan(replace(snapshot, marks=marks), world.situation, world.policy)
    assert paid == world.plan()


@given(
    amounts("0.1", "10", 1), amounts("10", "90000"), st.lists(amounts("10", "90000"), max_size=9)
)
def test_a_coin_margined_short_of_the_whole_margin_has_no_delta_at_any_price(
    coins: Decimal, entry_price: Decimal, later: list[Decimal]
) -> None:
    """Its margin balance is in coin and moves with the price, unrealised profit included."""
    size = coins * entry_price
    for price in [entry_price, *later]:
        profit = size * (1 / price - 1 / entry_price)
        row = Row(
            asset="BTC",
            collateral=coins + profit,
            size=-size,
            price=price,
            kind=Kind.INVERSE,
            size_step=ONE,
        )
        world = World(rows=(row,), exposure=ZERO)
        view = decision_of(world.plan(), "BTC").view
        assert view is not None
        assert near(view.net, ZERO)
        assert world.plan().orders == ()


OTHER = Row(asset="ETH", spot=D(3), weight=D("0.5"))


@given(rows("BTC", D("0.5")))
def test_sources_add_up_wherever_the_coins_are(row: Row) -> None:
    one_place = replace(row, spot=row.held, collateral=None, external=None)
    wanted = [
        [d.wanted for d in World(rows=(each, OTHER)).plan().decisions] for each in (row, one_place)
    ]
    assert wanted[0] == wanted[1]
