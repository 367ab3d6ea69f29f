"""What one cycle saw, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from counterpoise.core.instrument import Asset, Instrument, InstrumentKey, SpotKey, VenueName
from counterpoise.core.sides import Sides
from counterpoise.core.units import ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """The whole balance of an asset in one place: free, locked and in orders alike."""

    source: str  # "main:spot", "external"
    asset: Asset
    quantity: Decimal  # base units
    changed_at_ms: int | None = None  # by the venue's clock, where it says when the wallet changed

    def __post_init__(self) -> None:
        """Refuse what no balance can be."""
        if not self.quantity.is_finite() or self.quantity < 0:
            raise ValueError(f"{self.source}: balance of {self.asset} was {self.quantity}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """One perpetual position, long positive; a flat one is stated as zero, never left out."""

    instrument: InstrumentKey
    size: Decimal  # the instrument's unit; in hedge mode long minus short
    entry_price: Decimal | None = None
    liquidation_price: Decimal | None = None  # in hedge mode that of the larger side
    unrealised_profit: Decimal | None = None  # settle currency
    sides: Sides | None = None  # None in one-way mode

    def __post_init__(self) -> None:
        """Refuse a size that is no number, or that its sides contradict."""
        if not self.size.is_finite():
            raise ValueError(f"{self.instrument}: position was {self.size}")
        if self.sides is not None and self.sides.net != self.size:
            raise ValueError(f"{self.instrument}: position was {self.size}, sides {self.sides}")

    @property
    def gross(self) -> Decimal:
        """Return what margin and limits count: both sides, never negative. Zero is flat."""
        return abs(self.size) if self.sides is None else self.sides.gross

    @property
    def unwinding(self) -> Decimal:
        """Return the trade that closes it; in hedge mode its larger side, the other one after."""
        if self.sides is None:
            return -self.size
        return -self.sides.long if self.sides.long >= self.sides.short else self.sides.short

    def closable(self, direction: Decimal) -> Decimal:
        """Return how much of it a trade in a direction can close, never negative."""
        if self.sides is not None:
            return self.sides.against(direction)
        return abs(self.size) if self.size * direction < 0 else ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The exchange's fair price of a perpetual, with its funding."""

    instrument: InstrumentKey
    mark_price: Decimal
    index_price: Decimal | None
    funding_rate: Decimal | None  # a fraction an interval; positive: longs pay shorts
    funding_next_at_ms: int | None
    at_ms: int | None  # the venue's own time of it

    def __post_init__(self) -> None:
        """Refuse a price that would reach arithmetic as zero or less."""
        if not self.mark_price.is_finite() or self.mark_price <= 0:
            raise ValueError(f"{self.instrument}: mark price was {self.mark_price}")


@dataclass(frozen=True, slots=True, kw_only=True)
class BookTop:
    """The best bid and ask of a perpetual."""

    instrument: InstrumentKey
    bid: Decimal
    ask: Decimal
    bid_size: Decimal  # the instrument's unit
    ask_size: Decimal

    def __post_init__(self) -> None:
        """Refuse an empty or crossed book."""
        if not 0 < self.bid <= self.ask:
            raise ValueError(f"{self.instrument}: bid {self.bid}, ask {self.ask}")

    @property
    def mid(self) -> Decimal:
        """Return the middle of bid and ask."""
        return (self.bid + self.ask) / 2

    @property
    def spread(self) -> Decimal:
        """Return ask minus bid, as a fraction of their middle."""
        return (self.ask - self.bid) / self.mid


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotPrice:
    """The best bid and ask of a spot market, in quote currency per unit of the asset."""

    market: SpotKey
    bid: Decimal
    ask: Decimal
    at_ms: int | None  # the venue's own time of it, where it says

    def __post_init__(self) -> None:
        """Refuse an empty or crossed book, and no number."""
        if not self.ask.is_finite() or not 0 < self.bid <= self.ask:
            raise ValueError(f"{self.market}: bid {self.bid}, ask {self.ask}")

    @property
    def mid(self) -> Decimal:
        """Return the middle of bid and ask."""
        return (self.bid + self.ask) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Backing:
    """What a whole account of many assets backs its positions with, in quote currency."""

    equity: Decimal  # as far as the venue counts it as collateral, unrealised profit included
    maintenance: Decimal  # maintenance margin of all positions

    def __post_init__(self) -> None:
        """Refuse amounts that are no numbers."""
        if not (self.equity.is_finite() and self.maintenance.is_finite()):
            raise ValueError(f"the account backs positions with {self.equity}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """
    The margin account behind a venue's perpetuals of one settle currency or collateral pool.

    Where one wallet of many assets stands behind everything, there is one of these an asset, each
    with the asset's own balance and the same `backing`: that one counts once a source.
    """

    source: str  # "main:linear"
    asset: Asset  # what the amounts are in
    equity: Decimal  # margin balance: wallet plus unrealised profit
    wallet: Decimal  # without unrealised profit
    maintenance: Decimal  # maintenance margin
    backing: Backing | None = None  # None: positions are backed by this asset's equity alone

    def __post_init__(self) -> None:
        """Refuse amounts that are no numbers."""
        if not all(each.is_finite() for each in (self.equity, self.wallet, self.maintenance)):
            raise ValueError(f"{self.source}: margin balance of {self.asset} was {self.equity}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A part of the picture that could not be read, and whom it concerns."""

    what: str  # "main:positions"
    assets: frozenset[Asset]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """
    All that one cycle knows. Every read of it started at or after `started_s`.

    A part that failed is in `missing` and nowhere else: absent is not zero.
    """

    started_at_ms: int  # wall clock
    started_s: float  # monotonic
    finished_s: float
    reads: int
    instruments: Mapping[InstrumentKey, Instrument]
    balances: tuple[Balance, ...]
    positions: Mapping[InstrumentKey, Position]
    marks: Mapping[InstrumentKey, Mark]
    books: Mapping[InstrumentKey, BookTop]
    margins: tuple[Margin, ...]
    missing: tuple[Missing, ...]
    spots: Mapping[SpotKey, SpotPrice] = field(default_factory=dict)  # where an asset needs one

    def missing_for(self, asset: Asset) -> Missing | None:
        """Return the first missing part that concerns `asset`."""
        return next((part for part in self.missing if asset in part.assets), None)

    def venue_of(self, key: InstrumentKey) -> VenueName:
        """Return the venue of an instrument."""
        return self.instruments[key].venue
