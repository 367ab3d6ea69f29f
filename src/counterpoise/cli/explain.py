"""`counterpoise explain`."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from counterpoise.cli import render_explain
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
from counterpoise.cli.render_explain import Explanation
from counterpoise.config import Settings
from counterpoise.core.orders import Intent
from counterpoise.errors import CounterpoiseError
from counterpoise.ports import CycleRecord, Journal

CYCLES_AHEAD_MAX = 20  # how far to look for the cycle that shows an order's fill
CHOICES_SHOWN = 3


@click.command(epilog=example("counterpoise explain", "counterpoise explain 412 -c main.toml"))
@click.argument("reference", metavar="[ID]", required=False)
@settings_option
@json_option
def explain(reference: str | None, config: Path | None, as_json: bool) -> int:
    """
    Explain one order: why, on what, within which limits, and what proves its outcome.

    ID is a client order id, the unique beginning of one, or a number as in `orders`; without it,
    the last order.
    """
    settings = settings_of(config, secrets=False)
    told = asyncio.run(_told(settings, reference))
    if as_json:
        show_json(json_of(render_explain.facts(told)))
    else:
        show(render_explain.rendered(told, console().width))
        suggest(again("orders", config), again("status", config))
    return Exit.DONE


async def _told(settings: Settings, reference: str | None) -> Explanation:
    from counterpoise.bootstrap import open_journal

    async with open_journal(settings, CLOCK, ENTROPY) as journal:
        return await found(journal, reference)


async def found(journal: Journal, reference: str | None) -> Explanation:
    """Return all that `journal` has of an order; of the last one where none is named."""
    newest = await journal.intents(CHOICES_SHOWN)
    intent = await journal.intent(reference) if reference else next(iter(newest), None)
    if intent is None:
        choices = ", ".join(known.client_order_id for known in newest)
        raise CounterpoiseError(
            f"no order {reference!r} in the journal"
            if reference
            else "no order in the journal yet",
            hint=f"the last ones are {choices}" if choices else "counterpoise plan",
        )
    return Explanation(
        intent=intent,
        record=await journal.cycle(intent.cycle),
        transitions=await journal.transitions(intent.client_order_id),
        after=await _look_after(journal, intent),
    )


async def _look_after(journal: Journal, intent: Intent) -> CycleRecord | None:
    """Return the first recorded cycle whose reads began after the order was settled."""
    if intent.settled_at_ms is None:
        return None
    for number in range(intent.cycle + 1, intent.cycle + CYCLES_AHEAD_MAX):
        record = await journal.cycle(number)
        if record is not None and record.snapshot.started_at_ms >= intent.settled_at_ms:
            return record
    return None
