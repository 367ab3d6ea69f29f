"""Hosts that asked to be left alone, and how long anybody is waited for."""

from __future__ import annotations

from collections.abc import Mapping

from counterpoise.core.mode import Mode
from counterpoise.errors import Unavailable
from counterpoise.ports import HttpRequest, HttpResponse
from counterpoise.venues.binance import PROFILE
from counterpoise.venues.build import rules_for
from counterpoise.venues.door import Door
from counterpoise.venues.pauses import Pauses
from simulation.scripts.bench import Bench, sprung
from simulation.scripts.doors import HOSTS, TIME, door_of
from tests.venues.fake import NOW_MS, ORDER, FakeVenue, answer, config


class _Timed(FakeVenue):
    """Notes how long it is waited for."""

    waited_s: float = 0.0

    async def send(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
        self.waited_s = timeout_s
        return await super().send(request, timeout_s)


STATED: tuple[tuple[int, dict[str, str], float], ...] = (
    (429, {"Retry-After": "7"}, 7.0),
    (418, {"Retry-After": "600"}, 600.0),
    (429, {"retry-after": "0"}, 1.0),
    (429, {}, 30.0),
    (418, {}, 120.0),
    (429, {"Retry-After": "soon"}, 30.0),
    (418, {"Retry-After": "nan"}, 120.0),
    (418, {"Retry-After": "-5"}, 120.0),
    (418, {"Retry-After": "inf"}, 120.0),
    (418, {"Retry-After": "9999999"}, 259_200.0),
    (200, {"Retry-After": "60"}, 0.0),
    (503, {}, 0.0),
)


async def pauses(made: Bench) -> None:
    """No request to a host before the time that it asked for, and one soon after."""
    host = HOSTS[Mode.TESTNET]
    other = "demo-api.binance.com"
    for status, headers, wait_s in STATED:
        door = door_of(Mode.TESTNET, made)
        made.venue.handlers["GET", TIME] = lambda _, s=status, h=headers: answer({}, s, **h)  # type: ignore[misc]
        await made.outcome(door.send("GET", f"https://{host}{TIME}", {}, b""))
        made.venue.requests.clear()
        for name, at_s, may in (("early", wait_s - 0.5, False), ("late", wait_s + 0.5, True)):
            if at_s < 0:
                continue
            made.clock.now_ms = NOW_MS + round(at_s * 1000)
            made.venue.handlers["GET", TIME] = lambda _: {"serverTime": 1}
            said = await made.outcome(door.send("GET", f"https://{host}{TIME}", {}, b""))
            left = bool(made.venue.requests)
            made.claim("I-28", left is may, f"{status} {headers}: {name} request left: {left}")
            told = isinstance(said, Unavailable) and said.retry_after_s > 0
            made.claim("I-28", may or told, f"{status} {headers}: {said!r}")
            await made.outcome(door.send("GET", f"https://{other}/api/v3/time", {}, b""))
            made.claim("I-17", bool(made.venue.requests), f"{status} of {host} closed {other}")
            made.venue.requests.clear()


async def kept_pauses(made: Bench) -> None:
    """See that the longer of two bans holds, through a restart, whatever the clock did."""
    made.fresh()
    held: list[Mapping[str, int]] = []
    first = Pauses(made.clock)
    first.kept_by(held.append)
    first.close("h", 600.0)
    first.close("h", 5.0)
    made.claim("I-28", first.left_s("h") == 600.0, f"a shorter pause left {first.left_s('h')}")
    made.claim("I-28", bool(held), "a ban was not handed on to be kept")
    second = Pauses(made.clock)
    made.clock.now_ms += 100_000
    second.restore(held[-1] if held else {})
    made.claim("I-28", 499 < second.left_s("h") < 501, f"after a restart {second.left_s('h')}")
    made.clock.now_ms += 501_000
    made.claim("I-17", second.left_s("h") == 0, "a ban never ends")
    made.claim("I-17", not second.closed(), f"what is open is kept as closed: {second.closed()}")
    second.restore({"h": made.clock.now_ms - 5_000})
    made.claim("I-17", second.left_s("h") == 0, "a ban that is over began again")
    second.restore({"h": made.clock.now_ms * 2})
    made.claim("I-17", second.left_s("h") <= 259_200.0, "a ban of centuries")


async def timeouts(made: Bench) -> None:
    """See that reads are waited for shortly, orders longer than they may live."""
    venue = _Timed()
    venue.handlers["POST", ORDER] = lambda _: {}
    rules = rules_for(config(mode=Mode.TESTNET), PROFILE)
    door = Door(rules, venue, made.clock)
    host = HOSTS[Mode.TESTNET]
    await made.outcome(door.send("GET", f"https://{host}{TIME}", {}, b""))
    made.claim("S17", 0 < venue.waited_s <= 10, f"a read is waited for {venue.waited_s} s")
    await made.outcome(door.send("POST", f"https://{host}{ORDER}", {}, b"a=b"))
    made.claim("I-6", 5 < venue.waited_s <= 30, f"an order is waited for {venue.waited_s} s")


SCRIPTS = {
    trap.__name__: sprung(trap, invariant="I-28") for trap in (pauses, kept_pauses, timeouts)
}
