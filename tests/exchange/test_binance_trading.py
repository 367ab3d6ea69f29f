"""The unmodified ccxt class trades, over HTTP and in memory alike."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import ccxt.async_support as ccxt
import pytest

from counterpoise.exchange.local import LocalExchange
from tests.exchange.wires import Controller

BTC = "BTC/USDT:USDT"
ETH = "ETH/USDT:USDT"
XRP = "XRP/USDT:USDT"
Json = dict[str, Any]


async def bid(trader: ccxt.binance, symbol: str = BTC) -> Decimal:
    return Decimal((await trader.fetch_bids_asks([symbol]))[symbol]["bid"])


async def ioc(trader: ccxt.binance, side: str, amount: str, price: str, **params: object) -> Json:
    terms = {"timeInForce": "IOC", **params}
    order: Json = await trader.create_order(BTC, "limit", side, amount, price, terms)
    return order


async def test_only_symbols_with_prices_trade(trader: ccxt.binance) -> None:
    assert trader.markets[BTC]["active"] is True
    assert trader.markets["XRP/USDT"]["active"] is True
    assert trader.markets["BNB/USDT:USDT"]["active"] is False
    assert trader.markets["BNB/BTC"]["active"] is False


async def test_the_demo_account_is_worth_what_it_says(trader: ccxt.binance) -> None:
    spot = await trader.fetch_balance()
    tickers = await trader.fetch_bids_asks(["BTC/USDT", "ETH/USDT", "XRP/USDT"])
    worth = {
        asset: Decimal(spot[asset]["total"]) * Decimal(tickers[f"{asset}/USDT"]["bid"])
        for asset in ("BTC", "ETH", "XRP")
    }
    assert worth["BTC"] == pytest.approx(Decimal(50_000), rel=Decimal("0.01"))
    assert worth["ETH"] == pytest.approx(Decimal(30_000), rel=Decimal("0.01"))
    assert worth["XRP"] == pytest.approx(Decimal(20_000), rel=Decimal("0.01"))
    assert spot["USDT"]["total"] == "50000"
    swap = await trader.fetch_balance({"type": "swap"})
    assert Decimal(swap["USDT"]["total"]) == 60_000


async def test_a_short_is_opened_and_seen(trader: ccxt.binance) -> None:
    price = await bid(trader)
    order = await ioc(trader, "sell", "0.5", str(price), clientOrderId="short1")
    assert (order["status"], order["filled"], order["clientOrderId"]) == (
        "closed",
        "0.500",
        "short1",
    )
    assert Decimal(order["average"]) == price
    (position,) = await trader.fetch_positions()
    assert (position["side"], Decimal(position["contracts"])) == ("short", Decimal("0.5"))
    assert Decimal(position["info"]["positionAmt"]) == Decimal("-0.5")
    assert Decimal(position["entryPrice"]) == price
    assert position["timestamp"] == order["lastUpdateTimestamp"]


async def test_a_flat_account_has_no_positions(trader: ccxt.binance) -> None:
    assert await trader.fetch_positions() == []


async def test_the_taker_fee_leaves_the_wallet(trader: ccxt.binance) -> None:
    order = await trader.create_order(BTC, "market", "buy", "0.1")
    (trade,) = await trader.fetch_my_trades(BTC)
    assert Decimal(trade["fee"]["cost"]) == Decimal(order["cost"]) * Decimal("0.0005")
    assert trade["takerOrMaker"] == "taker"
    account = await trader.fapiPrivateV3GetAccount()
    paid = Decimal(60_000) - Decimal(account["totalWalletBalance"])
    assert paid == Decimal(trade["fee"]["cost"])


async def test_a_spot_buy_pays_its_fee_in_base(trader: ccxt.binance) -> None:
    before = Decimal((await trader.fetch_balance())["XRP"]["total"])
    order = await trader.create_order("XRP/USDT", "market", "buy", "100")
    after = Decimal((await trader.fetch_balance())["XRP"]["total"])
    assert after - before == Decimal("99.9")
    assert order["fee"] == {"currency": "XRP", "cost": "0.10000000"}


async def test_a_spot_sale_pays_its_fee_in_quote(trader: ccxt.binance) -> None:
    before = Decimal((await trader.fetch_balance())["USDT"]["total"])
    order = await trader.create_order("XRP/USDT", "market", "sell", "100")
    after = Decimal((await trader.fetch_balance())["USDT"]["total"])
    assert after - before == Decimal(order["cost"]) * Decimal("0.999")


async def test_a_spot_buy_by_cost_spends_no_more(trader: ccxt.binance) -> None:
    order = await trader.create_market_buy_order_with_cost("XRP/USDT", "1000")
    assert 995 < Decimal(order["cost"]) <= 1000


async def test_an_order_is_found_by_its_client_order_id(trader: ccxt.binance) -> None:
    placed = await trader.create_order(BTC, "market", "buy", "0.01", None, {"clientOrderId": "me"})
    found = await trader.fetch_order("", BTC, {"clientOrderId": "me"})
    assert found["id"] == placed["id"]
    assert found["filled"] == placed["filled"]


async def test_an_unknown_client_order_id_is_not_found(trader: ccxt.binance) -> None:
    with pytest.raises(ccxt.OrderNotFound, match="-2013"):
        await trader.fetch_order("", BTC, {"clientOrderId": "nobody"})


async def test_a_closed_order_frees_its_client_order_id(trader: ccxt.binance) -> None:
    first = await trader.create_order(BTC, "market", "buy", "0.01", None, {"clientOrderId": "i"})
    second = await trader.create_order(BTC, "market", "buy", "0.01", None, {"clientOrderId": "i"})
    assert first["id"] != second["id"]
    assert (await trader.fetch_order("", BTC, {"clientOrderId": "i"}))["id"] == second["id"]
    (position,) = await trader.fetch_positions()
    assert Decimal(position["contracts"]) == Decimal("0.02")


async def test_an_open_order_holds_its_client_order_id(trader: ccxt.binance) -> None:
    low = str(await bid(trader) - 500)
    await trader.create_order(BTC, "limit", "buy", "0.01", low, {"clientOrderId": "i"})
    with pytest.raises(ccxt.InvalidOrder, match="-4116"):
        await trader.create_order(BTC, "limit", "buy", "0.01", low, {"clientOrderId": "i"})
    await trader.cancel_order("", BTC, {"clientOrderId": "i"})
    await trader.create_order(BTC, "limit", "buy", "0.01", low, {"clientOrderId": "i"})
    assert len(await trader.fetch_open_orders(BTC)) == 1


async def test_an_ioc_order_never_rests(trader: ccxt.binance) -> None:
    order = await ioc(trader, "buy", "0.01", str(await bid(trader) - 500))
    assert (order["status"], order["filled"]) == ("expired", "0.000")
    assert await trader.fetch_open_orders(BTC) == []


async def test_a_large_ioc_order_slips_and_fills_in_part(
    trader: ccxt.binance, control: Controller
) -> None:
    control.post("book", symbol="BTCUSDT", levels=3, level_quantity="0.1", spread="0.0001")
    best = await bid(trader)
    order = await ioc(trader, "sell", "1", str((best * Decimal("0.99")).quantize(Decimal("0.1"))))
    assert (order["status"], order["filled"]) == ("expired", "0.300")
    assert Decimal(order["average"]) < best


async def test_a_fill_or_kill_order_is_whole_or_nothing(
    trader: ccxt.binance, control: Controller
) -> None:
    control.post("book", symbol="BTCUSDT", levels=1, level_quantity="0.1")
    high = str(await bid(trader) + 300)
    with pytest.raises(ccxt.OrderNotFillable, match="-5021"):
        await trader.create_order(BTC, "limit", "buy", "0.2", high, {"timeInForce": "FOK"})
    order = await trader.create_order(BTC, "limit", "buy", "0.1", high, {"timeInForce": "FOK"})
    assert order["status"] == "closed"


async def test_a_post_only_order_that_would_take_is_refused(trader: ccxt.binance) -> None:
    price = await bid(trader)
    with pytest.raises(ccxt.OrderNotFillable, match="-5022"):
        await trader.create_order(BTC, "limit", "sell", "0.01", str(price), {"postOnly": True})
    resting = await trader.create_order(
        BTC, "limit", "sell", "0.01", str(price + 500), {"postOnly": True}
    )
    assert resting["status"] == "open"


async def test_a_resting_order_fills_as_maker_at_its_own_price(
    trader: ccxt.binance, control: Controller
) -> None:
    price = await bid(trader) - 100
    await trader.create_order(BTC, "limit", "buy", "0.01", str(price), {"clientOrderId": "rest"})
    control.post("price", symbol="BTCUSDT", price=str(price - 50))
    order = await trader.fetch_order("", BTC, {"clientOrderId": "rest"})
    assert (order["status"], Decimal(order["average"])) == ("closed", price)
    (trade,) = await trader.fetch_my_trades(BTC)
    assert trade["takerOrMaker"] == "maker"
    assert Decimal(trade["fee"]["cost"]) == price * Decimal("0.01") * Decimal("0.0002")


async def test_a_cancelled_order_is_gone_and_cannot_be_cancelled_again(
    trader: ccxt.binance,
) -> None:
    low = str(await bid(trader) - 500)
    order = await trader.create_order(BTC, "limit", "buy", "0.01", low)
    cancelled = await trader.cancel_order(order["id"], BTC)
    assert cancelled["status"] == "canceled"
    with pytest.raises(ccxt.OrderNotFound, match="-2011"):
        await trader.cancel_order(order["id"], BTC)


async def test_a_reduce_only_order_that_would_not_reduce_is_refused(
    trader: ccxt.binance,
) -> None:
    with pytest.raises(ccxt.InvalidOrder, match="-2022"):
        await trader.create_order(BTC, "market", "buy", "0.01", None, {"reduceOnly": True})
    await trader.create_order(BTC, "market", "buy", "0.01")
    with pytest.raises(ccxt.InvalidOrder, match="-2022"):
        await trader.create_order(BTC, "market", "buy", "0.01", None, {"reduceOnly": True})


async def test_a_reduce_only_order_larger_than_the_position_closes_it(
    trader: ccxt.binance,
) -> None:
    await trader.create_order(BTC, "market", "buy", "0.01")
    order = await trader.create_order(BTC, "market", "sell", "0.05", None, {"reduceOnly": True})
    assert order["filled"] == "0.010"
    assert await trader.fetch_positions() == []


async def test_a_reduce_only_order_may_be_below_the_minimum_notional(
    trader: ccxt.binance,
) -> None:
    await trader.create_order(BTC, "market", "buy", "0.01")
    order = await trader.create_order(BTC, "market", "sell", "0.001", None, {"reduceOnly": True})
    assert order["filled"] == "0.001"


@pytest.mark.parametrize(
    ("amount", "price", "code"),
    [
        ("0.001", "87000", "-4164"),  # 87 quote is below the minimum of 100
        ("5000", "87000", "-4005"),
        ("20", "87000", "-2019"),
        ("0.1", "95000", "-4016"),
        ("0.1", "9000000", "-4002"),
        ("0.0015", "87000", "-1111"),
        ("0.01", "87000.123", "-1111"),
        ("0.01", "87000.15", "-4014"),
        ("0", "87000", "-4003"),
    ],
)
async def test_orders_that_break_a_rule_get_binances_own_code(
    trader: ccxt.binance, amount: str, price: str, code: str
) -> None:
    order = {
        "symbol": "BTCUSDT",
        "side": "BUY",
        "type": "LIMIT",
        "timeInForce": "IOC",
        "quantity": amount,
        "price": price,
    }
    with pytest.raises(ccxt.BaseError, match=code):
        await trader.fapiPrivatePostOrder(order)
    assert await trader.fetch_positions() == []


async def test_a_market_order_on_a_far_book_is_refused(
    trader: ccxt.binance, control: Controller
) -> None:
    control.post("price", symbol="BTCUSDT", market="linear", kind="last", price="100000")
    with pytest.raises(ccxt.OperationRejected, match="-4131"):
        await trader.create_order(BTC, "market", "buy", "0.01")


async def test_spot_without_money_is_refused(trader: ccxt.binance) -> None:
    with pytest.raises(ccxt.InsufficientFunds, match="insufficient balance"):
        await trader.create_order("BTC/USDT", "market", "buy", "3")
    with pytest.raises(ccxt.InsufficientFunds, match="insufficient balance"):
        await trader.create_order("ETH/USDT", "market", "sell", "50")


async def test_a_resting_spot_order_locks_what_it_would_spend(trader: ccxt.binance) -> None:
    await trader.create_order("BTC/USDT", "limit", "buy", "0.1", "80000")
    usdt = (await trader.fetch_balance())["USDT"]
    assert (usdt["used"], usdt["total"]) == ("8000.00000000", "50000")


async def test_a_spot_fill_or_kill_order_expires(trader: ccxt.binance, control: Controller) -> None:
    control.post("book", symbol="BTCUSDT", market="spot", levels=1, level_quantity="0.01")
    order = await trader.create_order(
        "BTC/USDT", "limit", "buy", "0.1", "90000", {"timeInForce": "FOK"}
    )
    assert (order["status"], Decimal(order["filled"])) == ("expired", Decimal(0))


async def test_a_spot_post_only_order_rests_or_is_refused(trader: ccxt.binance) -> None:
    resting = await trader.create_order(
        "BTC/USDT", "limit", "buy", "0.01", "80000", {"postOnly": True}
    )
    assert resting["status"] == "open"
    with pytest.raises(ccxt.OrderImmediatelyFillable, match="immediately match"):
        await trader.create_order("BTC/USDT", "limit", "buy", "0.01", "90000", {"postOnly": True})


async def test_hedge_mode_holds_both_sides(trader: ccxt.binance) -> None:
    await trader.set_position_mode(hedged=True, symbol=BTC)
    await trader.create_order(BTC, "market", "buy", "0.02", None, {"positionSide": "LONG"})
    await trader.create_order(BTC, "market", "sell", "0.01", None, {"positionSide": "SHORT"})
    found = {position["side"]: position for position in await trader.fetch_positions()}
    assert Decimal(found["long"]["contracts"]) == Decimal("0.02")
    assert Decimal(found["short"]["contracts"]) == Decimal("0.01")
    assert found["short"]["hedged"] is True


async def test_hedge_mode_wants_a_position_side_and_one_way_mode_none(
    trader: ccxt.binance,
) -> None:
    with pytest.raises(ccxt.OperationRejected, match="-4061"):
        await trader.create_order(BTC, "market", "buy", "0.01", None, {"positionSide": "LONG"})
    await trader.set_position_mode(hedged=True, symbol=BTC)
    with pytest.raises(ccxt.OperationRejected, match="-4061"):
        await trader.create_order(BTC, "market", "buy", "0.01")


async def test_closing_a_hedged_side_that_is_not_there_is_refused(trader: ccxt.binance) -> None:
    await trader.set_position_mode(hedged=True, symbol=BTC)
    with pytest.raises(ccxt.InvalidOrder, match="-2022"):
        await trader.create_order(BTC, "market", "sell", "0.01", None, {"positionSide": "LONG"})


async def test_the_position_mode_stays_while_something_is_open(trader: ccxt.binance) -> None:
    assert (await trader.fetch_position_mode())["hedged"] is False
    await trader.create_order(BTC, "market", "buy", "0.01")
    with pytest.raises(ccxt.BaseError, match="-4068"):
        await trader.set_position_mode(hedged=True, symbol=BTC)
    assert (await trader.fetch_position_mode())["hedged"] is False


async def test_leverage_and_margin_type_are_kept(trader: ccxt.binance) -> None:
    await trader.set_leverage(3, BTC)
    (config,) = await trader.fapiPrivateGetSymbolConfig({"symbol": "BTCUSDT"})
    assert (config["leverage"], config["marginType"]) == (3, "CROSSED")
    with pytest.raises(ccxt.BaseError, match="-4028"):
        await trader.fapiPrivatePostLeverage({"symbol": "BTCUSDT", "leverage": 126})
    with pytest.raises(ccxt.MarginModeAlreadySet):
        await trader.fapiPrivatePostMarginType({"symbol": "BTCUSDT", "marginType": "CROSSED"})


async def test_higher_leverage_allows_smaller_positions(trader: ccxt.binance) -> None:
    await trader.set_leverage(125, BTC)
    with pytest.raises(ccxt.OperationRejected, match="-2027"):
        await trader.create_order(BTC, "market", "buy", "1")
    await trader.create_order(BTC, "market", "buy", "0.5")


async def test_mark_prices_come_in_one_call(trader: ccxt.binance) -> None:
    marks = await trader.fetch_mark_prices([BTC, ETH, XRP])
    rates = await trader.fetch_funding_rates([BTC])
    assert set(marks) == {BTC, ETH, XRP}
    assert Decimal(rates[BTC]["fundingRate"]) == Decimal("0.0001")
    assert rates[BTC]["fundingTimestamp"] > rates[BTC]["timestamp"]


async def test_the_book_is_ordered_and_deepens(trader: ccxt.binance) -> None:
    book = await trader.fetch_order_book(BTC)
    bids = [Decimal(str(price)) for price, _ in book["bids"]]
    asks = [Decimal(str(price)) for price, _ in book["asks"]]
    assert len(bids) == len(asks) == 20
    assert bids == sorted(bids, reverse=True)
    assert asks == sorted(asks)
    assert bids[0] < asks[0]


async def test_the_day_ticker_covers_its_last_price(trader: ccxt.binance) -> None:
    ticker = await trader.fetch_ticker(BTC)
    assert ticker["symbol"] == BTC
    assert Decimal(ticker["low"]) <= Decimal(ticker["last"]) <= Decimal(ticker["high"])
    spot = await trader.fetch_ticker("BTC/USDT")
    assert spot["symbol"] == "BTC/USDT"
    assert Decimal(spot["bid"]) < Decimal(spot["ask"])


async def test_account_facts_can_be_read(trader: ccxt.binance, control: Controller) -> None:
    config = await trader.fapiPrivateGetAccountConfig()
    assert config["dualSidePosition"] is False
    assert (await trader.fapiPrivateGetMultiAssetsMargin())["multiAssetsMargin"] is False
    control.post("account", can_withdraw=True, multi_assets=True)
    assert (await trader.fapiPrivateGetMultiAssetsMargin())["multiAssetsMargin"] is True
    assert (await trader.privateGetAccount())["canWithdraw"] is True


async def test_the_forwarded_host_is_logged_and_the_signature_is_not(
    trader: ccxt.binance, exchange: LocalExchange, control: Controller
) -> None:
    await trader.create_order(BTC, "market", "buy", "0.01", None, {"clientOrderId": "seen"})
    log = control.get("requests")
    last = log["requests"][-1]
    assert (last["method"], last["path"], last["status"]) == ("POST", "/fapi/v1/order", 200)
    assert last["host"] == "demo-fapi.binance.com"
    assert last["params"]["newClientOrderId"] == "seen"
    assert "signature" not in str(log)
    assert exchange.venue.credentials.api_key not in str(log)
    assert log["total"] == len(log["requests"])
