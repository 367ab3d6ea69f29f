"""Orders and fills as they are looked up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from counterpoise.core.units import ZERO
from counterpoise.exchange.dialects.common import Row, client_id_shown
from counterpoise.exchange.dialects.hyperliquid.account import NO_HASH, TOKENS
from counterpoise.exchange.dialects.hyperliquid.errors import Unreadable
from counterpoise.exchange.dialects.hyperliquid.wire import Asked, shown, time_of, whole_of
from counterpoise.exchange.orders import (
    OrderStatus,
    OrderType,
    Origin,
    Side,
    TimeInForce,
    Trade,
    VenueOrder,
)

ORDERS_MAX = FILLS_MAX = 2_000
SIDES: Mapping[Side, str] = {Side.BUY: "B", Side.SELL: "A"}
TERMS: Mapping[TimeInForce, str] = {
    TimeInForce.GTC: "Gtc",
    TimeInForce.GTX: "Alo",
    TimeInForce.IOC: "Ioc",
    TimeInForce.FOK: "Ioc",
}
STATUSES: Mapping[OrderStatus, str] = {
    OrderStatus.NEW: "open",
    OrderStatus.PARTIALLY_FILLED: "open",
    OrderStatus.FILLED: "filled",
    OrderStatus.CANCELED: "canceled",
    OrderStatus.EXPIRED: "canceled",
}
NOT_FOUND: Row = {"status": "unknownOid"}


def order(asked: Asked) -> object:
    """Return one order by the venue's number or the client's id, open or closed."""
    found = _named(asked) if asked.ours else None
    return NOT_FOUND if found is None else {"status": "order", "order": _status_row(found)}


def _named(asked: Asked) -> VenueOrder | None:
    wanted, seen, now = asked.body.get("oid"), asked.desk.venue.visibility, asked.call.now
    if isinstance(wanted, int):
        return seen.order(whole_of(asked.body, "oid"), now)
    if not isinstance(wanted, str) or not wanted:
        raise Unreadable("oid")
    found = [
        one
        for listing in asked.everything()
        if (one := seen.named(listing, wanted, now)) is not None
    ]
    return max(found, key=lambda one: one.id, default=None)


def open_orders(asked: Asked) -> object:
    """Return open orders, newest first."""
    return [_row(one) for one in _seen(asked) if one.status.open]


def history(asked: Asked) -> object:
    """Return the newest orders, each as it was and as it is."""
    found: list[Row] = []
    for one in _seen(asked):
        found.append(_status_row(one))
        if not one.status.open:
            opened = {"status": "open", "statusTimestamp": one.created_ms}
            found.append({**_status_row(one), **opened})
    return found[:ORDERS_MAX]


def _seen(asked: Asked) -> list[VenueOrder]:
    """Return the account's orders as readers see them, newest first."""
    if not asked.ours:
        return []
    seen, now = asked.desk.venue.visibility, asked.call.now
    found = [one for listing in asked.everything() for one in seen.orders(listing, now)]
    return sorted(found, key=lambda one: one.id, reverse=True)


def _status_row(one: VenueOrder) -> Row:
    return {"order": _row(one), "status": status_of(one), "statusTimestamp": one.updated_ms}


def status_of(one: VenueOrder) -> str:
    """Return an order's status; one that found nothing at once counts as rejected."""
    if one.status is OrderStatus.EXPIRED and not one.executed:
        return "iocCancelRejected"
    return STATUSES[one.status]


def _row(one: VenueOrder) -> Row:
    request = one.request
    at_any_price = request.type is OrderType.MARKET
    price = one.price_average if request.price is None else request.price
    return {
        "coin": request.listing.key.symbol,
        "side": SIDES[request.side],
        "limitPx": shown(price),
        "sz": shown(one.left),
        "oid": one.id,
        "timestamp": one.created_ms,
        "triggerCondition": "N/A",
        "isTrigger": False,
        "triggerPx": "0.0",
        "children": [],
        "isPositionTpsl": False,
        "reduceOnly": request.reduce_only,
        "orderType": "Market" if at_any_price else "Limit",
        "origSz": shown(one.quantity),
        "tif": None if at_any_price else TERMS[request.time_in_force],
        "cloid": client_id_shown(request) or None,
    }


def fills(asked: Asked) -> object:
    """Return the newest fills, newest first."""
    return _fills(asked, None)[::-1]


def fills_by_time(asked: Asked) -> object:
    """Return the fills since a time, oldest first, as many as one answer has."""
    until_ms = time_of(asked.body, "endTime")
    found = _fills(asked, whole_of(asked.body, "startTime"))
    return [row for row in found if until_ms is None or int(str(row["time"])) <= until_ms]


def _fills(asked: Asked, since_ms: int | None) -> list[Row]:
    """Return fills, oldest first: the newest, or the first ones since a time."""
    if not asked.ours:
        return []
    found = sorted(_trades(asked, since_ms), key=lambda one: one.id)
    chosen = found[-FILLS_MAX:] if since_ms is None else found[:FILLS_MAX]
    return [_fill(asked, one) for one in chosen]


def _trades(asked: Asked, since_ms: int | None) -> Iterator[Trade]:
    for listing in asked.everything():
        yield from asked.desk.trades(listing, asked.call, since_ms)


def _fill(asked: Asked, trade: Trade) -> Row:
    venue = asked.desk.venue
    one = venue.engine.ledger.orders.get(trade.order_id)
    forced = one is not None and one.request.origin.forced
    row: Row = {
        "coin": trade.listing.key.symbol,
        "px": shown(trade.price),
        "sz": shown(trade.quantity),
        "side": SIDES[trade.side],
        "time": trade.at_ms,
        "startPosition": "0.0",
        "dir": _direction(trade, one),
        "closedPnl": shown(trade.profit or ZERO),
        "hash": NO_HASH,
        "oid": trade.order_id,
        "crossed": not trade.maker,
        "fee": shown(trade.fee),
        "tid": trade.id,
        "feeToken": TOKENS.get(trade.fee_asset, trade.fee_asset),
        "twapId": None,
    }
    cloid = client_id_shown(one.request) if one else ""
    if cloid:
        row["cloid"] = cloid
    if forced and one is not None and one.request.origin is Origin.LIQUIDATION:
        user = venue.credentials.api_key.lower()
        row["liquidation"] = {
            "liquidatedUser": user,
            "markPx": shown(trade.price),
            "method": "market",
        }
    return row


def _direction(trade: Trade, one: VenueOrder | None) -> str:
    """Return what a fill did, in the words of the venue's page of trades."""
    if one is not None and one.request.origin is Origin.DELEVERAGING:
        return "Auto-Deleveraging"
    if one is not None and one.request.origin is Origin.SETTLEMENT:
        return "Settlement"
    if not trade.listing.perpetual:
        return "Buy" if trade.side is Side.BUY else "Sell"
    closing = trade.profit != ZERO
    long = (trade.side is Side.BUY) is not closing
    return f"{'Close' if closing else 'Open'} {'Long' if long else 'Short'}"
