"""Decimals: exact, finite, and rounded the way that is meant."""

from __future__ import annotations

from decimal import Decimal, FloatOperation, InvalidOperation, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.core.units import (
    down_to,
    exact,
    install_context,
    is_multiple,
    plain,
    toward_zero,
    up_to,
)
from tests.core.strategies import amounts

D = Decimal
STEPS = st.sampled_from([D("0.00001"), D("0.001"), D("0.5"), D(1), D(100)])


@given(amounts("-90000", "90000", 8), STEPS)
def test_rounding_gives_whole_steps_less_than_one_away(value: Decimal, step: Decimal) -> None:
    for rounded in (toward_zero(value, step), down_to(value, step), up_to(value, step)):
        assert is_multiple(rounded, step)
        assert abs(rounded - value) < step
    assert abs(toward_zero(value, step)) <= abs(value)
    assert toward_zero(-value, step) == -toward_zero(value, step)
    assert down_to(value, step) <= value <= up_to(value, step)


@given(st.integers(-1_000_000, 1_000_000), STEPS)
def test_whole_steps_stay_as_they_are(steps: int, step: Decimal) -> None:
    value = steps * step
    assert toward_zero(value, step) == down_to(value, step) == up_to(value, step) == value
    assert is_multiple(value, step)


def test_a_float_never_becomes_money() -> None:
    with localcontext():
        install_context()
        with pytest.raises(FloatOperation):
            D(0.1)
        with pytest.raises(InvalidOperation):
            D(0) / D("NaN") > 0  # noqa: B015  # the comparison is what raises


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "-inf", "", "1,5", "0x10", "one"])
def test_only_a_finite_number_is_exact(text: str) -> None:
    with pytest.raises(ValueError, match="number"):
        exact(text)


@pytest.mark.parametrize("text", ["0", "-1.5", "1e-8", "90000.00000001"])
def test_a_number_is_read_to_its_last_digit(text: str) -> None:
    assert exact(text) == D(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1.50", "1.5"),
        ("-0.0", "0"),
        ("120000", "120000"),
        ("1.2E+5", "120000"),
        ("1E-8", "0.00000001"),
        ("-2.000", "-2"),
        ("0E+3", "0"),
    ],
)
def test_a_number_is_written_plainly(value: str, text: str) -> None:
    assert plain(D(value)) == text
