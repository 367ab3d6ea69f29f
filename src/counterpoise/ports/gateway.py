"""What the daemon needs of an exchange."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from counterpoise.core.basis import Close
from counterpoise.core.instrument import (
    Instrument,
    InstrumentKey,
    SpotKey,
    Symbol,
    VenueName,
)
from counterpoise.core.orders import (
    ClientOrderId,
    Fill,
    Intent,
    OrderReport,
    Origin,
    VenueOrder,
)
from counterpoise.core.snapshot import (
    Balance,
    BookTop,
    Margin,
    Mark,
    Position,
    SpotPrice,
)


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
