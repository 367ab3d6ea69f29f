"""Binance's gateway with linear and coin-margined perpetuals, before a fresh local exchange."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.venues.contract.stands import STANDS, Bench, Desk, Stand

BINANCE = next(stand for stand in STANDS if stand.exchange == "binance")


@pytest.fixture
def stand() -> Stand:
    return BINANCE


@pytest.fixture
async def bench(stand: Stand) -> AsyncIterator[Bench]:
    made = Bench(stand)
    yield made
    await made.gateway.close()


@pytest.fixture
async def desk(bench: Bench) -> Desk:
    return await bench.desk()
