"""Positions of two sides: from a venue's rows, and by the mode that the account is in. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from counterpoise.core.sides import Sides
from counterpoise.core.snapshot import Position
from counterpoise.core.units import ZERO
from counterpoise.errors import SnapshotError

R = TypeVar("R")

FLAT = Sides(long=ZERO, short=ZERO)


def sides_of(sizes: Sequence[Decimal]) -> Sides:
    """Return the sides of a position from the size of each, long positive."""
    return Sides(
        long=sum((size for size in sizes if size > 0), ZERO),
        short=-sum((size for size in sizes if size < 0), ZERO),
    )


def larger(rows: Sequence[R], sizes: Sequence[Decimal]) -> R | None:
    """Return the row of the larger side, the one whose liquidation is near; None if all is flat."""
    held = [(abs(size), row) for row, size in zip(rows, sizes, strict=True) if size]
    return max(held, key=lambda pair: pair[0])[1] if held else None


def by_mode(position: Position, *, two_sided: bool | None) -> Position:
    """
    Return a position as the account's mode has it; `two_sided` None: the account has not said.

    Raises SnapshotError where the two contradict: which side an order would work on is not known.
    """
    sides = position.sides
    if two_sided is None:
        return position
    if two_sided and sides is None and position.size != 0:
        raise SnapshotError(
            f"position of {position.instrument}: the account is in hedge mode, and the venue does "
            "not say which side it is"
        )
    if two_sided:
        return replace(position, sides=sides or FLAT)
    if sides is not None and sides.long and sides.short:
        raise SnapshotError(
            f"position of {position.instrument}: it has two sides, and the account was in one-way "
            "mode",
            hint="counterpoise doctor says which mode it is in now",
        )
    return replace(position, sides=None)
