"""What COIN-M answers, read strictly: each coin a margin account, each symbol a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from counterpoise.core.instrument import Asset
from counterpoise.core.orders import OrderReport
from counterpoise.core.sides import Sides
from counterpoise.core.snapshot import Backing, Position
from counterpoise.errors import SnapshotError
from counterpoise.venues import binance_answers as answers
from counterpoise.venues import binance_coinm as coinm
from counterpoise.venues import binance_reports as reports
from tests.venues.binance.rows import COIN, KEY, D, coin_asset, coin_listed, coin_position
from tests.venues.orders import intent_of

LISTING = {"BTCUSD_PERP": coin_listed()}
BTC, ETH, USDT = Asset("BTC"), Asset("ETH"), Asset("USDT")
Row = dict[str, object]


def found(*rows: Row) -> Position:
    return coinm.positions(list(rows), LISTING)[KEY]


def hedged(long: str, short: str, both: str = "0") -> Sequence[Row]:
    sides = {"BOTH": both, "LONG": long, "SHORT": short}
    return [coin_position(amount, positionSide=side) for side, amount in sides.items()]


def test_contracts_are_read_as_dollars() -> None:
    position = found(coin_position("2"))
    assert (position.size, position.sides) == (D(200), None)
    assert position.entry_price == D("37643.10000021")
    assert position.liquidation_price == D("25119.97445760")
    assert position.unrealised_profit == D("0.00006413")


def test_a_flat_row_is_flat_and_a_missing_one_is_not() -> None:
    assert found(coin_position("0", markPrice="0.00000000", notionalValue="0")).size == 0
    with pytest.raises(SnapshotError, match="BTCUSD_PERP is missing"):
        found(coin_position(symbol="ETHUSD_PERP"))
    with pytest.raises(SnapshotError, match="BTCUSD_PERP is missing"):
        coinm.positions([], LISTING)


def test_a_contract_of_another_size_is_noticed() -> None:
    with pytest.raises(SnapshotError, match="worth"):
        coinm.positions([coin_position("2")], {"BTCUSD_PERP": coin_listed(contract="10")})


def test_in_hedge_mode_both_sides_are_read_beside_a_flat_row_of_one_way_mode() -> None:
    position = found(*hedged("5", "-3"))
    assert (position.size, position.sides) == (D(200), Sides(long=D(500), short=D(300)))
    assert position.entry_price is None  # there are two
    assert position.liquidation_price == D("25119.97445760")
    assert found(*hedged("0", "0")).sides == Sides(long=D(0), short=D(0))


@pytest.mark.parametrize(
    "rows",
    [
        hedged("-5", "0"),
        hedged("0", "3"),
        hedged("5", "0", both="1"),
        [coin_position(), coin_position()],
        [coin_position(positionSide="UP")],
    ],
    ids=["negative long", "positive short", "one-way and sides", "twice", "another word"],
)
def test_sides_that_cannot_be_are_no_position(rows: Sequence[Row]) -> None:
    with pytest.raises(SnapshotError):
        found(*rows)


def test_every_coin_is_a_margin_account_of_its_own() -> None:
    rows = [coin_asset(), coin_asset("ETH", marginBalance="3", walletBalance="2.5")]
    bitcoin, ether = coinm.margins({"assets": rows}, "main:inverse", frozenset({BTC}))
    assert (bitcoin.asset, bitcoin.equity, bitcoin.wallet) == (
        "BTC",
        D("0.00251969"),
        D("0.00241969"),
    )
    assert (bitcoin.maintenance, bitcoin.backing) == (D("0.00001000"), None)
    assert (ether.asset, ether.equity) == (ETH, D(3))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"assets": []}, "empty"),
        ({"canTrade": True}, "expected a list"),
        ({"assets": [coin_asset("ETH")]}, "BTC is missing"),
        ({"assets": [coin_asset(), coin_asset()]}, "twice"),
        ({"assets": [coin_asset(maintMargin="-1")]}, "negative"),
        ({"assets": [coin_asset(marginBalance="NaN")]}, "no number"),
        ({"assets": [{"asset": "BTC"}]}, "missing"),
    ],
)
def test_an_account_that_is_not_whole_is_no_margin(body: Mapping[str, object], said: str) -> None:
    with pytest.raises(SnapshotError, match=said):
        coinm.margins(dict(body), "main:inverse", frozenset({BTC}))


def test_a_coin_that_never_moved_is_an_account_although_ccxt_drops_it() -> None:
    """ccxt leaves out a row whose `updateTime` is zero: a deposit that nothing has traded."""
    never = coin_asset("BTC", updateTime=0)
    totals = {"totalWalletBalance": "1", "totalMarginBalance": "1", "totalMaintMargin": "0"}
    account = {**totals, "assets": [never]}
    (coin,) = coinm.margins(account, "main:inverse", frozenset({BTC}))
    assert coin.equity == D("0.00251969")
    (linear,) = answers.margins(account, "main:linear", frozenset({BTC}))
    assert linear.equity == coin.equity
    row = coin_asset("USDT", updateTime=0)
    (pooled,) = answers.pooled({**account, "assets": [row]}, "main:unified", frozenset({USDT}))
    assert pooled.equity == coin.equity


def test_a_pool_of_collateral_is_read_coin_by_coin_and_backs_as_a_whole() -> None:
    """The numbers are those of Binance's own example of multi-assets mode."""
    account = {
        "totalMaintMargin": "1.5",
        "totalWalletBalance": "126.72469206",
        "totalMarginBalance": "126.72469206",
        "assets": [
            coin_asset("USDT", walletBalance="23.72469206", marginBalance="23.72469206"),
            coin_asset("BTC", walletBalance="0.5", marginBalance="0.5"),
        ],
    }
    cash, coin = answers.pooled(account, "main:unified", frozenset({USDT, BTC, ETH}))
    assert (cash.asset, cash.equity) == ("USDT", D("23.72469206"))
    assert (coin.asset, coin.equity) == ("BTC", D("0.5"))
    whole = Backing(equity=D("126.72469206"), maintenance=D("1.5"))
    assert cash.backing == coin.backing == whole
    with pytest.raises(SnapshotError, match="USDT is missing"):
        answers.pooled(
            {**account, "assets": [coin_asset()]}, "main:unified", frozenset({USDT, BTC})
        )


def report_of(**changed: object) -> OrderReport:
    intent = intent_of(size="-300", price="38000", symbol=COIN)
    row: Row = {
        "orderId": 22542179,
        "symbol": "BTCUSD_PERP",
        "clientOrderId": str(intent.client_order_id),
        "side": "SELL",
        "status": "FILLED",
        "origQty": "3",
        "executedQty": "3",
        "cumQuote": "0",
        "cumBase": "0.00789474",
        "avgPrice": "38000.0",
        "updateTime": 1566818724722,
    }
    return reports.report(row | changed, intent, coin_listed())


def test_an_order_comes_back_in_dollars_with_its_price() -> None:
    report = report_of()
    assert (report.filled_size, report.price_average) == (D(-300), D(38_000))


def test_without_an_average_the_price_is_dollars_over_coins_never_the_other_way() -> None:
    price = report_of(avgPrice="0").price_average
    assert price is not None
    assert abs(price - 38_000) < 1
    price = report_of(avgPrice="", cumQuote="7.7").price_average  # a field of the other kind
    assert price is not None
    assert abs(price - 38_000) < 1


def test_an_order_of_another_count_is_not_ours() -> None:
    with pytest.raises(SnapshotError, match="sent 300"):
        report_of(origQty="300")
