"""What the daemon needs of its record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from counterpoise.core.decision import Plan, Situation
from counterpoise.core.foreign import Change
from counterpoise.core.instrument import (
    Asset,
    VenueName,
)
from counterpoise.core.orders import (
    ClientOrderId,
    Intent,
    IntentState,
    Order,
)
from counterpoise.core.policy.policy import Policy
from counterpoise.core.snapshot import (
    Snapshot,
)
from counterpoise.core.state import AssetMemory, Control, OperatorCommand


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whose journal it is. A journal is opened only by the identity that made it."""

    portfolio: str
    mode: str
    accounts: tuple[str, ...]  # "binance:main", one a venue


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleRecord:
    """One decision and all that it was made from, enough to explain and to replay it."""

    number: int
    at_ms: int
    settings_digest: str
    snapshot: Snapshot
    situation: Situation
    policy: Policy
    plan: Plan


class Journal(Protocol):
    """
    The durable record. What a method wrote is on disk when it returns.

    Every method raises JournalError if the journal cannot be read or written: no journal, no
    order. Nothing is ever deleted but cycles without an order that are older than they are kept.
    """

    async def open(self, identity: Identity) -> None:
        """Open or create it, migrate it, verify it. Raises JournalMismatch, JournalHeld."""
        ...

    async def close(self) -> None:
        """Let go of the file and of the lock."""
        ...

    async def next_cycle(self) -> int:
        """Return a cycle number larger than every one before, across restarts."""
        ...

    async def record_intents(
        self, record: CycleRecord, orders: Sequence[Order], expires_at_ms: Mapping[VenueName, int]
    ) -> tuple[Intent, ...]:
        """
        Commit the cycle and one `sent` intent an order, all or nothing, before anything is sent.

        Client order ids are made here, from the journal's own sequence and fresh entropy.
        Raises LiveIntentExists if an instrument has one.
        """
        ...

    async def record_cycle(self, record: CycleRecord) -> None:
        """Commit a cycle that ordered nothing."""
        ...

    async def record_outcome(self, intent: Intent) -> None:
        """Commit what became of an intent. Raises JournalError for a step that no order takes."""
        ...

    async def unsettled(self) -> tuple[Intent, ...]:
        """Return every live intent, oldest first."""
        ...

    async def sent_since(self, at_ms: int) -> tuple[Intent, ...]:
        """Return the intents sent at or after a time, oldest first."""
        ...

    async def intents(self, limit: int) -> tuple[Intent, ...]:
        """Return the newest intents, newest first."""
        ...

    async def intent(self, reference: str) -> Intent | None:
        """Return the intent of a client order id, of a unique beginning of one, or of a number."""
        ...

    async def transitions(self, client_order_id: ClientOrderId) -> tuple[Transition, ...]:
        """Return each recorded state of an intent, oldest first."""
        ...

    async def cycle(self, number: int) -> CycleRecord | None:
        """Return a recorded cycle."""
        ...

    async def control(self) -> Control:
        """Return the latched state of the account."""
        ...

    async def record_control(self, control: Control) -> None:
        """Commit the state of the account."""
        ...

    async def memories(self) -> Mapping[Asset, AssetMemory]:
        """Return what is remembered of each asset."""
        ...

    async def remember(
        self, memories: Mapping[Asset, AssetMemory], changes: Sequence[Change] = ()
    ) -> None:
        """
        Commit what is to be remembered of these assets, with the changes that it rests on.

        All or nothing. Raises JournalError for a trade that was recorded before.
        """
        ...

    async def changes_since(self, at_ms: int) -> tuple[Change, ...]:
        """Return the changes of positions since a time that were not ours, oldest first."""
        ...

    async def created_at_ms(self) -> int:
        """Return when this journal was begun."""
        ...

    async def submit(self, command: OperatorCommand) -> OperatorCommand:
        """Commit a person's command and return it with its number."""
        ...

    async def pending_commands(self) -> tuple[OperatorCommand, ...]:
        """Return the commands not yet obeyed, oldest first."""
        ...

    async def record_obeyed(self, command: OperatorCommand, at_ms: int) -> None:
        """Commit that a command was obeyed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One recorded state of an intent."""

    state: IntentState
    at_ms: int
    proof: str
