"""What holds an asset although everything could be read."""

from __future__ import annotations

import pytest

from counterpoise.core.instrument import VenueName
from counterpoise.core.orders import HoldReason
from counterpoise.core.state import AccountState, Control
from counterpoise.holds import held_back
from tests.sim.gateway import LIMITS, MAIN, TWO

RUN = Control()


def reasons(control: Control, skew_ms: int = 0) -> set[HoldReason]:
    found = held_back(control, TWO.policy, {MAIN: skew_ms}, {MAIN: LIMITS})
    assert set(found) in (set(), set(TWO.policy.assets))
    return {hold.reason for hold in found.values()}


def test_nothing_holds_an_account_that_runs() -> None:
    assert reasons(RUN) == set()


@pytest.mark.parametrize("state", [AccountState.PAUSE, AccountState.HALT])
def test_a_person_holds_everything_and_says_why(state: AccountState) -> None:
    control = Control(state=state, reason="lunch")
    assert reasons(control) == {HoldReason.OPERATOR}
    found = held_back(control, TWO.policy, {}, {MAIN: LIMITS})
    assert {hold.detail for hold in found.values()} == {f"{state}: lunch"}


def test_flattening_is_not_held_by_the_pause_that_it_is() -> None:
    assert reasons(Control(state=AccountState.PAUSE, flattening=True)) == set()


@pytest.mark.parametrize(
    ("skew_ms", "held"), [(1_000, False), (-1_000, False), (1_001, True), (-1_001, True)]
)
def test_a_clock_astray_holds_flattening_too(skew_ms: int, *, held: bool) -> None:
    expected = {HoldReason.CLOCK_SKEW} if held else set()
    assert reasons(RUN, skew_ms) == expected
    flattening = Control(state=AccountState.PAUSE, flattening=True)
    assert reasons(flattening, skew_ms) == expected


def test_another_venues_clock_holds_nothing_here() -> None:
    other = VenueName("other")
    assert not held_back(RUN, TWO.policy, {other: 9_999}, {MAIN: LIMITS, other: LIMITS})


@pytest.mark.parametrize("control", [RUN, Control(state=AccountState.PAUSE, flattening=True)])
def test_an_account_that_became_unfit_holds_its_own_assets_and_no_other(control: Control) -> None:
    found = held_back(control, TWO.policy, {MAIN: 0}, {MAIN: LIMITS}, {MAIN: "may withdraw"})
    assert {hold.reason for hold in found.values()} == {HoldReason.ACCOUNT_UNFIT}
    assert {hold.detail for hold in found.values()} == {"may withdraw"}
    assert not held_back(control, TWO.policy, {}, {}, {VenueName("other"): "may withdraw"})
