"""Made-up intents and listings."""

from __future__ import annotations

from decimal import Decimal

from counterpoise.core.instrument import (
    Asset,
    Instrument,
    InstrumentKey,
    Kind,
    Symbol,
    VenueName,
)
from counterpoise.core.orders import ClientOrderId, Intent, IntentState, Order, Rule
from counterpoise.venues.dialect import Listed
from tests.venues.fake import BTC, ETH, NOW_MS

D = Decimal
WINDOW_MS = 5_000


def intent_of(
    *,
    size: str = "1.5",
    price: str = "3410.2",
    symbol: Symbol = ETH,
    reduce_only: bool = False,
    expires_at_ms: int = NOW_MS + WINDOW_MS + 1_000,
) -> Intent:
    """Return a recorded order that is about to be sent."""
    order = Order(
        asset=Asset("ETH"),
        instrument=InstrumentKey(f"main:{symbol}"),
        symbol=symbol,
        size=D(size),
        limit_price=D(price),
        mark_price=D(3400),
        notional=abs(D(size)) * 3400,
        reduce_only=reduce_only,
        rule=Rule.DRIFT,
        position_before=D(0),
        completes=True,
    )
    return Intent(
        client_order_id=ClientOrderId("cp0000000000000000000000001a"),
        sequence=1,
        cycle=1,
        order=order,
        state=IntentState.SENT,
        sent_at_ms=NOW_MS,
        expires_at_ms=expires_at_ms,
    )


def listed(market_id: str, symbol: str, per_amount: str = "1") -> Listed:
    base = Asset(market_id.removesuffix("USDT"))
    instrument = Instrument(
        venue=VenueName("main"),
        symbol=ETH if symbol == ETH else BTC,
        base=base,
        quote=Asset("USDT"),
        settle=Asset("USDT"),
        kind=Kind.LINEAR,
        size_step=D("0.001"),
        size_min=D("0.001"),
        size_max=None,
        notional_min=D(20),
        price_step=D("0.01"),
        taker_fee=D("0.0005"),
    )
    return Listed(instrument=instrument, market_id=market_id, size_per_amount=D(per_amount))


LISTED = listed("ETHUSDT", ETH)
