"""What Bybit shows of wallet, positions and prices, and what of it is no answer."""

from __future__ import annotations

from decimal import Decimal

import pytest

from counterpoise.core.instrument import Asset, Kind, VenueName
from counterpoise.core.snapshot import Backing
from counterpoise.errors import SnapshotError
from counterpoise.venues import bybit_answers as answers
from counterpoise.venues import bybit_requests as requests
from counterpoise.venues.bybit import PROFILE
from counterpoise.venues.dialect import Listed
from counterpoise.venues.mapping import listed_of
from counterpoise.venues.outcomes import NotServed
from tests.venues.bybit.rows import (
    BTC,
    COIN,
    ETH,
    NOW_MS,
    D,
    Row,
    Script,
    coin,
    enveloped,
    listed,
    page,
    position,
    wallet,
)

WALLET, POSITIONS, TICKERS = requests.WALLET.path, "/v5/position/list", "/v5/market/tickers"
WANTED = frozenset(map(Asset, ("BTC", "ETH", "USDT")))
LINEAR, INVERSE = PROFILE.all_products


async def test_each_coin_of_the_wallet_is_shown_once_with_what_the_whole_account_backs() -> None:
    rows = (coin("BTC", "0.5"), coin("ETH", "10"), coin("USDT", "-1200.5"), coin("DOGE", "9"))
    found = await requests.margins(Script({WALLET: [wallet(*rows)]}), "main:unified", WANTED)
    assert [(one.asset, one.equity) for one in found] == [
        ("BTC", D("0.5")),
        ("ETH", D(10)),
        ("USDT", D("-1200.5")),
    ]
    whole = Backing(equity=D("61000.5"), maintenance=D("120.25"))
    assert {one.backing for one in found} == {whole}


async def test_equity_and_not_the_wallet_is_what_is_held() -> None:
    row = coin("BTC", "0.5", equity="0.625", totalPositionMM="0.01")
    script = Script({WALLET: [wallet(row)]})
    (found,) = await requests.margins(script, "main:unified", frozenset({Asset("BTC")}))
    assert (found.equity, found.wallet, found.maintenance) == (D("0.625"), D("0.5"), D("0.01"))


async def test_a_coin_that_is_left_out_is_asked_for_by_name() -> None:
    script = Script(
        {WALLET: [wallet(coin("BTC", "1")), wallet(coin("ETH", "0"), coin("USDT", "0"))]}
    )
    found = await requests.margins(script, "main:unified", WANTED)
    assert {one.asset: one.equity for one in found} == {"BTC": 1, "ETH": 0, "USDT": 0}
    assert [params.get("coin") for params in script.params(WALLET)] == [None, "ETH,USDT"]


async def test_a_coin_that_is_left_out_even_so_stays_absent() -> None:
    script = Script({WALLET: [wallet(coin("BTC", "1")), wallet(coin("USDT", "0"))]})
    found = await requests.margins(script, "main:unified", WANTED)
    assert {one.asset for one in found} == {"BTC", "USDT"}


async def test_one_unknown_coin_does_not_hide_the_others() -> None:
    refused = NotServed("bybit answered code 10001")
    said = [wallet(coin("BTC", "1")), refused, refused, wallet(coin("USDT", "0"))]
    script = Script({WALLET: list(said)})
    found = await requests.margins(script, "main:unified", WANTED)
    assert {one.asset for one in found} == {"BTC", "USDT"}


@pytest.mark.parametrize(
    "raw",
    [
        wallet(coin("BTC", "1"), coin("BTC", "1")),
        wallet(coin("BTC", "NaN")),
        wallet(coin("BTC", "1", equity="")),
        wallet(coin("BTC", "1", totalPositionMM="-1")),
        wallet(coin("BTC", "1"), totalMarginBalance=""),
        wallet(coin("BTC", "1"), totalMaintenanceMargin=""),
        wallet(coin("BTC", "1"), accountType="CONTRACT"),
        enveloped({"list": []}),
        enveloped({}),
        {"retCode": 0},
        [],
    ],
)
async def test_a_wallet_that_makes_no_sense_is_no_wallet(raw: object) -> None:
    with pytest.raises(SnapshotError):
        await requests.margins(Script({WALLET: [raw]}), "main:unified", frozenset({Asset("BTC")}))


