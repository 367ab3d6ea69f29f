"""
A fake venue, a clock that stands still, and a gateway between them.

A ccxt client takes long to build, so that one gateway serves all tests; what a test could leave
behind in it is put back before the next.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from counterpoise.venues.build import build_gateway
from counterpoise.venues.dialect import Lanes
from counterpoise.venues.door import Traffic
from counterpoise.venues.gateway import CcxtGateway
from counterpoise.venues.pauses import Pauses
from tests.venues.fake import FakeVenue, StillClock, config

WIDE = Lanes(reads=1_000_000, orders=1_000_000, period_s=1)


@dataclass(frozen=True)
class Bench:
    venue: FakeVenue
    clock: StillClock
    gateway: CcxtGateway


@pytest.fixture(scope="session")
def bench() -> Bench:
    venue, clock = FakeVenue(), StillClock()
    gateway = build_gateway(config(lanes=WIDE), clock, venue)
    asyncio.run(_entered(gateway))
    return Bench(venue, clock, gateway)


async def _entered(gateway: CcxtGateway) -> None:
    await gateway.open()
    await gateway.account()


@pytest.fixture
def venue(bench: Bench) -> FakeVenue:
    fresh = FakeVenue()
    vars(bench.venue).update(vars(fresh))
    return bench.venue


@pytest.fixture
def clock(bench: Bench) -> StillClock:
    vars(bench.clock).update(vars(StillClock()))
    return bench.clock


@pytest.fixture
def gateway(bench: Bench, venue: FakeVenue, clock: StillClock) -> CcxtGateway:
    assert (bench.venue, bench.clock) == (venue, clock)
    bench.gateway.door.pauses = Pauses(clock)
    bench.gateway.door.traffic = Traffic()
    return bench.gateway
