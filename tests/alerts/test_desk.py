"""Delivery on virtual time: until it arrives, never in anybody's way, and seen where it fails."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from counterpoise.alerts.book import ITEMS_MAX, Terms
from counterpoise.alerts.courier import ASKED_S_MAX, PAUSE_S_MAX, UNDELIVERED_AFTER_S
from counterpoise.alerts.desk import CLOSE_WITHIN_S, UNHEARD_AFTER_S, Around, Desk
from counterpoise.alerts.pulse import AGAIN_S, Pulse
from counterpoise.core.notice import Notice, Severity
from counterpoise.errors import Undelivered
from simulation.pager import ERRORS, FakeAlerts, PagerFault, Receiver
from tests.alerts.parts import HOUR_S, SENDER, ZERO, zero
from tests.sim.parts import ReadLog
from tests.sim.virtual import SeededEntropy, TrueClock, VirtualLoop

CYCLE_S = 10.0
EVERY_S = 60.0


@dataclass
class FakeHeartbeat:
    """Counts, or fails."""

    clock: TrueClock
    fails: bool = False
    at_s: list[float] = field(default_factory=list)
    host: str = "hc.example"

    async def beat(self) -> None:
        await self.clock.sleep(0.1)
        if self.fails:
            raise Undelivered("HTTP 500")
        self.at_s.append(self.clock.monotonic_s())

    async def close(self) -> None:
        """Do nothing."""


class Stage:
    """A desk with two receivers and a heartbeat, cycles every ten seconds."""

    def __init__(self, loop: VirtualLoop) -> None:
        self.loop = loop
        self.clock = TrueClock(loop)
        self.said = ReadLog()
        self.heart = FakeHeartbeat(self.clock)
        self.ops, self.phone = Receiver(), Receiver()
        self.found = [zero()]
        self.desk = self.build()

    def build(self) -> Desk:
        channels = [
            (FakeAlerts("ops", self.ops, self.clock), Severity.INFO),
            (FakeAlerts("phone", self.phone, self.clock), Severity.PAGE),
        ]
        around = Around(
            clock=self.clock, entropy=SeededEntropy(random.Random(1)), log=self.said.log
        )
        pulse = Pulse(self.heart, EVERY_S, clock=self.clock, log=self.said.log)
        return Desk(channels, pulse, Terms(sender=SENDER, remind_s=4 * HOUR_S), around)

    def suffer(self, fault: PagerFault | None, *receivers: Receiver) -> None:
        for receiver in receivers or (self.ops, self.phone):
            receiver.suffer(fault, self.loop.time())

    async def cycles(self, seconds: float) -> None:
        """Let the daemon go on, seeing `found` in every cycle."""
        end_s = self.loop.time() + seconds
        while self.loop.time() < end_s:
            self.desk.stand(self.found)
            self.desk.good_cycle()
            await asyncio.sleep(CYCLE_S)

    def run(self, doing: Coroutine[Any, Any, None]) -> None:
        async def work() -> None:
            self.desk.begin()
            await doing
            await self.desk.close()

        self.loop.run_until_complete(work())

    def well(self) -> bool:
        return self.desk.state.well

    @staticmethod
    def told(receiver: Receiver) -> list[str]:
        return [f"{r.notice.event} {r.notice.phase}" for r in receiver.inbox]


@pytest.fixture
def stage() -> Iterator[Stage]:
    loop = VirtualLoop()
    yield Stage(loop)
    loop.close()


def test_what_stands_is_told_on_every_channel_and_never_again(stage: Stage) -> None:
    stage.run(stage.cycles(HOUR_S))
    assert stage.told(stage.ops) == stage.told(stage.phone) == [f"{ZERO} raised"]
    assert stage.well()
    assert [channel.sent for channel in stage.desk.state.channels] == [1, 1]


@pytest.mark.parametrize("fault", [fault for fault in PagerFault if fault is not PagerFault.LOST])
def test_it_is_told_soon_after_the_receiver_works_again(stage: Stage, fault: PagerFault) -> None:
    async def doing() -> None:
        stage.suffer(fault)
        await stage.cycles(HOUR_S)
        assert not stage.ops.inbox
        stage.suffer(None)
        await stage.cycles(PAUSE_S_MAX + CYCLE_S)

    stage.run(doing())
    assert f"{ZERO} raised" in stage.told(stage.ops)
    assert 50 < stage.ops.attempts < 80  # a minute apart, once it is known to be down


def test_a_pause_that_is_asked_for_is_kept_but_not_for_ever(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Undelivered("HTTP 429", retry_after_s=1e9)
    monkeypatch.setitem(ERRORS, PagerFault.BUSY, asked)

    async def doing() -> None:
        stage.suffer(PagerFault.BUSY)
        await stage.cycles(ASKED_S_MAX - CYCLE_S)
        assert stage.ops.attempts == 1
        stage.suffer(None)
        await stage.cycles(3 * CYCLE_S)
        assert stage.told(stage.ops)[0] == f"{ZERO} raised"

    stage.run(doing())


def test_a_channel_that_fails_is_seen_and_told_by_the_other(stage: Stage) -> None:
    async def doing() -> None:
        stage.suffer(PagerFault.BROKEN, stage.ops)
        await stage.cycles(UNDELIVERED_AFTER_S / 2)
        assert stage.well()
        await stage.cycles(UNDELIVERED_AFTER_S)
        assert not stage.well()
        ops, phone = stage.desk.state.channels
        assert (ops.late, ops.waiting, ops.detail) == (True, 1, "HTTP 500")
        assert not phone.late
        stage.suffer(None)
        await stage.cycles(HOUR_S)
        assert stage.well()

    stage.run(doing())
    told = [f"{ZERO} raised", "undelivered raised", "undelivered resolved"]
    assert stage.told(stage.phone) == told
    assert stage.told(stage.ops) == [f"{ZERO} raised"]
    assert stage.said.events("error") == ["alert.undelivered"]
    assert stage.said.facts("alert.undelivered")["channel"] == "ops"


def test_a_long_silence_is_said_hourly_and_not_at_each_attempt(stage: Stage) -> None:
    async def doing() -> None:
        stage.suffer(PagerFault.DOWN, stage.ops)
        await stage.cycles(3.5 * HOUR_S)

    stage.run(doing())
    assert len(stage.said.events("error")) == 4 + 1  # and once more at the end


def test_a_page_that_nobody_gets_stops_the_heartbeat(stage: Stage) -> None:
    async def doing() -> None:
        stage.suffer(PagerFault.DOWN)
        began_s = stage.loop.time()
        await stage.cycles(HOUR_S)
        assert stage.heart.at_s[-1] < began_s + UNHEARD_AFTER_S + EVERY_S
        stage.suffer(None, stage.phone)
        await stage.cycles(3 * EVERY_S)
        assert stage.heart.at_s[-1] > stage.loop.time() - 2 * EVERY_S

    stage.run(doing())


def test_what_only_one_channel_lacks_does_not_stop_the_heartbeat(stage: Stage) -> None:
    async def doing() -> None:
        stage.suffer(PagerFault.DOWN, stage.ops)
        await stage.cycles(HOUR_S)

    stage.run(doing())
    assert len(stage.heart.at_s) == HOUR_S / EVERY_S


def test_the_heart_beats_once_an_interval_however_short_a_cycle_is(stage: Stage) -> None:
    stage.run(stage.cycles(HOUR_S))
    assert len(stage.heart.at_s) == HOUR_S / EVERY_S


def test_a_heartbeat_that_fails_is_tried_by_the_next_cycle_and_told_if_it_lasts(
    stage: Stage,
) -> None:
    async def doing() -> None:
        stage.heart.fails, stage.found = True, []
        await stage.cycles(15 * 60)
        state = stage.desk.state.heartbeat
        assert state is not None
        assert state.failed == pytest.approx(15 * 60 / AGAIN_S, abs=2)
        stage.heart.fails = False
        await stage.cycles(HOUR_S)

    stage.run(doing())
    assert stage.told(stage.ops) == ["heartbeat_failing raised", "heartbeat_failing resolved"]
    events = [event for event in stage.said.events() if event.startswith("heartbeat")]
    assert events == ["heartbeat.failed", "heartbeat.resumed"]


def test_closing_tells_what_is_left_and_waits_for_nobody(stage: Stage) -> None:
    async def doing() -> None:
        stage.desk.happened(zero("", "stopped"))

    stage.run(doing())
    assert stage.told(stage.ops) == ["stopped noted"]
    assert stage.told(stage.phone) == []


@pytest.mark.parametrize("fault", [PagerFault.SLOW, PagerFault.DOWN])
def test_closing_is_bounded_and_says_what_was_not_told(stage: Stage, fault: PagerFault) -> None:
    began_s = stage.loop.time()

    async def doing() -> None:
        stage.suffer(fault)
        stage.desk.happened(zero("", "ended"))

    stage.run(doing())
    assert stage.loop.time() - began_s <= CLOSE_WITHIN_S + 0.01
    assert stage.said.events("error") == ["alert.undelivered"] * 2
    assert stage.said.facts("alert.undelivered")["waiting"] == 1


def test_a_fault_of_our_own_does_not_end_the_telling(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver = FakeAlerts.deliver
    broken = iter([True, True])

    async def breaking(self: FakeAlerts, notice: Notice) -> None:
        if next(broken, False):
            raise ZeroDivisionError
        await deliver(self, notice)

    monkeypatch.setattr(FakeAlerts, "deliver", breaking)
    stage.run(stage.cycles(60))
    assert stage.told(stage.ops) == stage.told(stage.phone) == [f"{ZERO} raised"]


def test_alerts_that_there_is_no_room_for_are_counted_and_said(stage: Stage) -> None:
    stage.found = [zero(f"A{n}", f"E{n}") for n in range(300)]
    stage.run(stage.cycles(20))
    assert stage.desk.state.dropped == 300 - ITEMS_MAX
    assert "alert.dropped" in stage.said.events("error")


def test_without_anybody_to_tell_nothing_is_kept(stage: Stage) -> None:
    around = Around(clock=stage.clock, entropy=SeededEntropy(random.Random(1)), log=stage.said.log)
    stage.desk = Desk([], None, Terms(sender=SENDER, remind_s=HOUR_S), around)

    async def doing() -> None:
        await stage.cycles(60)
        stage.desk.happened(zero("", "started"))
        assert not stage.desk.book.items
        assert stage.well()

    stage.run(doing())
