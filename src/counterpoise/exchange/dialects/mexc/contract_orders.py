"""
Futures orders: amounts in contracts, side and type by number, `externalOid` for the client's id.

What ccxt adds beside these, `timeInForce` above all, is ignored: a limit order that asks for
immediate-or-cancel in words rests in the book.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal

from counterpoise.core.units import ZERO
from counterpoise.exchange.dialects.bare import sent_number
from counterpoise.exchange.dialects.common import Sent, VenueError, client_id_taken
from counterpoise.exchange.dialects.desk import Desk
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.dialects.mexc.asked import (
    PERPETUALS,
    contract_listing,
    contract_sent,
)
from counterpoise.exchange.dialects.mexc.contract_rows import (
    BUYS,
    CLOSES,
    LONGS,
    TERMS,
    OrderSide,
    order_row,
)
from counterpoise.exchange.dialects.mexc.contract_settings import HEDGE, MODES, ONE_WAY
from counterpoise.exchange.dialects.mexc.errors import (
    CLOSE_TOO_LARGE,
    COMMON,
    CONTRACT,
    ORDER_MISSING,
)
from counterpoise.exchange.dialects.views import placed_or_dropped
from counterpoise.exchange.orders import (
    OrderRequest,
    OrderType,
    PositionSide,
    Reason,
    Side,
    VenueOrder,
)

EXTERNAL_OID = re.compile(r"[A-Za-z0-9_-]{1,32}")
CANCELS_MAX = 50
SIDES = {str(int(side)): side for side in OrderSide}
BAD_PARAM = VenueError(600, COMMON[600])
OPEN_TYPES = {"1": "isolated", "2": "cross"}


def place(desk: Desk, call: Call) -> object:
    """Take an order; the reply holds an id and a time (create_swap_order)."""
    request = _request(desk, contract_sent(call))
    _check_closing(desk, request)
    order = placed_or_dropped(desk.venue, request, call)
    return {"orderId": str(order.id), "ts": order.created_ms}


def by_id(desk: Desk, call: Call) -> object:
    """Return one order by MEXC's id (fetch_order)."""
    order = _numbered(desk, call, contract_sent(call).text("order_id"))
    if order is None:
        raise ORDER_MISSING
    return order_row(desk, order)


def by_external(desk: Desk, call: Call) -> object:
    """Return one order by the client's id; of several with one id, the newest."""
    order = _external(desk, call, contract_sent(call))
    if order is None:
        raise ORDER_MISSING
    return order_row(desk, order)


def cancel(desk: Desk, call: Call) -> object:
    """Cancel orders by their ids, a bare list; each has its own outcome (cancel_order)."""
    try:
        numbers = json.loads(call.body, parse_int=str, parse_float=str)
    except json.JSONDecodeError:
        numbers = None
    if not isinstance(numbers, list) or not 0 < len(numbers) <= CANCELS_MAX:
        raise BAD_PARAM
    return [_outcome(desk, call, one, _numbered(desk, call, one)) for one in map(str, numbers)]


def cancel_external(desk: Desk, call: Call) -> object:
    """Cancel one order by the client's id: one object, a list of them is refused."""
    order = _external(desk, call, contract_sent(call))
    return _outcome(desk, call, "0" if order is None else str(order.id), order)


def cancel_all(desk: Desk, call: Call) -> object:
    """Cancel every open order, of one contract where it is named (cancel_all_orders)."""
    sent = contract_sent(call)
    only = contract_listing(desk, sent) if sent.has("symbol") else None
    for market in PERPETUALS:
        for order in list(desk.open_orders(market, call)):
            if only is None or order.request.listing is only:
                desk.venue.engine.cancel(order, call.now)
    return None


def _numbered(desk: Desk, call: Call, number: str) -> VenueOrder | None:
    order = desk.venue.visibility.order(int(number), call.now) if number.isdecimal() else None
    return order if order is not None and order.request.listing.perpetual else None


def _external(desk: Desk, call: Call, sent: Sent) -> VenueOrder | None:
    own = sent.maybe("external_oid") or sent.text("externalOid")
    return desk.venue.visibility.named(contract_listing(desk, sent), own, call.now)


def _outcome(desk: Desk, call: Call, number: str, order: VenueOrder | None) -> dict[str, object]:
    """Cancel an order; what went wrong stands inside an answer that says success."""
    if order is None:
        code, text = ORDER_MISSING.code, ORDER_MISSING.message
    elif not order.status.open:
        code, text = CONTRACT[Reason.ORDER_UNKNOWN].code, CONTRACT[Reason.ORDER_UNKNOWN].message
    else:
        desk.venue.engine.cancel(order, call.now)
        code, text = 0, "success"
    shown = Decimal(number) if number.isdecimal() else number
    return {"orderId": shown, "errorCode": code, "errorMsg": text}


def _request(desk: Desk, sent: Sent) -> OrderRequest:
    listing = contract_listing(desk, sent)
    side = sent.chosen("side", SIDES)
    kind, in_force = sent.chosen("type", TERMS)
    sent.chosen("openType", OPEN_TYPES)
    position_side = _position_side(desk, sent, side)
    one_way = position_side is PositionSide.BOTH
    return OrderRequest(
        listing=listing,
        side=Side.BUY if side in BUYS else Side.SELL,
        type=kind,
        time_in_force=in_force,
        quantity=sent_number(sent, "vol"),
        client_order_id=_external_oid(desk, sent),
        price=sent_number(sent, "price") if kind is OrderType.LIMIT else None,
        reduce_only=one_way and (side in CLOSES or sent.flag("reduceOnly")),
        position_side=position_side,
    )


def _position_side(desk: Desk, sent: Sent, side: OrderSide) -> PositionSide:
    """Return which position an order is for: with no mode named, as the account is set."""
    hedge_mode = desk.venue.engine.account.hedge_mode
    if sent.has("positionMode") and sent.chosen("positionMode", MODES) is not hedge_mode:
        raise CONTRACT[Reason.POSITION_SIDE].error(str(HEDGE if hedge_mode else ONE_WAY))
    if not hedge_mode:
        return PositionSide.BOTH
    return PositionSide.LONG if side in LONGS else PositionSide.SHORT


def _check_closing(desk: Desk, request: OrderRequest) -> None:
    """Raise VenueError for closing more than is held: MEXC refuses where others close the rest."""
    hedge_close = request.position_side is not PositionSide.BOTH and (
        (request.position_side is PositionSide.LONG) is (request.side is Side.SELL)
    )
    if not request.reduce_only and not hedge_close:
        return
    position = desk.venue.engine.account.position(request.listing, request.position_side)
    left = -position.amount * request.side.sign
    if ZERO < left < request.quantity:
        raise CLOSE_TOO_LARGE


def _external_oid(desk: Desk, sent: Sent) -> str:
    given = sent.maybe("externalOid")
    if given is not None and not EXTERNAL_OID.fullmatch(given):
        raise BAD_PARAM
    return client_id_taken(desk.venue, given)
