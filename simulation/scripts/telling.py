"""What of each cycle somebody hears, in the log, in the status and on a phone."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from typing import cast

from counterpoise.alarm import Alert
from counterpoise.alerts.book import Terms
from counterpoise.alerts.desk import Around, Desk
from counterpoise.alerts.items import CALM_S
from counterpoise.alerts.pulse import Pulse
from counterpoise.announcer import Tidings, Trouble
from counterpoise.core.alert_kinds import KINDS, kind_of
from counterpoise.core.instrument import Asset
from counterpoise.core.notice import Severity
from counterpoise.core.state import AccountState, Control
from counterpoise.errors import SettingsError
from counterpoise.paging import Pager, conditions
from counterpoise.ports import Heartbeat
from simulation.pager import FakeAlerts, Receiver
from simulation.scripts.claims import Claims, told
from tests.alerts.parts import HOUR_S, OPS, SENDER
from tests.fakes import START_MS, FakeClock
from tests.sim.parts import ReadLog
from tests.sim.virtual import SeededEntropy

TEN_YEARS_MS = 315_360_000_000
BTC = Asset("BTC")
RUN = Control()
HALT = Control(state=AccountState.HALT, by="ann", reason="looks wrong", at_ms=START_MS - 5)
ZERO = Alert(asset=BTC, cause="zero_unexplained", detail="was 0.8", since_ms=START_MS - 9)
QUIET = Tidings(record=None, duration_ms=1.0, failure="", standing={}, alerts=(), finished=1)
PAGES = (  # of what somebody must get up for
    "ended",
    "halted",
    "bug",
    "journal_gone",
    "undelivered",
    "out_of_band",
    "zero_unexplained",
    "position_unexplained",
    "unsettled",
    "back_off",
    "clock_skew",
    "account_unfit",
    "liquidated",
    "liquidation_near",
    "forced",
    "books_apart",
    "margin_use",
    "something_new",
)


def gravity(made: Claims) -> None:
    """See that what somebody must get up for pages, at once or once it lasts."""
    for event in PAGES:
        severity = kind_of(event, {}).severity
        made.claim("I-18", severity is Severity.PAGE, f"{event} is {severity}")
    for event, kind in KINDS.items():
        late = kind.severity is Severity.WARNING and (kind.pages_after_s or 9e9) > HOUR_S
        made.claim("I-18", not late, f"{event} never pages, however long it lasts")
    chosen = kind_of("spread", {"spread": Severity.INFO})
    mild = (chosen.severity, chosen.pages_after_s) == (Severity.INFO, None)
    made.claim("I-42", mild, f"what the owner chose is {chosen.severity}")


def _trouble(kind: str, age_ms: int) -> Tidings:
    stuck = Trouble(kind=kind, said="it broke", hint="mend it", since_ms=START_MS - age_ms)
    return replace(QUIET, failure="it broke", trouble=stuck)


def standing(made: Claims) -> None:
    """See that halts, troubles that last and alerts of assets are all handed on, with words."""
    paused = replace(HALT, state=AccountState.PAUSE, by="")
    alarmed = replace(QUIET, alerts=(ZERO,))
    cases: tuple[tuple[str, Tidings, Control, list[tuple[str, str, str]]], ...] = (
        ("nothing", QUIET, RUN, []),
        ("an alert", alarmed, RUN, [("zero_unexplained", "BTC", "was 0.8")]),
        ("a halt", QUIET, HALT, [("halted", "", "looks wrong (ann)")]),
        ("a pause", QUIET, paused, [("paused", "", "looks wrong")]),
        (
            "a halt and an alert",
            alarmed,
            HALT,
            [("halted", "", "looks wrong (ann)"), ("zero_unexplained", "BTC", "was 0.8")],
        ),
        *(
            (f"{kind} for {age_ms} ms", _trouble(kind, age_ms), RUN, wanted)
            for kind, event, after_ms in (
                ("JournalError", "journal_gone", 30_000),
                ("Unavailable", "cycle_failing", 60_000),
            )
            for age_ms, wanted in (
                (after_ms - 1, []),
                (after_ms, [(event, "", "it broke: mend it")]),
                (-TEN_YEARS_MS, [(event, "", "it broke: mend it")]),  # the clock was set back
            )
        ),
        ("a bug", _trouble("bug", 0), RUN, [("bug", "", "it broke: mend it")]),
    )
    for name, tidings, control, wanted in cases:
        found = list(conditions(tidings, control, START_MS))
        got = [(one.event, one.subject, one.reason) for one in found]
        made.claim("I-42", got == wanted, f"{name}: {got}")
    (one,) = conditions(alarmed, RUN, START_MS)
    made.claim("I-42", one.since_ms == START_MS - 9, "since when it stands is lost")


@dataclass
class Phone:
    """A pager whose book can be read, and whose heart is counted."""

    clock: FakeClock = field(default_factory=FakeClock)
    said: ReadLog = field(default_factory=ReadLog)
    beats: list[int] = field(default_factory=list)
    mild: bool = True  # starts and stops are told

    def __post_init__(self) -> None:
        """Begin with nothing the matter."""
        entropy = SeededEntropy(random.Random(1))
        around = Around(clock=self.clock, entropy=entropy, log=self.said.log)
        pulse = Pulse(cast("Heartbeat", _Heart()), 60.0, clock=self.clock, log=self.said.log)
        vars(pulse)["beat"] = lambda: self.beats.append(1)
        channels = [(FakeAlerts("ops", Receiver(), self.clock), Severity.INFO)]
        self.desk = Desk(channels, pulse, Terms(sender=SENDER, remind_s=HOUR_S), around)
        self.pager = Pager(self.desk, self.clock, self.said.log, start_and_stop=self.mild)

    def events(self) -> list[str]:
        """Take all that is due, and return it."""
        found = []
        while (errand := self.desk.book.due(OPS)) is not None:
            self.desk.book.arrived(errand, OPS)
            found.append(f"{errand.notice.event} {errand.notice.phase}")
        return found


class _Heart:
    host = "hc.example"


def phones(made: Claims) -> None:
    """See that a halt hides nothing, only good cycles beat, and every end is told."""
    phone = Phone()
    phone.pager.see(replace(QUIET, alerts=(ZERO,)), RUN)
    found = phone.events()
    made.claim("I-42", found == ["zero_unexplained raised"], f"told {found}")
    for _ in range(20):
        phone.pager.see(QUIET, HALT)
        phone.clock.advance(CALM_S)
    found = phone.events()
    made.claim("I-42", found == ["halted raised"], f"while halted {found}")
    beating = Phone()
    for finished, control, trouble, beats in (
        (1, RUN, False, 1),
        (1, RUN, False, 1),
        (2, HALT, False, 1),
        (2, RUN, True, 1),
        (3, RUN, False, 2),
    ):
        tidings = _trouble("bug", 0) if trouble else QUIET
        beating.pager.see(replace(tidings, finished=finished), control)
        made.claim("I-42", len(beating.beats) == beats, f"{len(beating.beats)} beats of {beats}")
    for mild in (True, False):
        phone = Phone(mild=mild)
        phone.pager.started("")
        phone.pager.stopped()
        phone.pager.ended(SettingsError("no such key", hint="write it"))
        wanted = ["ended noted", *(["started noted", "stopped noted"] if mild else [])]
        found = phone.events()
        made.claim("I-42", found == wanted, f"ends: {found}")
    (ended,) = phone.desk.book.items.values()
    made.claim("I-42", ended.now.reason == "no such key: write it", f"ended by {ended.now.reason}")
    phone.pager.ended(ValueError("https://user:s3cret@host"))
    reason = phone.desk.book.items["ended", ""].now.reason
    made.claim("I-25", reason == "bug: ValueError", f"a stranger's words are told: {reason}")
    broken = Phone()
    broken.pager.desk = None  # type: ignore[assignment]
    broken.pager.see(QUIET, RUN)
    said = broken.said.events("error")
    made.claim("I-42", said == ["alert.broken"], f"a fault in telling is said as {said}")


SCRIPTS = {trap.__name__: told(trap, "I-42") for trap in (gravity, standing, phones)}
