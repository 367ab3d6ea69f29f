"""What the commands have in common: the settings file, JSON, debugging."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from counterpoise.cli.hiding import hide
from counterpoise.clock import SystemClock, SystemEntropy
from counterpoise.config import Request, Settings, load, located
from counterpoise.core.units import exact
from counterpoise.hardening import forget

if TYPE_CHECKING:  # it takes a second to import, and most commands do without
    from counterpoise.bootstrap import Portfolio

Command = TypeVar("Command", bound=Callable[..., Any])

CLOCK = SystemClock()
ENTROPY = SystemEntropy()


def debug_option(command: Command) -> Command:
    """Add `--debug`, which `main` looks for by itself."""
    option = click.option("--debug", is_flag=True, expose_value=False, help="Show tracebacks.")
    return option(command)


def settings_option(command: Command) -> Command:
    """Add `-c FILE` and `--debug`; the command gets `config`."""
    option = click.option(
        "-c",
        "--config",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Settings file. Default: $COUNTERPOISE_CONFIG, ./counterpoise.toml, "
        "/etc/counterpoise/counterpoise.toml.",
    )
    return debug_option(option(command))


def json_option(command: Command) -> Command:
    """Add `--json`; the command gets `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def speed_option(default: str) -> Callable[[Command], Command]:
    """Add `--speed`; the command gets `speed`, as an exact number."""
    return click.option(
        "--speed",
        default=default,
        show_default=True,
        callback=_number,
        metavar="N",
        help="Recorded seconds in one.",
    )


def _number(context: click.Context, parameter: click.Parameter, value: str) -> Decimal:
    try:
        return exact(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is not a number", context, parameter) from error


def example(*lines: str) -> str:
    """Return the end of a command's help."""
    return "\b\n" + "\n".join(("Example:", *(f"  {line}" for line in lines)))


def settings_of(config: Path | None, *, secrets: bool = True) -> Settings:
    """
    Return the settings, from the file that is meant.

    Without `secrets` those of venues are not even read: most commands never sign in. Those that
    were in the environment are taken out of it. Raises SettingsProblems.
    """
    path = located(config or _named_before(), os.environ)
    settings = load(path, Request(environ=os.environ, secrets=secrets))
    hide(settings.secrets)
    forget(settings.secret_variables)
    return settings


def _named_before() -> Path | None:
    """Return the file named before the command: `counterpoise -c FILE status`."""
    found = click.get_current_context().find_root().obj
    return found if isinstance(found, Path) else None


@contextmanager
def looking(settings: Settings) -> Iterator[Portfolio]:
    """Assemble a portfolio for a look, whose log would only disturb: errors alone, on stderr."""
    from counterpoise.bootstrap import assemble
    from counterpoise.logs import process_routed

    portfolio = assemble(settings, CLOCK, ENTROPY, stream=sys.stderr)
    with process_routed(replace(portfolio.log_setup, level="error")):
        yield portfolio


def again(command: str, config: Path | None) -> str:
    """Return a command to be typed next, on the same settings file."""
    config = config or _named_before()
    return f"counterpoise {command}" + (f" -c {shlex.quote(str(config))}" if config else "")
