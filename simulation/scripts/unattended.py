"""What a daemon left alone meets: people, bans, crashes, clocks, bad reads, and its own end."""

from __future__ import annotations

from decimal import Decimal

from counterpoise.core.state import Command
from counterpoise.ports import HttpResponse
from simulation.scripts.whole import (
    BOOKS,
    MARKS,
    PLACE,
    POSITIONS,
    SPOT,
    Stage,
    staged,
)
from tests.sim.trace import Edge, Tap

D = Decimal
TIME = "GET /fapi/v1/time"


def refused_credentials(stage: Stage) -> None:
    """Refused credentials halt the account, and are not tried over and over."""
    stage.calm()
    stage.world.fault("reject", SPOT, 500, code=-2015)
    stage.jump()
    stage.quiet("A6", 3, "with refused credentials")
    stage.claim("A6", stage.account() == "halt", f"journal: {stage.account()}")
    stage.world.heal()
    stage.quiet("I-26", 3, "by itself, once they are taken again")
    stage.world.command(Command.RESUME)
    stage.home(3, "resumed")
    stage.world.fault("reject", PLACE, 1, code=-2015)
    stage.jump(50_000)
    stage.world.run(90)
    stage.claim("A6", stage.account() == "halt", f"refused an order: {stage.account()}")


def banned(stage: Stage) -> None:
    """See that a ban is kept to its end, through a crash; nothing asks before."""
    stage.calm()
    stage.world.fault("ban", MARKS, 1, retry_after_s=120)
    stage.world.cycles(1)
    began_s, before = stage.world.loop.time(), stage.asked()
    stage.world.cycles(3)
    stage.world.restart()
    stage.jump()
    stage.world.run(119 - (stage.world.loop.time() - began_s) - 10)
    since = stage.world.trace.requests[before:]
    futures = [one.name for one in since if one.path.startswith("/fapi")]
    stage.claim("I-28", not futures, f"{len(futures)} requests during a ban: {futures[:3]}")
    stage.world.run(30)
    stage.home(3, "after a ban")


def astray(stage: Stage) -> None:
    """While the clocks disagree nothing is sent; once they agree all goes on."""
    stage.calm()
    for skew_ms in (1_500, -1_500, 60_000):
        stage.world.control("POST", "clock", skew_ms=skew_ms)
        stage.world.restart()
        stage.jump()
        stage.quiet("C1", 4, f"with the clocks {skew_ms} ms apart")
        stage.claim("I-18", stage.told(), "nobody is told of the clock")
        stage.jump(50_000)
    stage.world.control("POST", "clock", skew_ms=0)
    stage.world.run(30)
    stage.jump()
    stage.home(4, "once the clocks agree")


def frozen(stage: Stage) -> None:
    """See that what was decided before the machine stood still is not sent after it."""
    stage.calm()
    moments = [(Edge.REQUEST, POSITIONS, False), (Edge.COMMIT, "remember", True)]

    def hook(tap: Tap) -> None:
        if moments and (tap.edge, tap.name, tap.before) == moments[0]:
            moments.pop(0)
            stage.world.loop.jump(60)

    stage.jump()
    stage.world.around.hooks.append(hook)
    stage.world.run(90)
    early = [one for one in stage.world.orders if _reads_before(stage, one.at_s) > 15]
    stage.claim("I-37", not early, f"{len(early)} orders from before a pause")
    stage.claim("I-37", not moments, f"never came to {moments}")
    stage.home(4, "after a pause")


def _reads_before(stage: Stage, at_s: float) -> float:
    times = [one.at_s for one in stage.world.trace.requests if one.name == MARKS]
    return at_s - max((time for time in times if time <= at_s), default=0.0)


def crashed(stage: Stage) -> None:
    """Killed around the order itself, it looks it up and sends it no second time."""
    stage.calm()
    prices = (60_000, 50_000)
    moments = [
        (Edge.COMMIT, "record_intents", True),
        (Edge.COMMIT, "record_intents", False),
        (Edge.REQUEST, PLACE, True),
        (Edge.REQUEST, PLACE, False),
        (Edge.COMMIT, "record_outcome", True),
        (Edge.COMMIT, "record_outcome", False),
        (Edge.COMMIT, "remember", True),
    ]
    for number, wanted in enumerate(moments):
        stage.world.crash_at(lambda tap, w=wanted: (tap.edge, tap.name, tap.before) == w)  # type: ignore[misc]
        stage.jump(prices[number % 2])
        stage.world.cycles(2)
        stage.world.restart()
        stage.home(10, f"after a crash at {wanted[1]}", "I-15")


