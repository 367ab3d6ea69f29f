"""WEEX's own ways, each of which a client has to know: position sides, junk fields, half errors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal

import ccxt.async_support as ccxt
import pytest

from counterpoise.exchange.local import LocalExchange, MemoryTransport
from tests.exchange.dialects.conftest import opened
from tests.exchange.dialects.speaking import LINEAR, SPOT, Wish, best, place, positions
from tests.exchange.dialects.weex_speaker import Weex, raw_order, sent
from tests.exchange.wires import Controller, FakeClock

WEEX = Weex()
SELL = Wish(side="sell", quantity=Decimal("0.01"), own_id="one")
REST = replace(SELL, side="buy", price=Decimal(80_000))
ORDER = "/capi/v3/order"
HISTORY = "/capi/v3/order/history"
TRADES = "/capi/v3/userTrades"
SIM_ORDER = "/capi/v3/sim/order"


@pytest.fixture
def exchange(clock: FakeClock) -> LocalExchange:
    return opened(WEEX, clock)


@pytest.fixture
async def client(exchange: LocalExchange) -> AsyncIterator[ccxt.weex]:
    made = WEEX.client(MemoryTransport(exchange), exchange)
    await made.load_markets()
    yield made
    await made.close()


async def test_amounts_are_base_units_in_spite_of_the_contract_size(client: ccxt.weex) -> None:
    assert Decimal(client.markets[LINEAR]["contractSize"]) == Decimal("0.0001")
    await place(WEEX, client, SELL)
    (row,) = await client.fetch_positions([LINEAR])
    assert Decimal(row["contracts"]) == Decimal(row["info"]["size"]) == SELL.quantity
    assert Decimal(row["notional"]) / Decimal(row["contracts"]) > 80_000  # a price of one coin


async def test_post_only_in_ccxts_word_counts_for_nothing(client: ccxt.weex) -> None:
    await client.create_order(LINEAR, "limit", "buy", "0.01", "88000", {"postOnly": True})
    assert await positions(WEEX, client) == [Decimal("0.01")]


async def test_reduce_only_counts_for_nothing_the_position_side_does(
    exchange: LocalExchange, client: ccxt.weex
) -> None:
    body = raw_order(reduceOnly=True, type="MARKET", timeInForce=None, price=None)
    assert sent(exchange, "POST", ORDER, body=body)[1]["success"] is True
    assert await positions(WEEX, client) == [Decimal("-0.01")]
    closing = body | {"positionSide": "LONG", "newClientOrderId": "raw2", "reduceOnly": False}
    assert sent(exchange, "POST", ORDER, body=closing)[1]["success"] is False
    assert await positions(WEEX, client) == [Decimal("-0.01")]


@pytest.mark.parametrize("side", ["BOTH", "", "long"])
def test_an_order_names_long_or_short_in_one_way_mode_too(
    exchange: LocalExchange, side: str
) -> None:
    status, told = sent(exchange, "POST", ORDER, body=raw_order(positionSide=side))
    assert (status, told["code"]) == (400, -1142)


async def test_a_new_order_is_answered_with_ids_alone(client: ccxt.weex) -> None:
    for wish in (SELL, replace(SELL, symbol=SPOT, own_id="two")):
        order = await place(WEEX, client, wish)
        assert order["clientOrderId"] == wish.own_id
        assert (order["status"], order["filled"]) == (None, None)


async def test_a_perpetuals_order_is_not_looked_up_by_the_clients_id(
    client: ccxt.weex, exchange: LocalExchange
) -> None:
    await place(WEEX, client, SELL)
    with pytest.raises(ccxt.ArgumentsRequired):
        await client.fetch_order(None, LINEAR, {"clientOrderId": "one"})
    query = {"origClientOrderId": "one"}
    assert sent(exchange, "GET", ORDER, query=query)[1]["code"] == -1142
    assert (await WEEX.find(client, SELL)) is not None


async def test_spot_orders_are_looked_up_without_a_symbol(
    client: ccxt.weex, exchange: LocalExchange
) -> None:
    await place(WEEX, client, replace(SELL, symbol=SPOT))
    query = {"origClientOrderId": "one"}
    assert sent(exchange, "GET", "/api/v3/order", query=query)[1]["status"] == "FILLED"
    assert sent(exchange, "GET", "/api/v3/order")[1]["code"] == -1140


async def test_a_refusal_may_look_like_a_taken_order_to_ccxt(
    client: ccxt.weex, exchange: LocalExchange
) -> None:
    order = await client.create_order(LINEAR, "limit", "buy", "0.01", "99000")
    assert (order["id"], order["info"]["success"], order["info"]["errorCode"]) == ("0", False, "")
    assert "above" in order["info"]["errorMessage"]
    assert exchange.venue.engine.ledger.orders == {}


async def test_closing_what_is_not_there_is_refused_with_a_code(
    exchange: LocalExchange, client: ccxt.weex
) -> None:
    status, told = sent(exchange, "POST", ORDER, body=raw_order(positionSide="LONG"))
    assert (status, told["success"], told["errorCode"]) == (200, False, "-1054")
    with pytest.raises(ccxt.ExchangeError, match="no position to close"):
        await place(WEEX, client, replace(SELL, reduce_only=True))


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (replace(SELL, quantity=Decimal(500)), -1054),
        (replace(SELL, quantity=Decimal(5_000)), -3007),
        (replace(SELL, symbol=SPOT, quantity=Decimal(100)), -1054),
        (replace(SELL, symbol=SPOT, quantity=Decimal("0.000002")), -1054),
        (replace(SELL, own_id="no spaces"), -1180),
        (replace(SELL, own_id="x" * 37), -1180),
        (replace(SELL, symbol=SPOT, own_id="x" * 41), -1180),
    ],
)
async def test_refusals_carry_weexs_codes(client: ccxt.weex, wish: Wish, code: int) -> None:
    with pytest.raises(ccxt.BaseError, match=f"{code}"):
        await place(WEEX, client, wish)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"timeInForce": None}, -1142),
        ({"timeInForce": "DAY"}, -1115),
        ({"newClientOrderId": None}, -1142),
        ({"symbol": "NOUSDT"}, -1121),
        ({"price": "87000.05"}, -1160),
        ({"quantity": "0.00001"}, -1054),
        ({"quantity": "-1"}, -1142),
    ],
)
def test_an_order_that_is_not_whole_is_refused(
    exchange: LocalExchange, changed: dict[str, object], code: int
) -> None:
    assert sent(exchange, "POST", ORDER, body=raw_order(**changed))[1]["code"] == code


async def test_an_order_that_is_not_there_has_another_code_on_each_market(
    client: ccxt.weex,
) -> None:
    with pytest.raises(ccxt.OrderNotFound, match="-2200"):
        await client.fetch_order("7", SPOT)
    with pytest.raises(ccxt.InvalidOrder, match="-3200"):
        await client.fetch_order("7", LINEAR)


async def test_one_way_positions_are_long_or_short_and_positive(client: ccxt.weex) -> None:
    await place(WEEX, client, SELL)
    (row,) = await client.fetch_positions()
    told = {name: row["info"][name] for name in ("side", "size", "separatedMode")}
    assert told == {"side": "SHORT", "size": "0.0100", "separatedMode": "COMBINED"}


async def test_ccxts_position_mode_is_another_thing(clock: FakeClock) -> None:
    hedged = opened(WEEX, clock, hedge_mode=True)
    client = WEEX.client(MemoryTransport(hedged), hedged)
    await client.load_markets()
    assert await WEEX.hedged(client) is True
    assert (await client.fetch_position_mode(LINEAR))["hedged"] is False
    with pytest.raises(ccxt.BadRequest):
        await client.set_position_mode(hedged=True, symbol=LINEAR)
    await client.close()


async def test_what_was_filled_in_part_is_partly_filled_while_it_rests(
    client: ccxt.weex, exchange: LocalExchange
) -> None:
    _, ask = await best(client)
    Controller(exchange).post("book", symbol="BTCUSDT", level_quantity="0.005")
    await place(WEEX, client, replace(REST, price=ask))
    (row,) = await client.fetch_open_orders(LINEAR)
    assert row["info"]["status"] == "PARTIAL_FILL"
    assert (await client.fetch_order(row["id"], LINEAR))["status"] == "closed"  # ccxt's belief


async def test_history_comes_in_pages_and_trades_do_not(
    client: ccxt.weex, exchange: LocalExchange
) -> None:
    for number in range(3):
        await place(WEEX, client, replace(SELL, own_id=f"n{number}"))
    pages = [
        sent(exchange, "GET", HISTORY, query={"limit": "2", "page": page})[1] for page in "012"
    ]
    ids = [[row["clientOrderId"] for row in rows] for rows in pages]
    assert ids == [["n2", "n1"], ["n0"], []]
    newest = sent(exchange, "GET", TRADES, query={"limit": "2"})[1]
    assert [row["id"] for row in newest] == sorted((row["id"] for row in newest), reverse=True)
    again = sent(exchange, "GET", TRADES, query={"limit": "2", "page": "1"})[1]
    assert again == newest


async def test_the_rest_of_the_unified_calls_is_answered(client: ccxt.weex) -> None:
    await place(WEEX, client, SELL)
    assert (await client.fetch_position(LINEAR))["side"] == "short"
    assert (await client.fetch_status())["status"] == "ok"
    for symbol in (LINEAR, SPOT):
        assert (await client.fetch_ticker(symbol))["last"] is not None
        assert (await client.fetch_bids_asks([symbol]))[symbol]["bid"] is not None
    assert (await client.fetch_trading_fee(LINEAR))["taker"] == "0.0005"
    assert SPOT in await client.fetch_last_prices()
    assert LINEAR in await client.fetch_mark_prices()
    assert (await client.fetch_mark_price(LINEAR, {"priceType": "INDEX"}))["indexPrice"]
    assert len(await client.fetch_funding_rate_history(LINEAR)) > 10
    for symbol in (LINEAR, SPOT):
        candles = await client.fetch_ohlcv(symbol, "1h", limit=5)
        assert [len(candle) for candle in candles] == [6] * 5
    assert "BTC" in await client.fetch_currencies()
    assert (await client.fetch_margin_mode(LINEAR))["marginMode"] == "cross"
    await client.set_leverage(7, LINEAR)
    assert Decimal((await client.fetch_leverage(LINEAR))["longLeverage"]) == 7
    await place(WEEX, client, replace(REST, own_id="two"))
    await client.cancel_all_orders(LINEAR)
    assert await client.fetch_open_orders(LINEAR) == []
    assert await client.fetch_orders(SPOT) == []
    assert (await client.fetch_time({"type": "swap"})) > 0


async def test_too_many_requests_and_a_ban_are_told_alike(
    client: ccxt.weex, exchange: LocalExchange
) -> None:
    for kind in ("rate-limit", "ban"):
        Controller(exchange).post("fault", kind=kind, retry_after_s=60)
        with pytest.raises(ccxt.ExchangeError, match="Requesting too frequently"):
            await client.fetch_positions()
        assert client.last_response_headers["Retry-After"] == "60"


async def test_unknown_paths_and_armed_refusals_answer_in_its_form(
    client: ccxt.weex, exchange: LocalExchange
) -> None:
    status, told = sent(exchange, "DELETE", "/capi/v3/nothing")
    assert (status, told["code"]) == (404, -1150)
    Controller(exchange).post("fault", kind="reject", code=-1058, message="No permission.")
    with pytest.raises(ccxt.PermissionDenied):
        await place(WEEX, client, SELL)


@pytest.fixture
async def simulated(exchange: LocalExchange) -> AsyncIterator[ccxt.weex]:
    made = WEEX.client(MemoryTransport(exchange), exchange)
    made.set_sandbox_mode(True)
    await made.load_markets()
    yield made
    await made.close()


async def test_the_simulated_account_trades_in_play_money(
    simulated: ccxt.weex, exchange: LocalExchange
) -> None:
    balance = await simulated.fetch_balance()
    assert (balance["info"][0]["asset"], balance["USDT"]["total"]) == ("SUSDT", "60000")
    await place(WEEX, simulated, SELL)
    (row,) = await simulated.fetch_positions([LINEAR])
    assert (row["info"]["symbol"], Decimal(row["contracts"])) == ("BTCSUSDT", SELL.quantity)
    (order,) = await simulated.fetch_closed_orders(LINEAR)
    assert (order["symbol"], order["clientOrderId"]) == (LINEAR, "one")
    body = raw_order(newClientOrderId="raw9")
    assert sent(exchange, "POST", SIM_ORDER, body=body)[1]["code"] == -1121  # not BTCSUSDT


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/capi/v3/sim/order"),
        ("GET", "/capi/v3/sim/openOrders"),
        ("GET", "/capi/v3/sim/userTrades"),
    ],
)
def test_the_simulated_account_can_neither_cancel_nor_list_what_rests(
    exchange: LocalExchange, method: str, path: str
) -> None:
    status, told = sent(exchange, method, path)
    assert (status in {400, 404}, told["code"]) == (True, -1150)


def test_an_account_says_what_it_may_do(exchange: LocalExchange) -> None:
    Controller(exchange).post("account", can_trade=False, can_withdraw=True)
    told = sent(exchange, "GET", "/capi/v3/account/accountConfig")[1]
    assert (told["canTrade"], told["canWithdraw"]) == (False, True)
    assert sent(exchange, "POST", ORDER, body=raw_order())[1]["code"] == -1052
