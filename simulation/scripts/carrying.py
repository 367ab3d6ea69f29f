"""How alerts and heartbeats get out: again and again, in nobody's way, and seen where they fail."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from unittest.mock import patch

from counterpoise.alerts import book
from counterpoise.alerts.book import Terms
from counterpoise.alerts.courier import ASKED_S_MAX, PAUSE_S_MAX, UNDELIVERED_AFTER_S
from counterpoise.alerts.desk import CLOSE_WITHIN_S, UNHEARD_AFTER_S, Around, Desk
from counterpoise.alerts.pulse import AGAIN_S, Pulse
from counterpoise.alerts.webhook import Address, WebHeartbeat, Webhook, retry_after_s
from counterpoise.core.notice import NoticeFormat, Severity
from counterpoise.errors import Undelivered
from counterpoise.redaction import redactor
from simulation.pager import ERRORS, FakeAlerts, PagerFault, Receiver
from simulation.scripts.claims import Claims, Script, outcome, told
from simulation.scripts.reaching import Wire
from tests.alerts.parts import HOUR_S, SENDER, ZERO, notice, zero
from tests.sim.parts import ReadLog
from tests.sim.virtual import SeededEntropy, TrueClock, VirtualLoop

CYCLE_S, EVERY_S = 10.0, 60.0
RAISED = f"{ZERO} raised"
PATH = "/services/T0CANARY9/xyzCANARYsecret77"


@dataclass
class Heart:
    """Counts beats, or fails."""

    clock: TrueClock
    fails: bool = False
    at_s: list[float] = field(default_factory=list)
    host: str = "hc.example"
    closed: bool = False

    async def beat(self) -> None:
        """Take one."""
        await self.clock.sleep(0.1)
        if self.fails:
            raise Undelivered("HTTP 500")
        self.at_s.append(self.clock.monotonic_s())

    async def close(self) -> None:
        """Let go."""
        self.closed = True


class Stage:
    """A desk with two receivers and a heartbeat; a cycle every ten seconds."""

    def __init__(self, made: Claims, loop: VirtualLoop) -> None:
        """Begin well, with one page to tell."""
        self.loop, self.claim = loop, made.claim
        self.clock = TrueClock(loop)
        self.said = ReadLog()
        self.heart = Heart(self.clock)
        self.ops, self.phone = Receiver(), Receiver()
        self.found = [zero()]
        around = Around(
            clock=self.clock, entropy=SeededEntropy(random.Random(1)), log=self.said.log
        )
        self.desk = Desk(
            [
                (FakeAlerts("ops", self.ops, self.clock), Severity.INFO),
                (FakeAlerts("phone", self.phone, self.clock), Severity.PAGE),
            ],
            Pulse(self.heart, EVERY_S, clock=self.clock, log=self.said.log),
            Terms(sender=SENDER, remind_s=4 * HOUR_S),
            around,
        )

    def suffer(self, fault: PagerFault | None, *receivers: Receiver) -> None:
        """Begin a fault, or end it."""
        for receiver in receivers or (self.ops, self.phone):
            receiver.suffer(fault, self.loop.time())

    async def cycles(self, seconds: float) -> None:
        """Let the daemon go on, seeing `found` in every cycle."""
        end_s = self.loop.time() + seconds
        while self.loop.time() < end_s:
            self.desk.stand(self.found)
            self.desk.good_cycle()
            await asyncio.sleep(CYCLE_S)


def words(receiver: Receiver) -> list[str]:
    """Return what arrived."""
    return [f"{one.notice.event} {one.notice.phase}" for one in receiver.inbox]


Act = Callable[[Stage], Awaitable[None]]


def staged(act: Act) -> Script:
    """Return a script of an act, at the end of which the desk is closed."""

    def trap(made: Claims) -> None:
        loop = VirtualLoop()
        stage = Stage(made, loop)

        async def work() -> None:
            stage.desk.begin()
            await act(stage)
            await stage.desk.close()

        try:
            loop.run_until_complete(work())
            made.claim("I-43", stage.heart.closed, "the heartbeat is not let go of")
        finally:
            loop.close()

    trap.__name__ = getattr(act, "__name__", "trap")
    return told(trap, "I-42")


async def again(stage: Stage) -> None:
    """See that what stands is told once, and soon after a receiver works again."""
    await stage.cycles(120)
    calm = [words(stage.ops), words(stage.phone)]
    stage.claim("I-42", calm == [[RAISED], [RAISED]], f"told {calm}")
    stage.claim("I-42", stage.desk.state.well, "not well though all arrives")
    stage.found.append(zero("ETH"))
    stage.suffer(PagerFault.DOWN)
    before = stage.ops.attempts
    await stage.cycles(HOUR_S)
    tries = stage.ops.attempts - before
    stage.claim("I-42", 50 < tries < 80, f"{tries} attempts in an hour")
    stage.claim("I-42", not stage.desk.state.well, "well though nothing arrives")
    stage.claim("I-42", "alert.undelivered" in stage.said.events("error"), "nobody is told")
    stage.suffer(None)
    await stage.cycles(PAUSE_S_MAX + CYCLE_S)
    stage.claim("I-42", words(stage.ops)[:2] == [RAISED] * 2, f"told {words(stage.ops)}")
    stage.claim("I-42", stage.desk.state.well, "not well though all arrives again")
    quiet_s = stage.said.events("error").count("alert.undelivered")
    stage.claim("I-42", quiet_s <= 4, f"said {quiet_s} times in an hour")


async def asked(stage: Stage) -> None:
    """See that a pause that a receiver asks for is kept, and not for ever."""
    busy = Undelivered("HTTP 429", retry_after_s=1e9)
    with patch.dict(ERRORS, {PagerFault.BUSY: busy}):
        stage.suffer(PagerFault.BUSY)
        await stage.cycles(ASKED_S_MAX - CYCLE_S)
        stage.claim("I-42", stage.ops.attempts == 1, f"{stage.ops.attempts} attempts")
        stage.suffer(None)
        await stage.cycles(3 * CYCLE_S)
    stage.claim("I-42", words(stage.ops)[:1] == [RAISED], f"told {words(stage.ops)}")


async def beside(stage: Stage) -> None:
    """See that a channel that fails is told of by the other, and holds it up in nothing."""
    stage.suffer(PagerFault.REFUSED, stage.ops)
    await stage.cycles(UNDELIVERED_AFTER_S / 2)
    stage.claim("I-42", stage.desk.state.well, "not well before its time")
    await stage.cycles(UNDELIVERED_AFTER_S)
    ops, phone = stage.desk.state.channels
    shown = (ops.late, ops.waiting, ops.detail, phone.late)
    stage.claim("I-42", shown == (True, 1, "HTTP 404", False), f"shown {shown}")
    stage.suffer(None)
    await stage.cycles(HOUR_S / 2)
    wanted = [RAISED, "undelivered raised", "undelivered resolved"]
    stage.claim("I-42", words(stage.phone) == wanted, f"the other told {words(stage.phone)}")
    stage.claim("I-42", words(stage.ops) == [RAISED], f"told late {words(stage.ops)}")


async def beating(stage: Stage) -> None:
    """See that the heart beats in its time, falls silent where no page arrives, and is missed."""
    await stage.cycles(600)
    beats = len(stage.heart.at_s)
    stage.claim("I-42", beats == 600 / EVERY_S, f"{beats} beats in ten minutes")
    stage.found.append(zero("ETH"))
    stage.suffer(PagerFault.DOWN, stage.ops)
    await stage.cycles(UNHEARD_AFTER_S * 2)
    late_s = stage.loop.time() - stage.heart.at_s[-1]
    stage.claim("I-42", late_s < 2 * EVERY_S, "silent though one channel has it")
    stage.found.append(zero("SOL"))
    stage.suffer(PagerFault.DOWN)
    began_s = stage.loop.time()
    await stage.cycles(HOUR_S / 2)
    last_s = stage.heart.at_s[-1] - began_s
    stage.claim("I-42", last_s < UNHEARD_AFTER_S + EVERY_S, f"beats {last_s} s into silence")
    stage.found = []
    stage.suffer(None)
    await stage.cycles(3 * EVERY_S)
    late_s = stage.loop.time() - stage.heart.at_s[-1]
    stage.claim("I-17", late_s < 2 * EVERY_S, "silent though all arrives")
    stage.heart.fails = True
    before = len(stage.ops.inbox)
    await stage.cycles(900)
    state = stage.desk.state.heartbeat
    failed = 0 if state is None else state.failed
    stage.claim("I-42", abs(failed - 900 / AGAIN_S) <= 3, f"{failed} beats failed")
    stage.heart.fails = False
    await stage.cycles(HOUR_S / 2)
    missed = [word for word in words(stage.ops)[before:] if word.startswith("heartbeat")]
    wanted = ["heartbeat_failing raised", "heartbeat_failing resolved"]
    stage.claim("I-42", missed == wanted, f"a heart that is not heard: {missed}")


async def leaving(stage: Stage) -> None:
    """See that the last is told at the end."""
    stage.desk.happened(zero("", "ended"))
    await stage.desk.close()
    both = [words(stage.ops), words(stage.phone)]
    stage.claim("I-42", both == [["ended noted"]] * 2, f"told at the end: {both}")


async def leaving_in_vain(stage: Stage) -> None:
    """See that an end waits for nobody, and says what was not told."""
    stage.suffer(PagerFault.SLOW)
    stage.desk.happened(zero("", "ended"))
    began_s = stage.loop.time()
    await stage.desk.close()
    took_s = stage.loop.time() - began_s
    stage.claim("I-17", took_s <= CLOSE_WITHIN_S + 0.1, f"an end took {took_s:.1f} s")
    said = stage.said.events("error")
    stage.claim("I-42", said == ["alert.undelivered"] * 2, f"said {said}")


async def faults(stage: Stage) -> None:
    """See that a fault of our own ends no telling, and what there is no room for is said."""
    deliver, broken = FakeAlerts.deliver, iter((True, True))

    async def breaking(self: FakeAlerts, found: object) -> None:
        if next(broken, False):
            raise ZeroDivisionError
        await deliver(self, found)  # type: ignore[arg-type]

    with patch.object(FakeAlerts, "deliver", breaking):
        await stage.cycles(60)
    both = [words(stage.ops), words(stage.phone)]
    stage.claim("I-42", both == [[RAISED], [RAISED]], f"after a fault of our own: {both}")
    stage.found = [zero(f"A{n}", f"E{n}") for n in range(9)]
    with patch.object(book, "ITEMS_MAX", 8):
        await stage.cycles(20)
    lost = stage.desk.state.dropped
    stage.claim("I-42", lost > 0 and "alert.dropped" in stage.said.events(), f"{lost} are lost")


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
TOLD: tuple[tuple[bytes, str, bool, float], ...] = (
    (b"302 Found\r\nLocation: /elsewhere", "HTTP 302", False, 0.0),
    (b"404 Gone", "HTTP 404", True, 0.0),
    (b"408 Slow", "HTTP 408", False, 0.0),
    (b"429 Busy\r\nRetry-After: 7", "HTTP 429", False, 7.0),
    (b"500 Broken", "HTTP 500", False, 0.0),
)


async def _posted(made: Claims) -> None:
    wire = Wire(says=OK)
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    hide = redactor([PATH])
    address = Address(
        name="ops", url=f"http://127.0.0.1:{port}{PATH}", user_agent="counterpoise/0", hide=hide
    )
    line = Webhook(address, NoticeFormat.JSON)
    heart = WebHeartbeat(address)
    made.claim("I-25", "CANARY" not in repr(address), "an address is shown")
    try:
        for send in (line.deliver(notice()), heart.beat()):
            found = await outcome(send)
            made.claim("I-42", found is None, f"a receiver that takes it: {found!r}")
        for answer, said, refused, pause_s in TOLD:
            wire.heads.clear()
            wire.says = b"HTTP/1.1 " + answer + b"\r\nContent-Length: 40\r\n\r\nno " + PATH.encode()
            error = await outcome(line.deliver(notice()))
            got = isinstance(error, Undelivered) and (error.refused, error.retry_after_s)
            made.claim("I-42", got == (refused, pause_s), f"{said}: {error!r} {got}")
            made.claim("I-42", str(error).startswith(said), f"{said} is told as {error}")
            made.claim("I-25", "CANARY" not in f"{error!r}", f"{error!r}")
            made.claim("I-45", len(wire.heads) == 1, f"{said} was followed or sent again")
    finally:
        await line.close()
        await heart.close()
        server.close()
    gone = await outcome(line.deliver(notice()))
    made.claim("I-42", isinstance(gone, Undelivered), f"nobody listens: {gone!r}")
    made.claim("I-25", "CANARY" not in f"{gone!r}", f"{gone!r}")
    await line.close()


def posted(made: Claims) -> None:
    """See that what was not taken is not told as taken, and shows nothing of its address."""
    with patch.dict("os.environ", {"http_proxy": "http://127.0.0.1:1", "no_proxy": ""}):
        asyncio.run(_posted(made))
    for text, seconds in (("7", 7.0), ("soon", 0.0), ("nan", 0.0), ("inf", 0.0), ("-1", 0.0)):
        found = retry_after_s({"Retry-After": text})
        made.claim("I-42", found == seconds, f"a pause of {text} is {found}")


ACTS = (again, asked, beside, beating, leaving, leaving_in_vain, faults)
SCRIPTS = {**{act.__name__: staged(act) for act in ACTS}, "posted": told(posted, "I-42")}
