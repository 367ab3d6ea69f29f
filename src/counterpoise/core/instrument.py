"""Assets, symbols and perpetual instruments."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NewType

from counterpoise.core.units import ONE, plain, toward_zero

Asset = NewType("Asset", str)  # "BTC"
Symbol = NewType("Symbol", str)  # a ccxt symbol, "BTC/USDT:USDT"
VenueName = NewType("VenueName", str)  # the name of a venue in the settings, "main"
InstrumentKey = NewType("InstrumentKey", str)  # "main:BTC/USDT:USDT", unique in a portfolio
SpotKey = NewType("SpotKey", str)  # "main:PEPE/USDT": a spot market, read for its price alone


class Kind(StrEnum):
    """How a perpetual is settled."""

    LINEAR = "linear"  # in quote currency: its size counts base units
    INVERSE = "inverse"  # in base currency: its size counts quote units


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """
    One perpetual on one venue.

    A **size** is in the instrument's own unit, long positive: the market's own base for a linear
    perpetual, quote units for an inverse one, so that it is exact in both. Contracts end in
    `venues`. A market may count its asset in multiples (1000PEPE): sizes and mark prices are then
    of those, while `base` is the asset, and every quantity of it is in its own units.
    """

    venue: VenueName
    symbol: Symbol
    base: Asset  # the asset itself: PEPE, also where the market counts 1000PEPE
    quote: Asset
    settle: Asset
    kind: Kind
    size_step: Decimal
    size_min: Decimal
    size_max: Decimal | None  # of one order; None where the venue states none
    notional_min: Decimal  # quote
    price_step: Decimal
    taker_fee: Decimal  # as a fraction of notional
    trading: bool = True  # False where the venue lists it but does not trade it
    multiplier: Decimal = ONE  # units of the asset in one unit of the market's own base

    def __post_init__(self) -> None:
        """Refuse steps and minimums that would make nonsense of every rounding after them."""
        if self.size_step <= 0 or self.price_step <= 0:
            raise ValueError(f"{self.symbol}: steps must be positive")
        if self.size_min < 0 or self.notional_min < 0:
            raise ValueError(f"{self.symbol}: minimums must not be negative")
        if self.size_max is not None and self.size_max < self.size_min:
            raise ValueError(f"{self.symbol}: largest size below the smallest")
        if not self.multiplier.is_finite() or self.multiplier <= 0:
            raise ValueError(f"{self.symbol}: multiplier was {self.multiplier}")

    @property
    def key(self) -> InstrumentKey:
        """Return the name of this instrument in the portfolio: venue, colon, symbol."""
        return InstrumentKey(f"{self.venue}:{self.symbol}")

    @property
    def unit(self) -> Asset:
        """Return what a size counts: `BTC`, `1000PEPE`, or `USD`."""
        if self.kind is Kind.INVERSE:
            return self.quote
        return (
            self.base if self.multiplier == ONE else Asset(f"{plain(self.multiplier)}{self.base}")
        )

    @property
    def terms(self) -> str:
        """Return what must not change unseen: what a size counts, and in what steps it trades."""
        counted = "" if self.multiplier == ONE else f" of {plain(self.multiplier)}"
        unit = f"{self.kind} {self.base}{counted}/{self.quote}:{self.settle}"
        return f"{unit}, size step {plain(self.size_step)}, price step {plain(self.price_step)}"

    def price_of_asset(self, mark_price: Decimal) -> Decimal:
        """Return quote currency per unit of the asset, where the market is at `mark_price`."""
        return mark_price / self.multiplier

    def delta(self, size: Decimal, mark_price: Decimal) -> Decimal:
        """Return the delta of `size` at `mark_price`, in units of the asset."""
        counted = size if self.kind is Kind.LINEAR else size / mark_price
        return counted * self.multiplier

    def notional(self, size: Decimal, mark_price: Decimal) -> Decimal:
        """Return the value of `size` at `mark_price`, in quote units, never negative."""
        return abs(size) * mark_price if self.kind is Kind.LINEAR else abs(size)

    def size(self, quantity: Decimal, mark_price: Decimal) -> Decimal:
        """Return the unrounded size whose delta at `mark_price` is `quantity` of the asset."""
        counted = quantity / self.multiplier
        return counted if self.kind is Kind.LINEAR else counted * mark_price

    def rounded(self, size: Decimal) -> Decimal:
        """Return `size` cut to a whole number of steps: never larger than what was meant."""
        return toward_zero(size, self.size_step)

    def size_of_notional(self, notional: Decimal, mark_price: Decimal) -> Decimal:
        """Return the largest whole-step size worth at most `notional` quote units."""
        return self.rounded(notional / mark_price if self.kind is Kind.LINEAR else notional)
