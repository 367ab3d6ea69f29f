"""What others did to positions, as `orders` shows it below what was ordered."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rich.console import RenderableType

from counterpoise.cli import words
from counterpoise.cli.layout import listing
from counterpoise.core.foreign import Change, by_order, price_average
from counterpoise.core.orders import Side
from counterpoise.core.units import ZERO


def rendered(changes: Sequence[Change]) -> RenderableType:
    """Return the list, one line for each order of others, newest first."""
    headers = ("others", "time (UTC)", "moved", "at", "trades", "their id")
    table = listing(headers, left=("others", "time (UTC)", "moved", "their id"))
    for group in reversed(by_order(changes)):
        size = _size(group)
        side = Side.BUY if size > 0 else Side.SELL
        table.add_row(
            group[0].cause,
            words.date_time(group[-1].at_ms),
            f"{group[0].asset} {side} {words.exact_quantity(abs(size))}",
            words.price(price_average(group)),
            str(sum(1 for change in group if change.trade_id)),
            group[0].client_order_id or words.UNKNOWN,
        )
    return table


def _size(group: Sequence[Change]) -> Decimal:
    return sum((change.size for change in group), ZERO)


def facts(changes: Sequence[Change]) -> list[dict[str, object]]:
    """Return each change as keys, newest first."""
    return [
        {
            "asset": change.asset,
            "instrument": change.instrument,
            "cause": change.cause,
            "side": Side.BUY if change.size > 0 else Side.SELL,
            "quantity": abs(change.size),
            "price": change.price,
            "trade_id": change.trade_id,
            "venue_order_id": change.venue_order_id,
            "client_order_id": change.client_order_id,
            "at_ms": change.at_ms,
            "recorded_at_ms": change.recorded_at_ms,
        }
        for change in reversed(changes)
    ]
