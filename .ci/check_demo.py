"""
Check the log of a demo run, read from stdin as it is written.

It must be JSON throughout, show a rebalance whose every order settled, and end inside the band, or
within three reported cycles of it: a cycle that corrects reports the drift that it found, not what
it left. Nothing in it may be an error. Exits 1 with one line for each thing that is wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

KEYS = frozenset({"ts", "level", "event", "portfolio", "mode"})
NEEDED = ("daemon.started", "rebalance.triggered", "order.sent", "order.settled", "cycle.finished")
ALARMS = frozenset({"error", "critical"})


@dataclass(slots=True)
class Seen:
    """What the log has shown so far."""

    events: Counter[str] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)
    settled: Counter[str] = field(default_factory=Counter)
    settled_after_s: float | None = None
    last: deque[bool] = field(default_factory=lambda: deque(maxlen=3))  # in band, by cycle
    wrong: list[str] = field(default_factory=list)


def parsed(line: str, wrong: list[str]) -> dict[str, Any]:
    """Return one log line, or nothing and a complaint."""
    try:
        entry = json.loads(line)
    except ValueError:
        wrong.append(f"not JSON: {line.rstrip()[:200]}")
        return {}
    if missing := KEYS - set(entry):
        wrong.append(f"without {', '.join(sorted(missing))}: {line.rstrip()[:200]}")
        return {}
    return dict(entry)


def note(seen: Seen, entry: dict[str, Any], after_s: float) -> None:
    """Add one log line to what was seen."""
    event = str(entry["event"])
    seen.events[event] += 1
    if entry["level"] in ALARMS:
        seen.wrong.append(f"{entry['level']}: {json.dumps(entry)[:400]}")
    match event:
        case "order.sent":
            seen.sent[str(entry.get("intent"))] += 1
        case "order.settled":
            seen.settled[str(entry.get("intent"))] += 1
            seen.settled_after_s = seen.settled_after_s or after_s
        case "cycle.finished":
            seen.last.append(entry.get("in_band") is True)


def verdict(seen: Seen, settled_max_s: float) -> list[str]:
    """Return all that is wrong with the run."""
    wrong = list(seen.wrong)
    wrong += [f"no {event}" for event in NEEDED if not seen.events[event]]
    wrong += [f"{intent} was sent {n} times" for intent, n in seen.sent.items() if n != 1]
    wrong += [f"{intent} was never settled" for intent in seen.sent if not seen.settled[intent]]
    if seen.settled_after_s is not None and seen.settled_after_s > settled_max_s:
        wrong.append(
            f"first order settled after {seen.settled_after_s:.1f} s, {settled_max_s} allowed"
        )
    if not any(seen.last):
        wrong.append("none of the last cycles was inside the band")
    return wrong


def main() -> int:
    """Read the log to its end and say what it showed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settled-max-s", type=float, required=True)
    settled_max_s: float = parser.parse_args().settled_max_s
    started, seen = time.monotonic(), Seen()
    for line in sys.stdin:
        if entry := parsed(line, seen.wrong):
            note(seen, entry, time.monotonic() - started)
    wrong = verdict(seen, settled_max_s)
    for complaint in wrong:
        print(f"demo: {complaint}")
    after = "never" if seen.settled_after_s is None else f"{seen.settled_after_s:.1f} s"
    print(
        f"demo: {sum(seen.events.values())} log lines, {sum(seen.sent.values())} orders,", end=" "
    )
    print(
        f"first settled after {after}, {'in band' if any(seen.last) else 'out of band'} at the end"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
