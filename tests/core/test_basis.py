"""How well one price follows another: correlation, beta, and what a hedge would have left."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.core.basis import RETURNS_MIN, Close, basis_risk
from counterpoise.core.units import ONE, ZERO

D = Decimal
SPAN_MS = 14_400_000
MOVES = st.lists(
    st.integers(-500, 500).map(lambda bps: D(bps).scaleb(-4)), min_size=30, max_size=60
)


def closes(moves: Sequence[Decimal]) -> tuple[Close, ...]:
    """Return a price that begins at 100 and moves so."""
    prices = [D(100)]
    for move in moves:
        prices.append(prices[-1] * (ONE + move))
    return tuple(Close(from_ms=i * SPAN_MS, price=price) for i, price in enumerate(prices))


UP_AND_DOWN = [D("0.01"), D("-0.01")] * 20


def test_one_that_moves_twice_as_far_is_wholly_hedged_by_two() -> None:
    found = basis_risk(closes([2 * move for move in UP_AND_DOWN]), closes(UP_AND_DOWN), D(2))
    assert found is not None
    assert found.returns == 40
    assert found.correlation is not None
    assert found.beta is not None
    assert abs(found.correlation - 1) < D("1e-20")
    assert abs(found.beta - 2) < D("1e-20")
    assert found.residual_day < D("1e-15")


def test_half_of_what_it_takes_leaves_half() -> None:
    found = basis_risk(closes([2 * move for move in UP_AND_DOWN]), closes(UP_AND_DOWN), ONE)
    assert found is not None
    # one per cent either way in four hours, six times a day: 0.01 * sqrt(6 * 40 / 39)
    assert round(found.residual_day, 4) == D("0.0248")


def test_one_that_goes_its_own_way_has_no_part_in_it() -> None:
    own = [D("0.01"), D("0.01"), D("-0.01"), D("-0.01")] * 10
    found = basis_risk(closes(own), closes(UP_AND_DOWN), ONE)
    assert found is not None
    assert found.correlation == 0
    assert found.beta == 0


def test_a_price_that_stands_still_correlates_with_nothing() -> None:
    found = basis_risk(closes([ZERO] * 40), closes(UP_AND_DOWN), ONE)
    assert found is not None
    assert found.correlation is None
    found = basis_risk(closes(UP_AND_DOWN), closes([ZERO] * 40), ONE)
    assert found is not None
    assert found.beta is None


def test_a_short_past_says_nothing() -> None:
    short = closes(UP_AND_DOWN[: RETURNS_MIN - 1])
    assert basis_risk(short, closes(UP_AND_DOWN), ONE) is None
    assert basis_risk((), (), ONE) is None


def test_a_gap_is_skipped_and_no_return() -> None:
    whole = closes(UP_AND_DOWN)
    gap = tuple(close for close in whole if close.from_ms != 7 * SPAN_MS)
    found = basis_risk(gap, whole, ONE)
    assert found is not None
    assert found.returns == 38


@given(moves=MOVES, beta=st.integers(-30, 30).filter(bool).map(lambda n: D(n) / 10))
def test_correlation_never_leaves_its_range_and_the_fitted_beta_leaves_least(
    moves: list[Decimal], beta: Decimal
) -> None:
    other = [move / 2 + D("0.0001") * (index % 7) for index, move in enumerate(moves)]
    declared = basis_risk(closes(moves), closes(other), beta)
    assert declared is not None
    if declared.correlation is None or declared.beta is None:
        return
    assert abs(declared.correlation) <= ONE + D("1e-20")
    fitted = basis_risk(closes(moves), closes(other), declared.beta)
    assert fitted is not None
    assert fitted.residual_day <= declared.residual_day + D("1e-20")


@pytest.mark.parametrize("price", ["0", "-1", "NaN"])
def test_a_close_is_a_price(price: str) -> None:
    with pytest.raises(ValueError, match="close"):
        Close(from_ms=0, price=D(price))
