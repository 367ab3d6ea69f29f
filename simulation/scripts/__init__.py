"""Fixed scripts: each sets one trap, and names the invariant that a daemon caught in it breaks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import ModuleType

from simulation.findings import Violation
from simulation.scripts import (
    answers,
    asking,
    believing,
    books,
    commanding,
    doors,
    doubting,
    editing,
    facts,
    failing,
    filing,
    flattening,
    keeping,
    limiting,
    looking,
    misreading,
    orders,
    others,
    owning,
    passing,
    pausing,
    people,
    secrets,
    settling,
    sizing,
    starting,
    timing,
    trading,
    unattended,
    values,
)

Script = Callable[[], Sequence[Violation]]
Subjects = tuple[ModuleType, ...]
DECISIONS: Subjects = (doubting, believing, sizing, limiting, timing, flattening, settling, values)
GATEWAYS: Subjects = (
    doors,
    passing,
    pausing,
    orders,
    looking,
    secrets,
    answers,
    asking,
    facts,
    starting,
)
JOURNALS: Subjects = (books, owning, editing, keeping, filing)
DAEMONS: Subjects = (trading, people, misreading, unattended, others, failing, commanding)


def named(subjects: Subjects) -> dict[str, Script]:
    """Return the scripts of some subjects, by subject and name."""
    found: dict[str, Script] = {}
    for subject in subjects:
        short = subject.__name__.rpartition(".")[2]
        found |= {f"{short} {name}": script for name, script in subject.SCRIPTS.items()}
    return found


SCRIPTS: Mapping[str, Script] = named((*DECISIONS, *GATEWAYS, *JOURNALS, *DAEMONS))
