"""The answer of `orders`: what was ordered, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rich.console import RenderableType
from rich.text import Text

from counterpoise.cli import words
from counterpoise.cli.layout import listing
from counterpoise.core.orders import Intent, IntentState
from counterpoise.core.units import ZERO

WIDE = 112
STYLES = {
    IntentState.FILLED: "green",
    IntentState.PART_FILLED: "yellow",
    IntentState.REJECTED: "red",
    IntentState.UNKNOWN: "bold red",
}


def slippage_share(intent: Intent) -> Decimal | None:
    """Return how much worse than the mark price an order filled, as a share; negative is better."""
    if intent.price_average is None or intent.filled_size == 0:
        return None
    worse = (intent.price_average - intent.order.mark_price) / intent.order.mark_price
    return worse if intent.filled_size > 0 else -worse


def slippage_cost(intent: Intent) -> Decimal | None:
    """Return the same in quote currency, whatever a size counts."""
    share = slippage_share(intent)
    if share is None:
        return None
    return share * intent.order.notional * abs(intent.filled_size / intent.order.size)


def latency_ms(intent: Intent) -> int | None:
    """Return how long it took from sent to settled; None where it is not settled."""
    return None if intent.settled_at_ms is None else intent.settled_at_ms - intent.sent_at_ms


def rendered(intents: Sequence[Intent], width: int) -> RenderableType:
    """Return the list, newest first, for a window of `width` columns."""
    if not intents:
        return Text("No order yet.")
    wide = width >= WIDE
    extra = ("limit", "rule", "fee", "slippage", "took") if wide else ()
    headers = ("id", "time (UTC)", "order", "state", "filled", "at", *extra)
    table = listing(headers, left=("id", "time (UTC)", "order", "state", "rule"))
    for intent in intents:
        table.add_row(*_row(intent, wide=wide))
    return table


def _row(intent: Intent, *, wide: bool) -> list[str | Text]:
    order, share = intent.order, slippage_share(intent)
    when = words.date_time(intent.sent_at_ms)
    row: list[str | Text] = [
        intent.client_order_id,
        when if wide else when[11:],
        f"{order.asset} {order.side} {words.exact_quantity(abs(order.size))}",
        Text(intent.state, style=STYLES.get(intent.state, "")),
        words.exact_quantity(abs(intent.filled_size)),
        words.price(intent.price_average),
    ]
    if wide:
        row += [
            words.price(order.limit_price),
            order.rule,
            f"{words.exact_quantity(intent.fee or ZERO)} {intent.fee_asset or ''}".strip()
            if intent.fee is not None
            else words.UNKNOWN,
            words.UNKNOWN if share is None else words.bps(share),
            words.span(latency_ms(intent)),
        ]
    return row


def facts(intents: Sequence[Intent]) -> list[dict[str, object]]:
    """Return the same as keys."""
    return [fact(intent) for intent in intents]


def fact(intent: Intent) -> dict[str, object]:
    """Return one order as keys."""
    order, share = intent.order, slippage_share(intent)
    return {
        "intent": intent.client_order_id,
        "number": intent.sequence,
        "cycle": intent.cycle,
        "asset": order.asset,
        "instrument": order.instrument,
        "side": order.side,
        "quantity": abs(order.size),
        "limit_price": order.limit_price,
        "mark_price": order.mark_price,
        "reduce_only": order.reduce_only,
        "rule": order.rule,
        "state": intent.state,
        "sent_at_ms": intent.sent_at_ms,
        "settled_at_ms": intent.settled_at_ms,
        "latency_ms": latency_ms(intent),
        "filled_quantity": abs(intent.filled_size),
        "price_average": intent.price_average,
        "fee": intent.fee,
        "fee_asset": intent.fee_asset,
        "slippage_bps": None if share is None else f"{share * 10_000:.2f}",
        "venue_order_id": intent.venue_order_id,
        "proof": intent.proof,
        "code": intent.code,
    }
