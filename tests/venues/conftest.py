"""A fake venue, a clock that stands still, and a gateway between them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from counterpoise.venues.build import build_gateway
from counterpoise.venues.gateway import CcxtGateway
from tests.venues.fake import FakeVenue, StillClock, config


@pytest.fixture
def venue() -> FakeVenue:
    return FakeVenue()


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
async def gateway(venue: FakeVenue, clock: StillClock) -> AsyncIterator[CcxtGateway]:
    built = build_gateway(config(), clock, venue)
    await built.open()
    yield built
    await built.close()
