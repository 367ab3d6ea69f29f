"""Assets without a perpetual: hedged with another's, by their beta, and never unasked."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.core.decision import Plan
from counterpoise.core.instrument import Asset
from counterpoise.core.orders import Hold, HoldReason
from counterpoise.core.plan import plan
from counterpoise.core.policy.policy import Trigger
from counterpoise.core.snapshot import Missing
from counterpoise.core.state import AssetMemory
from counterpoise.core.units import ONE, ZERO
from tests.core.strategies import amounts
from tests.worlds import Other, Row, World, decision_of, order_of, reason_of

D = Decimal
# 1 BTC at 50,000 carries 20,000 of ALT, which moves 1.2 per cent where BTC moves one
BTC = Row(asset="BTC", spot=ONE, price=D(50_000), weight=D("0.5"), size_step=D("0.001"))
ETH = Row(asset="ETH", spot=D(10), price=D(3_000), weight=D("0.3"), size_step=D("0.001"))
ALT = Other(asset="ALT", held=D(10_000), price=D(2), weight=D("0.2"), beta=D("1.2"))
WORLD = World(rows=(BTC, ETH), others=(ALT,))
NEUTRAL = replace(WORLD, exposure=ZERO)
BETAS = amounts("-3", "3", 1).filter(bool)


def sold(decided: Plan, asset: str = "BTC") -> Decimal:
    order = order_of(decided, asset)
    return order.size * order.mark_price


def swings(world: World, decided: Plan) -> Decimal:
    """Return what the hedged portfolio gains where BTC rises by one per cent and ALT by beta."""
    btc = world["BTC"]
    size = btc.size + sum((o.size for o in decided.orders if o.asset == "BTC"), ZERO)
    gained = (btc.held + size) * btc.price
    return gained + sum(
        (o.held * o.price * o.beta for o in world.others if o.price is not None), ZERO
    )


def test_value_counts_an_asset_without_a_perpetual_at_its_spot_price() -> None:
    assert WORLD.plan().value == 50_000 + 30_000 + 20_000


def test_at_the_weights_nothing_is_to_do() -> None:
    decided = WORLD.plan()
    assert decided.orders == ()
    assert reason_of(decided, "ALT") is HoldReason.CARRIED


def test_at_exposure_zero_the_carrier_is_sold_for_itself_and_for_beta_of_the_other() -> None:
    decided = NEUTRAL.plan()
    assert sold(decided) == -(50_000 + D("1.2") * 20_000)
    assert sold(decided, "ETH") == -30_000
    assert len(decided.orders) == 2  # one stream for the carrier's perpetual, none for ALT


def test_too_much_of_the_other_sells_the_carrier() -> None:
    # ALT worth 60,000 of 140,000: 32,000 over its 20 %; BTC 20,000 short of its 50 %
    world = replace(WORLD, others=(replace(ALT, held=D(30_000)),))
    decided = world.plan()
    assert decided.value == 140_000
    assert sold(decided) == -(D("1.2") * 32_000 - 20_000)
    view = decision_of(decided, "BTC").view
    assert view is not None
    assert view.drift_weight == view.weight - view.weight_target + view.carried_weight
    assert view.carried_weight == D("1.2") * 32_000 / 140_000


def test_too_little_of_the_other_buys_the_carrier() -> None:
    # ALT worth nothing of 80,000: 16,000 under; BTC 10,000 over
    before = AssetMemory(balances={"main:spot": ZERO})
    world = replace(WORLD, others=(replace(ALT, held=ZERO),)).remembering({Asset("ALT"): before})
    assert sold(world.plan()) == D("1.2") * 16_000 - 10_000


def test_a_negative_beta_hedges_the_other_way() -> None:
    world = replace(NEUTRAL, others=(replace(ALT, beta=D("-0.5")),))
    assert sold(world.plan()) == -(50_000 - 10_000)


def test_two_carried_by_one_add_up() -> None:
    more = replace(ALT, asset="DOG", held=D(5_000), beta=D(2), weight=ZERO)
    assert sold(replace(NEUTRAL, others=(ALT, more)).plan()) == -(50_000 + 24_000 + 20_000)


def test_the_carriers_band_is_as_wide_as_all_that_it_carries_may_drift() -> None:
    view = decision_of(WORLD.plan(), "BTC").view
    assert view is not None
    assert view.band_outer_weight == D("0.05") + D("1.2") * D("0.05")
    # 10 points over: beyond BTC's own 5, within the 11 of both
    world = WORLD.changed(replace(BTC, size=D("0.2")))
    assert reason_of(world.plan(), "BTC") is HoldReason.IN_BAND
    assert order_of(WORLD.changed(replace(BTC, size=D("0.24"))).plan(), "BTC").size == D("-0.24")


def test_one_that_goes_the_other_way_widens_the_band_too() -> None:
    view = decision_of(replace(WORLD, others=(replace(ALT, beta=D(-2)),)).plan(), "BTC").view
    assert view is not None
    assert view.band_outer_weight == D("0.05") + D(2) * D("0.05")


def test_a_correction_stops_at_the_share_of_the_whole_band() -> None:
    world = replace(NEUTRAL, trigger=Trigger(return_to=D("0.5")))
    # 74 % too long, half of the 11 points of 100,000 stay
    assert sold(world.plan()) == -(74_000 - 5_500)


def test_the_other_says_who_carries_it_with_its_own_figures() -> None:
    decision = decision_of(NEUTRAL.plan(), "ALT")
    assert isinstance(decision.verdict, Hold)
    assert decision.verdict.reason is HoldReason.CARRIED
    assert decision.verdict.detail == "carried by BTC, beta 1.2, drift 0.2"
    view = decision.view
    assert view is not None
    assert (view.net, view.price, view.weight) == (D(10_000), D(2), D("0.2"))
    assert (view.carrier, view.instrument) == (Asset("BTC"), BTC.key)
    assert view.perpetual == 0


def test_after_it_nothing_is_left_to_do() -> None:
    after = NEUTRAL.settled(NEUTRAL.plan(), elapsed_ms=400_000)
    assert after.plan().orders == ()


@given(
    beta=BETAS,
    held=amounts("0.01", "50000"),
    price=amounts("0.01", "900"),
    size=amounts("-3", "3"),
)
def test_a_neutral_portfolio_does_not_move_with_the_carrier(
    beta: Decimal, held: Decimal, price: Decimal, size: Decimal
) -> None:
    world = replace(
        NEUTRAL,
        rows=(replace(BTC, size=size, size_step=D("0.000001")), ETH),
        others=(replace(ALT, beta=beta, held=held, price=price),),
    )
    decided = world.plan()
    verdict = decision_of(decided, "BTC").verdict
    left = abs(swings(world, decided))
    if isinstance(verdict, Hold):
        view = decision_of(decided, "BTC").view
        assert view is not None
        assert decided.value is not None
        assert left <= view.band_outer_weight * decided.value
    elif verdict.completes:
        assert left <= D("0.000001") * BTC.price
    else:
        assert left < abs(swings(world, replace(decided, decisions=())))  # closes first, then opens


@given(beta=BETAS, held=amounts("1", "50000"))
def test_all_in_the_carriers_own_coin_is_the_case_of_beta_one(beta: Decimal, held: Decimal) -> None:
    """An asset of beta b worth x is, to its carrier, b times x more of itself."""
    assert beta
    world = replace(NEUTRAL, others=(replace(ALT, beta=ONE, held=held, price=BTC.price),))
    alone = replace(NEUTRAL, rows=(replace(BTC, spot=ONE + held, drift=D("0.1")), ETH), others=())
    assert sold(world.plan()) == sold(alone.plan())


def test_a_price_that_was_not_read_holds_the_other_and_its_carrier() -> None:
    decided = replace(NEUTRAL, others=(replace(ALT, price=None),)).plan()
    assert reason_of(decided, "ALT") is HoldReason.SNAPSHOT_INCOMPLETE
    verdict = decision_of(decided, "BTC").verdict
    assert isinstance(verdict, Hold)
    assert verdict.reason is HoldReason.SNAPSHOT_INCOMPLETE
    assert verdict.detail.startswith("it carries ALT: ")
    assert sold(decided, "ETH") == -30_000  # at exposure zero it needs neither


def test_at_any_other_exposure_a_price_that_was_not_read_holds_all() -> None:
    decided = replace(WORLD, others=(replace(ALT, held=D(50_000), price=None),)).plan()
    assert decided.orders == ()
    assert decided.value is None


@pytest.mark.parametrize("age_ms", [11_000, -2_000])
def test_an_old_price_holds_the_carrier(age_ms: int) -> None:
    shown = NEUTRAL.snapshot
    at_ms = NEUTRAL.situation.now_ms - age_ms
    spots = {key: replace(price, at_ms=at_ms) for key, price in shown.spots.items()}
    made = plan(replace(shown, spots=spots), NEUTRAL.situation, NEUTRAL.policy)
    assert reason_of(made, "BTC") is HoldReason.SNAPSHOT_STALE


def test_a_market_bid_far_from_asked_holds_the_carrier() -> None:
    shown = NEUTRAL.snapshot
    wide = replace(shown.spots[ALT.spot_key], bid=D("1.9"), ask=D("2.1"))
    made = plan(replace(shown, spots={ALT.spot_key: wide}), NEUTRAL.situation, NEUTRAL.policy)
    assert reason_of(made, "BTC") is reason_of(made, "ALT") is HoldReason.PRICES_APART


def test_a_balance_that_is_not_listed_holds_the_carrier() -> None:
    shown = NEUTRAL.snapshot
    left = tuple(balance for balance in shown.balances if balance.asset != "ALT")
    made = plan(replace(shown, balances=left), NEUTRAL.situation, NEUTRAL.policy)
    assert reason_of(made, "BTC") is HoldReason.SNAPSHOT_INCOMPLETE
    failed = Missing(what="main:balances", assets=frozenset({Asset("ALT")}), reason="no")
    made = plan(replace(shown, missing=(failed,)), NEUTRAL.situation, NEUTRAL.policy)
    assert reason_of(made, "BTC") is HoldReason.SNAPSHOT_INCOMPLETE


def test_a_balance_that_fell_to_zero_holds_the_carrier_and_is_remembered() -> None:
    decided = NEUTRAL.plan()
    assert decided.memories[Asset("ALT")].balances == {"main:spot": 10_000}
    gone = replace(NEUTRAL, others=(replace(ALT, held=ZERO),)).remembering(decided.memories)
    made = gone.plan()
    assert reason_of(made, "BTC") is reason_of(made, "ALT") is HoldReason.ZERO_UNEXPLAINED
    assert made.memories[Asset("ALT")].balances == {"main:spot": 10_000}


def test_a_person_can_close_the_carrier_whatever_it_carries() -> None:
    world = replace(
        NEUTRAL.changed(replace(BTC, size=D("-1.48"))), others=(replace(ALT, price=None),)
    )
    world = replace(world, situation=replace(world.situation, flattening=True))
    order = order_of(world.plan(), "BTC")
    assert (order.size, order.reduce_only) == (D("1.48"), True)


def test_what_holds_the_other_by_a_persons_word_is_said_of_it() -> None:
    held = Hold(asset=Asset("ALT"), reason=HoldReason.OPERATOR, detail="pause")
    world = replace(NEUTRAL, situation=replace(NEUTRAL.situation, held={Asset("ALT"): held}))
    assert decision_of(world.plan(), "ALT").verdict == held


def test_what_carries_another_has_a_perpetual_and_no_asset_comes_twice() -> None:
    with pytest.raises(ValueError, match="carried by one that has no perpetual"):
        _ = replace(WORLD, others=(replace(ALT, carrier="SOL"),)).policy
    with pytest.raises(ValueError, match="twice"):
        _ = replace(WORLD, others=(replace(ALT, asset="ETH"),)).policy
    with pytest.raises(ValueError, match="more than 1"):
        _ = replace(WORLD, others=(replace(ALT, weight=D("0.3")),)).policy


@pytest.mark.parametrize("beta", ["0", "NaN", "Infinity"])
def test_a_beta_that_hedges_nothing_is_refused(beta: str) -> None:
    with pytest.raises(ValueError, match="beta"):
        _ = replace(ALT, beta=D(beta)).proxied


@given(shares=st.lists(amounts("0.1", "0.9", 1), min_size=1, max_size=3))
def test_what_no_asset_carries_changes_nothing(shares: list[Decimal]) -> None:
    for share in shares:
        world = replace(WORLD, others=(), exposure=share)
        view = decision_of(world.plan(), "BTC").view
        assert view is not None
        assert (view.carried_weight, view.band_outer_weight) == (ZERO, BTC.drift)
