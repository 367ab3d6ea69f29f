"""The decimal context of all money arithmetic, and rounding to a step."""

from __future__ import annotations

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    FloatOperation,
    InvalidOperation,
    Overflow,
    setcontext,
)

ZERO = Decimal(0)
ONE = Decimal(1)
BPS = Decimal("0.0001")

CONTEXT = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    traps=[DivisionByZero, FloatOperation, InvalidOperation, Overflow],
)


def install_context() -> None:
    """Make the money context current: an implicit float or a NaN raises instead of spreading."""
    setcontext(CONTEXT.copy())


def toward_zero(value: Decimal, step: Decimal) -> Decimal:
    """Return the multiple of `step` nearest to `value` that is no larger in size."""
    return (value / step).to_integral_value(rounding=ROUND_DOWN) * step


def down_to(value: Decimal, step: Decimal) -> Decimal:
    """Return the largest multiple of `step` that is at most `value`."""
    return (value / step).to_integral_value(rounding=ROUND_FLOOR) * step


def up_to(value: Decimal, step: Decimal) -> Decimal:
    """Return the smallest multiple of `step` that is at least `value`."""
    return (value / step).to_integral_value(rounding=ROUND_CEILING) * step


def is_multiple(value: Decimal, step: Decimal) -> bool:
    """Say whether `value` is a whole number of steps."""
    return value % step == 0


def exact(text: str) -> Decimal:
    """
    Return the finite number that `text` spells.

    Raises ValueError for anything else, NaN and infinity included: none may reach arithmetic.
    """
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"not a number: {text!r}") from error
    if not value.is_finite():
        raise ValueError(f"not a finite number: {text!r}")
    return value


def plain(value: Decimal) -> str:
    """Return `value` without exponent and without trailing zeros: `1.5`, `0`, `120000`."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
