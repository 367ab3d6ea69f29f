"""What the daemon believes between cycles: memories of assets, and what was sent of late."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from decimal import Decimal
from operator import attrgetter
from types import MappingProxyType

from counterpoise.core.decision import Activity
from counterpoise.core.doubt import accepted, accepted_holdings
from counterpoise.core.foreign import Change, Turn
from counterpoise.core.instrument import Asset, InstrumentKey
from counterpoise.core.limits import DAY_MS, MINUTE_MS
from counterpoise.core.orders import ClientOrderId, Fill, Intent
from counterpoise.core.policy.policy import Policy
from counterpoise.core.settlement import after_settlement
from counterpoise.core.snapshot import Snapshot
from counterpoise.core.state import AssetMemory
from counterpoise.core.units import ZERO
from counterpoise.ports import Clock, Journal

NO_TRADES: Mapping[InstrumentKey, tuple[Fill, ...]] = MappingProxyType({})
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
        self._turnovers: tuple[tuple[Intent, ...], list[Decimal]] = ((), [])  # of `_recent`, each
        self._unsure = False  # whether the journal has what is remembered, after a failed write

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
        if self._unsure:
            known = await self._journal.memories()
            self._recorded.update(known)
            self._memories.update(known)
            self._unsure = False
        await self.refresh()
        for intent in self._recent:
            memory = self._memories.get(intent.order.asset)
            if memory is not None and not intent.state.live and intent.sequence > memory.carried:
                self._carry(intent)
        await self._write(self._memories)

    async def refresh(self) -> None:
        """Read again what was sent in the last 24 hours."""
        self._recent = await self._journal.sent_since(self._clock.wall_ms() - DAY_MS)

    def activity(self) -> Activity:
        """Return what was sent of late: a live order counts whole, an ended one what it filled."""
        now_ms, recent = self._clock.wall_ms(), self._recent
        if self._turnovers[0] is not recent:  # it is asked for more often than anything is sent
            self._turnovers = recent, [_turnover(intent) for intent in recent]
        turned = zip(recent, self._turnovers[1], strict=True)
        return Activity(
            turnover_day=sum((t for i, t in turned if i.sent_at_ms > now_ms - DAY_MS), ZERO),
            orders_minute=sum(i.sent_at_ms > now_ms - MINUTE_MS for i in recent),
        )

    async def settled(self, intents: Iterable[Intent]) -> None:
        """Believe what each ended intent did."""
        for intent in intents:
            self._carry(intent)
        await self._write(self._memories)
        await self.refresh()

    async def remember(
        self,
        memories: Mapping[Asset, AssetMemory],
        trades: Mapping[InstrumentKey, tuple[Fill, ...]] = NO_TRADES,
    ) -> tuple[Change, ...]:
        """
        Replace what is remembered, and return what others changed of the positions.

        Both are written before either counts, and only what a restart could not do without.
        `trades` are those that explain a position that moved.
        """
        return await self._turned(memories, trades, accepted=False)

    async def accept(
        self, snapshot: Snapshot, assets: frozenset[Asset]
    ) -> tuple[frozenset[Asset], tuple[Change, ...]]:
        """
        Take what a snapshot shows of these assets as true; return those it did not show.

        Nor is one taken whose order has no outcome yet: what it filled would count twice. What was
        nobody's order of ours is returned with them, as in `remember`.
        """
        unsettled = {intent.order.instrument for intent in await self._journal.unsettled()}
        taken = {
            target.asset: accepted(
                self._memories.get(target.asset, AssetMemory()), snapshot, target
            )
            for target in self._policy.targets
            if target.asset in assets
            and target.instrument in snapshot.positions
            and target.instrument not in unsettled
            and snapshot.missing_for(target.asset) is None
        } | {
            held.asset: accepted_holdings(
                self._memories.get(held.asset, AssetMemory()), snapshot, held
            )
            for held in self._policy.proxied
            if held.asset in assets and snapshot.missing_for(held.asset) is None
        }
        return assets - taken.keys(), await self._turned(taken, NO_TRADES, accepted=True)

    async def _turned(
        self,
        memories: Mapping[Asset, AssetMemory],
        trades: Mapping[InstrumentKey, tuple[Fill, ...]],
        *,
        accepted: bool,
    ) -> tuple[Change, ...]:
        """Write new memories with what accounts for every position in them; then believe them."""
        found: list[Change] = []
        for target in self._policy.targets:
            if target.asset not in memories:
                continue
            before = self._memories.get(target.asset, AssetMemory())
            after = memories[target.asset]
            if (before.position, before.sides) == (after.position, after.sides):
                continue
            turn = Turn(
                asset=target.asset,
                instrument=target.instrument,
                before=before.position,
                after=after.position,
                trades=trades.get(target.instrument, ()),
                accepted=accepted,
            )
            found += turn.changes(self._clock.wall_ms())
        self._unsure = True  # until it is known to be written: a commit may fail after it held
        await self._write(memories, found)
        self._memories.update(memories)
        self._unsure = False
        return tuple(found)

    def _carry(self, intent: Intent) -> None:
        asset = intent.order.asset
        memory = self._memories.get(asset, AssetMemory())
        at_ms = intent.settled_at_ms or self._clock.wall_ms()
        self._memories[asset] = after_settlement(memory, intent, at_ms=at_ms)

    async def _write(
        self, memories: Mapping[Asset, AssetMemory], changes: Sequence[Change] = ()
    ) -> None:
        changed = {
            asset: memory
            for asset, memory in memories.items()
            if _differs(self._recorded.get(asset), memory)
        }
        if changed or changes:
            await self._journal.remember(changed, changes)
            self._recorded.update(changed)


_TIMES = ("position_at_ms", "seen_at_ms", "drifted_since_ms")
_SUBSTANCE = attrgetter(*(f.name for f in fields(AssetMemory) if f.name not in _TIMES))


def _differs(recorded: AssetMemory | None, memory: AssetMemory) -> bool:
    """Say whether a memory is worth a write: the time of an unchanged position alone is not."""
    if recorded is None:
        return True
    if memory.position_at_ms - recorded.position_at_ms > POSITION_AT_EVERY_MS:
        return True
    return _SUBSTANCE(memory) != _SUBSTANCE(recorded)


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
