"""One exchange, two wires, the unmodified ccxt class at the other end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal

import ccxt.async_support as ccxt
import pytest

from counterpoise.exchange.local import (
    LocalExchange,
    LocalExchangeConfig,
    MemoryTransport,
    build,
    serve,
)
from counterpoise.ports import Transport
from tests.exchange.wires import Controller, FakeClock, HttpWire, client

STILL = LocalExchangeConfig(speed=Decimal(0))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def exchange(clock: FakeClock) -> LocalExchange:
    return build(STILL, clock)


@pytest.fixture
def control(exchange: LocalExchange) -> Controller:
    return Controller(exchange)


@pytest.fixture(params=["http", "memory"])
async def wire(request: pytest.FixtureRequest, exchange: LocalExchange) -> AsyncIterator[Transport]:
    if request.param == "memory":
        yield MemoryTransport(exchange)
        return
    server = await serve(exchange, "127.0.0.1", 0)
    http = HttpWire(server.port)
    yield http
    await http.close()
    await server.close()


@pytest.fixture
async def trader(wire: Transport, exchange: LocalExchange) -> AsyncIterator[ccxt.binance]:
    made = client(wire, exchange)
    await made.load_markets()
    yield made
    await made.close()


@pytest.fixture
async def memory_trader(exchange: LocalExchange) -> AsyncIterator[ccxt.binance]:
    made = client(MemoryTransport(exchange), exchange)
    await made.load_markets()
    yield made
    await made.close()
