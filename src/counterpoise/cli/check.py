"""`counterpoise check`."""

from __future__ import annotations

from pathlib import Path

import click

from counterpoise.cli import render_check
from counterpoise.cli.facts import as_json as json_of
from counterpoise.cli.failures import Exit
from counterpoise.cli.options import again, example, json_option, settings_of, settings_option
from counterpoise.cli.output import note, show, show_json, suggest
from counterpoise.config import SettingsProblems


@click.command(epilog=example("counterpoise check -c main.toml"))
@settings_option
@json_option
def check(config: Path | None, as_json: bool) -> int:
    """
    Check the settings offline, and show the effective ones.

    Each with where it came from: the file and line, the environment, a secret file, or the
    default. Secrets are masked. Nothing is opened and nobody is asked.
    """
    try:
        settings = settings_of(config)
    except SettingsProblems as error:
        if not as_json:
            raise
        show_json(json_of({"ok": False, "problems": error.problems}))
        return Exit.USAGE
    if as_json:
        told = render_check.settings_facts(settings.told())
        show_json(json_of({"ok": True, "digest": settings.digest, "settings": told}))
        return Exit.DONE
    show(render_check.settings_table(settings.told()))
    if variables := settings.secret_variables:
        note(f"from the environment: {', '.join(variables)}. A file is safer: see docs/settings.md")
    note(
        f"{settings.portfolio_name}: settings {settings.digest} are fine, as far as they can tell."
    )
    suggest(again("doctor", config), again("plan", config))
    return Exit.DONE
