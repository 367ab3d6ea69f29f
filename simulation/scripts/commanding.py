"""A person's words in a row, once each, and a start that nobody should survive."""

from __future__ import annotations

import asyncio
from decimal import Decimal

from counterpoise.core.state import Command
from simulation.scripts.people import HEDGED
from simulation.scripts.whole import POSITIONS, SPOT, Stage, staged

D = Decimal


def in_a_row(stage: Stage) -> None:
    """See that words are obeyed in their order, each once, over a restart too."""
    stage.calm()
    stage.world.command(Command.HALT)
    stage.world.command(Command.RESUME)
    stage.world.command(Command.PAUSE)
    stage.world.cycles(1)
    stage.jump()
    stage.quiet("I-26", 3, "though the last word was to pause")
    stage.world.command(Command.RESUME)
    stage.home(3, "though the last word was to resume")
    stage.world.restart().cycles(2)
    said = [line["command"] for line in stage.world.lines("operator.obeyed")]
    stage.claim("H1", said == ["halt", "resume", "pause", "resume"], f"obeyed {said}")
    rows = stage.world.rows("SELECT state, by, reason FROM control ORDER BY number")
    states = [row[0] for row in rows]
    stage.claim("H1", states == ["halt", "run", "pause", "run"], f"journal: {states}")
    stage.claim("H1", {row[1:] for row in rows} == {("tester", "test")}, f"by whom: {rows}")
    stage.claim("H1", not stage.world.settings.halt_path.exists(), "a halt is left behind")


def flattened_blind(stage: Stage) -> None:
    """See that flattening is not over while anything is unread, and that a word ends it."""
    stage.calm()
    stage.world.fault("status", POSITIONS, 500, status=503)
    stage.world.command(Command.FLATTEN)
    stage.world.cycles(6)
    rows = stage.world.rows("SELECT flattening FROM control ORDER BY number DESC LIMIT 1")
    stage.claim("I-26", rows == [(1,)], f"over before it was seen: {rows}")
    stage.world.heal()
    stage.world.cycles(6)
    for asset in ("BTC", "ETH"):
        stage.claim("I-17", stage.world.position(asset) == 0, f"{asset} is not flat")
    stage.claim("I-26", stage.account() == "pause", f"afterwards {stage.account()}")
    stage.world.book("ETH", levels=1, level_quantity="0.1")
    stage.world.command(Command.RESUME)
    stage.world.cycles(2)
    stage.world.command(Command.FLATTEN)
    stage.world.cycles(1)
    for word in (Command.PAUSE, Command.HALT):
        stage.world.command(word)
        stage.quiet("I-26", 3, f"of flattening, after {word}")


def refused_start(stage: Stage) -> None:
    """See that credentials refused at the first look end the daemon, and halt nothing."""
    stage.world.may_end = True
    stage.world.fault("reject", SPOT, 500, code=-2015)
    stage.jump()
    stage.world.start()
    stage.world.wait(asyncio.sleep(45))
    stage.claim("A6", stage.world.life.task.done(), "it goes on with refused credentials")
    stage.claim("A6", stage.account() == "run", f"a start was refused: {stage.account()}")
    stage.world.heal()
    stage.world.restart()
    stage.home(4, "started once they are taken")


SCRIPTS = {
    "in_a_row": staged(in_a_row),
    "refused_start": staged(refused_start),
    "flattened_blind": staged(flattened_blind, {"holdings": HEDGED}),
}
