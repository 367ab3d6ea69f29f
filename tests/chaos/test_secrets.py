"""Canaries for keys, in a real process: no piece of one is anywhere that anybody can read."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.chaos.cases import CONFIG
from tests.scenarios.config import API_KEY, API_SECRET, D, environ_of
from tests.scenarios.machine import ENTRY, SOURCE, Machine, machine

WHILE_UP = ("plan --json", "doctor", "explain INTENT --json")
WHILE_DOWN = ("status --json", "orders --json", "check", "doctor --json", "run --cycles 1")
ECHO = (
    f"canary {API_KEY} {quote(API_SECRET, safe='')} signature=0123456789abcdef {API_SECRET[5:19]}"
)
WORST = "PYTHONASYNCIODEBUG", "PYTHONDEVMODE", "PYTHONFAULTHANDLER"


async def say(here: Machine, command: str) -> None:
    """Run a command as a person does, and keep what it says where the oracle looks."""
    (intent,) = here.world.rows("SELECT client_order_id FROM intent LIMIT 1")[0]
    words = command.replace("INTENT", str(intent)).split()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        ENTRY,
        *words,
        "-c",
        str(here.file),
        "--debug",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=here.world.folder,
        env=environment(here),
    )
    said, _ = await process.communicate()
    assert said
    (here.world.folder / f"said by {command}.txt").write_bytes(said)


def environment(here: Machine) -> dict[str, str]:
    return {
        **environ_of(here.world.config),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(SOURCE),
        "TMPDIR": str(here.world.folder),
    }


async def all_say(here: Machine, commands: Sequence[str]) -> None:
    await asyncio.gather(*(say(here, command) for command in commands))


async def test_no_sink_of_a_process_and_no_command_shows_a_piece_of_a_secret(
    tmp_path: Path,
) -> None:
    await check_sinks(tmp_path, WHILE_UP, WHILE_DOWN)


async def check_sinks(folder: Path, up: Sequence[str], down: Sequence[str]) -> None:
    """Let a daemon meet all that echoes a secret, and commands speak meanwhile; then crash it."""
    async with machine(folder, replace(CONFIG, name="secrets")) as here:
        here.prefix = ("env", *(f"{name}=1" for name in WORST))
        process = await here.run()
        await here.until(lambda: here.world.on_target)
        await all_say(here, up)
        for name in ("GET /api/v3/account", "POST /fapi/v1/order", "GET /fapi/v1/order"):
            here.world.fault("status", name, 1, body=f'{{"code":-1,"msg":"{ECHO}"}}', status=400)
            here.world.fault("status", name, 1, body=ECHO, status=400)
            here.world.fault("timeout-after", name, 1, hold_s=0)
        before = len(here.world.orders)
        here.world.balance("BTC", D("2.4"))
        await here.until(lambda: len(here.world.orders) > before)
        await here.cable.unplug()
        await here.until(lambda: '"reason": "snapshot_incomplete"' in here.said())
        await all_say(here, down)
        await here.cable.open()
        shown = environ_shown(process.pid)
        process.send_signal(signal.SIGSEGV)
        assert await process.wait() == -signal.SIGSEGV
        assert not [file for file in here.world.folder.iterdir() if "core" in file.name]
    assert API_SECRET[:8] not in shown
    assert API_KEY[:8] not in shown


def environ_shown(pid: int) -> str:
    """Return what the system shows of a process's environment; nothing where it shows none."""
    try:
        return Path(f"/proc/{pid}/environ").read_text()
    except PermissionError:
        return ""


@pytest.mark.skipif(sys.platform != "linux", reason="what Linux offers")
async def test_a_daemon_writes_no_core_from_its_first_moment_on(tmp_path: Path) -> None:
    async with machine(tmp_path) as here:
        process = await here.run()
        await here.started()
        assert core_limits(process.pid) == ["0", "0"]


def core_limits(pid: int) -> list[str]:
    """Return the soft and the hard limit of a process's core file."""
    lines = Path(f"/proc/{pid}/limits").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith("Max core file size"))
    return line.split()[4:6]
