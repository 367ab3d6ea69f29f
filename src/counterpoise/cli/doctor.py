"""`counterpoise doctor`."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from counterpoise.cli import render_check
from counterpoise.cli.facts import as_json as json_of
from counterpoise.cli.failures import Exit
from counterpoise.cli.options import (
    again,
    example,
    json_option,
    looking,
    settings_of,
    settings_option,
)
from counterpoise.cli.output import show, show_json, suggest


@click.command(epilog=example("counterpoise doctor -c main.toml"))
@settings_option
@json_option
def doctor(config: Path | None, as_json: bool) -> int:
    """
    Ask the venue whether everything is fit for trading.

    Credentials, permissions (the withdrawal right is red), position mode, margin mode, leverage,
    minimums, contract size against price, clock skew, hosts; each with what to do about it.
    Reads only. Exit code 1 if anything is bad, 3 if the credentials were refused.
    """
    from counterpoise.bootstrap import examine

    with looking(settings_of(config)) as portfolio:
        findings = asyncio.run(examine(portfolio))
    bad = any(finding.level == "bad" for finding in findings)
    if as_json:
        show_json(json_of({"ok": not bad, "findings": findings}))
    else:
        show(render_check.findings_table(findings))
        suggest(again("doctor" if bad else "plan", config))
    return Exit.REMAINS if bad else Exit.DONE
