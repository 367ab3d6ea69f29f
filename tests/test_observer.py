"""One fresh picture a cycle; what could not be read is missing, and nothing takes its place."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from counterpoise.core.instrument import Asset, VenueName
from counterpoise.core.orders import Fill
from counterpoise.core.state import AssetMemory
from counterpoise.errors import DoorRefused, SettingsError, SnapshotError, Unauthorized, Unavailable
from counterpoise.observer import LISTING_EVERY_S, SKEW_EVERY_S, Observer
from counterpoise.ports import Gateway
from tests.fakes import FakeClock
from tests.sim.gateway import MAIN, TWO, FakeGateway
from tests.sim.parts import clock_now
from tests.worlds import Row, World

D = Decimal
BTC, ETH = Asset("BTC"), Asset("ETH")
READS = ("balances", "margins", "positions", "marks", "books")


@pytest.fixture
def clock() -> FakeClock:
    return clock_now()


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


@pytest.fixture
def observer(gateway: FakeGateway, clock: FakeClock) -> Observer:
    return Observer({MAIN: gateway}, TWO.policy, clock)


async def test_one_picture_takes_one_read_of_each_kind(
    observer: Observer, gateway: FakeGateway
) -> None:
    first = await observer.snapshot()
    assert gateway.asked == ["skew_ms", "open", *READS]
    gateway.asked.clear()
    second = await observer.snapshot()
    assert gateway.asked == list(READS)
    assert second.missing == ()
    assert (second.reads, second.positions) == (5, TWO.snapshot.positions)
    assert first.instruments == second.instruments == TWO.snapshot.instruments


async def test_every_read_begins_before_any_ends(clock: FakeClock) -> None:
    class Slow(FakeGateway):
        running = 0
        most = 0

    gateway = Slow()

    async def slowly(name: str) -> object:
        gateway.running += 1
        gateway.most = max(gateway.most, gateway.running)
        await asyncio.sleep(0)
        gateway.running -= 1
        return await getattr(FakeGateway, name)(gateway)

    for name in READS:
        setattr(gateway, name, lambda name=name: slowly(name))
    await Observer({MAIN: gateway}, TWO.policy, clock).snapshot()
    assert gateway.most == len(READS)


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("error", [Unavailable("down"), SnapshotError("html")])
async def test_a_read_that_failed_is_missing_and_empty(
    observer: Observer, gateway: FakeGateway, read: str, error: Exception
) -> None:
    gateway.raises[read] = error
    snapshot = await observer.snapshot()
    (missing,) = snapshot.missing
    assert (missing.what, missing.assets) == (f"main:{read}", frozenset({BTC, ETH}))
    assert missing.reason == str(error)
    assert not getattr(snapshot, read)
    assert all(getattr(snapshot, other) for other in READS if other != read)


@pytest.mark.parametrize("method", ["open", "skew_ms"])
async def test_a_venue_that_cannot_be_opened_leaves_everything_missing(
    observer: Observer, gateway: FakeGateway, method: str
) -> None:
    gateway.raises[method] = Unavailable("down")
    snapshot = await observer.snapshot()
    assert {part.what for part in snapshot.missing} == {"main"}
    assert snapshot.missing_for(BTC) is not None
    assert not set(READS) & set(gateway.asked)
    gateway.raises.clear()
    assert (await observer.snapshot()).missing == ()


@pytest.mark.parametrize("read", ["open", *READS])
@pytest.mark.parametrize("error", [Unauthorized("key"), DoorRefused("door")])
async def test_what_no_later_read_would_mend_is_raised(
    observer: Observer, gateway: FakeGateway, read: str, error: Exception
) -> None:
    gateway.raises[read] = error
    with pytest.raises(type(error)):
        await observer.snapshot()


async def test_a_venue_is_vetted_once_and_before_it_counts(
    gateway: FakeGateway, clock: FakeClock
) -> None:
    vetted: list[VenueName] = []

    async def vet(venue: Gateway) -> None:
        vetted.append(venue.venue)
        if len(vetted) == 1:
            raise Unavailable("not yet")

    observer = Observer({MAIN: gateway}, TWO.policy, clock, vet)
    assert (await observer.snapshot()).missing
    assert not (await observer.snapshot()).missing
    await observer.snapshot()
    assert vetted == [MAIN, MAIN]


async def test_a_venue_that_is_refused_stops_everything(
    gateway: FakeGateway, clock: FakeClock
) -> None:
    async def vet(_: Gateway) -> None:
        raise SettingsError("hedge mode")

    with pytest.raises(SettingsError):
        await Observer({MAIN: gateway}, TWO.policy, clock, vet).open()


async def test_opening_says_which_venues_can_be_asked(
    observer: Observer, gateway: FakeGateway
) -> None:
    gateway.raises["open"] = Unavailable("down")
    assert await observer.open() == frozenset()
    gateway.raises.clear()
    assert await observer.open() == {MAIN}
    assert gateway.asked == ["skew_ms", "open", "open"]


async def test_the_venues_clock_is_measured_now_and_then(
    observer: Observer, gateway: FakeGateway, clock: FakeClock
) -> None:
    gateway.skew = 300
    await observer.snapshot()
    gateway.skew = 900
    clock.advance(SKEW_EVERY_S - 1)
    await observer.snapshot()
    assert observer.skews_ms == {MAIN: 300}
    clock.advance(2)
    snapshot = await observer.snapshot()
    assert observer.skews_ms == {MAIN: 900}
    at_ms = TWO.snapshot.marks[TWO["BTC"].key].at_ms
    assert at_ms is not None
    assert snapshot.marks[TWO["BTC"].key].at_ms == at_ms - 900  # told by our own clock


async def test_what_the_venue_lists_is_read_again_now_and_then(
    observer: Observer, gateway: FakeGateway, clock: FakeClock
) -> None:
    await observer.snapshot()
    halted = replace(TWO["BTC"], trading=False)
    gateway.world = TWO.changed(halted)
    clock.advance(LISTING_EVERY_S + 1)
    snapshot = await observer.snapshot()
    assert not snapshot.instruments[halted.key].trading


async def test_two_venues_fail_apart(clock: FakeClock) -> None:
    here, there = Row(asset="BTC", spot=D(1)), Row(asset="ETH", venue="other")
    world = World(rows=(here, there))
    both = {
        MAIN: FakeGateway(World(rows=(here,))),
        VenueName("other"): FakeGateway(World(rows=(there,)), VenueName("other")),
    }
    both[VenueName("other")].raises["positions"] = Unavailable("down")
    snapshot = await Observer(both, world.policy, clock).snapshot()
    assert [(m.what, m.assets) for m in snapshot.missing] == [("other:positions", frozenset({ETH}))]
    assert here.key in snapshot.positions


def traded(size: str, at_ms: int, order: str = "o1") -> Fill:
    return Fill(
        trade_id=f"{order}-{at_ms}",
        venue_order_id=order,
        instrument=TWO["BTC"].key,
        size=D(size),
        price=D(50_000),
        fee=D(0),
        fee_asset=Asset("USDT"),
        at_ms=at_ms,
    )


async def test_trades_are_asked_for_only_where_a_position_is_not_as_believed(
    observer: Observer, gateway: FakeGateway
) -> None:
    snapshot = await observer.snapshot()
    gateway.asked.clear()
    believed = {BTC: AssetMemory(position=D(0)), ETH: AssetMemory()}
    assert await observer.traded(snapshot, believed, lambda *_: False) == {}
    assert not gateway.asked


async def test_trades_that_the_belief_holds_already_explain_nothing_again(
    observer: Observer, gateway: FakeGateway
) -> None:
    snapshot = await observer.snapshot()
    gateway.trades = (traded("1", 900), traded("2", 1_000), traded("3", 1_500, "counted"))
    believed = {BTC: AssetMemory(position=D(9), position_at_ms=1_000)}
    found = await observer.traded(
        snapshot, believed, lambda fill, _: fill.venue_order_id == "counted"
    )
    assert found == {TWO["BTC"].key: (traded("2", 1_000),)}


@pytest.mark.parametrize("error", [Unavailable("down"), SnapshotError("html")])
async def test_trades_that_cannot_be_read_are_no_empty_answer(
    observer: Observer, gateway: FakeGateway, error: Exception
) -> None:
    snapshot = await observer.snapshot()
    gateway.raises["fills"] = error
    believed = {BTC: AssetMemory(position=D(9))}
    assert await observer.traded(snapshot, believed, lambda *_: False) == {}


async def test_a_refused_key_is_not_mistaken_for_no_trades(
    observer: Observer, gateway: FakeGateway
) -> None:
    snapshot = await observer.snapshot()
    gateway.raises["fills"] = Unauthorized("key")
    with pytest.raises(Unauthorized):
        await observer.traded(snapshot, {BTC: AssetMemory(position=D(9))}, lambda *_: False)


async def test_only_balances_that_a_decision_needs_are_kept(clock: FakeClock) -> None:
    gateway = FakeGateway()
    stranger = replace(TWO.snapshot.balances[0], asset=Asset("DUST"))

    async def balances() -> object:
        return (*TWO.snapshot.balances, stranger)

    gateway.balances = balances  # type: ignore[method-assign, assignment]
    snapshot = await Observer({MAIN: gateway}, TWO.policy, clock).snapshot()
    assert {balance.asset for balance in snapshot.balances} == {BTC, ETH}
