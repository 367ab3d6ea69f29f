"""`counterpoise exchange`."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import click

from counterpoise.cli.failures import Exit
from counterpoise.cli.options import CLOCK, debug_option, example, speed_option
from counterpoise.cli.output import note, show
from counterpoise.errors import SettingsError
from counterpoise.exchange.local import LocalExchangeConfig, Server, build, serve

PORT = 8089
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@click.command(epilog=example("counterpoise exchange --port 8089 --speed 3600"))
@debug_option
@click.option("--venue", default="binance", show_default=True, help="Whose protocol it speaks.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(0, 65535))
@speed_option("1")
@click.option("--seed", type=int, default=0, show_default=True, help="Of prices between the hours.")
@click.option("--from", "start", metavar="DATE", help="Where in the recording to begin.")
@click.option("--api-key", metavar="KEY", help="Instead of its own.")
@click.option("--api-secret-file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--control-token-file", type=click.Path(path_type=Path), metavar="FILE")
@click.option(
    "--control-token", envvar="COUNTERPOISE_CONTROL_TOKEN", metavar="TOKEN",
    help="Open /_exchange/ to who sends it, from anywhere.",
)  # fmt: skip
def exchange(
    host: str,
    port: int,
    api_secret_file: Path | None,
    control_token_file: Path | None,
    control_token: str | None,
    **asked: object,
) -> int:
    """
    Run the local exchange alone: recorded prices, play money, a real venue's protocol.

    Until SIGINT or SIGTERM. Its controls are under /_exchange/, from this machine only unless a
    control token is given.
    """
    given = {key: value for key, value in asked.items() if value is not None}
    if api_secret_file is not None:
        given["api_secret"] = _first_line(api_secret_file)
    if control_token_file is not None:
        control_token = _first_line(control_token_file)
    config = LocalExchangeConfig(**given, control_token=control_token)  # type: ignore[arg-type]
    asyncio.run(_served(config, host, port))
    return Exit.DONE


def _first_line(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{file} cannot be read", hint=f"ls -l {file}", detail=str(error)
        ) from error


async def _served(config: LocalExchangeConfig, host: str, port: int) -> None:
    server = await listening(config, host, port)
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    show(_introduction(config, host, server.port))
    sys.stdout.flush()  # it runs on for long, and a pipe or a file would see this only at its end
    note("Ctrl-C ends it.")
    try:
        await ended.wait()
    finally:
        await server.close()


async def listening(config: LocalExchangeConfig, host: str, port: int) -> Server:
    """Start an exchange. Raises SettingsError where it cannot be, or the port is taken."""
    try:
        return await serve(build(config, CLOCK), host, port)
    except OSError as error:
        raise SettingsError(
            f"--port {port} on {host} cannot be listened on: it is taken, or not ours to take",
            hint=f"counterpoise exchange --port 0 takes any free one; ss -ltnp 'sport = :{port}' "
            "shows who has it",
            detail=str(error),
        ) from error


def _introduction(config: LocalExchangeConfig, host: str, port: int) -> str:
    given = config.api_secret != LocalExchangeConfig(venue=config.venue).api_secret
    _, secret, *_ = config.sign_in
    hidden = {secret: "(as given)"} if given else {}
    shown = host if host in LOOPBACK else "HOST"
    return "\n".join(
        (
            f"local exchange, {config.venue}'s protocol, on http://{host}:{port}",
            f"recorded prices, {config.speed} recorded seconds in one, seed {config.seed}",
            "",
            "settings for a daemon on it:",
            '  mode = "testnet"',
            "  [venues.main]",
            f'  exchange = "{config.venue}"',
            f'  endpoint = "http://{shown}:{port}"',
            "and in its environment:",
            *(
                f"  export COUNTERPOISE_VENUES__MAIN__{name.upper()}={value}"
                for name, value in {**config.sign_in, **hidden}.items()
            ),
            "",
            f"state: curl http://{shown}:{port}/_exchange/state",
        )
    )
