"""The listing's rules for an order, checked before it touches the book or the account."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from counterpoise.core.units import ZERO, down_to, is_multiple, plain, up_to
from counterpoise.exchange.listing import Listing
from counterpoise.exchange.orders import (
    OrderRequest,
    OrderType,
    PositionSide,
    Reason,
    Refused,
    Side,
    VenueOrder,
)
from counterpoise.exchange.prices import Price

OPEN_ORDERS_MAX = 200  # a symbol


def check_rules(request: OrderRequest, price: Price) -> None:
    """Raise Refused if an order breaks its listing's rules on price, quantity or notional."""
    if request.price is not None:
        _check_price(request.listing, request.price)
        _check_price_share(request, request.price, price.mark)
    _check_quantity(request)
    _check_notional(request, price)


def _check_price(listing: Listing, price: Decimal) -> None:
    if price < listing.price_min or price <= ZERO:
        raise Refused(Reason.PRICE_MIN, str(listing.price_min))
    if price > listing.price_max:
        raise Refused(Reason.PRICE_MAX, str(listing.price_max))
    if not is_multiple(price, listing.price_step):
        raise Refused(Reason.PRICE_STEP, str(listing.price_step))


def _check_price_share(request: OrderRequest, price: Decimal, mark: Decimal) -> None:
    highest, lowest = request.listing.price_share_max, request.listing.price_share_min
    tick = request.listing.price_step
    if request.side is Side.BUY and highest is not None and price > mark * highest:
        raise Refused(Reason.PRICE_TOO_HIGH, plain(down_to(mark * highest, tick)))
    if request.side is Side.SELL and lowest is not None and price < mark * lowest:
        raise Refused(Reason.PRICE_TOO_LOW, plain(up_to(mark * lowest, tick)))


def check_book_share(request: OrderRequest, best: Decimal, mark: Decimal) -> None:
    """Raise Refused if a market order would start too far from the mark price."""
    highest, lowest = request.listing.price_share_max, request.listing.price_share_min
    buying = request.side is Side.BUY
    if buying and highest is not None and best > mark * highest:
        raise Refused(Reason.BOOK_TOO_FAR)
    if not buying and lowest is not None and best < mark * lowest:
        raise Refused(Reason.BOOK_TOO_FAR)


def _check_quantity(request: OrderRequest) -> None:
    listing, quantity = request.listing, request.quantity
    market = request.type is OrderType.MARKET
    largest = listing.market_quantity_max if market else listing.quantity_max
    if not is_multiple(quantity, listing.quantity_step):
        raise Refused(Reason.QUANTITY_STEP, str(listing.quantity_step))
    if quantity < listing.quantity_min or quantity <= ZERO:
        raise Refused(Reason.QUANTITY_MIN, str(listing.quantity_min))
    if quantity > largest:
        raise Refused(Reason.QUANTITY_MAX, str(largest))


def _check_notional(request: OrderRequest, price: Price) -> None:
    """Orders that close are spared; a market order counts at the mark price."""
    listing = request.listing
    if request.reduce_only or closes_in_hedge_mode(request):
        return
    at = price.mark if request.price is None else request.price
    if listing.notional(request.quantity, at) < listing.notional_min:
        raise Refused(Reason.NOTIONAL_MIN, str(listing.notional_min))


def closes_in_hedge_mode(request: OrderRequest) -> bool:
    """Say whether an order can only shrink its side of a hedged pair."""
    return (request.position_side, request.side) in {
        (PositionSide.LONG, Side.SELL),
        (PositionSide.SHORT, Side.BUY),
    }


def check_position_side(request: OrderRequest, *, hedge_mode: bool) -> None:
    """Raise Refused if the order does not say, as the position mode wants, what it works on."""
    if hedge_mode is (request.position_side is PositionSide.BOTH):
        raise Refused(Reason.POSITION_SIDE)


def check_open_orders(request: OrderRequest, open_orders: Iterable[VenueOrder]) -> None:
    """Raise Refused for a client order id of an *open* order: once closed, venues take it again."""
    count = 0
    for order in open_orders:
        if order.request.listing.key == request.listing.key:
            count += 1
            if order.request.client_order_id == request.client_order_id:
                raise Refused(Reason.CLIENT_ORDER_ID_TAKEN)
    if count >= OPEN_ORDERS_MAX:
        raise Refused(Reason.ORDERS_MAX, str(OPEN_ORDERS_MAX))


def reducible(request: OrderRequest, amount: Decimal, others: Decimal) -> Decimal:
    """
    Return how much of an order may trade if it may only shrink a position of `amount`.

    `others` is what open reduce-only orders of the same side will close. Raises Refused where
    there is nothing to shrink.
    """
    left = max(ZERO, -amount * request.side.sign) - others
    if left <= ZERO:
        raise Refused(Reason.REDUCE_ONLY)
    return min(request.quantity, left)
