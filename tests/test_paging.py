"""From what a cycle came to, to what somebody is told."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

import pytest

from counterpoise.alarm import Alert
from counterpoise.alerts.book import Terms
from counterpoise.alerts.desk import Around, Desk
from counterpoise.alerts.items import CALM_S
from counterpoise.alerts.pulse import Pulse
from counterpoise.announcer import Tidings, Trouble
from counterpoise.core.instrument import Asset
from counterpoise.core.notice import Severity
from counterpoise.core.state import AccountState, Control
from counterpoise.errors import SettingsError
from counterpoise.paging import Pager, conditions
from simulation.pager import FakeAlerts, Receiver
from tests.alerts.parts import HOUR_S, OPS, SENDER
from tests.alerts.test_desk import FakeHeartbeat
from tests.fakes import START_MS, FakeClock
from tests.sim.parts import ReadLog, record_of
from tests.sim.virtual import SeededEntropy, TrueClock, VirtualLoop

QUIET = Tidings(record=record_of(), duration_ms=1.0, failure="", standing={}, alerts=(), finished=1)
RUN = Control()
HALT = Control(state=AccountState.HALT, by="ann", reason="looks wrong", at_ms=START_MS - 5)
ZERO = Alert(asset=Asset("BTC"), cause="zero_unexplained", detail="was 0.8", since_ms=START_MS - 9)


def trouble(kind: str, age_ms: int) -> Tidings:
    stuck = Trouble(kind=kind, said="it broke", hint="mend it", since_ms=START_MS - age_ms)
    return replace(QUIET, failure="it broke", trouble=stuck)


def told(tidings: Tidings, control: Control = RUN) -> list[tuple[str, str, str]]:
    return [(c.event, c.subject, c.reason) for c in conditions(tidings, control, START_MS)]


def test_a_quiet_cycle_is_nothing_to_tell() -> None:
    assert told(QUIET) == []


def test_what_stands_of_an_asset_is_told_with_its_cycle() -> None:
    (found,) = conditions(replace(QUIET, alerts=(ZERO,)), RUN, START_MS)
    assert (found.key, found.reason) == (("zero_unexplained", "BTC"), "was 0.8")
    assert (found.since_ms, found.cycle) == (START_MS - 9, 1)


def test_a_halt_says_by_whom_and_why() -> None:
    assert told(QUIET, HALT) == [("halted", "", "looks wrong (ann)")]
    paused = replace(HALT, state=AccountState.PAUSE, by="")
    assert told(QUIET, paused) == [("paused", "", "looks wrong")]


@pytest.mark.parametrize(
    ("kind", "event", "after_ms"),
    [
        ("bug", "bug", 0),
        ("JournalError", "journal_gone", 30_000),
        ("Unavailable", "cycle_failing", 60_000),
        ("SnapshotError", "cycle_failing", 60_000),
    ],
)
def test_cycles_that_come_to_nothing_are_told_once_it_lasts(
    kind: str, event: str, after_ms: int
) -> None:
    assert told(trouble(kind, after_ms)) == [(event, "", "it broke: mend it")]
    if after_ms:
        assert told(trouble(kind, after_ms - 1)) == []


def test_a_clock_that_was_set_back_silences_no_trouble() -> None:
    assert told(trouble("JournalError", -315_360_000_000)) == [
        ("journal_gone", "", "it broke: mend it")
    ]


@dataclass
class Stage:
    """A pager whose book can be read."""

    clock: FakeClock = field(default_factory=FakeClock)
    said: ReadLog = field(default_factory=ReadLog)
    beats: list[float] = field(default_factory=list)
    start_and_stop: bool = True

    def __post_init__(self) -> None:
        loop = VirtualLoop()
        loop.close()
        around = Around(
            clock=self.clock, entropy=SeededEntropy(random.Random(1)), log=self.said.log
        )
        pulse = Pulse(FakeHeartbeat(TrueClock(loop)), 60.0, clock=self.clock, log=self.said.log)
        pulse.beat = lambda: self.beats.append(1)  # type: ignore[method-assign]
        channels = [(FakeAlerts("ops", Receiver(), self.clock), Severity.INFO)]
        desk = Desk(channels, pulse, Terms(sender=SENDER, remind_s=HOUR_S), around)
        self.pager = Pager(desk, self.clock, self.said.log, start_and_stop=self.start_and_stop)

    def events(self) -> list[str]:
        found = []
        while (errand := self.pager.desk.book.due(OPS)) is not None:
            self.pager.desk.book.arrived(errand, OPS)
            found.append(f"{errand.notice.event} {errand.notice.phase}")
        return found


def test_a_halt_hides_no_alert_of_an_asset() -> None:
    stage = Stage()
    stage.pager.see(replace(QUIET, alerts=(ZERO,)), RUN)
    assert stage.events() == ["zero_unexplained raised"]
    for _ in range(20):
        stage.pager.see(QUIET, HALT)
        stage.clock.advance(CALM_S)
    assert stage.events() == ["halted raised"]


def test_the_heart_beats_for_cycles_that_came_to_their_end_while_not_halted() -> None:
    stage = Stage()
    stage.pager.see(QUIET, RUN)
    stage.pager.see(QUIET, RUN)  # the same one, seen again
    assert len(stage.beats) == 1
    stage.pager.see(replace(QUIET, finished=2), HALT)
    stage.pager.see(trouble("bug", 0), RUN)
    assert len(stage.beats) == 1
    stage.pager.see(replace(QUIET, finished=3), RUN)
    assert len(stage.beats) == 2


def test_whatever_is_the_matter_with_telling_the_cycle_goes_on() -> None:
    stage = Stage()
    stage.pager.desk = None  # type: ignore[assignment]
    stage.pager.see(QUIET, RUN)
    assert stage.said.events("error") == ["alert.broken"]


def test_start_and_stop_are_told_if_wanted_and_an_end_always() -> None:
    for wanted in (True, False):
        stage = Stage(start_and_stop=wanted)
        stage.pager.started("")
        stage.pager.stopped()
        stage.pager.ended(SettingsError("no such key", hint="write it"))
        mild = ["started noted", "stopped noted"] if wanted else []
        assert stage.events() == ["ended noted", *mild]


def test_a_strangers_words_are_not_passed_on() -> None:
    stage = Stage()
    stage.pager.ended(ValueError("https://user:secret@host"))
    (item,) = stage.pager.desk.book.items.values()
    assert item.now.reason == "bug: ValueError"
    stage.pager.ended(SettingsError("no such key", hint="write it"))
    assert item.now.reason == "no such key: write it"
