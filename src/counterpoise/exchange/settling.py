"""What the exchange does of itself as time goes by: funding, liquidation, resting fills."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from counterpoise.core.units import ZERO
from counterpoise.exchange.account import Position
from counterpoise.exchange.engine import Engine
from counterpoise.exchange.ledger import PAID_STEP
from counterpoise.exchange.matching import Take
from counterpoise.exchange.moment import Moment
from counterpoise.exchange.orders import (
    Funded,
    IncomeType,
    OrderRequest,
    OrderStatus,
    OrderType,
    Origin,
    Side,
    TimeInForce,
    VenueOrder,
)


@dataclass(slots=True)
class Settling:
    """Brings an engine up to the present, through every instant at which prices turned."""

    engine: Engine
    reached_ms: int  # recorded time up to which everything is settled

    def catch_up(self, now: Moment) -> None:
        """Settle everything since the last call, in order."""
        if now.market_ms > self.reached_ms and self._exposed():
            for at_ms in self.engine.prices.checkpoints(self.reached_ms, now.market_ms):
                self._settle(replace(now, market_ms=at_ms))
        self._settle(now)

    def _exposed(self) -> bool:
        return bool(self.engine.account.open_positions() or self.engine.ledger.open_orders)

    def _settle(self, now: Moment) -> None:
        for position in self.engine.account.open_positions():
            self._fund(position, now)
        self.reached_ms = max(self.reached_ms, now.market_ms)
        if self.engine.ledger.open_orders:
            self.engine.match_resting(now)
        for asset in {position.listing.settle for position in self.engine.account.open_positions()}:
            self._liquidate(asset, now)

    def _fund(self, position: Position, now: Moment) -> None:
        """Book each settlement once. A positive rate is paid by longs to shorts."""
        listing = position.listing
        for funding in self.engine.prices.fundings(listing, self.reached_ms, now.market_ms):
            mark = self.engine.price(listing, replace(now, market_ms=funding.at_ms)).mark
            worth = listing.worth(position.amount, mark).copy_sign(position.amount)
            paid = (worth * funding.rate).quantize(PAID_STEP)
            funded = Funded(
                side=position.side, quantity=position.amount, mark=mark, rate=funding.rate
            )
            self.engine.ledger.fund(listing, -paid, funded, now)

    def _liquidate(self, asset: str, now: Moment) -> None:
        """Close every position of a margin account that no longer carries them."""
        if not self.engine.margin(asset, now).liquidated:
            return
        ledger, account = self.engine.ledger, self.engine.account
        for order in list(ledger.open_orders.values()):
            if order.request.listing.perpetual and order.request.listing.settle == asset:
                ledger.close(order, OrderStatus.EXPIRED, now)
        for position in account.open_positions():
            if position.listing.settle == asset:
                self._close(position, now)
        shortfall = -self.engine.margin(asset, now).balance
        if shortfall > ZERO:  # the insurance fund bears what the wallet could not
            ledger.transfer(asset, shortfall, now, IncomeType.INSURANCE_CLEAR)

    def _close(self, position: Position, now: Moment) -> None:
        """Close one position at its mark price, as an order that no client sent."""
        mark = self.engine.price(position.listing, now).mark
        side = Side.SELL if position.amount > ZERO else Side.BUY
        book(self.engine, _closing(position, side, now), Take(mark, abs(position.amount)), now)


def _closing(position: Position, side: Side, now: Moment) -> OrderRequest:
    return OrderRequest(
        listing=position.listing,
        side=side,
        type=OrderType.LIMIT,
        time_in_force=TimeInForce.IOC,
        quantity=abs(position.amount),
        client_order_id=f"autoclose-{now.venue_ms}",
        price=None,
        reduce_only=False,
        position_side=position.side,
        origin=Origin.LIQUIDATION,
    )


def book(engine: Engine, request: OrderRequest, take: Take, now: Moment) -> VenueOrder:
    """Book an order that trades whole at one price, past the rules and the book."""
    order = VenueOrder(
        id=engine.ledger.next_order_id(),
        request=request,
        quantity=take.quantity,
        created_ms=now.venue_ms,
        updated_ms=now.venue_ms,
    )
    engine.ledger.add(order)
    engine.ledger.fill(order, take, now, maker=False)
    return order


def trade_by_hand(engine: Engine, position: Position, amount: Decimal, now: Moment) -> None:
    """Bring a position to `amount` at its mark price, as somebody would on the venue's own page."""
    change = amount - position.amount
    if change == ZERO:
        return
    listing = position.listing
    request = OrderRequest(
        listing=listing,
        side=Side.BUY if change > ZERO else Side.SELL,
        type=OrderType.MARKET,
        time_in_force=TimeInForce.GTC,
        quantity=abs(change),
        client_order_id=f"web_{engine.ledger.next_order_id()}",
        position_side=position.side,
        origin=Origin.MANUAL,
    )
    book(engine, request, Take(engine.price(listing, now).mark, abs(change)), now)
