"""
What BingX says of orders and trades, strictly read into our values. Pure.

A linear row counts base units. A coin-margined one counts contracts in `quantity`, and where
`origQty` is filled in, both of its sizes are dollars: history does so, look-ups do not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from counterpoise.core.instrument import Asset, Kind
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
from counterpoise.venues.bingx_answers import data, differs
from counterpoise.venues.dialect import Listed
from counterpoise.venues.reporting import acknowledged, same
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

STATUSES: Mapping[str, VenueStatus] = {  # in capitals: coin-margined ones come as `Filled`
    "NEW": VenueStatus.OPEN,
    "PENDING": VenueStatus.OPEN,
    "WORKING": VenueStatus.OPEN,
    "PARTIALLY_FILLED": VenueStatus.OPEN,
    "FILLED": VenueStatus.FILLED,
    "CANCELED": VenueStatus.ENDED,
    "CANCELLED": VenueStatus.ENDED,
    "EXPIRED": VenueStatus.ENDED,
    "FAILED": VenueStatus.REJECTED,
}
SIDES: Mapping[str, Side] = {"BUY": Side.BUY, "SELL": Side.SELL}
SECOND_MS = 1_000


def placed(raw: object, intent: Intent, listed: Listed) -> OrderReport:
    """
    Return that an order was taken: its receipt repeats it and says nothing of what came of it.

    Raises SnapshotError for a receipt without an id, or of another order.
    """
    what = f"order {intent.client_order_id}"
    row = record(raw, what)
    if "orderId" not in row:  # of a coin-margined order it comes without the usual envelope
        row = record(data(raw, what), what)
        row = record(row.get("order", row), what)
    own_id = client_order_id(row)
    same(own_id or intent.client_order_id, intent.client_order_id, what)
    same(text(row, "symbol", what), listed.market_id, what)
    same(SIDES.get(text(row, "side", what)), intent.order.side, what)
    order_id = whole(row, "orderId", what)
    if order_id == 0:
        raise SnapshotError(f"{what}: its receipt has no id")
    return acknowledged(intent, str(order_id))


def client_order_id(row: Record) -> str:
    """Return the client's own id of an order, in either spelling; BingX makes it lower case."""
    return str(row.get("clientOrderId") or row.get("clientOrderID") or "")


def report(raw: object, intent: Intent, listed: Listed) -> OrderReport:
    """
    Return what a look-up says of the order of `intent`.

    Raises SnapshotError for an answer of another order, or that makes no sense: it then proves
    nothing about this one.
    """
    what = f"order {intent.client_order_id}"
    row = record(record(data(raw, what), what).get("order"), what)
    order = intent.order
    same(client_order_id(row), intent.client_order_id, what)
    same(text(row, "symbol", what), listed.market_id, what)
    same(SIDES.get(text(row, "side", what)), order.side, what)
    asked, filled = _sizes(row, listed, what)
    same(asked, abs(order.size), what)
    status = _status(row, what)
    if filled > asked or (status is VenueStatus.FILLED and filled != asked):
        raise SnapshotError(f"{what}: {status}, yet {filled} of {asked} is filled")
    at = optional(row, "updateTime", what)
    return OrderReport(
        client_order_id=intent.client_order_id,
        venue_order_id=text(row, "orderId", what),
        status=status,
        filled_size=filled.copy_sign(order.size),
        price_average=positive(row, "avgPrice", what) if filled else None,
        at_ms=None if at is None else int(at),
    )


def _status(row: Record, what: str) -> VenueStatus:
    said = text(row, "status", what)
    status = STATUSES.get(said.upper())
    if status is None:
        raise SnapshotError(f"{what}: unknown status", detail=said)
    return status


def _sizes(row: Record, listed: Listed, what: str) -> tuple[Decimal, Decimal]:
    """Return what was asked for and what is filled, in the instrument's unit."""
    per_amount, filled = listed.size_per_amount, not_negative(row, "executedQty", what)
    if listed.instrument.kind is not Kind.INVERSE:
        return positive(row, "origQty", what) * per_amount, filled * per_amount
    contracts, worth = positive(row, "quantity", what), optional(row, "origQty", what)
    size = contracts * per_amount
    if worth is None or (worth == contracts and worth != size):
        return size, filled * per_amount
    same(worth, size, what)
    return size, filled


