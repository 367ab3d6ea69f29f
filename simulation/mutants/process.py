"""What a pause of the machine or a restart must not change."""

from __future__ import annotations

import counterpoise.core.doubt
import counterpoise.daemon
from counterpoise import beliefs
from simulation.mutants.change import NEVER, Changes, Table


def _forgets_limits() -> Changes:
    async def refresh(self: beliefs.Beliefs) -> None:
        vars(self).setdefault("_began_ms", self._clock.wall_ms())
        began_ms = vars(self)["_began_ms"]
        self._recent = await self._journal.sent_since(began_ms)

    return ((beliefs.Beliefs, "refresh", refresh),)


TABLE: Table = {
    "stale snapshot accepted": (
        ("freeze",),
        lambda: (
            (counterpoise.core.doubt, "_stale", NEVER),
            (counterpoise.daemon.Daemon, "_frozen", lambda *_: False),
        ),
    ),
    "limits forgotten by a restart": (("turnover", "limits"), _forgets_limits),
}
