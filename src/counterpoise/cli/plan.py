"""`counterpoise plan`."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import click

from counterpoise.cli import render_plan
from counterpoise.cli.facts import as_json as json_of
from counterpoise.cli.failures import Exit
from counterpoise.cli.options import (
    CLOCK,
    ENTROPY,
    again,
    example,
    json_option,
    looking,
    settings_of,
    settings_option,
)
from counterpoise.cli.output import console, show, show_json, suggest
from counterpoise.cli.render_plan import PlanView
from counterpoise.config import Settings


@click.command(epilog=example("counterpoise plan -c main.toml", "counterpoise plan --at ID"))
@settings_option
@json_option
@click.option("--at", metavar="ID", help="Decide the recorded cycle of this order again, now.")
def plan(config: Path | None, as_json: bool, at: str | None) -> int:
    """
    Show what would be done now, and why. Sends nothing.

    One read-only cycle: spot, perpetual, net delta, weight, target, drift, and what would be
    ordered or held. With --at, a recorded cycle under the settings of today. Exit code 1 if work
    remains.
    """
    settings = settings_of(config, secrets=at is None)
    view = asyncio.run(_replayed(settings, at) if at else _looked(settings))
    if as_json:
        show_json(json_of(render_plan.facts(view)))
    else:
        show(render_plan.rendered(view, console().width))
        unseen = bool(view.record.snapshot.missing)
        suggest(again("doctor" if unseen else "run", config), again("status", config))
    return Exit.REMAINS if render_plan.work_remains(view.record) else Exit.DONE


async def _looked(settings: Settings) -> PlanView:
    from counterpoise.bootstrap import look_closely

    with looking(settings) as portfolio:
        record, bases = await look_closely(portfolio)
    name = settings.portfolio_name
    return PlanView(portfolio=name, mode=settings.mode, record=record, bases=bases)


async def _replayed(settings: Settings, reference: str) -> PlanView:
    from counterpoise.bootstrap import open_journal, replay
    from counterpoise.bootstrap.mandate import policy_of
    from counterpoise.cli.explain import found

    async with open_journal(settings, CLOCK, ENTROPY) as journal:
        told = await found(journal, reference)
    if told.record is None:
        raise click.UsageError(f"the cycle of {told.intent.client_order_id} is not recorded")
    policy = policy_of(settings)
    plan_now = replay(told.record, policy)
    return PlanView(
        portfolio=settings.portfolio_name,
        mode=settings.mode,
        record=replace(told.record, policy=policy, plan=plan_now),
        replayed=told.intent.client_order_id,
    )
