"""An exchange whose account is one wallet: two BTC and 100,000 USDT, prices standing still."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal

import ccxt.async_support as ccxt

from counterpoise.exchange.local import LocalExchange, LocalExchangeConfig, MemoryTransport, build
from tests.exchange.dialects.speaking import Speaker
from tests.exchange.wires import FakeClock


def started(venue: str, clock: FakeClock) -> LocalExchange:
    config = LocalExchangeConfig(
        venue=venue,
        speed=Decimal(0),
        balances={"BTC": Decimal(2), "USDT": Decimal(40_000)},
        futures_wallet={"USDT": Decimal(60_000)},
    )
    return build(config, clock)


async def trading(speaker: Speaker, exchange: LocalExchange) -> AsyncIterator[ccxt.Exchange]:
    made = speaker.client(MemoryTransport(exchange), exchange)
    await made.load_markets()
    yield made
    await made.close()
