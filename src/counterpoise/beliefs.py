"""What the daemon believes between cycles: memories of assets, and what was sent of late."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from counterpoise.core.decision import Activity
from counterpoise.core.doubt import accepted
from counterpoise.core.instrument import Asset, InstrumentKey
from counterpoise.core.limits import DAY_MS, MINUTE_MS
from counterpoise.core.orders import ClientOrderId, Fill, Intent
from counterpoise.core.policy.policy import Policy
from counterpoise.core.settlement import after_settlement
from counterpoise.core.snapshot import Snapshot
from counterpoise.core.state import AssetMemory
from counterpoise.core.units import ZERO
from counterpoise.ports import Clock, Journal

POSITION_AT_EVERY_MS = 3_600_000  # how old the recorded time of an unchanged position may get


class Beliefs:
    """
    Memories and recent intents, held in memory and written through to the journal.

    What is in memory is never newer than what a restart would work out again from the journal.
    """

    def __init__(self, journal: Journal, clock: Clock, policy: Policy) -> None:
        """Keep the journal behind it."""
        self._journal = journal
        self._clock = clock
        self._policy = policy
        self._memories: dict[Asset, AssetMemory] = {}
        self._recorded: dict[Asset, AssetMemory] = {}
        self._recent: tuple[Intent, ...] = ()

    @property
    def memories(self) -> Mapping[Asset, AssetMemory]:
        """Return what is remembered of each asset."""
        return self._memories

    @property
    def recent(self) -> tuple[Intent, ...]:
        """Return the intents of the last 24 hours, oldest first."""
        return self._recent

    @property
    def correcting(self) -> bool:
        """Say whether a correction of any asset is under way."""
        return any(memory.correcting is not None for memory in self._memories.values())

    async def begin(self) -> None:
        """
        Load the memories, and carry over what was settled after they were written.

        The drift timer starts afresh: nobody watched while the daemon was down.
        """
        known = await self._journal.memories()
        self._recorded = dict(known)
        self._memories = {
            asset: replace(memory, drifted_since_ms=None) for asset, memory in known.items()
        }
        await self.catch_up()

    async def catch_up(self) -> None:
        """Carry over what was settled and not believed: by an earlier life, or a cut-off cycle."""
        await self.refresh()
        for intent in self._recent:
            memory = self._memories.get(intent.order.asset)
            if memory is None or intent.settled_at_ms is None:
                continue
            if intent.settled_at_ms > memory.position_at_ms and not _carried(memory, intent):
                self._carry(intent)
        await self._write(self._memories)

    async def refresh(self) -> None:
        """Read again what was sent in the last 24 hours."""
        self._recent = await self._journal.sent_since(self._clock.wall_ms() - DAY_MS)

    def activity(self) -> Activity:
        """Return what was sent of late: a live order counts whole, an ended one what it filled."""
        now_ms = self._clock.wall_ms()
        day = [intent for intent in self._recent if intent.sent_at_ms > now_ms - DAY_MS]
        return Activity(
            turnover_day=sum((_turnover(intent) for intent in day), ZERO),
            orders_minute=sum(intent.sent_at_ms > now_ms - MINUTE_MS for intent in day),
        )

    def counted(self, fill: Fill, memory: AssetMemory) -> bool:
        """Say whether a trade is of an order of ours that the believed position holds already."""
        return any(
            intent.venue_order_id == fill.venue_order_id
            and intent.settled_at_ms is not None
            and intent.settled_at_ms <= memory.position_at_ms
            for intent in self._recent
        )

    async def settled(self, intents: Iterable[Intent]) -> None:
        """Believe what each ended intent did."""
        for intent in intents:
            self._carry(intent)
        await self._write(self._memories)
        await self.refresh()

    async def remember(self, memories: Mapping[Asset, AssetMemory]) -> None:
        """Replace what is remembered, writing only what a restart could not do without."""
        self._memories.update(memories)
        await self._write(memories)

    async def accept(self, snapshot: Snapshot, assets: frozenset[Asset]) -> frozenset[Asset]:
        """Take what a snapshot shows of these assets as true; return those it did not show."""
        left = set(assets)
        for target in self._policy.targets:
            whole = target.instrument in snapshot.positions
            if target.asset in left and whole and snapshot.missing_for(target.asset) is None:
                memory = self._memories.get(target.asset, AssetMemory())
                self._memories[target.asset] = accepted(memory, snapshot, target)
                left.discard(target.asset)
        await self._write(self._memories)
        return frozenset(left)

    def _carry(self, intent: Intent) -> None:
        asset = intent.order.asset
        memory = self._memories.get(asset, AssetMemory())
        at_ms = intent.settled_at_ms or self._clock.wall_ms()
        self._memories[asset] = after_settlement(memory, intent, at_ms=at_ms)

    async def _write(self, memories: Mapping[Asset, AssetMemory]) -> None:
        changed = {
            asset: memory
            for asset, memory in memories.items()
            if _differs(self._recorded.get(asset), memory)
        }
        if changed:
            await self._journal.remember(changed)
            self._recorded.update(changed)


def _carried(memory: AssetMemory, intent: Intent) -> bool:
    """Say whether a memory holds an ended intent already: it filled nothing, or was believed."""
    return not intent.filled_size or memory.unconfirmed_since_ms == intent.settled_at_ms


def _differs(recorded: AssetMemory | None, memory: AssetMemory) -> bool:
    """Say whether a memory is worth a write: the time of an unchanged position alone is not."""
    if recorded is None:
        return True
    if memory.position_at_ms - recorded.position_at_ms > POSITION_AT_EVERY_MS:
        return True
    return replace(memory, position_at_ms=0, drifted_since_ms=None) != replace(
        recorded, position_at_ms=0, drifted_since_ms=None
    )


def _turnover(intent: Intent) -> Decimal:
    order = intent.order
    if intent.state.live or order.size == 0:
        return order.notional
    return order.notional * abs(intent.filled_size / order.size)


def unsettled_by_instrument(intents: Iterable[Intent]) -> Mapping[InstrumentKey, ClientOrderId]:
    """Return the live intent of each instrument that has one."""
    return {
        intent.order.instrument: intent.client_order_id for intent in intents if intent.state.live
    }


def pending_by_instrument(intents: Iterable[Intent]) -> Mapping[InstrumentKey, Decimal]:
    """Return the notional, in quote currency, by which live orders may yet grow a position."""
    return {
        intent.order.instrument: intent.order.notional
        for intent in intents
        if intent.state.live and not intent.order.reduce_only
    }
