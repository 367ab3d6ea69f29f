"""The daemon's own parts on a made-up venue and a clock that a script moves: one act at a time."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from counterpoise.beliefs import Beliefs
from counterpoise.core.orders import Intent, IntentState
from counterpoise.core.state import AccountState
from counterpoise.daemon import Parts
from simulation.findings import Violation
from simulation.folders import folder
from tests.sim.gateway import FakeGateway
from tests.sim.parts import Desk
from tests.sim.stage import Stage, stage_in

T = TypeVar("T")
WITHIN_S = 10.0  # of real time: an act without the rule that ends it


@dataclass(slots=True)
class Rehearsal:
    """One stage, and what was found wrong on it."""

    stage: Stage
    said: list[Violation] = field(default_factory=list)

    @property
    def desk(self) -> Desk:
        """Return the executor, and all that is around it."""
        return self.stage.desk

    @property
    def venue(self) -> FakeGateway:
        """Return the made-up venue."""
        return self.stage.desk.gateway

    def claim(self, invariant: str, holds: object, said: str) -> None:
        """Note what does not hold."""
        if not holds:
            self.said.append(Violation(invariant=invariant, at_s=0.0, said=said))

    @property
    def beliefs(self) -> Beliefs:
        """Return what the daemon believes."""
        parts: Parts = vars(self.stage.daemon)["_parts"]
        return parts.beliefs

    def during(self, name: str, act: Callable[[], object]) -> None:
        """Let something happen whenever the venue is asked for this."""
        asked = getattr(self.venue, name)

        async def first(*given: object) -> object:
            act()
            return await asked(*given)

        vars(self.venue)[name] = first

    def journal_does(
        self, name: str, instead: Callable[..., Awaitable[object]]
    ) -> Callable[..., Awaitable[object]]:
        """Let the journal do something else; return what it did."""
        journal = self.desk.journal
        did: Callable[..., Awaitable[object]] = getattr(journal, name)
        vars(journal)[name] = instead
        return did

    async def run(self, cycles: int) -> object:
        """Begin one more life, and let it have so many cycles; return what became of it."""
        self.stage.daemon = self.stage.build()
        return await self.outcome(self.stage.daemon.run(cycles))

    async def outcome(self, made: Awaitable[T]) -> T | Exception:
        """Return what came of a call: its value, or what it raised."""
        try:
            return await made
        except Exception as error:  # noqa: BLE001 - the script says which of them may be
            return error

    async def states(self) -> list[IntentState]:
        """Return the state of each order in the journal, oldest first."""
        return [intent.state for intent in await self.intents()]

    async def intents(self) -> list[Intent]:
        """Return every order in the journal, oldest first."""
        found = await self.desk.journal.intents(1_000)
        return sorted(found, key=lambda intent: intent.sequence)

    async def account(self) -> AccountState:
        """Return the state of the account in the journal."""
        return (await self.desk.journal.control()).state

    def lines(self, event: str) -> int:
        """Return how often something was said."""
        return self.desk.said.events().count(event)


Act = Callable[[Rehearsal], Awaitable[None]]
Script = Callable[[], Sequence[Violation]]


def rehearsed(*acts: Act) -> Script:
    """Return a script of acts, each on a stage of its own; it says what the first to fail found."""

    def script() -> Sequence[Violation]:
        played = (asyncio.run(_played(act)) for act in acts)
        return next((found for found in played if found), ())

    return script


async def _played(act: Act) -> Sequence[Violation]:
    async with _lent() as rehearsal:
        try:
            await asyncio.wait_for(act(rehearsal), WITHIN_S)
        except Exception as error:  # noqa: BLE001 - who cannot play on does not live on
            where = traceback.extract_tb(error.__traceback__)[-1].name
            said = f"{act.__name__} came to an end: {error!r} in {where}"
            rehearsal.claim("I-17", holds=False, said=said)
        return rehearsal.said


@asynccontextmanager
async def _lent() -> AsyncIterator[Rehearsal]:
    with folder() as path:
        async with stage_in(path) as stage:
            yield Rehearsal(stage)
