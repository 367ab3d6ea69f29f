"""WEEX's gateway before its local exchange, over a wire that remembers, and may lie."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

import pytest

from counterpoise.exchange.local import MemoryTransport
from counterpoise.ports import HttpRequest, HttpResponse
from counterpoise.venues.build import build_gateway
from counterpoise.venues.gateway import CcxtGateway
from tests.venues.contract.stands import LINEAR, STANDS, Bench, Desk, Swapped

WEEX = next(stand for stand in STANDS if stand.exchange == "weex")
PLACE = "/capi/v3/order"
SIM_PLACE = "/capi/v3/sim/order"
POSITIONS = "/capi/v3/account/position/allPosition"
RESTING = "/capi/v3/openOrders"
ENDED = "/capi/v3/order/history"
TRADES = "/capi/v3/userTrades"
BILLS = "/capi/v3/account/income"
CONFIG = "/capi/v3/account/accountConfig"
SYMBOL_CONFIG = "/capi/v3/account/symbolConfig"


@dataclass
class Tapped(Swapped):
    """Remembers every request, and answers some of them by itself, whatever was done."""

    requests: list[HttpRequest] = field(default_factory=list)
    lies: dict[tuple[str, str], object] = field(default_factory=dict)  # by method and path
    status: int = 200  # of a lie

    async def send(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
        self.requests.append(request)
        answer = await super().send(request, timeout_s)
        lie = self.lies.get((request.method, urlsplit(request.url).path))
        return answer if lie is None else self._said(lie)

    def _said(self, body: object) -> HttpResponse:
        raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        return HttpResponse(status=self.status, headers=headers, body=raw, reason="OK")

    def sent(self, method: str, path: str) -> list[dict[str, str]]:
        """Return the parameters of every request of one kind."""
        return [
            json.loads(one.body) if one.body else dict(parse_qsl(urlsplit(one.url).query))
            for one in self.requests
            if (one.method, urlsplit(one.url).path) == (method, path)
        ]


@pytest.fixture(scope="session")
def weex_bench() -> Iterator[Bench]:
    bench = Bench(WEEX, wire=Tapped())
    yield bench
    asyncio.run(bench.gateway.close())


@pytest.fixture
def wire(weex_bench: Bench) -> Tapped:
    assert isinstance(weex_bench.wire, Tapped)
    weex_bench.wire.requests.clear()
    weex_bench.wire.lies.clear()
    weex_bench.wire.status = 200
    return weex_bench.wire


@pytest.fixture
async def desk(weex_bench: Bench, wire: Tapped) -> Desk:
    found = await weex_bench.desk()
    wire.requests.clear()
    return found


@pytest.fixture
async def hedged(weex_bench: Bench, wire: Tapped) -> Desk:
    """The same on an account whose positions have two sides."""
    found = await weex_bench.desk(hedge_mode=True)
    wire.requests.clear()
    return found


def gateway_of(desk: Desk, wire: Tapped, **changed: object) -> CcxtGateway:
    """Return a gateway without an endpoint, the venue's own hosts answered by the exchange."""
    wire.wire = MemoryTransport(desk.exchange)
    facts: dict[str, object] = {"endpoint": "", "wallets": ("linear",), "symbols": (LINEAR,)}
    return build_gateway(WEEX.config(**{**facts, **changed}), desk.clock, wire)
