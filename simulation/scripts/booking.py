"""What each channel is told of what stands: at once, once, again in time, and when it is over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from counterpoise.alerts.book import (
    AGAIN_S,
    CALM_S_MAX,
    FORGET_S,
    ITEMS_MAX,
    TOGETHER_MAX,
    Book,
    Reader,
    Terms,
)
from counterpoise.alerts.earlier import restore, written
from counterpoise.alerts.items import CALM_S, UNDELIVERED, Condition
from counterpoise.core.notice import Notice, Severity
from simulation.scripts.claims import Claims, told
from tests.alerts.parts import HOUR_S, OPS, SENDER, ZERO, zero
from tests.fakes import START_MS, FakeClock, FakeEntropy

PHONE = Reader(name="phone", least=Severity.PAGE)
SPREAD = "spread"  # a warning that pages after an hour
STARTED = zero("", "started")
RAISED, OVER, STILL = f"{ZERO} raised", f"{ZERO} resolved", f"{ZERO} reminder"


def hide(text: str) -> str:
    """Take a secret out."""
    return text.replace("s3cret", "[hidden]")


@dataclass
class Desk:
    """A book whose clock a trap moves, and channels that have all they are due at once."""

    clock: FakeClock = field(default_factory=lambda: FakeClock(elapsed_s=500.0))
    entropy: FakeEntropy = field(default_factory=FakeEntropy)
    terms: Terms = field(
        default_factory=lambda: Terms(sender=SENDER, remind_s=4 * HOUR_S, hide=hide)
    )

    def __post_init__(self) -> None:
        """Begin with nothing the matter."""
        self.book = Book(self.terms, self.clock, self.entropy)

    def stand(self, *found: Condition, after_s: float = 0.0, blind: bool = False) -> None:
        """Let time pass, and then see what stands."""
        self.clock.advance(after_s)
        self.book.stand(found, blind=blind)

    def notices(self, reader: Reader = OPS) -> list[Notice]:
        """Take everything that is due, and return it."""
        found: list[Notice] = []
        while (errand := self.book.due(reader)) is not None and len(found) < ITEMS_MAX:
            self.book.arrived(errand, reader)
            found.append(errand.notice)
        return found

    def phases(self, reader: Reader = OPS) -> list[str]:
        """Return the same in words."""
        return [f"{told.event} {told.phase}" for told in self.notices(reader)]

    def after(self, down_s: float) -> Desk:
        """Return the desk of the next life, after so many seconds."""
        text = written(self.book)
        self.clock.advance(down_s)
        later = Desk(clock=self.clock, entropy=self.entropy)
        restore(later.book, text, self.clock)
        return later


Step = tuple[float, tuple[Condition, ...], list[str]]  # after so long, what stands, what is told


def steps(made: Claims, name: str, given: Iterable[Step], reader: Reader = OPS) -> Desk:
    """Live through steps, and want each told as it says."""
    desk = Desk()
    for number, (after_s, found, wanted) in enumerate(given):
        desk.stand(*found, after_s=after_s)
        phases = desk.phases(reader)
        made.claim("I-42", phases == wanted, f"{name}, step {number}: told {phases}")
    return desk


def standing(made: Claims) -> None:
    """See that what stands is told once, again in time, and as over once that is sure."""
    one, none = (zero(),), ()
    mild = (zero("BTC", SPREAD),)
    raise_, end = f"{SPREAD} raised", f"{SPREAD} resolved"
    steps(
        made,
        "stands",
        [(0, one, [RAISED]), (9, one, []), (4 * HOUR_S - 10, one, []), (1, one, [STILL])],
    )
    steps(
        made,
        "ends",
        [(0, one, [RAISED]), (9, none, []), (CALM_S - 1, none, []), (1, none, [OVER])],
    )
    steps(
        made,
        "comes back",
        [(0, one, [RAISED]), (9, none, []), (CALM_S - 1, one, []), (9, one, [])],
    )
    steps(
        made,
        "comes back late",
        [(0, one, [RAISED]), (9, none, []), (CALM_S, none, [OVER]), (1, one, [RAISED])],
    )
    steps(
        made,
        "came and went",
        [(0, mild, [raise_]), (HOUR_S - 1, mild, []), (1, mild, [raise_]), (9, none, [])],
    )
    phone: list[Step] = [(0, mild, []), (HOUR_S, mild, [raise_]), (1, none, [])]
    steps(made, "mild", [*phone, (CALM_S, none, [end])], PHONE)
    desk = steps(made, "mild and over", [(0, mild, [raise_]), (1, none, [])])
    desk.stand(after_s=HOUR_S)
    made.claim("I-42", desk.phases() == [end], "the end of what was told")
    made.claim("I-42", desk.phases(PHONE) == [], "the end of what was never told")
    flapping = 0
    for _ in range(360):  # a day of four minutes each way
        desk.stand(*one)
        flapping += len(desk.notices())
        for _ in range(8):
            desk.stand(after_s=30)
            flapping += len(desk.notices())
    made.claim("I-42", flapping < 20, f"{flapping} messages about one thing in a day")
    again = Desk()
    for number in range(20):
        again.stand(zero(reason=f"{number}", since_ms=START_MS + number))
        raised = [(n.phase, n.matters[0].times) for n in again.notices()]
        made.claim("I-42", raised == [("raised", number + 1)], f"time {number}: {raised}")
        again.stand(after_s=1)
        again.stand(after_s=CALM_S_MAX)
        made.claim("I-42", again.phases() == [OVER], f"time {number}: over too late")
    news = Desk()
    news.stand(zero(reason="old", since_ms=START_MS + 5))
    news.notices()
    news.stand(zero(reason="new", since_ms=START_MS + 9), after_s=4 * HOUR_S)
    told_ = [(n.matters[0].reason, n.matters[0].since_ms - START_MS) for n in news.notices()]
    made.claim("I-42", told_ == [("new", 5)], f"reminded of {told_}")
    blind = Desk()
    blind.stand(zero(), zero("ops2", UNDELIVERED))
    blind.notices()
    blind.stand(zero("", "halted"), blind=True, after_s=9)
    blind.stand(zero("", "halted"), blind=True, after_s=CALM_S * 9)
    found = sorted(blind.phases())
    wanted = ["halted raised", f"{UNDELIVERED} resolved"]
    made.claim("I-42", found == wanted, f"while nobody looks: {found}")


def grouping(made: Claims) -> None:
    """See that all is told, the grave first, one refusal in nobody's way, no secret in it."""
    desk = Desk()
    many = [zero(f"A{n}") for n in range(TOGETHER_MAX + 1)]
    desk.stand(*many, zero("BTC", SPREAD), zero("", "halted", reason="key s3cret"))
    notices = desk.notices()
    subjects = {matter.subject for notice in notices for matter in notice.matters}
    made.claim("I-42", len(subjects) == len(many) + 2, f"told of {len(subjects)}")
    sizes = sorted(len(notice.matters) for notice in notices)
    made.claim("I-42", sizes == [1, 1, 1, TOGETHER_MAX], f"messages of {sizes}")
    made.claim("I-42", notices[-1].event == SPREAD, f"the last is {notices[-1].event}")
    desk.book.happened(zero("", "ended", reason="s3cret"))
    words = str([*notices, *desk.notices()])
    made.claim("I-25", "s3cret" not in words, "a secret is told")
    made.claim("I-42", "[hidden]" in words, "not told at all")
    stuck = Desk()
    stuck.stand(zero("BTC"), zero("ETH", "unsettled"), zero("ops", UNDELIVERED))
    first = stuck.book.due(OPS)
    if first is not None:
        stuck.book.refused(first, OPS)
    second = stuck.book.due(OPS)
    events = [one.notice.event for one in (first, second) if one is not None]
    made.claim("I-42", len(set(events)) == 2, f"one that is refused holds up all: {events}")
    made.claim("I-42", len(stuck.phases()) == 2, "told that it cannot be told")
    made.claim("I-42", len(stuck.phases(PHONE)) == 3, "not told that another cannot be told")
    other = Desk()
    other.stand(zero("ops", UNDELIVERED), zero("phone", UNDELIVERED))
    other.phases(PHONE)
    for name in ("ops", "phone", "nobody"):
        other.book.withdraw((UNDELIVERED, name))
    left = list(other.book.items)
    made.claim("I-42", left == [(UNDELIVERED, "ops")], f"withdrawn but for {left}")


