"""The gateway before a local exchange that speaks Hyperliquid's protocol, the wire in view."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest

from counterpoise.exchange.local import MemoryTransport
from counterpoise.ports import HttpRequest, HttpResponse, Transport
from counterpoise.venues.build import build_gateway
from counterpoise.venues.gateway import CcxtGateway
from counterpoise.venues.settings import VenueConfig
from tests.exchange.wires import FakeClock
from tests.venues.contract.stands import STANDS, Desk, Stand

HYPERLIQUID = next(stand for stand in STANDS if stand.exchange == "hyperliquid")


@dataclass
class Tapped:
    """A wire that remembers every request, and may answer some questions otherwise."""

    inner: Transport
    requests: list[HttpRequest] = field(default_factory=list)
    answers: dict[str, Callable[[Any], object]] = field(default_factory=dict)  # by type

    async def send(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
        self.requests.append(request)
        response = await self.inner.send(request, timeout_s)
        change = self.answers.get(str(json.loads(request.body).get("type")))
        if change is None:
            return response
        changed = json.dumps(change(json.loads(response.body))).encode()
        return HttpResponse(status=200, headers=response.headers, body=changed)

    async def close(self) -> None:
        await self.inner.close()

    def of(self, path: str) -> list[dict[str, Any]]:
        """Return the body of every request for a path."""
        found = [one for one in self.requests if urlsplit(one.url).path == path]
        return [json.loads(one.body) for one in found]

    def asked(self, kind: str) -> list[dict[str, Any]]:
        """Return every question of a type."""
        return [body for body in self.of("/info") if body["type"] == kind]


@dataclass(frozen=True)
class Venue:
    """A desk of the contract, its wire tapped."""

    desk: Desk
    wire: Tapped

    @property
    def gateway(self) -> CcxtGateway:
        return self.desk.gateway


def venue_of(
    config: VenueConfig | None = None, stand: Stand = HYPERLIQUID, **exchange: object
) -> Venue:
    clock = FakeClock()
    market = stand.market(clock, **exchange)
    wire = Tapped(MemoryTransport(market))
    gateway = build_gateway(config or stand.config(endpoint=""), clock, wire)
    return Venue(Desk(stand, market, gateway, clock), wire)


@pytest.fixture
async def venue() -> AsyncIterator[Venue]:
    """As the test environment is reached itself: without an endpoint of our own."""
    made = venue_of()
    await made.gateway.open()
    await made.gateway.account()
    yield made
    await made.gateway.close()
