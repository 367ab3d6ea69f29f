"""The worked examples that people are shown, with their exact numbers."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from counterpoise.core.orders import HoldReason, Side
from counterpoise.core.policy.policy import Limits, Trigger
from counterpoise.core.settlement import after_settlement, reported
from counterpoise.core.units import ONE, ZERO
from tests.worlds import Row, World, decision_of, intent_of, order_of, reason_of, report_of

D = Decimal

# 50,000 of BTC and 33,333 of ETH, with prices at which every number below is a whole step.
TWO = World(
    rows=(
        Row(asset="BTC", spot=D(1), price=D(50_000), weight=D("0.5")),
        Row(asset="ETH", spot=D("33.333"), price=D(1_000), weight=D("0.5")),
    )
)
COOLED_MS = TWO.trigger.cooldown_ms + 1


def worth(world: World, asset: str) -> Decimal:
    order = order_of(world.plan(), asset)
    return order.size * order.mark_price


def test_at_exposure_one_the_drift_is_ten_points_either_way() -> None:
    decided = TWO.plan()
    drifts = [d.view.drift_weight for d in decided.decisions if d.view is not None]
    assert decided.value == 83_333
    assert [round(drift, 4) for drift in drifts] == [D("0.1000"), D("-0.1000")]


def test_at_exposure_one_the_correction_is_8333_50_short_and_long() -> None:
    assert worth(TWO, "BTC") == D("-8333.50")
    assert worth(TWO, "ETH") == D("8333.50")


def test_after_it_both_weights_are_exactly_one_half() -> None:
    after = TWO.settled(TWO.plan())
    views = [d.view for d in after.plan().decisions]
    assert [view.weight for view in views if view is not None] == [D("0.5"), D("0.5")]


def test_at_exposure_zero_all_of_it_is_sold_short() -> None:
    neutral = replace(TWO, exposure=ZERO)
    assert worth(neutral, "BTC") == -50_000
    assert worth(neutral, "ETH") == -33_333


def test_from_neutral_to_exposure_one_the_short_is_bought_back_and_eth_ends_long() -> None:
    neutral = replace(TWO, exposure=ZERO)
    hedged = replace(neutral.settled(neutral.plan(), elapsed_ms=COOLED_MS), exposure=ONE)
    first = hedged.plan()
    btc, close = order_of(first, "BTC"), order_of(first, "ETH")
    assert btc.size * btc.mark_price == D("41666.50")
    assert decision_of(first, "ETH").wanted * 1_000 == D("41666.50")
    assert (close.size, close.reduce_only, close.completes) == (D("33.333"), True, False)

    flat = hedged.settled(first)
    opening = order_of(flat.plan(), "ETH")  # at once: the correction is still under way
    assert opening.size * opening.mark_price == D("8333.50")
    assert not opening.reduce_only
    ended = flat.settled(flat.plan())
    assert ended["BTC"].size * 50_000 == -ended["ETH"].size * 1_000 == D("-8333.50")


def test_ten_of_twenty_thousand_at_forty_per_cent_is_short_and_long_two_thousand() -> None:
    world = World(
        rows=(
            Row(asset="BTC", spot=D("0.2"), price=D(50_000), weight=D("0.4")),
            Row(asset="ETH", spot=D(4), price=D(2_500), weight=D("0.6")),
        )
    )
    assert worth(world, "BTC") == -2_000
    assert worth(world, "ETH") == 2_000


SCREEN = World(
    rows=(
        Row(
            asset="BTC",
            spot=D("0.8"),
            external=D("0.25"),
            size=D("-0.05"),
            price=D(95_000),
            weight=D("0.5"),
        ),
        Row(
            asset="ETH",
            spot=D(14),
            size=D("1.5"),
            price=D(3_400),
            weight=D("0.35"),
            size_step=D("0.001"),
        ),
        Row(asset="SOL", spot=D(180), price=D(190), weight=D("0.15")),
    ),
    trigger=Trigger(return_to=D("0.6")),
    limits=Limits(
        price_collar=D("0.003"),
        spread_max=D("0.002"),
        order_notional_max=D(25_000),
        position_notional_max=D(250_000),
        turnover_day_max=D(500_000),
        orders_per_minute_max=20,
        leverage_max=D(3),
    ),
    equity=D(20_000),
)


@pytest.mark.parametrize(
    ("asset", "net", "weight", "drift"),
    [
        ("BTC", "1.00000", "52.33", "2.33"),
        ("ETH", "15.50000", "29.03", "-5.97"),
        ("SOL", "180.00000", "18.84", "3.84"),
    ],
)
def test_the_screen_shows_these_weights(asset: str, net: str, weight: str, drift: str) -> None:
    view = decision_of(SCREEN.plan(), asset).view
    assert view is not None
    assert view.net == D(net)
    assert round(view.weight * 100, 2) == D(weight)
    assert round(view.drift_weight * 100, 2) == D(drift)


def test_the_screen_holds_what_is_inside_its_band() -> None:
    decided = SCREEN.plan()
    assert decided.value == 181_550
    assert reason_of(decided, "BTC") is reason_of(decided, "SOL") is HoldReason.IN_BAND


def test_the_screen_buys_1_587_eth_at_most_at_3410_20() -> None:
    decided = SCREEN.plan()
    order = order_of(decided, "ETH")
    assert (order.side, order.size, order.limit_price) == (Side.BUY, D("1.587"), D("3410.20"))
    assert (order.reduce_only, order.completes, order.notional) == (False, True, D("5395.800"))
    assert round(decision_of(decided, "ETH").wanted, 5) == D("1.58706")
    assert round(decision_of(decided, "ETH").wanted * 3_400, 20) == 5_396


def test_the_screen_shows_each_limit_beside_its_bound() -> None:
    checks = {c.limit: (c.value, c.allowed) for c in decision_of(SCREEN.plan(), "ETH").checks}
    assert len(checks) == 7
    assert [round(figure, 2) for figure in checks["leverage_max"]] == [D("0.76"), D("3.00")]
    assert [round(figure) for figure in checks["position_notional_max"]] == [10_496, 250_000]
    assert [round(figure) for figure in checks["order_notional_max"]] == [5_396, 25_000]
    assert [round(figure) for figure in checks["turnover_day_max"]] == [5_396, 500_000]
    assert checks["orders_per_minute_max"] == (ONE, D(20))


def test_after_the_screen_eth_weighs_32_and_stays() -> None:
    after = SCREEN.settled(SCREEN.plan(), elapsed_ms=COOLED_MS).plan()
    view = decision_of(after, "ETH").view
    assert view is not None
    assert view.net == D("17.087")
    assert round(view.weight * 100, 2) == 32
    assert round(view.drift_weight * 100, 2) == -3
    assert after.orders == ()


def test_the_explained_fill_implies_a_position_of_3_087() -> None:
    decided = SCREEN.plan()
    intent = intent_of(order_of(decided, "ETH"))
    filled = reported(intent, report_of(intent, D("1.587")), now_ms=decided.at_ms, proof="reply")
    memory = after_settlement(decided.memories[filled.order.asset], filled, at_ms=decided.at_ms)
    assert filled.position_after == memory.position == D("3.087")
