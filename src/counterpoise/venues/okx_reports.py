"""What OKX says of orders and trades, strictly read into our values. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from counterpoise.core.instrument import Asset
from counterpoise.core.orders import (
    Cause,
    ClientOrderId,
    Fill,
    Intent,
    OrderReport,
    Origin,
    Side,
    VenueOrder,
    VenueStatus,
)
from counterpoise.errors import SnapshotError
from counterpoise.venues.dialect import Listed
from counterpoise.venues.okx_answers import only
from counterpoise.venues.reporting import acknowledged, names_resting, same
from counterpoise.venues.shapes import Record, not_negative, number, optional, positive, text, whole

STATUSES: Mapping[str, VenueStatus] = {
    "live": VenueStatus.OPEN,
    "partially_filled": VenueStatus.OPEN,
    "filled": VenueStatus.FILLED,
    "canceled": VenueStatus.ENDED,
    "mmp_canceled": VenueStatus.ENDED,
}
SIDES: Mapping[str, Side] = {"buy": Side.BUY, "sell": Side.SELL}
# `category` of an order, in OKX's documents of "Get order details"; others are somebody's own
CAUSES: Mapping[str, Cause] = {
    "full_liquidation": Cause.LIQUIDATION,
    "partial_liquidation": Cause.LIQUIDATION,
    "adl": Cause.DELEVERAGING,
    "delivery": Cause.SETTLEMENT,
}


def placed(raw: object, intent: Intent, _listed: Listed) -> OrderReport:
    """
    Return what OKX says to a new order: that it has it, and nothing of what became of it.

    Raises SnapshotError for an acknowledgement that is of another order, or that is none.
    """
    what = f"order {intent.client_order_id}"
    row = only(raw, what)
    same(text(row, "sCode", what), "0", what)
    same(text(row, "clOrdId", what), intent.client_order_id, what)
    return acknowledged(intent, text(row, "ordId", what))


def report(raw: object, intent: Intent, listed: Listed) -> OrderReport:
    """
    Return what OKX says of the order of `intent`.

    Raises SnapshotError for an answer that is of another order, or that makes no sense: it then
    proves nothing about this one.
    """
    what = f"order {intent.client_order_id}"
    row = only(raw, what)
    order = intent.order
    wanted = abs(order.size)
    same(text(row, "clOrdId", what), intent.client_order_id, what)
    same(text(row, "instId", what), listed.market_id, what)
    same(SIDES.get(text(row, "side", what)), order.side, what)
    same(number(row, "sz", what) * listed.size_per_amount, wanted, what)
    filled = not_negative(row, "accFillSz", what) * listed.size_per_amount
    status = _status(row, filled, wanted, what)
    return OrderReport(
        client_order_id=intent.client_order_id,
        venue_order_id=text(row, "ordId", what),
        status=status,
        filled_size=filled.copy_sign(order.size),
        price_average=positive(row, "avgPx", what) if filled else None,
        at_ms=whole(row, "uTime", what),
    )


def _status(row: Record, filled: Decimal, wanted: Decimal, what: str) -> VenueStatus:
    status = STATUSES.get(text(row, "state", what))
    if status is None:
        raise SnapshotError(f"{what}: unknown status", detail=text(row, "state", what))
    if filled > wanted or (status is VenueStatus.FILLED and filled < wanted):
        raise SnapshotError(f"{what}: {status}, yet {filled} of {wanted} traded")
    return status


def open_order_ids(found: Iterable[Record], listed: Listed) -> frozenset[ClientOrderId]:
    """Return the client order ids of resting orders of one instrument."""
    return names_resting(orders(found, listed))


def orders(found: Iterable[Record], listed: Listed) -> tuple[VenueOrder, ...]:
    """Return the orders of one instrument that were listed, whoever sent them."""
    what = f"orders of {listed.instrument.key}"
    return tuple(
        _listed_order(row, listed, what)
        for row in found
        if text(row, "instId", what) == listed.market_id
    )


def _listed_order(row: Record, listed: Listed, what: str) -> VenueOrder:
    left = not_negative(row, "sz", what) - not_negative(row, "accFillSz", what)
    status = STATUSES.get(text(row, "state", what))
    return VenueOrder(
        client_order_id=str(row.get("clOrdId") or ""),  # empty: sent by hand
        venue_order_id=text(row, "ordId", what),
        instrument=listed.instrument.key,
        size=_signed(row, left * listed.size_per_amount, what),
        price=optional(row, "px", what),  # empty: a market order
        resting=status is None or status is VenueStatus.OPEN,
        at_ms=whole(row, "cTime", what),
    )


def _signed(row: Record, size: Decimal, what: str) -> Decimal:
    side = SIDES.get(text(row, "side", what))
    if side is None:
        raise SnapshotError(f"{what}: neither bought nor sold", detail=text(row, "side", what))
    return size if side is Side.BUY else -size


def fills(found: Iterable[Record], listed: Listed) -> tuple[Fill, ...]:
    """Return the account's trades in one instrument, oldest first."""
    what = f"trades of {listed.instrument.key}"
    trades = [
        _fill(row, listed, what) for row in found if text(row, "instId", what) == listed.market_id
    ]
    return tuple(sorted(trades, key=lambda fill: (fill.at_ms, int(fill.trade_id))))


def _fill(row: Record, listed: Listed, what: str) -> Fill:
    """Return one trade. Its bill names it: both sides of a trade with oneself share a trade id."""
    size = positive(row, "fillSz", what) * listed.size_per_amount
    return Fill(
        trade_id=str(whole(row, "billId", what)),
        venue_order_id=text(row, "ordId", what),
        instrument=listed.instrument.key,
        size=_signed(row, size, what),
        price=positive(row, "fillPx", what),
        fee=-number(row, "fee", what),  # OKX has what is paid as negative
        fee_asset=Asset(text(row, "feeCcy", what)),
        at_ms=whole(row, "ts", what),
    )


def origin(row: Record) -> Origin:
    """Return whose an order was, by what it is said to be for."""
    cause = CAUSES.get(str(row.get("category")), Cause.FOREIGN)
    return Origin(cause=cause, client_order_id=str(row.get("clOrdId") or ""))
