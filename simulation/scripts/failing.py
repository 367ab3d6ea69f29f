"""Orders that provably had no effect, evidence that contradicts, and a journal that will not."""

from __future__ import annotations

from decimal import Decimal

from counterpoise.core.state import Command
from counterpoise.errors import JournalError
from simulation.scripts.whole import FIND, PLACE, Stage, staged
from tests.sim.trace import Edge, Tap

D = Decimal


def _refuse(stage: Stage, name: str, *, before: bool, times: int = 1) -> None:
    """Let the journal refuse a commit: before it is made, or when it has been made and not said."""
    left = [times]

    def hook(tap: Tap) -> None:
        if left[0] and (tap.edge, tap.name, tap.before) == (Edge.COMMIT, name, before):
            left[0] -= 1
            raise JournalError("refused by a script")

    stage.world.around.hooks.append(hook)


def unsent(stage: Stage) -> None:
    """See that an order that had no effect is over at once, each by itself, with its reason."""
    stage.calm()
    for number, code in enumerate((-1003, -2019)):  # too many requests, too little margin
        stage.world.fault("reject", PLACE, 1, code=code)
        stage.jump((60_000, 50_000)[number % 2])
        stage.world.cycles(1)
        stage.claim("R14", "rejected" in stage.states(), f"{code}: {stage.states()}")
        live = {"sent", "unknown"} & {str(one) for one in stage.states()}
        stage.claim("I-16", not live, f"{code}: {stage.states()}")
        stage.world.run(60)
        stage.home(4, f"after {code}")
    codes = {row[0] for row in stage.world.rows("SELECT code FROM intent WHERE state = 'rejected'")}
    stage.claim("I-30", "-2019" in codes, f"the refusals recorded: {codes}")


def unauthorized(stage: Stage) -> None:
    """See that an order refused for its credentials is over, and halts the account."""
    stage.calm()
    stage.world.fault("reject", PLACE, 1, code=-2015)
    stage.jump()
    stage.world.cycles(2)
    stage.claim("I-16", "rejected" in stage.states(), f"refused: {stage.states()}")
    stage.claim("A6", stage.account() == "halt", f"journal: {stage.account()}")


def two_sided(stage: Stage) -> None:
    """See that an order refused for the account's mode has the account looked at, and halted."""
    stage.calm()
    stage.world.control("POST", "account", hedge_mode=True)
    stage.jump()
    stage.world.cycles(3)
    stage.claim("E6", stage.account() == "halt", f"in hedge mode: {stage.account()}")
    stage.claim("E6", stage.orders <= 2, f"{stage.orders} orders in hedge mode")


def contradicted(stage: Stage) -> None:
    """See that an order that is not found is not absent while a trade may have been of it."""
    stage.calm()
    stage.world.fault("timeout-after", PLACE, 2, hold_s=1)
    stage.world.fault("reject", FIND, 500, code=-2013)
    stage.jump()
    stage.world.cycles(8)
    stage.claim("I-6", "absent" not in stage.states(), f"traded, and {stage.states()}")
    stage.world.heal()
    stage.home(4, "once it is found")


def apart(stage: Stage) -> None:
    """See that trades that cannot have been of an order keep nobody waiting for it."""
    stage.calm()
    stage.world.fault("timeout-before", PLACE, 2, hold_s=1)
    stage.jump()
    stage.world.run(12)
    (sent,) = (one for one in stage.world.orders if one.market_id == "BTCUSDT")
    stage.world.trade_by_hand("BTC", -sent.quantity / 2)
    stage.world.trade_by_hand("BTC", -sent.quantity / 2 + sent.quantity * 2)
    stage.world.trade_by_hand("BTC", D(0))
    stage.world.cycles(8)
    stage.claim("I-17", "absent" in stage.states(), f"other trades, and {stage.states()}")
    stage.world.run(90)
    stage.home(6, "beside other trades")


def set_forward(stage: Stage) -> None:
    """See that a clock set forward, the venue's with it, proves no order absent too early."""
    stage.calm()
    stage.world.fault("slow", PLACE, 2, delay_s=4.9, late=True)
    stage.jump()
    stage.world.run(2)
    stage.world.crash()
    stage.world.around.clock.offset_ms = 3_600_000
    stage.world.control("POST", "clock", skew_ms=3_600_000)
    stage.world.restart().run(2.5)
    stage.claim("I-6", "absent" not in stage.states(), f"absent at once: {stage.states()}")
    stage.world.run(90)
    stage.home(9, "with the clocks set forward")


def unwritten(stage: Stage) -> None:
    """See that what the journal does not take is not sent, and all goes on once it does."""
    stage.calm()
    _refuse(stage, "record_intents", before=True, times=3)
    stage.jump()
    stage.quiet("I-2", 3, "that the journal did not take")
    stage.claim("I-18", stage.world.lines("cycle.failed"), "nobody is told of the journal")
    stage.home(3, "once it takes them")
    stage.claim("I-2", len(stage.states()) == 2, f"journal: {stage.states()}")


def unsaid(stage: Stage) -> None:
    """See that what was written and not said is found again: nothing twice, nothing forgotten."""
    stage.calm()
    prices = (60_000, 50_000)
    for number, name in enumerate(("record_intents", "record_outcome", "remember")):
        _refuse(stage, name, before=False)
        stage.jump(prices[number % 2])
        stage.home(8, f"after {name} was written and not said")
        _refuse(stage, name, before=True)
        stage.jump(prices[(number + 1) % 2])
        stage.home(8, f"after {name} was not written")
        stage.jump(prices[number % 2])
        stage.home(8, f"{name}: and back")
        stage.jump(50_000)
        stage.world.cycles(6)
    held = {"position_unexplained", "books_apart"} & set(stage.world.reasons("BTC"))
    stage.claim("I-40", not held, f"its own orders surprise it: {held}")


def halted_unwritten(stage: Stage) -> None:
    """See that a halt holds though the journal does not take it, and though it is a command."""
    stage.calm()
    _refuse(stage, "record_control", before=True, times=2)
    stage.world.life.operator.signal_halt("script")
    stage.jump()
    stage.quiet("I-27", 3, "after a halt that the journal did not take")
    stage.world.restart()
    stage.quiet("I-27", 3, "after a restart")
    stage.world.command(Command.RESUME)
    stage.home(6, "resumed")
    _refuse(stage, "record_obeyed", before=True, times=1)
    stage.world.command(Command.PAUSE)
    stage.jump(50_000)
    stage.quiet("I-26", 4, "after a pause that was not noted as obeyed")
    stage.claim("I-26", stage.account() == "pause", f"journal: {stage.account()}")


SCRIPTS = {
    **{
        act.__name__: staged(act)
        for act in (
            unsent,
            unauthorized,
            two_sided,
            contradicted,
            apart,
            unwritten,
            unsaid,
            halted_unwritten,
        )
    },
    "set_forward": staged(set_forward, {"interval_s": 1}),
}
