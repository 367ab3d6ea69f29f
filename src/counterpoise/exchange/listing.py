"""What the exchange lists, as values that no venue's wire format leaks into."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from counterpoise.core.units import ONE, ZERO


class Market(StrEnum):
    """Where a symbol trades; a perpetual's name says how it is settled."""

    SPOT = "spot"
    LINEAR = "linear"  # settled in quote: quantity counts base units
    INVERSE = "inverse"  # settled in base: quantity counts contracts of a fixed quote amount


@dataclass(frozen=True, slots=True)
class ListingKey:
    """One symbol may be listed on several markets."""

    market: Market
    symbol: str  # the venue's own, "BTCUSDT"

    def __str__(self) -> str:
        """Name it for people: `linear:BTCUSDT`."""
        return f"{self.market}:{self.symbol}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One listed symbol with the rules that its orders must keep."""

    key: ListingKey
    base: str
    quote: str
    settle: str  # what profit, margin and perpetual fees are paid in
    contract_size: Decimal = ONE  # base units (linear) or quote units (inverse) a contract
    price_step: Decimal
    price_min: Decimal
    price_max: Decimal
    quantity_step: Decimal
    quantity_min: Decimal
    quantity_max: Decimal
    market_quantity_max: Decimal
    notional_min: Decimal = ZERO  # quote
    price_share_max: Decimal | None = None  # highest buy price over mark price; None: no rule
    price_share_min: Decimal | None = None  # lowest sell price over mark price

    @property
    def pair(self) -> str:
        """Return the name that people use on every venue, `BTCUSDT`."""
        return f"{self.base}{self.quote}"

    @property
    def perpetual(self) -> bool:
        """Say whether it is traded on margin."""
        return self.key.market is not Market.SPOT

    def notional(self, quantity: Decimal, price: Decimal) -> Decimal:
        """Return what `quantity` is worth at `price`, in quote units, never negative."""
        size = abs(quantity) * self.contract_size
        return size if self.key.market is Market.INVERSE else size * price

    def worth(self, quantity: Decimal, price: Decimal) -> Decimal:
        """Return what `quantity` is worth at `price`, in the settle asset, never negative."""
        size = abs(quantity) * self.contract_size
        return size / price if self.key.market is Market.INVERSE else size * price

    def price_of(self, quantity: Decimal, worth: Decimal) -> Decimal:
        """Return the price at which `quantity` is worth `worth` in the settle asset."""
        size = abs(quantity) * self.contract_size
        return size / worth if self.key.market is Market.INVERSE else worth / size

    def profit(self, quantity: Decimal, entry: Decimal, price: Decimal) -> Decimal:
        """Return what `quantity` (long positive) gained from `entry` to `price`, settle asset."""
        size = quantity * self.contract_size
        if self.key.market is Market.INVERSE:
            return size / entry - size / price
        return size * (price - entry)

    def quantity_of(self, notional: Decimal, price: Decimal) -> Decimal:
        """Return the unrounded quantity that is worth `notional` quote units at `price`."""
        contracts = notional / self.contract_size
        return contracts if self.key.market is Market.INVERSE else contracts / price
