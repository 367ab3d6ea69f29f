"""Paths with a gap in them, and test environments that share a host with production."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from counterpoise.core.mode import Mode
from counterpoise.venues.binance import PROFILE
from counterpoise.venues.build import rules_for
from counterpoise.venues.dialect import Call
from counterpoise.venues.door import Door
from simulation.scripts.bench import Bench, sprung
from simulation.scripts.doors import HOSTS
from tests.venues.fake import config

PATTERNS: tuple[tuple[str, bool], ...] = (
    ("/v1/a/x/b", True),
    ("/v1/a/y.z/b", True),
    ("/v1/a//b", False),
    ("/v1/a/./b", False),
    ("/v1/a/../b", False),
    ("/v1/a/x/y/b", False),
    ("/v1/a/x/c", False),
    ("/v1/a/x", False),
    ("/v1/c/x/b", False),
    ("/v1/a/{}/b", False),
    ("/v1/plain", True),
    ("/v1/plainer", False),
)


async def patterns(made: Bench) -> None:
    """See that a path with a gap in it is let through with one plain word there, and no other."""
    gap = Call(name="x", method="GET", path="/v1/a/{}/b")
    plain = Call(name="y", method="GET", path="/v1/plain")
    for path, may in PATTERNS:
        rules_ = dataclasses.replace(
            rules_for(config(mode=Mode.TESTNET), PROFILE), reads=(gap, plain)
        )
        door = Door(rules_, made.fresh(), made.clock)
        await made.outcome(door.send("GET", f"https://{HOSTS[Mode.TESTNET]}{path}", {}, b""))
        left = bool(made.venue.requests)
        made.claim("I-45", left is may, f"{path} left: {left}")


MARK = ("x-simulated", "1")
KINDS: tuple[tuple[str, tuple[str, str] | None, str, Mapping[str, str], bool], ...] = (
    ("a mark", MARK, "", {"x-simulated": "1"}, True),
    ("no mark", MARK, "", {}, False),
    ("another mark", MARK, "", {"x-simulated": "0"}, False),
    ("a key on the test path", None, "/v1/", {"X-MBX-APIKEY": "k"}, True),
    ("a key on another path", None, "/demo/", {"X-MBX-APIKEY": "k"}, False),
    ("no key on another path", None, "/demo/", {}, True),
)


async def marks(made: Bench) -> None:
    """See that nothing reaches production where the test environment shares its host."""
    for name, marked, signed, headers, may in KINDS:
        own = dataclasses.replace(
            rules_for(config(mode=Mode.TESTNET), PROFILE),
            reads=(Call(name="x", method="GET", path="/v1/plain"),),
            headers=frozenset({"x-simulated", "x-mbx-apikey"}),
            marked=marked,
            signed_path=signed,
        )
        door = Door(own, made.fresh(), made.clock)
        url = f"https://{HOSTS[Mode.TESTNET]}/v1/plain"
        await made.outcome(door.send("GET", url, headers, b""))
        left = bool(made.venue.requests)
        made.claim("I-22", left is may, f"{name}: left {left}")


async def orders(made: Bench) -> None:
    """See that nothing but an order is written, and no body is read with but where one belongs."""
    reads = tuple(
        Call(name="x", method="POST", path=path, body=body)
        for path, body in (("/v1/ask", True), ("/v1/look", False))
    )
    own = dataclasses.replace(
        rules_for(config(mode=Mode.TESTNET), PROFILE),
        reads=reads,
        writes=(Call(name="y", method="POST", path="/v1/order"),),
        order_body=lambda body: body == b"an order",
    )
    for path, body, may in (
        ("/v1/order", b"an order", True),
        ("/v1/order", b"a transfer", False),
        ("/v1/order", b"", False),
        ("/v1/ask", b"a question", True),
        ("/v1/look", b"a question", False),
    ):
        door = Door(own, made.fresh(), made.clock)
        url = f"https://{HOSTS[Mode.TESTNET]}{path}"
        await made.outcome(door.send("POST", url, {}, body))
        left = bool(made.venue.requests)
        made.claim("I-22", left is may, f"{path} with {body!r}: left {left}")


SCRIPTS = {trap.__name__: sprung(trap, invariant="I-45") for trap in (patterns, marks, orders)}
