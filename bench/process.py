"""A whole daemon as its own process: how soon it decides, and how much memory it takes at most."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from portfolio import Setup, environment, settings_file

BENCH = Path(__file__).parent
SOURCE = BENCH.parent / "src"
COMMAND = ("-m", "counterpoise.cli.main", "run")
DECIDED = "cycle.finished"  # the first log line after a plan
RUSAGE_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes in what the system counts
IMPORT_LINE = re.compile(r"import time:\s+(\d+) \|\s+\d+ \| *(\S+)")
LIBRARIES_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """One daemon from its start to its end."""

    decided_s: float  # from spawning the process to reading the line that says so
    memory_peak_bytes: int


@contextmanager
def venue(spot: int, linear: int) -> Iterator[int]:
    """Run the venue in a process of its own, and lend its port."""
    command = (sys.executable, str(BENCH / "venue.py"), f"--spot={spot}", f"--linear={linear}")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.kill()


Series = dict[str, dict[str, list[int]]]  # by what was measured and how; nanoseconds


def measurement(module: str, setup: Setup, runs: int) -> Series:
    """Run a measurement in a process of its own, so that none warms or burdens another."""
    command = (sys.executable, str(BENCH / module), str(setup.port), str(setup.directory))
    done = subprocess.run(
        (*command, str(runs)), env=_environment(), check=True, stdout=subprocess.PIPE
    )
    found: Series = json.loads(done.stdout)
    return found


def life(setup: Setup, cycles: int) -> Life:
    """Run a daemon for some cycles."""
    command = (sys.executable, *COMMAND, "-c", str(settings_file(setup)), f"--cycles={cycles}")
    began_s = time.monotonic()
    with subprocess.Popen(
        command, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        decided_s = next(
            (time.monotonic() - began_s for line in process.stdout if DECIDED in line), None
        )
        process.stdout.read()
        said = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode or decided_s is None:
        raise RuntimeError(f"the daemon ended with {process.returncode}: {said}")
    return Life(decided_s=decided_s, memory_peak_bytes=used.ru_maxrss * RUSAGE_UNIT)


def import_times_s(setup: Setup) -> dict[str, float]:
    """Return how long a start spends in importing each library, the slowest first."""
    command = (sys.executable, "-X", "importtime", *COMMAND, "-c", str(settings_file(setup)))
    done = subprocess.run(
        (*command, "--cycles=1"), env=_environment(), check=True, capture_output=True, text=True
    )
    spent: Counter[str] = Counter()
    for line in done.stderr.splitlines():
        if found := IMPORT_LINE.match(line):
            spent[found[2].partition(".")[0]] += int(found[1])
    shown = dict(spent.most_common(LIBRARIES_SHOWN))
    rest = spent.total() - sum(shown.values())
    return {name: us / 1e6 for name, us in (shown | {"all others": rest}).items()}


def compiled() -> None:
    """Compile what is measured, as every installed copy is; the first start would pay for it."""
    subprocess.run((sys.executable, "-m", "compileall", "-q", str(SOURCE)), check=True)


def _environment() -> dict[str, str]:
    return environment() | {"PYTHONPATH": str(SOURCE)}
