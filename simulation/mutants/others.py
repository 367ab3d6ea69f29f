"""What others do on the account, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from counterpoise import naming, patrol
from counterpoise.beliefs import Beliefs
from counterpoise.core import doubt, foreign, plan
from counterpoise.core.foreign import Turn
from counterpoise.core.orders import Cause, Fill
from counterpoise.core.sides import Sides
from counterpoise.core.state import AssetMemory
from simulation.mutants.change import NEVER, Changes, Table


def _all_by_hand() -> Changes:
    after_move = foreign.after_move

    def harmless(
        memory: AssetMemory, trades: Sequence[Fill], now_ms: int, sides: Sides | None
    ) -> AssetMemory:
        theirs = [replace(trade, cause=Cause.FOREIGN) for trade in trades]
        return after_move(memory, theirs, now_ms, sides)

    return ((doubt, "after_move", harmless),)


def _unwaiting() -> Changes:
    after_move = foreign.after_move

    def hasty(
        memory: AssetMemory, trades: Sequence[Fill], now_ms: int, sides: Sides | None
    ) -> AssetMemory:
        moved = after_move(memory, trades, now_ms, sides)
        return replace(moved, corrected_at_ms=memory.corrected_at_ms)

    return ((doubt, "after_move", hasty), (plan, "waiting", NEVER))


def _unrecorded() -> Changes:
    return ((Turn, "changes", lambda *_: ()),)


def _no_copies() -> Changes:
    async def anybody(*_: object) -> Cause:
        return Cause.FOREIGN

    return ((naming.Naming, "cause", anybody),)


def _no_patrol() -> Changes:
    async def look(*_: object) -> None:
        """See nothing."""

    return ((patrol.Patrol, "look", look), (patrol.Patrol, "holds", lambda _: {}))


def _margin_unchecked() -> Changes:
    checks = vars(plan)["checks"]

    def fewer(*given: object) -> object:
        return tuple(check for check in checks(*given) if check.limit != "margin_use_max")

    return ((plan, "checks", fewer),)


def _stop_forgotten() -> Changes:
    begin = Beliefs.begin

    async def forgetful(self: Beliefs) -> None:
        await begin(self)
        for asset, memory in self._memories.items():
            self._memories[asset] = foreign.resumed(memory)

    return ((Beliefs, "begin", forgetful),)


TABLE: Table = {
    "a liquidation taken for a trade by hand": (("others",), _all_by_hand),
    "a liquidation lifted by a restart": (("others",), _stop_forgotten),
    "what others did undone at once": (("others",), _unwaiting),
    "what others did not recorded": (("others",), _unrecorded),
    "a second copy taken for others": (("copied",), _no_copies),
    "orders of others not looked for": (("copied",), _no_patrol),
    "margin near liquidation ignored": (("margin",), _margin_unchecked),
}
