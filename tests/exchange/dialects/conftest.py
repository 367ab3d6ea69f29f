"""Every venue that the local exchange speaks, through ccxt's own class, in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal

import ccxt.async_support as ccxt
import pytest

from counterpoise.exchange.local import LocalExchange, LocalExchangeConfig, MemoryTransport, build
from tests.exchange.dialects.binance_speaker import Binance
from tests.exchange.dialects.bingx_speaker import Bingx
from tests.exchange.dialects.bybit_speaker import Bybit
from tests.exchange.dialects.hyperliquid_speaker import Hyperliquid
from tests.exchange.dialects.mexc_speaker import Mexc
from tests.exchange.dialects.okx_speaker import Okx
from tests.exchange.dialects.speaking import Speaker, dollar
from tests.exchange.dialects.weex_speaker import Weex
from tests.exchange.wires import Controller, FakeClock

SPEAKERS: tuple[Speaker, ...] = (
    Binance(),
    Bingx(),
    Bybit(),
    Hyperliquid(),
    Mexc(),
    Okx(),
    Weex(),
)
COINS = {"BTC": Decimal(1)}


def opened(speaker: Speaker, clock: FakeClock, *, hedge_mode: bool = False) -> LocalExchange:
    """Return a venue whose prices stand still until a control moves them."""
    config = LocalExchangeConfig(
        venue=speaker.venue,
        speed=Decimal(0),
        futures_wallet={dollar(speaker): Decimal(60_000), **COINS},
        hedge_mode=hedge_mode,
    )
    return build(config, clock)


@pytest.fixture(params=SPEAKERS, ids=lambda speaker: speaker.venue)
def speaker(request: pytest.FixtureRequest) -> Speaker:
    chosen: Speaker = request.param
    return chosen


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def exchange(speaker: Speaker, clock: FakeClock) -> LocalExchange:
    return opened(speaker, clock)


@pytest.fixture
def control(exchange: LocalExchange) -> Controller:
    return Controller(exchange)


@pytest.fixture
async def client(speaker: Speaker, exchange: LocalExchange) -> AsyncIterator[ccxt.Exchange]:
    made = speaker.client(MemoryTransport(exchange), exchange)
    await made.load_markets()
    yield made
    await made.close()
