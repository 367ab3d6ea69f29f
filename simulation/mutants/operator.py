"""What people ordered, and what people are told."""

from __future__ import annotations

from dataclasses import replace

import counterpoise.daemon
from counterpoise import announcer
from counterpoise.core.state import AccountState, Control
from counterpoise.operator import Operator
from simulation.mutants.change import NEVER, Changes, Table, always, plain


def _halt_forgotten() -> Changes:
    async def begin(self: Operator) -> Control:
        return self._control

    return ((Operator, "begin", begin), (Operator, "_write_halt_file", NEVER))


def _unheld() -> Changes:
    held = vars(counterpoise.daemon)["held_back"]

    def free(control: Control, *given: object) -> object:
        return held(replace(control, state=AccountState.RUN), *given)

    return ((counterpoise.daemon, "held_back", free), (Operator, "may_order", always(value=True)))


TABLE: Table = {
    "halt not latched": (("operator",), _halt_forgotten),
    "halt not checked before sending": (
        ("operator",),
        plain(Operator, "may_order", always(value=True)),
    ),
    "pause ignored": (("operator",), _unheld),
    "alerts dropped": (("closed", "zeros"), plain(announcer, "alerts", lambda *_: ())),
}
