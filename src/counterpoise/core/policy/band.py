"""How far to correct: back inside a band, or all the way to the target."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from counterpoise.core.units import ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A no-trade band on either side of a target, in base units."""

    inner: Decimal  # where a correction stops
    outer: Decimal  # where a correction starts

    def __post_init__(self) -> None:
        """Refuse a band that would send a correction outward."""
        if not 0 <= self.inner <= self.outer:
            raise ValueError(f"band needs 0 <= inner <= outer, was {self.inner}, {self.outer}")


def outside(net_delta: Decimal, target_delta: Decimal, band: Band) -> bool:
    """Say whether the drift is beyond the band, where a correction starts. All in base units."""
    return abs(net_delta - target_delta) > band.outer


def correction(net_delta: Decimal, target_delta: Decimal, band: Band) -> Decimal:
    """
    Return the trade that brings net delta to the inner edge of its band, or zero within it.

    All amounts are in base units, long positive: a negative result is a sale. Whether to start
    is `outside`; a correction once begun goes on to the inner edge.

    Stopping at the edge (`inner == outer`) is optimal when costs are proportional to
    size (Davis & Norman 1990); a fixed cost per order moves the stop inward.
    """
    drift = net_delta - target_delta
    if abs(drift) <= band.inner:
        return ZERO
    return band.inner.copy_sign(drift) - drift
