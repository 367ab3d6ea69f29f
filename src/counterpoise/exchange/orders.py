"""Orders and trades as the exchange keeps them."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from counterpoise.core.units import ZERO
from counterpoise.exchange.listing import Listing


class Side(StrEnum):
    """Which way an order trades."""

    BUY = "BUY"
    SELL = "SELL"

    @property
    def sign(self) -> int:
        """Return 1 for buying, -1 for selling."""
        return 1 if self is Side.BUY else -1

    @property
    def opposite(self) -> Side:
        """Return the other side."""
        return Side.SELL if self is Side.BUY else Side.BUY


class OrderType(StrEnum):
    """At a bound price, or at any."""

    LIMIT = "LIMIT"
    MARKET = "MARKET"


class TimeInForce(StrEnum):
    """How long an order may stand."""

    GTC = "GTC"  # until cancelled
    IOC = "IOC"  # fill what can be filled at once, drop the rest
    FOK = "FOK"  # all at once or nothing
    GTX = "GTX"  # only as maker


class OrderStatus(StrEnum):
    """Where an order stands."""

    NEW = "NEW"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"

    @property
    def open(self) -> bool:
        """Say whether the order may still trade."""
        return self in {OrderStatus.NEW, OrderStatus.PARTIALLY_FILLED}


class PositionSide(StrEnum):
    """Which position an order works on: the only one, or one of two in hedge mode."""

    BOTH = "BOTH"
    LONG = "LONG"
    SHORT = "SHORT"


class Origin(StrEnum):
    """Who sent an order."""

    CLIENT = "client"
    MANUAL = "manual"  # traded by hand, past the client
    LIQUIDATION = "liquidation"
    DELEVERAGING = "deleveraging"
    SETTLEMENT = "settlement"

    @property
    def forced(self) -> bool:
        """Say whether the exchange itself closed a position by it."""
        return self not in {Origin.CLIENT, Origin.MANUAL}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """What somebody asks for; quantity is positive, in the listing's unit."""

    listing: Listing
    side: Side
    type: OrderType
    time_in_force: TimeInForce
    quantity: Decimal
    client_order_id: str
    price: Decimal | None = None  # None: at any price
    reduce_only: bool = False
    position_side: PositionSide = PositionSide.BOTH
    origin: Origin = Origin.CLIENT


@dataclass(slots=True, kw_only=True)
class VenueOrder:
    """An order that was taken, and what has become of it so far."""

    id: int
    request: OrderRequest
    quantity: Decimal  # what is left of the wish after reduce-only cut it
    created_ms: int  # venue time
    updated_ms: int
    status: OrderStatus = OrderStatus.NEW
    executed: Decimal = ZERO
    executed_worth: Decimal = ZERO  # in the settle asset (inverse: base)
    dropped: Reason | None = None  # why the venue took it and let go of it at once
    trades: list[Trade] = field(default_factory=list)

    @property
    def left(self) -> Decimal:
        """Return what has not traded."""
        return self.quantity - self.executed

    @property
    def price_average(self) -> Decimal:
        """Return the average price of what was traded; zero where nothing was."""
        if not self.executed:
            return ZERO
        return self.request.listing.price_of(self.executed, self.executed_worth)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """One fill."""

    id: int
    order_id: int
    listing: Listing
    side: Side
    position_side: PositionSide
    price: Decimal
    quantity: Decimal
    fee: Decimal  # positive is paid
    fee_asset: str
    profit: Decimal  # realised, in the settle asset; zero on spot
    maker: bool
    at_ms: int  # venue time


class IncomeType(StrEnum):
    """Why a futures wallet changed."""

    REALIZED_PNL = "REALIZED_PNL"
    COMMISSION = "COMMISSION"
    FUNDING_FEE = "FUNDING_FEE"
    INSURANCE_CLEAR = "INSURANCE_CLEAR"
    TRANSFER = "TRANSFER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Funded:
    """What a funding payment was for."""

    side: PositionSide
    quantity: Decimal  # of the position, long positive
    mark: Decimal
    rate: Decimal  # positive: longs pay shorts


@dataclass(frozen=True, slots=True, kw_only=True)
class Income:
    """One change of a futures wallet."""

    id: int
    type: IncomeType
    symbol: str
    asset: str
    amount: Decimal  # positive is received
    at_ms: int  # venue time
    trade_id: int | None = None
    funded: Funded | None = None  # of a funding payment


class Reason(StrEnum):
    """Why the exchange refused; a dialect turns each into its venue's own code."""

    SYMBOL_UNKNOWN = "symbol unknown"
    SYMBOL_CLOSED = "symbol not trading"
    SYMBOL_UNPRICED = "symbol without a price"
    PRICE_STEP = "price not on a tick"
    PRICE_MIN = "price below the minimum"
    PRICE_MAX = "price above the maximum"
    PRICE_TOO_HIGH = "price too far above the mark price"
    PRICE_TOO_LOW = "price too far below the mark price"
    BOOK_TOO_FAR = "best price of the book too far from the mark price"
    QUANTITY_STEP = "quantity not on a step"
    QUANTITY_MIN = "quantity below the minimum"
    QUANTITY_MAX = "quantity above the maximum"
    NOTIONAL_MIN = "notional below the minimum"
    CLIENT_ORDER_ID_TAKEN = "client order id of an open order"
    POSITION_SIDE = "position side does not fit the position mode"
    REDUCE_ONLY = "reduce-only order would not reduce"
    MARGIN = "margin insufficient"
    BALANCE = "balance insufficient"
    LEVERAGE_POSITION_MAX = "position above the maximum at this leverage"
    ORDERS_MAX = "too many open orders"
    WOULD_TAKE = "post-only order would take"
    WOULD_NOT_FILL = "order cannot be filled whole"
    ORDER_UNKNOWN = "order unknown"
    LEVERAGE = "leverage out of range"
    MODE_HAS_POSITIONS = "mode cannot change with open positions"
    MODE_HAS_ORDERS = "mode cannot change with open orders"
    MODE_SAME = "mode already set"
    MARGIN_TYPE_SAME = "margin type already set"
    TRADING_FORBIDDEN = "account may not trade"


class Refused(Exception):
    """The exchange did nothing, for `reason`."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        """Keep the reason and the number that a message may need."""
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail
