"""What becomes of a daemon whose cycles come to nothing: bugs, failures, refusals."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from counterpoise.core.state import AccountState, Command
from counterpoise.daemon import BUGS_MAX
from counterpoise.errors import JournalError, SettingsError, Unauthorized, Unavailable
from simulation.scripts.rehearsal import Rehearsal, rehearsed
from tests.sim.stage import told

BUG = ZeroDivisionError("a bug")
RUN, HALT = AccountState.RUN, AccountState.HALT


def _raising(error: Exception) -> Callable[..., Awaitable[object]]:
    async def raised(*_: object) -> object:
        raise error

    return raised


async def bugs(on: Rehearsal) -> None:
    """See that a bug ends no life, not in the first cycle either; three in a row halt."""
    unsettled = on.journal_does("unsettled", _raising(BUG))
    for number in range(BUGS_MAX):
        found = await on.outcome(on.stage.daemon.run(1))
        on.claim("P4", not isinstance(found, Exception), f"a bug ended it: {found!r}")
        on.claim("P4", on.lines("cycle.failed") == number + 1, "nobody is told of a bug")
        wanted = RUN if number + 1 < BUGS_MAX else HALT
        on.claim("P4", await on.account() is wanted, f"{await on.account()} at bug {number + 1}")
    on.journal_does("unsettled", unsettled)
    on.claim("I-18", len(on.stage.published) == BUGS_MAX, "the status does not go on")


async def bugs_apart(on: Rehearsal) -> None:
    """See that bugs with a good cycle between them do not add up."""
    unsettled = on.journal_does("unsettled", _raising(BUG))
    for _ in range(BUGS_MAX):
        await on.outcome(on.stage.daemon.run(1))
        on.journal_does("unsettled", unsettled)
        await on.outcome(on.stage.daemon.run(1))
        on.journal_does("unsettled", _raising(BUG))
    on.claim("I-17", await on.account() is RUN, f"after bugs apart {await on.account()}")


async def abandoned(on: Rehearsal) -> None:
    """See that a failure from outside abandons a cycle and no more, and is said."""
    on.stage.drift()
    for error in (Unavailable("down"), JournalError("full")):
        unsettled = on.journal_does("unsettled", _raising(error))
        found = await on.run(2 * BUGS_MAX)
        on.claim("I-17", found is RUN, f"{error!r} led to {found!r}")
        on.journal_does("unsettled", unsettled)
    on.claim("I-18", on.lines("cycle.failed") == 4 * BUGS_MAX, "nobody is told of failed cycles")
    on.claim("I-9", not on.venue.placed, "orders from cycles that failed")


async def refused(on: Rehearsal) -> None:
    """See that what no later look would mend ends a start, and halts whoever ran well before."""
    for error in (Unauthorized("key"), SettingsError("hedge mode")):
        on.venue.raises["balances"] = error
        found = await on.run(3)
        on.claim("A6", found is error, f"a start with {error!r} led to {found!r}")
        on.claim("A6", await on.account() is RUN, "a start that was refused halts")
        on.venue.raises.clear()
        on.stage.daemon = on.stage.build()
        await on.outcome(on.stage.daemon.run(1))
        on.venue.raises["books"] = Unavailable("down")  # whoever was well is well enough
        await on.outcome(on.stage.daemon.run(1))
        on.venue.raises = {"balances": error}
        said = on.lines("cycle.failed")
        found = await on.outcome(on.stage.daemon.run(1))
        on.claim("A6", found is HALT, f"{error!r} while running led to {found!r}")
        on.claim("A6", await on.account() is HALT, f"journal: {await on.account()}")
        on.claim("I-18", on.lines("cycle.failed") > said, f"nobody is told of {error!r}")
        on.venue.raises.clear()
        await told(on.stage, Command.RESUME)
        await on.outcome(on.stage.daemon.run(1))


async def edited(on: Rehearsal) -> None:
    """See that a changed settings file is said, once each time, whatever a cycle comes to."""
    for changed, said in ((True, 1), (True, 1), (False, 1), (False, 1), (True, 2)):
        on.stage.changed[0] = changed
        end = await on.outcome(on.stage.daemon.run(1))
        on.claim("I-17", end is RUN, f"it ends by its settings: {end!r}")
        found = on.lines("settings.changed")
        on.claim("H6", found == said, f"said {found} times in place of {said}")


async def shown(on: Rehearsal) -> None:
    """See that what a cycle took, and came to, is shown; its number is on every line of the log."""
    on.during("marks", lambda: on.desk.clock.advance(3.0))
    await on.outcome(on.stage.daemon.run(2))
    bound = structlog.contextvars.get_contextvars().get("cycle")
    on.claim("X6", bound == 2, f"lines of the second cycle say {bound}")
    tidings = on.stage.published[-1][0]
    on.claim("X6", tidings.duration_ms == 3_000, f"a cycle of 3 s took {tidings.duration_ms} ms")
    on.claim("I-18", tidings.finished == 2, f"two cycles, {tidings.finished} came to their end")
    on.claim("I-18", tidings.record is not None, "no decision is shown")


SCRIPTS = {
    "bugs": rehearsed(bugs, bugs_apart, abandoned),
    "refused": rehearsed(refused, edited, shown),
}
