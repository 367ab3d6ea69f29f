"""Taking and cancelling orders: each answered with its ids and its own code."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from counterpoise.core.units import toward_zero
from counterpoise.exchange.dialects.common import (
    Row,
    Sent,
    VenueError,
    client_id_shown,
    client_id_taken,
    placed,
    taken_and_dropped,
    venue_error,
)
from counterpoise.exchange.dialects.dialect import texts_of
from counterpoise.exchange.dialects.okx.errors import (
    BAD_JSON,
    CANCEL_FAILED,
    DROPPED,
    EMPTY,
    NO_ID,
    REFUSALS,
    error,
    wrong,
)
from counterpoise.exchange.dialects.okx.wire import (
    POSITION_SIDES,
    Asked,
    sent_of,
)
from counterpoise.exchange.listing import Listing
from counterpoise.exchange.orders import (
    OrderRequest,
    OrderType,
    PositionSide,
    Refused,
    Side,
    TimeInForce,
    VenueOrder,
)

SIDES: Mapping[str, Side] = {"buy": Side.BUY, "sell": Side.SELL}
KINDS: Mapping[str, tuple[OrderType, TimeInForce]] = {
    "market": (OrderType.MARKET, TimeInForce.IOC),
    "optimal_limit_ioc": (OrderType.MARKET, TimeInForce.IOC),
    "limit": (OrderType.LIMIT, TimeInForce.GTC),
    "post_only": (OrderType.LIMIT, TimeInForce.GTX),
    "fok": (OrderType.LIMIT, TimeInForce.FOK),
    "ioc": (OrderType.LIMIT, TimeInForce.IOC),
}
CASH, CROSS = "cash", "cross"  # spot; perpetuals, which only have cross margin here
QUOTE = "quote_ccy"
CLIENT_ORDER_ID = re.compile(r"[A-Za-z0-9]{1,32}")
BATCH_MAX = 20

One = Callable[[Asked], VenueOrder]  # does what one entry of a batch asks for


def create(asked: Asked) -> Sequence[Row]:
    """Take one order, or several in a list."""
    return _each(asked, _created, "Order placed")


def cancel(asked: Asked) -> Sequence[Row]:
    """Cancel one order, or several in a list, by either id."""
    return _each(asked, _cancelled, "")


def _each(asked: Asked, one: One, done: str) -> Sequence[Row]:
    """Return a row for every entry; an entry that fails has its code in its row."""
    rows: list[Row] = []
    for sent in _entries(asked):
        try:
            order = one(replace(asked, sent=sent))
        except VenueError as refused:
            rows.append(_row(asked, sent, refused.code, refused.message))
        else:
            row = _row(asked, sent, 0, done)
            rows.append(row | {"ordId": str(order.id), "clOrdId": client_id_shown(order.request)})
    return rows


def _row(asked: Asked, sent: Sent, code: int, message: str) -> Row:
    return {
        "clOrdId": sent.maybe("clOrdId") or "",
        "ordId": sent.maybe("ordId") or "",
        "tag": sent.maybe("tag") or "",
        "ts": str(asked.call.now.venue_ms),
        "sCode": str(code),
        "sMsg": message,
    }


def _entries(asked: Asked) -> list[Sent]:
    """Return what the body asks for, one by one. Raises VenueError for a body of another form."""
    try:
        body = json.loads(asked.call.body or "null", parse_float=str, parse_int=str)
    except ValueError:
        raise error(BAD_JSON) from None
    entries = body if isinstance(body, list) else [body]
    if not entries or len(entries) > BATCH_MAX or not all(isinstance(one, dict) for one in entries):
        raise VenueError(EMPTY, "Parameter body cannot be empty")
    return [sent_of(texts_of(entry)) for entry in entries]


def _created(asked: Asked) -> VenueOrder:
    """Take an order; one that its own terms forbid is taken and dropped."""
    venue, call, request = asked.desk.venue, asked.call, _request(asked)
    try:
        return placed(venue, request, call)
    except Refused as refused:
        if refused.reason not in DROPPED:
            raise venue_error(refused, REFUSALS) from refused
        order = taken_and_dropped(venue, request, call)
        order.dropped = refused.reason
        return order


def _request(asked: Asked) -> OrderRequest:
    sent, listing = asked.sent, asked.listing()
    kind, terms = sent.chosen("ordType", KINDS)
    _check_trade_mode(sent, listing)
    hedge_mode = asked.desk.venue.engine.account.hedge_mode
    request = OrderRequest(
        listing=listing,
        side=sent.chosen("side", SIDES),
        type=kind,
        time_in_force=terms,
        quantity=sent.number("sz"),
        client_order_id=_client_order_id(asked),
        price=sent.number("px") if kind is OrderType.LIMIT else None,
        # in the long and short mode the side says it, and the flag is ignored
        reduce_only=listing.perpetual and not hedge_mode and sent.flag("reduceOnly"),
        position_side=_position_side(sent) if listing.perpetual else PositionSide.BOTH,
    )
    return replace(request, quantity=_quantity(asked, request))


def _check_trade_mode(sent: Sent, listing: Listing) -> None:
    if sent.text("tdMode") != (CROSS if listing.perpetual else CASH):
        raise wrong("tdMode")


def _position_side(sent: Sent) -> PositionSide:
    return sent.chosen("posSide", POSITION_SIDES) if sent.has("posSide") else PositionSide.BOTH


def _quantity(asked: Asked, request: OrderRequest) -> Decimal:
    """Return the quantity in the listing's unit: a spot market buy counts quote by default."""
    listing, quantity = request.listing, request.quantity
    if listing.perpetual or request.type is OrderType.LIMIT:
        return quantity
    unit = asked.sent.maybe("tgtCcy")
    if not (unit == QUOTE or (unit is None and request.side is Side.BUY)):
        return quantity
    price = asked.desk.venue.engine.price(listing, asked.call.now).last
    return toward_zero(quantity / price, listing.quantity_step)


def _client_order_id(asked: Asked) -> str:
    given = asked.sent.maybe("clOrdId")
    if given is not None and not CLIENT_ORDER_ID.fullmatch(given):
        raise wrong("clOrdId")
    return client_id_taken(asked.desk.venue, given)


def _cancelled(asked: Asked) -> VenueOrder:
    order = named_order(asked)
    if order is None:
        raise error(CANCEL_FAILED)
    try:
        return asked.desk.venue.engine.cancel(order, asked.call.now)
    except Refused as refused:
        raise venue_error(refused, REFUSALS) from refused


def named_order(asked: Asked) -> VenueOrder | None:
    """Return the order that a call names, or None where readers see none; the venue's id wins."""
    listing = asked.listing()
    seen, now = asked.desk.venue.visibility, asked.call.now
    own, given = asked.sent.maybe("ordId"), asked.sent.maybe("clOrdId")
    if own is None and given is None:
        raise error(NO_ID)
    if own is None:
        return seen.named(listing, given or "", now)
    order = seen.order(int(own), now) if own.isdecimal() else None
    return order if order is not None and order.request.listing is listing else None
