"""What Hyperliquid says of orders and trades, strictly read into our values. Pure."""

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
from counterpoise.venues.dialect import Listed
from counterpoise.venues.hyperliquid_codes import FOUND_NOTHING, error_code
from counterpoise.venues.hyperliquid_ids import cloid_of, name_of
from counterpoise.venues.hyperliquid_requests import coin
from counterpoise.venues.shapes import (
    Record,
    not_negative,
    number,
    positive,
    record,
    rows,
    text,
    whole,
)

SIDES: Mapping[str, Side] = {"B": Side.BUY, "A": Side.SELL}
OPEN = frozenset({"open", "triggered"})
# every other status there is ends so: `canceled`, `marginCanceled`, `iocCancelRejected` and more
ENDINGS = ("filled", "anceled", "ejected", "scheduledCancel")
# what a fill is said to have done, on the venue's page of trades
CAUSES: Mapping[str, Cause] = {
    "Auto-Deleveraging": Cause.DELEVERAGING,
    "Settlement": Cause.SETTLEMENT,
}


def placed(raw: object, intent: Intent, _listed: Listed) -> OrderReport:
    """
    Return that Hyperliquid has the order; what became of it is looked up.

    Its answer names the order by a number alone, also where it says how much was traded. Raises
    SnapshotError for an answer that is about no order, or about several.
    """
    what = f"order {intent.client_order_id}"
    inside = record(record(raw, what).get("response"), what)
    data = record(inside.get("data"), what)
    statuses = rows(data.get("statuses"), what, empty_allowed=False)
    if len(statuses) != 1:
        raise SnapshotError(f"{what}: the answer is about {len(statuses)} orders")
    if error_code(raw)[0] == FOUND_NOTHING:
        return _nothing(intent, VenueStatus.ENDED, "")  # it has a number there, which is not told
    told = record(statuses[0].get("filled") or statuses[0].get("resting"), what)
    return _nothing(intent, VenueStatus.OPEN, text(told, "oid", what))


def _nothing(intent: Intent, status: VenueStatus, order_id: str) -> OrderReport:
    return OrderReport(
        client_order_id=intent.client_order_id,
        venue_order_id=order_id,
        status=status,
        filled_size=ZERO,
        price_average=None,
        at_ms=None,
    )


def found_order(raw: object, what: str) -> tuple[Record, Record]:
    """Return a look-up's answer: what became of the order, and the order itself."""
    body = record(raw, what)
    if body.get("status") != "order":
        raise SnapshotError(f"{what}: answered with {body.get('status')}")
    state = record(body.get("order"), what)
    return state, record(state.get("order"), what)


def report(raw: object, trades: Iterable[Record], intent: Intent, listed: Listed) -> OrderReport:
    """
    Return what Hyperliquid says of the order of `intent`; its trades say at which price.

    Raises SnapshotError for an answer that is of another order, or that makes no sense: it then
    proves nothing about this one. A trade that is not shown yet is among that.
    """
    what = f"order {intent.client_order_id}"
    state, row = found_order(raw, what)
    order = intent.order
    wanted = number(row, "origSz", what)
    _same(text(row, "cloid", what), cloid_of(intent.client_order_id), what)
    _same(text(row, "coin", what), coin(listed), what)
    _same(SIDES.get(text(row, "side", what)), order.side, what)
    if wanted != abs(order.size) and not (order.reduce_only and 0 < wanted < abs(order.size)):
        raise SnapshotError(f"{what}: sent {abs(order.size)}, the answer says {wanted}")
    status = _status(text(state, "status", what), what)
    order_id = text(row, "oid", what)
    own = [trade for trade in trades if text(trade, "oid", what) == order_id]
    filled = sum((positive(trade, "sz", what) for trade in own), ZERO)
    _check_filled(row, status, filled, wanted, what)
    whole_order = status is VenueStatus.ENDED and filled == abs(order.size)
    return OrderReport(
        client_order_id=intent.client_order_id,
        venue_order_id=order_id,
        status=VenueStatus.FILLED if whole_order else status,
        filled_size=filled.copy_sign(order.size),
        price_average=_average(own, filled, what) if filled else None,
        at_ms=whole(state, "statusTimestamp", what),
    )


def _status(word: str, what: str) -> VenueStatus:
    if word in OPEN:
        return VenueStatus.OPEN
    if word.endswith(ENDINGS):
        return VenueStatus.ENDED
    raise SnapshotError(f"{what}: unknown status", detail=word)


