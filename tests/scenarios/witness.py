"""Who looks at each order as it leaves: at the journal's file, the exchange, and the truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from counterpoise.core.orders import LIVE_STATES
from counterpoise.exchange.listing import Listing, Market
from counterpoise.exchange.local import LocalExchange
from tests.scenarios.protocols import Protocol
from tests.sim.trace import Request, Sent, Truth

D = Decimal
LIVE = "','".join(sorted(LIVE_STATES))
STOOD = "SELECT state FROM intent WHERE client_order_id = ?"
LIVE_OF = f"SELECT client_order_id FROM intent WHERE state IN ('{LIVE}') AND symbol = ?"  # noqa: S608

Rows = Callable[..., list[tuple[object, ...]]]


@dataclass(frozen=True, slots=True)
class Witness:
    """Sees what the daemon does not say."""

    exchange: LocalExchange
    protocol: Protocol
    rows: Rows  # of the journal's file
    truth: Callable[[str], Truth]  # by asset

    def sent(self, request: Request, life: int) -> Sent:
        """Return an order as it leaves."""
        order = self.protocol.order(request)
        key, asset = order.client_order_id, self.protocol.asset(order.market_id)
        listing, truth = self._listing(order.market_id), self.truth(asset)
        inverse = listing.key.market is Market.INVERSE
        size = order.amount * listing.contract_size
        stood = self.rows(STOOD, key)
        symbol = f"{asset}/USD:{asset}" if inverse else self.protocol.linear(asset)
        return Sent(
            at_s=request.at_s,
            life=life,
            client_order_id=key,
            market_id=order.market_id,
            size=size,
            quantity=size / truth.price if inverse else size,
            price=order.price,
            reduce_only=order.reduce_only,
            journaled=str(stood[0][0]) if stood else "",
            live_in_journal=tuple(str(row[0]) for row in self.rows(LIVE_OF, symbol)),
            live_at_venue=self._live_at_venue(order.market_id),
            truth=truth,
        )

    def _listing(self, market_id: str) -> Listing:
        market = Market.INVERSE if self.protocol.inverse(market_id) else Market.LINEAR
        return self.exchange.venue.engine.listing(market, market_id)

    def _live_at_venue(self, market_id: str) -> int:
        """Count what may still trade: orders that rest, and requests still on their way."""
        engine, late = self.exchange.venue.engine, self.exchange.front._late
        listing = self._listing(market_id)
        resting = [o for o in engine.ledger.open_orders.values() if o.request.listing is listing]
        coming = [answer.late for _, answer in late if answer.late is not None]
        return len(resting) + sum(call.params.get("symbol") == market_id for call in coming)
