"""What is believed of that which was read."""

from __future__ import annotations

import counterpoise.core.doubt
import counterpoise.core.scene
from counterpoise.core import plan as planning
from counterpoise.core.doubt import Sighting
from counterpoise.core.orders import HoldReason
from counterpoise.core.state import AssetMemory
from simulation.mutants.change import NEVER, Changes, Table, plain


def _no_barrier() -> Changes:
    def believed(
        memory: AssetMemory, seen: Sighting, *, now_ms: int
    ) -> tuple[AssetMemory, HoldReason | None]:
        del now_ms
        confirmed = counterpoise.core.doubt._confirmed  # noqa: SLF001
        return confirmed(memory, seen), None

    return ((planning, "position_doubt", believed),)


def _impatient() -> Changes:
    doubt = counterpoise.core.doubt.position_doubt

    def hasty(
        memory: AssetMemory, seen: Sighting, *, now_ms: int
    ) -> tuple[AssetMemory, HoldReason | None]:
        memory, reason = doubt(memory, seen, now_ms=now_ms)
        if reason is HoldReason.POSITION_UNEXPLAINED:
            return counterpoise.core.doubt._confirmed(memory, seen), None  # noqa: SLF001
        return memory, reason

    return ((planning, "position_doubt", hasty),)


TABLE: Table = {
    "no freshness barrier": (("lag",), _no_barrier),
    "unexplained position believed": (("reads", "lag"), _impatient),
    "zero believed": (("zeros",), plain(counterpoise.core.doubt, "_zero", NEVER)),
    "missing believed zero": (
        ("zeros",),
        plain(counterpoise.core.doubt, "unread_holdings", NEVER),
    ),
    "wrong price believed": (("reads",), plain(counterpoise.core.doubt, "_apart", NEVER)),
    "leverage counted from a lagging read": (
        ("leverage", "swarm"),
        plain(counterpoise.core.scene, "_believed_sizes", lambda _: {}),
    ),
}
