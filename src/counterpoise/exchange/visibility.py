"""Read lag: for a while, reads show the account as it was before an order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from counterpoise.exchange.account import Account
from counterpoise.exchange.engine import Engine
from counterpoise.exchange.listing import Listing
from counterpoise.exchange.moment import SECOND_MS, Moment
from counterpoise.exchange.orders import Trade, VenueOrder


@dataclass(slots=True)
class Visibility:
    """What readers see of an engine."""

    engine: Engine
    _until_ms: int = 0  # wall time
    _before: Account | None = None
    _order_id_first: int = 0  # the first hidden order

    def hide(self, seconds: float, now: Moment) -> None:
        """Hide what happens from now on, for `seconds`; called before the order is placed."""
        if self._hidden(now) is None:
            self._before = self.engine.account.copied()
            self._order_id_first = self.engine.ledger.next_order_id()
        self._until_ms = max(self._until_ms, now.wall_ms + round(seconds * SECOND_MS))

    def account(self, now: Moment) -> Account:
        """Return the account as readers see it."""
        return self._hidden(now) or self.engine.account

    def orders(self, listing: Listing, now: Moment) -> list[VenueOrder]:
        """Return the orders in a listing that readers see, newest first."""
        return [
            order
            for order in reversed(self.engine.ledger.orders.values())
            if order.request.listing is listing and self._shows(order.id, now)
        ]

    def open_orders(self, now: Moment) -> list[VenueOrder]:
        """Return the open orders that readers see, oldest first."""
        orders = self.engine.ledger.open_orders.values()
        return [order for order in orders if self._shows(order.id, now)]

    def order(self, order_id: int, now: Moment) -> VenueOrder | None:
        """Return one order, if readers see it."""
        return self.engine.ledger.orders.get(order_id) if self._shows(order_id, now) else None

    def named(self, listing: Listing, client_order_id: str, now: Moment) -> VenueOrder | None:
        """Return the newest order with a client order id that readers see."""
        found = self.engine.ledger.named(listing, client_order_id)
        return next((order for order in found if self._shows(order.id, now)), None)

    def trades(self, listing: Listing, now: Moment) -> Iterator[Trade]:
        """Yield the trades in a listing that readers see, newest first."""
        for trade in reversed(self.engine.ledger.trades_of(listing)):
            if self._shows(trade.order_id, now):
                yield trade

    def _shows(self, order_id: int, now: Moment) -> bool:
        return order_id < self._order_id_first or self._hidden(now) is None

    def _hidden(self, now: Moment) -> Account | None:
        return self._before if now.wall_ms < self._until_ms else None
