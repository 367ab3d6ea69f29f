"""The command as a person calls it, and a local exchange to call it against."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Self

import pytest

from counterpoise.cli.main import main
from counterpoise.clock import SystemClock
from counterpoise.core.units import install_context
from counterpoise.exchange.local import LocalExchange, LocalExchangeConfig, build, serve

LINES_MAX = 3
SETTINGS = """\
mode = "testnet"

[assets.BTC]
weight = 0.6
perpetual = "main:BTC/USDT:USDT"

[assets.ETH]
weight = 0.4
perpetual = "main:ETH/USDT:USDT"

[trigger]
drift = 0.02
cooldown = "0s"

[cycle]
interval = "200ms"
snapshot_age_max = "5s"

[venues.main]
exchange = "binance"
endpoint = "{endpoint}"
api_key = "local-exchange-key"
api_secret = "local-exchange-secret"

[journal]
url = "sqlite:///{journal}"
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def complaint(self) -> list[str]:
        """Return the lines of the error."""
        return self.err.splitlines()


Command = Callable[..., Answer]


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder of one's own, with a window of 120 columns and no settings around."""
    for name in list(os.environ):
        if name.startswith("COUNTERPOISE_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    install_context()


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    def call(*arguments: object) -> Answer:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Answer(code, printed.out, printed.err)

    return call


@dataclass(frozen=True, slots=True)
class Running:
    """A local exchange that listens, and settings for a daemon on it."""

    exchange: LocalExchange
    endpoint: str
    settings: Path


class ExchangeThread:
    """Serves a local exchange from a thread of its own: commands run their own event loop."""

    def __init__(self, config: LocalExchangeConfig) -> None:
        self._config = config
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._ended: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.exchange: LocalExchange
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(timeout=10)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._ended is not None
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(timeout=10)
        self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._served())

    async def _served(self) -> None:
        install_context()
        self._ended = asyncio.Event()
        self.exchange = build(self._config, SystemClock())
        server = await serve(self.exchange, "127.0.0.1", 0)
        self.port = server.port
        self._ready.set()
        await self._ended.wait()
        await server.close()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """Serve an exchange whose prices stand still: BTC and ETH are 50 to 50, and 60 to 40 wanted."""
    config = LocalExchangeConfig(speed=Decimal(0), start="2024-11-16")
    with ExchangeThread(config) as thread:
        endpoint = f"http://127.0.0.1:{thread.port}"
        settings = settings_file(tmp_path, endpoint)
        yield Running(thread.exchange, endpoint, settings)


def settings_file(folder: Path, endpoint: str, name: str = "main") -> Path:
    """Write settings for a daemon on the exchange at `endpoint`, for their owner only."""
    path = folder / f"{name}.toml"
    path.touch(mode=0o600)
    path.write_text(SETTINGS.format(endpoint=endpoint, journal=folder / "var" / f"{name}.db"))
    return path
