"""How often a venue is asked, and until its last page."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from counterpoise.core.instrument import Asset
from counterpoise.core.orders import Fill
from counterpoise.errors import (
    Unavailable,
)
from counterpoise.venues.dialect import FillsWindow
from counterpoise.venues.fills import fills_since
from simulation.scripts.answers import KEY, SPOT, TRADE, TRADES, D, failed, is_error
from simulation.scripts.bench import Bench, sprung
from tests.venues.fake import (
    ETH,
    NOW_MS,
    answer,
    refusal,
)

_FILL = Fill(
    trade_id="0",
    venue_order_id="7",
    instrument=KEY,
    size=D(1),
    price=D(3_400),
    fee=D(0),
    fee_asset=Asset("USDT"),
    at_ms=NOW_MS,
)


async def pages(made: Bench) -> None:
    """Trades are read to the last page, each once, and too many are none."""
    window = FillsWindow(rows_max=3, span_ms=50)
    known = [replace(_FILL, trade_id=str(n), at_ms=NOW_MS - 100 + 2 * n) for n in range(40)]

    async def page(start_ms: int) -> tuple[Fill, ...]:
        return tuple(f for f in known if start_ms <= f.at_ms < start_ms + 50)[:3]

    fills = await fills_since(page, window, since_ms=NOW_MS - 100, now_ms=NOW_MS)
    made.claim("S11", [f.trade_id for f in fills] == [f.trade_id for f in known], "not each once")

    async def endless(start_ms: int) -> tuple[Fill, ...]:
        return tuple(replace(_FILL, trade_id=f"{start_ms}{n}", at_ms=start_ms) for n in range(3))

    ask = fills_since(endless, window, since_ms=NOW_MS - 1_000, now_ms=NOW_MS)
    made.claim("S11", failed(await made.outcome(ask)), "a part of the trades is the trades")
    made.fresh().says("GET", TRADES, [{**TRADE, "id": 4, "time": NOW_MS - 500_000}, dict(TRADE)])
    fills = await made.gateway.fills(ETH, NOW_MS - 1_000)
    made.claim("S11", len(fills) == 1, f"{len(fills)} trades, one of them from before")
    months_ms = 30 * 86_400_000
    made.fresh().says("GET", TRADES, [])
    await made.gateway.fills(ETH, NOW_MS - months_ms)
    asked = [int(one["startTime"]) for one in made.venue.seen("GET", TRADES)]
    steps = [later - earlier for earlier, later in pairwise(asked)]
    reached = asked[-1] + 7 * 86_400_000
    made.claim("S11", reached >= NOW_MS, f"trades were read until {reached}")
    made.claim("S11", all(step <= 7 * 86_400_000 for step in steps), "weeks were left out")


async def retries(made: Bench) -> None:
    """See that a read is tried a few times, in good time, and not where it was told to wait."""
    for said, most in (
        (answer({}, 503), 3),
        (answer("<html>", 200), 3),
        (answer({}, 404), 1),
        (refusal(-1003, status=429), 1),
        (refusal(-2015), 1),
        (refusal(-1121), 1),
        (refusal(-1003, status=200), 1),
    ):
        made.fresh().says("GET", SPOT, said)
        await made.outcome(made.gateway.balances())
        tries = len(made.venue.requests)
        made.claim("I-28", 1 <= tries <= most, f"{said.status} {said.body!r:.40}: {tries} tries")
        waited_ms = made.clock.now_ms - NOW_MS
        made.claim("N6", waited_ms <= 10_000, f"{waited_ms} ms for one read")
    made.fresh().fault("GET", SPOT, lambda _: answer({}, 503))
    found = await made.outcome(made.gateway.balances())
    made.claim("I-17", not is_error(found), f"failed once, not tried again: {found!r}")
    for status, code in ((429, -1003), (418, -1003), (200, -1003)):
        made.fresh().says("GET", SPOT, refusal(code, status=status))
        said_back = await made.outcome(made.gateway.balances())
        waits = isinstance(said_back, Unavailable) and said_back.retry_after_s > 0
        made.claim("I-28", waits, f"{status} {code} asks for no pause: {said_back!r}")


SCRIPTS = {"pages": sprung(pages, invariant="S11"), "retries": sprung(retries, invariant="I-28")}
