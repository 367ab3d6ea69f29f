"""What is done to a daemon while it sends its one order, as values: for a process, or simulated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from tests.scenarios.config import Holding, WorldConfig
from tests.scenarios.harness import World

D = Decimal
PLACE = "POST /fapi/v1/order"
FIND = "GET /fapi/v1/order"
BOOKS = "GET /fapi/v1/ticker/bookTicker"
CONFIG = WorldConfig(
    holdings={"BTC": Holding(held=D("1.2"), price=D(50_000), weight=D("0.6"))},  # 40 % too much
    interval_s=1,
    cooldown_s=1,
    name="chaos",
    cycle_lines='snapshot_age_max = "3s"',
    extra='level = "debug"',
)
STORY = """
SELECT transition.client_order_id, intent.symbol, intent.size, intent.reduce_only, transition.state
FROM transition JOIN intent USING (client_order_id) ORDER BY transition.number
"""


class Blow(StrEnum):
    """What happens to the process."""

    NONE = "none"
    KILL = "kill"  # SIGKILL, and a new start
    TERMINATE = "terminate"  # SIGTERM, and a new start
    FREEZE = "freeze"  # SIGSTOP, and SIGCONT after `seconds`
    RESET = "reset"  # the answer ends within its body, by RST
    SILENCE = "silence"  # nothing goes through for `seconds`, and then all of it
    UNPLUG = "unplug"  # connections are reset, and refused for `seconds`
    LOCK = "lock"  # somebody else writes to the journal, so that a commit waits: SIGKILL in it


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One of the exchange's own faults."""

    kind: str
    name: str = PLACE
    times: int = 1
    more: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One script: what the exchange does, and what happens to the process at which request."""

    name: str
    blow: Blow = Blow.NONE
    at: str = PLACE  # the request, as it reaches the exchange
    after_s: float = 0.0
    seconds: float = 0.0
    commit: str = ""  # which the lock keeps from ending, for the simulation
    faults: tuple[Fault, ...] = ()
    story: tuple[tuple[str, ...], ...] = (("sent", "filled"),)  # states of each order, in turn
    quick: bool = False  # among those that every change is tried with

    def __str__(self) -> str:
        """Name it for pytest."""
        return self.name.replace(" ", "-")


SLOW = Fault(kind="slow", more={"delay_s": 1.0})
LATE = Fault(kind="slow", more={"delay_s": 1.0, "late": True})
LOST = Fault(kind="timeout-before", more={"hold_s": 1})
UNHEARD = Fault(kind="timeout-after", more={"hold_s": 1})
FOUND_AGAIN = (("sent", "unknown", "filled"),)
SENT_ANEW = (("sent", "unknown", "absent"), ("sent", "filled"))

CASES = (
    Case(name="nothing happens"),
    Case(name="killed as the order arrives", blow=Blow.KILL, story=FOUND_AGAIN, quick=True),
    Case(
        name="killed between acceptance and answer",
        blow=Blow.KILL,
        after_s=0.3,
        faults=(SLOW,),
        story=FOUND_AGAIN,
    ),
    Case(
        name="killed while the order is on its way",
        blow=Blow.KILL,
        after_s=0.3,
        faults=(LATE,),
        story=FOUND_AGAIN,
        quick=True,
    ),
    Case(
        name="killed and the order is lost",
        blow=Blow.KILL,
        after_s=0.3,
        faults=(LOST,),
        story=SENT_ANEW,
        quick=True,
    ),
    Case(
        name="killed in the commit before the order",
        blow=Blow.LOCK,
        at=BOOKS,
        commit="record_intents",
        quick=True,
    ),
    Case(
        name="killed in the commit of the outcome",
        blow=Blow.LOCK,
        commit="record_outcome",
        story=FOUND_AGAIN,
        quick=True,
    ),
    Case(
        name="stopped by SIGTERM while the order is on its way",
        blow=Blow.TERMINATE,
        after_s=0.2,
        faults=(SLOW,),
        quick=True,
    ),
    Case(name="frozen with the order in flight", blow=Blow.FREEZE, seconds=4.0, quick=True),
    Case(
        name="frozen for longer than any answer is awaited",
        blow=Blow.FREEZE,
        seconds=13.0,
        story=FOUND_AGAIN,
    ),
    Case(
        name="frozen with the reads in flight",
        blow=Blow.FREEZE,
        at=BOOKS,
        seconds=4.0,
        quick=True,
    ),
    Case(name="the answer is reset", blow=Blow.RESET, story=FOUND_AGAIN, quick=True),
    Case(name="silence around the order", blow=Blow.SILENCE, seconds=2.0, quick=True),
    Case(
        name="silence for longer than any answer is awaited",
        blow=Blow.SILENCE,
        seconds=15.0,
        story=FOUND_AGAIN,
    ),
    Case(
        name="unplugged with the order in flight",
        blow=Blow.UNPLUG,
        seconds=2.0,
        story=FOUND_AGAIN,
        quick=True,
    ),
    Case(name="unplugged with the reads in flight", blow=Blow.UNPLUG, at=BOOKS, seconds=6.0),
    Case(name="the answer is lost", faults=(UNHEARD,), story=FOUND_AGAIN),
    Case(name="the order is lost", faults=(LOST,), story=SENT_ANEW),
    Case(name="the answer is cut", faults=(Fault(kind="cut-body"),), story=FOUND_AGAIN),
    Case(name="the answer is a page", faults=(Fault(kind="html"),), story=FOUND_AGAIN),
    Case(
        name="the answer is 503 and it was done",
        faults=(Fault(kind="status", more={"executed": True}),),
        story=FOUND_AGAIN,
    ),
    Case(
        name="the answer is 503 and nothing was done",
        faults=(Fault(kind="status"),),
        story=SENT_ANEW,
    ),
    Case(
        name="no look-up answers for a while",
        faults=(UNHEARD, Fault(kind="status", name=FIND, times=3)),
        story=FOUND_AGAIN,
    ),
    Case(
        name="it fills in part",
        faults=(Fault(kind="partial-fill"),),
        story=(("sent", "part-filled"), ("sent", "filled")),
    ),
    Case(
        name="it is refused",
        faults=(Fault(kind="reject", more={"code": "-2019"}),),
        story=(("sent", "rejected"), ("sent", "filled")),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a case: the journal's story, what was on the wire, and what is true."""

    story: tuple[tuple[str, ...], ...]
    orders: tuple[tuple[str, Decimal, bool], ...]  # market, quantity, reduce-only; as sent
    recorded: tuple[tuple[str, Decimal, bool], ...]  # symbol, size, reduce-only; as journaled
    position: Decimal


def outcome_of(world: World) -> Outcome:
    """Return what came of a case, from the journal's file, the wire and the exchange."""
    states: dict[str, list[str]] = {}
    recorded: dict[str, tuple[str, Decimal, bool]] = {}
    for key, symbol, size, reduces, state in world.rows(STORY):
        known = states.setdefault(str(key), [])
        if known[-1:] != [str(state)]:  # a price or a fee that came later changes no state
            known.append(str(state))
        recorded[str(key)] = (str(symbol), D(str(size)), bool(reduces))
    return Outcome(
        story=tuple(map(tuple, states.values())),
        orders=tuple((o.market_id, o.quantity, o.reduce_only) for o in world.orders),
        recorded=tuple(recorded.values()),
        position=world.position("BTC"),
    )


def at_rest(world: World) -> bool:
    """Say whether the world is on target and no order is open, by the file and by the truth."""
    live = "SELECT count(*) FROM intent WHERE settled_at_ms IS NULL"
    return world.on_target and world.rows(live) == [(0,)]
