"""BingX's own ways, each of which a client has to know: the query, the modes, the odd rows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal

import ccxt.async_support as ccxt
import pytest

from counterpoise.exchange.local import LocalExchange, LocalExchangeConfig, MemoryTransport
from tests.exchange.dialects.bingx_speaker import Bingx, sent
from tests.exchange.dialects.conftest import opened
from tests.exchange.dialects.speaking import LINEAR, SPOT, Wish, place
from tests.exchange.wires import Controller, FakeClock

BINGX = Bingx()
DEFAULTS = LocalExchangeConfig()
INVERSE = "BTC/USD:BTC"
SELL = Wish(side="sell", quantity=Decimal("0.01"), own_id="one")
REST = replace(SELL, side="buy", price=Decimal(80_000))
POSITIONS = "/openApi/swap/v2/user/positions"
ORDER = "/openApi/swap/v2/trade/order"
FORCED = "/openApi/swap/v2/trade/forceOrders"


@pytest.fixture
def exchange(clock: FakeClock) -> LocalExchange:
    return opened(BINGX, clock)


@pytest.fixture
async def client(exchange: LocalExchange) -> AsyncIterator[ccxt.bingx]:
    made = BINGX.client(MemoryTransport(exchange), exchange)
    await made.load_markets()
    yield made
    await made.close()


async def test_a_wrong_clock_looks_like_a_bad_symbol_to_ccxt(
    client: ccxt.bingx, exchange: LocalExchange
) -> None:
    Controller(exchange).post("clock", skew_ms=6_000)
    with pytest.raises(ccxt.BadSymbol, match="Null timestamp or timestamp mismatch"):
        await client.fetch_positions()


async def test_client_order_ids_are_made_lower_case(client: ccxt.bingx) -> None:
    shouted = replace(SELL, own_id="OnE")
    assert (await place(BINGX, client, shouted))["clientOrderId"] == "one"
    assert await BINGX.find(client, shouted) is None
    assert await BINGX.find(client, SELL) is not None


async def test_a_client_order_id_is_never_free_again(client: ccxt.bingx) -> None:
    await place(BINGX, client, REST)
    await BINGX.cancel(client, REST)
    with pytest.raises(ccxt.DuplicateOrderId, match="101481"):
        await place(BINGX, client, replace(REST, own_id="ONE"))


async def test_a_literal_none_is_no_order_id(client: ccxt.bingx) -> None:
    await place(BINGX, client, SELL)
    with pytest.raises(ccxt.BadRequest, match="orderId"):
        await client.fetch_order(None, LINEAR, {"clientOrderId": "one"})
    assert (await client.fetch_order("", LINEAR, {"clientOrderId": "one"}))["status"] == "closed"


async def test_spot_knows_one_spelling_of_the_client_order_id(client: ccxt.bingx) -> None:
    spot = replace(SELL, symbol=SPOT)
    await place(BINGX, client, spot)
    with pytest.raises(ccxt.BadRequest):
        await client.fetch_order("", SPOT, {"clientOrderId": "one"})
    assert await BINGX.find(client, spot) is not None


async def test_a_new_order_is_answered_without_what_became_of_it(client: ccxt.bingx) -> None:
    order = await place(BINGX, client, SELL)
    assert (order["clientOrderId"], order["status"], order["filled"]) == ("one", None, None)


async def test_one_way_positions_are_long_or_short_and_positive(client: ccxt.bingx) -> None:
    await place(BINGX, client, SELL)
    (row,) = await client.fetch_positions()
    told = {name: row["info"][name] for name in ("positionSide", "positionAmt", "onlyOnePosition")}
    assert told == {"positionSide": "SHORT", "positionAmt": "0.01", "onlyOnePosition": True}


async def test_the_other_modes_position_side_is_refused(
    client: ccxt.bingx, clock: FakeClock
) -> None:
    with pytest.raises(ccxt.BadRequest, match="One-way mode"):
        await place(BINGX, client, replace(SELL, hedge="short"))
    hedged = opened(BINGX, clock, hedge_mode=True)
    other = BINGX.client(MemoryTransport(hedged), hedged)
    await other.load_markets()
    with pytest.raises(ccxt.BadRequest, match="Hedge mode"):
        await place(BINGX, other, SELL)
    with pytest.raises(ccxt.InvalidOrder, match="No position to close"):
        await place(BINGX, other, replace(SELL, side="buy", hedge="short"))
    await other.close()


async def test_closing_what_is_not_there_is_refused(client: ccxt.bingx) -> None:
    with pytest.raises(ccxt.ExchangeError, match="101290"):
        await place(BINGX, client, replace(SELL, reduce_only=True))


async def test_bulk_mark_prices_come_under_the_names_of_spot(client: ccxt.bingx) -> None:
    """Why mark prices are read from the raw rows, or with funding: ccxt names these wrongly."""
    assert LINEAR not in await client.fetch_mark_prices()
    assert await client.fetch_mark_prices([LINEAR]) == {}
    assert Decimal((await client.fetch_funding_rates())[LINEAR]["markPrice"]) > 0


async def test_asks_are_listed_from_the_highest_down(exchange: LocalExchange) -> None:
    body = sent(exchange, "GET", "/openApi/swap/v2/quote/depth", symbol="BTC-USDT")[1]["data"]
    asks = [Decimal(price) for price, _ in body["asks"]]
    assert asks == sorted(asks, reverse=True)
    bids = [Decimal(price) for price, _ in body["bids"]]
    assert bids == sorted(bids, reverse=True)
    assert bids[0] < asks[-1]


async def test_linear_fills_want_a_span_of_time_and_carry_no_id(
    client: ccxt.bingx, exchange: LocalExchange
) -> None:
    await place(BINGX, client, SELL)
    (trade,) = await client.fetch_my_trades(LINEAR)
    assert (trade["id"], trade["takerOrMaker"], trade["side"]) == (None, None, "sell")
    path = "/openApi/swap/v2/trade/allFillOrders"
    assert sent(exchange, "GET", path, symbol="BTC-USDT")[1]["code"] == 109400


async def test_coin_margined_orders_count_in_three_ways(client: ccxt.bingx) -> None:
    rest = replace(REST, symbol=INVERSE, quantity=Decimal(3))
    placed = await place(BINGX, client, rest)
    order = await client.fetch_order(placed["id"], INVERSE)
    assert (order["amount"], order["info"]["origQty"], order["status"]) == ("3", "", "open")
    cancelled = await client.cancel_order(placed["id"], INVERSE)
    assert (cancelled["amount"], cancelled["info"]["quantity"]) == (None, 0)
    (past,) = await client.fetch_canceled_orders(INVERSE)
    assert past["amount"] == "300"


async def test_a_coin_margined_receipt_has_no_envelope(exchange: LocalExchange) -> None:
    params = {"symbol": "BTC-USD", "side": "SELL", "type": "MARKET", "positionSide": "BOTH"}
    body = sent(exchange, "POST", "/openApi/cswap/v1/trade/order", **params, quantity="3")[1]
    assert "code" not in body
    assert body["orderId"] > 0


async def test_coin_margined_steps_are_not_told(client: ccxt.bingx) -> None:
    assert client.markets[INVERSE]["precision"]["amount"] is None
    assert client.markets[INVERSE]["contractSize"] == "100"


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (replace(REST, price=Decimal(1), quantity=Decimal("0.0001")), 110425),
        (replace(SELL, quantity=Decimal(40)), 101204),
        (replace(SELL, quantity=Decimal(5_000)), 101209),
        (replace(SELL, symbol=SPOT, quantity=Decimal(100)), 100202),
        (replace(REST, symbol=SPOT, quantity=Decimal("0.00001")), 100400),
        (replace(SELL, own_id="no spaces"), 109400),
        (replace(SELL, own_id="x" * 41), 109400),
    ],
)
async def test_refusals_carry_bingxs_codes(client: ccxt.bingx, wish: Wish, code: int) -> None:
    with pytest.raises(ccxt.BaseError, match=f'"code":{code},'):
        await place(BINGX, client, wish)


async def test_a_closed_pair_takes_no_orders(client: ccxt.bingx, exchange: LocalExchange) -> None:
    Controller(exchange).post("listing", symbol="BTC-USDT", trading=False)
    with pytest.raises(ccxt.BadSymbol, match="109418"):
        await place(BINGX, client, SELL)
    await client.load_markets(reload=True)
    assert client.markets[LINEAR]["active"] is False
    assert client.markets[SPOT]["active"] is True


async def test_modes_leverage_and_margin_type_are_read_and_set(client: ccxt.bingx) -> None:
    await client.set_position_mode(hedged=True)
    assert (await client.fetch_position_mode())["hedged"] is True
    await client.set_position_mode(hedged=True)
    with pytest.raises(ccxt.BadRequest, match="Hedge mode"):
        await client.set_leverage(7, LINEAR, {"side": "BOTH"})
    await client.set_leverage(7, LINEAR, {"side": "LONG"})
    assert (await client.fetch_leverage(LINEAR))["longLeverage"] == 7
    await client.set_margin_mode("cross", LINEAR)
    assert (await client.fetch_margin_mode(LINEAR))["marginMode"] == "cross"
    with pytest.raises(ccxt.BadRequest):
        await client.set_margin_mode("isolated", LINEAR)


async def test_the_position_mode_waits_for_orders_and_positions(client: ccxt.bingx) -> None:
    await place(BINGX, client, REST)
    with pytest.raises(ccxt.ExchangeError, match="101212"):
        await client.set_position_mode(hedged=True)
    await BINGX.cancel(client, REST)
    await place(BINGX, client, replace(SELL, own_id="two"))
    with pytest.raises(ccxt.ExchangeError, match="close your positions"):
        await client.set_position_mode(hedged=True)


async def test_every_wallet_has_its_own_call(client: ccxt.bingx) -> None:
    inverse = await client.fetch_balance({"type": "swap", "subType": "inverse"})
    assert (inverse["BTC"]["total"], inverse["BNB"]["total"]) == ("1", "0")
    linear = await client.fetch_balance({"type": "swap"})
    assert set(linear["total"]) == {"USDT"}
    assert (await client.fetch_balance({"type": "funding"}))["total"] == {}
    assert (await client.fetch_balance({"standard": True}))["total"] == {}


async def test_the_rest_of_the_unified_calls_is_answered(client: ccxt.bingx) -> None:
    await place(BINGX, client, SELL)
    assert (await client.fetch_position(LINEAR))["side"] == "short"
    (order,) = await client.fetch_orders(LINEAR)
    assert order["status"] == "closed"
    assert len(await client.fetch_closed_orders(LINEAR)) == 1
    for symbol in (LINEAR, SPOT, INVERSE):
        assert (await client.fetch_ticker(symbol))["bid"] is not None
        assert (await client.fetch_trading_fee(symbol))["taker"] is not None
    assert len(await client.fetch_funding_rate_history(LINEAR)) > 10
    assert len(await client.fetch_market_leverage_tiers(LINEAR)) == 10
    assert "BTC" in await client.fetch_currencies()
    assert {SPOT} <= set(await client.fetch_bids_asks())
    assert (await client.fetch_bids_asks([LINEAR]))[LINEAR]["bid"] is not None
    await place(BINGX, client, replace(REST, own_id="two"))
    await client.cancel_all_orders(LINEAR)
    assert await client.fetch_open_orders(LINEAR) == []
    await client.create_order(LINEAR, "market", "sell", "0.01", None, {"test": True})
    assert len(await client.fetch_orders(LINEAR)) == 2


async def test_a_ban_says_in_its_text_until_when(
    client: ccxt.bingx, exchange: LocalExchange
) -> None:
    Controller(exchange).post("fault", kind="ban", retry_after_s=60)
    until = exchange.clock.wall_ms() + 60_000
    with pytest.raises(ccxt.OperationFailed, match=f"unblocked after {until}"):
        await client.fetch_positions()


async def test_an_unknown_path_and_an_armed_refusal_answer_in_its_form(
    client: ccxt.bingx, exchange: LocalExchange
) -> None:
    assert sent(exchange, "GET", "/openApi/swap/v9/nothing")[1]["code"] == 100400
    Controller(exchange).post("fault", kind="reject", code=101204)
    with pytest.raises(ccxt.InsufficientFunds, match="Insufficient margin"):
        await place(BINGX, client, SELL)


async def test_what_bingx_closed_of_itself_is_listed_apart(
    client: ccxt.bingx, exchange: LocalExchange
) -> None:
    await place(BINGX, client, SELL)
    Controller(exchange).post("force", symbol="BTC-USDT", kind="liquidation")
    (forced,) = await client.fetch_my_liquidations(LINEAR)
    assert (forced["contracts"], forced["info"]["clientOrderId"]) == ("0.0100", "")
    assert sent(exchange, "GET", FORCED, autoCloseType="ADL")[1]["data"] == {"orders": []}
    assert len(sent(exchange, "GET", FORCED)[1]["data"]["orders"]) == 1
    assert sent(exchange, "GET", FORCED, autoCloseType="WHIM")[1]["code"] == 109400
    assert await client.fetch_my_liquidations(INVERSE) == []


async def test_orders_without_a_name_show_none(client: ccxt.bingx) -> None:
    order = await client.create_order(LINEAR, "market", "sell", "0.01")
    assert order["info"]["clientOrderID"] == ""
    again = await client.create_order(LINEAR, "limit", "buy", "0.01", "80000")
    once_more = await client.create_order(LINEAR, "limit", "buy", "0.01", "80000")
    assert again["id"] != once_more["id"]


@pytest.mark.parametrize(
    ("rights", "permissions"),
    [({}, [1, 2, 3]), ({"can_withdraw": True}, [1, 2, 3, 5]), ({"can_trade": False}, [2])],
)
def test_a_key_says_what_it_may_do(
    exchange: LocalExchange, rights: dict[str, bool], permissions: list[int]
) -> None:
    Controller(exchange).post("account", **rights)
    told = sent(exchange, "GET", "/openApi/v1/account/apiPermissions")[1]["data"]
    assert told["permissions"] == permissions
    told = sent(exchange, "GET", "/openApi/v1/account/apiRestrictions")[1]["data"]
    assert told["enableWithdrawals"] is (5 in permissions)
    assert told["enableFutures"] is (3 in permissions)


async def test_an_account_that_may_not_trade_is_told_so(
    client: ccxt.bingx, exchange: LocalExchange
) -> None:
    Controller(exchange).post("account", can_trade=False)
    with pytest.raises(ccxt.PermissionDenied):
        await place(BINGX, client, SELL)
