"""`counterpoise pause`, `resume` and `halt`."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from counterpoise.cli.failures import Exit
from counterpoise.cli.options import again, example, settings_of, settings_option
from counterpoise.cli.output import note, show, suggest
from counterpoise.cli.person import (
    REASON,
    Word,
    checked_asset,
    daemon_of,
    patience_s,
    told,
    write_halt_file,
)
from counterpoise.config import Settings
from counterpoise.core.state import Command
from counterpoise.errors import CounterpoiseError, JournalError

reason_option = click.option(
    "--reason", default=REASON, metavar="TEXT", help="Why, for the record."
)
DONE = {
    Command.PAUSE: "paused: no order until resumed; cycles and alerts go on",
    Command.RESUME: "resumed",
    Command.HALT: "halted: no order until resumed, through restarts too",
}


@click.command(epilog=example('counterpoise pause --reason "exchange maintenance"'))
@settings_option
@reason_option
def pause(config: Path | None, reason: str) -> int:
    """Stop ordering until resumed. The daemon goes on looking and warning."""
    return _commanded(config, Word(command=Command.PAUSE, reason=reason))


@click.command(
    epilog=example(
        'counterpoise resume --reason "looked into it"',
        'counterpoise resume --asset BTC --reason "I sold those by hand"',
    )
)
@settings_option
@reason_option
@click.option("--asset", metavar="ASSET", help="Take what is seen of this asset as true.")
def resume(config: Path | None, reason: str, asset: str | None) -> int:
    """
    Order again, after a pause or a halt; or, with --asset, believe what is seen of that asset.

    Without --asset nothing that holds for want of proof is believed. With it, the account stays
    as it is: a pause or a halt is not lifted.
    """
    chosen = checked_asset(settings_of(config, secrets=False), asset)
    return _commanded(config, Word(command=Command.RESUME, reason=reason, asset=chosen))


@click.command(epilog=example('counterpoise halt --reason "something is wrong"'))
@settings_option
@reason_option
def halt(config: Path | None, reason: str) -> int:
    """
    Stop ordering at once, latched, even without the journal.

    A file beside the journal halts the daemon before its next order, whether or not the journal
    can be written. `kill -USR1 PID` does the same.
    """
    settings = settings_of(config, secrets=False)
    try:
        write_halt_file(settings.halt_path, reason)
    except OSError as error:
        daemon = daemon_of(settings)
        raise CounterpoiseError(
            f"{settings.halt_path} cannot be written, so nothing is halted yet",
            hint=f"kill -USR1 {daemon.pid if daemon else 'PID'}",
            detail=str(error),
        ) from error
    note(f"halt file {settings.halt_path} written: no further order")
    try:
        return _commanded(config, Word(command=Command.HALT, reason=reason))
    except JournalError as error:
        note(f"the journal does not have it ({error}); the file does, and that is enough")
        suggest(again("status", config))
        return Exit.DONE


def _commanded(config: Path | None, word: Word) -> int:
    settings = settings_of(config, secrets=False)
    done = asyncio.run(told(settings, word))
    show(_outcome(settings, word, done))
    resumable = word.command is not Command.RESUME and done is not False
    suggest(again("status", config), *((again("resume", config),) if resumable else ()))
    return Exit.REMAINS if done is False else Exit.DONE


def _outcome(settings: Settings, word: Word, done: bool | None) -> str:
    name = settings.portfolio_name
    if done is None:
        return f"{name}: recorded. No daemon runs; the next one obeys it before anything else."
    if not done:
        waited = f"{patience_s(settings):.0f} s"
        return f"{name}: recorded, but not obeyed within {waited}. The daemon may hang."
    asset = f" for {word.asset}" if word.asset else ""
    return f"{name}: {DONE[word.command]}{asset}."