def room(made: Claims) -> None:
    """See that the gravest are kept where there is no room, and what is lost is counted."""
    desk = Desk()
    mild = [zero(f"A{n}", SPREAD) for n in range(ITEMS_MAX - 1)]
    grave = zero("", "halted")
    desk.stand(grave, *mild)
    made.claim("I-43", desk.book.dropped == 0, "dropped before it was full")
    for _ in range(3):
        desk.stand(grave, *mild, zero("BTC"), zero("ETH", SPREAD))
        kept = set(desk.book.items)
        made.claim("I-42", {("halted", ""), (ZERO, "BTC")} <= kept, "a page is dropped for a hint")
        made.claim("I-43", len(kept) == ITEMS_MAX, f"{len(kept)} are kept")
    made.claim("I-42", desk.book.dropped == 2, f"{desk.book.dropped} counted as dropped")
    made.claim("I-43", len(vars(desk.book)["_away"]) <= ITEMS_MAX, "what was lost is kept")
    over = Desk()
    gone = [zero(f"A{n}") for n in range(ITEMS_MAX)]
    over.stand(*gone[:9])
    over.notices()
    over.stand(*gone[9:])
    for number in range(9):
        over.stand(*gone[9:], *(zero(f"B{n}") for n in range(number + 1)))
    subjects = {subject for _, subject in over.book.items}
    made.claim("I-42", {f"B{n}" for n in range(9)} <= subjects, "what is over keeps a page out")
    made.claim("I-42", over.book.dropped == 0, f"{over.book.dropped} that were told are lost")
    over.stand()
    over.stand(zero("C"))
    made.claim("I-42", over.book.dropped == 1, f"{over.book.dropped} lost untold, of one")
    old = Desk()
    old.stand(zero())
    old.stand(after_s=1)
    old.stand(after_s=9 * FORGET_S)
    old.book.forget([OPS])
    made.claim("I-42", old.phases() == [OVER], "forgotten before it was told")
    old.book.forget([OPS])
    made.claim("I-43", not old.book.items, "what is over is never forgotten")
    young = Desk()
    young.stand(zero())
    young.notices()
    young.book.forget([OPS])
    young.stand(after_s=CALM_S)
    young.book.forget([OPS])
    made.claim("I-42", bool(young.book.items), "forgotten at once")


def events(made: Claims) -> None:
    """See that what happens again and again is told now and then, with a count."""
    desk = Desk()
    for _ in range(40):
        desk.book.happened(STARTED)
        desk.clock.advance(AGAIN_S / 20)
    first = [(notice.phase, notice.matters[0].times) for notice in desk.notices()]
    made.claim("I-42", first == [("noted", 40)], f"40 starts are {first}")
    desk.book.happened(STARTED)
    made.claim("I-42", not desk.phases(), "told again at once")
    desk.clock.advance(AGAIN_S)
    second = [notice.matters[0].times for notice in desk.notices()]
    made.claim("I-42", second == [41], f"told again: {second}")
    desk.clock.advance(AGAIN_S)
    made.claim("I-42", not desk.phases(), "told again of what happened once")


SCRIPTS = {trap.__name__: told(trap, "I-42") for trap in (standing, grouping, room, events)}
