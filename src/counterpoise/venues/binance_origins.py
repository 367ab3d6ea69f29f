"""
Whose an order was, as Binance tells: by the name that it gives to what it does of itself.

Source: the futures documents of "User's Force Orders" and "Query Order": `autoclose-` is a
liquidation, `adl_autoclose` an auto-deleveraging, `settlement_autoclose-` a delisting or delivery.
"""

from __future__ import annotations

from collections.abc import Mapping

from counterpoise.core.orders import Cause, Origin
from counterpoise.venues.binance_calls import APIS
from counterpoise.venues.dialect import Listed, Reads
from counterpoise.venues.outcomes import NotServed
from counterpoise.venues.shapes import record, rows, text

FORCED_ROWS_MAX = 100
LOOK_UPS_MAX = 10  # orders asked for one by one; of the rest it is not known whose they were
WINDOW_MS = 7 * 86_400_000  # what one request for forced orders reaches

NAMES: Mapping[str, Cause] = {
    "autoclose-": Cause.LIQUIDATION,
    "adl_autoclose": Cause.DELEVERAGING,
    "settlement_autoclose-": Cause.SETTLEMENT,
    "delivery_autoclose-": Cause.SETTLEMENT,
}


def cause_of(name: str) -> Cause | None:
    """Return what a client order id says of an order of the exchange itself; else None."""
    return next((cause for start, cause in NAMES.items() if name.startswith(start)), None)


async def origins(
    reads: Reads, listed: Listed, order_ids: frozenset[str], since_ms: int
) -> Mapping[str, Origin]:
    """Return whose these orders were: the forced ones from their list, the others one by one."""
    found = await _forced(reads, listed, since_ms)
    others = sorted(order_ids - found.keys())[-LOOK_UPS_MAX:]
    for order_id in others:
        params: dict[str, object] = {"symbol": listed.market_id, "orderId": order_id}
        raw = await reads.read_or_none(APIS[listed.instrument.kind].find, params)
        if raw is not None:
            what = f"order {order_id}"
            name = text(record(raw, what), "clientOrderId", what)
            found[order_id] = Origin(cause=cause_of(name) or Cause.FOREIGN, client_order_id=name)
    return {order_id: found[order_id] for order_id in order_ids & found.keys()}


async def _forced(reads: Reads, listed: Listed, since_ms: int) -> dict[str, Origin]:
    """Return the forced orders since a time. One with a name that says nothing was liquidated."""
    what = f"forced orders of {listed.instrument.key}"
    params: dict[str, object] = {
        "symbol": listed.market_id,
        "startTime": since_ms,
        "endTime": since_ms + WINDOW_MS,
        "limit": FORCED_ROWS_MAX,
    }
    try:
        raw = await reads.read(APIS[listed.instrument.kind].forced, params)
    except NotServed:  # the look-ups by id say the same
        return {}
    found = {}
    for row in rows(raw, what, empty_allowed=True):
        name = text(row, "clientOrderId", what)
        cause = cause_of(name) or Cause.LIQUIDATION
        found[text(row, "orderId", what)] = Origin(cause=cause, client_order_id=name)
    return found
