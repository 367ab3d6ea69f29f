"""What a journal's file takes, and what it refuses: asked of the file, not of who wrote it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal, localcontext
from pathlib import Path

from counterpoise.core.orders import ClientOrderId, Intent, IntentState
from counterpoise.core.units import CONTEXT
from counterpoise.errors import CounterpoiseError
from counterpoise.journal.opening import JournalConfig
from counterpoise.journal.store import SqlJournal
from counterpoise.ports import Identity
from simulation.findings import Violation
from simulation.folders import folder
from tests.journal.records import (
    ASSETS,
    IDENTITY,
    MAIN,
    START_MS,
    HandClock,
    SeededEntropy,
    order,
    record,
    run,
)

D = Decimal
S = IntentState
LIFE_MS = 5_000
LATE_MS = START_MS + LIFE_MS + 60_000


@dataclass(slots=True)
class Desk:
    """A folder, a clock, and the journals opened there."""

    path: Path
    clock: HandClock = field(default_factory=HandClock)
    said: list[Violation] = field(default_factory=list)
    opened: list[SqlJournal] = field(default_factory=list)

    @property
    def file(self) -> Path:
        """Return the journal's file."""
        return self.path / "state" / "main.db"

    def journal(self, *, exclusive: bool = True, seed: int = 1) -> SqlJournal:
        """Return a journal of this file, not yet open."""
        config = JournalConfig(url=f"sqlite:///{self.file}", exclusive=exclusive)
        self.opened.append(SqlJournal(config, self.clock, SeededEntropy(seed)))
        return self.opened[-1]

    def begun(self, identity: Identity = IDENTITY, *, seed: int = 1) -> SqlJournal:
        """Return an open one."""
        made = self.journal(seed=seed)
        run(made.open(identity))
        return made

    def sent(self, journal: SqlJournal, *sizes: str, asset: int = 0) -> tuple[Intent, ...]:
        """Record orders as sent now, of one asset after the other."""
        listed = enumerate(sizes or ("1.587",), asset)
        orders = [order(ASSETS[n], D(size)) for n, size in listed]
        number = run(journal.next_cycle())
        at_ms = self.clock.now_ms
        made = record(number, orders, at_ms)
        return run(journal.record_intents(made, orders, {MAIN: at_ms + LIFE_MS}))

    def claim(self, invariant: str, holds: object, said: str) -> None:
        """Note what does not hold."""
        if not holds:
            self.said.append(Violation(invariant=invariant, at_s=0.0, said=said))

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Ask the file itself."""
        with closing(sqlite3.connect(self.file)) as connection:
            return list(connection.execute(query))

    def changed(self, query: str) -> None:
        """Change the file from outside."""
        with closing(sqlite3.connect(self.file)) as connection:
            connection.execute(query)
            connection.commit()

    def end(self) -> None:
        """Close what is open."""
        for one in self.opened:
            refused(one.close())


def refused(call: Coroutine[object, object, object]) -> bool:
    """Say whether a call is refused by one of our own errors."""
    try:
        run(call)
    except CounterpoiseError:
        return True
    return False


def stepped(intent: Intent, state: IntentState, **facts: object) -> Intent:
    """Return an intent one step on."""
    usual: dict[str, object] = {"proof": "script"}
    if state in (S.FILLED, S.PART_FILLED):
        usual |= {"filled_size": intent.order.size, "venue_order_id": "v1"}
    if not state.live:
        usual["settled_at_ms"] = LATE_MS
    return replace(intent, state=state, **{**usual, **facts})  # type: ignore[arg-type]


Way = tuple[tuple[IntentState, Mapping[str, object]], ...]
KNOWN: Mapping[str, object] = {"venue_order_id": "v1"}
FORBIDDEN: tuple[tuple[str, Way], ...] = (
    ("filled, then absent", ((S.FILLED, {}), (S.ABSENT, {"filled_size": D(0)}))),
    ("filled, then unknown", ((S.FILLED, {}), (S.UNKNOWN, {}))),
    ("rejected, then filled", ((S.REJECTED, {}), (S.FILLED, {}))),
    ("absent, then filled", ((S.UNKNOWN, {}), (S.ABSENT, {}), (S.FILLED, {}))),
    ("cancelled, then sent", ((S.CANCELLED, {}), (S.SENT, {}))),
    ("acknowledged, then absent", ((S.ACKNOWLEDGED, KNOWN), (S.ABSENT, KNOWN))),
    ("unknown, then planned", ((S.UNKNOWN, {}), (S.PLANNED, {}))),
    ("unknown, then sent", ((S.UNKNOWN, {}), (S.SENT, {}))),
    ("absent without proof", ((S.UNKNOWN, {}), (S.ABSENT, {"proof": ""}))),
    ("filled with nothing", ((S.FILLED, {"filled_size": D(0)}),)),
    ("part of it, and nothing", ((S.PART_FILLED, {"filled_size": D(0)}),)),
    ("rejected with a fill", ((S.REJECTED, {"filled_size": D(1)}),)),
    ("cancelled with a fill", ((S.CANCELLED, {"filled_size": D(1)}),)),
    ("absent with a fill", ((S.UNKNOWN, {}), (S.ABSENT, {"filled_size": D(1)}))),
    ("against its side", ((S.PART_FILLED, {"filled_size": D(-1)}),)),
    (
        "less filled than before",
        (
            (S.ACKNOWLEDGED, {**KNOWN, "filled_size": D(1)}),
            (S.PART_FILLED, {**KNOWN, "filled_size": D("0.5")}),
        ),
    ),
    (
        "another's id",
        ((S.ACKNOWLEDGED, KNOWN), (S.FILLED, {"venue_order_id": "v2"})),
    ),
    ("an edited size", ((S.FILLED, {}), (S.FILLED, {"filled_size": D(1)}))),
    ("an edited proof", ((S.FILLED, {}), (S.FILLED, {"proof": "another"}))),
    ("another price", ((S.FILLED, {"price_average": D(1)}), (S.FILLED, {"price_average": D(2)}))),
    ("another fee", ((S.FILLED, {"fee": D(1)}), (S.FILLED, {"fee": D(2)}))),
    ("another cycle", ((S.FILLED, {"cycle": 99}),)),
    ("another number", ((S.FILLED, {"sequence": 99}),)),
    ("another last moment", ((S.FILLED, {"expires_at_ms": 99}),)),
    ("another time", ((S.FILLED, {"sent_at_ms": 99}),)),
)
ALLOWED: tuple[tuple[str, Way], ...] = (
    ("filled at once", ((S.FILLED, {}),)),
    ("unknown, then filled", ((S.UNKNOWN, {}), (S.FILLED, {}))),
    ("unknown, then absent", ((S.UNKNOWN, {}), (S.ABSENT, {}))),
    ("acknowledged, then cancelled", ((S.ACKNOWLEDGED, KNOWN), (S.CANCELLED, KNOWN))),
    ("rejected at once", ((S.REJECTED, {}),)),
    ("part of it", ((S.PART_FILLED, {"filled_size": D(1)}),)),
    ("a fee, later", ((S.FILLED, {}), (S.FILLED, {"fee": D(1)}))),
    ("a price, later", ((S.FILLED, {}), (S.FILLED, {"price_average": D(1)}))),
    ("the same twice", ((S.FILLED, {}), (S.FILLED, {}))),
)


def _walked(desk: Desk, way: Way) -> bool:
    """Take the steps of a way with a fresh order; say whether the last one was taken."""
    journal = desk.opened[-1]
    (intent,) = desk.sent(journal)
    desk.clock.now_ms = LATE_MS
    before = desk.rows("SELECT count(*), max(hash) FROM transition")
    taken = False
    for state, facts in way:
        before = desk.rows("SELECT count(*), max(number) FROM transition")
        after = stepped(intent, state, **facts)
        taken = not refused(journal.record_outcome(after))
        intent = after if taken else intent
    if not taken:
        now = desk.rows("SELECT count(*), max(number) FROM transition")
        desk.claim("I-30", now == before, "a refused step was written")
    if intent.state.live:
        refused(journal.record_outcome(stepped(intent, S.FILLED, venue_order_id="v1")))
    desk.clock.now_ms = START_MS
    return taken


def steps(desk: Desk) -> None:
    """See that an order goes forward, on proof, and what has ended is never edited."""
    desk.begun()
    for name, way in FORBIDDEN:
        desk.claim("I-30", not _walked(desk, way), f"{name}: taken")
    for name, way in ALLOWED:
        desk.claim("I-17", _walked(desk, way), f"{name}: refused")
    journal = desk.opened[-1]
    (intent,) = desk.sent(journal)
    run(journal.record_outcome(stepped(intent, S.UNKNOWN)))
    desk.clock.now_ms = intent.expires_at_ms
    early = refused(journal.record_outcome(stepped(intent, S.ABSENT, settled_at_ms=1)))
    desk.claim("I-6", early, "absent while it may still be accepted")
    (sold,) = desk.sent(journal, "-2", asset=1)
    run(journal.record_outcome(stepped(sold, S.ACKNOWLEDGED, filled_size=D(-1), **KNOWN)))
    less = stepped(sold, S.PART_FILLED, filled_size=D("-0.5"), **KNOWN)
    desk.claim("I-30", refused(journal.record_outcome(less)), "less sold than before")
    stranger = replace(intent, client_order_id=ClientOrderId(f"{intent.client_order_id}x"))
    desk.claim("I-2", refused(journal.record_outcome(stranger)), "an outcome of no order")
    other = replace(intent, state=S.FILLED, order=replace(intent.order, limit_price=D(1)))
    desk.claim("I-2", refused(journal.record_outcome(other)), "an outcome of an edited order")


def live(desk: Desk) -> None:
    """One live order an instrument, all of a cycle or none, and no id twice."""
    journal = desk.begun()
    first = desk.sent(journal, "1.5", "-2")
    ids = {str(one.client_order_id) for one in first}
    desk.claim("I-7", len(ids) == 2, f"ids: {ids}")
    count = desk.rows("SELECT count(*) FROM intent")
    clashed = clashed_with(desk, journal)
    desk.claim("I-1", clashed, "a second live order of one instrument")
    desk.claim("I-1", desk.rows("SELECT count(*) FROM intent") == count, "half of it was written")
    states = desk.rows("SELECT DISTINCT state FROM intent")
    desk.claim("I-2", states == [("sent",)], f"recorded as {states}")
    for one in first:
        run(journal.record_outcome(stepped(one, S.UNKNOWN)))
    desk.claim("I-1", clashed_with(desk, journal), "a second order beside one without outcome")
    live_now = {str(one.client_order_id) for one in run(journal.unsettled())}
    desk.claim("I-16", live_now == ids, f"unsettled: {live_now}")
    for one in first:
        run(journal.record_outcome(stepped(one, S.ACKNOWLEDGED, venue_order_id="v")))
    desk.claim("I-1", clashed_with(desk, journal), "a second order beside an acknowledged one")
    run(journal.close())
    again = desk.begun(seed=1)  # the same randomness: what makes an id unique is not it alone
    for one in run(again.unsettled()):
        run(again.record_outcome(stepped(one, S.FILLED, venue_order_id="v")))
    new = {str(one.client_order_id) for one in desk.sent(again, "1", "1")}
    desk.claim("I-7", not new & ids, "an id came again after a restart")
    numbers = [run(again.next_cycle()) for _ in range(3)]
    desk.claim("I-40", numbers == sorted(set(numbers)), f"cycle numbers {numbers}")
    since = run(again.sent_since(START_MS))
    desk.claim("I-11", len(since) == 4, f"{len(since)} of 4 orders are known of the last day")
    later = run(again.sent_since(START_MS + 1))
    desk.claim("I-11", not later, f"{len(later)} orders of later")


def clashed_with(desk: Desk, journal: SqlJournal) -> bool:
    """Say whether new orders of three instruments are refused."""
    try:
        desk.sent(journal, "1", "1", "1")
    except CounterpoiseError:
        return True
    return False


def restored(desk: Desk, whole: bytes) -> None:
    """Put the file back as it was."""
    for end in ("-wal", "-shm", "-journal"):
        desk.file.with_name(desk.file.name + end).unlink(missing_ok=True)
    desk.file.write_bytes(whole)


@contextmanager
def _desk() -> Iterator[Desk]:
    with folder() as path, localcontext(CONTEXT.copy()):
        desk = Desk(path)
        try:
            yield desk
        finally:
            desk.end()


def told(script: Callable[[Desk], None]) -> Callable[[], Sequence[Violation]]:
    """Return a script of what a desk is put through."""

    def run_it() -> Sequence[Violation]:
        with _desk() as desk:
            try:
                script(desk)
            except Exception as error:  # noqa: BLE001 - a surprise is no refusal of ours
                desk.claim("I-30", holds=False, said=f"{script.__name__}: {error!r}")
            return desk.said

    return run_it


SCRIPTS = {script.__name__: told(script) for script in (steps, live)}
