"""A perpetual that counts its asset in multiples: one place knows, and a price confirms it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.core.instrument import Kind, Symbol
from counterpoise.core.orders import Hold, HoldReason
from counterpoise.core.plan import plan
from counterpoise.core.snapshot import Missing
from counterpoise.core.units import ONE, ZERO
from tests.core.strategies import amounts
from tests.worlds import Row, World, decision_of, order_of, reason_of

D = Decimal
# 40,000,000 PEPE at 0.00001 are worth 400; the perpetual counts thousands, at 0.01
PEPE = Row(
    asset="PEPE",
    spot=D(40_000_000),
    price=D("0.01"),
    price_step=D("0.00001"),
    weight=D("0.4"),
    size_step=ONE,
    multiplier=D(1_000),
    spot_price=D("0.00001"),
)
BTC = Row(asset="BTC", spot=D("0.02"), price=D(30_000), weight=D("0.6"))
WORLD = World(rows=(PEPE, BTC), exposure=ZERO)
POWERS = st.integers(0, 7).map(lambda zeros: D(10) ** zeros)


def test_forty_million_pepe_are_hedged_by_forty_thousand_of_a_thousand() -> None:
    decided = WORLD.plan()
    order = order_of(decided, "PEPE")
    assert (order.size, order.notional) == (D(-40_000), D(400))
    assert order.symbol == Symbol("1000PEPE/USDT:USDT")
    assert decided.value == 1_000


def test_the_view_is_in_units_of_the_asset_at_the_price_of_one() -> None:
    view = decision_of(replace(WORLD, exposure=ONE).plan(), "PEPE").view
    assert view is not None
    assert (view.net, view.price, view.weight) == (D(40_000_000), D("0.00001"), D("0.4"))
    short = WORLD.changed(replace(PEPE, size=D(-10_000))).plan()
    view = decision_of(short, "PEPE").view
    assert view is not None
    assert (view.perpetual, view.net) == (D(-10_000_000), D(30_000_000))


def test_once_hedged_nothing_is_left() -> None:
    after = WORLD.settled(WORLD.plan(), elapsed_ms=400_000).plan()
    assert after.orders == ()
    view = decision_of(after, "PEPE").view
    assert view is not None
    assert view.net == 0


@given(
    multiplier=POWERS, size=amounts("-5000", "5000"), price=amounts("0.01", "9999"),
    kind=st.sampled_from(Kind),
)  # fmt: skip
def test_delta_and_size_undo_each_other_at_every_multiple(
    multiplier: Decimal, size: Decimal, price: Decimal, kind: Kind
) -> None:
    instrument = replace(PEPE, multiplier=multiplier, kind=kind).instrument
    back = instrument.size(instrument.delta(size, price), price)
    assert abs(back - size) <= abs(size) * D("1e-30")


@given(multiplier=POWERS, size=amounts("-5000", "5000"), price=amounts("0.01", "9999"))
def test_a_position_is_worth_its_delta_at_the_price_of_the_asset(
    multiplier: Decimal, size: Decimal, price: Decimal
) -> None:
    instrument = replace(PEPE, multiplier=multiplier).instrument
    worth = abs(instrument.delta(size, price)) * instrument.price_of_asset(price)
    assert worth == instrument.notional(size, price)


@given(multiplier=POWERS, held=amounts("1", "5000"), exposure=st.sampled_from((ZERO, ONE)))
def test_the_same_holding_in_multiples_makes_the_same_order(
    multiplier: Decimal, held: Decimal, exposure: Decimal
) -> None:
    plain = Row(asset="A", spot=held, price=D(7), weight=D("0.4"), size_step=D("0.001"))
    counted = replace(
        plain, spot=held * multiplier, multiplier=multiplier, spot_price=plain.price / multiplier
    )
    one, other = (World(rows=(row, BTC), exposure=exposure) for row in (plain, counted))
    first, second = decision_of(one.plan(), "A").verdict, decision_of(other.plan(), "A").verdict
    if isinstance(first, Hold) or isinstance(second, Hold):
        assert type(first) is type(second)
    else:
        assert (first.size, first.notional) == (second.size, second.notional)


def test_the_terms_name_the_multiple_so_that_another_one_holds() -> None:
    assert "linear PEPE of 1000/USDT" in PEPE.instrument.terms
    assert PEPE.instrument.unit == "1000PEPE"
    decided = WORLD.plan()
    renamed = WORLD.changed(replace(PEPE, multiplier=D(10_000))).snapshot
    shown = replace(WORLD.snapshot, instruments={**WORLD.snapshot.instruments})
    shown.instruments[PEPE.key] = next(  # type: ignore[index]  # the same market, otherwise counted
        replace(i, symbol=PEPE.symbol) for i in renamed.instruments.values() if i.base == "PEPE"
    )
    remembering = WORLD.remembering(decided.memories)
    spot = replace(shown.spots[PEPE.spot_key], bid=D("0.000001"), ask=D("0.000001"))
    shown = replace(shown, spots={PEPE.spot_key: spot})  # which the spot price confirms
    made = plan(shown, remembering.situation, WORLD.policy)
    assert reason_of(made, "PEPE") is HoldReason.CONTRACT_CHANGED


@pytest.mark.parametrize("spot", ["0.0000105", "0.0000096"])
def test_a_spot_price_within_the_bound_confirms_a_multiple(spot: str) -> None:
    assert order_of(WORLD.changed(replace(PEPE, spot_price=D(spot))).plan(), "PEPE").size == -40_000


@pytest.mark.parametrize("spot", ["0.01", "0.0001", "0.0000106", "0.0000095", "0.00000001"])
def test_a_spot_price_that_says_otherwise_holds(spot: str) -> None:
    decided = WORLD.changed(replace(PEPE, spot_price=D(spot))).plan()
    verdict = decision_of(decided, "PEPE").verdict
    assert isinstance(verdict, Hold)
    assert verdict.reason is HoldReason.PRICES_APART
    assert "if it counts 1000" in verdict.detail
    assert order_of(decided, "BTC").size < 0  # at exposure zero the others need none of it


def test_at_any_other_exposure_all_hold_for_a_multiple_in_doubt() -> None:
    world = replace(WORLD, exposure=ONE).changed(replace(PEPE, spot_price=D("0.01")))
    assert world.plan().orders == ()
    assert reason_of(world.plan(), "BTC") is HoldReason.SNAPSHOT_INCOMPLETE


def test_a_coin_named_like_a_multiple_must_not_cost_a_thousandth() -> None:
    named = replace(PEPE, multiplier=ONE, spot_price=D("0.00001"))
    assert reason_of(WORLD.changed(named).plan(), "PEPE") is HoldReason.PRICES_APART


def test_a_spot_price_that_was_not_read_holds() -> None:
    shown = replace(WORLD.snapshot, spots={})
    made = plan(shown, WORLD.situation, WORLD.policy)
    assert reason_of(made, "PEPE") is HoldReason.SNAPSHOT_INCOMPLETE
    failed = Missing(what="main:spot prices", assets=frozenset({PEPE.target.asset}), reason="no")
    made = plan(replace(shown, missing=(failed,)), WORLD.situation, WORLD.policy)
    verdict = decision_of(made, "PEPE").verdict
    assert isinstance(verdict, Hold)
    assert "main:spot prices" in verdict.detail


def test_a_multiple_that_nobody_asked_a_price_for_holds() -> None:
    world = WORLD.changed(replace(PEPE, spot_price=None))
    assert reason_of(world.plan(), "PEPE") is HoldReason.SNAPSHOT_INCOMPLETE


@pytest.mark.parametrize(("age_ms", "stale"), [(9_000, False), (11_000, True), (-2_000, True)])
def test_an_old_spot_price_confirms_nothing(age_ms: int, stale: bool) -> None:
    shown = WORLD.snapshot
    at_ms = WORLD.situation.now_ms - age_ms
    spots = {key: replace(price, at_ms=at_ms) for key, price in shown.spots.items()}
    made = plan(replace(shown, spots=spots), WORLD.situation, WORLD.policy)
    if stale:
        assert reason_of(made, "PEPE") is HoldReason.SNAPSHOT_STALE
    else:
        assert order_of(made, "PEPE").size == -40_000


def test_a_spot_market_without_a_price_to_speak_of_confirms_nothing() -> None:
    shown = WORLD.snapshot
    wide = replace(shown.spots[PEPE.spot_key], bid=D("0.0000097"), ask=D("0.0000103"))
    made = plan(replace(shown, spots={PEPE.spot_key: wide}), WORLD.situation, WORLD.policy)
    assert reason_of(made, "PEPE") is HoldReason.PRICES_APART


def test_a_person_can_close_a_multiple_in_doubt_for_its_size_is_its_own() -> None:
    doubted = replace(PEPE, size=D(-40_000), spot_price=D("0.01"))
    world = WORLD.changed(doubted)
    world = replace(world, situation=replace(world.situation, flattening=True))
    order = order_of(world.plan(), "PEPE")
    assert (order.size, order.reduce_only) == (D(40_000), True)


@pytest.mark.parametrize("multiplier", ["0", "-1", "NaN", "Infinity"])
def test_a_multiple_is_more_than_nothing(multiplier: str) -> None:
    with pytest.raises(ValueError, match="multiplier"):
        replace(PEPE.instrument, multiplier=D(multiplier))
