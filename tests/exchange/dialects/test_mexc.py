"""MEXC's own ways, each of which a client has to know: numbers, silences, half truths."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import ccxt.async_support as ccxt
import pytest

from counterpoise.exchange.local import LocalExchange, LocalExchangeConfig, MemoryTransport
from tests.exchange.dialects.conftest import opened
from tests.exchange.dialects.mexc_speaker import Mexc
from tests.exchange.dialects.speaking import LINEAR, SPOT, Wish, place
from tests.exchange.wires import Controller, FakeClock

MEXC = Mexc()
DEFAULTS = LocalExchangeConfig()
SELL = Wish(side="sell", quantity=Decimal("0.01"), own_id="one")
LOW = Decimal(80_000)
ASSETS = "/api/v1/private/account/assets"


@pytest.fixture
def exchange(clock: FakeClock) -> LocalExchange:
    return opened(MEXC, clock)


@pytest.fixture
async def client(exchange: LocalExchange) -> AsyncIterator[ccxt.mexc]:
    made = MEXC.client(MemoryTransport(exchange), exchange)
    await made.load_markets()
    yield made
    await made.close()


async def test_a_new_futures_order_is_answered_with_an_id_and_nothing_else(
    client: ccxt.mexc,
) -> None:
    order = await place(MEXC, client, SELL)
    assert order["id"]
    assert {order[name] for name in ("status", "filled", "clientOrderId", "symbol")} == {None}


async def test_amounts_of_futures_are_contracts(client: ccxt.mexc, exchange: LocalExchange) -> None:
    await client.create_order(LINEAR, "market", "sell", "1")
    (position,) = exchange.venue.engine.account.open_positions()
    assert position.amount * position.listing.contract_size == Decimal("-0.0001")


async def test_a_time_in_force_in_words_is_ignored_and_the_order_rests(client: ccxt.mexc) -> None:
    params = {"timeInForce": "IOC", "clientOrderId": "rests"}
    await client.create_order(LINEAR, "limit", "buy", "100", str(LOW), params)
    (order,) = await client.fetch_open_orders(LINEAR)
    assert order["info"]["externalOid"] == "rests"


async def test_the_unified_order_hides_side_and_client_order_id(client: ccxt.mexc) -> None:
    placed = await place(MEXC, client, SELL)
    order = await client.fetch_order(placed["id"], LINEAR)
    assert (order["side"], order["clientOrderId"]) == ("3", None)
    assert (order["info"]["side"], order["info"]["externalOid"]) == (3, "one")


async def test_a_unified_look_up_ignores_the_client_order_id(client: ccxt.mexc) -> None:
    await place(MEXC, client, SELL)
    with pytest.raises(ccxt.ExchangeError, match="2040"):
        await client.fetch_order("1", LINEAR, {"clientOrderId": "one"})


async def test_closing_more_than_is_held_is_refused_whole(
    client: ccxt.mexc, exchange: LocalExchange
) -> None:
    await place(MEXC, client, SELL)
    close = Wish(side="buy", quantity=Decimal("0.02"), own_id="two", reduce_only=True)
    with pytest.raises(ccxt.ExchangeError, match="2008"):
        await place(MEXC, client, close)
    (position,) = exchange.venue.engine.account.open_positions()
    assert position.amount == -100


async def test_closing_what_is_not_there_is_refused(client: ccxt.mexc) -> None:
    close = Wish(side="buy", quantity=Decimal("0.01"), own_id="two", reduce_only=True)
    with pytest.raises(ccxt.InvalidOrder, match="2009"):
        await place(MEXC, client, close)


async def test_ccxts_hedged_reduce_only_buy_sells_the_long(clock: FakeClock) -> None:
    """Why side is sent as a number: the unified form of the same wish does the opposite."""
    exchange = opened(MEXC, clock, hedge_mode=True)
    client = MEXC.client(MemoryTransport(exchange), exchange)
    await client.load_markets()
    for side, hedge in (("buy", "long"), ("sell", "short")):
        await place(MEXC, client, replace(SELL, side=side, hedge=hedge, own_id=hedge))
    await client.create_order(
        LINEAR, "market", "buy", "100", None, {"hedged": True, "reduceOnly": True}
    )
    left = [(row["side"], row["contracts"]) for row in await client.fetch_positions()]
    assert left == [("short", "100")]
    await client.close()


@pytest.mark.parametrize("hedge_mode", [True, False])
async def test_an_order_for_the_other_position_mode_is_refused(
    clock: FakeClock, hedge_mode: bool
) -> None:
    exchange = opened(MEXC, clock, hedge_mode=hedge_mode)
    client = MEXC.client(MemoryTransport(exchange), exchange)
    await client.load_markets()
    mode = {"positionMode": 2 if hedge_mode else 1}
    with pytest.raises(ccxt.ExchangeError, match="2022"):
        await client.create_order(LINEAR, "market", "buy", "100", None, mode)
    await client.close()


async def test_the_position_mode_changes_only_while_nothing_is_open(client: ccxt.mexc) -> None:
    await place(MEXC, client, SELL)
    with pytest.raises(ccxt.ExchangeError, match="2019"):
        await client.set_position_mode(hedged=True)
    await place(MEXC, client, replace(SELL, side="buy", own_id="two", reduce_only=True))
    await client.set_position_mode(hedged=True)
    assert (await client.fetch_position_mode())["hedged"] is True


async def test_a_failed_cancel_is_inside_a_success(client: ccxt.mexc) -> None:
    rest = replace(SELL, side="buy", price=LOW)
    placed = await place(MEXC, client, rest)
    asked = {"symbol": "BTC_USDT", "externalOid": "one"}
    answer = await client.contractPrivatePostOrderCancelWithExternal(asked)
    assert answer["data"]["errorCode"] == 0
    answer = await client.contractPrivatePostOrderCancelWithExternal(asked)
    assert (answer["success"], answer["data"]["errorCode"]) == (True, 2041)
    with pytest.raises(ccxt.InvalidOrder, match="order state cannot be cancelled"):
        await client.cancel_order(placed["id"], LINEAR)
    with pytest.raises(ccxt.InvalidOrder, match="order not exist"):
        await client.cancel_order("1", LINEAR)


async def test_a_list_of_external_ids_to_cancel_is_refused(client: ccxt.mexc) -> None:
    with pytest.raises(ccxt.BadRequest, match="Param error"):
        await client.contractPrivatePostOrderCancelWithExternal([{"symbol": "BTC_USDT"}])


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (replace(SELL, quantity=Decimal(3_000)), 2011),  # above the largest order
        (replace(SELL, quantity=Decimal(40)), 2005),  # more than the margin carries
        (replace(SELL, side="buy", price=Decimal(200_000)), 2003),
        (replace(SELL, price=Decimal(50_000)), 2004),
        (replace(SELL, symbol=SPOT, quantity=Decimal(100)), 30005),
        (replace(SELL, symbol=SPOT, side="buy", quantity=Decimal(5)), 30004),
        (replace(SELL, symbol=SPOT, quantity=Decimal("0.000002")), 30002),
    ],
)
async def test_refusals_carry_mexcs_codes(client: ccxt.mexc, wish: Wish, code: int) -> None:
    with pytest.raises(ccxt.ExchangeError, match=f'"code":{code},'):
        await place(MEXC, client, wish)


async def test_a_closed_contract_takes_no_orders(
    client: ccxt.mexc, exchange: LocalExchange
) -> None:
    Controller(exchange).post("listing", symbol="BTC_USDT", trading=False)
    with pytest.raises(ccxt.InvalidOrder, match="1002"):
        await place(MEXC, client, SELL)
    await client.load_markets(True)  # noqa: FBT003 - ccxt's own
    assert client.markets[LINEAR]["active"] is False


async def test_spot_order_ids_are_no_numbers(client: ccxt.mexc) -> None:
    order = await place(MEXC, client, replace(SELL, symbol=SPOT))
    assert order["id"].startswith("C02__")
    assert (await client.fetch_order(order["id"], SPOT))["filled"] == "0.01"
    trades = await client.fetch_order_trades(order["id"], SPOT)
    assert [trade["amount"] for trade in trades] == ["0.01"]


async def test_the_bulk_ticker_carries_mark_price_and_funding(client: ccxt.mexc) -> None:
    tickers = await client.fetch_tickers(None, {"type": "swap"})
    assert {"BTC/USDT:USDT", "ETH/USDT:USDT", "XRP/USDT:USDT", "BTC/USD:BTC"} == set(tickers)
    for ticker in tickers.values():
        assert {"fairPrice", "indexPrice", "fundingRate"} <= set(ticker["info"])


async def test_the_rest_of_the_unified_calls_is_answered(client: ccxt.mexc) -> None:
    await place(MEXC, client, SELL)
    (order,) = await client.fetch_orders(LINEAR)
    assert order["status"] == "closed"
    assert len(await client.fetch_closed_orders(LINEAR)) == 1
    assert len(await client.fetch_order_trades(order["id"], LINEAR)) == 1
    assert (await client.fetch_position(LINEAR))["side"] == "short"
    assert (await client.fetch_leverage(LINEAR))["shortLeverage"] == 20
    assert len(await client.fetch_funding_rate_history(LINEAR)) == 20
    assert len(await client.fetch_leverage_tiers()) == 5
    assert (await client.fetch_trading_fee(SPOT))["taker"] == "0.001"
    assert "BTC" in await client.fetch_currencies()
    await place(MEXC, client, replace(SELL, side="buy", price=LOW, own_id="two"))
    await client.cancel_all_orders(LINEAR)
    assert await client.fetch_open_orders(LINEAR) == []


async def test_an_armed_refusal_has_the_form_of_its_market(
    client: ccxt.mexc, exchange: LocalExchange
) -> None:
    control = Controller(exchange)
    control.post("fault", kind="reject", code=2005)
    with pytest.raises(ccxt.InsufficientFunds, match='"success":false,"code":2005'):
        await place(MEXC, client, SELL)
    control.post("fault", kind="reject", code=30004)
    with pytest.raises(ccxt.InsufficientFunds, match='"code":30004,"msg"'):
        await place(MEXC, client, replace(SELL, symbol=SPOT))


@pytest.mark.parametrize(("kind", "category"), [("liquidation", 2), ("deleveraging", 4)])
async def test_what_mexc_closed_of_itself_has_its_own_category(
    client: ccxt.mexc, exchange: LocalExchange, kind: str, category: int
) -> None:
    await place(MEXC, client, SELL)
    Controller(exchange).post("force", symbol="BTC_USDT", kind=kind)
    newest, first = (await client.contractPrivateGetOrderListHistoryOrders())["data"]
    assert (newest["category"], newest["externalOid"]) == (category, f"_m_{newest['orderId']}")
    assert (first["category"], first["externalOid"]) == (1, "one")
    assert [row["category"] for row in (await deals(client))] == [category, 1]


async def deals(client: ccxt.mexc) -> list[Any]:
    rows: list[Any] = (await client.contractPrivateGetOrderListOrderDeals())["data"]
    return rows


async def test_orders_without_a_name_are_given_one_or_none(client: ccxt.mexc) -> None:
    swap = await client.create_order(LINEAR, "market", "sell", "1")
    assert (await client.fetch_order(swap["id"], LINEAR))["info"]["externalOid"].startswith("_m_")
    spot = await client.create_order(SPOT, "market", "sell", "0.001")
    assert (await client.fetch_order(spot["id"], SPOT))["clientOrderId"] is None
    with pytest.raises(ccxt.BadRequest, match="700008"):
        await place(MEXC, client, replace(SELL, symbol=SPOT, own_id="no spaces"))
    with pytest.raises(ccxt.BadRequest, match="Param error"):
        await place(MEXC, client, replace(SELL, own_id="x" * 33))


async def test_funding_records_say_what_was_paid_for(
    client: ccxt.mexc, exchange: LocalExchange
) -> None:
    await place(MEXC, client, SELL)
    Controller(exchange).post("clock", advance_s=8 * 3600)
    (row,) = await client.fetch_funding_history(LINEAR)
    told = {name: Decimal(str(row["info"][name])) for name in ("positionValue", "rate", "funding")}
    assert row["info"]["positionType"] == 2
    assert abs(told["funding"] - told["positionValue"] * told["rate"]) < Decimal("1e-7")


async def test_all_spot_orders_are_cancelled_at_once(client: ccxt.mexc) -> None:
    await place(MEXC, client, replace(SELL, symbol=SPOT, side="buy", price=LOW))
    await client.cancel_all_orders()
    assert await client.fetch_open_orders(SPOT) == []


async def test_an_account_that_may_not_trade_is_told_so(
    client: ccxt.mexc, exchange: LocalExchange
) -> None:
    Controller(exchange).post("account", can_trade=False)
    with pytest.raises(ccxt.PermissionDenied, match="511"):
        await place(MEXC, client, SELL)
    with pytest.raises(ccxt.AccountSuspended, match="30018"):
        await place(MEXC, client, replace(SELL, symbol=SPOT))