async def positions_of(script: Script, *markets: Listed) -> dict[str, Decimal]:
    listing = {one.market_id: one for one in markets}
    found = await LINEAR.trading.positions(script, listing)
    return {key: one.size for key, one in found.items()}


async def test_the_side_of_a_position_is_its_sign() -> None:
    rows = [position(), position("ETHUSDT", "2", side="Sell")]
    script = Script({POSITIONS: [page(rows)]})
    found = await positions_of(script, BTC, ETH)
    assert list(found.values()) == [D("0.5"), D(-2)]
    assert script.params(POSITIONS) == [{"category": "linear", "settleCoin": "USDT", "limit": 200}]


async def test_positions_behind_the_first_page_are_read() -> None:
    """Bybit shows 200 at most, and names a next page even where that is empty."""
    pages: list[object] = [
        page([position("XRPUSDT", "7")], "one%3D1"),
        page([position("ETHUSDT", "2", side="Sell")], "two%3D2"),
        page([], "two%3D2"),
    ]
    script = Script({POSITIONS: pages})
    assert list((await positions_of(script, BTC, ETH)).values()) == [0, D(-2)]
    assert [one.get("cursor") for one in script.params(POSITIONS)] == [None, "one%3D1", "two%3D2"]


async def test_a_list_without_end_is_no_list() -> None:
    endless: list[object] = [page([position("XRPUSDT", "7")], f"p{n}") for n in range(60)]
    with pytest.raises(SnapshotError, match="pages"):
        await positions_of(Script({POSITIONS: endless}), BTC, ETH)


async def test_each_settle_coin_is_asked_for() -> None:
    """A list by one of them would show what is settled in another as flat."""
    script = Script({POSITIONS: [page([position("BTCPERP", "3")]), page([position()])]})
    found = await positions_of(script, BTC, listed("BTCPERP", coin="USDC"))
    assert found == {"main:BTC/USDT:USDT": D("0.5"), "main:BTC/USDC:USDC": 3}
    assert [one["settleCoin"] for one in script.params(POSITIONS)] == ["USDC", "USDT"]


@pytest.mark.parametrize("least", ["1", "10"])
def test_an_inverse_size_counts_dollars_whatever_the_smallest_order_is(least: str) -> None:
    """ccxt takes the contract size of an inverse perpetual from its smallest order."""
    found = listed_of(market(least), VenueName("main"), {Kind.INVERSE: INVERSE})
    assert (found.size_per_amount, found.instrument.size_min) == (D(1), D(least))
    assert found.instrument.unit == "USD"


def market(least: str) -> Row:
    return {
        "symbol": "BTC/USD:BTC",
        "id": "BTCUSD",
        "base": "BTC",
        "quote": "USD",
        "settle": "BTC",
        "inverse": True,
        "swap": True,
        "active": True,
        "taker": "0.0006",
        "contractSize": least,
        "precision": {"amount": "1", "price": "0.1"},
        "limits": {"amount": {"min": least, "max": "25000000"}, "cost": {"min": None}},
        "info": {"symbol": "BTCUSD"},
    }


async def test_one_perpetual_is_asked_for_by_name_and_must_be_shown() -> None:
    script = Script({POSITIONS: [page([position(size="0")])]})
    assert await positions_of(script, BTC) == {"main:BTC/USDT:USDT": 0}
    assert script.params(POSITIONS)[0]["symbol"] == "BTCUSDT"
    with pytest.raises(SnapshotError, match="missing"):
        await positions_of(Script({POSITIONS: [page([])]}), BTC)


async def test_inverse_positions_are_listed_without_a_settle_coin() -> None:
    row = position("BTCUSD", "500", side="Sell", positionValue=str(D(500) / 80_000))
    script = Script({POSITIONS: [page([row], category="inverse")]})
    other = listed("LTCUSD", inverse=True)
    found = await INVERSE.trading.positions(script, {"BTCUSD": COIN, "LTCUSD": other})
    assert [one.size for one in found.values()] == [-500, 0]
    assert script.params(POSITIONS) == [{"category": "inverse", "limit": 200}]


