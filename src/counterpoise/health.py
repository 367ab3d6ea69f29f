"""
Say whether the daemon's cycles go on: `python -m counterpoise.health [STATUS FILE]`.

A container engine runs this every few seconds, so it reads one small file that each cycle writes
anew, and imports neither ccxt nor anything else that takes time or memory.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from counterpoise.clock import SystemClock

STATUS_FILE_VARIABLE = "COUNTERPOISE_STATUS"
STATUS_FOLDER = Path("/var/lib/counterpoise")
STATUS_PATTERNS = ("*.status.json", "var/*.status.json")  # the latter for a relative journal.url

AGE_MAX_MS = 30_000  # at least, however short the interval
AGE_INTERVALS = 3
MS_PER_S = 1000


def status_file(arguments: Sequence[str], environment: Mapping[str, str]) -> Path | None:
    """Return the file that was named, else the newest one of the container's folder."""
    if arguments:
        return Path(arguments[0])
    if named := environment.get(STATUS_FILE_VARIABLE):
        return Path(named)
    found = (path for pattern in STATUS_PATTERNS for path in STATUS_FOLDER.glob(pattern))
    return max(found, key=lambda path: path.stat().st_mtime_ns, default=None)


def complaint(text: str, now_ms: int) -> str:
    """
    Return what is wrong with the daemon that wrote `text`, or nothing.

    A file from the future is as bad as an old one: after the clock was set back it would look
    fresh for as long as the step was wide.
    """
    try:
        status = json.loads(text)
        age_ms = now_ms - int(status["written_at_ms"])
        age_max_ms = max(
            AGE_MAX_MS, int(AGE_INTERVALS * MS_PER_S * float(status["cycle_interval_s"]))
        )
        state, healthy = str(status["state"]), status["healthy"]
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        return f"the status file makes no sense: {type(error).__name__}: {error}"
    if abs(age_ms) > age_max_ms:
        age_s, when = abs(age_ms) // MS_PER_S, "ago" if age_ms > 0 else "from now"
        return f"the last cycle ended {age_s} s {when}, allowed are {age_max_ms // MS_PER_S} s"
    return "" if healthy is True else f"the daemon says of itself: {state}"


def main(arguments: Sequence[str], environment: Mapping[str, str], now_ms: int) -> int:
    """Return 0 if cycles go on, else 1 with one line on stderr that says why they do not."""
    try:
        path = status_file(arguments, environment)
        wrong = complaint(path.read_text("utf-8"), now_ms) if path else "no cycle has ended yet"
    except OSError as error:
        wrong = f"cannot read {error.filename}: {error.strerror}"
    except UnicodeDecodeError as error:
        wrong = f"the status file is not text: {error.reason}"
    if wrong:
        sys.stderr.write(f"unhealthy: {wrong}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ, SystemClock().wall_ms()))
