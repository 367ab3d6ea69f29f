"""Taking and cancelling orders. Both are answered with ids alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from counterpoise.core.units import toward_zero
from counterpoise.exchange.dialects.bybit.errors import DROPPED, wrong
from counterpoise.exchange.dialects.bybit.wire import (
    POSITION_SIDES,
    Asked,
    order_id_of,
    order_id_text,
    refusals_of,
)
from counterpoise.exchange.dialects.common import (
    Row,
    client_id_shown,
    client_id_taken,
    placed,
    taken_and_dropped,
    venue_error,
)
from counterpoise.exchange.listing import Listing, Market
from counterpoise.exchange.orders import (
    OrderRequest,
    OrderType,
    PositionSide,
    Reason,
    Refused,
    Side,
    TimeInForce,
    VenueOrder,
)

SIDES: Mapping[str, Side] = {"Buy": Side.BUY, "Sell": Side.SELL}
TYPES: Mapping[str, OrderType] = {"Limit": OrderType.LIMIT, "Market": OrderType.MARKET}
TERMS: Mapping[str, TimeInForce] = {
    "GTC": TimeInForce.GTC,
    "IOC": TimeInForce.IOC,
    "FOK": TimeInForce.FOK,
    "PostOnly": TimeInForce.GTX,
}
CLIENT_ORDER_ID = re.compile(r"[A-Za-z0-9_-]{1,36}")


def create(asked: Asked) -> Row:
    """Take an order."""
    market = asked.market()
    request = _request(asked, market)
    named = asked.desk.venue.engine.ledger.named(request.listing, request.client_order_id)
    if named:  # used once is used for good, closed or not
        raise refusals_of(market)[Reason.CLIENT_ORDER_ID_TAKEN].error("")
    return _ids(_taken(asked, request))


def _taken(asked: Asked, request: OrderRequest) -> VenueOrder:
    """Take an order; a perpetual one that its own terms forbid is taken and dropped."""
    venue, call = asked.desk.venue, asked.call
    try:
        return placed(venue, request, call)
    except Refused as refused:
        if not request.listing.perpetual or refused.reason not in DROPPED:
            raise venue_error(refused, refusals_of(request.listing.key.market)) from refused
        order = taken_and_dropped(venue, request, call)
        order.dropped = refused.reason
        return order


def _request(asked: Asked, market: Market) -> OrderRequest:
    sent, listing = asked.sent, asked.listing(market)
    kind = sent.chosen("orderType", TYPES)
    side = sent.chosen("side", SIDES)
    perpetual = listing.perpetual
    request = OrderRequest(
        listing=listing,
        side=side,
        type=kind,
        time_in_force=_terms(asked, kind),
        quantity=sent.number("qty"),
        client_order_id=_client_order_id(asked),
        price=sent.number("price") if kind is OrderType.LIMIT else None,
        reduce_only=perpetual and sent.flag("reduceOnly"),
        position_side=_position_side(asked) if perpetual else PositionSide.BOTH,
    )
    return replace(request, quantity=_base_quantity(asked, request))


def _base_quantity(asked: Asked, request: OrderRequest) -> Decimal:
    """Return the quantity in base units: a spot market buy counts quote unless it says not."""
    listing, quantity = request.listing, request.quantity
    if listing.perpetual or request.type is OrderType.LIMIT:
        return quantity
    unit = asked.sent.maybe("marketUnit")
    in_quote = unit == "quoteCoin" or (unit is None and request.side is Side.BUY)
    if not in_quote:
        return quantity
    price = asked.desk.venue.engine.price(listing, asked.call.now).last
    return toward_zero(quantity / price, listing.quantity_step)


def _terms(asked: Asked, kind: OrderType) -> TimeInForce:
    if kind is OrderType.MARKET:
        return TimeInForce.IOC
    if not asked.sent.has("timeInForce"):
        return TimeInForce.GTC
    return asked.sent.chosen("timeInForce", TERMS)


def _position_side(asked: Asked) -> PositionSide:
    if not asked.sent.has("positionIdx"):
        return PositionSide.BOTH
    return asked.sent.chosen("positionIdx", POSITION_SIDES)


def _client_order_id(asked: Asked) -> str:
    given = asked.sent.maybe("orderLinkId")
    if given is not None and not CLIENT_ORDER_ID.fullmatch(given):
        raise wrong("orderLinkId")
    return client_id_taken(asked.desk.venue, given)


def cancel(asked: Asked) -> Row:
    """Cancel one order, by either id; Bybit's own goes before the client's."""
    market = asked.market()
    listing = asked.listing(market)
    order = named_order(asked, listing)
    unknown = refusals_of(market)[Reason.ORDER_UNKNOWN]
    if order is None:
        raise unknown.error("")
    try:
        return _ids(asked.desk.venue.engine.cancel(order, asked.call.now))
    except Refused as refused:
        raise unknown.error("") from refused


def named_order(asked: Asked, listing: Listing) -> VenueOrder | None:
    """Return the order of a symbol that a call names, or None where readers see none."""
    seen, now = asked.desk.venue.visibility, asked.call.now
    own, linked = asked.sent.maybe("orderId"), asked.sent.maybe("orderLinkId")
    if own is None and linked is None:
        raise wrong("orderId or orderLinkId")
    if own is None:
        return seen.named(listing, linked or "", now)
    order_id = order_id_of(own)  # a literal "None" is an id that no order has
    order = None if order_id is None else seen.order(order_id, now)
    return order if order is not None and order.request.listing is listing else None


def cancel_all(asked: Asked) -> Row:
    """Cancel every open order of a symbol, of a base coin or of a settle coin."""
    market = asked.market()
    only = asked.listing(market) if asked.sent.has("symbol") else None
    base, settle = asked.sent.maybe("baseCoin"), asked.sent.maybe("settleCoin")
    if market is not Market.SPOT and only is None and base is None and settle is None:
        raise wrong("symbol, baseCoin or settleCoin")
    gone: list[Row] = []
    for order in list(asked.desk.open_orders(market, asked.call)):
        listing = order.request.listing
        chosen = only is None or only is listing
        if chosen and base in {None, listing.base} and settle in {None, listing.settle}:
            gone.append(_ids(asked.desk.venue.engine.cancel(order, asked.call.now)))
    return {"success": "1"} if market is Market.SPOT else {"list": gone}


def _ids(order: VenueOrder) -> Row:
    return {
        "orderId": order_id_text(order.id, order.request),
        "orderLinkId": client_id_shown(order.request),
    }
