"""The first order is held against the position before a second: what turns orders wrong shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from counterpoise.core.instrument import Instrument
from counterpoise.core.orders import Intent, OrderReport
from counterpoise.core.state import Command
from counterpoise.venues.gateway import CcxtGateway
from simulation.scripts.whole import Stage, staged
from tests.scenarios.config import QUIET, D

SPOILT = frozenset(  # by what is done to the orders themselves
    {
        "every_order_was_journaled_first",
        "no_order_leads_away",
        "shrinking_orders_say_so",
        "the_books_agree",
    }
)
PAIR = {  # net nothing, as the settings want it
    "BTC": replace(QUIET["BTC"], position=D("0.05"), short=D("0.05")),
    "ETH": replace(QUIET["ETH"], position=D("0.5"), short=D("0.5")),
}
HEDGED = {"holdings": PAIR, "hedge_mode": True}


@contextmanager
def _otherwise(name: str, method: object) -> Iterator[None]:
    """Have every gateway do something in another way while inside."""
    before = vars(CcxtGateway)[name]
    setattr(CcxtGateway, name, method)
    try:
        yield
    finally:
        setattr(CcxtGateway, name, before)


def _sending(change: Callable[[Intent], Intent]) -> object:
    place = CcxtGateway.place

    async def wrong(gateway: CcxtGateway, intent: Intent) -> OrderReport:
        return await place(gateway, change(intent))

    return wrong


def _once(stage: Stage, said: str) -> None:
    """See that after one order for each asset nothing more leaves, through a restart too."""
    stage.world.excused = SPOILT
    stage.calm()
    stage.jump()
    stage.world.cycles(20)
    stage.claim("I-3", stage.orders == 2, f"{stage.orders} orders {said}")
    stage.world.restart()
    stage.quiet("I-3", 20, f"after a restart {said}")
    stage.claim("I-18", stage.told(), f"nobody is told {said}")


def unit(stage: Stage) -> None:
    """Let orders and their reports count in a unit that is wrong by ten, and positions not."""
    opened = CcxtGateway.open

    async def wrong(gateway: CcxtGateway) -> tuple[Instrument, ...]:
        found = await opened(gateway)
        gateway._by_symbol = {  # noqa: SLF001 - it is to be wrong there and nowhere else
            symbol: replace(listed, size_per_amount=listed.size_per_amount / 10)
            for symbol, listed in gateway._by_symbol.items()  # noqa: SLF001
        }
        return found

    with _otherwise("open", wrong):
        _once(stage, "with the unit of orders wrong by ten")


def tenfold(stage: Stage) -> None:
    """Let the venue fill ten times what was meant, and say so."""

    def more(intent: Intent) -> Intent:
        return replace(intent, order=replace(intent.order, size=intent.order.size * 10))

    with _otherwise("place", _sending(more)):
        _once(stage, "after ten times as much was filled")


def side(stage: Stage) -> None:
    """Let what is to close one side open the other: long minus short is right all the same."""

    def opening(intent: Intent) -> Intent:
        return replace(intent, order=replace(intent.order, reduce_only=False))

    with _otherwise("place", _sending(opening)):
        _once(stage, "after the wrong side of the position was traded")


def pair(stage: Stage) -> None:
    """Correct a position of two sides, then close all that is left of it."""
    stage.calm()
    stage.jump()
    stage.home(6, "from both sides")
    stage.claim("I-14", stage.orders == 4, f"{stage.orders} orders, two to close and two to open")
    found = stage.world.sides("BTC")
    stage.claim("I-14", found == (D(0), D("-0.08")), f"BTC is {found}")
    stage.world.trade_by_hand("BTC", D("0.08"))
    stage.world.trade_by_hand("ETH", D("-1.92"))
    stage.world.command(Command.FLATTEN)
    stage.world.cycles(6)
    left = [*stage.world.sides("BTC"), *stage.world.sides("ETH")]
    stage.claim("I-14", not any(left), f"{left} are left after flattening")


SCRIPTS = {
    "unit": staged(unit),
    "tenfold": staged(tenfold),
    "side": staged(side, HEDGED),
    "pair": staged(pair, HEDGED),
}
