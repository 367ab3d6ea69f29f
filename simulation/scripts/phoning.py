"""What a channel and the heartbeat owe beside the message: counts, pauses, and their own end."""

from __future__ import annotations

import asyncio
import random
import ssl
from unittest.mock import patch

from counterpoise.alerts.book import FORGET_S, Terms
from counterpoise.alerts.courier import UNDELIVERED_AFTER_S
from counterpoise.alerts.desk import Around, Desk
from counterpoise.alerts.earlier import written
from counterpoise.alerts.pulse import AGAIN_S
from counterpoise.alerts.webhook import Address, Line, WebHeartbeat, Webhook
from counterpoise.core.notice import Notice, NoticeFormat, Severity
from counterpoise.errors import Undelivered
from simulation.pager import FakeAlerts
from simulation.scripts.carrying import CYCLE_S, RAISED, Stage, staged, words
from simulation.scripts.claims import Claims, outcome, told
from simulation.scripts.reaching import Wire
from tests.alerts.parts import HOUR_S, SENDER, ZERO, notice, zero
from tests.sim.virtual import SeededEntropy

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


async def refused(stage: Stage) -> None:
    """See that a message that is refused holds up no other, and is counted."""
    deliver = FakeAlerts.deliver

    async def choosy(self: FakeAlerts, found: Notice) -> None:
        if found.event == ZERO:
            raise Undelivered("HTTP 400", refused=True)
        await deliver(self, found)

    stage.found.append(zero("ETH", "unsettled"))
    with patch.object(FakeAlerts, "deliver", choosy):
        await stage.cycles(UNDELIVERED_AFTER_S / 2)
        stage.claim("I-42", words(stage.ops) == ["unsettled raised"], f"told {words(stage.ops)}")
        quiet = "alert.undelivered" not in stage.said.events()
        stage.claim("I-42", quiet, "said before its time")
    ops, _ = stage.desk.state.channels
    stage.claim("I-42", ops.retried > 0 and ops.sent == 1, f"counted {ops}")
    await stage.cycles(4 * CYCLE_S)
    ops, _ = stage.desk.state.channels
    good = (ops.sent, ops.detail, ops.waiting) == (2, "", 0)
    stage.claim("I-42", good, f"after all is well: {ops}")


async def bugs(stage: Stage) -> None:
    """See that a fault of our own counts as a message that did not arrive."""

    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    with patch.object(FakeAlerts, "deliver", broken):
        await stage.cycles(1.5 * HOUR_S)
        stage.claim("I-42", not stage.desk.state.well, "well though nothing is delivered")
    said = stage.said.events("error").count("alert.undelivered")
    stage.claim("I-42", said == 4, f"said {said} times in an hour and a half, of two channels")


async def keeping(stage: Stage) -> None:
    """See that what is over is let go of, an event is told at once, and a loss is said once."""
    await stage.cycles(60)
    stage.found = []
    await stage.cycles(2 * FORGET_S)
    stage.claim("I-43", not stage.desk.book.items, "what is over and told is kept for ever")
    stage.desk.happened(zero("", "ended"))
    await asyncio.sleep(1)
    stage.claim("I-42", words(stage.ops)[-1:] == ["ended noted"], "an event waits for a cycle")
    before = len(stage.heart.at_s)
    stage.heart.fails = True
    failed = 0 if stage.desk.state.heartbeat is None else stage.desk.state.heartbeat.failed
    for _ in range(60):
        stage.desk.good_cycle()
        await asyncio.sleep(1)
    now = 0 if stage.desk.state.heartbeat is None else stage.desk.state.heartbeat.failed
    stage.claim("I-42", now - failed <= 60 / AGAIN_S + 1, f"{now - failed} beats in a minute")
    stage.heart.fails = False
    await stage.cycles(60)
    stage.claim("I-42", len(stage.heart.at_s) > before, "never beats again")
    said = [event for event in stage.said.events() if event.startswith("heartbeat.")]
    wanted = ["heartbeat.failed", "heartbeat.resumed"]
    stage.claim("I-42", said == wanted, f"a heart that is not heard is said as {said}")


async def alone(stage: Stage) -> None:
    """See that without a channel or a heartbeat nothing is kept, and nothing breaks."""
    around = Around(clock=stage.clock, entropy=SeededEntropy(random.Random(1)), log=stage.said.log)
    terms = Terms(sender=SENDER, remind_s=HOUR_S)
    nobody = Desk([], None, terms, around)
    nobody.stand([zero()])
    nobody.happened(zero("", "started"))
    nobody.good_cycle()
    nobody.take_up("no JSON")
    stage.claim("I-43", not nobody.book.items, "kept for nobody")
    stage.claim("I-42", nobody.state.well, "not well though there is nobody to tell")
    await stage.cycles(30)
    text = written(stage.desk.book)
    later = Desk([(FakeAlerts("ops", stage.ops, stage.clock), Severity.INFO)], None, terms, around)
    later.take_up(text)
    later.begin()
    later.stand([zero()])
    await asyncio.sleep(5)
    later.good_cycle()
    await later.close()
    stage.claim("I-42", words(stage.ops) == [RAISED], f"told in two lives: {words(stage.ops)}")


async def _ends(made: Claims) -> None:
    wire = Wire(says=OK, hangs_up=False)
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    address = Address(name="ops", url=f"http://127.0.0.1:{port}/x", user_agent="counterpoise/0")
    hook, heart = Webhook(address, NoticeFormat.SLACK), WebHeartbeat(address)
    await outcome(hook.deliver(notice()))
    await outcome(heart.beat())
    asked = [head.split("\r\n")[0] for head in wire.heads]
    made.claim("I-42", asked == ["POST /x HTTP/1.1", "GET /x HTTP/1.1"], f"sent {asked}")
    typed = "content-type: application/json" in (wire.heads or [""])[0].lower()
    made.claim("I-42", typed, "a message without its type")
    wire.says, wire.hangs_up = b"", True
    cut = await outcome(hook.deliver(notice()))
    made.claim("I-42", isinstance(cut, Undelivered), f"hung up: {cut!r}")
    sessions = [vars(vars(one)["_line"])["_session"] for one in (hook, heart)]
    await hook.close()
    await heart.close()
    closed = all(session is not None and session.closed for session in sessions)
    made.claim("I-43", closed, "connections are kept after the end")
    server.close()
    context = Line(Address(name="x", url="https://x.example/", user_agent="x"))._tls()  # noqa: SLF001
    strict = isinstance(context, ssl.SSLContext) and context.verify_mode is ssl.CERT_REQUIRED
    made.claim("N4", strict, f"certificates are checked by {context}")


def ends(made: Claims) -> None:
    """See on a real socket what is sent, and that all is let go of."""
    asyncio.run(_ends(made))


SCRIPTS = {
    **{act.__name__: staged(act) for act in (refused, bugs, keeping, alone)},
    "ends": told(ends, "I-42"),
}