def _check_filled(
    row: Record, status: VenueStatus, filled: Decimal, wanted: Decimal, what: str
) -> None:
    """
    Raise SnapshotError unless the trades are what the order says has traded.

    A rejected order keeps its whole size as what is left; one that ended in part may too.
    """
    left = not_negative(row, "sz", what)
    stated = wanted - left
    if filled > wanted or filled < stated:
        raise SnapshotError(f"{what}: {stated} of {wanted} traded, its trades are {filled}")
    if status is VenueStatus.OPEN and filled != stated:
        raise SnapshotError(f"{what}: open with {stated} traded, its trades are {filled}")


def _average(trades: Sequence[Record], filled: Decimal, what: str) -> Decimal:
    worth = (positive(one, "px", what) * positive(one, "sz", what) for one in trades)
    return sum(worth, ZERO) / filled


def _same(came: object, sent: object, what: str) -> None:
    if came != sent:
        raise SnapshotError(f"{what}: sent {sent}, the answer says {came}")


def open_order_ids(found: Iterable[Record], listed: Listed) -> frozenset[ClientOrderId]:
    """Return the client order ids of resting orders; one without any is none of ours."""
    return frozenset(
        ClientOrderId(order.client_order_id)
        for order in resting(found, listed)
        if order.client_order_id
    )


def resting(found: Iterable[Record], listed: Listed) -> tuple[VenueOrder, ...]:
    """Return the open orders of one instrument, whoever sent them."""
    what = f"orders of {listed.instrument.key}"
    return tuple(
        _order(row, listed, what, open_=True)
        for row in found
        if text(row, "coin", what) == coin(listed)
    )


def ended(found: Iterable[Record], listed: Listed) -> tuple[VenueOrder, ...]:
    """Return the newest ended orders; the history has each order also as it was when it began."""
    what = f"orders of {listed.instrument.key}"
    last: dict[str, Record] = {}
    for state in found:
        row = record(state.get("order"), what)
        if text(row, "coin", what) != coin(listed):
            continue
        order_id = text(row, "oid", what)
        if _status(text(state, "status", what), what) is VenueStatus.ENDED:
            last[order_id] = row
    return tuple(_order(row, listed, what, open_=False) for row in last.values())


def _order(row: Record, listed: Listed, what: str, *, open_: bool) -> VenueOrder:
    named = row.get("cloid")
    return VenueOrder(
        client_order_id=name_of(named) if isinstance(named, str) else "",  # empty: sent by hand
        venue_order_id=text(row, "oid", what),
        instrument=listed.instrument.key,
        size=_signed(row, not_negative(row, "sz", what), what),
        price=positive(row, "limitPx", what),
        resting=open_,
        at_ms=whole(row, "timestamp", what),
    )


def _signed(row: Record, size: Decimal, what: str) -> Decimal:
    side = SIDES.get(text(row, "side", what))
    if side is None:
        raise SnapshotError(f"{what}: neither bought nor sold", detail=text(row, "side", what))
    return size if side is Side.BUY else -size


def fills(found: Iterable[Record], listed: Listed) -> tuple[Fill, ...]:
    """Return the account's trades in one instrument, oldest first."""
    what = f"trades of {listed.instrument.key}"
    trades = [_fill(row, listed, what) for row in found if text(row, "coin", what) == coin(listed)]
    return tuple(sorted(trades, key=lambda fill: (fill.at_ms, int(fill.trade_id))))


def _fill(row: Record, listed: Listed, what: str) -> Fill:
    """Return one trade; a builder's fee, of orders that others sent, is part of its fee."""
    return Fill(
        trade_id=str(whole(row, "tid", what)),
        venue_order_id=text(row, "oid", what),
        instrument=listed.instrument.key,
        size=_signed(row, positive(row, "sz", what), what),
        price=positive(row, "px", what),
        fee=number(row, "fee", what),
        fee_asset=Asset(text(row, "feeToken", what)),
        at_ms=whole(row, "time", what),
    )


def origin(row: Record) -> Origin:
    """Return whose a trade was: the venue's own doing, or somebody's order."""
    forced = row.get("liquidation")
    named = row.get("cloid")
    cause = CAUSES.get(str(row.get("dir")), Cause.FOREIGN)
    return Origin(
        cause=Cause.LIQUIDATION if isinstance(forced, dict) and forced else cause,
        client_order_id=name_of(named) if isinstance(named, str) else "",
    )
