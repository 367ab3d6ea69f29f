"""What an order cost: its own trades, or not known."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal

import pytest

from counterpoise.core.instrument import Asset
from counterpoise.core.orders import Fill, Intent
from counterpoise.errors import SnapshotError, Unauthorized, Unavailable
from counterpoise.pricing import priced, slippage_bps
from tests.sim.gateway import trade
from tests.sim.parts import Desk, clock_now, journal_in_memory, order_for, recorded

D = Decimal
BTC = order_for("BTC", D("-0.08"))


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    clock = clock_now()
    async with journal_in_memory(clock) as journal:
        yield Desk(journal, clock)


def two_fees(intent: Intent) -> tuple[Fill, ...]:
    half = intent.order.size / 2
    return (
        trade(intent, size=half, fee=D("0.2")),
        trade(intent, trade_id="t2", size=half, fee=D("0.3")),
        trade(intent, trade_id="t3", venue_order_id="other", fee=D(9)),
    )


async def test_fees_are_those_of_its_own_trades(desk: Desk) -> None:
    (intent,) = await desk.send(BTC)
    desk.gateway.trades = two_fees(intent)
    after = await priced(intent, desk.outside)
    assert (after.fee, after.fee_asset) == (D("0.5"), "USDT")
    assert await desk.journaled(intent) == after
    assert desk.said.facts("order.settled")["fee"] == D("0.5")


@pytest.mark.parametrize("error", [Unavailable("x"), SnapshotError("x"), Unauthorized("x"), None])
async def test_a_fee_that_cannot_be_known_stays_unknown(
    desk: Desk, error: Exception | None
) -> None:
    (intent,) = await desk.send(BTC)
    first, *rest = two_fees(intent)
    desk.gateway.trades = (replace(first, fee_asset=Asset("BNB")), *rest)
    if error is not None:
        desk.gateway.raises["fills"] = error
    after = await priced(intent, desk.outside)
    assert after.fee is None
    assert desk.said.events("info")[-1] == "order.settled"


async def test_fees_of_a_part_are_not_taken_for_the_whole(desk: Desk) -> None:
    (intent,) = await desk.send(BTC)
    desk.gateway.trades = two_fees(intent)[:1]
    assert (await priced(intent, desk.outside)).fee is None


@pytest.mark.parametrize(
    ("size", "price", "bps"), [("1", "50050", "10"), ("-1", "50050", "-10"), ("-1", "49950", "10")]
)
async def test_slippage_is_positive_where_it_cost(
    desk: Desk, size: str, price: str, bps: str
) -> None:
    (intent,) = await recorded(desk.journal, order_for("BTC", D(size)))
    done = replace(intent, filled_size=D(size), price_average=D(price))
    assert slippage_bps(done) == D(bps)
    assert slippage_bps(intent) is None