def order_rows(raw: object, listed: Listed, field: str = "orders") -> Sequence[Record]:
    """Return the rows of one contract in a list of orders, everybody's."""
    what = f"orders of {listed.instrument.key}"
    answer = data(raw, what)
    found = answer.get(field) if isinstance(answer, dict) else answer
    return [
        row
        for row in rows(found, what, empty_allowed=True)
        if text(row, "symbol", what) == listed.market_id
    ]


def open_order_ids(raw: object, listed: Listed) -> frozenset[ClientOrderId]:
    """Return the client order ids of the resting orders of one contract; not all have one."""
    found = {client_order_id(row) for row in order_rows(raw, listed)}
    return frozenset(ClientOrderId(own_id) for own_id in found - {""})


def venue_order(row: Record, listed: Listed) -> VenueOrder:
    """Return an order as a list has it, whoever sent it."""
    what = f"orders of {listed.instrument.key}"
    asked, filled = _sizes(row, listed, what)
    left = asked - filled
    price = not_negative(row, "price", what)
    side = _side(row, what)
    return VenueOrder(
        client_order_id=client_order_id(row),
        venue_order_id=text(row, "orderId", what),
        instrument=listed.instrument.key,
        size=left if side is Side.BUY else -left,
        price=price or None,
        resting=_status(row, what) is VenueStatus.OPEN,
        at_ms=whole(row, "time", what),
    )


def was_filled(row: Record, listed: Listed) -> bool:
    """Say whether anything of an order in a list was filled."""
    return not_negative(row, "executedQty", f"orders of {listed.instrument.key}") > 0


def _side(row: Record, what: str) -> Side:
    side = SIDES.get(text(row, "side", what))
    if side is None:
        raise SnapshotError(f"{what}: neither bought nor sold", detail=text(row, "side", what))
    return side


def linear_fills(raw: object, listed: Listed, span_ms: range) -> tuple[Fill, ...]:
    """
    Return the account's linear trades in a span of time, oldest first.

    They have no id, and their time is cut to the second. A trade is named by its order and what it
    says, and by its place where an order has several such: a span must hold whole seconds.
    """
    what = f"trades of {listed.instrument.key}"
    seen: dict[tuple[str, ...], int] = {}
    found = []
    for row in order_rows(raw, listed, "fill_orders"):
        at_ms = _filled_second(row, what)
        if at_ms not in span_ms:
            raise SnapshotError(f"{what}: one is of another time than was asked for")
        size, price = positive(row, "volume", what), positive(row, "price", what)
        differs(size * price, positive(row, "amount", what), what)
        fields = (str(at_ms), text(row, "orderId", what), str(price), str(size))
        seen[fields] = seen.get(fields, 0) + 1
        trade_id = "-".join((*fields, str(seen[fields])))
        # the second's last moment: a trade never seems to be older than it is
        found.append(_fill(row, listed, trade_id, (size, price, at_ms + SECOND_MS - 1)))
    return tuple(sorted(found, key=lambda fill: (fill.at_ms, fill.trade_id)))


def _filled_second(row: Record, what: str) -> int:
    """Return when a trade was. `filledTm` shows local time as if it were UTC: it is not read."""
    try:
        found = datetime.strptime(text(row, "filledTime", what), "%Y-%m-%dT%H:%M:%S.%f%z")
    except ValueError as error:
        raise SnapshotError(f"{what}: `filledTime` is no time with its zone") from error
    return int(found.timestamp()) * SECOND_MS


def inverse_fills(raw: object, listed: Listed) -> tuple[Fill, ...]:
    """Return the trades of one coin-margined order, oldest first: contracts, of fixed dollars."""
    what = f"trades of {listed.instrument.key}"
    found = []
    for row in order_rows(raw, listed):
        size = positive(row, "volume", what) * listed.size_per_amount
        price = positive(row, "tradePrice", what)
        differs(size, positive(row, "amount", what), what)
        at_ms = whole(row, "tradeTime", what)
        found.append(_fill(row, listed, text(row, "tradeId", what), (size, price, at_ms)))
    return tuple(sorted(found, key=lambda fill: (fill.at_ms, fill.trade_id)))


def _fill(row: Record, listed: Listed, trade_id: str, facts: tuple[Decimal, Decimal, int]) -> Fill:
    what = f"trades of {listed.instrument.key}"
    size, price, at_ms = facts
    return Fill(
        trade_id=trade_id,
        venue_order_id=text(row, "orderId", what),
        instrument=listed.instrument.key,
        size=size if _side(row, what) is Side.BUY else -size,
        price=price,
        fee=-number(row, "commission", what),  # what is paid comes negative
        fee_asset=Asset(text(row, "currency", what)),
        at_ms=at_ms,
    )
