"""Actions: taking orders, cancelling them, setting leverages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from counterpoise.exchange.dialects.common import Row, client_id_taken, placed
from counterpoise.exchange.dialects.hyperliquid.errors import (
    BAD_LEVERAGE,
    BY_REASON,
    Denied,
    OrderDenied,
    Unreadable,
    order_text,
)
from counterpoise.exchange.dialects.hyperliquid.listings import price_allowed
from counterpoise.exchange.dialects.hyperliquid.wire import (
    Asked,
    Body,
    done,
    flag_of,
    number_of,
    shown,
    whole_of,
)
from counterpoise.exchange.orders import (
    OrderRequest,
    OrderType,
    Reason,
    Refused,
    Side,
    TimeInForce,
    VenueOrder,
)

TERMS: Mapping[object, TimeInForce] = {
    "Gtc": TimeInForce.GTC,
    "Ioc": TimeInForce.IOC,
    "Alo": TimeInForce.GTX,
}
CLOID = re.compile(r"0x[0-9a-fA-F]{32}")
ORDERS_MAX = 1_000

One = Callable[[Asked, Body], object]


def create(asked: Asked) -> object:
    """Take the orders of a batch, each with an answer of its own."""
    return done("order", {"statuses": _each(asked, "orders", _created)})


def cancel(asked: Asked) -> object:
    """Cancel orders by the venue's numbers."""
    return done("cancel", {"statuses": _each(asked, "cancels", _cancelled_by_number)})


def cancel_by_cloid(asked: Asked) -> object:
    """Cancel orders by the client's ids."""
    return done("cancel", {"statuses": _each(asked, "cancels", _cancelled_by_cloid)})


def _each(asked: Asked, name: str, one: One) -> list[object]:
    entries = asked.body.get(name)
    if not isinstance(entries, list) or not 0 < len(entries) <= ORDERS_MAX:
        raise Unreadable(name)
    if not all(isinstance(entry, Mapping) for entry in entries):
        raise Unreadable(name)
    return [_answered(asked, entry, one) for entry in entries]


def _answered(asked: Asked, entry: Body, one: One) -> object:
    try:
        return one(asked, entry)
    except OrderDenied as denied:
        return {"error": str(denied)}


def _created(asked: Asked, entry: Body) -> object:
    request = _request(asked, entry)
    number = whole_of(entry, "a")
    try:
        order = placed(asked.desk.venue, request, asked.call)
    except Refused as refused:
        raise _denied(asked, refused, request, number) from refused
    if order.executed:
        return {"filled": _filled(order)}
    if order.status.open:
        return {"resting": {"oid": order.id, **_cloid_of(entry)}}
    raise OrderDenied(f"{order_text('IocCancel')} asset={number}")


def _filled(order: VenueOrder) -> Row:
    price = order.price_average
    return {"totalSz": shown(order.executed), "avgPx": shown(price), "oid": order.id}


def _cloid_of(entry: Body) -> Row:
    return {"cloid": entry["c"]} if entry.get("c") else {}


def _denied(asked: Asked, refused: Refused, request: OrderRequest, number: int) -> OrderDenied:
    """Return the refusal in words."""
    name = BY_REASON.get(refused.reason, "Halted")
    if refused.reason is Reason.WOULD_TAKE:
        bid, ask = asked.desk.best(request.listing, asked.call)
        bbo = f"{shown(bid.price)}@{shown(ask.price)}"
        return OrderDenied(f"{order_text(name, bbo)} asset={number}")
    return OrderDenied(f"{order_text(name, str(number))} asset={number}")


def _request(asked: Asked, entry: Body) -> OrderRequest:
    listing, price = asked.by_id(whole_of(entry, "a")), number_of(entry, "p")
    terms = _terms(entry)
    if not price_allowed(listing, price):
        raise OrderDenied(f"{order_text('Tick')} asset={whole_of(entry, 'a')}")
    cloid = entry.get("c")
    if cloid is not None and not CLOID.fullmatch(str(cloid)):
        raise Unreadable("c")
    return OrderRequest(
        listing=listing,
        side=Side.BUY if flag_of(entry, "b") else Side.SELL,
        type=OrderType.LIMIT,
        time_in_force=terms,
        quantity=number_of(entry, "s"),
        client_order_id=client_id_taken(asked.desk.venue, cloid),
        price=price,
        reduce_only=flag_of(entry, "r") and listing.perpetual,
    )


def _terms(entry: Body) -> TimeInForce:
    kind = entry.get("t")
    limit = kind.get("limit") if isinstance(kind, Mapping) else None
    terms = TERMS.get(limit.get("tif")) if isinstance(limit, Mapping) else None
    if terms is None:
        raise Unreadable("t")
    return terms


def _cancelled_by_number(asked: Asked, entry: Body) -> object:
    listing, seen = asked.by_id(whole_of(entry, "a")), asked.desk.venue.visibility
    found = seen.order(whole_of(entry, "o"), asked.call.now)
    return _cancelled(asked, found if found and found.request.listing is listing else None)


def _cancelled_by_cloid(asked: Asked, entry: Body) -> object:
    listing, seen = asked.by_id(whole_of(entry, "asset")), asked.desk.venue.visibility
    return _cancelled(asked, seen.named(listing, str(entry.get("cloid")), asked.call.now))


def _cancelled(asked: Asked, order: VenueOrder | None) -> object:
    if order is None or not order.status.open:
        raise OrderDenied(order_text("MissingOrder"))
    asked.desk.venue.engine.cancel(order, asked.call.now)
    return "success"


def set_leverage(asked: Asked) -> object:
    """Change a perpetual's leverage; to set it again is a success. Margin is always cross."""
    listing, wanted = asked.by_id(whole_of(asked.body, "asset")), whole_of(asked.body, "leverage")
    facts = asked.desk.facts[listing.key]
    if not flag_of(asked.body, "isCross") or not listing.perpetual:
        raise Denied(BAD_LEVERAGE)
    if not 0 < wanted <= facts["maxLeverage"]:
        raise Denied(BAD_LEVERAGE)
    try:
        asked.desk.venue.engine.set_leverage(listing, wanted, asked.call.now)
    except Refused:
        raise Denied(BAD_LEVERAGE) from None
    return done("default")
