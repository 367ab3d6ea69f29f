"""
The first order to an instrument is held against the position before a second one may leave.

Each scenario spoils what turns our orders into the venue's, and lets the rest be: what is wrong
there shows in the position, and must show before it is done twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from counterpoise.core.instrument import Instrument
from counterpoise.core.orders import Intent, OrderReport
from counterpoise.exchange.orders import Origin
from counterpoise.venues.gateway import CcxtGateway
from tests.scenarios.config import D, WorldConfig
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.harness import World
from tests.scenarios.protocols import PROTOCOLS
from tests.scenarios.test_hedge_mode import BOTH, TWO_SIDED

Place = Callable[[CcxtGateway, Intent], Awaitable[OrderReport]]
SPOILT = frozenset(
    {
        "every_order_was_journaled_first",
        "no_order_leads_away",
        "shrinking_orders_say_so",
        "the_books_agree",
    }
)
DOUBTS = {"position_unconfirmed", "books_apart", "unsettled", "back_off"}


def drifted(world: World) -> World:
    """Let a spoilt world drift far, for long, and through a restart."""
    world.excused = SPOILT
    world.start().cycles(2)
    world.price("BTC", D(60_000))
    world.cycles(40)
    return world.restart().cycles(40)


def at_most_one_each(world: World) -> bool:
    """Say whether no instrument was traded twice; what is refused trades nothing."""
    orders = world.exchange.venue.engine.ledger.orders.values()
    traded = Counter(
        order.request.listing.key
        for order in orders
        if order.request.origin is Origin.CLIENT and order.executed
    )
    return all(count == 1 for count in traded.values())


@pytest.mark.parametrize("factor", ["10", "0.1"])
@pytest.mark.parametrize("venue", sorted(PROTOCOLS))
def test_a_unit_wrong_by_ten_both_ways_is_never_ordered_twice(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch, venue: str, factor: str
) -> None:
    """The reports of orders have the same wrong unit, so that only the position tells."""
    opened = CcxtGateway.open

    async def wrong(gateway: CcxtGateway) -> tuple[Instrument, ...]:
        found = await opened(gateway)
        gateway._by_symbol = {
            symbol: replace(listed, size_per_amount=listed.size_per_amount / Decimal(factor))
            for symbol, listed in gateway._by_symbol.items()
        }
        return found

    monkeypatch.setattr(CcxtGateway, "open", wrong)
    world = drifted(make_world(WorldConfig(venue=venue)))
    assert at_most_one_each(world)
    assert not world.in_band
    assert set(world.reasons("BTC")) & DOUBTS


def spoilt(monkeypatch: pytest.MonkeyPatch, change: Callable[[Intent], Intent]) -> None:
    """Let every gateway send another order than it was told."""
    place: Place = CcxtGateway.place

    async def wrong(gateway: CcxtGateway, intent: Intent) -> OrderReport:
        return await place(gateway, change(intent))

    monkeypatch.setattr(CcxtGateway, "place", wrong)


@pytest.mark.parametrize("venue", sorted(PROTOCOLS))
def test_an_order_that_fills_ten_times_what_was_meant_is_the_last(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch, venue: str
) -> None:
    def tenfold(intent: Intent) -> Intent:
        return replace(intent, order=replace(intent.order, size=intent.order.size * 10))

    spoilt(monkeypatch, tenfold)
    world = drifted(make_world(WorldConfig(venue=venue)))
    assert at_most_one_each(world)
    assert len(world.orders) == 2
    assert set(world.reasons("BTC")) & DOUBTS


@pytest.mark.parametrize("venue", TWO_SIDED)
def test_an_order_that_opens_where_it_was_to_close_is_the_last(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch, venue: str
) -> None:
    """Long minus short is as it should be, so that only the sides tell."""

    def opening(intent: Intent) -> Intent:
        return replace(intent, order=replace(intent.order, reduce_only=False))

    spoilt(monkeypatch, opening)
    world = drifted(make_world(WorldConfig(venue=venue, holdings=BOTH, hedge_mode=True)))
    assert at_most_one_each(world)
    assert world.sides("BTC") == (D("0.05"), D("-0.1"))
    assert world.reasons("BTC")[-1] == "position_unconfirmed"
