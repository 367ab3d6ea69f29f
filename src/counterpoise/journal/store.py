"""The journal: every decision, every order and every step of one, durable before it matters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy.exc import IntegrityError

from counterpoise.core.foreign import Change
from counterpoise.core.instrument import Asset, VenueName
from counterpoise.core.orders import ClientOrderId, Intent, IntentState, Order
from counterpoise.core.state import AssetMemory, Control, OperatorCommand
from counterpoise.errors import JournalError
from counterpoise.journal import chain, codec, cycles, desk, intents
from counterpoise.journal.changes import changes_since, insert_changes
from counterpoise.journal.database import Database
from counterpoise.journal.identifiers import client_order_id
from counterpoise.journal.migrations import set_meta
from counterpoise.journal.opening import CYCLES_RESERVED_KEY, JournalConfig, Opened, open_journal
from counterpoise.journal.steps import check_step
from counterpoise.ports import Clock, CycleRecord, Entropy, Identity, Transition

_CYCLES_RESERVED_AT_ONCE: Final = 100  # numbers skipped at most by a crash
_QUIET_CYCLES_PER_TIDYING: Final = 32


@dataclass(slots=True, kw_only=True)
class _Counters:
    """What the one writer knows without asking the tables."""

    head: chain.Head
    sequence: int  # of the newest intent
    cycle: int  # given out last
    cycles_reserved: int  # none above it was ever given out
    quiet_cycles: int = 0  # recorded since open
    remembered: dict[Asset, str] = field(default_factory=dict)  # as stored


class SqlJournal:
    """
    The journal in SQLite, through one connection, without threads.

    The daemon opens it `exclusive` and alone records; every other tool reads, and submits
    commands. A method that raised has written nothing.
    """

    def __init__(self, config: JournalConfig, clock: Clock, entropy: Entropy) -> None:
        """Touch nothing until `open`."""
        self._config = config
        self._clock = clock
        self._entropy = entropy
        self._opened: Opened | None = None
        self._counters: _Counters | None = None

    async def open(self, identity: Identity) -> None:
        """
        Open or create it, migrate it, verify it. Only an `exclusive` one is ever created.

        Raises JournalMismatch if it is another's or newer, JournalHeld if another daemon has it,
        JournalError if it is missing, damaged, changed from outside, or cannot be written.
        """
        if self._opened is not None:
            raise JournalError("the journal is open already")
        opened = open_journal(self._config, identity, self._clock, self._entropy)
        self._opened = opened
        try:
            if opened.exclusive:
                self._counters = self._count(opened)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Let go of the file and of the lock. A closed one may be opened again."""
        opened, self._opened = self._opened, None
        counters, self._counters = self._counters, None
        if opened is None:
            return
        if counters is not None and counters.cycle < counters.cycles_reserved:
            # Numbers not used are given back; if that fails they are skipped, which harms nothing.
            with suppress(JournalError), opened.database.writing() as connection:
                set_meta(connection, CYCLES_RESERVED_KEY, str(counters.cycle))
        opened.close()

    async def next_cycle(self) -> int:
        """Return a cycle number larger than every one before, across restarts."""
        counters = self._writer()
        if counters.cycle == counters.cycles_reserved:
            reserved = counters.cycle + _CYCLES_RESERVED_AT_ONCE
            with self._database.writing() as connection:
                set_meta(connection, CYCLES_RESERVED_KEY, str(reserved))
            counters.cycles_reserved = reserved
        counters.cycle += 1
        return counters.cycle

    async def record_intents(
        self, record: CycleRecord, orders: Sequence[Order], expires_at_ms: Mapping[VenueName, int]
    ) -> tuple[Intent, ...]:
        """
        Commit the cycle and one `sent` intent an order, all or nothing, before anything is sent.

        Raises LiveIntentExists if an instrument has one.
        """
        counters = self._writer()
        made = self._intents(record, orders, expires_at_ms)
        try:
            with self._database.writing() as connection:
                cycles.insert_cycle(connection, record, ordered=bool(made))
                head = counters.head
                if made:
                    rows = intents.insert_intents(connection, made)
                    head = chain.append(connection, head, rows, made[0].sent_at_ms)
        except JournalError as error:
            if isinstance(error.__cause__, IntegrityError):
                with self._database.reading() as connection:
                    intents.check_clash(connection, orders, error)
            raise
        counters.head, counters.sequence = head, counters.sequence + len(made)
        return made

    async def record_cycle(self, record: CycleRecord) -> None:
        """Commit a cycle that ordered nothing, and now and then tidy up."""
        counters = self._writer()
        counters.quiet_cycles += 1
        tidying = counters.quiet_cycles % _QUIET_CYCLES_PER_TIDYING == 0
        with self._database.writing() as connection:
            cycles.insert_cycle(connection, record, ordered=False)
            if tidying:
                kept_ms = self._config.cycle_retention_s * 1000
                cycles.prune_cycles(connection, self._clock.wall_ms() - kept_ms)
        if tidying:
            with suppress(JournalError):  # what is recorded is durable before it; the next retries
                self._database.checkpoint()

    async def record_outcome(self, intent: Intent) -> None:
        """Commit what became of an intent, unless it is recorded already; checked by its step."""
        counters = self._writer()
        now_ms = self._clock.wall_ms()
        with self._database.writing() as connection:
            before = intents.intent_with_id(connection, intent.client_order_id)
            if before is None:
                raise JournalError(f"order {intent.client_order_id} was never recorded")
            if before == intent:
                return
            check_step(before, intent, now_ms)
            row = intents.update_intent(connection, intent)
            head = chain.append(connection, counters.head, [row], now_ms)
        counters.head = head

    async def unsettled(self) -> tuple[Intent, ...]:
        """Return every live intent, oldest first."""
        if not self._database.finds(intents.ANY_LIVE):
            return ()
        with self._database.reading() as connection:
            return intents.live_intents(connection)

    async def sent_since(self, at_ms: int) -> tuple[Intent, ...]:
        """Return the intents sent at or after a time, oldest first."""
        with self._database.reading() as connection:
            return intents.intents_since(connection, at_ms)

    async def intents(self, limit: int) -> tuple[Intent, ...]:
        """Return the newest intents, newest first."""
        with self._database.reading() as connection:
            return intents.newest_intents(connection, limit)

    async def intent(self, reference: str) -> Intent | None:
        """
        Return the intent of a client order id, of a unique beginning of one, or of a number.

        Raises JournalError where several ids begin so.
        """
        with self._database.reading() as connection:
            return intents.intent_referred(connection, reference)

    async def transitions(self, client_order_id: ClientOrderId) -> tuple[Transition, ...]:
        """Return each recorded state of an intent, oldest first."""
        with self._database.reading() as connection:
            return intents.transitions_of(connection, client_order_id)

    async def cycle(self, number: int) -> CycleRecord | None:
        """Return a recorded cycle, None where there is none or it is no longer kept."""
        with self._database.reading() as connection:
            return cycles.cycle_with_number(connection, number)

    async def control(self) -> Control:
        """Return the latched state of the account."""
        with self._database.reading() as connection:
            return desk.control_now(connection)

    async def record_control(self, control: Control) -> None:
        """Commit the state of the account; recording the same again writes nothing."""
        self._writer()
        with self._database.writing() as connection:
            if desk.control_now(connection) != control:
                desk.insert_control(connection, control)

    async def memories(self) -> Mapping[Asset, AssetMemory]:
        """Return what is remembered of each asset."""
        with self._database.reading() as connection:
            bodies = desk.memory_bodies(connection)
        return {asset: codec.decode_memory(body) for asset, body in bodies.items()}

    async def remember(
        self, memories: Mapping[Asset, AssetMemory], changes: Sequence[Change] = ()
    ) -> None:
        """Commit what changed of what is remembered, with the changes that it rests on."""
        counters = self._writer()
        bodies = {asset: codec.encode_memory(memory) for asset, memory in memories.items()}
        changed = {a: b for a, b in bodies.items() if counters.remembered.get(a) != b}
        if not changed and not changes:
            return
        with self._database.writing() as connection:
            if changed:
                desk.upsert_memories(connection, changed)
            insert_changes(connection, changes)
        counters.remembered.update(changed)

    async def changes_since(self, at_ms: int) -> tuple[Change, ...]:
        """Return the changes of positions since a time that were not ours, oldest first."""
        with self._database.reading() as connection:
            return changes_since(connection, at_ms)

    async def created_at_ms(self) -> int:
        """Return when this journal was begun."""
        return self._opening().created_at_ms

    async def submit(self, command: OperatorCommand) -> OperatorCommand:
        """Commit a person's command and return it with its number; any opener may."""
        with self._database.writing() as connection:
            return desk.insert_command(connection, command)

    async def pending_commands(self) -> tuple[OperatorCommand, ...]:
        """Return the commands not yet obeyed, oldest first."""
        if not self._database.finds(desk.ANY_PENDING):
            return ()
        with self._database.reading() as connection:
            return desk.commands_pending(connection)

    async def record_obeyed(self, command: OperatorCommand, at_ms: int) -> None:
        """Commit that a command was obeyed; only the first time counts."""
        self._writer()
        with self._database.writing() as connection:
            desk.mark_obeyed(connection, command.number, at_ms)

    def _count(self, opened: Opened) -> _Counters:
        """Verify the chain and return where the journal stands."""
        codec.warm()
        with opened.database.reading() as connection:
            reserved = max(opened.cycles_reserved, cycles.last_cycle(connection))
            return _Counters(
                head=chain.verify(connection, opened.nonce),
                sequence=intents.last_sequence(connection),
                cycle=reserved,
                cycles_reserved=reserved,
                remembered=desk.memory_bodies(connection),
            )

    def _intents(
        self, record: CycleRecord, orders: Sequence[Order], expires_at_ms: Mapping[VenueName, int]
    ) -> tuple[Intent, ...]:
        """Return the intents of these orders, as sent from now."""
        now_ms = self._clock.wall_ms()
        first = self._writer().sequence + 1
        portfolio = self._opening().portfolio
        return tuple(
            Intent(
                client_order_id=client_order_id(portfolio, sequence, self._entropy),
                sequence=sequence,
                cycle=record.number,
                order=order,
                state=IntentState.SENT,
                sent_at_ms=now_ms,
                expires_at_ms=expires_at_ms[record.snapshot.venue_of(order.instrument)],
            )
            for sequence, order in enumerate(orders, first)
        )

    @property
    def _database(self) -> Database:
        """Return the open database. Raises JournalError if it is not."""
        return self._opening().database

    def _opening(self) -> Opened:
        """Return the open journal. Raises JournalError if it is not."""
        if self._opened is None:
            raise JournalError("the journal is not open")
        return self._opened

    def _writer(self) -> _Counters:
        """Return the counters. Raises JournalError unless this is the one writer."""
        self._opening()
        if self._counters is None:
            raise JournalError("this journal was opened for reading; only the daemon records")
        return self._counters