def shadowed(stage: Stage) -> None:
    """Dry-run writes nothing, and what it made up is seen as filled, through a restart too."""
    stage.calm()
    stage.jump()
    stage.world.cycles(2)
    stage.claim("I-23", not stage.world.orders, "an order in dry-run")
    made = stage.states()
    stage.claim("I-19", made == ["filled", "filled"], f"made up {made}")
    stage.world.cycles(12)
    stage.world.restart().cycles(12)
    stage.claim("I-19", stage.states() == made, f"and again: {stage.states()}")
    rows = stage.world.rows("SELECT symbol, filled_size FROM intent")
    sums: dict[object, object] = {row[0]: row[1] for row in rows}
    for asset in ("BTC", "ETH"):
        size = D(str(sums.get(f"{asset}/USDT:USDT", "0")))
        truth = stage.world.truth(asset)
        near = abs(truth.drift + size) <= 2 * truth.lot
        stage.claim("I-5", near, f"{asset} would be {truth.drift + size} off")
    for price, many in ((50_000, 4), (60_000, 6)):
        stage.jump(price)
        stage.world.cycles(10)
        stage.claim("I-17", len(stage.states()) == many, f"and back: {stage.states()}")


def bugs(stage: Stage) -> None:
    """See that a bug abandons its cycle and is said; the third in a row halts, alive."""
    stage.calm()
    stage.world.around.mangles.append(_burst)
    stage.jump()
    stage.quiet("P4", 2, "after a bug")
    stage.claim("P4", stage.account() == "run", f"after two bugs {stage.account()}")
    stage.claim("P4", stage.world.lines("cycle.failed"), "nobody is told of a bug")
    stage.quiet("P4", 3, "after three bugs")
    stage.claim("P4", stage.account() == "halt", f"after three bugs {stage.account()}")
    stage.claim("P4", not stage.world.life.task.done(), "it ended")
    stage.world.heal()
    stage.quiet("I-26", 3, "by itself, once the bug is gone")
    stage.world.command(Command.RESUME)
    stage.home(4, "resumed")


def few_bugs(stage: Stage) -> None:
    """Bugs that are not in a row halt nothing."""
    stage.calm()
    for _ in range(4):
        stage.world.around.mangles.append(_burst)
        stage.world.cycles(1)
        stage.world.heal()
        stage.world.cycles(2)
    stage.claim("I-17", stage.account() == "run", f"after bugs apart {stage.account()}")
    stage.jump()
    stage.home(3, "after bugs apart")


def _burst(_: object, response: HttpResponse) -> HttpResponse:
    del response
    raise RuntimeError("a bug")


def silent(stage: Stage) -> None:
    """Out of the band and held back, it tells somebody; and what heals is told no more."""
    stage.calm()
    stage.world.fault("status", BOOKS, 5_000, status=503)
    stage.jump()
    stage.quiet("I-9", 3, "with no book")
    stage.world.run(900)
    stage.claim("I-18", stage.told(), "held for long, and silent")
    stage.world.heal()
    stage.home(5, "once there is a book")
    stage.world.cycles(6)
    stage.claim("H4", not stage.told(), f"still told: {stage.world.alerts()}")


def second_start(stage: Stage) -> None:
    """See that a start without the venue waits for it."""
    stage.world.fault("status", TIME, 40, status=503)
    stage.world.start().cycles(3)
    stage.claim("I-9", not stage.world.orders, "ordered unseen")
    stage.claim("I-18", stage.world.lines("snapshot.incomplete"), "nobody is told")
    stage.world.heal()
    stage.jump()
    stage.home(6, "once the venue is there")


SCRIPTS = {
    **{
        act.__name__: staged(act)
        for act in (
            refused_credentials,
            banned,
            astray,
            frozen,
            crashed,
            bugs,
            few_bugs,
            silent,
            second_start,
        )
    },
    "shadowed": staged(shadowed, {"mode": "dry-run"}),
}
