"""
The exchange itself: orders in, fills out, time explicit, no I/O.

Every call takes the present `Moment`; before anything else the engine catches up with it (funding,
liquidation, resting orders), so that what it answers is never from before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import chain

from counterpoise.core.units import ONE, ZERO, toward_zero
from counterpoise.exchange import checks
from counterpoise.exchange.account import Account
from counterpoise.exchange.funds import Funds
from counterpoise.exchange.ledger import Ledger
from counterpoise.exchange.listing import Listing, ListingKey, Market
from counterpoise.exchange.margin import MarginState, Marks, idle, worth_max
from counterpoise.exchange.matching import Books, Level, Take, takes
from counterpoise.exchange.moment import Moment
from counterpoise.exchange.orders import (
    OrderRequest,
    OrderStatus,
    OrderType,
    PositionSide,
    Reason,
    Refused,
    Side,
    TimeInForce,
    VenueOrder,
)
from counterpoise.exchange.prices import Price, Prices
from counterpoise.exchange.unified import CASH, whole_margin


@dataclass(slots=True, kw_only=True)
class Engine:
    """One account on one exchange."""

    listings: Mapping[ListingKey, Listing]
    prices: Prices
    account: Account
    books: Books = field(default_factory=Books)
    closed: set[ListingKey] = field(default_factory=set)  # listed, priced, and not trading
    ledger: Ledger = field(init=False)
    funds: Funds = field(init=False)
    spot_assets: frozenset[str] = field(init=False)
    cash_assets: frozenset[str] = field(init=False)  # that linear perpetuals are settled in

    def __post_init__(self) -> None:
        """Open the books of the account."""
        self.ledger = Ledger(self.account)
        self.funds = Funds(self.account, self.ledger)
        spot = [listing for listing in self.listings.values() if not listing.perpetual]
        self.spot_assets = frozenset({asset for one in spot for asset in (one.base, one.quote)})
        linear = [one for key, one in self.listings.items() if key.market is Market.LINEAR]
        self.cash_assets = frozenset(one.settle for one in linear)

    def listing(self, market: Market, symbol: str) -> Listing:
        """Return a listing. Raises Refused for a symbol that is not listed."""
        found = self.listings.get(ListingKey(market, symbol))
        if found is None:
            raise Refused(Reason.SYMBOL_UNKNOWN, symbol)
        return found

    def price(self, listing: Listing, now: Moment) -> Price:
        """Return the prices of a listing. Raises Refused where it has none: it is not trading."""
        price = self.prices.at(listing, now.market_ms)
        if price is None:
            raise Refused(Reason.SYMBOL_UNPRICED, listing.key.symbol)
        return price

    def trading(self, listing: Listing) -> bool:
        """Say whether orders are taken: it has a price, and nobody closed it."""
        return self.prices.known(listing) and listing.key not in self.closed

    def priced(self, market: Market) -> Iterator[Listing]:
        """Yield the listings of a market that have a price."""
        for listing in self.listings.values():
            if listing.key.market is market and self.prices.known(listing):
                yield listing

    def levels(self, listing: Listing, side: Side, now: Moment) -> Iterator[Level]:
        """Yield what an order of `side` can take, best first."""
        return self.books.levels(listing, side, self.price(listing, now), now)

    def best(self, listing: Listing, side: Side, now: Moment) -> Level | None:
        """Return the best that an order of `side` can take, None where there is nothing."""
        return self.books.best(listing, side, self.price(listing, now), now)

    def margin(self, asset: str, now: Moment, account: Account | None = None) -> MarginState:
        """Return the margin account in `asset`; of pooled assets the whole, in that asset."""
        shown = account or self.account
        state_of = self.own_margin
        if shown.unified:
            held = {CASH, *shown.futures, *(one.listing.settle for one in shown.open_positions())}
        elif shown.multi_assets and asset in self.cash_assets:
            held = {CASH, *shown.collateral, *(self.cash_assets & shown.futures.keys())}
            state_of = self.linear_margin
        else:
            return self.own_margin(asset, now, shown)
        return whole_margin(
            asset,
            sorted(held),
            lambda name: state_of(name, now, shown),
            lambda name: self.cash_price(name, now),
        )

    def linear_margin(self, asset: str, now: Moment, account: Account) -> MarginState:
        """Return the same of the wallet of linear perpetuals, where coins lie beside the cash."""
        if asset in account.collateral:
            return idle(account.collateral[asset])
        return self.own_margin(asset, now, account)

    def own_margin(self, asset: str, now: Moment, account: Account) -> MarginState:
        """Return what an asset's own wallet and positions come to, in that asset."""
        return self.funds.margin(account, asset, self._marks(now))

    def cash_price(self, asset: str, now: Moment) -> Decimal:
        """Return what one unit of an asset is worth in cash; zero where nothing says."""
        if asset == CASH:
            return ONE
        for listing in self.priced(Market.SPOT):
            if (listing.base, listing.quote) == (asset, CASH):
                return self.price(listing, now).last
        return ZERO

    def place(
        self, request: OrderRequest, now: Moment, *, fill_share: Decimal | None = None
    ) -> VenueOrder:
        """
        Take an order and match it at once as far as the book and its terms allow.

        `fill_share` caps how much of it the book may fill. Raises Refused, with nothing changed.
        """
        listing = request.listing
        if not self.trading(listing):
            raise Refused(Reason.SYMBOL_CLOSED, listing.key.symbol)
        if not self.account.can_trade:
            raise Refused(Reason.TRADING_FORBIDDEN)
        price = self.price(listing, now)
        checks.check_rules(request, price)
        if listing.perpetual:
            checks.check_position_side(request, hedge_mode=self.account.hedge_mode)
        checks.check_open_orders(request, self.ledger.open_orders.values())
        quantity = self._reduced(request)
        fills = self._fills(replace(request, quantity=quantity), price, now)
        self._check_funds(request, quantity, fills, now)
        order = VenueOrder(
            id=self.ledger.next_order_id(),
            request=request,
            quantity=quantity,
            created_ms=now.venue_ms,
            updated_ms=now.venue_ms,
        )
        self.ledger.add(order)
        for take in _capped(fills, order, fill_share):
            self.ledger.fill(order, take, now, maker=False)
            self.books.take(listing, request.side, take.quantity, now)
        if order.left and not _rests(request):
            self.ledger.close(order, OrderStatus.EXPIRED, now)
        return order

    def cancel(self, order: VenueOrder, now: Moment) -> VenueOrder:
        """Cancel an open order. Raises Refused where it is closed already."""
        if not order.status.open:
            raise Refused(Reason.ORDER_UNKNOWN)
        self.ledger.close(order, OrderStatus.CANCELED, now)
        return order

    def set_hedge_mode(self, *, hedge_mode: bool) -> None:
        """Change the position mode. Raises Refused where it is set or something is open."""
        if self.account.hedge_mode is hedge_mode:
            raise Refused(Reason.MODE_SAME)
        if any(order.request.listing.perpetual for order in self.ledger.open_orders.values()):
            raise Refused(Reason.MODE_HAS_ORDERS)
        if self.account.open_positions():
            raise Refused(Reason.MODE_HAS_POSITIONS)
        self.account.hedge_mode = hedge_mode

    def set_leverage(self, listing: Listing, leverage: int, now: Moment) -> None:
        """Change a leverage. Raises Refused where the open position does not allow it."""
        largest = worth_max(listing, leverage)
        if leverage < 1 or largest == ZERO:
            raise Refused(Reason.LEVERAGE, str(leverage))
        mark = self.price(listing, now).mark
        for position in self.account.open_positions():
            if position.listing is listing and listing.worth(position.amount, mark) > largest:
                raise Refused(Reason.LEVERAGE_POSITION_MAX)
        self.account.leverage[listing.key] = leverage

    def match_resting(self, now: Moment) -> None:
        """Fill open orders that the book has come to, as maker and at their own price."""
        for order in list(self.ledger.open_orders.values()):
            request = order.request
            for level in self.levels(request.listing, request.side, now):
                reached = (level.price - (request.price or ZERO)) * request.side.sign <= ZERO
                if not reached or not order.left:
                    break
                self._fill_resting(order, level, now)

    def _fill_resting(self, order: VenueOrder, level: Level, now: Moment) -> None:
        request = order.request
        quantity = min(level.quantity, order.left)
        if request.reduce_only or checks.closes_in_hedge_mode(request):
            position = self.account.position(request.listing, request.position_side)
            quantity = min(quantity, max(ZERO, -position.amount * request.side.sign))
            if quantity == ZERO:  # nothing left to shrink
                self.ledger.close(order, OrderStatus.EXPIRED, now)
                return
        self.ledger.fill(order, Take(request.price or level.price, quantity), now, maker=True)
        self.books.take(request.listing, request.side, quantity, now)

    def _reduced(self, request: OrderRequest) -> Decimal:
        """Return the quantity of an order, cut where it may only shrink a position."""
        if not request.reduce_only and not checks.closes_in_hedge_mode(request):
            return request.quantity
        others = sum(
            (
                order.left
                for order in self._same_side(request)
                if order.request.reduce_only or checks.closes_in_hedge_mode(order.request)
            ),
            start=ZERO,
        )
        position = self.account.position(request.listing, request.position_side)
        return checks.reducible(request, position.amount, others)

    def _same_side(self, request: OrderRequest) -> Iterator[VenueOrder]:
        for order in self.ledger.open_orders.values():
            other = order.request
            same = (other.listing.key, other.side, other.position_side)
            if same == (request.listing.key, request.side, request.position_side):
                yield order

    def _fills(self, request: OrderRequest, price: Price, now: Moment) -> list[Take]:
        """Return what the book gives an order now. Raises Refused where its terms forbid that."""
        levels = self.levels(request.listing, request.side, now)
        best = next(levels, None)
        if best is None:
            return []
        if request.type is OrderType.MARKET:
            checks.check_book_share(request, best.price, price.mark)
        found = takes(chain([best], levels), request.side, request.quantity, request.price)
        if request.time_in_force is TimeInForce.GTX and found:
            raise Refused(Reason.WOULD_TAKE)
        filled = sum((take.quantity for take in found), start=ZERO)
        if request.time_in_force is TimeInForce.FOK and filled < request.quantity:
            if request.listing.perpetual:
                raise Refused(Reason.WOULD_NOT_FILL)
            return []  # spot takes the order and lets it expire
        return found

    def _check_funds(
        self, request: OrderRequest, quantity: Decimal, fills: list[Take], now: Moment
    ) -> None:
        if request.listing.perpetual:
            available = self.margin(request.listing.settle, now).available
            self.funds.check_margin(request, quantity, self._marks(now), available)
        else:
            self.funds.check_balance(request, quantity, fills)

    def _marks(self, now: Moment) -> Marks:
        return lambda listing: self.price(listing, now).mark


def _rests(request: OrderRequest) -> bool:
    return request.type is OrderType.LIMIT and request.time_in_force in {
        TimeInForce.GTC,
        TimeInForce.GTX,
    }


def _capped(fills: Iterable[Take], order: VenueOrder, fill_share: Decimal | None) -> Iterator[Take]:
    """Yield fills up to `fill_share` of the order, in whole steps."""
    if fill_share is None:
        yield from fills
        return
    left = toward_zero(order.quantity * fill_share, order.request.listing.quantity_step)
    for take in fills:
        part = min(take.quantity, left)
        left -= part
        if part > ZERO:
            yield Take(take.price, part)


def hedge_sides(account: Account) -> tuple[PositionSide, ...]:
    """Return the position sides of the account's mode."""
    return (PositionSide.LONG, PositionSide.SHORT) if account.hedge_mode else (PositionSide.BOTH,)
