"""The gateway before a local exchange that speaks OKX's protocol, in memory, the wire in view."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

import pytest

from counterpoise.exchange.local import MemoryTransport
from counterpoise.ports import HttpRequest, HttpResponse, Transport
from counterpoise.venues.build import build_gateway
from counterpoise.venues.gateway import CcxtGateway
from counterpoise.venues.settings import VenueConfig
from tests.exchange.wires import FakeClock
from tests.venues.contract.stands import STANDS, Desk, Stand

OKX = next(stand for stand in STANDS if stand.exchange == "okx")


@dataclass
class Tapped:
    """A wire that remembers every request."""

    inner: Transport
    requests: list[HttpRequest] = field(default_factory=list)

    async def send(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
        self.requests.append(request)
        return await self.inner.send(request, timeout_s)

    async def close(self) -> None:
        await self.inner.close()

    def of(self, path: str) -> list[dict[str, str]]:
        """Return the parameters of every request for a path."""
        found = [one for one in self.requests if urlsplit(one.url).path == path]
        return [
            json.loads(one.body) if one.body else dict(parse_qsl(urlsplit(one.url).query))
            for one in found
        ]


@dataclass(frozen=True)
class Venue:
    """A desk of the contract, its wire tapped."""

    desk: Desk
    wire: Tapped

    @property
    def gateway(self) -> CcxtGateway:
        return self.desk.gateway


async def venue_of(stand: Stand, config: VenueConfig, **exchange: object) -> Venue:
    clock = FakeClock()
    market = stand.market(clock, **exchange)
    wire = Tapped(MemoryTransport(market))
    return Venue(Desk(stand, market, build_gateway(config, clock, wire), clock), wire)


@pytest.fixture
async def venue() -> AsyncIterator[Venue]:
    """As the test environment is reached itself: without an endpoint of our own."""
    made = await venue_of(OKX, OKX.config(endpoint=""))
    await made.gateway.open()
    await made.gateway.account()
    yield made
    await made.gateway.close()
