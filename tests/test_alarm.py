"""What a person must hear of, after how long, and no sooner."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from counterpoise.alarm import (
    FOREIGN_ORDER,
    GRACE_MS,
    LIMITS,
    OUTSIDE_MAX_MS,
    Standing,
    alerts,
    notices,
    standings,
)
from counterpoise.core.decision import Decision, Plan
from counterpoise.core.instrument import Asset
from counterpoise.core.orders import Hold, HoldReason, Order
from counterpoise.core.snapshot import Margin
from counterpoise.core.state import AssetMemory
from counterpoise.core.units import ONE
from tests.sim.gateway import TWO
from tests.sim.parts import order_for, record_of
from tests.worlds import NOW_MS

D = Decimal
BTC = Asset("BTC")
SELF_HEALING = {
    HoldReason.IN_BAND,
    HoldReason.SUSTAIN,
    HoldReason.COOLDOWN,
    HoldReason.BELOW_MINIMUM,
    HoldReason.OPERATOR,  # whoever stopped it knows
    HoldReason.CARRIED,  # its carrier's own holds are told
    HoldReason.ORDER_NOTIONAL,  # cuts orders into parts, which go on
}


def planned(verdict: Hold | Order, at_ms: int = NOW_MS, **memory: object) -> Plan:
    known = AssetMemory(**memory)  # type: ignore[arg-type]
    decision = Decision(asset=BTC, verdict=verdict)
    return Plan(at_ms=at_ms, value=None, decisions=(decision,), memories={BTC: known})


def held(reason: HoldReason) -> Hold:
    return Hold(asset=BTC, reason=reason, detail="why")


def causes_after(reason: HoldReason, age_ms: int) -> list[str]:
    standing = {BTC: Standing(reason=reason, detail="why", since_ms=NOW_MS - age_ms)}
    return [alert.cause for alert in alerts(standing, planned(held(reason)), 0)]


@pytest.mark.parametrize("reason", sorted(GRACE_MS))
def test_a_hold_that_lasts_is_an_alert(reason: HoldReason) -> None:
    assert causes_after(reason, GRACE_MS[reason]) == [reason]
    if GRACE_MS[reason]:
        assert causes_after(reason, GRACE_MS[reason] - 1) == []


@pytest.mark.parametrize("reason", sorted(SELF_HEALING))
def test_a_hold_that_is_as_asked_is_no_alert_however_long(reason: HoldReason) -> None:
    assert causes_after(reason, 10**9) == []


def test_every_reason_is_judged_either_way() -> None:
    assert set(GRACE_MS) | SELF_HEALING == set(HoldReason)
    assert not set(GRACE_MS) & SELF_HEALING
    assert set(HoldReason) >= LIMITS


@pytest.mark.parametrize("waits_ms", [0, 90_000])
def test_out_of_band_for_longer_than_asked_is_an_alert_of_its_own(waits_ms: int) -> None:
    standing = {BTC: Standing(reason=HoldReason.COOLDOWN, detail="", since_ms=NOW_MS)}
    most = OUTSIDE_MAX_MS + waits_ms
    late = planned(held(HoldReason.COOLDOWN), drifted_since_ms=NOW_MS - most - 1)
    in_time = planned(held(HoldReason.COOLDOWN), drifted_since_ms=NOW_MS - most)
    assert [alert.cause for alert in alerts(standing, late, waits_ms)] == ["out_of_band"]
    assert alerts(standing, in_time, waits_ms) == ()


@pytest.mark.parametrize("reason", sorted(GRACE_MS))
def test_a_clock_that_was_set_back_silences_no_hold(reason: HoldReason) -> None:
    assert causes_after(reason, -315_360_000_000) == [reason]


def test_a_clock_that_was_set_back_silences_no_drift() -> None:
    standing = {BTC: Standing(reason=HoldReason.COOLDOWN, detail="", since_ms=NOW_MS)}
    drifted = planned(held(HoldReason.COOLDOWN), drifted_since_ms=NOW_MS + 10**9)
    assert [alert.cause for alert in alerts(standing, drifted, 0)] == ["out_of_band"]


def test_a_standing_keeps_since_when_until_its_reason_changes() -> None:
    first = standings({}, planned(held(HoldReason.SPREAD)), NOW_MS)
    later = NOW_MS + 5_000
    same = standings(first, planned(replace(held(HoldReason.SPREAD), detail="wider")), later)
    assert (same[BTC].since_ms, same[BTC].detail) == (NOW_MS, "wider")
    other = standings(same, planned(held(HoldReason.UNSETTLED)), later)
    assert other[BTC].since_ms == later
    ordered = standings(other, planned(order_for("BTC")), later)
    assert ordered[BTC].reason is None


def test_margin_near_liquidation_is_an_alert_of_the_venue_whatever_is_decided() -> None:
    record = record_of(replace(TWO, limits=replace(TWO.limits, margin_use_max=D("0.5"))))
    margins = (
        Margin(source="main:linear", asset=Asset("USDT"), equity=ONE, wallet=ONE, maintenance=ONE),
    )
    strained = replace(record, snapshot=replace(record.snapshot, margins=margins))
    (first,) = notices((), strained, {})
    assert (first.asset, first.cause) == ("main", HoldReason.MARGIN_USE)
    (later,) = notices((first,), replace(strained, at_ms=strained.at_ms + 60_000), {})
    assert later.since_ms == first.since_ms
    assert notices((later,), record, {}) == ()


def test_an_order_of_others_is_an_alert_while_it_rests() -> None:
    (alert,) = notices((), record_of(), {BTC: "not ours"})
    assert (alert.asset, alert.cause, alert.detail) == (BTC, FOREIGN_ORDER, "not ours")
    assert notices((alert,), record_of(), {}) == ()
