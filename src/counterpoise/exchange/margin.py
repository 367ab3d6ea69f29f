"""Cross margin: what positions need, what is left, and where they are liquidated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from counterpoise.core.units import ONE, ZERO
from counterpoise.exchange.account import Account, Position
from counterpoise.exchange.listing import Listing, Market


@dataclass(frozen=True, slots=True)
class Bracket:
    """Rules for positions up to `cap` notional: the larger, the less leverage."""

    floor: Decimal  # quote (inverse: base units)
    cap: Decimal
    leverage_max: int
    rate: Decimal  # maintenance margin over notional
    deduction: Decimal  # taken off, so that the requirement has no steps

    def maintenance(self, notional: Decimal) -> Decimal:
        """Return the maintenance margin of a position in this bracket."""
        return notional * self.rate - self.deduction


def _brackets(rows: Iterable[tuple[str, int, str]]) -> tuple[Bracket, ...]:
    found: list[Bracket] = []
    floor, rate, deduction = ZERO, ZERO, ZERO
    for cap_text, leverage_max, rate_text in rows:
        deduction += floor * (Decimal(rate_text) - rate)
        rate = Decimal(rate_text)
        found.append(Bracket(floor, Decimal(cap_text), leverage_max, rate, deduction))
        floor = Decimal(cap_text)
    return tuple(found)


# Of the usual size for a large perpetual; the venue's own table is not public. Those of inverse
# ones count coins, as many as are usual of bitcoin.
BRACKETS: Mapping[Market, tuple[Bracket, ...]] = {
    Market.LINEAR: _brackets(
        [
            ("50000", 125, "0.004"),
            ("600000", 100, "0.005"),
            ("3000000", 75, "0.0065"),
            ("12000000", 50, "0.01"),
            ("70000000", 25, "0.02"),
            ("100000000", 20, "0.025"),
            ("230000000", 10, "0.05"),
            ("480000000", 5, "0.1"),
            ("1200000000", 2, "0.25"),
            ("1800000000", 1, "0.5"),
        ]
    ),
    Market.INVERSE: _brackets(
        [("5", 125, "0.004"), ("10", 100, "0.005"), ("50", 50, "0.01"), ("1000", 10, "0.05")]
    ),
}

# of another coin, so many go into the place of one bitcoin
COINS: Mapping[str, Decimal] = {"BTC": ONE, "ETH": Decimal(20), "BNB": Decimal(100)}
COINS_USUAL = Decimal(20_000)

Marks = Callable[[Listing], Decimal]  # the mark price of a listing


def brackets_of(listing: Listing) -> tuple[Bracket, ...]:
    """Return the brackets of a perpetual's positions, the smallest first; none for spot."""
    if listing.key.market is Market.INVERSE:
        return _coin_brackets(COINS.get(listing.base, COINS_USUAL))
    return BRACKETS.get(listing.key.market, ())


@cache
def _coin_brackets(coins: Decimal) -> tuple[Bracket, ...]:
    return tuple(
        replace(row, floor=row.floor * coins, cap=row.cap * coins, deduction=row.deduction * coins)
        for row in BRACKETS[Market.INVERSE]
    )


def bracket_of(listing: Listing, worth: Decimal) -> Bracket:
    """Return the bracket of a position worth `worth` in the settle asset."""
    brackets = brackets_of(listing)
    for bracket in brackets:
        if worth < bracket.cap:
            return bracket
    return brackets[-1]


def worth_max(listing: Listing, leverage: int) -> Decimal:
    """Return how large a position may be at `leverage`, in the settle asset."""
    allowed = [row.cap for row in brackets_of(listing) if row.leverage_max >= leverage]
    return max(allowed, default=ZERO)


def maintenance_of(position: Position, mark: Decimal) -> Decimal:
    """Return the maintenance margin of one position, in the settle asset."""
    worth = position.listing.worth(position.amount, mark)
    return bracket_of(position.listing, worth).maintenance(worth)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginState:
    """The margin account of one settle asset, in that asset."""

    wallet: Decimal
    unrealised: Decimal
    initial: Decimal
    maintenance: Decimal
    orders: Decimal  # held by open orders

    @property
    def balance(self) -> Decimal:
        """Return wallet plus unrealised profit."""
        return self.wallet + self.unrealised

    @property
    def available(self) -> Decimal:
        """Return what new orders may use, never negative."""
        return max(ZERO, self.balance - self.initial - self.orders)

    @property
    def liquidated(self) -> bool:
        """Say whether the margin ratio has reached 1."""
        return self.maintenance > ZERO and self.balance <= self.maintenance


def idle(wallet: Decimal) -> MarginState:
    """Return the state of a margin account that backs no position of its own."""
    return MarginState(wallet=wallet, unrealised=ZERO, initial=ZERO, maintenance=ZERO, orders=ZERO)


def margin_state(account: Account, asset: str, marks: Marks, orders: Decimal) -> MarginState:
    """Return the state of the margin account in `asset`."""
    unrealised = initial = maintenance = ZERO
    for position in account.open_positions():
        listing = position.listing
        if listing.settle == asset:
            mark = marks(listing)
            unrealised += position.profit(mark)
            initial += listing.worth(position.amount, mark) / account.leverage_of(listing.key)
            maintenance += maintenance_of(position, mark)
    return MarginState(
        wallet=account.futures.get(asset, ZERO),
        unrealised=unrealised,
        initial=initial,
        maintenance=maintenance,
        orders=orders,
    )


def liquidation_price(position: Position, state: MarginState, mark: Decimal) -> Decimal:
    """
    Return the mark price at which the margin ratio reaches 1, all else as it is; zero if none.

    The bracket is that of the position at today's mark price, as venues show it.
    """
    listing, amount = position.listing, position.amount
    bracket = bracket_of(listing, listing.worth(amount, mark))
    others = state.maintenance - maintenance_of(position, mark)
    cushion = state.balance - position.profit(mark) - others + bracket.deduction
    size = amount * listing.contract_size
    if listing.key.market is Market.INVERSE:  # cushion + size/entry - size/L = |size| rate / L
        divisor = cushion + size / position.entry_price
        price = (size + abs(size) * bracket.rate) / divisor if divisor else ZERO
    else:  # cushion + size (L - entry) = |size| rate L
        divisor = abs(size) * bracket.rate - size
        price = (cushion - size * position.entry_price) / divisor if divisor else ZERO
    return max(ZERO, price)
