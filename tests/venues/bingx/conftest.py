"""BingX's gateway before its local exchange, over a wire that remembers, and may lie."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

import pytest

from counterpoise.ports import HttpRequest, HttpResponse
from tests.venues.contract.stands import STANDS, Bench, Desk, Swapped

BINGX = next(stand for stand in STANDS if stand.exchange == "bingx")
PLACE = "/openApi/swap/v2/trade/order"
INVERSE_PLACE = "/openApi/cswap/v1/trade/order"


def said(body: object) -> HttpResponse:
    """Return an answer as BingX gives every one: with HTTP status 200."""
    raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    return HttpResponse(status=200, headers=headers, body=raw, reason="OK")


@dataclass
class Tapped(Swapped):
    """Remembers every request, and answers some of them by itself, whatever was done."""

    requests: list[HttpRequest] = field(default_factory=list)
    lies: dict[tuple[str, str], object] = field(default_factory=dict)  # by method and path

    async def send(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
        self.requests.append(request)
        answer = await super().send(request, timeout_s)
        lie = self.lies.get((request.method, urlsplit(request.url).path))
        return answer if lie is None else said(lie)

    def sent(self, method: str, path: str) -> list[dict[str, str]]:
        """Return the parameters of every request of one kind."""
        return [
            dict(parse_qsl(urlsplit(one.url).query, keep_blank_values=True))
            for one in self.requests
            if (one.method, urlsplit(one.url).path) == (method, path)
        ]


@pytest.fixture(scope="session")
def bingx_bench() -> Iterator[Bench]:
    bench = Bench(BINGX, wire=Tapped())
    yield bench
    asyncio.run(bench.gateway.close())


@pytest.fixture
def wire(bingx_bench: Bench) -> Tapped:
    assert isinstance(bingx_bench.wire, Tapped)
    bingx_bench.wire.requests.clear()
    bingx_bench.wire.lies.clear()
    return bingx_bench.wire


@pytest.fixture
async def desk(bingx_bench: Bench, wire: Tapped) -> Desk:
    found = await bingx_bench.desk()
    wire.requests.clear()
    return found


@pytest.fixture
async def hedged(bingx_bench: Bench, wire: Tapped) -> Desk:
    """The same on an account whose positions have two sides."""
    found = await bingx_bench.desk(hedge_mode=True)
    wire.requests.clear()
    return found
