"""What moved a position that is not as believed: asked only where there is something to explain."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from counterpoise.core.doubt import doubts_position
from counterpoise.core.foreign import explaining
from counterpoise.core.instrument import Asset, InstrumentKey, Symbol, VenueName
from counterpoise.core.orders import Cause, Fill, Intent
from counterpoise.core.policy.policy import Policy, Target
from counterpoise.core.scene import venue_of
from counterpoise.core.snapshot import Snapshot
from counterpoise.core.state import AssetMemory
from counterpoise.core.units import ZERO
from counterpoise.errors import SnapshotError, Unavailable
from counterpoise.naming import Naming
from counterpoise.ports import Clock, Gateway, Journal

BACK_MS = 3_600_000  # how far before the last sight: reads lag, clocks are set, trades show late
LIFE_MS = 600_000  # an order of ours is settled within, or is live


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubted:
    """A position that is not as believed."""

    target: Target
    memory: AssetMemory
    symbol: Symbol
    difference: Decimal  # shown minus believed, the instrument's unit
    since_ms: int  # the venue's clock: when it was last shown as believed


class Inquiry:
    """Finds the trades behind a position that moved, and whose they were."""

    def __init__(
        self,
        gateways: Mapping[VenueName, Gateway],
        policy: Policy,
        journal: Journal,
        clock: Clock,
        naming: Naming,
    ) -> None:
        """Keep whom to ask; nothing is asked yet."""
        self._gateways = gateways
        self._policy = policy
        self._journal = journal
        self._clock = clock
        self._naming = naming

    async def trades(
        self,
        snapshot: Snapshot,
        memories: Mapping[Asset, AssetMemory],
        unsettled: Sequence[Intent],
        skews_ms: Mapping[VenueName, int],
    ) -> Mapping[InstrumentKey, tuple[Fill, ...]]:
        """
        Return the trades, each with its cause, that explain each position not as believed.

        An instrument with an order whose outcome is not known is left out: that order may be the
        explanation. So is one where a question failed: no answer is not an empty answer.
        """
        live = {intent.order.instrument for intent in unsettled}
        doubted = [
            self._doubted(target, memory, snapshot, skews_ms.get(venue_of(target), 0))
            for target in self._policy.targets
            if target.instrument not in live
            and (memory := memories.get(target.asset)) is not None
            and (shown := snapshot.positions.get(target.instrument)) is not None
            and doubts_position(memory, shown.size, shown.sides)
        ]
        found = await asyncio.gather(*(self._explained(each) for each in doubted))
        explained = {
            each.target.instrument: trades
            for each, trades in zip(doubted, found, strict=True)
            if trades is not None
        }
        for key, trades in explained.items():
            await self._naming.halt_beside(
                key.partition(":")[0],
                [trade.client_order_id for trade in trades if trade.cause is Cause.COPY],
            )
        return explained

    def _doubted(
        self, target: Target, memory: AssetMemory, snapshot: Snapshot, skew_ms: int
    ) -> Doubted:
        seen_ms = memory.seen_at_ms or memory.position_at_ms
        return Doubted(
            target=target,
            memory=memory,
            symbol=snapshot.instruments[target.instrument].symbol,
            difference=snapshot.positions[target.instrument].size - (memory.position or ZERO),
            since_ms=min(seen_ms, self._clock.wall_ms()) + skew_ms,
        )

    async def _explained(self, doubted: Doubted) -> tuple[Fill, ...] | None:
        gateway = self._gateways[venue_of(doubted.target)]
        try:
            fills = await gateway.fills(doubted.symbol, doubted.since_ms - BACK_MS)
            new = await self._unaccounted(fills, doubted)
            chosen = explaining(new, doubted.difference, doubted.since_ms)
            return None if chosen is None else await self._with_causes(chosen, doubted, gateway)
        except (Unavailable, SnapshotError):
            return None

    async def _unaccounted(self, fills: tuple[Fill, ...], doubted: Doubted) -> list[Fill]:
        """Return the trades that neither the believed position nor the journal holds yet."""
        since_ms = doubted.since_ms - BACK_MS
        recorded = {
            change.trade_id
            for change in await self._journal.changes_since(since_ms - LIFE_MS)
            if change.instrument == doubted.target.instrument
        }
        ours = await self._journal.sent_since(since_ms - LIFE_MS)
        booked = {i.venue_order_id for i in ours if _believed(i, doubted.memory)}
        new = {  # a venue may tell a trade twice, and in any order
            fill.trade_id: fill
            for fill in fills
            if fill.trade_id not in recorded and fill.venue_order_id not in booked
        }
        return sorted(new.values(), key=_when)

    async def _with_causes(
        self, trades: tuple[Fill, ...], doubted: Doubted, gateway: Gateway
    ) -> tuple[Fill, ...]:
        ids = frozenset(trade.venue_order_id for trade in trades)
        first_ms = min(trade.at_ms for trade in trades)
        origins = await gateway.origins(doubted.symbol, ids, first_ms - LIFE_MS)
        found = []
        for trade in trades:
            origin = origins.get(trade.venue_order_id)
            cause, name = Cause.UNKNOWN, ""
            if origin is not None:
                cause, name = origin.cause, origin.client_order_id
            if cause is Cause.FOREIGN:
                cause = await self._naming.cause(name, trade.at_ms)
            found.append(replace(trade, cause=cause, client_order_id=name))
        return tuple(found)


def _when(fill: Fill) -> tuple[int, int, str]:
    """Return what trades are ordered by: time, then id, which is a number in all but name."""
    return fill.at_ms, len(fill.trade_id), fill.trade_id


def _believed(intent: Intent, memory: AssetMemory) -> bool:
    """Say whether the believed position holds an order of ours, with all that it filled."""
    settled_ms = intent.settled_at_ms
    return (
        bool(intent.venue_order_id)
        and settled_ms is not None
        and (settled_ms <= memory.position_at_ms)
    )
