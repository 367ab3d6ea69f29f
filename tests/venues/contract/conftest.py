"""Each venue's gateway is built once a session, and led to a fresh exchange for each test."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tests.venues.contract.stands import STANDS, Bench, Desk, Stand


@pytest.fixture(params=STANDS, ids=lambda stand: stand.exchange)
def stand(request: pytest.FixtureRequest) -> Stand:
    chosen: Stand = request.param
    return chosen


@pytest.fixture(scope="session")
def benches() -> Iterator[dict[str, Bench]]:
    built: dict[str, Bench] = {}
    yield built
    for bench in built.values():
        asyncio.run(bench.gateway.close())


@pytest.fixture
def bench(stand: Stand, benches: dict[str, Bench]) -> Bench:
    if stand.exchange not in benches:
        benches[stand.exchange] = Bench(stand)
    return benches[stand.exchange]


@pytest.fixture
async def desk(bench: Bench) -> Desk:
    return await bench.desk()
