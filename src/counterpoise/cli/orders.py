"""`counterpoise orders`."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from counterpoise.cli import render_changes, render_orders
from counterpoise.cli.facts import as_json as json_of
from counterpoise.cli.failures import Exit
from counterpoise.cli.options import (
    CLOCK,
    ENTROPY,
    again,
    example,
    json_option,
    settings_of,
    settings_option,
)
from counterpoise.cli.output import console, show, show_json, suggest
from counterpoise.config import Settings
from counterpoise.core.foreign import Change
from counterpoise.core.orders import Intent

COUNT = 20
COUNT_MAX = 10_000


@click.command(
    epilog=example("counterpoise orders -n 5", "counterpoise orders --json -c main.toml")
)
@settings_option
@json_option
@click.option(
    "-n", "--number", "count", type=click.IntRange(1, COUNT_MAX), default=COUNT, show_default=True,
    help="How many, newest first.",
)  # fmt: skip
@click.option(
    "--others",
    is_flag=True,
    help="With --json: what others did to the positions since then, in place of the orders.",
)
def orders(config: Path | None, as_json: bool, count: int, others: bool) -> int:
    """List what was ordered and what became of it, newest first; then what others did since."""
    settings = settings_of(config, secrets=False)
    intents, changes = asyncio.run(_newest(settings, count))
    if as_json:
        told = render_changes.facts(changes) if others else render_orders.facts(intents)
        show_json(json_of(told))
        return Exit.DONE
    show(render_orders.rendered(intents, console().width))
    if changes:
        show(render_changes.rendered(changes))
    newest = intents[0].client_order_id if intents else ""
    suggest(again(f"explain {newest}" if newest else "plan", config))
    return Exit.DONE


async def _newest(settings: Settings, count: int) -> tuple[tuple[Intent, ...], tuple[Change, ...]]:
    """Return the newest orders, and what others did since the oldest of them was sent."""
    from counterpoise.bootstrap import open_journal

    async with open_journal(settings, CLOCK, ENTROPY) as journal:
        intents = await journal.intents(count)
        since_ms = intents[-1].sent_at_ms if len(intents) == count else 0
        return intents, await journal.changes_since(since_ms)
