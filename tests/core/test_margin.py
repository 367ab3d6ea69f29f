"""Near liquidation nothing grows, whatever shrinks goes on, and a person hears of it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from counterpoise.core.decision import Plan
from counterpoise.core.instrument import VenueName
from counterpoise.core.margin import liquidation_distance, margin_use, strained
from counterpoise.core.orders import HoldReason
from counterpoise.core.plan import plan
from counterpoise.core.snapshot import Margin, Snapshot
from counterpoise.core.units import ONE, ZERO
from tests.worlds import LOOSE, Row, World, order_of, reason_of

D = Decimal
MAIN = VenueName("main")
ROW = Row(asset="BTC", spot=ONE, price=D(50_000), weight=ONE)
LIMITS = replace(LOOSE, margin_use_max=D("0.5"), liquidation_distance_min=D("0.1"))
HALF = World(rows=(replace(ROW, size=D("-0.5")),), exposure=ZERO, limits=LIMITS)  # to be hedged


def margin(equity: str, maintenance: str, source: str = "main:linear") -> Margin:
    return Margin(
        source=source,
        asset=ROW.instrument.settle,
        equity=D(equity),
        wallet=D(equity),
        maintenance=D(maintenance),
    )


def seen(world: World, *margins: Margin, liquidation: str | None = None) -> Snapshot:
    key = world["BTC"].key
    position = world.snapshot.positions[key]
    at = None if liquidation is None else D(liquidation)
    positions = {key: replace(position, liquidation_price=at)}
    return replace(world.snapshot, margins=margins, positions=positions)


def decided(world: World, snapshot: Snapshot) -> Plan:
    return plan(snapshot, world.situation, world.policy)


def test_the_worst_wallet_of_the_venue_counts() -> None:
    found = seen(HALF, margin("100", "20"), margin("100", "60"), margin("1", "1", "other:linear"))
    assert margin_use(found, MAIN) == D("0.6")


@pytest.mark.parametrize(
    ("equity", "maintenance", "use"), [("0", "0", 0), ("0", "1", 1), ("-5", "1", 1)]
)
def test_a_wallet_with_nothing_left_is_used_up(equity: str, maintenance: str, use: int) -> None:
    assert margin_use(seen(HALF, margin(equity, maintenance)), MAIN) == use


def test_the_nearest_liquidation_counts_on_either_side() -> None:
    assert liquidation_distance(seen(HALF, liquidation="55000"), MAIN) == D("0.1")
    assert liquidation_distance(seen(HALF, liquidation="45000"), MAIN) == D("0.1")


@pytest.mark.parametrize("price", [None, "0"])
def test_no_liquidation_price_is_no_distance(price: str | None) -> None:
    assert liquidation_distance(seen(HALF, liquidation=price), MAIN) is None


NEAR = [
    (seen(HALF, margin("100", "51")), HoldReason.MARGIN_USE),
    (seen(HALF, margin("100", "1"), liquidation="54999"), HoldReason.LIQUIDATION_NEAR),
]


@pytest.mark.parametrize(("snapshot", "reason"), NEAR)
def test_near_liquidation_nothing_grows(snapshot: Snapshot, reason: HoldReason) -> None:
    assert reason_of(decided(HALF, snapshot), "BTC") is reason
    strain = strained(snapshot, MAIN, LIMITS)
    assert strain is not None
    assert strain.reason is reason


@pytest.mark.parametrize(
    ("margins", "liquidation"), [(("100", "51"), None), (("100", "1"), "50001")]
)
def test_near_liquidation_what_shrinks_goes_on(
    margins: tuple[str, str], liquidation: str | None
) -> None:
    over = HALF.changed(replace(HALF["BTC"], size=D(-2)))
    order = order_of(decided(over, seen(over, margin(*margins), liquidation=liquidation)), "BTC")
    assert (order.size, order.reduce_only) == (ONE, True)


def test_at_the_limit_it_still_grows() -> None:
    snapshot = seen(HALF, margin("100", "50"), liquidation="55000")
    assert order_of(decided(HALF, snapshot), "BTC").size == D("-0.5")
    assert strained(snapshot, MAIN, LIMITS) is None


def test_without_limits_nothing_is_near() -> None:
    assert strained(seen(HALF, margin("1", "1"), liquidation="50000"), MAIN, LOOSE) is None
