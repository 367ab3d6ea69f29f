"""What Binance says of orders and trades, strictly read into our values. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from counterpoise.core.instrument import Asset, Instrument, Kind
from counterpoise.core.orders import (
    ClientOrderId,
    Fill,
    Intent,
    OrderReport,
    Side,
    VenueOrder,
    VenueStatus,
)
from counterpoise.errors import SnapshotError
from counterpoise.venues.dialect import Listed
from counterpoise.venues.shapes import (
    Record,
    not_negative,
    number,
    optional,
    positive,
    record,
    rows,
    text,
    whole,
)

STATUSES: Mapping[str, VenueStatus] = {
    "NEW": VenueStatus.OPEN,
    "PARTIALLY_FILLED": VenueStatus.OPEN,
    "FILLED": VenueStatus.FILLED,
    "CANCELED": VenueStatus.ENDED,
    "EXPIRED": VenueStatus.ENDED,
    "EXPIRED_IN_MATCH": VenueStatus.ENDED,
    "REJECTED": VenueStatus.REJECTED,
}
SIDES: Mapping[str, Side] = {"BUY": Side.BUY, "SELL": Side.SELL}


def report(raw: object, intent: Intent, listed: Listed) -> OrderReport:
    """
    Return what Binance says of the order of `intent`.

    Raises SnapshotError for an answer that is of another order, or that makes no sense: it then
    proves nothing about this one.
    """
    what = f"order {intent.client_order_id}"
    row = record(raw, what)
    order = intent.order
    wanted = abs(order.size)
    _same(text(row, "clientOrderId", what), intent.client_order_id, what)
    _same(text(row, "symbol", what), listed.market_id, what)
    _same(SIDES.get(text(row, "side", what)), order.side, what)
    _same(number(row, "origQty", what) * listed.size_per_amount, wanted, what)
    filled = not_negative(row, "executedQty", what) * listed.size_per_amount
    status = STATUSES.get(text(row, "status", what))
    if status is None:
        raise SnapshotError(f"{what}: unknown status", detail=text(row, "status", what))
    if status is VenueStatus.FILLED and filled < wanted:
        raise SnapshotError(f"{what}: filled, yet only {filled} of {wanted}")
    at = optional(row, "updateTime", what)
    return OrderReport(
        client_order_id=intent.client_order_id,
        venue_order_id=text(row, "orderId", what),
        status=status,
        filled_size=filled.copy_sign(order.size),
        price_average=_average(row, filled, listed.instrument, what),
        at_ms=None if at is None else int(at),
    )


def _average(row: Record, filled: Decimal, instrument: Instrument, what: str) -> Decimal | None:
    """
    Return the mean price of what was filled, None where nothing was.

    What it came to, by which it can be reckoned, is in quote, or in base of an inverse perpetual.
    """
    if filled == 0:
        return None
    inverse = instrument.kind is Kind.INVERSE
    worth = optional(row, "cumBase" if inverse else "cumQuote", what)
    if worth is not None and optional(row, "avgPrice", what) is None:
        return filled / worth if inverse else worth / filled
    return positive(row, "avgPrice", what)


def _same(came: object, sent: object, what: str) -> None:
    if came != sent:
        raise SnapshotError(f"{what}: sent {sent}, the answer says {came}")


def open_order_ids(raw: object, listed: Listed) -> frozenset[ClientOrderId]:
    """Return the client order ids of the resting orders of one instrument."""
    what = f"open orders of {listed.instrument.key}"
    listed_rows = rows(raw, what, empty_allowed=True)
    return frozenset(
        ClientOrderId(text(row, "clientOrderId", what))
        for row in listed_rows
        if text(row, "symbol", what) == listed.market_id
    )


def orders(raw: object, listed: Listed) -> tuple[VenueOrder, ...]:
    """Return the orders of one instrument that were listed, whoever sent them."""
    what = f"orders of {listed.instrument.key}"
    return tuple(
        _listed_order(row, listed, what)
        for row in rows(raw, what, empty_allowed=True)
        if text(row, "symbol", what) == listed.market_id
    )


def _listed_order(row: Record, listed: Listed, what: str) -> VenueOrder:
    left = not_negative(row, "origQty", what) - not_negative(row, "executedQty", what)
    price = not_negative(row, "price", what)
    sold = text(row, "side", what) == "SELL"
    return VenueOrder(
        client_order_id=text(row, "clientOrderId", what),
        venue_order_id=text(row, "orderId", what),
        instrument=listed.instrument.key,
        size=(-left if sold else left) * listed.size_per_amount,
        price=price or None,
        resting=STATUSES.get(text(row, "status", what)) is VenueStatus.OPEN,
        at_ms=whole(row, "time", what),
    )


def fills(raw: object, listed: Listed) -> tuple[Fill, ...]:
    """Return the account's trades in one instrument, oldest first."""
    what = f"trades of {listed.instrument.key}"
    found = [
        _fill(row, listed, what)
        for row in rows(raw, what, empty_allowed=True)
        if text(row, "symbol", what) == listed.market_id
    ]
    return tuple(sorted(found, key=lambda fill: (fill.at_ms, int(fill.trade_id))))


def _fill(row: Record, listed: Listed, what: str) -> Fill:
    size = positive(row, "qty", what) * listed.size_per_amount
    side = SIDES.get(text(row, "side", what))
    if side is None:
        raise SnapshotError(f"{what}: neither bought nor sold", detail=text(row, "side", what))
    return Fill(
        trade_id=str(whole(row, "id", what)),
        venue_order_id=text(row, "orderId", what),
        instrument=listed.instrument.key,
        size=size if side is Side.BUY else -size,
        price=positive(row, "price", what),
        fee=number(row, "commission", what),
        fee_asset=Asset(text(row, "commissionAsset", what)),
        at_ms=whole(row, "time", what),
    )
