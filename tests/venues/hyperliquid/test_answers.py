"""What Hyperliquid says of money and prices is read as it is meant, or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from counterpoise.core.instrument import Asset
from counterpoise.errors import SnapshotError
from counterpoise.venues import hyperliquid_answers as answers
from tests.venues.hyperliquid.conftest import Venue
from tests.venues.hyperliquid.rows import (
    ETH,
    KEY,
    LISTING,
    D,
    Row,
    book,
    margin,
    perpetuals,
    position,
)

USDC = frozenset({Asset("USDC")})


def wallet(*rows: tuple[str, str]) -> Row:
    return {"balances": [{"coin": coin, "total": total, "hold": "1.0"} for coin, total in rows]}


def test_tokens_count_as_what_they_stand_for_locked_ones_too() -> None:
    found = answers.balances(
        wallet(("USDC", "1481.844"), ("UBTC", "0.5"), ("FXRP", "12"), ("HYPE", "3")), "main:spot"
    )
    assert {one.asset: one.quantity for one in found} == {
        "USDC": D("1481.844"),
        "BTC": D("0.5"),
        "XRP": D(12),
        "HYPE": D(3),
    }


def test_a_token_that_anybody_may_have_named_counts_as_no_asset_of_ours() -> None:
    found = answers.balances(wallet(("BTC", "1000"), ("UETH", "2"), ("WBTC", "1")), "main:spot")
    assert {one.asset: one.quantity for one in found} == {
        "BTC@hyperliquid": D(1000),
        "ETH": D(2),
        "WBTC@hyperliquid": D(1),
    }


@pytest.mark.parametrize(
    "raw",
    [
        {},
        [],
        None,
        {"balances": None},
        {"balances": [[]]},
        wallet(("UBTC", "1"), ("UBTC", "1")),
        wallet(("UBTC", "-1")),
        wallet(("UBTC", "NaN")),
        wallet(("", "1")),
        {"balances": [{"coin": "UBTC"}]},
    ],
)
def test_what_is_no_list_of_balances_is_none(raw: object) -> None:
    with pytest.raises(SnapshotError):
        answers.balances(raw, "main:spot")


def test_the_margin_balance_has_the_profit_and_the_wallet_has_not() -> None:
    (found,) = answers.margins(margin(position()), "main:linear", USDC)
    assert (found.asset, found.equity) == ("USDC", D("1000.5"))
    assert (found.wallet, found.maintenance) == (D("988.0"), D(5))


@pytest.mark.parametrize(
    "raw",
    [
        {},
        margin(marginSummary={}),
        margin(marginSummary={"accountValue": ""}),
        margin(assetPositions=None),
        margin(crossMaintenanceMarginUsed=None),
        margin(crossMaintenanceMarginUsed="-1"),
        margin({"position": {}, "type": "oneWay"}),
        margin({**position(), "type": "hedged"}),
    ],
)
def test_what_is_no_margin_account_is_none(raw: object) -> None:
    with pytest.raises(SnapshotError):
        answers.margins(raw, "main:linear", USDC)


@pytest.mark.parametrize(("szi", "size"), [("0.2259", "0.2259"), ("-3.0", "-3"), ("0.0", "0")])
def test_a_position_has_its_sign(szi: str, size: str) -> None:
    assert answers.positions(margin(position(szi)), LISTING)[KEY].size == D(size)


def test_a_perpetual_left_out_of_a_whole_answer_is_flat() -> None:
    others = answers.positions(margin(position(coin="SOL")), LISTING)
    assert {key: one.size for key, one in others.items()} == {KEY: D(0)}


@pytest.mark.parametrize(
    "raw",
    [
        {"assetPositions": []},  # whose account?
        margin(position(), position()),
        margin({**position(), "type": "twoWay"}),
        margin(position(szi="")),
        margin(position(szi=None)),  # type: ignore[arg-type]
        margin(position(entryPx=None)),
        margin(position(unrealizedPnl=None)),
        margin(position(leverage={"type": "isolated", "value": 20})),
        margin(position(leverage=None)),
    ],
)
def test_what_is_no_position_is_none(raw: object) -> None:
    with pytest.raises(SnapshotError):
        answers.positions(raw, LISTING)


def test_prices_are_those_of_the_place_in_the_list() -> None:
    mark = answers.marks(perpetuals("BTC", "ETH"), LISTING)[KEY]
    assert (mark.mark_price, mark.index_price) == (D("2000.1"), D("1999.9"))
    assert mark.funding_rate == D("0.0000198")


def broken(**changed: object) -> list[Any]:
    raw: list[Any] = perpetuals("BTC", "ETH")
    raw[1][1] = {**raw[1][1], **changed}
    return raw


@pytest.mark.parametrize(
    "raw",
    [
        perpetuals("ETH", "BTC"),  # the places have moved
        perpetuals("BTC"),
        perpetuals("BTC", "SOL", "ETH"),
        [perpetuals("BTC", "ETH")[0], []],
        [perpetuals("BTC", "ETH")[0], [{}]],
        perpetuals("BTC", "ETH")[:1],
        broken(markPx=None),
        broken(markPx="0.0"),
        broken(oraclePx=""),
        broken(funding="x"),
        {},
        None,
    ],
)
def test_a_list_of_another_order_or_form_has_no_price(raw: object) -> None:
    with pytest.raises(SnapshotError):
        answers.marks(raw, LISTING)


def test_the_best_prices_are_the_first_of_each_side() -> None:
    found = answers.book(book(), ETH)
    assert (found.bid, found.ask) == (D("2216.2"), D("2216.5"))
    assert (found.bid_size, found.ask_size) == (D("74.0637"), D("70.5893"))


@pytest.mark.parametrize(
    "raw",
    [
        {},
        book("BTC"),
        book(levels=[]),
        book(levels=[[], []]),
        book(levels=[[{"px": "2217", "sz": "1"}], [{"px": "2216", "sz": "1"}]]),
        book(levels=[[{"px": "2216"}], [{"px": "2217", "sz": "1"}]]),
        book(levels=None),
    ],
)
def test_what_is_no_book_is_none(raw: object) -> None:
    with pytest.raises(SnapshotError):
        answers.book(raw, ETH)


@pytest.mark.parametrize("raw", [{}, None, {"time": "soon"}, {"time": -1}])
def test_what_is_no_time_is_none(raw: object) -> None:
    with pytest.raises(SnapshotError):
        answers.time_ms(raw)
    assert answers.time_ms({"specialStatuses": None, "time": "1764617438643"}) == 1_764_617_438_643


async def test_no_order_leaves_while_the_places_have_moved(venue: Venue) -> None:
    """As where a listing is put in between: number 0 would be another perpetual."""
    venue.wire.answers["metaAndAssetCtxs"] = lambda told: [
        {"universe": told[0]["universe"][::-1]},
        told[1],
    ]
    with pytest.raises(SnapshotError, match="another perpetual"):
        await venue.gateway.marks()
