"""What the daemon needs from outside: exchanges, a journal, the time, wires, and somebody's ear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from counterpoise.core.basis import Close
from counterpoise.core.decision import Plan, Situation
from counterpoise.core.foreign import Change
from counterpoise.core.instrument import (
    Asset,
    Instrument,
    InstrumentKey,
    SpotKey,
    Symbol,
    VenueName,
)
from counterpoise.core.notice import Notice
from counterpoise.core.orders import (
    ClientOrderId,
    Fill,
    Intent,
    IntentState,
    Order,
    OrderReport,
    Origin,
    VenueOrder,
)
from counterpoise.core.policy.policy import Policy
from counterpoise.core.snapshot import (
    Balance,
    BookTop,
    Margin,
    Mark,
    Position,
    Snapshot,
    SpotPrice,
)
from counterpoise.core.state import AssetMemory, Control, OperatorCommand


class Clock(Protocol):
    """The only source of time. Intervals use `monotonic_s`; records and venues use `wall_ms`."""

    def wall_ms(self) -> int:
        """Return milliseconds since 1970, UTC."""
        ...

    def monotonic_s(self) -> float:
        """Return seconds that never go back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class Entropy(Protocol):
    """The only source of randomness."""

    def token(self, length: int) -> str:
        """Return `length` random characters of a-z0-9."""
        ...


class Alerts(Protocol):
    """One way to tell a person something."""

    @property
    def name(self) -> str:
        """Return what the settings call it."""
        ...

    @property
    def host(self) -> str:
        """Return where it leads: the host alone, for the rest of its address is a secret."""
        ...

    async def deliver(self, notice: Notice) -> None:
        """Hand one message over, once. Raises Undelivered unless the receiver said it has it."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class Heartbeat(Protocol):
    """An outside watch that raises the alarm when it hears nothing for a while."""

    @property
    def host(self) -> str:
        """Return where it is: the host alone."""
        ...

    async def beat(self) -> None:
        """Say once that all goes on. Raises Undelivered."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """One request as it leaves: the URL already signed, nothing to be added but routing."""

    method: str  # upper case
    url: str  # absolute, percent-encoded
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    """One response, read to its end."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    reason: str = ""


class Transport(Protocol):
    """A wire to a venue: HTTP for real, or the local exchange in memory."""

    async def send(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
        """
        Send once and return the answer, whatever its status.

        Raises Unsent if the connection never opened, and OutcomeUnknown if anything else kept
        the whole answer from arriving.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts:
    """What an exchange says of the account itself. None is: it would not say."""

    account_id: str | None
    can_trade_perpetuals: bool | None
    can_withdraw: bool | None
    ip_restricted: bool | None
    hedge_mode: bool | None  # True: long and short positions side by side
    multi_asset_margin: bool | None
    leverage: Mapping[Symbol, Decimal]
    margin_mode: Mapping[Symbol, str]  # "cross" | "isolated"
    hedge_mode_traded: bool = False  # whether we know how to say there which side is meant


class Gateway(Protocol):
    """
    One account on one exchange.

    Every method raises Unavailable, Unauthorized, DoorRefused or SnapshotError (an answer that
    is empty, cut, HTML or lacks a field; never an empty result in its place). Only `place` may
    raise Rejected and OutcomeUnknown.
    """

    @property
    def venue(self) -> VenueName:
        """Return the venue's name in the settings."""
        ...

    async def open(self) -> tuple[Instrument, ...]:
        """Load the configured perpetuals. Raises SettingsError for one that is not listed."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...

    async def skew_ms(self) -> int:
        """Return the venue's clock minus ours."""
        ...

    async def balances(self) -> tuple[Balance, ...]:
        """Return the balances of the configured wallets that hold no perpetuals, all assets."""
        ...

    async def margins(self) -> tuple[Margin, ...]:
        """Return the margin accounts of the configured wallets that hold perpetuals."""
        ...

    async def positions(self) -> Mapping[InstrumentKey, Position]:
        """Return the position of every configured instrument, flat ones as zero."""
        ...

    async def marks(self) -> Mapping[InstrumentKey, Mark]:
        """Return mark, index and funding of every configured instrument."""
        ...

    async def books(self) -> Mapping[InstrumentKey, BookTop]:
        """Return the best bid and ask of every configured instrument."""
        ...

    async def spots(self) -> Mapping[SpotKey, SpotPrice]:
        """Return the best bid and ask of every spot market whose price an asset needs."""
        ...

    async def closes(self, symbol: Symbol) -> tuple[Close, ...]:
        """
        Return what a spot market last traded at in each span of some weeks, oldest first.

        For a person's look only: no cycle asks for it.
        """
        ...

    async def place(self, intent: Intent) -> OrderReport:
        """
        Send the order of a recorded intent, once.

        Raises Unavailable if it provably had no effect, Rejected if the venue refused it, and
        OutcomeUnknown for everything else.
        """
        ...

    async def find(self, intent: Intent) -> OrderReport | None:
        """Return what the venue knows of an intent, or None where it says not found."""
        ...

    async def open_order_ids(self, symbol: Symbol) -> frozenset[ClientOrderId]:
        """Return the client order ids of the resting orders of one instrument."""
        ...

    async def fills(self, symbol: Symbol, since_ms: int) -> tuple[Fill, ...]:
        """Return the account's trades in one instrument since `since_ms`, oldest first."""
        ...

    async def origins(
        self, symbol: Symbol, venue_order_ids: frozenset[str], since_ms: int
    ) -> Mapping[str, Origin]:
        """
        Return whose these orders were, by the venue's id; one that it does not know is left out.

        `since_ms` is before all of them.
        """
        ...

    async def orders(self, symbol: Symbol, since_ms: int) -> tuple[VenueOrder, ...]:
        """Return every resting order of one instrument, and the newest ended since `since_ms`."""
        ...

    async def account(self) -> AccountFacts:
        """Return what the venue says of the account."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueLimits:
    """What a gateway promises about the life of a request."""

    receive_window_ms: int
    skew_max_ms: int
    visibility_lag_ms: int
    send_budget_ms: int = 2_000  # a decision older than this is not sent any more

    @property
    def life_ms(self) -> int:
        """Return how long after it was recorded an order can still be accepted, by our clock."""
        return self.send_budget_ms + self.receive_window_ms

    @property
    def absence_after_ms(self) -> int:
        """Return how long after it was recorded an order can still appear."""
        return self.life_ms + self.skew_max_ms + self.visibility_lag_ms


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
