"""What open orders hold, and whether the account can carry another one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from counterpoise.core.units import ZERO
from counterpoise.exchange.account import Account
from counterpoise.exchange.checks import closes_in_hedge_mode
from counterpoise.exchange.ledger import FEES, Ledger
from counterpoise.exchange.margin import MarginState, Marks, margin_state, worth_max
from counterpoise.exchange.matching import Take
from counterpoise.exchange.orders import OrderRequest, Reason, Refused, Side, VenueOrder


@dataclass(frozen=True, slots=True)
class Funds:
    """The free part of an account's wallets."""

    account: Account
    ledger: Ledger

    def locked(self, asset: str) -> Decimal:
        """Return how much of a spot balance open orders hold."""
        return sum(
            (
                _spot_cost(order.request, order.left, order.request.price or ZERO)
                for order in self.ledger.open_orders.values()
                if not order.request.listing.perpetual and _spends(order.request) == asset
            ),
            start=ZERO,
        )

    def margin(self, account: Account, asset: str, marks: Marks) -> MarginState:
        """Return the margin account in `asset`, what open orders hold taken into account."""
        held = sum((self._order_margin(order) for order in self._margin_orders(asset)), start=ZERO)
        return margin_state(account, asset, marks, held)

    def check_balance(
        self, request: OrderRequest, quantity: Decimal, fills: Iterable[Take]
    ) -> None:
        """Raise Refused where the spot wallet cannot pay for an order."""
        asset = _spends(request)
        free = self.account.spot.get(asset, ZERO) - self.locked(asset)
        if request.price is not None:
            cost = _spot_cost(request, quantity, request.price)
        else:
            parts = (_spot_cost(request, take.quantity, take.price) for take in fills)
            cost = sum(parts, start=ZERO)
        if cost > free:
            raise Refused(Reason.BALANCE, asset)

    def check_margin(
        self, request: OrderRequest, quantity: Decimal, marks: Marks, available: Decimal
    ) -> None:
        """
        Raise Refused for opening more than `available` carries; what shrinks is let by.

        `available` is the free margin, in the settle asset.
        """
        listing = request.listing
        position = self.account.position(listing, request.position_side)
        closing = max(ZERO, -position.amount * request.side.sign)
        opening = quantity - closing
        if opening <= ZERO:
            return
        leverage = self.account.leverage_of(listing.key)
        at = request.price or marks(listing)
        after = opening if closing else abs(position.amount) + quantity
        if listing.worth(after, at) > worth_max(listing, leverage):
            raise Refused(Reason.LEVERAGE_POSITION_MAX)
        worth = listing.worth(opening, at)
        needed = worth / leverage + worth * FEES[listing.key.market].taker
        if needed > available:
            raise Refused(Reason.MARGIN)

    def _margin_orders(self, asset: str) -> Iterator[VenueOrder]:
        for order in self.ledger.open_orders.values():
            request = order.request
            shrinks = request.reduce_only or closes_in_hedge_mode(request)
            if request.listing.perpetual and request.listing.settle == asset and not shrinks:
                yield order

    def _order_margin(self, order: VenueOrder) -> Decimal:
        listing = order.request.listing
        worth = listing.worth(order.left, order.request.price or ZERO)
        return worth / self.account.leverage_of(listing.key)


def _spends(request: OrderRequest) -> str:
    """Return the asset that a spot order pays with."""
    return request.listing.quote if request.side is Side.BUY else request.listing.base


def _spot_cost(request: OrderRequest, quantity: Decimal, price: Decimal) -> Decimal:
    return quantity * price if request.side is Side.BUY else quantity
