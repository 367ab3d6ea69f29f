"""The command `counterpoise`: finds the subcommand, and turns every failure into words."""

from __future__ import annotations

import errno
import importlib
import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

import click

from counterpoise import __version__
from counterpoise.core.units import install_context
from counterpoise.errors import CounterpoiseError
from counterpoise.hardening import harden
from counterpoise.startup import kept

COMMANDS = {  # name: (module, help); imported only when it is called
    "run": ("run", "Run the daemon, until SIGINT or SIGTERM."),
    "demo": ("demo", "See it work: a local exchange and the daemon on it, on recorded prices."),
    "plan": ("plan", "Show what would be done now, and why. Sends nothing."),
    "check": ("check", "Check the settings offline, and show the effective ones."),
    "doctor": ("doctor", "Ask the venue whether everything is fit for trading."),
    "status": ("status", "Show how the running daemon does."),
    "orders": ("orders", "List what was ordered and what became of it."),
    "explain": ("explain", "Explain one order: why, on what, within which limits."),
    "pause": ("operate", "Stop ordering until resumed."),
    "resume": ("operate", "Order again, after a pause, a halt or a hold that needs a person."),
    "halt": ("operate", "Stop ordering at once, latched, even without the journal."),
    "flatten": ("flatten", "Close the positions of the configured perpetuals, then pause."),
    "alert-test": ("alert_test", "Send a test to every webhook, and say what came back."),
    "exchange": ("exchange", "Run the local exchange alone."),
}
HELP = {"help_option_names": ["-h", "--help"]}


class LazyGroup(click.Group):
    """Knows its commands by name and imports only the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names, in the order in which one meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        with kept():
            module = importlib.import_module(f"counterpoise.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command, or say which one was most likely meant."""
        if self.get_command(ctx, args[0]) is None:
            close = get_close_matches(args[0], COMMANDS, n=1)
            meant = f"did you mean {close[0]}?" if close else f"one of {', '.join(COMMANDS)}"
            ctx.fail(f"{args[0]!r} is no command; {meant}")
        return super().resolve_command(ctx, args)

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        formatter: click.HelpFormatter,
    ) -> None:
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    context_settings=HELP,
    epilog="First: counterpoise demo. Then: counterpoise check, doctor, plan, run.",
)
@click.version_option(__version__, "--version", message="%(prog)s %(version)s")
@click.option("-c", "--config", type=click.Path(path_type=Path), metavar="FILE", hidden=True)
@click.option("--debug", is_flag=True, expose_value=False, hidden=True)
@click.pass_context
def cli(context: click.Context, config: Path | None) -> None:
    """Keep a crypto portfolio where its owner wants it, by trading perpetuals only."""
    context.obj = config


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    install_context()
    if arguments is None:  # a process of our own, not one that has called us
        harden()
    _open_streams()
    try:
        return _called(given)
    except BrokenPipeError:  # whoever read us has had enough
        _drop_stdout()
        return 0
    except Exception as error:  # noqa: BLE001 - the one place that speaks for every failure
        return _failed(error, debug="--debug" in given)


def _open_streams() -> None:
    """Give a process that was started with stdout or stderr closed somewhere to write to."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115


def _drop_stdout() -> None:
    """Lead stdout nowhere, so that what it still has to say cannot fail a second time."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _called(given: list[str]) -> int:
    try:
        code = cli.main(given, prog_name="counterpoise", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as ended:
        code = ended.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 130
    except OSError as error:
        if error.errno != errno.ENOSPC or error.filename is not None:
            raise
        _drop_stdout()
        raise CounterpoiseError(
            "the answer could not be written to where stdout leads", detail=str(error)
        ) from error
    return code if isinstance(code, int) else 0


def _failed(error: Exception, *, debug: bool) -> int:
    from counterpoise.cli.failures import Exit, bug, exit_code, explained
    from counterpoise.cli.output import complain

    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return Exit.USAGE
    if isinstance(error, click.ClickException):
        context = getattr(error, "ctx", None)
        path = context.command_path if context else "counterpoise"
        complain([error.format_message(), f"next: {path} --help"])
        return Exit.USAGE
    if debug:
        _traceback(error)
    if isinstance(error, CounterpoiseError):
        explained(error)
        return exit_code(error)
    bug(error)
    return Exit.REMAINS


def _traceback(error: Exception) -> None:
    import traceback

    from counterpoise.cli.hiding import hidden
    from counterpoise.redaction import redactor

    text = hidden("".join(traceback.format_exception(error)))
    sys.stderr.write(redactor(())(text))  # it may tell of what we never knew: a signature


if __name__ == "__main__":
    sys.exit(main())
