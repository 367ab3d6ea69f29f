"""Orders of others, as a venue lists them: seen in time, said once, never touched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from counterpoise.core.instrument import Asset, Symbol, VenueName
from counterpoise.core.orders import VenueOrder
from counterpoise.errors import SnapshotError, Unavailable
from counterpoise.naming import Naming
from counterpoise.patrol import AGAIN_S, EVERY_S, Patrol
from simulation.scripts.rehearsal import Rehearsal, rehearsed
from tests.sim.gateway import MAIN, TWO, FakeGateway
from tests.sim.parts import order_for, recorded
from tests.worlds import NOW_MS, World

D = Decimal
DAY_MS = 86_400_000
BTC, ETH = Asset("BTC"), Asset("ETH")
OTHER = VenueName("other")
APART = TWO.changed(replace(TWO["ETH"], venue=str(OTHER)))  # each asset on a venue of its own


@dataclass(slots=True)
class Beat:
    """A patrol, and what it halted."""

    on: Rehearsal
    world: World = TWO
    halted: list[str] = field(default_factory=list)
    gateways: Mapping[VenueName, FakeGateway] = field(default_factory=dict)
    closed: frozenset[VenueName] = frozenset()

    def patrol(self) -> Patrol:
        """Return one that has not looked yet."""

        async def halt(reason: str) -> None:
            self.halted.append(reason)

        desk = self.on.desk
        return Patrol(
            gateways=self.gateways or {MAIN: desk.gateway},
            policy=self.world.policy,
            naming=Naming(desk.journal, "main", halt),
            clock=desk.clock,
            log=desk.said.log,
        )

    async def look(self, patrol: Patrol) -> None:
        """Look where it is due."""

        async def opened() -> frozenset[VenueName]:
            return frozenset(patrol.gateways) - self.closed

        found = await self.on.outcome(patrol.look(opened))
        self.on.claim("I-38", found is None, f"a look failed: {found!r}")


def _order(name: str, **facts: object) -> VenueOrder:
    usual: dict[str, object] = {
        "client_order_id": name,
        "venue_order_id": f"v{name}",
        "instrument": TWO["BTC"].key,
        "size": D("-0.5"),
        "price": D(60_000),
        "resting": True,
        "at_ms": NOW_MS + 1,
    }
    return VenueOrder(**{**usual, **facts})  # type: ignore[arg-type]


async def first_look(on: Rehearsal) -> None:
    """See that nothing is ordered before the first look, and who says nothing is spared."""
    beat = Beat(on)
    patrol = beat.patrol()
    for error in (Unavailable("down"), SnapshotError("html")):
        on.venue.raises["orders"] = error
        on.venue.asked.clear()
        await beat.look(patrol)
        await beat.look(patrol)
        on.claim("I-28", len(on.venue.asked) == 2, f"asked at once again after {error!r}")
        on.claim("A2", patrol.holds().keys() == {BTC, ETH}, "orders unseen, and nothing is held")
        on.claim("I-9", not patrol.resting(), "orders of others are made up")
        on.desk.clock.advance(AGAIN_S)
    on.venue.raises.clear()
    await beat.look(patrol)
    on.claim("I-17", not patrol.holds(), "it never looks")
    on.desk.clock.advance(EVERY_S)
    on.venue.raises["orders"] = Unavailable("down")
    await beat.look(patrol)
    on.claim("I-17", not patrol.holds(), "a later look that failed holds everything")


async def now_and_then(on: Rehearsal) -> None:
    """See that it looks now and then, and not every cycle."""
    beat = Beat(on)
    patrol = beat.patrol()
    for _ in range(round(EVERY_S / 10) + 1):
        await beat.look(patrol)
        on.desk.clock.advance(10)
    on.claim("I-28", len(on.venue.asked) == 4, f"{len(on.venue.asked)} questions in five minutes")


async def far_back(on: Rehearsal) -> None:
    """See that it looks back for days, to see what was ordered while nobody looked."""
    orders, since = on.venue.orders, list[int]()

    async def noted(symbol: Symbol, since_ms: int) -> tuple[VenueOrder, ...]:
        since.append(on.desk.clock.wall_ms() - since_ms)
        return await orders(symbol, since_ms)

    vars(on.venue)["orders"] = noted
    beat = Beat(on)
    await beat.look(beat.patrol())
    in_reach = all(DAY_MS < back_ms < 7 * DAY_MS for back_ms in since)
    on.claim("A2", since and in_reach, f"looked back for {since} ms")


async def two_venues(on: Rehearsal) -> None:
    """See that each venue is asked of what is hedged there, once it is open, and holds no other."""
    here, there = FakeGateway(world=APART), FakeGateway(world=APART, venue=OTHER)
    beat = Beat(on, APART, gateways={MAIN: here, OTHER: there}, closed=frozenset({OTHER}))
    patrol = beat.patrol()
    here.listed = (_order("web_1"), _order("web_2", instrument=APART["ETH"].key))
    await beat.look(patrol)
    on.claim("I-9", not there.asked, "asked of a venue that is not open")
    on.claim("I-38", patrol.holds().keys() == {ETH}, f"held are {set(patrol.holds())}")
    on.claim("A2", patrol.resting().keys() == {BTC}, f"resting are {set(patrol.resting())}")
    on.claim("A2", len(here.asked) == 1, f"asked {len(here.asked)} times of one asset")


async def said_once(on: Rehearsal) -> None:
    """See that an order of others is said once, and told of while it rests; ours never are."""
    beat = Beat(on)
    patrol = beat.patrol()
    (ours,) = await recorded(on.desk.journal, order_for("BTC"))
    on.venue.listed = (_order("web_1"), _order(ours.client_order_id), _order("x", resting=False))
    for _ in range(2):
        await beat.look(patrol)
        on.claim("A2", patrol.resting().keys() == {BTC}, f"told of {patrol.resting()}")
        on.claim("A2", "more" not in patrol.resting().get(BTC, ""), f"{patrol.resting()}")
        on.claim("A2", on.lines("order.foreign") == 1, f"said {on.lines('order.foreign')} times")
        on.desk.clock.advance(EVERY_S)
    on.venue.listed = ()
    await beat.look(patrol)
    on.claim("A2", not patrol.resting(), "told of an order that is gone")
    on.claim("I-17", not beat.halted, f"orders of others halt: {beat.halted}")
    on.claim("I-32", set(on.venue.asked) == {"orders"}, f"asked for {set(on.venue.asked)}")


async def copied(on: Rehearsal) -> None:
    """See that an order named as ours and not in the journal halts, though it does not rest."""
    for resting in (True, False):
        beat = Beat(on)
        on.venue.listed = (_order("web_1"), _order("cpmain000413abcdef", resting=resting))
        await beat.look(beat.patrol())
        on.claim("A2", len(beat.halted) == 1, f"beside a copy, halted {len(beat.halted)} times")


SCRIPTS = {"looks": rehearsed(first_look, now_and_then, far_back, two_venues, said_once, copied)}
