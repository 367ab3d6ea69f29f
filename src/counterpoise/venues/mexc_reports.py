"""What MEXC says of futures orders and trades, strictly read into our values. Pure."""

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
from counterpoise.venues.mexc_answers import data
from counterpoise.venues.mexc_requests import SIDES
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

STATES: Mapping[int, VenueStatus] = {
    1: VenueStatus.OPEN,  # taken, and not yet in the book
    2: VenueStatus.OPEN,
    3: VenueStatus.FILLED,
    4: VenueStatus.ENDED,
    5: VenueStatus.REJECTED,  # "invalid": refused after its id was given out
}
CAUSES: Mapping[int, Cause] = {  # by category; 1 and 3 are orders of somebody
    2: Cause.LIQUIDATION,  # "system take-over"
    4: Cause.DELEVERAGING,
}


def placed(raw: object, intent: Intent, listed: Listed) -> OrderReport:
    """
    Return the acknowledgement of an order: MEXC answers with its own id, and with no outcome.

    Neither our id nor the contract is in the answer; the look-up that follows checks both.
    """
    what = f"order {intent.client_order_id} of {listed.instrument.key}"
    answer = data(raw, what)
    found: Record = answer if isinstance(answer, dict) else {"orderId": answer}
    at = optional(found, "ts", what)
    return acknowledged(intent, text(found, "orderId", what), None if at is None else int(at))


def report(raw: object, intent: Intent, listed: Listed) -> OrderReport:
    """
    Return what MEXC says of the order of `intent`.

    Raises SnapshotError for an answer that is of another order, or that makes no sense: it then
    proves nothing about this one.
    """
    what = f"order {intent.client_order_id}"
    row = record(data(raw, what), what)
    order = intent.order
    same(text(row, "externalOid", what), intent.client_order_id, what)
    same(text(row, "symbol", what), listed.market_id, what)
    same(side_of(row, what), order.side, what)
    same(number(row, "vol", what) * listed.size_per_amount, abs(order.size), what)
    filled = not_negative(row, "dealVol", what) * listed.size_per_amount
    at = optional(row, "updateTime", what)
    return OrderReport(
        client_order_id=intent.client_order_id,
        venue_order_id=text(row, "orderId", what),
        status=_status(row, filled, abs(order.size), what),
        filled_size=filled.copy_sign(order.size),
        price_average=positive(row, "dealAvgPrice", what) if filled else None,
        at_ms=None if at is None else int(at),
    )


def _status(row: Record, filled: Decimal, wanted: Decimal, what: str) -> VenueStatus:
    state = whole(row, "state", what)
    status = STATES.get(state)
    if status is None:
        raise SnapshotError(f"{what}: unknown state", detail=str(state))
    if status is VenueStatus.FILLED and filled < wanted:
        raise SnapshotError(f"{what}: filled, yet only {filled} of {wanted}")
    if status is VenueStatus.REJECTED and filled:
        return VenueStatus.ENDED
    return status


def side_of(row: Record, what: str) -> Side:
    """Return which way an order or a trade goes: 1 and 2 buy, 3 and 4 sell."""
    side = SIDES.get(whole(row, "side", what))
    if side is None:
        raise SnapshotError(f"{what}: neither bought nor sold", detail=str(row.get("side")))
    return side


def open_order_ids(listed_rows: Iterable[Record], listed: Listed) -> frozenset[ClientOrderId]:
    """Return the client order ids of the resting orders of one contract."""
    what = f"open orders of {listed.instrument.key}"
    return frozenset(
        ClientOrderId(text(row, "externalOid", what))
        for row in listed_rows
        if text(row, "symbol", what) == listed.market_id
    )


def orders(listed_rows: Iterable[Record], listed: Listed) -> tuple[VenueOrder, ...]:
    """Return the orders of one contract that were listed, whoever sent them."""
    what = f"orders of {listed.instrument.key}"
    return tuple(
        _listed_order(row, listed, what)
        for row in listed_rows
        if text(row, "symbol", what) == listed.market_id
    )


def _listed_order(row: Record, listed: Listed, what: str) -> VenueOrder:
    left = not_negative(row, "vol", what) - not_negative(row, "dealVol", what)
    size = left * listed.size_per_amount
    return VenueOrder(
        client_order_id=text(row, "externalOid", what),
        venue_order_id=text(row, "orderId", what),
        instrument=listed.instrument.key,
        size=size if side_of(row, what) is Side.BUY else -size,
        price=not_negative(row, "price", what) or None,
        resting=STATES.get(whole(row, "state", what)) is VenueStatus.OPEN,
        at_ms=whole(row, "createTime", what),
    )


def origin(row: Record, what: str) -> Origin:
    """Return whose an order was: MEXC's own have a category of their own."""
    cause = CAUSES.get(whole(row, "category", what), Cause.FOREIGN)
    return Origin(cause=cause, client_order_id=text(row, "externalOid", what))


def fills(listed_rows: Iterable[Record], listed: Listed) -> tuple[Fill, ...]:
    """Return the account's trades in one contract, oldest first, each once."""
    what = f"trades of {listed.instrument.key}"
    found = {
        fill.trade_id: fill
        for row in listed_rows
        if text(row, "symbol", what) == listed.market_id
        for fill in (_fill(row, listed, what),)
    }
    return tuple(sorted(found.values(), key=lambda fill: (fill.at_ms, fill.trade_id)))


def _fill(row: Record, listed: Listed, what: str) -> Fill:
    size = positive(row, "vol", what) * listed.size_per_amount
    return Fill(
        trade_id=text(row, "id", what),
        venue_order_id=text(row, "orderId", what),
        instrument=listed.instrument.key,
        size=size if side_of(row, what) is Side.BUY else -size,
        price=positive(row, "price", what),
        fee=number(row, "fee", what),
        fee_asset=Asset(text(row, "feeCurrency", what)),
        at_ms=whole(row, "timestamp", what),
    )
