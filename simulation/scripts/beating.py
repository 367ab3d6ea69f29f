"""When the daemon looks: on its beat, in a hurry, when woken, and never again once stopped."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from counterpoise.core.instrument import Asset
from counterpoise.core.orders import Intent, OrderReport
from counterpoise.core.policy.policy import Trigger
from counterpoise.core.schedule import Duration
from counterpoise.core.state import Command
from counterpoise.errors import Unavailable
from simulation.scripts.rehearsal import Rehearsal, rehearsed
from tests.sim.gateway import TWO, filled
from tests.sim.stage import INTERVAL_S, told

D = Decimal
TURNS = 200  # of the loop, in which everything that can go on has gone on
LOOKS_MAX = 20  # whoever never sleeps is to come to an end as well
THROUGH_ZERO = TWO.changed(
    replace(TWO["BTC"], size=D("0.1"), spot=D("1.0"), price=D(90_000))
)  # takes two orders: one that closes, and one that opens


async def on_the_beat(on: Rehearsal) -> None:
    """See that cycles are on the grid, however long each takes, and none is made up for."""
    delays_s = [3.0, 3.0, 34.0, 0.0, 0.0]
    on.during("marks", lambda: on.desk.clock.advance(delays_s.pop(0)))
    start_s = on.desk.clock.monotonic_s()
    await on.run(5)
    began = [at_s - start_s for at_s in on.stage.began_s]
    on.claim("I-19", began == [0, 10, 20, 60, 70], f"looked {began} s from the start")
    back = [slept_s for slept_s in on.desk.clock.slept_s if slept_s < 0]
    on.claim("I-19", not back, f"slept for {back} s")


async def in_a_hurry(on: Rehearsal) -> None:
    """See that a correction goes on at once while it fills."""
    await _hurried(on, INTERVAL_S, [1.0, INTERVAL_S])


async def fast_already(on: Rehearsal) -> None:
    """See that a hurry is no slower than the interval."""
    await _hurried(on, 0.5, [0.5, 0.5])


async def _hurried(on: Rehearsal, interval_s: float, wanted: list[float]) -> None:
    on.stage.drift(THROUGH_ZERO)
    on.stage.fills()
    await on.outcome(on.stage.build(interval_s=interval_s).run(3))
    pauses = [later - earlier for earlier, later in pairwise(on.stage.began_s)]
    on.claim("I-17", pauses == wanted, f"of {interval_s} s, paused for {pauses}")
    on.claim("I-17", len(on.venue.placed) == 3, f"{len(on.venue.placed)} orders through zero")


async def without_hurry(on: Rehearsal) -> None:
    """See that an order that fills nothing hurries nobody."""

    async def nothing(intent: Intent) -> OrderReport:
        return filled(intent, D(0))

    on.venue.on_place = nothing
    on.stage.drift()
    await on.run(3)
    pauses = {later - earlier for earlier, later in pairwise(on.stage.began_s)}
    on.claim("R9", pauses == {INTERVAL_S}, f"after orders that filled nothing: {pauses}")


async def done_at_last(on: Rehearsal) -> None:
    """See that what has come to its end hurries nobody either."""
    on.stage.drift()
    on.stage.fills()
    await on.run(3)
    pauses = {later - earlier for earlier, later in pairwise(on.stage.began_s)}
    on.claim("I-19", pauses == {INTERVAL_S}, f"after a correction was done: {pauses}")


async def stopped_at_work(on: Rehearsal) -> None:
    """See that a stop in a cycle ends with it, at once, and sends nothing that it decided."""
    on.stage.drift()

    def stop() -> None:
        on.stage.daemon.stop()

    on.during("books", stop)
    slept = len(on.desk.clock.slept_s)
    await on.run(3)
    on.claim("P2", len(on.stage.began_s) == 1, f"{len(on.stage.began_s)} cycles after a stop")
    on.claim("P2", not on.venue.placed, f"{len(on.venue.placed)} orders after a stop")
    on.claim("P2", len(on.desk.clock.slept_s) == slept, "it slept on before it stopped")


async def stopped_asleep(on: Rehearsal) -> None:
    """See that who sleeps wakes for a stop, and for a call: each at once, and once."""
    for word in ("stop", "wake"):
        on.stage.began_s.clear()
        asleep = asyncio.Event()
        on.stage.daemon = on.stage.build()
        vars(on.desk.clock)["sleep"] = lambda _, asleep=asleep: asleep.wait()
        life = asyncio.ensure_future(on.stage.daemon.run(LOOKS_MAX))
        await _settled()
        getattr(on.stage.daemon, word)()
        await _settled()
        if word == "stop":
            on.claim("P2", life.done(), "it sleeps on after a stop")
        on.claim(
            "I-19",
            len(on.stage.began_s) == (1 if word == "stop" else 2),
            f"{len(on.stage.began_s)} cycles after one {word}",
        )
        on.stage.daemon.stop()
        asleep.set()
        await _settled()
        on.claim("P2", life.done(), "it does not end")
        life.cancel()


async def woken_at_work(on: Rehearsal) -> None:
    """See that a call in the middle of a cycle is not lost, and counts once."""
    left = [1]

    def call() -> None:
        if left and left.pop():
            on.stage.daemon.wake()

    on.during("books", call)
    await on.run(3)
    pauses = [later - earlier for earlier, later in pairwise(on.stage.began_s)]
    on.claim("I-19", pauses == [0, INTERVAL_S * 2], f"called within a cycle: {pauses}")


async def _settled() -> None:
    for _ in range(TURNS):
        await asyncio.sleep(0)


async def by_the_calendar(on: Rehearsal) -> None:
    """See that the calendar counts from the first look, and comes round where one was asked for."""
    on.stage.drift(TWO.changed(replace(TWO["BTC"], price=D(51_000))))  # within the band
    on.stage.fills()
    on.stage.daemon = on.stage.build(schedule=Duration(ms=60_000))
    await told(on.stage, Command.RESUME, Asset("BTC"))  # known of, and never decided on yet
    await on.outcome(on.stage.daemon.run(5))
    on.claim("I-17", not on.lines("cycle.failed"), "a calendar that fails before its first date")
    on.claim("I-19", not on.venue.placed, "an order before the calendar came round")
    await on.outcome(on.stage.daemon.run(4))
    on.claim("I-17", len(on.venue.placed) == 2, f"{len(on.venue.placed)} by the calendar")
    await on.outcome(on.stage.build().run(9))
    on.claim("I-19", len(on.venue.placed) == 2, "orders by a calendar that nobody asked for")


async def at_the_start(on: Rehearsal) -> None:
    """See that a start that corrects does so at its first whole look, and only then."""
    on.stage.drift(TWO.changed(replace(TWO["BTC"], price=D(51_000))))
    on.stage.fills()
    policy = replace(TWO.policy, trigger=Trigger(on_start=True))
    on.stage.daemon = on.stage.build(policy=policy)
    on.venue.raises["books"] = Unavailable("down")
    await on.outcome(on.stage.daemon.run(2))
    on.venue.raises.clear()
    await on.outcome(on.stage.daemon.run(1))
    on.claim("I-17", len(on.venue.placed) == 2, f"{len(on.venue.placed)} orders at a start")
    on.stage.drift(TWO.changed(replace(TWO["BTC"], price=D(49_000))))
    on.desk.clock.advance(3_600)
    await on.outcome(on.stage.daemon.run(2))
    on.claim("I-19", len(on.venue.placed) == 2, "corrects within the band long after the start")


SCRIPTS = {
    "grid": rehearsed(on_the_beat, in_a_hurry, fast_already, without_hurry, done_at_last),
    "stops": rehearsed(stopped_at_work, stopped_asleep, woken_at_work),
    "occasions": rehearsed(by_the_calendar, at_the_start),
}
