"""Orders looked up, and orders that must not wait."""

from __future__ import annotations

import asyncio

from counterpoise.core.orders import OrderReport, VenueStatus
from counterpoise.errors import (
    Unsent,
)
from counterpoise.ports import HttpResponse
from counterpoise.venues.dialect import Lanes
from simulation.scripts.bench import Bench, bench, sprung
from tests.venues.fake import (
    ORDER,
    answer,
    filled,
    refusal,
)
from tests.venues.orders import intent_of


async def lookups(made: Bench) -> None:
    """Not found is said by the venue's own code alone; a failed look-up is not an answer."""
    intent = intent_of()
    made.fresh().says("GET", ORDER, refusal(-2013))
    found = await made.outcome(made.gateway.find(intent))
    made.claim("I-6", found is None, f"not found: {found!r}")
    asked = made.venue.seen("GET", ORDER)
    key = asked[0].get("origClientOrderId") if asked else None
    made.claim("I-6", key == intent.client_order_id, f"looked up {key}")
    bad: tuple[HttpResponse, ...] = (
        refusal(-1000),
        refusal(-1121),
        refusal(-2011),
        refusal(-2010),
        refusal(-9999),
        answer({}, 404),
        answer("<html>", 404),
        answer("", 200),
        answer("{}", 200),
        answer({}, 503),
        refusal(-1003, status=429),
    )
    for said in bad:
        made.fresh().says("GET", ORDER, said)
        found = await made.outcome(made.gateway.find(intent))
        failed = isinstance(found, Exception)
        made.claim("I-6", failed, f"{said.status} {said.body!r} is {found!r}")
    wrong = lambda params: filled(params, clientOrderId="another")  # noqa: E731
    made.fresh().handlers["GET", ORDER] = wrong
    found = await made.outcome(made.gateway.find(intent))
    made.claim("S12", isinstance(found, Exception), f"another order is {found!r}")
    made.fresh()
    found = await made.outcome(made.gateway.find(intent))
    status = isinstance(found, OrderReport) and found.status
    made.claim("I-17", status is VenueStatus.FILLED, f"found: {found!r}")


async def lanes(made: Bench) -> None:
    """Orders do not wait for reads, nor does one that waited too long leave."""
    venue = made.fresh()
    reads = [asyncio.ensure_future(made.gateway.skew_ms()) for _ in range(3)]
    await asyncio.sleep(0)
    began_s = asyncio.get_running_loop().time()
    found = await made.outcome(made.gateway.place(intent_of()))
    waited_s = asyncio.get_running_loop().time() - began_s
    made.claim("I-29", waited_s < 1, f"an order waited {waited_s} s: {found!r}")
    made.clock.now_ms += 60_000
    intent = intent_of()
    late = await made.outcome(made.gateway.place(intent))
    made.claim("R18", isinstance(late, Unsent), f"a decision of a minute ago: {late!r}")
    made.claim("R18", len(venue.seen("POST", ORDER)) == 1, "it left")
    for read in reads:
        read.cancel()
    await asyncio.gather(*reads, return_exceptions=True)


def _narrow() -> Bench:
    return bench(Lanes(reads=1, orders=1, period_s=60.0))


SCRIPTS = {
    "lookups": sprung(lookups, invariant="I-6"),
    "lanes": sprung(lanes, _narrow, "I-29"),
}
