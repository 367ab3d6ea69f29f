"""`counterpoise flatten`."""

from __future__ import annotations

import asyncio
import sys
from decimal import Decimal
from pathlib import Path

import click

from counterpoise.cli import words
from counterpoise.cli.failures import Exit
from counterpoise.cli.layout import listing
from counterpoise.cli.options import CLOCK, ENTROPY, again, example, settings_of, settings_option
from counterpoise.cli.output import note, show, suggest
from counterpoise.cli.person import POLL_S, REASON, Word, daemon_of, obeyed, patience_s, submitted
from counterpoise.config import Settings
from counterpoise.core.instrument import Asset
from counterpoise.core.sides import Sides
from counterpoise.core.state import AssetMemory, Command
from counterpoise.ports import Journal

FLAT_WITHIN_S = 60.0


@click.command(epilog=example('counterpoise flatten --reason "moving to another exchange"'))
@settings_option
@click.option("--reason", default=REASON, metavar="TEXT", help="Why, for the record.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def flatten(config: Path | None, reason: str, yes: bool) -> int:
    """
    Close the positions of the configured perpetuals, then pause.

    Shows them and asks first. Only reduce-only orders are sent, and spot is not touched: without
    its hedge it moves with the market. The daemon does it, and stays paused afterwards.
    """
    settings = settings_of(config, secrets=False)
    return asyncio.run(_flattened(settings, config, reason, yes=yes))


async def _flattened(settings: Settings, config: Path | None, reason: str, *, yes: bool) -> int:
    from counterpoise.bootstrap import open_journal

    async with open_journal(settings, CLOCK, ENTROPY) as journal:
        memories = await journal.memories()
        _preview(settings, dict(memories))
        if not yes:
            _ask()
        command = await submitted(journal, Word(command=Command.FLATTEN, reason=reason))
        if daemon_of(settings) is None:
            note("Recorded. No daemon runs; the next one closes them before anything else.")
            suggest(again("run", config))
            return Exit.REMAINS
        done = await obeyed(journal, command, patience_s(settings)) and await _flat(journal)
    note("Flat, and paused." if done else "Not flat yet; the daemon goes on with it.")
    suggest(again("status", config), again("orders", config), again("resume", config))
    return Exit.DONE if done else Exit.REMAINS


def _preview(settings: Settings, memories: dict[Asset, AssetMemory]) -> None:
    headers = ("asset", "perpetual", "position", " close by")
    table = listing(headers, left=("asset", "perpetual", "close by"))
    for name, asset in settings.assets.items():
        if asset.proxy is not None:
            table.add_row(name, words.UNKNOWN, words.UNKNOWN, f" with {asset.proxy.asset}")
            continue
        memory = memories.get(Asset(name))
        size = memory.position if memory else None
        closing = _closing(size, memory.sides if memory else None)
        table.add_row(name, asset.perpetual, words.quantity(size), closing)
    show(table)


def _closing(size: Decimal | None, sides: Sides | None) -> str:
    if size is None:
        return " not seen yet"
    if sides is not None and sides.long and sides.short:
        return f"{_closing(sides.long, None)};{_closing(-sides.short, None)}"
    if size == 0:
        return " flat"
    side = "sell" if size > 0 else "buy"
    return f" {side} {words.exact_quantity(abs(size))}, reduce-only"


def _ask() -> None:
    if not sys.stdin.isatty():
        raise click.UsageError("flatten asks before it closes; without a terminal, give --yes")
    click.confirm("Close these positions, and pause?", abort=True, err=True)


async def _flat(journal: Journal) -> bool:
    """Wait until nothing is left to close, and say whether that came in time."""
    end_s = CLOCK.monotonic_s() + FLAT_WITHIN_S
    while CLOCK.monotonic_s() < end_s:
        if not (await journal.control()).flattening:
            return True
        await CLOCK.sleep(POLL_S)
    return False
