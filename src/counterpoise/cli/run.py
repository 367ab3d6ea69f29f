"""`counterpoise run`."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from counterpoise.cli.options import (
    CLOCK,
    ENTROPY,
    again,
    example,
    settings_of,
    settings_option,
)
from counterpoise.config import Settings
from counterpoise.errors import JournalError, SettingsError
from counterpoise.startup import kept


@click.command(epilog=example("counterpoise run -c main.toml"))
@settings_option
@click.option("--cycles", type=click.IntRange(1), metavar="N", help="End after N cycles.")
def run(config: Path | None, cycles: int | None) -> int:
    """
    Run the daemon, until SIGINT or SIGTERM.

    It ends with the order in flight settled or left journaled. SIGUSR1 halts it. Exit code 3 if
    the venue refused the credentials, 4 if it ended halted, 5 if another daemon holds this
    journal or account.
    """
    settings = settings_of(config)
    _check_place(settings)
    with kept():
        from counterpoise.bootstrap import assemble, run_daemon

        portfolio = assemble(settings, CLOCK, ENTROPY)
    code = asyncio.run(run_daemon(portfolio, cycles))
    from counterpoise.cli.output import suggest  # rich: not before there is something to say

    suggest(again("status", config), again("orders", config))
    return code


def _check_place(settings: Settings) -> None:
    """Raise SettingsError, so that nothing starts it again and again, where no journal can be."""
    from counterpoise.journal.location import (
        check_directory,
        check_file,
        journal_path,
        make_directory,
    )

    path = journal_path(settings.journal.url.get_secret_value())
    if path is None:
        return
    try:
        make_directory(path.parent)
        check_directory(path.parent)
        if path.exists():
            check_file(path)
    except JournalError as error:
        raise SettingsError(
            f"journal.url: {error}", hint=error.hint, detail=error.detail
        ) from error
