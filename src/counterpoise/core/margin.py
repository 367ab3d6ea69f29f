"""How near a venue's margin is to liquidation. Where it is near, nothing may grow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from counterpoise.core.instrument import Asset, InstrumentKey, VenueName
from counterpoise.core.orders import HoldReason
from counterpoise.core.policy.policy import Limits
from counterpoise.core.snapshot import Backing, Margin, Snapshot
from counterpoise.core.units import ONE, ZERO, plain

PLACES = 4  # of a share, in words


@dataclass(frozen=True, slots=True, kw_only=True)
class Strain:
    """In what way margin is near liquidation."""

    reason: HoldReason
    detail: str


def backing_equity(margins: Iterable[Margin], prices: Mapping[Asset, Decimal]) -> Decimal:
    """
    Return what backs the positions of these margin accounts, in quote currency.

    An account that backs positions as a whole counts once, whatever number of assets it is shown
    by. An asset without a price counts as nothing: it grants no leverage.
    """
    whole: dict[str, Decimal] = {}
    own = ZERO
    for margin in margins:
        if margin.backing is not None:
            least = whole.get(margin.source, margin.backing.equity)
            whole[margin.source] = min(least, margin.backing.equity)
        elif margin.asset in prices:
            own += margin.equity * prices[margin.asset]
    return own + sum(whole.values(), ZERO)


def margin_use(snapshot: Snapshot, venue: VenueName) -> Decimal:
    """Return maintenance margin over margin balance, of the worst wallet; liquidation is at 1."""
    shares = [_share(margin) for margin in snapshot.margins if _on(margin.source, venue)]
    return max(shares, default=ZERO)


def _share(margin: Margin) -> Decimal:
    pool: Margin | Backing = margin.backing or margin
    if pool.maintenance == 0:
        return ZERO
    return pool.maintenance / pool.equity if pool.equity > 0 else ONE


def liquidation_distance(snapshot: Snapshot, venue: VenueName) -> Decimal | None:
    """Return how far the nearest liquidation is, as a share of its mark price; None if none is."""
    shares = [
        share
        for key in snapshot.positions
        if _on(key, venue) and (share := _distance(snapshot, key)) is not None
    ]
    return min(shares, default=None)


def _distance(snapshot: Snapshot, key: InstrumentKey) -> Decimal | None:
    position, mark = snapshot.positions[key], snapshot.marks.get(key)
    if not position.gross or not position.liquidation_price or mark is None:
        return None
    return abs(position.liquidation_price / mark.mark_price - 1)


def _on(name: str, venue: VenueName) -> bool:
    return name.partition(":")[0] == venue


def strained(snapshot: Snapshot, venue: VenueName, limits: Limits) -> Strain | None:
    """Return in what way a venue's margin is near liquidation, if it is."""
    use, most = margin_use(snapshot, venue), limits.margin_use_max
    if most is not None and use > most:
        detail = f"margin_use_max {plain(round(use, PLACES))} > {plain(most)}"
        return Strain(reason=HoldReason.MARGIN_USE, detail=detail)
    distance, least = liquidation_distance(snapshot, venue), limits.liquidation_distance_min
    if distance is not None and least is not None and distance < least:
        detail = f"liquidation_distance_min {plain(round(distance, PLACES))} < {plain(least)}"
        return Strain(reason=HoldReason.LIQUIDATION_NEAR, detail=detail)
    return None
