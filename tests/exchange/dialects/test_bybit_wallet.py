"""Bybit's unified account: one wallet, its positions and its settings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal

import ccxt.async_support as ccxt
import pytest

from counterpoise.exchange.local import LocalExchange
from tests.exchange.dialects.bybit_speaker import Bybit, coin, wallet
from tests.exchange.dialects.one_wallet import started, trading
from tests.exchange.wires import Controller, FakeClock

BTC, SPOT, COIN = "BTC/USDT:USDT", "BTC/USDT", "BTC/USD:BTC"


@pytest.fixture
def exchange(clock: FakeClock) -> LocalExchange:
    return started("bybit", clock)


@pytest.fixture
async def trader(exchange: LocalExchange) -> AsyncIterator[ccxt.bybit]:
    async for made in trading(Bybit(), exchange):
        yield made


async def test_one_wallet_holds_cash_and_margin(trader: ccxt.bybit) -> None:
    assert (await coin(trader, "USDT"))["walletBalance"] == "100000"
    for kind in ("spot", "swap"):
        assert (await trader.fetch_balance({"type": kind}))["USDT"]["total"] == "100000"
    await trader.create_order(SPOT, "market", "sell", "1")
    sold = Decimal((await coin(trader, "USDT"))["walletBalance"])
    assert sold > 187_000
    await trader.create_order(BTC, "market", "sell", "1")
    fee = (await trader.fetch_my_trades(BTC))[0]["fee"]["cost"]
    assert Decimal((await coin(trader, "USDT"))["walletBalance"]) <= sold - Decimal(fee)


async def test_a_coin_held_carries_a_short_in_another(
    trader: ccxt.bybit, exchange: LocalExchange
) -> None:
    """The coin gains what the short loses: cash may end below zero, and nothing is liquidated."""
    await trader.create_order(BTC, "market", "sell", "2")
    Controller(exchange).post("price", symbol="BTCUSDT", price="160000")
    (position,) = await trader.fetch_positions()
    assert position["contracts"] == "2"
    cash = await coin(trader, "USDT")
    assert Decimal(cash["equity"]) < 0 < Decimal((await wallet(trader))["totalEquity"])


async def test_an_account_that_carries_no_more_is_liquidated(
    trader: ccxt.bybit, exchange: LocalExchange
) -> None:
    control = Controller(exchange)
    control.post("balance", asset="BTC", quantity="0")
    await trader.create_order(BTC, "market", "sell", "2")
    control.post("price", symbol="BTCUSDT", price="160000")
    assert await trader.fetch_positions() == []
    assert Decimal((await coin(trader, "USDT"))["walletBalance"]) == 0


async def test_margin_rates_are_of_the_whole_account(trader: ccxt.bybit) -> None:
    await trader.create_order(BTC, "market", "sell", "1")
    found = await wallet(trader)
    initial, balance = Decimal(found["totalInitialMargin"]), Decimal(found["totalMarginBalance"])
    assert Decimal(found["accountIMRate"]) == pytest.approx(initial / balance, abs=Decimal("1e-4"))
    assert Decimal(found["totalAvailableBalance"]) == balance - initial
    assert Decimal(found["totalEquity"]) > balance  # collateral counts at a share of its worth


async def test_what_is_set_already_is_said_to_be_so(trader: ccxt.bybit) -> None:
    await trader.set_leverage(7, BTC)
    with pytest.raises(ccxt.BadRequest, match="110043"):
        await trader.set_leverage(7, BTC)
    assert (await trader.fetch_leverage(BTC))["longLeverage"] == 7
    with pytest.raises(ccxt.NoChange, match="110025"):
        await trader.set_position_mode(hedged=False, symbol=BTC)
    await trader.set_margin_mode("cross")
    with pytest.raises(ccxt.ExchangeError, match="3400045"):
        await trader.set_margin_mode("isolated")


async def test_the_position_mode_stays_while_something_is_open(trader: ccxt.bybit) -> None:
    await trader.create_order(BTC, "limit", "buy", "0.1", "86000")
    with pytest.raises(ccxt.BadRequest, match="110028"):
        await trader.set_position_mode(hedged=True, symbol=BTC)
    await trader.cancel_all_orders(BTC)
    await trader.create_order(BTC, "market", "buy", "0.1")
    with pytest.raises(ccxt.BadRequest, match="110024"):
        await trader.set_position_mode(hedged=True, symbol=BTC)


async def test_positions_come_by_pages(trader: ccxt.bybit) -> None:
    for symbol in ("BTC/USDT:USDT", "ETH/USDT:USDT", "XRP/USDT:USDT"):
        await trader.create_order(symbol, "market", "sell", "10" if "XRP" in symbol else "0.1")
    asked = {"category": "linear", "settleCoin": "USDT", "limit": 2}
    first = (await trader.privateGetV5PositionList(asked))["result"]
    rest = (await trader.privateGetV5PositionList({**asked, "cursor": first["nextPageCursor"]}))[
        "result"
    ]
    assert (len(first["list"]), len(rest["list"]), rest["nextPageCursor"]) == (2, 1, "")
    with pytest.raises(ccxt.BadRequest, match="10001"):
        await trader.privateGetV5PositionList({"category": "linear"})


async def test_funding_received_is_a_negative_fee(
    trader: ccxt.bybit, exchange: LocalExchange
) -> None:
    await trader.create_order(BTC, "market", "sell", "1")
    before = Decimal((await coin(trader, "USDT"))["walletBalance"])
    Controller(exchange).post("clock", advance_s=8 * 3600)
    (paid,) = await trader.fetch_funding_history(BTC)
    gained = Decimal((await coin(trader, "USDT"))["walletBalance"]) - before
    assert Decimal(paid["rate"]) > 0
    assert Decimal(paid["amount"]) == -gained < 0


async def test_inverse_is_settled_in_coin_out_of_the_same_wallet(trader: ccxt.bybit) -> None:
    await trader.create_order(COIN, "market", "sell", "50000")
    (position,) = await trader.fetch_positions([COIN])
    assert (position["side"], position["contracts"]) == ("short", "50000")
    (trade,) = await trader.fetch_my_trades(COIN)
    assert trade["fee"]["currency"] == "BTC"
    held = Decimal((await coin(trader, "BTC"))["walletBalance"])
    assert held == 2 - Decimal(trade["fee"]["cost"])


async def test_what_the_key_and_the_account_may_do_can_be_read(
    trader: ccxt.bybit, exchange: LocalExchange
) -> None:
    key = (await trader.privateGetV5UserQueryApi())["result"]
    assert (key["readOnly"], key["uta"], key["permissions"]["Wallet"]) == (
        0,
        1,
        ["AccountTransfer", "SubMemberTransfer"],
    )
    Controller(exchange).post("account", can_withdraw=True, can_trade=False)
    key = (await trader.privateGetV5UserQueryApi())["result"]
    assert key["readOnly"] == 1
    assert "Withdraw" in key["permissions"]["Wallet"]
    with pytest.raises(ccxt.PermissionDenied, match="10005"):
        await trader.create_order(BTC, "market", "buy", "0.1")
    assert (await trader.fetch_margin_mode(BTC))["marginMode"] == "cross"


async def test_fees_and_risk_limits_can_be_read(trader: ccxt.bybit) -> None:
    fee = await trader.fetch_trading_fee(BTC)
    await trader.create_order(BTC, "market", "buy", "0.1")
    (trade,) = await trader.fetch_my_trades(BTC)
    paid = Decimal(trade["fee"]["cost"]) / Decimal(trade["cost"])
    assert paid == pytest.approx(Decimal(fee["taker"]), rel=Decimal("0.0001"))
    tiers = await trader.fetch_market_leverage_tiers(BTC)
    assert Decimal(tiers[0]["maxLeverage"]) > Decimal(tiers[-1]["maxLeverage"])
