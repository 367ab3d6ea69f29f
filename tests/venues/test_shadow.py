"""Dry-run: orders fill into positions of its own, and nothing is ever written to the account."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext

import pytest

from counterpoise.core.orders import Intent, IntentState, Order, VenueStatus
from counterpoise.core.settlement import reported
from counterpoise.core.sides import Sides
from counterpoise.core.units import CONTEXT
from counterpoise.errors import Unavailable
from counterpoise.journal.store import SqlJournal
from counterpoise.venues.shadow import ShadowGateway
from tests.sim.gateway import TWO, FakeGateway, trade
from tests.sim.parts import clock_now, journal_in_memory, order_for, recorded
from tests.worlds import sided

D = Decimal
BTC, ETH = TWO["BTC"].key, TWO["ETH"].key
SELL, BUY = order_for("BTC", D("-0.08")), order_for("BTC", D("0.05"))


@dataclass
class Desk:
    journal: SqlJournal
    account: FakeGateway

    def __post_init__(self) -> None:
        self.shadow = self.restarted()

    def restarted(self) -> ShadowGateway:
        return ShadowGateway(self.account, self.journal, clock_now())

    async def opened(self) -> ShadowGateway:
        await self.shadow.open()
        await self.shadow.books()
        return self.shadow

    async def placed(self, order: Order) -> Intent:
        """Place an order, and record what became of it as the executor does."""
        (intent,) = await recorded(self.journal, order)
        report = await (await self.opened()).place(intent)
        intent = reported(intent, report, now_ms=intent.sent_at_ms + 1, proof="test")
        await self.journal.record_outcome(intent)
        return intent

    async def size(self) -> Decimal:
        return (await self.shadow.positions())[BTC].size


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    with localcontext(CONTEXT.copy()):
        async with journal_in_memory(clock_now()) as journal:
            yield Desk(journal, FakeGateway())


@pytest.mark.parametrize(("order", "price"), [(SELL, "49999.5"), (BUY, "50000.5")])
async def test_an_order_fills_whole_at_the_touch(desk: Desk, order: Order, price: str) -> None:
    intent = await desk.placed(order)
    assert intent.state is IntentState.FILLED
    assert (intent.filled_size, intent.price_average) == (order.size, D(price))
    assert await desk.size() == order.size


async def test_an_order_whose_bound_the_touch_is_beyond_fills_nothing(desk: Desk) -> None:
    (intent,) = await recorded(desk.journal, replace(SELL, limit_price=D(50_000)))
    report = await (await desk.opened()).place(intent)
    assert report.status is VenueStatus.ENDED
    assert (report.filled_size, report.price_average) == (D(0), None)


async def test_nothing_is_written_to_the_account(desk: Desk) -> None:
    await desk.placed(SELL)
    await desk.placed(order_for("ETH", D(1)))
    assert not desk.account.placed
    assert "place" not in desk.account.asked


async def test_before_a_book_was_read_nothing_fills(desk: Desk) -> None:
    (intent,) = await recorded(desk.journal, SELL)
    with pytest.raises(Unavailable):
        await desk.shadow.place(intent)


async def test_shadow_positions_come_on_top_of_the_real_ones(desk: Desk) -> None:
    desk.account.world = TWO.changed(replace(TWO["BTC"], size=D("0.5")))
    await desk.placed(SELL)
    assert await desk.size() == D("0.42")
    assert (await desk.shadow.positions())[ETH].size == 0
    await desk.placed(BUY)
    assert await desk.size() == D("0.47")


async def test_in_hedge_mode_shadow_orders_work_on_the_side_they_are_for(desk: Desk) -> None:
    desk.account.world = TWO.changed(sided(TWO["BTC"], "0.5", "0.2"))
    await desk.placed(replace(SELL, reduce_only=True))
    await desk.placed(replace(BUY, reduce_only=False))
    position = (await desk.shadow.positions())[BTC]
    assert (position.size, position.sides) == (D("0.27"), Sides(long=D("0.47"), short=D("0.2")))
    await desk.placed(replace(BUY, reduce_only=True))
    desk.shadow = desk.restarted()
    found = (await desk.shadow.positions())[BTC].sides
    assert found == Sides(long=D("0.47"), short=D("0.15"))


async def test_shadow_positions_outlive_a_restart(desk: Desk) -> None:
    await desk.placed(SELL)
    desk.shadow = desk.restarted()
    assert await desk.size() == D("-0.08")


async def test_a_shadow_order_is_never_found_afterwards(desk: Desk) -> None:
    """Its outcome is known at once or never: a crash before it is recorded means not placed."""
    (intent,) = await recorded(desk.journal, SELL)
    assert await desk.shadow.find(intent) is None
    assert await desk.shadow.open_order_ids(SELL.symbol) == frozenset()
    assert await desk.size() == 0


async def test_trades_are_the_accounts_and_the_shadow_ones_with_their_fee(desk: Desk) -> None:
    intent = await desk.placed(SELL)
    real = trade(intent, venue_order_id="real")
    desk.account.trades = (real,)
    found = await desk.shadow.fills(SELL.symbol, intent.sent_at_ms)
    assert found[0] == real
    assert (found[1].size, found[1].fee_asset) == (SELL.size, "USDT")
    assert found[1].fee == D("0.08") * D("49999.5") * D("0.0005")
    assert await desk.shadow.fills(SELL.symbol, intent.sent_at_ms + 2) == ()
    assert len(await desk.shadow.fills(order_for("ETH", D(1)).symbol, 0)) == 1  # the real one


async def test_everything_else_is_the_account_itself(desk: Desk) -> None:
    shadow, account = desk.shadow, desk.account
    assert shadow.venue == account.venue
    assert await shadow.open() == await account.open()
    assert await shadow.balances() == await account.balances()
    assert await shadow.margins() == await account.margins()
    assert await shadow.marks() == await account.marks()
    assert await shadow.account() == await account.account()
    assert await shadow.skew_ms() == 0
    await shadow.close()
    assert account.asked[-1] == "close"
