"""`counterpoise alert-test`."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from counterpoise.cli import render_check
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
from counterpoise.cli.output import show, show_json, suggest
from counterpoise.core.notice import Severity


@click.command(
    epilog=example("counterpoise alert-test -c main.toml", "counterpoise alert-test --page")
)
@settings_option
@json_option
@click.option("--page", is_flag=True, help="Send it as one that wakes somebody.")
def alert_test(config: Path | None, as_json: bool, page: bool) -> int:
    """
    Send a test to every webhook and the heartbeat, and say what came back.

    Once each, without the daemon and without a second try. Exit code 1 if anything did not arrive.
    """
    from counterpoise.bootstrap import try_alerts

    severity = Severity.PAGE if page else Severity.INFO
    findings = asyncio.run(try_alerts(settings_of(config), CLOCK, ENTROPY, severity))
    bad = any(finding.level == "bad" for finding in findings)
    if as_json:
        show_json(json_of({"ok": not bad, "findings": findings}))
    else:
        show(render_check.findings_table(findings))
        suggest(again("alert-test" if bad else "run", config))
    return Exit.REMAINS if bad else Exit.DONE
