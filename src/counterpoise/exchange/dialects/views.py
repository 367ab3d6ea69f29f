"""Positions, funding and fees as venues show them, worked out once for every protocol."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from counterpoise.core.units import ZERO
from counterpoise.exchange.account import Account, Position
from counterpoise.exchange.dialects.common import placed, taken_and_dropped
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.listing import Listing, Market
from counterpoise.exchange.margin import liquidation_price, maintenance_of
from counterpoise.exchange.moment import HOUR_MS, Moment
from counterpoise.exchange.orders import (
    Income,
    IncomeType,
    OrderRequest,
    Reason,
    Refused,
    VenueOrder,
)
from counterpoise.exchange.venue import Venue

FUNDING_HOURS = 8  # between two settlements in the recording


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionView:
    """One open position at this instant; money is in the settle asset."""

    position: Position
    mark: Decimal
    leverage: int
    worth: Decimal
    profit: Decimal  # unrealised
    initial: Decimal
    maintenance: Decimal
    liquidation: Decimal  # price; zero where there is none
    margin_ratio: Decimal  # of the whole margin account

    @property
    def listing(self) -> Listing:
        """Return what it is a position in."""
        return self.position.listing

    @property
    def long(self) -> bool:
        """Say whether it gains when the price rises."""
        return self.position.amount > ZERO


def open_positions(venue: Venue, market: Market, now: Moment) -> Iterator[PositionView]:
    """Yield the open positions of a market that readers see."""
    shown = venue.visibility.account(now)
    for position in shown.open_positions():
        if position.listing.key.market is market:
            yield position_view(venue, position, shown, now)


def position_view(venue: Venue, position: Position, shown: Account, now: Moment) -> PositionView:
    """Return an open position with what follows from it."""
    listing = position.listing
    mark = venue.engine.price(listing, now).mark
    state = venue.engine.margin(listing.settle, now, shown)
    leverage = shown.leverage_of(listing.key)
    worth = listing.worth(position.amount, mark)
    return PositionView(
        position=position,
        mark=mark,
        leverage=leverage,
        worth=worth,
        profit=position.profit(mark),
        initial=worth / leverage,
        maintenance=maintenance_of(position, mark),
        liquidation=liquidation_price(position, state, mark),
        margin_ratio=state.maintenance / state.balance if state.balance > ZERO else ZERO,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Funding:
    """One settlement by the venue's clock."""

    rate: Decimal  # of notional; positive: longs pay shorts
    at_ms: int


def next_funding(venue: Venue, listing: Listing, now: Moment) -> Funding:
    """Return the next settlement; where the recording has none, nothing in eight hours."""
    found = venue.engine.prices.next_funding(listing, now.market_ms)
    if found is None:
        return Funding(rate=ZERO, at_ms=now.venue_ms + FUNDING_HOURS * HOUR_MS)
    return Funding(rate=found.rate, at_ms=venue.clock.venue_ms_of(found.at_ms, now))


def past_fundings(venue: Venue, listing: Listing, rows: int, now: Moment) -> list[Funding]:
    """Return up to `rows` settlements of the recorded past, newest first."""
    since_ms = now.market_ms - rows * FUNDING_HOURS * HOUR_MS
    found = venue.engine.prices.fundings(listing, since_ms, now.market_ms)
    return [
        Funding(rate=one.rate, at_ms=venue.clock.venue_ms_of(one.at_ms, now))
        for one in reversed(found)
    ][:rows]


def funding_payments(venue: Venue, market: Market, symbol: str | None) -> Iterator[Income]:
    """Yield the funding paid (negative) or received in a market, newest first."""
    symbols = {key.symbol for key in venue.engine.listings if key.market is market}
    for income in reversed(venue.engine.ledger.incomes):
        wanted = income.symbol in symbols and symbol in {None, income.symbol}
        if wanted and income.type is IncomeType.FUNDING_FEE:
            yield income


def fees_of(order: VenueOrder, *, maker: bool | None = None) -> Decimal:
    """Return what an order's fills cost in fees; `maker` limits it to one kind of fill."""
    trades = (trade for trade in order.trades if maker is None or trade.maker is maker)
    return sum((trade.fee for trade in trades), start=ZERO)


def profit_of(order: VenueOrder) -> Decimal:
    """Return what an order's fills realised, in the settle asset."""
    return sum((trade.profit for trade in order.trades), start=ZERO)


DROPPED = frozenset({Reason.WOULD_TAKE, Reason.WOULD_NOT_FILL})


def placed_or_dropped(venue: Venue, request: OrderRequest, call: Call) -> VenueOrder:
    """Place an order; one whose terms the book breaks is taken and cancelled. Raises Refused."""
    try:
        return placed(venue, request, call)
    except Refused as refused:
        if refused.reason not in DROPPED:
            raise
        return taken_and_dropped(venue, request, call)
