"""What the account holds. Only the ledger and the controls change it."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from decimal import Decimal

from counterpoise.core.units import ZERO
from counterpoise.exchange.listing import Listing, ListingKey
from counterpoise.exchange.orders import PositionSide

LEVERAGE_DEFAULT = 20


@dataclass(slots=True, kw_only=True)
class Position:
    """One perpetual position; amount is in the listing's unit, long positive."""

    listing: Listing
    side: PositionSide
    amount: Decimal = ZERO
    entry_price: Decimal = ZERO
    fees: Decimal = ZERO  # paid for what is open, settle asset, for the break-even price
    updated_ms: int = 0  # venue time

    def profit(self, mark: Decimal) -> Decimal:
        """Return the unrealised profit at `mark`, in the settle asset."""
        return self.listing.profit(self.amount, self.entry_price, mark) if self.amount else ZERO


PositionKey = tuple[ListingKey, PositionSide]


@dataclass(slots=True, kw_only=True)
class Account:
    """One account: its wallets, its positions, and what it may do."""

    spot: dict[str, Decimal] = field(default_factory=dict)  # total, locked included
    futures: dict[str, Decimal] = field(default_factory=dict)  # wallet balance by settle asset
    # coins beside cash in the wallet of linear perpetuals, which multi-assets mode makes margin
    collateral: dict[str, Decimal] = field(default_factory=dict)
    positions: dict[PositionKey, Position] = field(default_factory=dict)
    leverage: dict[ListingKey, int] = field(default_factory=dict)
    isolated: set[ListingKey] = field(default_factory=set)  # margin type asked for
    hedge_mode: bool = False
    multi_assets: bool = False
    can_trade: bool = True
    can_withdraw: bool = False
    unified: bool = False  # one wallet for spot and perpetuals
    spot_updated_ms: int = 0
    futures_updated_ms: int = 0

    def __post_init__(self) -> None:
        """Let both names mean the one wallet where there is only one."""
        if self.unified:
            self.futures = self.spot

    def position(self, listing: Listing, side: PositionSide) -> Position:
        """Return a position, flat if there never was one."""
        key = (listing.key, side)
        if key not in self.positions:
            self.positions[key] = Position(listing=listing, side=side)
        return self.positions[key]

    def open_positions(self) -> list[Position]:
        """Return the positions that are not flat."""
        return [position for position in self.positions.values() if position.amount]

    def leverage_of(self, key: ListingKey) -> int:
        """Return the leverage set for a listing."""
        return self.leverage.get(key, LEVERAGE_DEFAULT)

    def add_spot(self, asset: str, amount: Decimal, at_ms: int) -> None:
        """Change a spot balance."""
        self.spot[asset] = self.spot.get(asset, ZERO) + amount
        self.spot_updated_ms = at_ms

    def add_futures(self, asset: str, amount: Decimal, at_ms: int) -> None:
        """Change a futures wallet balance."""
        self.futures[asset] = self.futures.get(asset, ZERO) + amount
        self.futures_updated_ms = at_ms

    def copied(self) -> Account:
        """Return an independent copy; listings never change and are shared."""
        listings = {id(position.listing): position.listing for position in self.positions.values()}
        return deepcopy(self, memo=dict(listings))
