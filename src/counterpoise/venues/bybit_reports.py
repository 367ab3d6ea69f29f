"""What Bybit says of orders and trades, strictly read into our values. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
from counterpoise.core.units import ZERO
from counterpoise.errors import SnapshotError
from counterpoise.venues.bybit_answers import result
from counterpoise.venues.dialect import Listed
from counterpoise.venues.reporting import acknowledged, names_resting, same
from counterpoise.venues.shapes import (
    Record,
    not_negative,
    number,
    optional,
    positive,
    text,
    whole,
)

# Bybit's documents, "Enums Definitions", orderStatus
STATUSES: Mapping[str, VenueStatus] = {
    "Created": VenueStatus.OPEN,
    "New": VenueStatus.OPEN,
    "PartiallyFilled": VenueStatus.OPEN,
    "Untriggered": VenueStatus.OPEN,
    "Triggered": VenueStatus.OPEN,
    "Filled": VenueStatus.FILLED,
    "PartiallyFilledCanceled": VenueStatus.ENDED,
    "Cancelled": VenueStatus.ENDED,
    "Deactivated": VenueStatus.ENDED,
    "Rejected": VenueStatus.REJECTED,
}
SIDES: Mapping[str, Side] = {"Buy": Side.BUY, "Sell": Side.SELL}
FUNDING = "Funding"  # listed among executions, and no trade
# the same documents, execType and createType
CAUSES_BY_KIND: Mapping[str, Cause] = {
    "BustTrade": Cause.LIQUIDATION,
    "AdlTrade": Cause.DELEVERAGING,
    "Settle": Cause.SETTLEMENT,
    "Delivery": Cause.SETTLEMENT,
}
CAUSES_BY_CREATOR: Mapping[str, Cause] = {
    "CreateByLiq": Cause.LIQUIDATION,
    "CreateByTakeOver_PassThrough": Cause.LIQUIDATION,
    "CreateByAdl_PassThrough": Cause.DELEVERAGING,
    "CreateBySettle": Cause.SETTLEMENT,
}


def placed(raw: object, intent: Intent, _listed: Listed) -> OrderReport:
    """
    Return what Bybit says to a new order: that it has it, and nothing of what became of it.

    Raises SnapshotError for an acknowledgement that is of another order, or that has no id.
    """
    what = f"order {intent.client_order_id}"
    found = result(raw, what)
    same(text(found, "orderLinkId", what), intent.client_order_id, what)
    return acknowledged(intent, text(found, "orderId", what))


def report(found: Sequence[Record], intent: Intent, listed: Listed) -> OrderReport | None:
    """
    Return what Bybit says of the order of `intent`, None for an empty list.

    Raises SnapshotError for an answer that is of another order, or that makes no sense: it then
    proves nothing about this one.
    """
    what = f"order {intent.client_order_id}"
    if not found:
        return None
    if len(found) != 1:
        raise SnapshotError(f"{what}: {len(found)} orders have this id")
    (row,) = found
    order = intent.order
    wanted = abs(order.size)
    same(text(row, "orderLinkId", what), intent.client_order_id, what)
    same(text(row, "symbol", what), listed.market_id, what)
    same(SIDES.get(text(row, "side", what)), order.side, what)
    same(number(row, "qty", what) * listed.size_per_amount, wanted, what)
    filled = not_negative(row, "cumExecQty", what) * listed.size_per_amount
    status = _status(row, filled, wanted, what)
    return OrderReport(
        client_order_id=intent.client_order_id,
        venue_order_id=text(row, "orderId", what),
        status=status,
        filled_size=filled.copy_sign(order.size),
        price_average=positive(row, "avgPrice", what) if filled else None,
        at_ms=whole(row, "updatedTime", what),
    )


def _status(row: Record, filled: Decimal, wanted: Decimal, what: str) -> VenueStatus:
    status = STATUSES.get(text(row, "orderStatus", what))
    if status is None:
        raise SnapshotError(f"{what}: unknown status", detail=text(row, "orderStatus", what))
    if status is VenueStatus.FILLED and filled < wanted:
        raise SnapshotError(f"{what}: filled, yet only {filled} of {wanted}")
    if filled > wanted or (status is VenueStatus.REJECTED and filled):
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
        if text(row, "symbol", what) == listed.market_id
    )


def _listed_order(row: Record, listed: Listed, what: str) -> VenueOrder:
    left = not_negative(row, "qty", what) - not_negative(row, "cumExecQty", what)
    price = not_negative(row, "price", what)
    status = STATUSES.get(text(row, "orderStatus", what))
    return VenueOrder(
        client_order_id=str(row.get("orderLinkId") or ""),  # empty: sent by hand
        venue_order_id=text(row, "orderId", what),
        instrument=listed.instrument.key,
        size=_signed(row, left * listed.size_per_amount, what),
        price=price or None,
        resting=status is None or status is VenueStatus.OPEN,
        at_ms=whole(row, "createdTime", what),
    )


def _signed(row: Record, size: Decimal, what: str) -> Decimal:
    side = SIDES.get(text(row, "side", what))
    if side is None:
        raise SnapshotError(f"{what}: neither bought nor sold", detail=text(row, "side", what))
    return size if side is Side.BUY else -size


def fills(found: Iterable[Record], listed: Listed) -> tuple[Fill, ...]:
    """Return the account's trades in one instrument, oldest first, forced ones too."""
    what = f"trades of {listed.instrument.key}"
    trades = [
        row
        for row in found
        if text(row, "symbol", what) == listed.market_id and text(row, "execType", what) != FUNDING
    ]
    # within a millisecond, too: Bybit lists the newest first, and numbers them
    trades.sort(key=lambda row: (whole(row, "execTime", what), optional(row, "seq", what) or ZERO))
    return tuple(_fill(row, listed, what) for row in trades)


def _fill(row: Record, listed: Listed, what: str) -> Fill:
    size = positive(row, "execQty", what) * listed.size_per_amount
    return Fill(
        trade_id=text(row, "execId", what),
        venue_order_id=text(row, "orderId", what),
        instrument=listed.instrument.key,
        size=_signed(row, size, what),
        price=positive(row, "execPrice", what),
        fee=number(row, "execFee", what),
        # perpetuals are charged in what they are settled in, where Bybit does not say
        fee_asset=Asset(str(row.get("feeCurrency") or listed.instrument.settle)),
        at_ms=whole(row, "execTime", what),
    )


def origins(found: Iterable[Record], order_ids: frozenset[str]) -> Mapping[str, Origin]:
    """Return whose orders these were, by what their executions say of themselves."""
    whose: dict[str, Origin] = {}
    for row in found:
        order_id = str(row.get("orderId"))
        if order_id in order_ids:
            kind, creator = str(row.get("execType")), str(row.get("createType"))
            cause = CAUSES_BY_KIND.get(kind) or CAUSES_BY_CREATOR.get(creator) or Cause.FOREIGN
            name = str(row.get("orderLinkId") or "")
            whose[order_id] = Origin(cause=cause, client_order_id=name)
    return whose
