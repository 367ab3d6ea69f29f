"""Spot markets are read for prices alone, in the same way on every venue that has them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from decimal import localcontext

import pytest

from counterpoise.core.basis import basis_risk
from counterpoise.core.instrument import SpotKey, Symbol
from counterpoise.core.units import CONTEXT
from counterpoise.errors import SettingsError, SnapshotError, Unavailable
from counterpoise.exchange.local import MemoryTransport
from counterpoise.venues.build import build_gateway
from counterpoise.venues.gateway import CcxtGateway
from counterpoise.venues.pauses import Pauses
from counterpoise.venues.spot_markets import CLOSES_MAX, SPAN_MS, spot_of
from tests.exchange.wires import Controller, FakeClock
from tests.venues.contract.stands import MAIN, D, Stand, Swapped

CLOCK, WIRE = FakeClock(), Swapped()


@pytest.fixture(scope="module")
def gateways() -> Iterator[dict[str, CcxtGateway]]:
    built: dict[str, CcxtGateway] = {}
    yield built
    for gateway in built.values():
        asyncio.run(gateway.close())


@pytest.fixture
def symbols(stand: Stand) -> tuple[Symbol, Symbol]:
    return Symbol(f"BTC/{stand.dollar}"), Symbol(f"ETH/{stand.dollar}")


@pytest.fixture
def gateway(
    stand: Stand, symbols: tuple[Symbol, Symbol], gateways: dict[str, CcxtGateway]
) -> CcxtGateway:
    if stand.exchange not in gateways:
        config = stand.config(spots=symbols)
        gateways[stand.exchange] = build_gateway(config, CLOCK, WIRE)
    return gateways[stand.exchange]


@pytest.fixture
def control(stand: Stand, gateway: CcxtGateway) -> Controller:
    exchange = stand.market(CLOCK, start="2025-01-15")  # recorded weeks lie behind it
    WIRE.wire = MemoryTransport(exchange)
    gateway.door.pauses = Pauses(CLOCK)
    return Controller(exchange)


async def test_each_spot_market_that_is_asked_for_has_its_own_price(
    stand: Stand, gateway: CcxtGateway, control: Controller, symbols: tuple[Symbol, Symbol]
) -> None:
    control.post("price", symbol=f"BTC{stand.dollar}", market="spot", price="91000")
    found = await gateway.spots()
    bitcoin, ether = (found[SpotKey(f"main:{symbol}")] for symbol in symbols)
    assert bitcoin.bid < bitcoin.ask
    assert abs(bitcoin.mid / 91_000 - 1) < D("0.01")
    assert ether.mid < 10_000
    assert bitcoin.at_ms is None or abs(bitcoin.at_ms - CLOCK.wall_ms()) < 1_000


async def test_thirty_days_of_closes_lie_one_after_the_other_up_to_now(
    gateway: CcxtGateway, control: Controller, symbols: tuple[Symbol, Symbol]
) -> None:
    assert control.get("state")
    bitcoin, ether = [await gateway.closes(symbol) for symbol in symbols]
    for closes in (bitcoin, ether):
        times = [close.from_ms for close in closes]
        assert times == list(range(times[0], times[0] + CLOSES_MAX * SPAN_MS, SPAN_MS))
        assert 0 <= CLOCK.wall_ms() - times[-1] < SPAN_MS
    with localcontext(CONTEXT.copy()):
        found = basis_risk(ether, bitcoin, D(1))
    assert found is not None
    assert found.correlation is not None
    assert D("0.3") < found.correlation < 1  # as recorded
    assert found.returns == CLOSES_MAX - 1


@pytest.mark.parametrize("kind", ["html", "empty", "cut-body", "status"])
async def test_no_answer_is_no_price(
    stand: Stand, gateway: CcxtGateway, control: Controller, kind: str
) -> None:
    control.post("fault", kind=kind, **stand.questions, times=50)
    with pytest.raises((SnapshotError, Unavailable)):
        await gateway.spots()
    with pytest.raises((SnapshotError, Unavailable)):
        await gateway.closes(Symbol(f"BTC/{stand.dollar}"))


async def test_a_market_that_is_not_listed_has_no_price(
    stand: Stand, gateway: CcxtGateway, control: Controller
) -> None:
    assert control.get("state")
    with pytest.raises((SnapshotError, Unavailable)):
        await gateway.closes(Symbol(f"NOSUCH/{stand.dollar}"))


def test_what_is_asked_passes_the_door(stand: Stand) -> None:
    assert stand.profile.spots is not None
    assert set(stand.profile.spots.calls) <= set(stand.profile.asked)
    assert not set(stand.profile.spots.calls) & set(stand.profile.writes)


def test_a_venue_whose_spot_prices_are_not_read_is_refused_before_it_is_asked(stand: Stand) -> None:
    without = replace(stand.profile, spots=None)
    stand.config()._check_spots(without)
    with pytest.raises(SettingsError, match="cannot be read yet") as caught:
        stand.config(spots=(Symbol("PEPE/USDT"),))._check_spots(without)
    assert "another venue" in caught.value.hint
    with pytest.raises(SnapshotError, match="cannot be read yet"):
        spot_of(without, MAIN, Symbol("PEPE/USDT"))