async def test_long_and_short_are_summed() -> None:
    rows = [
        position(size="0.5", positionIdx=1),
        position(size="0.2", positionIdx=2, side="Sell", positionValue="16000"),
    ]
    assert await positions_of(Script({POSITIONS: [page(rows)]}), BTC, ETH) == {
        "main:BTC/USDT:USDT": D("0.3"),
        "main:ETH/USDT:USDT": 0,
    }


@pytest.mark.parametrize(
    "rows",
    [
        [position(), position()],
        [position(), position(positionIdx=1)],
        [position(positionIdx=3)],
        [position(positionIdx=1, side="Sell")],
        [position(positionIdx=2, side="Buy")],
        [position(side="")],
        [position(side="None")],
        [position(size="-0.5")],
        [{**position(), "size": "NaN"}],
        [{**position(), "size": ""}],
        [{**position(), "symbol": None}],
        [position(positionValue="0.5")],
        [position(positionValue="40000000")],
    ],
)
async def test_a_position_that_makes_no_sense_is_no_position(rows: list[Row]) -> None:
    with pytest.raises(SnapshotError):
        await positions_of(Script({POSITIONS: [page(rows)]}), BTC, ETH)


async def test_the_value_of_a_position_may_be_at_entry_or_at_mark_price() -> None:
    for value in ("40000", "43500"):
        rows = [position(positionValue=value)]
        assert await positions_of(Script({POSITIONS: [page(rows)]}), BTC, ETH)


async def test_an_answer_of_another_category_is_refused() -> None:
    with pytest.raises(SnapshotError, match="asked for linear"):
        await positions_of(Script({POSITIONS: [page([], category="inverse")]}), BTC, ETH)


def ticker(symbol: str = "BTCUSDT", **changed: object) -> Row:
    facts: Row = {
        "symbol": symbol,
        "markPrice": "87000",
        "indexPrice": "86990.5",
        "fundingRate": "-0.0001",
        "nextFundingTime": str(NOW_MS + 3_600_000),
        "bid1Price": "86999.9",
        "ask1Price": "87000.1",
        "bid1Size": "1.5",
        "ask1Size": "2",
    }
    return {**facts, **changed}


async def test_prices_and_funding_are_read_with_the_time_of_the_answer() -> None:
    script = Script({TICKERS: [page([ticker()])]})
    (mark,) = (await LINEAR.trading.marks(script, {"BTCUSDT": BTC})).values()
    assert (mark.mark_price, mark.index_price, mark.at_ms) == (D(87_000), D("86990.5"), NOW_MS)
    assert (mark.funding_rate, mark.funding_next_at_ms) == (D("-0.0001"), NOW_MS + 3_600_000)
    (book,) = (await LINEAR.trading.books(script, {"BTCUSDT": BTC})).values()
    assert (book.bid, book.ask, book.bid_size, book.ask_size) == (
        D("86999.9"),
        D("87000.1"),
        D("1.5"),
        D(2),
    )


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [ticker("ETHUSDT")],
        [ticker(), ticker()],
        [ticker(markPrice="", bid1Price="")],
        [ticker(markPrice="0", ask1Price="0")],
        [ticker(markPrice="NaN", bid1Price="NaN")],
        [ticker(markPrice="-1", bid1Price="87000.2")],
    ],
)
async def test_prices_that_make_no_sense_are_no_prices(rows: list[Row]) -> None:
    script = Script({TICKERS: [page(rows)]})
    with pytest.raises(SnapshotError):
        await LINEAR.trading.marks(script, {"BTCUSDT": BTC})
    with pytest.raises(SnapshotError):
        await LINEAR.trading.books(script, {"BTCUSDT": BTC})


def test_the_clock_is_read_from_nanoseconds() -> None:
    raw = enveloped({"timeSecond": "1760000000", "timeNano": "1760000000123456789"})
    assert answers.time_ms(raw) == 1_760_000_000_123
