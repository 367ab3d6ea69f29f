"""Positions, in contracts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from counterpoise.core.units import ONE
from counterpoise.exchange.dialects.common import Row, stepped, trimmed
from counterpoise.exchange.dialects.okx.orders import CROSS
from counterpoise.exchange.dialects.okx.wire import SIDE_NAMES, Asked, kind_of
from counterpoise.exchange.dialects.views import PositionView, open_positions
from counterpoise.exchange.listing import Market
from counterpoise.exchange.orders import PositionSide

POSITION_ID_FIRST = 600_000_001
# What options, borrowed coins and isolated margin have: empty for a perpetual in cross margin.
UNUSED = (
    *("deltaBS", "deltaPA", "gammaBS", "gammaPA", "thetaBS", "thetaPA", "vegaBS", "vegaPA"),
    *("liab", "liabCcy", "margin", "optVal", "posCcy", "tradeId"),
)


def positions(asked: Asked) -> Sequence[Row]:
    """Return the open positions; a short is negative in the net mode, positive in the other."""
    wanted = {listing.key for listing in asked.scope()}
    return [_row(asked, view) for view in _open(asked) if view.listing.key in wanted]


def _open(asked: Asked) -> Iterator[PositionView]:
    for market in (Market.LINEAR, Market.INVERSE):
        yield from open_positions(asked.desk.venue, market, asked.call.now)


def _row(asked: Asked, view: PositionView) -> Row:
    listing, position = view.listing, view.position
    net = position.side is PositionSide.BOTH
    amount = position.amount if net else abs(position.amount)
    row: Row = {
        "adl": "1",
        "availPos": "" if net else stepped(amount, listing.quantity_step),
        "avgPx": trimmed(position.entry_price),
        "cTime": str(position.updated_ms),
        "ccy": listing.settle,
        "imr": trimmed(view.initial),
        "instId": listing.key.symbol,
        "instType": kind_of(listing),
        "interest": "",
        "last": trimmed(asked.desk.venue.engine.price(listing, asked.call.now).last),
        "lever": str(view.leverage),
        "liqPx": trimmed(view.liquidation) if view.liquidation else "",
        "markPx": trimmed(view.mark),
        "mgnMode": CROSS,
        "mgnRatio": trimmed(ONE / view.margin_ratio) if view.margin_ratio else "",
        "mmr": trimmed(view.maintenance),
        "notionalUsd": trimmed(listing.notional(position.amount, view.mark)),
        "pos": stepped(amount, listing.quantity_step),
        "posId": _position_id(asked, view),
        "posSide": SIDE_NAMES[position.side],
        "uTime": str(position.updated_ms),
        "upl": trimmed(view.profit),
        "uplRatio": trimmed(view.profit / view.initial) if view.initial else "",
    }
    return {**dict.fromkeys(UNUSED, ""), **row}


def _position_id(asked: Asked, view: PositionView) -> str:
    """Return an id that a position keeps: where it stands in the list of all that there can be."""
    place = list(asked.desk.facts).index(view.listing.key)
    return str(
        POSITION_ID_FIRST + place * len(SIDE_NAMES) + list(SIDE_NAMES).index(view.position.side)
    )
