"""What may not grow without end: the journal, open files, objects in memory."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulation.oracles.watch import Oracles

OPEN_FILES = Path("/proc/self/fd")
SETTLED_DAYS = 10  # by when retention has begun to prune, and caches are full
GROWTH_MAX = 1.10  # from then to the end
# rows are of about half a page: pruning leaves one where two fitted, and no fewer ever
JOURNAL_GROWTH_MAX = 1.75
ORDER_BYTES_MAX = 16_384  # what an order, its states and its cycle take: they are kept for good
TIDIED_EVERY = 32  # quiet cycles, counted anew by each life


@dataclass(frozen=True, slots=True)
class Size:
    """How large a life is, one day."""

    orders: int  # sent so far
    journal_bytes: int
    open_files: int
    objects: int


def measured(file: Path, orders: int) -> Size:
    """Measure this process and the journal, after so many orders."""
    gc.collect()
    beside = (file, file.with_name(file.name + "-wal"))
    return Size(
        orders=orders,
        journal_bytes=sum(path.stat().st_size for path in beside if path.exists()),
        open_files=len(list(OPEN_FILES.iterdir())) if OPEN_FILES.is_dir() else 0,
        objects=len(gc.get_objects()),
    )


def bounded(run: Oracles) -> None:
    """Compare the last days with those by which everything had found its size."""
    days = run.sizes
    if len(days) <= 2 * SETTLED_DAYS:
        return
    then, now = days[SETTLED_DAYS], days[-1]
    ordered = now.orders - then.orders
    for name, most, each in (
        ("journal_bytes", JOURNAL_GROWTH_MAX, ORDER_BYTES_MAX),
        ("objects", GROWTH_MAX, 0),
    ):
        before, after = getattr(then, name), getattr(now, name)
        if after > before * most + ordered * each:
            said = f"{name} grew from {before} to {after} in {len(days)} days, {ordered} orders"
            run.breach("I-43", said)
    if now.open_files > then.open_files + 2:
        run.breach("I-43", f"{now.open_files} files are open, {then.open_files} were")


def pruned(run: Oracles) -> None:
    """Look for quiet cycles that should be gone by now."""
    retention_s = run.profile.retention_s
    if run.profile.hours * 3600 < 2 * retention_s or run.stepped_s is not None or run.forgotten:
        return
    before_ms = run.truth.now.wall_ms - retention_s * 1000
    query = "SELECT count(*) FROM cycle WHERE ordered = 0 AND at_ms < ?"
    old = int(str(run.rows(query, before_ms)[0][0]))
    if old > TIDIED_EVERY * (2 + run.findings.restarts):
        run.breach("I-43", f"{old} quiet cycles are kept beyond {retention_s} s")
