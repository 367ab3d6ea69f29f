"""What is Hyperliquid's own, beside the contract that every venue keeps."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal

import ccxt.async_support as ccxt
import pytest

from counterpoise.exchange.dialects.hyperliquid.listings import price_step
from counterpoise.exchange.local import (
    LocalExchange,
    LocalExchangeConfig,
    MemoryTransport,
    build,
)
from tests.exchange.dialects.hyperliquid_speaker import (
    NOBODY,
    Hyperliquid,
    cloid,
    named,
    question,
    sold,
)
from tests.exchange.dialects.speaking import Json
from tests.exchange.wires import Controller, FakeClock

BTC, SPOT = "BTC/USDC:USDC", "BTC/USDC"


@pytest.fixture
def exchange() -> LocalExchange:
    return build(LocalExchangeConfig(venue="hyperliquid", speed=Decimal(0)), FakeClock())


@pytest.fixture
async def trader(exchange: LocalExchange) -> AsyncIterator[ccxt.hyperliquid]:
    made = Hyperliquid().client(MemoryTransport(exchange), exchange)
    await made.load_markets()
    yield made
    await made.close()


@pytest.mark.parametrize(
    ("price", "places", "step"),
    [
        ("67681", 1, "1"),
        ("123456", 1, "1"),
        ("3688.3", 2, "0.1"),
        ("0.52", 6, "0.00001"),
        ("0.04388", 6, "0.000001"),
        ("0.0004388", 6, "0.000001"),
        ("169.78", 4, "0.01"),
        ("169.78", 1, "0.1"),
    ],
)
def test_prices_have_five_figures_and_no_more_places_than_the_size_leaves(
    price: str, places: int, step: str
) -> None:
    assert price_step(Decimal(price), places) == Decimal(step)


@pytest.mark.parametrize(
    ("asset", "price", "taken"),
    [
        (0, "87400", True),
        (0, "87400.5", False),  # six figures
        (1, "3000.1", True),
        (1, "3000.12", False),
        (2, "1.0001", True),
        (2, "1.00012", False),
        (2, "0.91234", True),
        (2, "0.9123456", False),  # seven places
    ],
)
async def test_a_price_of_another_form_is_refused_by_its_text(
    trader: ccxt.hyperliquid, exchange: LocalExchange, asset: int, price: str, taken: bool
) -> None:
    Controller(exchange).post("price", symbol="XRPUSDC", price="0.9")
    size = ("0.02", "0.5", "100")[asset]
    order = {"a": asset, "b": True, "p": price, "s": size, "r": False}
    terms = {"t": {"limit": {"tif": "Gtc"}}, "c": cloid("one1")}
    action = {"type": "order", "orders": [order | terms], "grouping": "na"}
    nonce = trader.milliseconds()
    body = {"action": action, "nonce": nonce, "signature": trader.sign_l1_action(action, nonce)}
    if taken:
        assert (await trader.privatePostExchange(body))["status"] == "ok"
    else:
        with pytest.raises(ccxt.InvalidOrder, match="divisible by tick size"):
            await trader.privatePostExchange(body)


async def test_only_the_accounts_own_address_shows_what_it_holds(
    trader: ccxt.hyperliquid,
) -> None:
    await sold(trader)
    for kind in ("userFills", "frontendOpenOrders", "userFunding"):
        assert await trader.publicPostInfo({"type": kind, "user": NOBODY}) == []
    margin = await trader.publicPostInfo({"type": "clearinghouseState", "user": NOBODY})
    assert (margin["assetPositions"], margin["marginSummary"]["accountValue"]) == ([], "0.0")
    assert (await trader.fetch_balance({"type": "spot", "user": NOBODY}))["total"] == {}
    with pytest.raises(ccxt.OrderNotFound):
        await trader.fetch_order("", BTC, {**named("mine1"), "user": NOBODY})
    assert len(await trader.fetch_positions()) == 1


async def test_addresses_have_roles(trader: ccxt.hyperliquid, exchange: LocalExchange) -> None:
    agent = trader.eth_get_address_from_private_key(trader.privateKey)

    async def role(address: str) -> Json:
        found: Json = await trader.publicPostInfo({"type": "userRole", "user": address})
        return found

    assert await role(trader.walletAddress) == {"role": "user"}
    assert await role(agent) == {"role": "agent", "data": {"user": trader.walletAddress}}
    assert await role(NOBODY) == {"role": "missing"}
    control = Controller(exchange)
    control.post("account", can_withdraw=True)
    assert await role(agent) == {"role": "user"}
    control.post("account", can_trade=False)
    assert await role(agent) == {"role": "missing"}
    with pytest.raises(ccxt.InvalidOrder, match=f"User or API Wallet {agent} does not exist"):
        await sold(trader)


async def test_an_order_that_finds_nothing_is_an_error_that_can_be_looked_up(
    trader: ccxt.hyperliquid,
) -> None:
    with pytest.raises(ccxt.InvalidOrder, match="could not immediately match"):
        await trader.create_order(
            BTC, "limit", "sell", "0.02", "99000", {**named("late1"), "timeInForce": "Ioc"}
        )
    found = await trader.fetch_order("", BTC, named("late1"))
    assert (found["status"], found["info"]["status"]) == ("rejected", "iocCancelRejected")


async def test_an_order_not_known_is_said_so_with_status_200(trader: ccxt.hyperliquid) -> None:
    with pytest.raises(ccxt.OrderNotFound, match="unknownOid"):
        await trader.fetch_order("", BTC, named("never1"))
    with pytest.raises(ccxt.OrderNotFound, match="unknownOid"):
        await trader.fetch_order("123", BTC)


@pytest.mark.parametrize(
    ("order", "kind", "text"),
    [
        (("sell", "0.0001", "87000"), ccxt.InvalidOrder, "minimum value"),
        (("buy", "99", "87400"), ccxt.InsufficientFunds, "Insufficient margin"),
        (("buy", "0.02", "170000"), ccxt.InvalidOrder, "80% away"),
        (("sell", "0.02", "16000"), ccxt.InvalidOrder, "80% away"),
    ],
)
async def test_orders_that_break_a_rule_are_told_in_words(
    trader: ccxt.hyperliquid, order: tuple[str, str, str], kind: type[Exception], text: str
) -> None:
    side, size, price = order
    with pytest.raises(kind, match=text):
        await trader.create_order(BTC, "limit", side, size, price, {"timeInForce": "Ioc"})
    assert await trader.fetch_positions() == []


async def test_reduce_only_that_would_open_is_refused(trader: ccxt.hyperliquid) -> None:
    with pytest.raises(ccxt.InvalidOrder, match="would increase position"):
        await trader.create_order(BTC, "limit", "buy", "0.02", "87400", {"reduceOnly": True})


async def test_tokens_have_names_of_their_own(
    trader: ccxt.hyperliquid, exchange: LocalExchange
) -> None:
    state = await trader.publicPostInfo(question("spotClearinghouseState"))
    assert {row["coin"] for row in state["balances"]} == {"FXRP", "UBTC", "UETH", "USDC"}
    held = exchange.venue.engine.account.spot["BTC"]
    assert Decimal((await trader.fetch_balance({"type": "spot"}))["BTC"]["total"]) == held
    await trader.create_order(SPOT, "limit", "sell", "0.1", "87000", {"timeInForce": "Ioc"})
    assert exchange.venue.engine.account.spot["BTC"] == held - Decimal("0.1")
    (trade,) = await trader.fetch_my_trades(SPOT)
    assert trade["fee"]["currency"] == "USDC"


async def test_batches_have_an_answer_for_each_order(trader: ccxt.hyperliquid) -> None:
    orders = [
        {"symbol": BTC, "type": "limit", "side": "buy", "amount": "0.01", "price": price}
        for price in ("80000", "81000")
    ]
    placed = await trader.create_orders(orders)
    assert len({one["id"] for one in placed}) == 2
    await trader.cancel_orders([one["id"] for one in placed], BTC)
    assert await trader.fetch_open_orders() == []
    with pytest.raises(ccxt.OrderNotFound, match="never placed"):
        await trader.cancel_order(placed[0]["id"], BTC)


async def test_an_order_is_in_the_history_as_it_was_and_as_it_is(
    trader: ccxt.hyperliquid,
) -> None:
    await sold(trader)
    rows = await trader.publicPostInfo(question("historicalOrders"))
    assert sorted(row["status"] for row in rows) == ["filled", "open"]
    (order,) = await trader.fetch_orders(BTC)
    assert (order["status"], order["clientOrderId"]) == ("closed", cloid("mine1"))


@pytest.mark.parametrize(("leverage", "taken"), [(50, True), (51, False), (0, False)])
async def test_leverage_has_a_limit_for_each_perpetual(
    trader: ccxt.hyperliquid, leverage: int, taken: bool
) -> None:
    if not taken:
        with pytest.raises(ccxt.ExchangeError, match="Invalid leverage"):
            await trader.set_leverage(leverage, BTC)
        return
    await trader.set_leverage(leverage, BTC)
    set_to = await trader.publicPostInfo(question("activeAssetData", coin="BTC"))
    assert set_to["leverage"] == {"type": "cross", "value": leverage}


async def test_isolated_margin_is_not_to_be_had(trader: ccxt.hyperliquid) -> None:
    with pytest.raises(ccxt.ExchangeError, match="Invalid leverage"):
        await trader.set_margin_mode("isolated", BTC, {"leverage": 5})


async def test_actions_that_move_money_are_not_here(trader: ccxt.hyperliquid) -> None:
    with pytest.raises(ccxt.ExchangeError, match="does not exist"):  # signed for another domain
        await trader.transfer("USDC", 1, "spot", "swap")
    action = {"type": "setReferrer", "code": "X"}
    nonce = trader.milliseconds()
    signature = trader.sign_l1_action(action, nonce)
    with pytest.raises(ccxt.ExchangeError, match="disabled"):
        await trader.privatePostExchange({"action": action, "nonce": nonce, "signature": signature})


@pytest.mark.parametrize(
    ("kind", "said"), [("liquidation", "Close Short"), ("deleveraging", "Auto-Deleveraging")]
)
async def test_what_the_venue_closes_says_so(
    trader: ccxt.hyperliquid, exchange: LocalExchange, kind: str, said: str
) -> None:
    await sold(trader)
    Controller(exchange).post("force", symbol="BTCUSDC", kind=kind)
    assert await trader.fetch_positions() == []
    fills = await trader.publicPostInfo(question("userFills"))
    assert fills[0]["dir"] in {said, "Close Short", "Auto-Deleveraging"}
    liquidated = await trader.fetch_my_liquidations()
    assert len(liquidated) == (kind == "liquidation")
    assert fills[0]["dir"] == said


async def test_fills_come_by_time_oldest_first_and_end(
    trader: ccxt.hyperliquid, exchange: LocalExchange
) -> None:
    await sold(trader, "mine1")
    since = trader.milliseconds() + 1
    await exchange.clock.sleep(5)
    await sold(trader, "mine2")
    rows = await trader.publicPostInfo(question("userFillsByTime", startTime=since))
    assert [row["cloid"] for row in rows] == [cloid("mine2")]
    rows = await trader.publicPostInfo(question("userFillsByTime", startTime=0, endTime=since))
    assert [row["cloid"] for row in rows] == [cloid("mine1")]


async def test_what_has_no_price_is_listed_and_does_not_trade(trader: ccxt.hyperliquid) -> None:
    assert trader.markets["SOL/USDC:USDC"]["active"] is False
    book = await trader.publicPostInfo({"type": "l2Book", "coin": "SOL"})
    assert book["levels"] == [[], []]
