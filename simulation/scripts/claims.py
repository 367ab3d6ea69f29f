"""Traps that need neither a gateway, a journal's file nor a whole daemon."""

from __future__ import annotations

import asyncio
import contextlib
import io
import traceback
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from decimal import localcontext

from counterpoise.core.units import CONTEXT
from simulation.findings import Violation
from tests.sim.virtual import VirtualLoop


@dataclass(slots=True)
class Claims:
    """What was found wrong."""

    said: list[Violation] = field(default_factory=list)

    def claim(self, invariant: str, holds: object, said: str) -> None:
        """Note what does not hold."""
        if not holds:
            self.said.append(Violation(invariant=invariant, at_s=0.0, said=said))


Trap = Callable[[Claims], None]
Waiting = Callable[[Claims], Awaitable[None]]
Script = Callable[[], Sequence[Violation]]


def told(trap: Trap, invariant: str) -> Script:
    """Return a script of a trap; `invariant` is what a surprise in it breaks."""

    def script() -> Sequence[Violation]:
        made = Claims()
        with localcontext(CONTEXT.copy()), contextlib.redirect_stdout(io.StringIO()):
            try:
                trap(made)
            except Exception as error:  # noqa: BLE001 - a surprise is no answer of ours
                where = traceback.extract_tb(error.__traceback__)[-1]
                name = getattr(trap, "__name__", "trap")
                made.claim(invariant, holds=False, said=f"{name}: {error!r} in {where.name}")
        return made.said

    return script


def waited(trap: Waiting, invariant: str) -> Script:
    """Return the same of a trap that waits, in virtual time."""

    def whole(made: Claims) -> None:
        loop = VirtualLoop()
        try:
            loop.run_until_complete(_within(trap(made)))
        finally:
            for task in asyncio.all_tasks(loop):
                task.cancel()
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    whole.__name__ = getattr(trap, "__name__", "trap")
    return told(whole, invariant)


async def _within(made: Awaitable[None]) -> None:
    await made


def refusal(make: Callable[[], object]) -> Exception | None:
    """Return what a call raised; None where it was taken."""
    try:
        make()
    except Exception as error:  # noqa: BLE001 - which one it is, is for the claim
        return error
    return None


async def outcome(made: Awaitable[object]) -> object:
    """Return what came of a call: its value, or whatever was raised."""
    try:
        return await made
    except Exception as error:  # noqa: BLE001 - a stranger's error is a finding
        return error
