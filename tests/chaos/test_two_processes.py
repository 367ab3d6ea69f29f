"""The exchange is a process too: stopped for a while, then gone; the daemon stays, and says so."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
import time
import urllib.request
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from counterpoise.config import Settings
from counterpoise.exchange.local import LocalExchangeConfig
from counterpoise.status import StatusDocument, read
from tests.chaos.cases import CONFIG
from tests.scenarios import record
from tests.scenarios.config import settings_of
from tests.scenarios.machine import ENTRY, PATIENCE_S, SOURCE, ended

KEYS = LocalExchangeConfig()
SHORT_S = 5.0


@dataclass(frozen=True, slots=True)
class Pair:
    """An exchange and a daemon."""

    exchange: Process
    daemon: Process
    settings: Settings
    port: int

    async def ask(self, path: str, **body: object) -> Any:  # noqa: ANN401 - JSON
        """Ask the exchange's own controls, as a person does with curl."""
        return await asyncio.to_thread(_asked, f"http://127.0.0.1:{self.port}/{path}", body)

    async def position(self) -> str:
        """Return the position as the exchange has it."""
        rows = (await self.ask("_exchange/state"))["positions"]
        return next((str(row["quantity"]) for row in rows if row["symbol"] == "BTCUSDT"), "0")

    @property
    def status(self) -> StatusDocument | None:
        """Return the daemon's status document."""
        return read(self.settings.status_path)

    def orders(self) -> list[str]:
        """Return the state of every order in the journal's file."""
        file = self.settings.state_dir / "journal.db"
        return [str(state) for (state,) in record.rows(file, "SELECT state FROM intent")]


def _asked(address: str, body: dict[str, object]) -> object:
    data = json.dumps(body).encode() if body else None
    with urllib.request.urlopen(address, data, timeout=SHORT_S) as answer:  # noqa: S310 - loopback
        return json.load(answer)


async def until(wanted: Callable[[], bool]) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while not wanted():
        assert time.monotonic() < end_s
        await asyncio.sleep(0.05)


async def process(folder: Path, *words: str) -> Process:
    with (folder / f"{words[0]}.log").open("wb") as out:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            ENTRY,
            *words,
            stdout=out,
            stderr=out,
            cwd=folder,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(SOURCE),
                "TMPDIR": str(folder),
                "COUNTERPOISE_VENUES__MAIN__API_KEY": KEYS.api_key,
                "COUNTERPOISE_VENUES__MAIN__API_SECRET": KEYS.api_secret,
            },
        )


@asynccontextmanager
async def pair(folder: Path) -> AsyncIterator[Pair]:
    """Lend an exchange and a daemon, each a process; afterwards both are gone."""
    started: list[Process] = []
    try:
        started.append(await process(folder, "exchange", "--port", "0", "--speed", "0"))
        log = folder / "exchange.log"
        await until(lambda: "on http://" in log.read_text())
        found = re.search(r"on http://127\.0\.0\.1:(\d+)", log.read_text())
        assert found is not None
        port = int(found[1])
        lines = f'endpoint = "http://127.0.0.1:{port}"'
        settings = settings_of(folder, replace(CONFIG, venue_lines=lines))
        started.append(await process(folder, "run", "-c", str(settings.source)))
        yield Pair(started[0], started[1], settings, port)
    finally:
        await ended(started)


async def test_an_exchange_that_stops_and_one_that_is_gone(tmp_path: Path) -> None:
    async with pair(tmp_path) as two:
        await until(lambda: two.orders() == ["filled"])
        hedge = await two.position()
        await two.ask("_exchange/balance", asset="BTC", quantity="3")
        two.exchange.send_signal(signal.SIGSTOP)
        before = two.orders()
        await asyncio.sleep(4)
        two.exchange.send_signal(signal.SIGCONT)
        await until(lambda: len(two.orders()) > 1 and "sent" not in two.orders())
        await until(lambda: two.status is not None and two.status.healthy)
        assert two.orders()[: len(before)] == before
        assert set(two.orders()) == {"filled"}
        assert await two.position() != hedge
        rows = (await two.ask("_exchange/requests?limit=10000"))["requests"]
        sent = [row for row in rows if (row["method"], row["path"]) == ("POST", "/fapi/v1/order")]
        assert len(sent) == len(two.orders())
        two.exchange.kill()
        await two.exchange.wait()
        log = tmp_path / "run.log"
        await until(lambda: '"reason": "snapshot_incomplete"' in log.read_text())
        known = two.orders()
        await asyncio.sleep(2)
        assert two.orders() == known
        assert two.daemon.returncode is None
        two.daemon.terminate()
        assert await two.daemon.wait() == 0
