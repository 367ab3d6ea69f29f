"""
The daemon with one safety rule removed, once for each rule.

A mutant that no invariant kills is a rule that nothing tests. Where two rules guard the same thing,
a mutant removes both: either alone is redundant on purpose, and its removal changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from simulation.mutants import (
    journal,
    limits,
    lines,
    operator,
    orders,
    others,
    process,
    reads,
    settling,
    telling,
    venue,
)
from simulation.mutants.change import NEVER, Change, Changes, Mutant, Remove, Table, always, plain

SUBJECTS = (
    settling,
    journal,
    reads,
    orders,
    limits,
    operator,
    process,
    venue,
    others,
    telling,
    lines,
)
MUTANTS: Mapping[str, Mutant] = {
    name: Mutant(name=name, profiles=profiles, changes=changes)
    for subject in SUBJECTS
    for name, (profiles, changes) in subject.TABLE.items()
}
if len(MUTANTS) != sum(len(subject.TABLE) for subject in SUBJECTS):
    raise ValueError("two mutants have one name")

__all__ = [
    "MUTANTS",
    "NEVER",
    "Change",
    "Changes",
    "Mutant",
    "Remove",
    "Table",
    "always",
    "plain",
]
