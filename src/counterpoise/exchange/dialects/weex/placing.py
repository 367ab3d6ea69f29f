"""
Placing and cancelling orders on both markets.

An order on a perpetual names the position that it is for, in either position mode: buying for
LONG opens and selling for LONG closes. `reduceOnly` and `postOnly` are in no document, and count
for nothing. In one-way mode an order that opens against the position is set off against it; that
is assumed.
"""

from __future__ import annotations

import re

from counterpoise.exchange.dialects.common import (
    Row,
    VenueError,
    client_id_taken,
    venue_error,
)
from counterpoise.exchange.dialects.views import placed_or_dropped
from counterpoise.exchange.dialects.weex.asked import Asked
from counterpoise.exchange.dialects.weex.errors import (
    BAD_REQUEST,
    CONTRACT,
    UNSUCCESSFUL,
    WITHOUT_CODE,
)
from counterpoise.exchange.dialects.weex.rows import (
    POSITION_SIDES,
    SIDES,
    TERMS,
    TYPES,
    contract_receipt,
    spot_receipt,
)
from counterpoise.exchange.listing import Listing, Market
from counterpoise.exchange.orders import (
    OrderRequest,
    OrderType,
    PositionSide,
    Refused,
    Side,
    TimeInForce,
)

SPOT_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
CONTRACT_ID = re.compile(r"[.A-Z:/a-z0-9_-]{1,36}")
HEDGE_SIDES = {"LONG": PositionSide.LONG, "SHORT": PositionSide.SHORT}


def place_spot(asked: Asked) -> object:
    """Take a spot order (create_spot_order)."""
    request = _request(asked, _own_id(asked), _spot_terms(asked), PositionSide.BOTH)
    return spot_receipt(placed_or_dropped(asked.desk.venue, request, asked.call))


def place_contract(asked: Asked) -> object:
    """Take an order on a perpetual, simulated or not (create_contract_order)."""
    asked.sent.text("newClientOrderId")
    request = _request(asked, _own_id(asked), _contract_terms(asked), _position_side(asked))
    try:
        return contract_receipt(placed_or_dropped(asked.desk.venue, request, asked.call))
    except Refused as refused:
        if refused.reason not in UNSUCCESSFUL:
            raise
        return _not_taken(request, refused)


def _not_taken(request: OrderRequest, refused: Refused) -> Row:
    """Return the answer that looks like a taken order's, but for `success`."""
    error = venue_error(refused, CONTRACT)
    return {
        "orderId": "0",
        "clientOrderId": request.client_order_id,
        "success": False,
        "errorCode": "" if refused.reason in WITHOUT_CODE else str(error.code),
        "errorMessage": error.message,
    }


def _request(
    asked: Asked, own_id: str, terms: tuple[OrderType, TimeInForce], position_side: PositionSide
) -> OrderRequest:
    sent, (kind, in_force) = asked.sent, terms
    side = sent.chosen("side", SIDES)
    return OrderRequest(
        listing=asked.listing(),
        side=side,
        type=kind,
        time_in_force=in_force,
        quantity=sent.number("quantity"),
        client_order_id=own_id,
        price=sent.number("price") if kind is OrderType.LIMIT else None,
        reduce_only=position_side is PositionSide.BOTH and _closes(asked, side),
        position_side=position_side,
    )


def _closes(asked: Asked, side: Side) -> bool:
    """Say whether a perpetual's order is for the position that its side shrinks."""
    named = asked.sent.maybe("positionSide")
    return asked.market is Market.LINEAR and named == POSITION_SIDES[side, True]


def _position_side(asked: Asked) -> PositionSide:
    """Return what an order is for, which must be said in one-way mode too."""
    named = asked.sent.chosen("positionSide", HEDGE_SIDES)
    return named if asked.desk.venue.engine.account.hedge_mode else PositionSide.BOTH


def _spot_terms(asked: Asked) -> tuple[OrderType, TimeInForce]:
    return _terms(asked, asked.sent.maybe("timeInForce") or "GTC")


def _contract_terms(asked: Asked) -> tuple[OrderType, TimeInForce]:
    """Return type and time in force, which a limit order must state."""
    market = asked.sent.chosen("type", TYPES) is OrderType.MARKET
    return _terms(asked, "IOC" if market else asked.sent.text("timeInForce"))


def _terms(asked: Asked, word: str) -> tuple[OrderType, TimeInForce]:
    kind = asked.sent.chosen("type", TYPES)
    in_force = TERMS.get(word)
    if in_force is None:
        raise VenueError(-1115, "Invalid timeInForce.", BAD_REQUEST)
    return kind, TimeInForce.IOC if kind is OrderType.MARKET else in_force


def _own_id(asked: Asked) -> str:
    own = asked.sent.maybe("newClientOrderId")
    allowed = SPOT_ID if asked.market is Market.SPOT else CONTRACT_ID
    if own is not None and not allowed.fullmatch(own):
        text = "client_oid length must not exceed 40 and must not contain special characters."
        raise VenueError(-1180, text, BAD_REQUEST)
    return client_id_taken(asked.desk.venue, own)


def cancel_spot(asked: Asked) -> object:
    """Cancel one spot order; the answer repeats the id that was given (cancel_order)."""
    order = asked.desk.venue.engine.cancel(asked.order(), asked.now)
    if asked.sent.has("orderId"):
        return {"orderId": order.id, "status": "CANCELED"}
    return {"origClientOrderId": order.request.client_order_id, "status": "CANCELED"}


def cancel_contract(asked: Asked) -> object:
    """Cancel one order on a perpetual: WEEX's document of `CancelOrder`."""
    order = asked.desk.venue.engine.cancel(asked.order(), asked.now)
    row = contract_receipt(order)
    return row | {"origClientOrderId": row.pop("clientOrderId")}


def cancel_all(asked: Asked) -> object:
    """Cancel every open order of a market, or of one symbol (cancel_all_orders)."""
    only: Listing | None = asked.listing() if asked.market is Market.SPOT else asked.only()
    found = [
        order
        for order in asked.desk.open_orders(asked.market, asked.call)
        if only in {None, order.request.listing}
    ]
    cancelled = [asked.desk.venue.engine.cancel(order, asked.now) for order in found]
    return [{"orderId": order.id, "status": "CANCELED"} for order in cancelled]
