"""What failed once: kept as files, and replayed by the gate and the tests from then on."""

from __future__ import annotations

import json
from pathlib import Path

from simulation.conduct import read, spelled
from simulation.findings import Violation
from simulation.jobs import Job
from simulation.profile import kept

REGRESSIONS = Path(__file__).parent / "regressions"


def save(job: Job, first: Violation, folder: Path = REGRESSIONS) -> Path:
    """Keep a failing job: its profile as drawn, not only its seed."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{job.profile}-{job.seed}.json"
    found = {
        "invariant": first.invariant,
        "said": first.said,
        "profile": job.profile,
        "seed": job.seed,
        "crash_at": job.crash_at,
        "crash_again": job.crash_again,
        "only": None if job.only is None else [spelled(decision) for decision in job.only],
        "drawn": kept.written(job.drawn()),
    }
    path.write_text(json.dumps(found, indent=2) + "\n")
    return path


def load(path: Path) -> Job:
    """Return a kept job."""
    found = json.loads(path.read_text())
    only = found.get("only")
    drawn = found.get("drawn")
    return Job(
        profile=found["profile"],
        seed=found["seed"],
        hours=found.get("hours"),
        without=tuple(found.get("without", ())),
        crash_at=found.get("crash_at"),
        crash_again=found.get("crash_again"),
        only=None if only is None else tuple(read(text) for text in only),
        kept=None if drawn is None else kept.read(drawn),
    )


def regressions(folder: Path = REGRESSIONS) -> list[Job]:
    """Return what failed once."""
    return [load(path) for path in sorted(folder.glob("*.json"))]
