"""What WEEX says of orders and trades on perpetuals, strictly read into our values. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from counterpoise.core.instrument import Asset
from counterpoise.core.orders import (
    Cause,
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
from counterpoise.venues.reporting import acknowledged, same
from counterpoise.venues.shapes import (
    Record,
    not_negative,
    number,
    optional,
    positive,
    record,
    text,
    whole,
)
from counterpoise.venues.weex_requests import SIDES

STATUSES: Mapping[str, VenueStatus] = {  # in capitals: the words of both versions
    "NEW": VenueStatus.OPEN,
    "PENDING": VenueStatus.OPEN,
    "OPEN": VenueStatus.OPEN,
    "PARTIAL_FILL": VenueStatus.OPEN,  # ccxt has it as closed
    "PARTIALLY_FILLED": VenueStatus.OPEN,
    "CANCELING": VenueStatus.OPEN,
    "FULL_FILL": VenueStatus.FILLED,
    "FILLED": VenueStatus.FILLED,
    "CANCELED": VenueStatus.ENDED,
    "CANCELLED": VenueStatus.ENDED,
    "EXPIRED": VenueStatus.ENDED,
    "REJECTED": VenueStatus.REJECTED,
}
LIQUIDATION_MS = 60_000  # between the bill of a liquidation and its order, at most


def placed(raw: object, intent: Intent, _listed: Listed) -> OrderReport:
    """
    Return that an order was taken: its receipt has two ids, and nothing of what came of it.

    Raises SnapshotError for a receipt that does not say success, without an id, or of another id.
    """
    what = f"order {intent.client_order_id}"
    row = record(raw, what)
    if row.get("success") is not True:
        raise SnapshotError(f"{what}: its receipt does not say success")
    same(text(row, "clientOrderId", what), intent.client_order_id, what)
    if whole(row, "orderId", what) == 0:
        raise SnapshotError(f"{what}: its receipt has no id")
    return acknowledged(intent, text(row, "orderId", what))


def report(found: Sequence[Record], intent: Intent, name: str) -> OrderReport | None:
    """
    Return what the rows of a perpetual's orders say of the order of `intent`, None if nothing.

    `name` is the perpetual's in these rows. Raises SnapshotError where they contradict the order,
    or each other: they then prove nothing about it.
    """
    what = f"order {intent.client_order_id}"
    ours = [row for row in found if row.get("clientOrderId") == intent.client_order_id]
    if not ours:
        return None
    if len({text(row, "orderId", what) for row in ours}) > 1:
        raise SnapshotError(f"{what}: several orders have this id")
    row, size = ours[-1], abs(intent.order.size)  # ended ones come last
    same(text(row, "symbol", what), name, what)
    same(side_of(row, what), intent.order.side, what)
    same(positive(row, "origQty", what), size, what)
    filled = not_negative(row, "executedQty", what)
    status = _status(row, what)
    if filled > size or (status is VenueStatus.FILLED and filled != size):
        raise SnapshotError(f"{what}: {status}, yet {filled} of {size} is filled")
    if status is VenueStatus.REJECTED and filled:
        status = VenueStatus.ENDED
    at = optional(row, "updateTime", what)
    return OrderReport(
        client_order_id=intent.client_order_id,
        venue_order_id=text(row, "orderId", what),
        status=status,
        filled_size=filled.copy_sign(intent.order.size),
        price_average=positive(row, "avgPrice", what) if filled else None,
        at_ms=None if at is None else int(at),
    )


def _status(row: Record, what: str) -> VenueStatus:
    said = text(row, "status", what)
    status = STATUSES.get(said.upper())
    if status is None:
        raise SnapshotError(f"{what}: unknown status", detail=said)
    return status


def side_of(row: Record, what: str) -> Side:
    """Return which way an order or a trade goes."""
    side = SIDES.get(text(row, "side", what))
    if side is None:
        raise SnapshotError(f"{what}: neither bought nor sold", detail=str(row.get("side")))
    return side


def orders(found: Iterable[Record], listed: Listed) -> tuple[VenueOrder, ...]:
    """Return the orders of one perpetual, whoever sent them, each once and as it was last seen."""
    what = f"orders of {listed.instrument.key}"
    by_id = {text(row, "orderId", what): row for row in found}
    return tuple(_listed_order(row, listed, what) for row in by_id.values())


def _listed_order(row: Record, listed: Listed, what: str) -> VenueOrder:
    left = not_negative(row, "origQty", what) - not_negative(row, "executedQty", what)
    return VenueOrder(
        client_order_id=str(row.get("clientOrderId") or ""),
        venue_order_id=text(row, "orderId", what),
        instrument=listed.instrument.key,
        size=left if side_of(row, what) is Side.BUY else -left,
        price=not_negative(row, "price", what) or None,
        resting=_status(row, what) is VenueStatus.OPEN,
        at_ms=whole(row, "time", what),
    )


def origin(row: Record, liquidated_at: Iterable[int]) -> Origin:
    """
    Return whose an order was. `liquidated_at` has the times of liquidations of its perpetual.

    One of somebody within a minute of such a time counts as WEEX's own too: what was liquidated
    is stopped until a person looks, which is the safe side of a doubt.
    """
    begun_ms, ended_ms = whole(row, "time", "order"), whole(row, "updateTime", "order")
    near = any(
        begun_ms - LIQUIDATION_MS <= at_ms <= ended_ms + LIQUIDATION_MS for at_ms in liquidated_at
    )
    cause = Cause.LIQUIDATION if near else Cause.FOREIGN
    return Origin(cause=cause, client_order_id=str(row.get("clientOrderId") or ""))


def fill(row: Record, listed: Listed) -> Fill:
    """Return one trade."""
    what = f"trades of {listed.instrument.key}"
    size = positive(row, "qty", what)
    return Fill(
        trade_id=text(row, "id", what),
        venue_order_id=text(row, "orderId", what),
        instrument=listed.instrument.key,
        size=size if side_of(row, what) is Side.BUY else -size,
        price=positive(row, "price", what),
        fee=number(row, "commission", what),
        fee_asset=Asset(text(row, "commissionAsset", what)),
        at_ms=whole(row, "time", what),
    )


def simulated_fill(row: Record, listed: Listed) -> Fill:
    """
    Return a simulated order as one trade, which is not listed by itself.

    Its fee is not told either: it is reckoned from what WEEX asks of takers of the perpetual.
    """
    what = f"orders of {listed.instrument.key}"
    size, price = positive(row, "executedQty", what), positive(row, "avgPrice", what)
    return Fill(
        trade_id=text(row, "orderId", what),
        venue_order_id=text(row, "orderId", what),
        instrument=listed.instrument.key,
        size=size if side_of(row, what) is Side.BUY else -size,
        price=price,
        fee=_worth(row, size, price, what) * listed.instrument.taker_fee,
        fee_asset=Asset(str(listed.instrument.settle)),
        at_ms=whole(row, "updateTime", what),
    )


def _worth(row: Record, size: Decimal, price: Decimal, what: str) -> Decimal:
    return optional(row, "cumQuote", what) or size * price
