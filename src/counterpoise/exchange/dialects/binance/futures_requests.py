"""What a futures order says, read with Binance's error for what cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from counterpoise.core.units import ZERO
from counterpoise.exchange.dialects.binance import params
from counterpoise.exchange.dialects.binance.desk import Desk
from counterpoise.exchange.dialects.binance.errors import WireError
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.listing import Market
from counterpoise.exchange.orders import (
    OrderRequest,
    OrderType,
    PositionSide,
    Side,
    TimeInForce,
)

TOO_PRECISE = WireError(-1111, "Precision is over the maximum defined for this asset.")
NO_QUANTITY = WireError(-4003, "Quantity less than or equal to zero.")
NO_PRICE = WireError(-4001, "Price less than 0.")
BAD_CLIENT_ORDER_ID = WireError(-4015, "Client order id is not valid.")


def order_request(desk: Desk, call: Call, market: Market) -> OrderRequest:
    """Return the order that a call asks for."""
    values = call.params
    listing = desk.listing(call, market)
    side = params.word(values, "side", Side, -1117)
    kind = params.word(values, "type", OrderType, -1116)
    position_side = PositionSide.BOTH
    if "positionSide" in values:
        position_side = params.word(values, "positionSide", PositionSide, -1137)
    reduce_only = params.flag(values, "reduceOnly")
    if desk.venue.engine.account.hedge_mode and "reduceOnly" in values:
        raise WireError(-1106, "Parameter 'reduceonly' sent when not required.")
    price_places, quantity_places = desk.info[market].precisions[listing.key.symbol]
    return OrderRequest(
        listing=listing,
        side=side,
        type=kind,
        time_in_force=_time_in_force(values, kind),
        quantity=_quantity(values, quantity_places),
        client_order_id=_client_order_id(desk, values),
        price=_price(values, kind, price_places),
        reduce_only=reduce_only,
        position_side=position_side,
    )


def _time_in_force(values: Mapping[str, str], kind: OrderType) -> TimeInForce:
    if kind is OrderType.MARKET:
        return TimeInForce.IOC
    return params.word(values, "timeInForce", TimeInForce, -1115)


def _quantity(values: Mapping[str, str], places: int) -> Decimal:
    quantity = params.number(values, "quantity")
    if params.places(quantity) > places:
        raise TOO_PRECISE
    if quantity == ZERO:
        raise NO_QUANTITY
    return quantity


def _price(values: Mapping[str, str], kind: OrderType, places: int) -> Decimal | None:
    if kind is OrderType.MARKET:
        if "price" in values:
            raise WireError(-1106, "Parameter 'price' sent when not required.")
        return None
    price = params.number(values, "price")
    if params.places(price) > places:
        raise TOO_PRECISE
    if price == ZERO:
        raise NO_PRICE
    return price


def _client_order_id(desk: Desk, values: Mapping[str, str]) -> str:
    given = values.get("newClientOrderId")
    if given is None:
        return f"local{desk.venue.engine.ledger.next_order_id()}"
    if not params.CLIENT_ORDER_ID.fullmatch(given):
        raise BAD_CLIENT_ORDER_ID
    return given
