"""What can be decided, what was intended, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NewType

from counterpoise.core.instrument import Asset, InstrumentKey, Symbol

ClientOrderId = NewType("ClientOrderId", str)  # ours, a-z0-9, at most 28, never reused

CLIENT_ORDER_ID_LENGTH_MAX = 28


class Side(StrEnum):
    """Which way an order trades."""

    BUY = "buy"
    SELL = "sell"


class Rule(StrEnum):
    """What set off a correction."""

    DRIFT = "drift"
    CALENDAR = "calendar"
    START = "start"
    OPERATOR = "operator"


class HoldReason(StrEnum):
    """Why nothing is sent for an asset."""

    IN_BAND = "in_band"  # the quiet state: nothing to do
    SUSTAIN = "sustain"
    COOLDOWN = "cooldown"
    CARRIED = "carried"  # the quiet state of an asset without a perpetual: another one's hedges it
    SNAPSHOT_INCOMPLETE = "snapshot_incomplete"
    SNAPSHOT_STALE = "snapshot_stale"
    PRICES_APART = "prices_apart"
    CLOCK_SKEW = "clock_skew"
    ACCOUNT_UNFIT = "account_unfit"
    ZERO_UNEXPLAINED = "zero_unexplained"
    POSITION_UNEXPLAINED = "position_unexplained"
    UNSETTLED = "unsettled"
    POSITION_UNCONFIRMED = "position_unconfirmed"
    BELOW_MINIMUM = "below_minimum"
    NOT_TRADING = "not_trading"
    CONTRACT_CHANGED = "contract_changed"
    EXTERNAL_EXPIRED = "external_expired"
    SPREAD = "spread"
    PRICE_COLLAR = "price_collar"
    ORDER_NOTIONAL = "order_notional"
    POSITION_NOTIONAL = "position_notional"
    TURNOVER_DAY = "turnover_day"
    ORDERS_PER_MINUTE = "orders_per_minute"
    LEVERAGE = "leverage"
    MARGIN_USE = "margin_use"
    LIQUIDATION_NEAR = "liquidation_near"
    LIQUIDATED = "liquidated"
    FORCED = "forced"
    BOOKS_APART = "books_apart"
    DELEVERAGED = "deleveraged"
    FOREIGN_TRADE = "foreign_trade"
    BACK_OFF = "back_off"
    NOT_FILLING = "not_filling"
    OPERATOR = "operator"


class Cause(StrEnum):
    """Who or what moved a position."""

    OURS = "ours"  # an order of ours, beyond what the journal has of it
    COPY = "copy"  # an order named as ours are, which this journal does not know
    FOREIGN = "foreign"  # somebody else: by hand, or by other software
    LIQUIDATION = "liquidation"
    DELEVERAGING = "deleveraging"
    SETTLEMENT = "settlement"  # delivered or delisted: closed by the venue at a price of its own
    UNKNOWN = "unknown"  # it traded, and the venue does not say for whom
    FOUND = "found"  # it stood there when it was first looked at
    ACCEPTED = "accepted"  # a person said that it is right


class IntentState(StrEnum):
    """Where an intent stands. The first four are live: its instrument takes no other order."""

    PLANNED = "planned"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    UNKNOWN = "unknown"
    FILLED = "filled"
    PART_FILLED = "part-filled"
    CANCELLED = "cancelled"  # ended with nothing filled
    REJECTED = "rejected"
    ABSENT = "absent"  # proved never to have been accepted

    @property
    def live(self) -> bool:
        """Say whether the order may still change the position."""
        return self in LIVE_STATES


LIVE_STATES = frozenset(
    {IntentState.PLANNED, IntentState.SENT, IntentState.ACKNOWLEDGED, IntentState.UNKNOWN}
)


class VenueStatus(StrEnum):
    """What an exchange says of an order."""

    OPEN = "open"
    FILLED = "filled"
    ENDED = "ended"  # cancelled or expired, with or without a part filled
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One immediate-or-cancel limit order, decided and not yet recorded."""

    asset: Asset
    instrument: InstrumentKey
    symbol: Symbol
    size: Decimal  # the instrument's unit, bought positive
    limit_price: Decimal
    mark_price: Decimal
    notional: Decimal  # quote
    reduce_only: bool
    rule: Rule
    position_before: Decimal  # the size it was decided on
    completes: bool  # nothing of the correction is left once it has filled

    def __post_init__(self) -> None:
        """Refuse an order that no exchange could mean as we do."""
        if self.size == 0 or self.limit_price <= 0 or self.mark_price <= 0:
            raise ValueError(f"{self.symbol}: order of {self.size} at {self.limit_price}")

    @property
    def side(self) -> Side:
        """Return which way it trades."""
        return Side.BUY if self.size > 0 else Side.SELL


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """The decision to send nothing for an asset, with the reason."""

    asset: Asset
    reason: HoldReason
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReport:
    """What the exchange says of one order of ours."""

    client_order_id: ClientOrderId
    venue_order_id: str
    status: VenueStatus
    filled_size: Decimal  # the instrument's unit, signed like the order
    price_average: Decimal | None  # None where nothing was filled
    at_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """One trade of the account, ours or not."""

    trade_id: str
    venue_order_id: str
    instrument: InstrumentKey
    size: Decimal  # the instrument's unit, bought positive
    price: Decimal
    fee: Decimal  # positive is paid
    fee_asset: Asset
    at_ms: int
    client_order_id: str = ""  # of its order, where it was looked up
    cause: Cause | None = None  # None: nobody asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Whose an order is, as the venue tells."""

    cause: Cause  # FOREIGN for anything that the venue did not do of itself, ours included
    client_order_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueOrder:
    """One order of the account as the venue lists it, ours or not."""

    client_order_id: str
    venue_order_id: str
    instrument: InstrumentKey
    size: Decimal  # what of it has not traded yet, bought positive
    price: Decimal | None  # None: at any price
    resting: bool
    at_ms: int  # when it was taken, by the venue's clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """An order recorded before it was sent, and what is known of it since."""

    client_order_id: ClientOrderId
    sequence: int
    cycle: int
    order: Order
    state: IntentState
    sent_at_ms: int
    expires_at_ms: int  # the venue takes it no later than this, by its own clock
    venue_order_id: str = ""
    filled_size: Decimal = Decimal(0)
    price_average: Decimal | None = None
    fee: Decimal | None = None
    fee_asset: Asset | None = None
    settled_at_ms: int | None = None
    proof: str = ""  # by what the last state was proved
    code: str = ""  # the venue's, where it refused

    @property
    def position_after(self) -> Decimal:
        """Return the size that the position has if nobody else traded."""
        return self.order.position_before + self.filled_size
