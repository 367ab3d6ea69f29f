"""
Rules by the lines that make them, each taken out as a careless edit would.

A row is a module, its words, the words without the rule, and the scripts that notice. Words that
are not there any more are an error, so that no rule is lost in a move unseen.
"""

from __future__ import annotations

from functools import partial

from simulation.mutants.change import Table
from simulation.mutants.lines import (
    coins,
    guarding,
    keeping,
    leaving,
    ordering,
    others,
    parts,
    proxying,
    reading,
    running,
    sending,
    settling,
    siding,
)
from simulation.sweeping.graft import rewritten

TABLE: Table = {
    name: (tuple(scripts), partial(rewritten, module, was, becomes))
    for subject in (
        *(reading, ordering, sending, settling, siding, coins, proxying, guarding),
        *(leaving, running, keeping, others, parts),
    )
    for name, (module, was, becomes, *scripts) in subject.ROWS.items()
}
