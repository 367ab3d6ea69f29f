"""What a settled order cost: its fee from the account's trades, and its slippage."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from counterpoise.core.orders import Fill, Intent
from counterpoise.core.units import BPS, ZERO
from counterpoise.errors import GatewayError, SnapshotError
from counterpoise.executor import Outside, venue_of_order

FEE_WITHIN_S = 2.0  # the fee is for reading along: no cycle waits longer for it


async def priced(intent: Intent, outside: Outside) -> Intent:
    """
    Add the fee of a filled intent from the account's trades, and say that it is settled.

    A fee that cannot be read stays unknown; nothing waits for it. Raises JournalError.
    """
    if intent.filled_size:
        intent = await _with_fee(intent, outside)
    outside.log.info(
        "order.settled",
        intent=intent.client_order_id,
        asset=intent.order.asset,
        symbol=intent.order.symbol,
        side=intent.order.side,
        status=intent.state,
        filled_quantity=abs(intent.filled_size),
        price_average=intent.price_average,
        fee=intent.fee,
        fee_asset=intent.fee_asset,
        slippage_bps=slippage_bps(intent),
        latency_ms=None if intent.settled_at_ms is None else _latency_ms(intent),
    )
    return intent


async def _with_fee(intent: Intent, outside: Outside) -> Intent:
    venue = venue_of_order(intent.order)
    since_ms = intent.sent_at_ms - outside.limits[venue].skew_max_ms
    try:
        async with asyncio.timeout(FEE_WITHIN_S):
            fills = await outside.gateways[venue].fills(intent.order.symbol, since_ms)
    except (GatewayError, SnapshotError, TimeoutError) as error:
        outside.log.debug("fee.unknown", intent=intent.client_order_id, detail=str(error))
        return intent
    ours = [fill for fill in fills if fill.venue_order_id == intent.venue_order_id]
    intent = _paid(intent, ours)
    if intent.fee is not None:
        await outside.journal.record_outcome(intent)
    return intent


def _latency_ms(intent: Intent) -> int:
    return (intent.settled_at_ms or intent.sent_at_ms) - intent.sent_at_ms


def slippage_bps(intent: Intent) -> Decimal | None:
    """Return how much worse than the mark price an order filled, in bps; negative is better."""
    if intent.price_average is None or not intent.filled_size:
        return None
    worse = (intent.price_average - intent.order.mark_price) / intent.order.mark_price
    return round((worse if intent.order.size > 0 else -worse) / BPS, 2)


def _paid(intent: Intent, fills: Sequence[Fill]) -> Intent:
    """Add up the fees of an order's trades; fees in two currencies have no one sum."""
    assets = {fill.fee_asset for fill in fills}
    if len(assets) != 1 or sum((fill.size for fill in fills), ZERO) != intent.filled_size:
        return intent
    return replace(intent, fee=sum((fill.fee for fill in fills), ZERO), fee_asset=assets.pop())
