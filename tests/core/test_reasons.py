"""Every reason to hold, given where it applies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from counterpoise.core.decision import Activity, Plan
from counterpoise.core.instrument import Asset
from counterpoise.core.orders import Cause, ClientOrderId, Hold, HoldReason
from counterpoise.core.plan import plan
from counterpoise.core.policy.policy import Trigger
from counterpoise.core.snapshot import Margin, Snapshot
from counterpoise.core.state import AssetMemory
from counterpoise.core.units import ONE, ZERO
from tests.worlds import LOOSE, NOW_MS, Other, Row, World, now, order_of, reason_of

D = Decimal
BTC = Asset("BTC")
BTC_ROW = Row(asset="BTC", spot=ONE, price=D(50_000), weight=D("0.5"))
ETH_ROW = Row(asset="ETH", spot=D(10), price=D(3_000), weight=D("0.5"))
NEUTRAL = World(rows=(BTC_ROW, ETH_ROW), exposure=ZERO)  # sells all that it holds


def seen(change: Callable[[Snapshot], Snapshot]) -> Plan:
    return plan(change(NEUTRAL.snapshot), NEUTRAL.situation, NEUTRAL.policy)


def without_balance(snapshot: Snapshot) -> Snapshot:
    return replace(snapshot, balances=tuple(b for b in snapshot.balances if b.asset != BTC))


def indexed(snapshot: Snapshot, price: Decimal) -> Snapshot:
    mark = replace(snapshot.marks[BTC_ROW.key], index_price=price)
    return replace(snapshot, marks={**snapshot.marks, BTC_ROW.key: mark})


def expired() -> Plan:
    world = changed(external=ONE)
    policy = world.policy
    targets = tuple(
        replace(t, external=replace(t.external, valid_until_ms=NOW_MS - 1)) if t.external else t
        for t in policy.targets
    )
    return plan(world.snapshot, world.situation, replace(policy, targets=targets))


def expecting(**changes: object) -> World:
    """Return a world whose BTC is remembered so."""
    memory = replace(AssetMemory(), **changes)  # type: ignore[arg-type]
    return NEUTRAL.remembering({BTC: memory})


def situated(**changes: object) -> World:
    return replace(NEUTRAL, situation=replace(now(), **changes))  # type: ignore[arg-type]


def elsewhere(reason: HoldReason) -> World:
    return situated(held={BTC: Hold(asset=BTC, reason=reason, detail="said elsewhere")})


def changed(**changes: object) -> World:
    return NEUTRAL.changed(replace(BTC_ROW, **changes))  # type: ignore[arg-type]


def bounded(**changes: object) -> World:
    return replace(NEUTRAL, limits=replace(LOOSE, **changes))  # type: ignore[arg-type]


def strained(**limits: object) -> Plan:
    """Decide where margin is near liquidation, and these limits say what is too near."""
    world = bounded(**limits)
    world = world.changed(replace(world["BTC"], size=D("-0.1")))
    source = f"{BTC_ROW.venue}:linear"
    one = Margin(source=source, asset=Asset("USDT"), equity=ONE, wallet=ONE, maintenance=ONE)
    positions = dict(world.snapshot.positions)
    hedge = positions[BTC_ROW.key]
    positions[BTC_ROW.key] = replace(hedge, liquidation_price=D(52_000))
    seen = replace(world.snapshot, margins=(one,), positions=positions)
    return plan(seen, world.situation, world.policy)


FIVE_MINUTES = Trigger(sustain_ms=300_000)


def carried() -> Plan:
    """Decide on BTC as an asset without a perpetual, and without any of it to hedge."""
    none = Other(asset="BTC", held=ZERO, price=D(50_000), carrier="ETH")
    return replace(NEUTRAL, rows=(ETH_ROW,), others=(none,)).plan()


# One world for each reason to hold BTC; every one of them would otherwise sell 1 BTC.
REASONS: dict[HoldReason, Callable[[], Plan]] = {
    HoldReason.IN_BAND: changed(size=D(-1)).plan,
    HoldReason.SUSTAIN: replace(NEUTRAL, trigger=FIVE_MINUTES).plan,
    HoldReason.CARRIED: carried,
    HoldReason.COOLDOWN: expecting(corrected_at_ms=NOW_MS - 1).plan,
    HoldReason.SNAPSHOT_INCOMPLETE: lambda: seen(without_balance),
    HoldReason.SNAPSHOT_STALE: lambda: seen(lambda s: replace(s, started_at_ms=NOW_MS - 10_001)),
    HoldReason.ZERO_UNEXPLAINED: changed(spot=ZERO, size=D(1)).plan,
    HoldReason.POSITION_UNEXPLAINED: expecting(position=D(1)).plan,
    HoldReason.UNSETTLED: situated(unsettled={BTC_ROW.key: ClientOrderId("test0001")}).plan,
    HoldReason.POSITION_UNCONFIRMED: expecting(position=D(1), unconfirmed_since_ms=NOW_MS - 1).plan,
    HoldReason.BELOW_MINIMUM: changed(notional_min=D(50_001)).plan,
    HoldReason.NOT_TRADING: changed(trading=False).plan,
    HoldReason.NOT_FILLING: expecting(empties=3, empty_until_ms=NOW_MS + 1_000).plan,
    HoldReason.CONTRACT_CHANGED: expecting(terms="inverse BTC/USD:BTC").plan,
    HoldReason.CLOCK_SKEW: elsewhere(HoldReason.CLOCK_SKEW).plan,
    HoldReason.ACCOUNT_UNFIT: elsewhere(HoldReason.ACCOUNT_UNFIT).plan,
    HoldReason.PRICES_APART: lambda: seen(lambda s: indexed(s, D(40_000))),
    HoldReason.EXTERNAL_EXPIRED: expired,
    HoldReason.SPREAD: bounded(spread_max=D("0.00001")).plan,
    HoldReason.PRICE_COLLAR: bounded(price_collar=D("0.000001")).plan,
    HoldReason.ORDER_NOTIONAL: bounded(order_notional_max=ZERO).plan,
    HoldReason.POSITION_NOTIONAL: bounded(position_notional_max=ZERO).plan,
    HoldReason.TURNOVER_DAY: bounded(turnover_day_max=ZERO).plan,
    HoldReason.ORDERS_PER_MINUTE: replace(
        bounded(orders_per_minute_max=1), situation=now(activity=Activity(orders_minute=1))
    ).plan,
    HoldReason.LEVERAGE: bounded(leverage_max=ZERO).plan,
    HoldReason.MARGIN_USE: lambda: strained(margin_use_max=D("0.5")),
    HoldReason.LIQUIDATION_NEAR: lambda: strained(liquidation_distance_min=D("0.1")),
    HoldReason.LIQUIDATED: expecting(stopped=HoldReason.LIQUIDATED).plan,
    HoldReason.FORCED: expecting(stopped=HoldReason.FORCED).plan,
    HoldReason.BOOKS_APART: expecting(stopped=HoldReason.BOOKS_APART).plan,
    HoldReason.DELEVERAGED: expecting(moved=Cause.DELEVERAGING, moved_at_ms=NOW_MS - 1).plan,
    HoldReason.FOREIGN_TRADE: expecting(moved=Cause.FOREIGN, moved_at_ms=NOW_MS - 1).plan,
    HoldReason.BACK_OFF: expecting(refusals=1, back_off_until_ms=NOW_MS + 1).plan,
    HoldReason.OPERATOR: situated(flattening=True).plan,
}


def test_there_is_a_case_for_every_reason_to_hold() -> None:
    assert set(REASONS) == set(HoldReason)
    assert order_of(NEUTRAL.plan(), "BTC").size == -1


@pytest.mark.parametrize("reason", HoldReason)
def test_every_reason_to_hold_is_given_where_it_applies(reason: HoldReason) -> None:
    decided = REASONS[reason]()
    assert reason_of(decided, "BTC") is reason
    assert all(order.asset != BTC for order in decided.orders)


# What holds every asset alike: the whole snapshot, the triggers, the limits, a person.
SHARED = {
    HoldReason.SUSTAIN,
    HoldReason.SNAPSHOT_STALE,
    HoldReason.OPERATOR,
    HoldReason.SPREAD,
    HoldReason.PRICE_COLLAR,
    HoldReason.ORDER_NOTIONAL,
    HoldReason.POSITION_NOTIONAL,
    HoldReason.TURNOVER_DAY,
    HoldReason.ORDERS_PER_MINUTE,
    HoldReason.LEVERAGE,
    HoldReason.MARGIN_USE,
    HoldReason.LIQUIDATION_NEAR,
}


@pytest.mark.parametrize("reason", sorted(set(HoldReason) - SHARED))
def test_what_holds_one_asset_alone_stops_no_other_at_exposure_zero(reason: HoldReason) -> None:
    assert order_of(REASONS[reason](), "ETH").size == -10


@pytest.mark.parametrize("reason", sorted(SHARED))
def test_what_holds_every_asset_alike_holds_the_other_too(reason: HoldReason) -> None:
    assert reason_of(REASONS[reason](), "ETH") is reason
