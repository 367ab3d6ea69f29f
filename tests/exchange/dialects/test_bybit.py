"""Bybit's orders: ids alone, taken only to be dropped, found in two places."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from decimal import Decimal

import ccxt.async_support as ccxt
import pytest

from counterpoise.exchange.local import LocalExchange, MemoryTransport, serve
from tests.exchange.dialects.bybit_speaker import Bybit, raw_order
from tests.exchange.dialects.one_wallet import started, trading
from tests.exchange.wires import Controller, FakeClock, HttpWire

BTC, SPOT = "BTC/USDT:USDT", "BTC/USDT"


@pytest.fixture
def exchange(clock: FakeClock) -> LocalExchange:
    return started("bybit", clock)


@pytest.fixture
async def trader(exchange: LocalExchange) -> AsyncIterator[ccxt.bybit]:
    async for made in trading(Bybit(), exchange):
        yield made


async def test_an_order_is_answered_with_its_ids_alone(trader: ccxt.bybit) -> None:
    answer = await trader.privatePostV5OrderCreate(raw_order(orderLinkId="mine1"))
    assert answer["result"].keys() == {"orderId", "orderLinkId"}
    order = await trader.create_order(BTC, "market", "buy", "0.1", None, {"clientOrderId": "m2"})
    assert order["id"] is not None
    assert (order["status"], order["filled"], order["amount"]) == (None, None, None)


async def test_a_look_up_for_the_order_none_finds_none(trader: ccxt.bybit) -> None:
    await trader.create_order(BTC, "limit", "buy", "0.1", "86000", {"clientOrderId": "mine1"})
    with pytest.raises(ccxt.OrderNotFound):
        await trader.fetch_open_order(None, BTC)
    with pytest.raises(ccxt.OrderNotFound, match="110001"):
        await trader.cancel_order("None", BTC)


async def test_the_unified_name_of_a_client_id_is_ignored_by_a_cancellation(
    trader: ccxt.bybit,
) -> None:
    await trader.create_order(BTC, "limit", "buy", "0.1", "86000", {"clientOrderId": "mine1"})
    with pytest.raises(ccxt.BadRequest, match="10001"):
        await trader.cancel_order(None, BTC, {"clientOrderId": "mine1"})
    assert len(await trader.fetch_open_orders(BTC)) == 1


async def test_a_closed_order_is_found_by_id_only_where_the_client_insists(
    trader: ccxt.bybit,
) -> None:
    placed = await trader.create_order(BTC, "market", "buy", "0.1")
    with pytest.raises(ccxt.ArgumentsRequired):
        await trader.fetch_order(placed["id"], BTC)
    order = await trader.fetch_order(placed["id"], BTC, {"acknowledged": True})
    assert (order["status"], order["filled"]) == ("closed", "0.100")


async def test_a_post_only_order_that_would_take_is_taken_and_dropped(trader: ccxt.bybit) -> None:
    placed = await trader.create_order(BTC, "limit", "buy", "0.1", "88500", {"postOnly": True})
    order = await trader.fetch_order(placed["id"], BTC, {"acknowledged": True})
    assert (order["status"], Decimal(order["filled"])) == ("canceled", Decimal(0))
    assert order["info"]["rejectReason"] == "EC_PostOnlyWillTakeLiquidity"
    assert await trader.fetch_positions() == []


async def test_on_spot_it_is_refused(trader: ccxt.bybit) -> None:
    with pytest.raises(ccxt.InvalidOrder, match="170218"):
        await trader.create_order(SPOT, "limit", "buy", "0.1", "88000", {"postOnly": True})


async def test_a_fill_or_kill_order_that_cannot_fill_is_dropped(
    trader: ccxt.bybit, exchange: LocalExchange
) -> None:
    Controller(exchange).post(
        "book", symbol="BTCUSDT", market="linear", levels=1, level_quantity="0.01"
    )
    placed = await trader.create_order(BTC, "limit", "buy", "0.1", "88500", {"timeInForce": "FOK"})
    order = await trader.fetch_order(placed["id"], BTC, {"acknowledged": True})
    assert order["info"]["rejectReason"] == "EC_NoImmediateQtyToFill"


@pytest.mark.parametrize(("symbol", "code"), [(BTC, "110072"), (SPOT, "170141")])
async def test_a_client_id_is_used_up_for_good(trader: ccxt.bybit, symbol: str, code: str) -> None:
    terms = {"clientOrderId": "once1"}
    await trader.create_order(symbol, "market", "sell", "0.1", None, terms)
    with pytest.raises(ccxt.InvalidOrder, match=code):
        await trader.create_order(symbol, "market", "sell", "0.1", None, terms)
    assert len(await trader.fetch_my_trades(symbol)) == 1


async def test_orders_without_a_client_id_have_none(trader: ccxt.bybit) -> None:
    for _ in range(2):
        await trader.create_order(BTC, "limit", "buy", "0.1", "86000")
    orders = await trader.fetch_open_orders(BTC)
    assert [order["clientOrderId"] for order in orders] == [None, None]


@pytest.mark.parametrize(("symbol", "code"), [(BTC, "110001"), (SPOT, "170213")])
async def test_cancelling_an_order_that_is_not_there_has_its_own_code(
    trader: ccxt.bybit, symbol: str, code: str
) -> None:
    with pytest.raises(ccxt.OrderNotFound, match=code):
        await trader.cancel_order(None, symbol, {"orderLinkId": "never1"})


async def test_an_order_has_to_fit_the_position_mode(trader: ccxt.bybit) -> None:
    with pytest.raises(ccxt.BadRequest, match="position idx not match position mode"):
        await trader.create_order(BTC, "market", "buy", "0.1", None, {"hedged": True})
    await trader.set_position_mode(hedged=True)
    with pytest.raises(ccxt.BadRequest, match="position idx not match position mode"):
        await trader.create_order(BTC, "market", "buy", "0.1")


async def test_closing_through_the_unified_names_takes_the_right_side(trader: ccxt.bybit) -> None:
    await trader.set_position_mode(hedged=True, symbol=BTC)
    await trader.create_order(BTC, "market", "sell", "0.2", None, {"hedged": True})
    await trader.create_order(
        BTC, "market", "buy", "0.5", None, {"hedged": True, "reduceOnly": True}
    )
    assert await trader.fetch_positions() == []
    rows = (await trader.privateGetV5PositionList({"category": "linear", "symbol": "BTCUSDT"}))[
        "result"
    ]["list"]
    assert [(row["positionIdx"], row["side"], row["size"]) for row in rows] == [
        (1, "", "0"),
        (2, "", "0"),
    ]


async def test_a_spot_market_buy_counts_quote_unless_told(trader: ccxt.bybit) -> None:
    order = raw_order(category="spot", orderType="Market", qty="8000", price=None)
    await trader.privatePostV5OrderCreate(order)
    bought = (await trader.fetch_my_trades(SPOT))[0]
    assert Decimal(bought["cost"]) == pytest.approx(Decimal(8_000), rel=Decimal("0.001"))
    await trader.create_order(SPOT, "market", "buy", "0.1")  # ccxt adds marketUnit
    assert (await trader.fetch_my_trades(SPOT))[-1]["amount"] == "0.100000"


async def test_all_perpetuals_are_priced_in_one_call(trader: ccxt.bybit) -> None:
    tickers = await trader.fetch_tickers(None, {"category": "linear"})
    assert set(tickers) == {"BTC/USDT:USDT", "ETH/USDT:USDT", "XRP/USDT:USDT"}
    for ticker in tickers.values():
        assert Decimal(ticker["bid"]) < Decimal(ticker["ask"])
        assert Decimal(ticker["markPrice"]) == pytest.approx(
            Decimal(ticker["last"]), rel=Decimal("0.01")
        )


async def test_the_clients_own_defaults_load_everything(exchange: LocalExchange) -> None:
    plain = Bybit().client(MemoryTransport(exchange), exchange)
    plain.options["fetchMarkets"] = ccxt.bybit().options["fetchMarkets"]
    plain.has["fetchCurrencies"] = True
    assert len(await plain.load_markets()) == 8
    assert {"BTC", "USDT"} <= set(plain.currencies)
    await plain.close()


async def test_the_log_shows_an_orders_fields(trader: ccxt.bybit, exchange: LocalExchange) -> None:
    await trader.create_order(BTC, "market", "buy", "0.1", None, {"clientOrderId": "seen1"})
    last = Controller(exchange).get("requests")["requests"][-1]
    assert (last["path"], last["params"]["orderLinkId"]) == ("/v5/order/create", "seen1")
    assert trader.apiKey not in json.dumps(last)


async def test_it_trades_over_http_as_well(exchange: LocalExchange) -> None:
    server = await serve(exchange, "127.0.0.1", 0)
    http = HttpWire(server.port)
    trader = Bybit().client(http, exchange)
    await trader.load_markets()
    placed = await trader.create_order(BTC, "market", "sell", "0.1", None, {"clientOrderId": "h1"})
    (found,) = await trader.fetch_open_orders(BTC, params={"orderLinkId": "h1"})
    assert (found["id"], found["status"]) == (placed["id"], "closed")
    await trader.close()
    await http.close()
    await server.close()


@pytest.mark.parametrize(
    ("kind", "execution", "creator"),
    [
        ("liquidation", "BustTrade", "CreateByLiq"),
        ("deleveraging", "AdlTrade", "CreateByAdl_PassThrough"),
    ],
)
async def test_what_the_venue_closes_is_no_trade_to_who_asks_for_trades(
    trader: ccxt.bybit, exchange: LocalExchange, kind: str, execution: str, creator: str
) -> None:
    await trader.create_order(BTC, "market", "sell", "0.1", None, {"clientOrderId": "mine1"})
    Controller(exchange).post("force", symbol="BTCUSDT", kind=kind)
    assert await trader.fetch_positions() == []
    assert [row["info"]["orderLinkId"] for row in await trader.fetch_my_trades(BTC)] == ["mine1"]
    asked = {"category": "linear", "symbol": "BTCUSDT", "execType": execution}
    (forced,) = (await trader.privateGetV5ExecutionList(asked))["result"]["list"]
    assert (forced["side"], forced["orderLinkId"], forced["createType"]) == ("Buy", "", creator)


async def test_an_order_by_hand_has_no_client_id(
    trader: ccxt.bybit, exchange: LocalExchange
) -> None:
    terms = {"symbol": "BTCUSDT", "side": "BUY", "quantity": "0.1", "price": "86000"}
    Controller(exchange).post("order", **terms)
    Controller(exchange).post("order", **terms, client_order_id="others1")
    orders = await trader.fetch_open_orders(BTC)
    assert {order["clientOrderId"] for order in orders} == {None, "others1"}
