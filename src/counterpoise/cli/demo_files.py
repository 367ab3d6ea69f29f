"""Where the demo keeps its settings and its journal, so that both can be looked at afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from counterpoise.errors import JournalError, SettingsError
from counterpoise.exchange.local import LocalExchangeConfig
from counterpoise.journal.location import lock_path
from counterpoise.journal.lock import held_by

NAME = "demo"
FOLDER_MODE = 0o700
FILE_MODE = 0o600
SETTINGS = """\
# Written by `counterpoise demo`: the settings it runs with. The keys are play keys.
mode = "testnet"

[portfolio]
quote = "{dollar}"
exposure = 1.0

[assets.BTC]
weight = 0.5
perpetual = "main:BTC/{dollar}:{dollar}"

[assets.ETH]
weight = 0.3
perpetual = "main:ETH/{dollar}:{dollar}"

[assets.XRP]
weight = 0.2
perpetual = "main:XRP/{dollar}:{dollar}"

[trigger]
drift = 0.015
cooldown = "2s"
return_to = 0.6

[limits]
order_notional_max = 25000
position_notional_max = 250000
turnover_day_max = 5000000
orders_per_minute_max = 60
leverage_max = 3.0
price_collar = 0.01
spread_max = 0.01

[cycle]
interval = "1s"
snapshot_age_max = "5s"

[venues.main]
exchange = "{exchange}"
endpoint = "http://127.0.0.1:{port}"
{keys}

[journal]
url = "sqlite:///{journal}"
"""


def folder(named: Path | None, environ: Mapping[str, str]) -> Path:
    """
    Return a folder for a fresh demo: the named one, else that of the last demo, emptied of it.

    Where the last one still runs, or nothing can be written, it is a temporary one. Raises
    SettingsError where that is so of the named one.
    """
    if named is not None:
        return _ready(named)
    home = Path(environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    try:
        return _ready(home / "counterpoise" / NAME)
    except SettingsError:
        return _ready(Path(tempfile.mkdtemp(prefix="counterpoise-demo-")))


def _ready(home: Path) -> Path:
    try:
        home.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        running = held_by(lock_path(home / f"{NAME}.db"))
        if running is None:
            return _emptied(home)
    except (OSError, JournalError) as error:
        raise SettingsError(
            f"nothing can be written in {home}",
            hint="counterpoise demo --state DIR, with a folder of your own",
            detail=str(error),
        ) from error
    raise SettingsError(
        f"a demo still runs in {home}: process {running.pid}",
        hint="end it with Ctrl-C, or give this one another folder: counterpoise demo --state DIR",
    )


def _emptied(home: Path) -> Path:
    for file in home.glob(f"{NAME}.*"):
        file.unlink()
    (home / f"{NAME}.toml").touch(mode=FILE_MODE)  # says at once whether anything can be written
    return home


def written(home: Path, config: LocalExchangeConfig, port: int) -> Path:
    """Write the demo's settings, for its owner only, and return the file."""
    file = home / f"{NAME}.toml"
    keys = (f'{name} = "{value}"' for name, value in config.sign_in.items())
    file.write_text(
        SETTINGS.format(
            exchange=config.venue,
            port=port,
            dollar=config.dollar,
            keys="\n".join(keys),
            journal=home / f"{NAME}.db",
        ),
        encoding="utf-8",
    )
    return file
