"""Which lines each run of the battery reaches, and what it costs: measured once, in a child."""

from __future__ import annotations

import os
import pickle
import select
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import TypeVar

from simulation.scripts import Script
from simulation.sweeping.graft import SOURCE

T = TypeVar("T")
CHUNK = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """One run of the battery, as it is while no rule is missing."""

    trial: str
    cpu_s: float
    lines: frozenset[tuple[str, int]]
    said: tuple[str, ...]  # violations: there are to be none


def in_child(work: Callable[[], T], within_s: float) -> T | None:
    """Return what a forked child made of it, or None where it took too long or died."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        _serve(work, writer)
    os.close(writer)
    try:
        return _answer(reader, time.monotonic() + within_s)
    finally:
        os.close(reader)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _serve(work: Callable[[], T], writer: int) -> None:
    """Work, answer, and end on the spot."""
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    try:
        with os.fdopen(writer, "wb") as pipe:
            pickle.dump(work(), pipe)
    finally:
        os._exit(0)


def _answer(reader: int, end_s: float) -> T | None:
    found = b""
    while True:
        ready, _, _ = select.select([reader], [], [], max(0.0, end_s - time.monotonic()))
        if not ready:
            return None
        chunk = os.read(reader, CHUNK)
        if not chunk:
            break
        found += chunk
    try:
        answer: T = pickle.loads(found)  # noqa: S301 - from our own child
    except (EOFError, pickle.UnpicklingError):
        return None
    return answer


def reach(name: str, run: Script) -> Reach:
    """Run once for the cost, and once more for the lines."""
    began_s = time.process_time()
    said = tuple(str(one) for one in run())
    cpu_s = time.process_time() - began_s
    lines: set[tuple[str, int]] = set()
    root = str(SOURCE)

    def line(frame: FrameType, event: str, _: object) -> object:
        if event == "line":
            lines.add((frame.f_code.co_filename, frame.f_lineno))
        return line

    def call(frame: FrameType, _event: str, _: object) -> object:
        return line if frame.f_code.co_filename.startswith(root) else None

    sys.settrace(call)  # type: ignore[arg-type]
    try:
        run()
    finally:
        sys.settrace(None)
    return Reach(trial=name, cpu_s=cpu_s, lines=frozenset(lines), said=said)
