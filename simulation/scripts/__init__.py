"""Fixed scripts: each sets one trap, and names the invariant that a daemon caught in it breaks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import ModuleType

from simulation.findings import Violation
from simulation.scripts import (
    announcing,
    answers,
    asking,
    assembling,
    beating,
    believing,
    booking,
    books,
    carrying,
    coins,
    commanding,
    configuring,
    counting,
    cycling,
    details,
    dividing,
    doors,
    doubting,
    editing,
    explaining,
    facts,
    failing,
    faltering,
    filing,
    flattening,
    following,
    hiding,
    holding,
    keeping,
    libraries,
    limiting,
    listing,
    looking,
    misreading,
    obeying,
    observing,
    orders,
    others,
    outcomes,
    outliving,
    owning,
    passing,
    patrolling,
    pausing,
    people,
    phoning,
    proving,
    proxying,
    reaching,
    remembering,
    scheduling,
    secrets,
    settling,
    siding,
    situating,
    sizing,
    starting,
    telling,
    timing,
    trading,
    unattended,
    values,
)

Script = Callable[[], Sequence[Violation]]
Subjects = tuple[ModuleType, ...]
DECISIONS: Subjects = (
    doubting,
    believing,
    sizing,
    siding,
    proxying,
    limiting,
    timing,
    flattening,
    settling,
    values,
)
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
    dividing,
    reaching,
    libraries,
    listing,
    details,
    counting,
    coins,
)
JOURNALS: Subjects = (books, owning, editing, keeping, filing)
REHEARSALS: Subjects = (  # of the parts of a daemon, one at a time
    outcomes,
    beating,
    cycling,
    faltering,
    situating,
    obeying,
    patrolling,
    remembering,
    observing,
)
DAEMONS: Subjects = (
    *REHEARSALS,
    trading,
    proving,
    people,
    misreading,
    unattended,
    others,
    failing,
    commanding,
)
GUARDS: Subjects = (  # around decisions: holds, people, secrets, settings and the time
    holding,
    explaining,
    following,
    telling,
    announcing,
    booking,
    outliving,
    carrying,
    phoning,
    hiding,
    configuring,
    assembling,
    scheduling,
)


def named(subjects: Subjects) -> dict[str, Script]:
    """Return the scripts of some subjects, by subject and name."""
    found: dict[str, Script] = {}
    for subject in subjects:
        short = subject.__name__.rpartition(".")[2]
        found |= {f"{short} {name}": script for name, script in subject.SCRIPTS.items()}
    return found


SCRIPTS: Mapping[str, Script] = named((*DECISIONS, *GATEWAYS, *JOURNALS, *GUARDS, *DAEMONS))
