"""A person's word, by command, by file and by signal."""

from __future__ import annotations

from decimal import Decimal

from counterpoise.core.state import Command
from simulation.scripts.whole import (
    POSITIONS,
    Stage,
    staged,
)
from tests.scenarios.config import Holding
from tests.sim.trace import Edge, Tap

D = Decimal


HEDGED = {
    "BTC": Holding(held=D("1.2"), price=D(50_000), weight=D("0.4"), position=D("-0.4")),
    "ETH": Holding(held=D(16), price=D(2_500), weight=D("0.6"), position=D(8)),
}


def paused(stage: Stage) -> None:
    """See that a pause holds everything, through a restart, until a person resumes."""
    stage.calm()
    for command in (Command.PAUSE, Command.HALT):
        stage.world.command(command)
        stage.world.cycles(1)
        stage.jump(60_000 if command is Command.PAUSE else 45_000)
        stage.quiet("I-26", 3, f"after {command}")
        stage.claim("I-26", stage.account() == str(command), f"journal: {stage.account()}")
        stage.world.restart()
        stage.quiet("I-26", 3, f"after {command} and a restart")
        stage.claim("I-18", stage.told(), f"{command} is not to be seen")
        stage.world.command(Command.RESUME)
        stage.home(8, f"resumed from {command}")


def halted_by_file(stage: Stage) -> None:
    """See that the file alone halts, and that only a person's word lifts it."""
    stage.calm()
    file = stage.world.settings.halt_path
    file.write_text("stop\n")
    stage.jump()
    stage.quiet("I-27", 3, "with the halt file there")
    stage.claim("I-26", stage.account() == "halt", f"journal: {stage.account()}")
    file.unlink()
    stage.quiet("I-26", 3, "once the file was taken away")
    stage.world.restart()
    stage.quiet("I-26", 3, "after a restart")
    stage.world.command(Command.RESUME)
    stage.home(4, "resumed")
    stage.claim("H2", not file.exists(), "the file is there again")


def halted_by_signal(stage: Stage) -> None:
    """See that a signal halts at once, and is latched in the file before anything else can fail."""
    stage.calm()
    stage.jump()
    stage.world.life.operator.signal_halt("script")
    file = stage.world.settings.halt_path
    stage.claim("I-27", file.exists(), "a signal left no file")
    stage.world.restart()
    stage.quiet("I-26", 3, "after a halt by signal and a crash")
    stage.claim("I-26", stage.account() == "halt", f"journal: {stage.account()}")
    stage.world.command(Command.RESUME)
    stage.home(4, "resumed")
    stage.world.life.operator.signal_halt("script")
    stage.jump(45_000)
    stage.quiet("I-26", 3, "after a halt by signal")


def halted_in_between(stage: Stage) -> None:
    """See that a halt between the decision and its order stops it."""
    stage.calm()

    def hook(tap: Tap) -> None:
        if tap.edge is Edge.REQUEST and tap.name == POSITIONS and not tap.before:
            stage.world.life.operator.signal_halt("script")

    stage.jump()
    stage.world.around.hooks.append(hook)
    stage.quiet("I-26", 3, "decided on before a halt")


def flattened(stage: Stage) -> None:
    """Flattening closes all with reduce-only, through a restart, and leaves the account paused."""
    stage.world.start().cycles(2)
    stage.claim("I-19", not stage.world.orders, "ordered in balance")
    stage.world.book("ETH", levels=3, level_quantity="1")
    stage.world.command(Command.FLATTEN)
    stage.world.cycles(1)
    stage.world.restart()
    stage.world.cycles(12)
    for asset in ("BTC", "ETH"):
        stage.claim("I-17", stage.world.position(asset) == 0, f"{asset} is not flat")
    only = all(order.reduce_only for order in stage.world.orders)
    stage.claim("I-14", only, "an order of flattening may open")
    stage.claim("I-26", stage.account() == "pause", f"afterwards {stage.account()}")
    stage.quiet("I-26", 5, "once it is flat")
    stage.world.command(Command.RESUME)
    stage.home(4, "resumed")


def stopped(stage: Stage) -> None:
    """See that a stop ends in time, sends nothing new, and keeps the hedge."""
    stage.calm()
    stage.jump()
    stage.home(3, "after a price moved")
    held = stage.world.position("BTC")
    stage.jump(50_000)
    stage.world.life.daemon.stop()
    before = stage.orders
    stage.world.run(10)
    stage.claim("P2", stage.world.life.task.done(), "it does not end")
    stage.claim("P2", stage.orders == before, "orders after a stop")
    stage.claim("P2", stage.world.position("BTC") == held, "the hedge is gone")


SCRIPTS = {
    **{
        act.__name__: staged(act)
        for act in (paused, halted_by_file, halted_by_signal, halted_in_between, stopped)
    },
    "flattened": staged(flattened, {"holdings": HEDGED}),
}
