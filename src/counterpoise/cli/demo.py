"""`counterpoise demo`."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
from decimal import Decimal
from pathlib import Path

import click
from rich.console import Group

from counterpoise.cli import demo_files, render_demo
from counterpoise.cli.failures import Exit
from counterpoise.cli.options import CLOCK, ENTROPY, debug_option, example, speed_option
from counterpoise.cli.output import console, suggest
from counterpoise.config import Request, Settings, load
from counterpoise.core.schedule import Duration, duration
from counterpoise.exchange.local import LocalExchangeConfig
from counterpoise.status import read

LOOPBACK = "127.0.0.1"
ORDERS_MAX = 10_000
DEAF_S = 0.2  # while the daemon starts; a signal is given to it again after that
START = "2024-11-16T03:00"  # XRP runs away from the others: a correction within a few hours


def _duration(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> Duration | None:
    if value is None:
        return None
    try:
        return duration(value)
    except ValueError as error:
        raise click.BadParameter(
            f'{value!r} is no duration with its unit, such as "60s" or "5m"', context, parameter
        ) from error


@click.command(epilog=example("counterpoise demo --for 60s --speed 3600"))
@debug_option
@click.option("--for", "lasting", metavar="DURATION", callback=_duration, help="End after this.")
@speed_option("3600")
@click.option(
    "--from",
    "start",
    default=START,
    show_default=True,
    metavar="DATE",
    help="Where in the recording to begin.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of prices between the hours.")
@click.option("--venue", default="binance", show_default=True, help="Whose protocol to speak.")
@click.option(
    "--state", type=click.Path(path_type=Path), metavar="DIR", help="Keep its files here."
)
def demo(
    lasting: Duration | None,
    state: Path | None,
    speed: Decimal,
    start: str,
    **asked: object,
) -> int:
    """
    See it work: a local exchange and the daemon on it, on recorded prices.

    Until Ctrl-C, or for as long as --for says. Play money, no key, no network: the exchange
    listens on a free port of this machine, and the daemon trades on it through HTTP as it would
    on the real one. What it did can be looked at afterwards.
    """
    config = LocalExchangeConfig(speed=speed, start=start, **asked)  # type: ignore[arg-type]
    home = demo_files.folder(state, os.environ)
    asyncio.run(_shown(config, home, lasting))
    return Exit.DONE


async def _shown(config: LocalExchangeConfig, home: Path, lasting: Duration | None) -> None:
    from counterpoise.bootstrap import assemble, run_daemon
    from counterpoise.cli.exchange import listening

    server = await listening(config, LOOPBACK, 0)
    try:
        file = demo_files.written(home, config, server.port)
        settings = load(file, Request())
        console(to_stderr=True).print(render_demo.introduction(settings, config))
        _end_in_order(lasting)
        await run_daemon(assemble(settings, CLOCK, ENTROPY))
    finally:
        await server.close()
    await _summarised(settings, file)


def _end_in_order(lasting: Duration | None) -> None:
    """Send what ends the demo to the daemon, also what comes before it is ready to hear it."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(
            number, loop.call_later, DEAF_S, signal.raise_signal, signal.SIGTERM
        )
    if lasting is not None:
        loop.call_later(lasting.seconds, signal.raise_signal, signal.SIGTERM)


async def _summarised(settings: Settings, file: Path) -> None:
    """Say what came of it, and how to look closer."""
    from counterpoise.bootstrap import open_journal

    async with open_journal(settings, CLOCK, ENTROPY) as journal:
        intents = await journal.intents(ORDERS_MAX)
        numbers = sorted({intent.cycle for intent in intents})
        records = [record for n in numbers if (record := await journal.cycle(n)) is not None]
    told = render_demo.Summary(
        intents=intents,
        records=records,
        document=read(settings.status_path),
        quote=str(settings.portfolio.quote),
    )
    console(to_stderr=True).print(Group("", render_demo.summary(told)))
    where = f"-c {shlex.quote(str(file))}"
    if intents:
        suggest(f"counterpoise explain {intents[0].client_order_id} {where}")
    suggest(f"counterpoise orders {where}" if intents else "counterpoise demo --for 60s")
