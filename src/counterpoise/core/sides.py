"""The two sides of a position on an account in hedge mode: long minus short is the position."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from counterpoise.core.units import ZERO, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Long and short of one perpetual, side by side; neither is ever negative."""

    long: Decimal  # the instrument's unit
    short: Decimal  # the same

    def __post_init__(self) -> None:
        """Refuse a side that is no amount."""
        for side in (self.long, self.short):
            if not side.is_finite() or side < 0:
                raise ValueError(f"sides of a position were {self.long} long, {self.short} short")

    @property
    def net(self) -> Decimal:
        """Return long minus short: the size that counts for delta."""
        return self.long - self.short

    @property
    def gross(self) -> Decimal:
        """Return long plus short: the size that margin and limits count."""
        return self.long + self.short

    def against(self, direction: Decimal) -> Decimal:
        """Return the side that a trade in a direction can close; bought is positive."""
        return self.short if direction > 0 else self.long

    def moved(self, *, long: Decimal = ZERO, short: Decimal = ZERO) -> Sides:
        """
        Return the sides with each changed by so much.

        What would leave less than nothing on a side counts on the other one: the net is exact.
        """
        new_long, new_short = self.long + long, self.short + short
        return Sides(
            long=max(new_long, ZERO) - min(new_short, ZERO),
            short=max(new_short, ZERO) - min(new_long, ZERO),
        )

    def after(self, traded: Decimal, *, closing: bool) -> Sides:
        """Return the sides after a trade that closes the opposite side, or opens its own."""
        if (traded > 0) is closing:
            return self.moved(short=-traded)
        return self.moved(long=traded)


def told(size: Decimal, sides: Sides | None) -> str:
    """Return a position in words: its sides where both are held, else its size."""
    if sides is None or not (sides.long and sides.short):
        return plain(size)
    return f"{plain(size)} ({plain(sides.long)} long, {plain(sides.short)} short)"
