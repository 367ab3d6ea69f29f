"""`counterpoise status`."""

from __future__ import annotations

from pathlib import Path

import click

from counterpoise.cli import render_status
from counterpoise.cli.facts import as_json as json_of
from counterpoise.cli.failures import Exit
from counterpoise.cli.options import (
    CLOCK,
    again,
    example,
    json_option,
    settings_of,
    settings_option,
)
from counterpoise.cli.output import console, note, show, show_json, suggest
from counterpoise.config import Settings
from counterpoise.errors import CounterpoiseError
from counterpoise.status import STOPPED, StatusDocument, read

HALTED = "halt"


@click.command(epilog=example("counterpoise status -c main.toml"))
@settings_option
@json_option
def status(config: Path | None, as_json: bool) -> int:
    """
    Show how the running daemon does: mode, state, last cycle, drift, orders, alerts.

    Exit code 0 running and healthy, 1 unhealthy or not running, 4 halted.
    """
    settings = settings_of(config, secrets=False)
    document, now_ms = document_of(settings, config), CLOCK.wall_ms()
    halted = document.state == HALTED or settings.halt_path.exists()
    if as_json:
        show_json(json_of(render_status.facts(document, now_ms)))
    else:
        show(render_status.rendered(document, now_ms, console().width))
        if halted and document.state != HALTED:
            note(f"{settings.halt_path} halts it: no order until resumed, whether it runs or not")
        suggest(*_next(document, now_ms, config, halted=halted))
    return Exit.HALTED if halted else exit_of(document, now_ms)


def exit_of(document: StatusDocument, now_ms: int) -> Exit:
    """Return what the state of the daemon is to scripts."""
    if document.state == HALTED:
        return Exit.HALTED
    well = document.healthy and not document.stale(now_ms)
    return Exit.DONE if well else Exit.REMAINS


def document_of(settings: Settings, config: Path | None) -> StatusDocument:
    """Return the daemon's own document. Raises CounterpoiseError where there is none to read."""
    path = settings.status_path
    try:
        document = read(path)
    except (OSError, ValueError) as error:
        raise CounterpoiseError(
            f"{path} cannot be read as a status document",
            hint=f"{again('run', config)} writes it anew",
            detail=str(error),
        ) from error
    if document is None:
        raise CounterpoiseError(
            f"no daemon has run here: there is no {path}",
            hint=f"{again('run', config)}, from this folder: {Path.cwd()}",
        )
    return document


def _next(
    document: StatusDocument, now_ms: int, config: Path | None, *, halted: bool
) -> tuple[str, ...]:
    if halted:
        return (again("resume --reason WHY", config),)
    if document.stale(now_ms) or document.state == STOPPED:
        return (again("run", config),)
    if document.state != "run":
        return (again("resume --reason WHY", config),)
    last = next((asset.correction for asset in document.assets if asset.correction), "")
    return again(f"explain {last}" if last else "plan", config), again("orders", config)
