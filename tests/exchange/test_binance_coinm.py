"""COIN-M through the unmodified ccxt class, and what of it is otherwise than USD-M."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from decimal import Decimal

import ccxt.async_support as ccxt
import pytest

from counterpoise.exchange.local import LocalExchange, LocalExchangeConfig, build
from counterpoise.ports import Transport
from tests.exchange.test_binance_answers import answered, body
from tests.exchange.wires import Controller, FakeClock, client

D = Decimal
COIN = "BTC/USD:BTC"
INVERSE = {"subType": "inverse"}
WALLETS = {"USDT": D(60_000), "BTC": D(2), "ETH": D(30)}
ORDER = {"symbol": "BTCUSD_PERP", "side": "SELL", "type": "MARKET", "quantity": "3"}


@pytest.fixture
def exchange(clock: FakeClock) -> LocalExchange:
    return build(LocalExchangeConfig(speed=D(0), futures_wallet=WALLETS), clock)


@pytest.fixture
async def trader(wire: Transport, exchange: LocalExchange) -> AsyncIterator[ccxt.binance]:
    made = client(wire, exchange, fetchMarkets={"types": ["linear", "inverse"]})
    await made.load_markets()
    yield made
    await made.close()


async def hedged(trader: ccxt.binance) -> None:
    await trader.set_position_mode(True, params=INVERSE)


async def test_what_was_recorded_is_listed_and_what_has_a_price_trades(
    trader: ccxt.binance,
) -> None:
    listed = [one for one in trader.markets.values() if one["inverse"]]
    assert len(listed) == 24
    assert {one["symbol"] for one in listed if one["active"]} == {
        COIN,
        "ETH/USD:ETH",
        "XRP/USD:XRP",
    }
    assert (trader.market(COIN)["contractSize"], trader.market(COIN)["swap"]) == ("100", True)


async def test_a_short_is_opened_in_contracts_and_paid_in_coin(
    trader: ccxt.binance, exchange: LocalExchange
) -> None:
    order = await trader.create_order(COIN, "market", "sell", "30")
    price = D(order["average"])
    (row,) = await trader.fetch_positions([COIN], INVERSE)
    assert (row["contracts"], row["side"], row["hedged"]) == ("30", "short", False)
    (trade,) = await trader.fetch_my_trades(COIN)
    fee = (D(3_000) / price * D("0.0005")).quantize(D("1e-8"))
    assert (trade["fee"]["currency"], D(trade["fee"]["cost"])) == ("BTC", fee)
    assert exchange.venue.engine.account.futures["BTC"] == 2 - fee
    found = await trader.fetch_order(order["id"], COIN)
    assert (found["status"], found["filled"]) == ("closed", "30")
    assert abs(D(found["info"]["cumBase"]) * price - 3_000) < D("0.001")
    assert (found["info"]["cumQuote"], trade["info"]["quoteQty"]) == ("0", "0")


async def test_the_two_wallets_are_apart(trader: ccxt.binance) -> None:
    coins = await trader.fetch_balance({"type": "swap", **INVERSE})
    dollars = await trader.fetch_balance({"type": "swap", "subType": "linear"})
    assert {name for name, held in coins["total"].items() if D(held)} == {"BTC", "ETH"}
    assert {name for name, held in dollars["total"].items() if D(held)} == {"USDT"}


async def test_profit_is_margin_in_coin(trader: ccxt.binance, control: Controller) -> None:
    order = await trader.create_order(COIN, "market", "sell", "100")
    control.post("price", symbol="BTCUSD_PERP", price="60000")
    (row,) = [one for one in (await account(trader))["assets"] if one["asset"] == "BTC"]
    profit = D(10_000) / 60_000 - D(10_000) / D(order["average"])
    assert abs(D(row["unrealizedProfit"]) - profit) < D("2e-8")
    assert D(row["marginBalance"]) == D(row["walletBalance"]) + D(row["unrealizedProfit"])
    assert 0 < D(row["maintMargin"]) < D("0.01")


async def account(trader: ccxt.binance) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = await trader.dapiPrivateGetAccount()
    return found


async def test_hedge_mode_shows_three_rows_and_takes_no_flag(trader: ccxt.binance) -> None:
    await hedged(trader)
    for side, amount in (("LONG", "5"), ("SHORT", "8")):
        way = "buy" if side == "LONG" else "sell"
        await trader.create_order(COIN, "market", way, amount, None, {"positionSide": side})
    rows = await trader.dapiPrivateGetPositionRisk({"pair": "BTCUSD"})
    shown = {row["positionSide"]: row["positionAmt"] for row in rows}
    assert shown == {"BOTH": "0", "LONG": "5", "SHORT": "-8"}
    with pytest.raises(ccxt.ExchangeError, match="-4061"):
        await trader.create_order(COIN, "market", "sell", "1")
    flagged = {**ORDER, "positionSide": "LONG", "reduceOnly": "true"}
    with pytest.raises(ccxt.ExchangeError, match="-1106"):
        await trader.dapiPrivatePostOrder(flagged)
    await trader.create_order(COIN, "market", "sell", "5", None, {"positionSide": "LONG"})
    with pytest.raises(ccxt.ExchangeError, match="-2022"):
        await trader.create_order(COIN, "market", "sell", "5", None, {"positionSide": "LONG"})


async def test_the_mode_is_read_and_leverage_is_set(trader: ccxt.binance) -> None:
    assert (await trader.fetch_position_mode(COIN, INVERSE))["hedged"] is False
    await trader.set_leverage(7, COIN)
    rows = await trader.dapiPrivateGetPositionRisk({"marginAsset": "BTC"})
    assert [(row["symbol"], row["leverage"]) for row in rows] == [("BTCUSD_PERP", "7")]
    tiers = await trader.fetch_leverage_tiers([COIN], INVERSE)
    assert [tier["maxLeverage"] for tier in tiers[COIN]] == ["125", "100", "50", "10"]


async def test_a_post_only_order_that_would_take_expires(trader: ccxt.binance) -> None:
    terms = {"postOnly": True, "clientOrderId": "crossing"}
    await trader.create_order(COIN, "limit", "buy", "3", "90000", terms)
    found = await trader.fetch_order("", COIN, {"clientOrderId": "crossing"})
    assert (found["status"], found["filled"]) == ("expired", "0")
    assert await trader.fetch_open_orders(COIN) == []


async def test_an_order_rests_and_is_cancelled(trader: ccxt.binance) -> None:
    order = await trader.create_order(COIN, "limit", "buy", "3", "80000")
    assert [one["id"] for one in await trader.fetch_open_orders(COIN)] == [order["id"]]
    await trader.cancel_order(order["id"], COIN)
    assert await trader.fetch_open_orders(COIN) == []
    with pytest.raises(ccxt.OrderNotFound, match="-2013"):
        await trader.fetch_order("", COIN, {"clientOrderId": "nobody"})


async def test_prices_books_and_funding_are_lists_for_one_symbol_too(
    trader: ccxt.binance, control: Controller
) -> None:
    mark = (await trader.fetch_mark_prices([COIN], INVERSE))[COIN]["markPrice"]
    shown = control.get("state")["prices"]["inverse:BTCUSD_PERP"]["mark"]
    assert abs(D(mark) - D(shown)) < D("0.01")
    assert isinstance(await trader.dapiPublicGetPremiumIndex({"symbol": "BTCUSD_PERP"}), list)
    assert isinstance(await trader.dapiPublicGetTickerPrice({"symbol": "BTCUSD_PERP"}), list)
    ticker = await trader.fetch_ticker(COIN)
    assert D(ticker["last"]) > 0
    top = (await trader.fetch_bids_asks([COIN], INVERSE))[COIN]
    book = await trader.fetch_order_book(COIN)
    assert D(str(book["bids"][0][0])) == D(top["bid"]) < D(top["ask"])
    assert (await trader.fetch_funding_rate(COIN))["fundingRate"] is not None


async def test_funding_is_paid_in_coin(trader: ccxt.binance, control: Controller) -> None:
    await trader.create_order(COIN, "market", "sell", "30")
    control.post("clock", advance_s=8 * 3600)
    (row,) = await trader.fetch_funding_history(COIN)
    assert row["code"] == "BTC"
    assert D(str(row["amount"])) > 0  # a short is paid
    assert await trader.fapiPrivateGetIncome() == []  # the other wallet knows nothing of it


async def test_a_liquidation_takes_one_coin_and_leaves_the_others(
    trader: ccxt.binance, control: Controller
) -> None:
    await trader.create_order(COIN, "market", "sell", "4000")  # more than twice the coin
    await trader.create_order("ETH/USD:ETH", "market", "sell", "100")
    control.post("price", symbol="BTCUSD_PERP", price="190000")
    rows = await trader.fetch_positions(None, INVERSE)
    assert [row["symbol"] for row in rows if D(row["contracts"])] == ["ETH/USD:ETH"]
    (forced,) = await trader.dapiPrivateGetForceOrders({"autoCloseType": "LIQUIDATION"})
    assert forced["clientOrderId"].startswith("autoclose-")
    assert await trader.fapiPrivateGetForceOrders() == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"symbol": "BTCUSDT"}, -1121),
        ({"symbol": "LINKUSD_PERP"}, -2016),
        ({"quantity": "0.5"}, -1111),
        ({"quantity": "2000000"}, -4005),
        ({"quantity": "42000"}, -2019),
        ({"type": "LIMIT", "timeInForce": "IOC", "price": "50000"}, -4024),
        ({"reduceOnly": "true"}, -2022),
        ({"positionSide": "LONG"}, -4061),
    ],
)
def test_refusals_are_coin_ms_own(
    exchange: LocalExchange, changed: dict[str, str], code: int
) -> None:
    sent = ORDER | changed
    answer = answered(exchange, "POST", "/dapi/v1/order", **sent)
    assert (answer.status, json.loads(answer.body)["code"]) == (400, code)


def test_a_far_book_and_an_account_that_may_not_trade_have_codes_of_their_own(
    exchange: LocalExchange, control: Controller
) -> None:
    control.post("price", symbol="BTCUSD_PERP", market="inverse", kind="mark", price="60000")
    buying = answered(exchange, "POST", "/dapi/v1/order", **ORDER | {"side": "BUY"})
    assert json.loads(buying.body)["code"] == -4113
    control.post("account", can_trade=False)
    assert json.loads(answered(exchange, "POST", "/dapi/v1/order", **ORDER).body)["code"] == -4090


def test_pages_are_smaller_than_those_of_usd_m(
    exchange: LocalExchange, control: Controller
) -> None:
    for number in range(120):
        control.post(
            "position", symbol="BTCUSD_PERP", market="inverse", quantity=str(number % 2 + 1)
        )
    path = "/dapi/v1/allOrders"
    assert len(body(exchange, path, symbol="BTCUSD_PERP")) == 50
    assert len(body(exchange, path, symbol="BTCUSD_PERP", limit=1_000)) == 100
    long = {"startTime": 0, "endTime": 8 * 86_400_000}
    answer = answered(exchange, "GET", "/dapi/v1/userTrades", symbol="BTCUSD_PERP", **long)
    assert json.loads(answer.body)["code"] == -4088


def test_weights_are_counted_apart(exchange: LocalExchange) -> None:
    header = "X-MBX-USED-WEIGHT-1M"
    assert answered(exchange, "GET", "/dapi/v1/account").headers[header] == "5"
    assert answered(exchange, "GET", "/fapi/v3/account").headers[header] == "5"
    assert answered(exchange, "GET", "/dapi/v1/premiumIndex").headers[header] == "15"
