"""Fills and payments: what they do to wallets and positions, and the record of them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from decimal import Decimal

from counterpoise.core.units import ZERO
from counterpoise.exchange.account import Account, Position
from counterpoise.exchange.listing import Listing, ListingKey, Market
from counterpoise.exchange.matching import Take
from counterpoise.exchange.moment import Moment
from counterpoise.exchange.orders import (
    Funded,
    Income,
    IncomeType,
    OrderStatus,
    Side,
    Trade,
    VenueOrder,
)

HISTORY_MAX = 20_000  # orders, trades and incomes kept, each
PAID_STEP = Decimal("0.00000001")  # of every fee, profit and payment: wallets are exact sums
ORDER_ID_FIRST = 8_000_000_001
TRADE_ID_FIRST = 500_000_001


@dataclass(frozen=True, slots=True, kw_only=True)
class Fees:
    """What a fill costs, as a fraction of its worth."""

    maker: Decimal
    taker: Decimal


FEES = {
    Market.SPOT: Fees(maker=Decimal("0.001"), taker=Decimal("0.001")),
    Market.LINEAR: Fees(maker=Decimal("0.0002"), taker=Decimal("0.0005")),
    Market.INVERSE: Fees(maker=Decimal("0.0002"), taker=Decimal("0.0005")),
}


@dataclass(slots=True)
class Ledger:
    """Every order, trade and payment; the only code that books a fill."""

    account: Account
    orders: dict[int, VenueOrder] = field(default_factory=dict)
    open_orders: dict[int, VenueOrder] = field(default_factory=dict)
    trades: dict[ListingKey, deque[Trade]] = field(default_factory=dict)
    incomes: deque[Income] = field(default_factory=lambda: deque(maxlen=HISTORY_MAX))
    _named: dict[tuple[ListingKey, str], list[VenueOrder]] = field(default_factory=dict)
    _last_order_id: int = ORDER_ID_FIRST - 1
    _last_trade_id: int = TRADE_ID_FIRST - 1
    _last_income_id: int = 0

    def next_order_id(self) -> int:
        """Return an order id that was never used."""
        self._last_order_id += 1
        return self._last_order_id

    def add(self, order: VenueOrder) -> None:
        """Keep an order that was taken; forget the oldest closed one where there are too many."""
        self.orders[order.id] = order
        self._named.setdefault(_name(order), []).append(order)
        if order.status.open:
            self.open_orders[order.id] = order
        if len(self.orders) > HISTORY_MAX:
            self._forget(next(iter(self.orders.values())))

    def named(self, listing: Listing, client_order_id: str) -> list[VenueOrder]:
        """Return the orders with a client order id, newest first; venues allow several."""
        return self._named.get((listing.key, client_order_id), [])[::-1]

    def trades_of(self, listing: Listing) -> deque[Trade]:
        """Return the trades in a listing, oldest first."""
        return self.trades.setdefault(listing.key, deque(maxlen=HISTORY_MAX))

    def _forget(self, order: VenueOrder) -> None:
        if order.status.open:
            return
        del self.orders[order.id]
        same = self._named[_name(order)]
        same.remove(order)
        if not same:
            del self._named[_name(order)]

    def close(self, order: VenueOrder, status: OrderStatus, now: Moment) -> None:
        """End an order that has not traded whole."""
        order.status = status
        order.updated_ms = now.venue_ms
        self.open_orders.pop(order.id, None)

    def fill(self, order: VenueOrder, take: Take, now: Moment, *, maker: bool) -> Trade:
        """Book one fill of an order."""
        listing = order.request.listing
        trade = self._trade(order, take, now, maker=maker)
        order.executed += take.quantity
        order.executed_worth += listing.worth(take.quantity, take.price)
        order.updated_ms = now.venue_ms
        order.trades.append(trade)
        order.status = OrderStatus.PARTIALLY_FILLED if order.left else OrderStatus.FILLED
        if not order.left:
            self.open_orders.pop(order.id, None)
        self.trades_of(listing).append(trade)
        return trade

    def fund(self, listing: Listing, amount: Decimal, funded: Funded, now: Moment) -> None:
        """Book a funding payment into the futures wallet, or out of it where negative."""
        self.account.add_futures(listing.settle, amount, now.venue_ms)
        kind, symbol = IncomeType.FUNDING_FEE, listing.key.symbol
        self._record(kind, symbol, listing.settle, amount, now, funded=funded)

    def transfer(self, asset: str, amount: Decimal, now: Moment, kind: IncomeType) -> None:
        """Book a change of the futures wallet that no symbol has to do with."""
        self.account.add_futures(asset, amount, now.venue_ms)
        self._record(kind, "", asset, amount, now)

    def _trade(self, order: VenueOrder, take: Take, now: Moment, *, maker: bool) -> Trade:
        listing, side = order.request.listing, order.request.side
        self._last_trade_id += 1
        fees = FEES[listing.key.market]
        rate = fees.maker if maker else fees.taker
        worth = listing.worth(take.quantity, take.price)
        buys_spot = side is Side.BUY and not listing.perpetual
        fee = ((take.quantity if buys_spot else worth) * rate).quantize(PAID_STEP)
        fee_asset = listing.base if buys_spot else listing.settle
        if listing.perpetual:
            profit = self._book_perpetual(order, take, fee, now)
        else:
            profit = ZERO
            self._book_spot(order, take, now)
            self.account.add_spot(fee_asset, -fee, now.venue_ms)
        return Trade(
            id=self._last_trade_id,
            order_id=order.id,
            listing=listing,
            side=side,
            position_side=order.request.position_side,
            price=take.price,
            quantity=take.quantity,
            fee=fee,
            fee_asset=fee_asset,
            profit=profit,
            maker=maker,
            at_ms=now.venue_ms,
        )

    def _book_spot(self, order: VenueOrder, take: Take, now: Moment) -> None:
        listing, sign = order.request.listing, order.request.side.sign
        self.account.add_spot(listing.base, take.quantity * sign, now.venue_ms)
        self.account.add_spot(listing.quote, -take.quantity * take.price * sign, now.venue_ms)

    def _book_perpetual(self, order: VenueOrder, take: Take, fee: Decimal, now: Moment) -> Decimal:
        """Move the position; return the profit that this realised."""
        listing = order.request.listing
        position = self.account.position(listing, order.request.position_side)
        signed = take.quantity * order.request.side.sign
        profit = apply_fill(position, signed, take.price).quantize(PAID_STEP)
        position.fees = position.fees + fee if position.amount else ZERO
        position.updated_ms = now.venue_ms
        if profit:
            self._wallet(IncomeType.REALIZED_PNL, listing, profit, now)
        self._wallet(IncomeType.COMMISSION, listing, -fee, now)
        return profit

    def _wallet(self, kind: IncomeType, listing: Listing, amount: Decimal, now: Moment) -> None:
        self.account.add_futures(listing.settle, amount, now.venue_ms)
        self._record(
            kind, listing.key.symbol, listing.settle, amount, now, trade_id=self._last_trade_id
        )

    def _record(  # noqa: PLR0913 - one record of eight facts
        self,
        kind: IncomeType,
        symbol: str,
        asset: str,
        amount: Decimal,
        now: Moment,
        *,
        trade_id: int | None = None,
        funded: Funded | None = None,
    ) -> None:
        self._last_income_id += 1
        self.incomes.append(
            Income(
                id=self._last_income_id,
                type=kind,
                symbol=symbol,
                asset=asset,
                amount=amount,
                at_ms=now.venue_ms,
                trade_id=trade_id,
                funded=funded,
            )
        )


def _name(order: VenueOrder) -> tuple[ListingKey, str]:
    return order.request.listing.key, order.request.client_order_id


def apply_fill(position: Position, quantity: Decimal, price: Decimal) -> Decimal:
    """
    Add a signed fill to a position and return the profit that it realised, in the settle asset.

    What closes realises profit at the old entry price; what opens moves the entry price; a fill
    through zero does both.
    """
    before = position.amount
    after = before + quantity
    closing = before * quantity < ZERO
    closed = quantity.copy_sign(before) if abs(quantity) <= abs(before) else before
    profit = position.listing.profit(closed, position.entry_price, price) if closing else ZERO
    position.amount = after
    if after == ZERO:
        position.entry_price = ZERO
    elif not closing:
        position.entry_price = _entry_price(position, before, quantity, price)
    elif before * after < ZERO:
        position.entry_price = price
    return profit


def _entry_price(position: Position, before: Decimal, quantity: Decimal, price: Decimal) -> Decimal:
    """Return the average price of a position that grew."""
    listing = position.listing
    worth = listing.worth(quantity, price)
    if before:
        worth += listing.worth(before, position.entry_price)
    return listing.price_of(before + quantity, worth)
