"""The other half of the contract: refusals and faults come out the same on every venue."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import ccxt.async_support as ccxt
import pytest

from counterpoise.exchange.local import LocalExchange
from tests.exchange.dialects.conftest import SPEAKERS
from tests.exchange.dialects.speaking import (
    LINEAR,
    ONE_WAY,
    Json,
    Speaker,
    Wish,
    bitcoin,
    orders_path,
    place,
    read_method,
)
from tests.exchange.wires import Controller, FakeClock

QUANTITY = Decimal("0.02")
SHORT = Wish(side="sell", quantity=QUANTITY, own_id="short1")
RESTING = Wish(side="buy", quantity=QUANTITY, own_id="rest1", price=Decimal(86_000))


async def held(speaker: Speaker, client: ccxt.Exchange) -> Decimal:
    rows: list[Json] = await client.fetch_positions([LINEAR])
    return sum((speaker.position(client, row) for row in rows), start=Decimal(0))


async def test_cancelling_what_has_filled_is_refused(
    speaker: Speaker, client: ccxt.Exchange
) -> None:
    placed = await place(speaker, client, SHORT)
    with pytest.raises(ccxt.BaseError):
        await client.cancel_order(placed["id"], LINEAR)
    assert await held(speaker, client) == -QUANTITY


async def test_the_venues_own_id_cancels_as_well(speaker: Speaker, client: ccxt.Exchange) -> None:
    placed = await place(speaker, client, RESTING)
    await client.cancel_order(placed["id"], LINEAR)
    assert await client.fetch_open_orders(LINEAR) == []
    found = await speaker.find(client, RESTING)
    assert found is not None
    assert (found.open, found.filled) == (False, Decimal(0))


async def test_more_than_the_margin_carries_is_refused(
    speaker: Speaker, client: ccxt.Exchange
) -> None:
    await speaker.set_leverage(client, 1)
    with pytest.raises(ccxt.InsufficientFunds):
        await place(speaker, client, replace(SHORT, quantity=Decimal(9)))
    assert await held(speaker, client) == 0


async def test_what_is_closed_takes_no_orders(
    speaker: Speaker, client: ccxt.Exchange, control: Controller
) -> None:
    control.post("listing", symbol=bitcoin(speaker), market="linear", trading=False)
    with pytest.raises(ccxt.BaseError):
        await place(speaker, client, SHORT)
    assert await speaker.find(client, SHORT) is None
    control.post("listing", symbol=bitcoin(speaker), market="linear", trading=True)
    await place(speaker, client, replace(SHORT, own_id="short2"))
    assert await held(speaker, client) == -QUANTITY


async def test_an_account_that_may_not_trade_is_told_so(
    speaker: Speaker, client: ccxt.Exchange, control: Controller
) -> None:
    control.post("account", can_trade=False)
    with pytest.raises(ccxt.BaseError):
        await place(speaker, client, SHORT)
    assert await held(speaker, client) == 0


@pytest.mark.parametrize(
    "speaker",
    [one for one in SPEAKERS if one.venue not in ONE_WAY],
    indirect=True,
    ids=lambda one: one.venue,
)
async def test_the_position_mode_stays_while_a_position_is_open(
    speaker: Speaker, client: ccxt.Exchange
) -> None:
    await place(speaker, client, SHORT)
    with pytest.raises(ccxt.BaseError):
        await client.set_position_mode(True, LINEAR)  # noqa: FBT003 - ccxt's own
    assert await speaker.hedged(client) is False


async def test_an_order_may_fill_in_part_by_fault(
    speaker: Speaker, client: ccxt.Exchange, control: Controller
) -> None:
    control.post(
        "fault", kind="partial-fill", method="POST", path=orders_path(speaker), share="0.5"
    )
    bid = Decimal(str((await client.fetch_order_book(LINEAR, 5))["bids"][0][0]))
    wish = replace(SHORT, price=bid, ioc=True)
    await place(speaker, client, wish)
    found = await speaker.find(client, wish)
    assert found is not None
    assert (found.open, found.filled) == (False, QUANTITY / 2)
    assert await held(speaker, client) == -QUANTITY / 2


async def test_reads_may_lag_behind_an_order(
    speaker: Speaker, client: ccxt.Exchange, control: Controller, clock: FakeClock
) -> None:
    control.post("fault", kind="delay-visible", method="POST", path=orders_path(speaker), delay_s=3)
    await place(speaker, client, SHORT)
    assert await speaker.find(client, SHORT) is None
    assert await held(speaker, client) == 0
    assert await client.fetch_my_trades(LINEAR) == []
    await clock.sleep(4)
    assert await speaker.find(client, SHORT) is not None
    assert await held(speaker, client) == -QUANTITY


async def test_a_stale_read_is_the_oldest_answer_to_the_same_question(
    speaker: Speaker, client: ccxt.Exchange, control: Controller
) -> None:
    assert await held(speaker, client) == 0
    await place(speaker, client, SHORT)
    assert await held(speaker, client) == -QUANTITY
    control.post("fault", kind="stale", method=read_method(speaker), times=2)
    assert await held(speaker, client) == 0
    assert await client.fetch_open_orders(LINEAR) == []


async def test_what_somebody_else_leaves_resting_is_listed(
    speaker: Speaker, client: ccxt.Exchange, control: Controller, exchange: LocalExchange
) -> None:
    amount = speaker.amount(client, RESTING)
    control.post(
        "order",
        symbol=bitcoin(speaker),
        side="BUY",
        quantity=amount,
        price="86000",
        client_order_id="others1",
    )
    (theirs,) = await client.fetch_open_orders(LINEAR)
    assert Decimal(str(theirs["price"])) == 86_000
    await client.cancel_order(theirs["id"], LINEAR)
    assert exchange.venue.engine.ledger.open_orders == {}


async def test_a_position_that_the_venue_closes_is_gone(
    speaker: Speaker, client: ccxt.Exchange, control: Controller
) -> None:
    await place(speaker, client, SHORT)
    control.post("force", symbol=bitcoin(speaker), kind="liquidation")
    assert await held(speaker, client) == 0


async def test_prices_of_one_instant_agree(speaker: Speaker, client: ccxt.Exchange) -> None:
    book = await client.fetch_order_book(LINEAR, 5)
    ticker = await client.fetch_ticker(LINEAR)
    bid, ask = (Decimal(str(book[side][0][0])) for side in ("bids", "asks"))
    assert bid <= Decimal(str(ticker["last"])) <= ask
    assert await speaker.mark(client) == pytest.approx(bid, rel=Decimal("0.01"))


async def test_the_past_of_funding_is_there(client: ccxt.Exchange) -> None:
    past = await client.fetch_funding_rate_history(LINEAR, limit=3)
    times = [row["timestamp"] for row in past]
    assert times == sorted(times)
    assert all(-1 < Decimal(str(row["fundingRate"])) < 1 for row in past)
