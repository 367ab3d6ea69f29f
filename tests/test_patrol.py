"""Orders of others are noticed, said once, and never touched."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

import pytest

from counterpoise.core.instrument import Asset, VenueName
from counterpoise.core.orders import HoldReason, VenueOrder
from counterpoise.errors import SnapshotError, Unavailable
from counterpoise.journal.store import SqlJournal
from counterpoise.naming import Naming
from counterpoise.patrol import AGAIN_S, EVERY_S, NAMED_MAX, Patrol
from tests.fakes import FakeClock
from tests.sim.gateway import MAIN, TWO, FakeGateway
from tests.sim.parts import ReadLog, clock_now, journal_in_memory, order_for, recorded
from tests.worlds import NOW_MS

D = Decimal
BTC, ETH = Asset("BTC"), Asset("ETH")
KEY = TWO["BTC"].key


@dataclass
class Beat:
    """A patrol with what it says and what it halted."""

    journal: SqlJournal
    clock: FakeClock
    gateway: FakeGateway = field(default_factory=FakeGateway)
    halted: list[str] = field(default_factory=list)
    said: ReadLog = field(default_factory=ReadLog)

    def __post_init__(self) -> None:
        async def halt(reason: str) -> None:
            self.halted.append(reason)

        self.patrol = Patrol(
            gateways={MAIN: self.gateway},
            policy=TWO.policy,
            naming=Naming(self.journal, "main", halt),
            clock=self.clock,
            log=self.said.log,
        )

    async def look(self, *venues: VenueName) -> None:
        async def opened() -> frozenset[VenueName]:
            return frozenset(venues or (MAIN,))

        await self.patrol.look(opened)

    @property
    def named(self) -> list[object]:
        lines = [facts for _, name, facts in self.said.lines if name == "order.foreign"]
        return [facts["client_order_id"] for facts in lines]


@pytest.fixture
async def beat() -> AsyncIterator[Beat]:
    clock = clock_now()
    async with journal_in_memory(clock) as journal:
        yield Beat(journal, clock)


def order(name: str = "web_1", **facts: object) -> VenueOrder:
    usual: dict[str, object] = {
        "client_order_id": name,
        "venue_order_id": f"v{name}",
        "instrument": KEY,
        "size": D("-0.5"),
        "price": D(60_000),
        "resting": True,
        "at_ms": NOW_MS + 1,
    }
    return VenueOrder(**{**usual, **facts})  # type: ignore[arg-type]


async def test_nothing_is_ordered_before_the_first_look(beat: Beat) -> None:
    holds = beat.patrol.holds()
    assert {hold.reason for hold in holds.values()} == {HoldReason.SNAPSHOT_INCOMPLETE}
    assert holds.keys() == {BTC, ETH}
    await beat.look()
    assert beat.patrol.holds() == {}


@pytest.mark.parametrize("error", [Unavailable("down"), SnapshotError("html")])
async def test_a_venue_that_does_not_say_is_asked_again_soon(beat: Beat, error: Exception) -> None:
    beat.gateway.raises["orders"] = error
    await beat.look()
    assert beat.patrol.holds()
    beat.gateway.raises.clear()
    await beat.look()
    assert beat.patrol.holds(), "not before its time"
    beat.clock.advance(AGAIN_S)
    await beat.look()
    assert beat.patrol.holds() == {}


async def test_a_look_that_fails_later_holds_nothing(beat: Beat) -> None:
    await beat.look()
    beat.gateway.raises["orders"] = Unavailable("down")
    beat.clock.advance(EVERY_S)
    await beat.look()
    assert beat.patrol.holds() == {}


async def test_a_venue_that_is_not_open_is_not_asked(beat: Beat) -> None:
    await beat.look(VenueName("other"))
    assert not beat.gateway.asked


async def test_it_looks_now_and_then_and_not_every_cycle(beat: Beat) -> None:
    for _ in range(round(EVERY_S / 10) + 1):
        await beat.look()
        beat.clock.advance(10)
    assert beat.gateway.asked == ["orders"] * 4  # two instruments, twice


async def test_a_foreign_order_is_said_once_and_told_while_it_rests(beat: Beat) -> None:
    beat.gateway.listed = (order(), order("web_2", price=None, size=D(2)))
    await beat.look()
    assert beat.named == ["web_1", "web_2"]
    assert beat.patrol.resting() == {BTC: "not ours, left alone: sell 0.5 at 60000, and 1 more"}
    beat.clock.advance(EVERY_S)
    await beat.look()
    assert beat.named == ["web_1", "web_2"]
    beat.gateway.listed = ()
    beat.clock.advance(EVERY_S)
    await beat.look()
    assert beat.patrol.resting() == {}
    assert not beat.halted


async def test_many_foreign_orders_are_not_all_said(beat: Beat) -> None:
    beat.gateway.listed = tuple(order(f"web_{number}") for number in range(NAMED_MAX + 5))
    await beat.look()
    assert len(beat.named) == NAMED_MAX


async def test_our_own_orders_are_nobody_elses(beat: Beat) -> None:
    (ours,) = await recorded(beat.journal, order_for("BTC"))
    beat.gateway.listed = (order(ours.client_order_id),)
    await beat.look()
    assert (beat.named, beat.halted, beat.patrol.resting()) == ([], [], {})


@pytest.mark.parametrize("resting", [True, False])
async def test_an_order_named_as_ours_and_not_in_the_journal_halts(
    beat: Beat, *, resting: bool
) -> None:
    """A second copy of us, or an older journal put back: ours end at once, so it rarely rests."""
    beat.gateway.listed = (order("cpmain000413abcdef", resting=resting),)
    await beat.look()
    (reason,) = beat.halted
    assert "cpmain000413abcdef" in reason
    assert "second copy" in reason


async def test_orders_of_an_earlier_journal_halt_nothing(beat: Beat) -> None:
    began_ms = await beat.journal.created_at_ms()
    old = order("cpmain000413abcdef", resting=False, at_ms=began_ms)
    beat.gateway.listed = (old,)
    await beat.look()
    assert not beat.halted
    assert beat.named == []
    beat.gateway.listed = (replace(old, resting=True),)
    beat.clock.advance(EVERY_S)
    await beat.look()
    assert beat.named == ["cpmain000413abcdef"]


async def test_nothing_is_ever_written(beat: Beat) -> None:
    beat.gateway.listed = (order(),)
    await beat.look()
    assert set(beat.gateway.asked) == {"orders"}
    assert not beat.gateway.placed
