"""What is OKX's own: contracts, codes inside answers, one wallet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal

import ccxt.async_support as ccxt
import pytest

from counterpoise.exchange.local import LocalExchange, serve
from tests.exchange.dialects.okx_speaker import Okx, coin, raw_order, wallet
from tests.exchange.dialects.one_wallet import started, trading
from tests.exchange.wires import Controller, FakeClock, HttpWire

BTC, SPOT, COIN = "BTC/USDT:USDT", "BTC/USDT", "BTC/USD:BTC"


@pytest.fixture
def exchange(clock: FakeClock) -> LocalExchange:
    return started("okx", clock)


@pytest.fixture
async def trader(exchange: LocalExchange) -> AsyncIterator[ccxt.okx]:
    async for made in trading(Okx(), exchange):
        yield made


async def test_perpetual_amounts_are_contracts(trader: ccxt.okx) -> None:
    assert trader.markets[BTC]["contractSize"] == "0.01"
    await trader.create_order(BTC, "market", "sell", "50")
    (position,) = await trader.fetch_positions([BTC])
    assert (position["contracts"], position["info"]["pos"]) == ("50", "-50.0")
    assert Decimal(position["notional"]) == pytest.approx(
        Decimal("0.5") * Decimal(position["markPrice"]), rel=Decimal("0.000001")
    )
    (trade,) = await trader.fetch_my_trades(BTC)
    fee = Decimal("0.5") * Decimal(trade["price"]) * Decimal("0.0005")
    assert Decimal(trade["fee"]["cost"]) == pytest.approx(fee, abs=Decimal("1e-8"))


async def test_an_order_is_answered_with_its_ids_and_its_own_code(trader: ccxt.okx) -> None:
    order = await trader.create_order(BTC, "market", "buy", "10", None, {"clientOrderId": "mine1"})
    assert (order["clientOrderId"], order["status"], order["filled"]) == ("mine1", None, None)
    assert (order["info"]["sCode"], order["info"]["sMsg"]) == ("0", "Order placed")


async def test_of_several_orders_each_has_its_own_end(trader: ccxt.okx) -> None:
    orders = [raw_order(clOrdId="good1"), raw_order(clOrdId="bad1", sz="0.05")]
    answer = await trader.privatePostTradeBatchOrders(orders)
    assert answer["code"] == "2"
    assert [row["sCode"] for row in answer["data"]] == ["0", "51121"]
    with pytest.raises(ccxt.InvalidOrder, match='"code":"1"'):
        await trader.privatePostTradeBatchOrders([raw_order(sz="0.05")])


async def test_a_post_only_order_that_would_take_is_taken_and_dropped(trader: ccxt.okx) -> None:
    for symbol, amount in ((BTC, "10"), (SPOT, "0.1")):
        placed = await trader.create_order(
            symbol, "limit", "buy", amount, "88500", {"postOnly": True}
        )
        order = await trader.fetch_order(placed["id"], symbol)
        assert (order["status"], Decimal(order["filled"])) == ("canceled", Decimal(0))
        assert order["info"]["cancelSource"] == "31"
    assert await trader.fetch_positions() == []


async def test_a_fill_or_kill_order_that_cannot_fill_is_dropped(
    trader: ccxt.okx, exchange: LocalExchange
) -> None:
    Controller(exchange).post(
        "book", symbol="BTCUSDT", market="linear", levels=1, level_quantity="1"
    )
    placed = await trader.create_order(BTC, "limit", "buy", "10", "88500", {"timeInForce": "FOK"})
    assert (await trader.fetch_order(placed["id"], BTC))["info"]["cancelSource"] == "13"


async def test_one_wallet_holds_cash_and_margin(trader: ccxt.okx) -> None:
    for kind in ("spot", "swap"):
        assert (await trader.fetch_balance({"type": kind}))["USDT"]["total"] == "100000"
    assert await trader.fetch_balance({"type": "funding"}) is not None
    await trader.create_order(SPOT, "market", "sell", "1")
    assert Decimal((await coin(trader, "USDT"))["cashBal"]) > 187_000
    assert (await coin(trader, "BTC"))["cashBal"] == "1"


async def test_a_coin_held_carries_a_short_in_another(
    trader: ccxt.okx, exchange: LocalExchange
) -> None:
    await trader.create_order(BTC, "market", "sell", "200")
    Controller(exchange).post("price", symbol="BTCUSDT", price="160000")
    assert [row["contracts"] for row in await trader.fetch_positions()] == ["200"]
    cash, whole = await coin(trader, "USDT"), await wallet(trader)
    assert Decimal(cash["eq"]) < 0 < Decimal(whole["totalEq"])
    assert Decimal(whole["adjEq"]) < Decimal(whole["totalEq"])  # collateral counts for less
    assert Decimal(whole["mgnRatio"]) > 1


async def test_the_position_mode_is_the_accounts(trader: ccxt.okx) -> None:
    await trader.set_position_mode(False)
    assert (await trader.fetch_position_mode())["hedged"] is False
    await trader.set_position_mode(True)
    await trader.set_position_mode(True)  # once more is a success
    assert (await trader.fetch_position_mode())["hedged"] is True
    with pytest.raises(ccxt.BadRequest, match="posSide"):
        await trader.create_order(BTC, "market", "sell", "10")
    await trader.create_order(BTC, "market", "sell", "10", None, {"hedged": True})
    (row,) = (await trader.privateGetAccountPositions())["data"]
    assert (row["posSide"], row["pos"]) == ("short", "10.0")  # positive, unlike in the net mode
    with pytest.raises(ccxt.ExchangeError, match="59000"):
        await trader.set_position_mode(False)
    await trader.create_order(
        BTC, "market", "buy", "99", None, {"hedged": True, "reduceOnly": True}
    )
    assert await trader.fetch_positions() == []


async def test_leverage_is_set_again_without_complaint(trader: ccxt.okx) -> None:
    for _ in range(2):
        await trader.set_leverage(7, BTC)
    found = await trader.fetch_leverage(BTC)
    assert (found["longLeverage"], found["shortLeverage"]) == (7, 7)
    with pytest.raises(ccxt.BadRequest, match="mgnMode"):
        await trader.set_leverage(7, BTC, {"marginMode": "isolated"})
    with pytest.raises(ccxt.ExchangeError, match="59102"):
        await trader.privatePostAccountSetLeverage(
            {"instId": "BTC-USDT-SWAP", "mgnMode": "cross", "lever": "126"}
        )


async def test_a_spot_market_buy_counts_quote_unless_told(trader: ccxt.okx) -> None:
    order = raw_order(instId="BTC-USDT", tdMode="cash", ordType="market", sz="8000", px=None)
    await trader.privatePostTradeOrder(order)
    (bought,) = await trader.fetch_my_trades(SPOT)
    assert Decimal(bought["cost"]) == pytest.approx(Decimal(8_000), rel=Decimal("0.001"))
    await trader.create_order(SPOT, "market", "buy", "0.1")  # ccxt adds tgtCcy
    assert Decimal((await trader.fetch_my_trades(SPOT))[-1]["amount"]) == Decimal("0.1")


async def test_index_prices_are_of_pairs_and_asked_by_quote_or_name(trader: ccxt.okx) -> None:
    async def names(**asked: str) -> set[str]:
        return {row["instId"] for row in (await trader.publicGetMarketIndexTickers(asked))["data"]}

    assert "BTC-USD" not in await names(quoteCcy="USDT") >= {"BTC-USDT", "ETH-USDT"}
    assert await names(quoteCcy="USD") == await names(instId="BTC-USD") == {"BTC-USD"}
    with pytest.raises(ccxt.BadRequest, match="instId"):
        await trader.publicGetMarketIndexTickers()


async def test_funding_is_a_bill(trader: ccxt.okx, exchange: LocalExchange) -> None:
    await trader.create_order(BTC, "market", "sell", "100")
    before = Decimal((await coin(trader, "USDT"))["cashBal"])
    Controller(exchange).post("clock", advance_s=8 * 3600)
    (bill,) = await trader.fetch_funding_history(BTC)
    gained = Decimal((await coin(trader, "USDT"))["cashBal"]) - before
    assert Decimal(bill["amount"]) == gained > 0
    assert (bill["info"]["subType"], bill["info"]["sz"]) == ("174", "100.0")


async def test_inverse_is_settled_in_coin_out_of_the_same_wallet(trader: ccxt.okx) -> None:
    assert trader.markets[COIN]["contractSize"] == "100"
    await trader.create_order(COIN, "market", "sell", "500")
    (position,) = await trader.fetch_positions([COIN])
    assert (position["side"], position["contracts"]) == ("short", "500")
    (trade,) = await trader.fetch_my_trades(COIN)
    assert trade["fee"]["currency"] == "BTC"
    assert Decimal((await coin(trader, "BTC"))["cashBal"]) == 2 - Decimal(trade["fee"]["cost"])


async def test_what_the_key_may_do_can_be_read(trader: ccxt.okx, exchange: LocalExchange) -> None:
    (config,) = (await trader.privateGetAccountConfig())["data"]
    assert (config["perm"], config["acctLv"]) == ("read_only,trade", "3")
    Controller(exchange).post("account", can_withdraw=True, can_trade=False)
    (config,) = (await trader.privateGetAccountConfig())["data"]
    assert config["perm"] == "read_only,withdraw"
    with pytest.raises(ccxt.BaseError, match="50120"):
        await trader.create_order(BTC, "market", "buy", "10")


async def test_orders_are_listed_while_open_and_kept_when_closed(trader: ccxt.okx) -> None:
    await trader.create_order(BTC, "limit", "buy", "10", "86500", {"clientOrderId": "rest1"})
    await trader.create_order(BTC, "market", "buy", "10", None, {"clientOrderId": "done1"})
    assert [row["clientOrderId"] for row in await trader.fetch_open_orders()] == ["rest1"]
    closed = await trader.fetch_closed_orders(BTC)
    assert [row["clientOrderId"] for row in closed] == ["done1"]


async def test_fees_and_tiers_can_be_read(trader: ccxt.okx) -> None:
    fee = await trader.fetch_trading_fee(BTC)
    assert (Decimal(fee["maker"]), Decimal(fee["taker"])) == (Decimal("0.0002"), Decimal("0.0005"))
    tiers = await trader.fetch_market_leverage_tiers(BTC)
    assert Decimal(tiers[0]["maxLeverage"]) > Decimal(tiers[-1]["maxLeverage"])


async def test_all_perpetuals_are_priced_in_one_call(trader: ccxt.okx) -> None:
    marks = await trader.fetch_mark_prices()
    rates = await trader.fetch_funding_rates()
    assert set(marks) == set(rates) >= {BTC, "ETH/USDT:USDT", "XRP/USDT:USDT", COIN}
    tickers = await trader.fetch_tickers([BTC, "ETH/USDT:USDT"])
    for ticker in tickers.values():
        assert Decimal(ticker["bid"]) < Decimal(ticker["ask"])


async def test_the_past_of_funding_can_be_read(trader: ccxt.okx) -> None:
    past = await trader.fetch_funding_rate_history(BTC, limit=3)
    assert [row["timestamp"] for row in past] == sorted(row["timestamp"] for row in past)
    newer = await trader.fetch_funding_rate_history(BTC, since=past[1]["timestamp"])
    assert [row["timestamp"] for row in newer] == [row["timestamp"] for row in past[1:]]


async def test_it_trades_over_http_as_well(exchange: LocalExchange) -> None:
    server = await serve(exchange, "127.0.0.1", 0)
    http = HttpWire(server.port)
    trader = Okx().client(http, exchange)
    await trader.load_markets()
    await trader.create_order(BTC, "market", "sell", "10", None, {"clientOrderId": "http1"})
    found = await trader.fetch_order("", BTC, {"clientOrderId": "http1"})
    assert (found["status"], found["filled"]) == ("closed", "10.0")
    await trader.close()
    await http.close()
    await server.close()


@pytest.mark.parametrize(
    ("kind", "category"), [("liquidation", "full_liquidation"), ("deleveraging", "adl")]
)
async def test_what_the_venue_closes_says_so(
    trader: ccxt.okx, exchange: LocalExchange, kind: str, category: str
) -> None:
    await trader.create_order(BTC, "market", "sell", "10", None, {"clientOrderId": "mine1"})
    Controller(exchange).post("force", symbol="BTCUSDT", kind=kind)
    assert await trader.fetch_positions() == []
    orders = await trader.fetch_closed_orders(BTC)
    assert {order["clientOrderId"]: order["info"]["category"] for order in orders} == {
        "mine1": "normal",
        None: category,
    }
