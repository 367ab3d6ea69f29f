"""The gateway on a local exchange that speaks MEXC's protocol, in memory, with the wire in view."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from urllib.parse import urlsplit

import pytest

from counterpoise.core.instrument import Asset, Instrument, Symbol, VenueName
from counterpoise.core.mode import Mode
from counterpoise.core.orders import ClientOrderId, Intent, IntentState, Order, Rule
from counterpoise.exchange.local import (
    LocalExchange,
    LocalExchangeConfig,
    MemoryTransport,
    build,
)
from counterpoise.ports import HttpRequest, HttpResponse
from counterpoise.venues.build import build_gateway
from counterpoise.venues.dialect import Lanes
from counterpoise.venues.gateway import CcxtGateway
from counterpoise.venues.settings import VenueConfig
from tests.exchange.wires import FakeClock

D = Decimal
BTC, ETH, INVERSE = Symbol("BTC/USDT:USDT"), Symbol("ETH/USDT:USDT"), Symbol("BTC/USD:BTC")
WIDE = Lanes(reads=1_000_000, orders=1_000_000, period_s=1)
ENDPOINT = "http://127.0.0.1:9"  # nothing listens there
LIFE_MS = 12_000
PLACE = "/api/v1/private/order/create"
OWN = LocalExchangeConfig()


@dataclass
class Tapped:
    """A wire that remembers every request, and may answer one kind of it by itself."""

    inner: MemoryTransport
    requests: list[HttpRequest] = field(default_factory=list)
    said: dict[str, HttpResponse] = field(default_factory=dict)  # by path, instead of an answer

    async def send(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
        self.requests.append(request)
        answer = await self.inner.send(request, timeout_s)
        return self.said.get(urlsplit(request.url).path, answer)

    async def close(self) -> None:
        await self.inner.close()

    def says(self, path: str, body: object, status: int = 200) -> None:
        """Answer requests for a path so from now on, whatever was done."""
        raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        self.said[path] = HttpResponse(status=status, headers=headers, body=raw, reason="said")

    def bodies(self, path: str) -> list[dict[str, object]]:
        """Return the JSON bodies that went to a path."""
        return [json.loads(one.body) for one in self.requests if urlsplit(one.url).path == path]


@dataclass
class Bench:
    """A local exchange, a clock that stands still, a wire, and the gateway over them."""

    exchange: LocalExchange
    clock: FakeClock
    wire: Tapped
    gateway: CcxtGateway
    instruments: dict[Symbol, Instrument] = field(default_factory=dict)
    count: int = 0

    def control(self, name: str, /, **body: object) -> None:
        """Carry out one of the exchange's controls."""
        raw = json.dumps(body, default=str).encode()
        request = HttpRequest(method="POST", url=f"{ENDPOINT}/_exchange/{name}", body=raw)
        response = self.exchange.answer(request).response
        assert response is not None
        assert response.status == 200, response.body

    def intent(
        self, size: str, price: str, *, symbol: Symbol = BTC, reduce_only: bool = False
    ) -> Intent:
        """Return a fresh recorded order."""
        self.count += 1
        instrument, now_ms = self.instruments[symbol], self.clock.wall_ms()
        order = Order(
            asset=instrument.base,
            instrument=instrument.key,
            symbol=symbol,
            size=D(size),
            limit_price=D(price),
            mark_price=D(price),
            notional=instrument.notional(D(size), D(price)),
            reduce_only=reduce_only,
            rule=Rule.DRIFT,
            position_before=D(0),
            completes=True,
        )
        return Intent(
            client_order_id=ClientOrderId(f"cp{self.count:026d}"),
            sequence=self.count,
            cycle=1,
            order=order,
            state=IntentState.SENT,
            sent_at_ms=now_ms,
            expires_at_ms=now_ms + LIFE_MS,
        )

    async def position(self, symbol: Symbol = BTC) -> Decimal:
        """Return what the gateway says the position is."""
        return (await self.gateway.positions())[self.instruments[symbol].key].size


def config(**changed: object) -> VenueConfig:
    """Return an account on a local exchange."""
    base = VenueConfig(
        name=VenueName("main"),
        exchange="mexc",
        wallets=("spot", "linear", "inverse"),
        mode=Mode.TESTNET,
        symbols=(BTC, ETH, INVERSE),
        assets=tuple(map(Asset, ("BTC", "ETH", "ADA", "USDT"))),
        api_key=OWN.api_key,
        api_secret=OWN.api_secret,
        endpoint=ENDPOINT,
        lanes=WIDE,
    )
    return replace(base, **changed)  # type: ignore[arg-type]


def exchange_of(clock: FakeClock, **changed: object) -> LocalExchange:
    """Return an exchange whose prices stand still."""
    asked: dict[str, object] = {
        "venue": "mexc",
        "speed": D(0),
        "balances": {"BTC": D("1.5"), "ETH": D(10), "USDT": D(1_000)},
        "futures_wallet": {"USDT": D(60_000), "BTC": D(1)},
    }
    return build(LocalExchangeConfig(**{**asked, **changed}), clock)  # type: ignore[arg-type]


async def bench_of(exchange: LocalExchange, clock: FakeClock, **changed: object) -> Bench:
    """Return a gateway that has been opened and has asked about the account."""
    wire = Tapped(MemoryTransport(exchange))
    gateway = build_gateway(config(**changed), clock, wire)
    bench = Bench(exchange, clock, wire, gateway)
    bench.instruments = {one.symbol: one for one in await gateway.open()}
    await gateway.account()
    return bench


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    clock = FakeClock()
    found = await bench_of(exchange_of(clock), clock)
    found.control("price", symbol="BTCUSDT", price="100000")
    found.control("price", symbol="ETHUSDT", price="4000")
    yield found
    await found.gateway.close()
    await asyncio.sleep(0)
