"""One contract for every venue: the same orders end in the same account, whatever its protocol."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import ccxt.async_support as ccxt
import pytest

from counterpoise.exchange.local import LocalExchange, MemoryTransport
from tests.exchange.dialects.conftest import SPEAKERS, opened
from tests.exchange.dialects.speaking import (
    LINEAR,
    ONE_WAY,
    QUANTITY,
    RESTING,
    SHORT,
    SPOT,
    Json,
    Speaker,
    Wish,
    best,
    bitcoin,
    dollar,
    listed_name,
    place,
    positions,
    spot_name,
)
from tests.exchange.wires import Controller, FakeClock

BUY_BACK = Wish(side="buy", quantity=QUANTITY, own_id="back1", reduce_only=True)
UNCHANGED = ("No need to change", "not modified")  # as much as a success
SPOT_BUY = Wish(side="buy", quantity=QUANTITY, own_id="spot1", symbol=SPOT)
NOTHING = Decimal(0)
# whole dollars are the finest prices of bitcoin there
COARSE = {"hyperliquid": {"entry_price": Decimal(1), "paid": Decimal("0.1")}}
TWO_MODES = pytest.mark.parametrize(
    "speaker",
    [one for one in SPEAKERS if one.venue not in ONE_WAY],
    indirect=True,
    ids=lambda one: one.venue,
)


def unit(speaker: Speaker, client: ccxt.Exchange) -> Decimal:
    """Base units per amount of the linear perpetual."""
    return QUANTITY / Decimal(speaker.amount(client, SHORT))


async def test_the_markets_that_have_prices_trade(client: ccxt.Exchange) -> None:
    for symbol in (LINEAR, SPOT, "ETH/USDT:USDT", "ETH/USDT"):
        assert client.markets[symbol]["active"] is True, symbol
    assert client.markets[LINEAR]["linear"] is True


async def test_the_time_is_the_venues(client: ccxt.Exchange, control: Controller) -> None:
    control.post("clock", skew_ms=700)
    assert await client.fetch_time() == control.get("state")["time"]["venue_ms"]


async def test_balances_are_those_of_the_account(
    speaker: Speaker, client: ccxt.Exchange, control: Controller
) -> None:
    balances = control.get("state")["balances"]
    spot = await client.fetch_balance({"type": "spot"})
    for asset in ("BTC", "ETH", "XRP"):
        assert Decimal(spot[spot_name(speaker, asset)]["total"]) == Decimal(balances["spot"][asset])
    swap, cash = await client.fetch_balance({"type": "swap"}), dollar(speaker)
    assert Decimal(swap[cash]["total"]) == Decimal(balances["futures"][cash])


async def test_a_market_order_opens_a_short(speaker: Speaker, client: ccxt.Exchange) -> None:
    bid, _ = await best(client)
    assert await positions(speaker, client) == []
    order = await place(speaker, client, SHORT)
    assert order["id"]
    assert await positions(speaker, client) == [-QUANTITY]
    seen = await speaker.find(client, SHORT)
    assert seen is not None
    assert (seen.open, seen.filled, seen.average) == (False, QUANTITY, bid)
    (row,) = await client.fetch_positions([LINEAR])
    assert Decimal(str(row["entryPrice"])) == bid


async def test_an_unknown_client_order_id_finds_nothing(
    speaker: Speaker, client: ccxt.Exchange
) -> None:
    assert await speaker.find(client, replace(SHORT, own_id="nobody")) is None
    assert await speaker.find(client, replace(SPOT_BUY, own_id="nobody")) is None


async def test_an_immediate_order_takes_what_there_is_and_no_more(
    speaker: Speaker, client: ccxt.Exchange, control: Controller
) -> None:
    bid, _ = await best(client)
    level = Decimal("0.01") / unit(speaker, client)
    control.post("book", symbol=bitcoin(speaker), level_quantity=str(level))
    wish = replace(SHORT, price=bid, ioc=True)
    await place(speaker, client, wish)
    seen = await speaker.find(client, wish)
    assert seen is not None
    assert (seen.open, seen.filled) == (False, Decimal("0.01"))
    assert await positions(speaker, client) == [Decimal("-0.01")]
    assert await client.fetch_open_orders(LINEAR) == []


async def test_a_limit_order_rests_until_it_is_cancelled(
    speaker: Speaker, client: ccxt.Exchange
) -> None:
    await place(speaker, client, RESTING)
    (shown,) = await client.fetch_open_orders(LINEAR)
    assert Decimal(shown["price"]) == RESTING.price
    seen = await speaker.find(client, RESTING)
    assert seen is not None
    assert (seen.open, seen.filled, seen.quantity) == (True, NOTHING, QUANTITY)
    await speaker.cancel(client, RESTING)
    assert await client.fetch_open_orders(LINEAR) == []
    seen = await speaker.find(client, RESTING)
    assert seen is not None
    assert (seen.open, seen.filled) == (False, NOTHING)


async def test_a_resting_order_fills_when_the_price_comes(
    speaker: Speaker, client: ccxt.Exchange, control: Controller
) -> None:
    await place(speaker, client, RESTING)
    control.post("price", symbol=bitcoin(speaker), price="79000", market="linear")
    assert await positions(speaker, client) == [QUANTITY]
    (trade,) = await client.fetch_my_trades(LINEAR)
    assert trade["takerOrMaker"] in {"maker", None}  # BingX does not say
    assert Decimal(trade["price"]) == RESTING.price


async def test_a_post_only_order_rests_or_does_nothing(
    speaker: Speaker, client: ccxt.Exchange
) -> None:
    wish = replace(RESTING, post_only=True)
    await place(speaker, client, wish)
    seen = await speaker.find(client, wish)
    assert seen is not None
    assert seen.open
    crossing = replace(wish, own_id="cross1", price=Decimal(88_000))
    try:
        await place(speaker, client, crossing)
    except ccxt.ExchangeError:
        assert await speaker.find(client, crossing) is None
    else:
        seen = await speaker.find(client, crossing)
        assert seen is not None
        assert (seen.open, seen.filled) == (False, NOTHING)
    assert await positions(speaker, client) == []


async def test_a_reduce_only_order_closes_and_never_opens(
    speaker: Speaker, client: ccxt.Exchange
) -> None:
    await place(speaker, client, SHORT)
    await place(speaker, client, BUY_BACK)
    assert await positions(speaker, client) == []
    with pytest.raises(ccxt.ExchangeError):
        await place(speaker, client, replace(BUY_BACK, own_id="back2"))
    assert await positions(speaker, client) == []


async def test_the_client_order_id_of_an_open_order_is_taken(
    speaker: Speaker, client: ccxt.Exchange
) -> None:
    await place(speaker, client, RESTING)
    with pytest.raises(ccxt.ExchangeError):
        await place(speaker, client, RESTING)
    assert len(await client.fetch_open_orders(LINEAR)) == 1


async def test_trades_add_up_to_the_position_and_the_fee(
    speaker: Speaker, client: ccxt.Exchange, control: Controller
) -> None:
    before = Decimal(control.get("state")["balances"]["futures"][dollar(speaker)])
    await place(speaker, client, SHORT)
    trades = await client.fetch_my_trades(LINEAR)
    total = sum(Decimal(trade["amount"]) for trade in trades)
    assert total * unit(speaker, client) == QUANTITY
    paid = before - Decimal(control.get("state")["balances"]["futures"][dollar(speaker)])
    assert sum(Decimal(trade["fee"]["cost"]) for trade in trades) == paid > 0
    assert {trade["takerOrMaker"] for trade in trades} <= {"taker", None}


async def test_spot_is_bought_and_sold(
    speaker: Speaker, client: ccxt.Exchange, control: Controller
) -> None:
    before = Decimal(control.get("state")["balances"]["spot"]["BTC"])
    await place(speaker, client, SPOT_BUY)
    seen = await speaker.find(client, SPOT_BUY)
    assert seen is not None
    assert (seen.open, seen.filled) == (False, QUANTITY)
    after = Decimal(control.get("state")["balances"]["spot"]["BTC"])
    assert after - before == QUANTITY * Decimal("0.999")
    rest = replace(SPOT_BUY, own_id="spot2", price=Decimal(80_000))
    await place(speaker, client, rest)
    assert len(await client.fetch_open_orders(SPOT)) == 1
    await speaker.cancel(client, rest)
    assert await client.fetch_open_orders(SPOT) == []
    assert len(await client.fetch_my_trades(SPOT)) == 1


async def test_candles_are_of_the_hours_before_now(
    client: ccxt.Exchange, control: Controller
) -> None:
    now_ms = control.get("state")["time"]["venue_ms"]
    candles = await client.fetch_ohlcv(SPOT, "4h", limit=10)
    span_ms = 4 * 3_600_000
    assert [row[0] for row in candles] == [
        now_ms // span_ms * span_ms - back * span_ms for back in range(len(candles))
    ][::-1]
    assert len(candles) == 10
    bid, ask = await best(client, SPOT)
    last = Decimal(str(candles[-1][4]))
    assert abs(last / bid - 1) < Decimal("0.01") > abs(last / ask - 1)


async def test_mark_price_and_funding_are_the_exchanges(
    speaker: Speaker, client: ccxt.Exchange, control: Controller
) -> None:
    state = control.get("state")
    shown = Decimal(state["prices"][f"linear:{listed_name(client, LINEAR)}"]["mark"])
    assert abs(await speaker.mark(client) - shown) < Decimal("0.01")
    funding = await client.fetch_funding_rate(LINEAR)
    times = (funding["fundingTimestamp"], funding["nextFundingTimestamp"])  # WEEX: now, and next
    assert max(filter(None, times)) > state["time"]["venue_ms"]
    assert abs(Decimal(str(funding["fundingRate"]))) < Decimal("0.01")


async def test_funding_is_paid_and_shown(
    speaker: Speaker, client: ccxt.Exchange, control: Controller
) -> None:
    await place(speaker, client, SHORT)
    control.post("clock", advance_s=8 * 3600)
    (paid,) = control.get("state")["funding_paid"].values()
    assert Decimal(paid) < 0  # shorts were paid in that market
    rows = await client.fetch_funding_history(LINEAR)
    assert sum(map(speaker.received, rows)) == -Decimal(paid)


async def test_leverage_is_set(
    speaker: Speaker, client: ccxt.Exchange, exchange: LocalExchange
) -> None:
    await speaker.set_leverage(client, 7)
    assert list(exchange.venue.engine.account.leverage.values()) == [7]


@TWO_MODES
async def test_the_position_mode_is_read_and_setting_it_again_changes_nothing(
    speaker: Speaker, client: ccxt.Exchange
) -> None:
    assert await speaker.hedged(client) is False
    try:
        await client.set_position_mode(False, LINEAR)  # noqa: FBT003 - ccxt's own
    except ccxt.ExchangeError as error:
        if not any(words in str(error) for words in UNCHANGED):
            raise
    assert await speaker.hedged(client) is False


@TWO_MODES
async def test_a_hedged_pair_is_held_side_by_side(speaker: Speaker, clock: FakeClock) -> None:
    exchange = opened(speaker, clock, hedge_mode=True)
    client = speaker.client(MemoryTransport(exchange), exchange)
    await client.load_markets()
    assert await speaker.hedged(client) is True
    long = Wish(side="buy", quantity=QUANTITY, own_id="long1", hedge="long")
    await place(speaker, client, long)
    await place(speaker, client, replace(SHORT, hedge="short", quantity=QUANTITY / 2))
    assert await positions(speaker, client) == [-QUANTITY / 2, QUANTITY]
    await place(speaker, client, replace(long, own_id="long2", side="sell"))
    assert await positions(speaker, client) == [-QUANTITY / 2]
    await client.close()


@pytest.mark.parametrize(
    "speaker", [one for one in SPEAKERS if one.inverse], indirect=True, ids=lambda one: one.venue
)
async def test_coin_margined_positions_count_contracts(
    speaker: Speaker, client: ccxt.Exchange
) -> None:
    symbol = str(speaker.inverse)
    wish = Wish(side="sell", quantity=Decimal(3), own_id="coin1", symbol=symbol)
    order = await place(speaker, client, wish)
    assert await positions(speaker, client, symbol) == [Decimal(-3)]
    of_order = {"orderId": order["id"]}  # BingX shows these only by order
    (trade,) = await client.fetch_my_trades(symbol, params=of_order)
    assert trade["fee"]["currency"] == "BTC"
    assert 0 < Decimal(trade["fee"]["cost"]) < Decimal("0.001")


async def script(speaker: Speaker) -> Json:
    """Trade a little, and return what that did to the account, in base units."""
    exchange = opened(speaker, FakeClock())
    account = exchange.venue.engine.account
    client = speaker.client(MemoryTransport(exchange), exchange)
    await client.load_markets()
    cash, coins = account.futures[dollar(speaker)], account.spot["BTC"]
    bid, ask = await best(client)
    for wish in (
        SHORT,
        replace(SHORT, own_id="short2", price=bid, ioc=True),
        RESTING,
        replace(BUY_BACK, quantity=QUANTITY / 2),
        replace(SHORT, own_id="long2", side="buy", price=ask, quantity=QUANTITY * 3),
    ):
        await place(speaker, client, wish)
    await speaker.cancel(client, RESTING)
    paid = cash - account.futures[dollar(speaker)]  # before spot: one wallet may be both
    await place(speaker, client, SPOT_BUY)
    (position,) = account.open_positions()
    await client.close()
    return {
        "position": position.amount * position.listing.contract_size,
        "entry_price": position.entry_price,
        "paid": paid,
        "coins": account.spot["BTC"] - coins,
    }


async def test_the_same_orders_end_in_the_same_account_everywhere() -> None:
    first, *others = SPEAKERS
    expected = await script(first)
    assert expected["position"] == Decimal("0.03")
    for other in others:
        ended, off = await script(other), COARSE.get(other.venue, {})
        for name, value in expected.items():
            assert abs(ended[name] - value) <= off.get(name, NOTHING), (other.venue, name)
