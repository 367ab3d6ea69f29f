"""How well one asset's price follows another's: what a hedge by proxy leaves open. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from counterpoise.core.units import ZERO

DAY_MS = 86_400_000
RETURNS_MIN = 30  # fewer say nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """What a spot market last traded at in one span of time."""

    from_ms: int  # when the span began, by the venue's clock
    price: Decimal  # quote per unit

    def __post_init__(self) -> None:
        """Refuse a price that would reach arithmetic as zero or less."""
        if not self.price.is_finite() or self.price <= 0:
            raise ValueError(f"close of {self.from_ms} was {self.price}")


@dataclass(frozen=True, slots=True, kw_only=True)
class BasisRisk:
    """How an asset moved beside its carrier."""

    returns: int  # how many were compared
    span_ms: int  # of each
    correlation: Decimal | None  # -1 to 1; None where either never moved
    beta: Decimal | None  # that would have left least; None where the carrier never moved
    residual_day: Decimal  # standard deviation of what the declared beta left, a day, as a fraction


def basis_risk(asset: Sequence[Close], carrier: Sequence[Close], beta: Decimal) -> BasisRisk | None:
    """
    Return how well `beta` of the carrier would have hedged the asset; None of too short a past.

    Simple returns over the spans that both have, one after the other: a gap in either is skipped.
    """
    moves = _returns(asset, carrier)
    if len(moves) < RETURNS_MIN:
        return None
    span_ms = min(_spans(asset))
    own = [a for a, _ in moves]
    others = [c for _, c in moves]
    variance, together = _covariance(others, others), _covariance(own, others)
    spread = (variance * _covariance(own, own)).sqrt()
    left = [a - beta * c for a, c in moves]
    daily = Decimal(DAY_MS) / span_ms
    return BasisRisk(
        returns=len(moves),
        span_ms=span_ms,
        correlation=together / spread if spread else None,
        beta=together / variance if variance else None,
        residual_day=(_covariance(left, left) * daily).sqrt(),
    )


def _returns(asset: Sequence[Close], carrier: Sequence[Close]) -> list[tuple[Decimal, Decimal]]:
    """Return the moves of both, as fractions, over the spans next to each other that both have."""
    ours = {close.from_ms: close.price for close in asset}
    theirs = {close.from_ms: close.price for close in carrier}
    step_ms = min(_spans(asset), default=0)
    return [
        (ours[at] / ours[at - step_ms] - 1, theirs[at] / theirs[at - step_ms] - 1)
        for at in sorted(ours.keys() & theirs.keys())
        if step_ms and at - step_ms in ours and at - step_ms in theirs
    ]


def _spans(closes: Sequence[Close]) -> list[int]:
    times = sorted({close.from_ms for close in closes})
    return [later - earlier for earlier, later in pairwise(times)]


def _covariance(first: Sequence[Decimal], second: Sequence[Decimal]) -> Decimal:
    """Return the covariance of two samples; of one with itself, its variance."""
    count = len(first)
    mean_a, mean_b = sum(first, ZERO) / count, sum(second, ZERO) / count
    products = ((a - mean_a) * (b - mean_b) for a, b in zip(first, second, strict=True))
    return sum(products, ZERO) / (count - 1)
