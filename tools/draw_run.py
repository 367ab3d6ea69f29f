"""
Run the demo, follow it, and draw what it did: docs/demo.svg.

    .venv/bin/python tools/draw_run.py --keep /tmp/run.json docs/demo.svg
    .venv/bin/python tools/draw_run.py --kept /tmp/run.json docs/demo.svg      # draw it again
    .venv/bin/python tools/draw_run.py docs/demo.svg -- --for 60s --from 2024-11-29

All that is drawn comes from the run itself: weights and drift from the status document that the
daemon writes after every cycle, the clock from the local exchange, orders from the journal.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from run_chart import drawn

POLL_S = 0.5
COUNTERPOISE = Path(sys.executable).with_name("counterpoise")
Facts = dict[str, Any]


def recorded(options: Sequence[str]) -> Facts:
    """Run the demo and return what it showed of itself on the way and at the end."""
    with tempfile.TemporaryDirectory(prefix="draw-run-") as home:
        command = [str(COUNTERPOISE), "demo", *options, "--state", home]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as demo:  # noqa: S603 - ourselves
            samples, clock = followed(demo, state := Path(home))
        if demo.returncode != 0:
            raise SystemExit(f"the demo ended with {demo.returncode}")
        settings = tomllib.loads((state / "demo.toml").read_text(encoding="utf-8"))
        return {
            "command": shlex.join(["counterpoise", "demo", *options]),
            "clock": clock,
            "samples": samples,
            "orders": journaled(state / "demo.toml"),
            "return_to": settings["trigger"]["return_to"],
            "quote": settings["portfolio"]["quote"],
            "exchange": settings["venues"]["main"]["exchange"],
        }


def followed(demo: subprocess.Popen[bytes], state: Path) -> tuple[list[Facts], Facts]:
    """Return one sample a cycle, and how the daemon's clock maps to recorded time."""
    samples: dict[int, Facts] = {}
    clock: Facts = {}
    while demo.poll() is None:
        time.sleep(POLL_S)
        status = state / "demo.status.json"
        if not status.exists():
            continue
        clock = clock or clock_of(state / "demo.toml")
        document = json.loads(status.read_text(encoding="utf-8"))
        if document["cycle_at_ms"] and all(asset["net"] for asset in document["assets"]):
            samples[document["cycle"]] = sample(document)
    return [samples[cycle] for cycle in sorted(samples)], clock


def sample(document: Facts) -> Facts:
    """Return what is drawn of one status document, as numbers."""
    value = float(document["value"])
    assets = {
        asset["asset"]: {
            "weight": float(asset["weight"]),
            "target": float(asset["target"]),
            "drift": float(asset["drift"]),
            "band": float(asset["band"]),
            "unhedged": float(asset["spot"]) * float(asset["price"]) / value,
            "perpetual": float(asset["perpetual"]) * float(asset["price"]),
        }
        for asset in document["assets"]
    }
    return {"at_ms": document["cycle_at_ms"], "assets": assets}


def clock_of(settings: Path) -> Facts:
    """Ask the exchange which recorded moment it is now, and how fast it moves."""
    endpoint = tomllib.loads(settings.read_text(encoding="utf-8"))["venues"]["main"]["endpoint"]
    url = f"{endpoint}/_exchange/state"
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - a loopback address
        moment = json.load(answer)["time"]
    at_ms = moment["venue_ms"] - moment["skew_ms"]
    return {"at_ms": at_ms, "market_ms": moment["market_ms"], "speed": float(moment["speed"])}


def journaled(settings: Path) -> list[Facts]:
    """Return every order that the journal has of the run."""
    command = [str(COUNTERPOISE), "orders", "--json", "-n", "10000", "-c", str(settings)]
    answer = subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - ourselves
    return list(json.loads(answer.stdout))


def main() -> int:
    """Record a run, or read one, and draw it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--keep", type=Path, help="also keep what was recorded, as JSON")
    parser.add_argument("--kept", type=Path, help="draw what was kept, run nothing")
    parser.add_argument("picture", type=Path)
    parser.add_argument("options", nargs="*", default=["--for", "80s"], help="of the demo")
    given = parser.parse_args()
    run = json.loads(given.kept.read_text()) if given.kept else recorded(given.options)
    if given.keep:
        given.keep.write_text(json.dumps(run), encoding="utf-8")
    given.picture.write_text(drawn(run), encoding="utf-8")
    print(f"{given.picture}: {len(run['samples'])} cycles, {len(run['orders'])} orders")
    return 0


if __name__ == "__main__":
    sys.exit(main())
