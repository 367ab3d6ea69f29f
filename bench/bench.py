"""Speed and memory, beside a raw request on the same loopback. See README.md here."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import figures
import process
from figures import MIB, MS, Figure, Goal, figure
from portfolio import WEIGHTS_ELSEWHERE, WEIGHTS_HELD, Setup

RESULTS = Path(__file__).parent / "results" / "latest.json"
FEW, MANY = {"spot": 3, "linear": 3}, {"spot": 3_000, "linear": 600}
BURSTS = {"one": 10, "three": 3}  # runs, as many as the order lane lets pass at once
CYCLES_LIVED = 30  # until memory has long stopped growing


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How often everything is done."""

    orders: int = 150
    cycles: int = 60
    starts: int = 7
    lives: int = 3
    cycles_lived: int = CYCLES_LIVED


FULL = Counts()
QUICK = Counts(orders=10, cycles=5, starts=1, lives=1, cycles_lived=2)


def wire(counts: Counts, room: Path) -> Iterator[Figure]:
    """Measure decision to wire, for one order and for three at once."""
    with process.venue(**FEW) as port:
        setup = Setup(port=port, directory=room / "wire", weights=WEIGHTS_ELSEWHERE)
        found = process.measurement("wire.py", setup, counts.orders)
    names = {"one": "decision to wire, one order", "three": "decision to wire, last of three"}
    goals: dict[str, Goal] = {"one": {"goal": 0.6}, "three": {"goal": 10, "goal_on": "most"}}
    for count, series in found.items():
        ms = {name: [ns / MS for ns in values] for name, values in series.items()}
        ours = figure(names[count], "ms", ms["memory"], **goals[count])
        raw = figure("  a raw signed request at the same place", "ms", ms["raw"])
        times = ours.typical / raw.typical
        limit: Goal = {"goal": 3} if count == "one" else {}
        whole = [wire + commit for wire, commit in zip(ms["disk"], ms["commit"], strict=True)]
        yield ours
        yield raw
        yield figure("  times raw, median over median", "x", [times], **limit)
        rested = ms["memory"][:: BURSTS[count]]
        yield figure("  the first after a second of rest", "ms", rested)
        yield figure("  after a commit to disk, its time taken off", "ms", ms["disk"])
        yield figure("  that commit", "ms", ms["commit"])
        yield figure("  both together: the real path", "ms", whole)


def cycle(counts: Counts, room: Path) -> Iterator[Figure]:
    """Measure the processor time of a cycle that finds nothing to do, in markets small and full."""
    for name, size in (("3 markets", FEW), ("600 markets", MANY)):
        with process.venue(**size) as port:
            setup = Setup(port=port, directory=room / name.replace(" ", "-"), weights=WEIGHTS_HELD)
            found = process.measurement("quiet_cycle.py", setup, counts.cycles)
        spent = [ns / MS for ns in found["cycle"]["ns"]]
        yield figure(f"quiet cycle, processor time, {name}", "ms", spent, goal=10)


def start(counts: Counts, room: Path) -> Iterator[Figure]:
    """Measure from spawning the daemon to its first decision."""
    process.compiled()
    with process.venue(**FEW) as port:
        lives = [
            process.life(_fresh(room / f"start-{n}", port), cycles=1) for n in range(counts.starts)
        ]
        decided = [life.decided_s for life in lives]
        yield figure("cold start to first decision", "s", decided, goal=1.5)
        spent = process.import_times_s(_fresh(room / "imports", port))
    for name, seconds in spent.items():
        yield figure(f"  importing {name}", "s", [seconds])


def memory(counts: Counts, room: Path) -> Iterator[Figure]:
    """Measure peak resident memory, with and without a large spot market."""
    cases = (("perpetuals only", FEW, True, 130), ("3,000 spot, 600 perpetuals", MANY, False, 190))
    for name, size, perpetuals_only, goal in cases:
        with process.venue(**size) as port:
            peaks = [
                process.life(
                    _fresh(room / f"{goal}-{n}", port, perpetuals_only=perpetuals_only),
                    cycles=counts.cycles_lived,
                ).memory_peak_bytes
                / MIB
                for n in range(counts.lives)
            ]
        yield figure(f"peak memory, {name}", "MiB", peaks, goal=goal, goal_on="most")


def _fresh(directory: Path, port: int, *, perpetuals_only: bool = False) -> Setup:
    return Setup(
        port=port,
        directory=directory,
        weights=WEIGHTS_HELD,
        interval="200ms",
        perpetuals_only=perpetuals_only,
    )


PARTS = {"wire": wire, "cycle": cycle, "start": start, "memory": memory}


def main(arguments: list[str] | None = None) -> None:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few runs of each, to see it work")
    parser.add_argument("--only", choices=PARTS, action="append", help="leave the others out")
    parser.add_argument("--out", type=Path, default=RESULTS, help="where the JSON goes")
    given = parser.parse_args(arguments)
    before, found = figures.machine(), list[Figure]()
    print(figures.table([]))
    with tempfile.TemporaryDirectory(prefix="counterpoise-bench-") as room:
        for name in given.only or PARTS:
            part = list(PARTS[name](QUICK if given.quick else FULL, Path(room)))
            print(figures.table(part).partition("\n")[2], flush=True)
            found += part
    after = figures.machine()
    figures.write(given.out, found, {"before": before, "after": after})
    print(f"\nload on {before['cores']} cores: {before['load']} before, {after['load']} after")
    print(f"written to {given.out}")


if __name__ == "__main__":
    main()
