"""The list of markets is read as anybody may read it: without a key, and nothing else with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest

from counterpoise.core.mode import Mode
from counterpoise.exchange.local import MemoryTransport
from counterpoise.ports import HttpRequest, HttpResponse
from counterpoise.venues.build import build_gateway
from tests.exchange.wires import FakeClock
from tests.venues.contract.stands import Stand, Swapped

# what ccxt may ask for one list: a kind of perpetuals each, Bybit's in parts
REQUESTS_MAX = 4


@dataclass
class Seen(Swapped):
    """A wire that remembers what went over it."""

    requests: list[HttpRequest] = field(default_factory=list)

    async def send(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
        self.requests.append(request)
        return await super().send(request, timeout_s)


def with_a_key(request: HttpRequest, stand: Stand) -> Iterator[str]:
    """Yield what of a request belongs to an account."""
    config = stand.config()
    query = urlsplit(request.url).query
    told = " ".join((query, request.body.decode(), *request.headers.values()))
    yield from (part for part in (config.api_key, config.api_passphrase) if part in told)
    if "signature" in query:
        yield "a signature"


@pytest.mark.parametrize("mode", Mode)
async def test_markets_are_read_without_a_key_and_in_few_requests(stand: Stand, mode: Mode) -> None:
    clock, wire = FakeClock(), Seen()
    wire.wire = MemoryTransport(stand.market(clock))
    endpoint = stand.config().endpoint if mode is Mode.TESTNET else ""
    gateway = build_gateway(stand.config(mode=mode, endpoint=endpoint), clock, wire)
    await gateway.open()
    await gateway.close()
    assert 0 < len(wire.requests) <= REQUESTS_MAX
    assert [mark for one in wire.requests for mark in with_a_key(one, stand)] == []
