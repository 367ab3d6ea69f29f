"""Orders that go well, and orders that go wrong in each way, each seen from the wire."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from counterpoise.ports import HttpResponse
from simulation.scripts.whole import FIND, PLACE, Stage, staged
from tests.scenarios.config import API_KEY, API_SECRET
from tests.sim.trace import Tap
from tests.venues.fake import answer

D = Decimal
FENCE_S = 10.0  # receive window, skew and visibility lag: 5, 1 and 4 s


def corrects(stage: Stage) -> None:
    """Two orders where two were meant, exactly on target, and then nothing more."""
    stage.calm()
    stage.jump()
    stage.home(2, "after a price moved")
    stage.claim("I-19", stage.orders == 2, f"{stage.orders} orders for two assets")
    stage.claim("I-30", stage.states() == ["filled", "filled"], f"journal: {stage.states()}")
    stage.quiet("I-19", 12, "with nothing changed")
    stage.claim("H4", not stage.told(), f"alerts of a calm account: {stage.world.alerts()}")
    stage.jump(50_000)
    stage.world.price("ETH", D(2_600))
    stage.home(8, "after it moved back")


def lost_answer(stage: Stage) -> None:
    """See that an order carried out and not answered for is looked up, never sent again."""
    stage.calm()
    stage.world.fault("timeout-after", PLACE, 1, hold_s=12)
    stage.jump()
    stage.home(6, "after an answer was lost")
    stage.claim("I-8", stage.orders == 2, f"{stage.orders} orders for two assets")
    stage.claim("I-17", set(stage.states()) == {"filled"}, f"journal: {stage.states()}")


def lost_order(stage: Stage) -> None:
    """See that an order that never arrived is absent on proof: late, and twice not found."""
    stage.calm()
    stage.world.fault("timeout-before", PLACE, 1, hold_s=12)
    stage.jump()
    stage.home(8, "after an order was lost")
    stage.claim("I-17", "absent" in stage.states(), f"journal: {stage.states()}")
    for key, sent_ms, at_ms in stage.world.rows(
        "SELECT i.client_order_id, i.sent_at_ms, t.at_ms FROM intent i JOIN transition t"
        " ON t.client_order_id = i.client_order_id WHERE t.state = 'absent'"
    ):
        waited_s = (int(str(at_ms)) - int(str(sent_ms))) / 1000
        stage.claim("I-6", waited_s > FENCE_S, f"absent after {waited_s} s")
        start_s = stage.world.around.clock.monotonic_s()
        since_s = start_s - (stage.world.around.clock.wall_ms() - int(str(sent_ms))) / 1000
        looked = [
            one
            for one in stage.world.trace.requests
            if one.name == FIND and one.params.get("origClientOrderId") == key
        ]
        late = [one for one in looked if one.at_s > since_s + FENCE_S]
        stage.claim("I-6", len(late) >= 2, f"absent after {len(late)} late look-ups")


def no_look_up(stage: Stage) -> None:
    """While an order cannot be looked up, nothing else of its asset is sent; it is said aloud."""
    stage.calm()
    stage.world.fault("timeout-before", PLACE, 1, hold_s=12)
    stage.world.fault("status", FIND, 200, status=503)
    stage.jump()
    stage.world.cycles(3)
    before = stage.orders
    stage.quiet("I-1", 30, "while one has no outcome")
    stage.claim("I-6", "unknown" in stage.states(), f"journal: {stage.states()}, {before} orders")
    stage.claim("I-18", stage.told(), "nobody is told of an order without outcome")
    stage.world.restart()
    stage.quiet("I-16", 6, "after a restart, one has no outcome")
    stage.world.heal()
    stage.home(10, "once it can be looked up")


def rests(stage: Stage) -> None:
    """See that no order is absent while its book and its trades cannot be read."""
    stage.calm()
    stage.world.fault("timeout-before", PLACE, 1, hold_s=12)
    stage.world.fault("status", "GET /fapi/v1/openOrders", 200, status=503)
    stage.jump()
    stage.world.cycles(8)
    stage.claim("I-6", "absent" not in stage.states(), "absent with half of the evidence")
    stage.world.heal()
    stage.world.fault("status", "GET /fapi/v1/userTrades", 200, status=503)
    stage.world.cycles(6)
    stage.claim("I-6", "absent" not in stage.states(), "absent with no trades read")
    stage.world.heal()
    stage.home(10, "once all can be read")


def late_order(stage: Stage) -> None:
    """See that an order that arrives after its answer was given up is still found."""
    stage.calm()
    stage.world.fault("slow", PLACE, 1, delay_s=4.0, late=True)
    stage.jump()
    stage.home(8, "after an order was late")


def invisible(stage: Stage) -> None:
    """Not found yet is not absent."""
    stage.calm()
    stage.world.fault("timeout-after", PLACE, 1, hold_s=1)
    stage.world.fault("delay-visible", PLACE, 2, delay_s=3.5)
    stage.jump()
    stage.home(10, "after orders showed late")


def unclear(stage: Stage) -> None:
    """503, HTML, a cut body and a code that nobody knows say nothing of an order."""
    stage.calm()
    prices = iter((60_000, 50_000, 60_000, 50_000))
    for kind, more in (
        ("status", {"status": 503}),
        ("html", {}),
        ("cut-body", {}),
        ("reject", {"code": -1008}),
    ):
        stage.world.fault(kind, PLACE, 1, **more)
        stage.jump(next(prices))
        stage.home(14, f"after {kind}")


def refused(stage: Stage) -> None:
    """See that a refusal is not repeated every cycle, and the pause grows."""
    stage.calm()
    stage.world.fault("reject", PLACE, 500, code=-2019)
    stage.jump()
    stage.world.run(400)
    for asset in ("BTC", "ETH"):
        times = [one.at_s for one in stage.world.orders if one.market_id == f"{asset}USDT"]
        gaps = [later - earlier for earlier, later in pairwise(times)]
        least = [10.0 * 2**n for n in range(len(gaps))]
        paced = all(gap >= wanted for gap, wanted in zip(gaps, least, strict=True))
        stage.claim("R9", paced, f"{asset} again after {gaps} s")
        stage.claim("I-17", len(times) >= 4, f"{asset} was tried {len(times)} times")
    stage.claim("I-18", stage.told(), "nobody is told of refusals")
    stage.claim("I-30", set(stage.states()) == {"rejected"}, f"journal: {stage.states()}")
    stage.world.heal()
    stage.world.run(400)
    stage.home(3, "once it is taken again")


def partial(stage: Stage) -> None:
    """See that what filled in part counts in part, and the rest follows."""
    stage.calm()
    stage.world.fault("partial-fill", PLACE, 3)
    stage.jump()
    stage.home(8, "after part fills")
    stage.claim("I-30", "part-filled" in stage.states(), f"journal: {stage.states()}")


def nothing_fills(stage: Stage) -> None:
    """Orders that nothing fills are paced."""
    stage.calm()

    def flee(tap: Tap) -> None:
        if tap.name == PLACE:
            stage.jump(59_000 if tap.before else 60_000)
            stage.world.price("ETH", D(2_600) if tap.before else D(2_500))

    stage.world.around.hooks.append(flee)
    stage.jump()
    stage.world.run(300)
    times = [one.at_s for one in stage.world.orders if one.market_id == "BTCUSDT"]
    stage.claim("R9", 2 < len(times) <= 14, f"{len(times)} orders in five minutes")
    stage.claim("I-30", "cancelled" in stage.states(), f"journal: {stage.states()}")


def redirected(stage: Stage) -> None:
    """See that a redirect of an order proves nothing, and nobody follows it."""
    stage.calm()
    moved = answer({}, 302, Location="https://evil.example/")
    stage.answers(PLACE, lambda _: moved)
    stage.jump()
    stage.world.cycles(1)
    stage.world.heal()
    stage.home(10, "after a redirect")


def strangers(stage: Stage) -> None:
    """See that an answer about another order is no answer."""
    stage.calm()

    def another(response: HttpResponse) -> HttpResponse:
        body = response.body.replace(b'"symbol":"BTCUSDT"', b'"symbol":"XRPUSDT"')
        return HttpResponse(status=response.status, headers=response.headers, body=body)

    stage.answers(PLACE, another)
    stage.jump()
    stage.world.cycles(1)
    unclear_now = "unknown" in stage.states() or stage.world.lines("order.unconfirmed")
    stage.claim("S12", unclear_now, f"taken for the answer: {stage.states()}")
    stage.world.heal()
    stage.home(8, "after a stranger's answer")


HOSTILE = (
    f'{{"code":-9999,"msg":"key {API_KEY} of {API_SECRET}"}}',
    f"<html>GET /fapi?signature=0123456789abcdef&apiKey={API_KEY}</html>",
    '{"code":-9999,"msg":"one\\r\\ntwo\\u001b[31m {\\"event\\":\\"x\\"} \\u2028"}',
    '{"code":-9999,"msg":"' + "x" * 100_000 + '"}',
    f'{{"code":-9998,"msg":"X-MBX-APIKEY: {API_KEY}"}}',
)


def hostile(stage: Stage) -> None:
    """Whatever an exchange answers, no secret of ours and no line of its own gets written."""
    stage.calm()
    prices = (60_000, 50_000)
    for number, text in enumerate(HOSTILE):
        said = HttpResponse(status=400, headers={}, body=text.encode(), reason="no")
        stage.answers(PLACE, lambda _, said=said: said)  # type: ignore[misc]
        stage.jump(prices[number % 2])
        stage.world.cycles(3)
        stage.world.heal()
    for name in ("GET /api/v3/account", FIND):
        said = HttpResponse(status=403, headers={}, body=HOSTILE[1].encode(), reason="no")
        stage.answers(name, lambda _, said=said: said)  # type: ignore[misc]
        stage.world.cycles(2)
        stage.world.heal()
    longest = max((len(line) for line in stage.world.log.getvalue().splitlines()), default=0)
    stage.claim("X6", longest < 20_000, f"a line of {longest} characters")
    stage.claim("X6", "\x1b" not in stage.world.log.getvalue(), "control characters in the log")


SCRIPTS = {
    act.__name__: staged(act)
    for act in (
        corrects,
        lost_answer,
        lost_order,
        no_look_up,
        rests,
        late_order,
        invisible,
        unclear,
        refused,
        partial,
        nothing_fills,
        redirected,
        strangers,
        hostile,
    )
}
