"""One fresh picture a cycle; what could not be read is missing, and nothing takes its place."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from counterpoise.core.instrument import Asset, VenueName
from counterpoise.errors import (
    AccountChanged,
    DoorRefused,
    SettingsError,
    SnapshotError,
    Unauthorized,
    Unavailable,
)
from counterpoise.observer import (
    LISTING_EVERY_S,
    SKEW_EVERY_S,
    VET_AGAIN_S,
    VET_EVERY_S,
    Observer,
)
from counterpoise.ports import Gateway
from tests.fakes import FakeClock
from tests.sim.gateway import MAIN, TWO, FakeGateway
from tests.sim.parts import clock_now
from tests.worlds import Other, Row, World

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


@dataclass
class Examiner:
    """Looks at accounts, and says what it is told to."""

    raises: Exception | None = None
    looks: int = 0

    async def vet(self, gateway: Gateway) -> None:
        self.looks += 1
        if self.raises is not None:
            raise self.raises


async def test_an_account_is_looked_at_daily_and_held_while_it_is_unfit(
    gateway: FakeGateway, clock: FakeClock
) -> None:
    examiner = Examiner()
    observer = Observer({MAIN: gateway}, TWO.policy, clock, examiner.vet)
    await observer.snapshot()
    clock.advance(VET_EVERY_S - 1)
    await observer.snapshot()
    assert (examiner.looks, observer.unfit) == (1, {})
    examiner.raises = SettingsError("the key may withdraw")
    clock.advance(1)
    assert not (await observer.snapshot()).missing  # it looks on
    assert observer.unfit == {MAIN: "the key may withdraw"}
    examiner.raises = Unavailable("down")
    clock.advance(VET_AGAIN_S)
    assert not (await observer.snapshot()).missing
    assert observer.unfit  # silence mends nothing
    examiner.raises = None
    clock.advance(VET_AGAIN_S)
    await observer.snapshot()
    assert (examiner.looks, observer.unfit) == (4, {})


async def test_an_account_that_does_not_say_is_as_it_was(
    gateway: FakeGateway, clock: FakeClock
) -> None:
    examiner = Examiner()
    observer = Observer({MAIN: gateway}, TWO.policy, clock, examiner.vet)
    await observer.snapshot()
    examiner.raises = SnapshotError("html")
    clock.advance(VET_EVERY_S)
    assert not (await observer.snapshot()).missing
    assert observer.unfit == {}


async def test_an_account_that_is_unfit_at_the_start_is_refused(
    gateway: FakeGateway, clock: FakeClock
) -> None:
    examiner = Examiner(SettingsError("the key may withdraw"))
    with pytest.raises(SettingsError):
        await Observer({MAIN: gateway}, TWO.policy, clock, examiner.vet).snapshot()


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


async def test_only_balances_that_a_decision_needs_are_kept(clock: FakeClock) -> None:
    gateway = FakeGateway()
    stranger = replace(TWO.snapshot.balances[0], asset=Asset("DUST"))

    async def balances() -> object:
        return (*TWO.snapshot.balances, stranger)

    gateway.balances = balances  # type: ignore[method-assign, assignment]
    snapshot = await Observer({MAIN: gateway}, TWO.policy, clock).snapshot()
    assert {balance.asset for balance in snapshot.balances} == {BTC, ETH}


async def test_a_changed_account_is_said_once_and_looked_at_again_later(clock: FakeClock) -> None:
    looks: list[float] = []

    async def vet(_: Gateway) -> None:
        looks.append(clock.monotonic_s())
        if len(looks) > 1:
            raise AccountChanged("the margin mode was changed")

    observer = Observer({MAIN: FakeGateway()}, TWO.policy, clock, vet)
    await observer.snapshot()
    observer.look_again(frozenset({MAIN}))
    with pytest.raises(AccountChanged):
        await observer.snapshot()
    await observer.snapshot()
    clock.advance(VET_AGAIN_S)
    with pytest.raises(AccountChanged):
        await observer.snapshot()
    assert len(looks) == 3


PRICED = replace(TWO, others=(Other(asset="ALT", held=D(5)),))
ALT = Asset("ALT")


async def test_spot_prices_are_read_where_an_asset_needs_one(clock: FakeClock) -> None:
    gateway = FakeGateway(world=PRICED)
    snapshot = await Observer({MAIN: gateway}, PRICED.policy, clock).snapshot()
    assert "spots" in gateway.asked
    assert (snapshot.reads, snapshot.spots) == (6, PRICED.snapshot.spots)
    assert {balance.asset for balance in snapshot.balances} == {BTC, ETH, ALT}


async def test_spot_prices_that_failed_are_missing_for_who_needs_them(clock: FakeClock) -> None:
    gateway = FakeGateway(world=PRICED, raises={"spots": SnapshotError("html")})
    snapshot = await Observer({MAIN: gateway}, PRICED.policy, clock).snapshot()
    (missing,) = snapshot.missing
    assert (missing.what, missing.assets) == ("main:spot prices", frozenset({ALT}))
    assert snapshot.spots == {}


async def test_the_time_of_a_spot_price_is_put_on_our_clock(clock: FakeClock) -> None:
    gateway = FakeGateway(world=PRICED, skew=700)
    snapshot = await Observer({MAIN: gateway}, PRICED.policy, clock).snapshot()
    (shown,), (read,) = PRICED.snapshot.spots.values(), snapshot.spots.values()
    assert shown.at_ms is not None
    assert read.at_ms == shown.at_ms - 700


async def test_what_is_carried_alone_on_a_venue_is_missing_where_it_cannot_be_opened(
    clock: FakeClock,
) -> None:
    gateway = FakeGateway(world=PRICED, raises={"open": Unavailable("down")})
    snapshot = await Observer({MAIN: gateway}, PRICED.policy, clock).snapshot()
    assert snapshot.missing_for(ALT) is not None
