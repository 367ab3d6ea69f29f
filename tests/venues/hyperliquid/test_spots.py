"""Pairs by their place in a list, tokens by what they stand for; of another one is no price."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from counterpoise.core.instrument import SpotKey
from counterpoise.errors import SnapshotError
from counterpoise.venues.dialect import Spot
from counterpoise.venues.hyperliquid_spots import closes_of, pair_of, price_of

D = Decimal
BTC = Spot(key=SpotKey("main:BTC/USDC"), market_id="BTC/USDC")
TOKENS = [
    {"index": 0, "name": "USDC"},
    {"index": 1, "name": "PURR"},
    {"index": 5, "name": "UBTC"},
    {"index": 6, "name": "USDT0"},
    {"index": 9, "name": "BTC"},
]
PAIRS = [
    {"name": "PURR/USDC", "tokens": [1, 0]},
    {"name": "@142", "tokens": [5, 0]},
    {"name": "@150", "tokens": [5, 6]},
    {"name": "@151", "tokens": [9, 0]},
]
BOOK = {"coin": "@142", "time": 7, "levels": [[{"px": "9"}, {"px": "8"}], [{"px": "10"}]]}
CANDLES = [{"t": 4, "s": "@142", "c": "3"}, {"t": 2, "s": "@142", "c": "2"}]


def meta(pairs: object = None, tokens: object = None) -> dict[str, object]:
    return {"universe": PAIRS if pairs is None else pairs, "tokens": tokens or TOKENS}


def test_bitcoin_is_the_token_of_its_bridge_and_no_other_of_that_name() -> None:
    assert pair_of(meta(), BTC) == "@142"
    tether = Spot(key=SpotKey("main:BTC/USDT"), market_id="BTC/USDT")
    assert pair_of(meta(), tether) == "@150"
    named = Spot(key=SpotKey("main:PURR/USDC"), market_id="PURR/USDC")
    assert pair_of(meta(), named) == "PURR/USDC"


@pytest.mark.parametrize(
    "raw",
    [
        None,
        {},
        meta(pairs=[]),
        meta(pairs=PAIRS[:1]),
        meta(pairs=[*PAIRS, {"name": "@7", "tokens": [5, 0]}]),
        meta(pairs=[{"name": "@7", "tokens": [5, 77]}]),
        meta(pairs=[{"name": "@7", "tokens": None}]),
        meta(tokens=[{"index": 0}]),
    ],
)
def test_a_pair_that_is_not_plain_is_none(raw: object) -> None:
    with pytest.raises(SnapshotError):
        pair_of(raw, BTC)


def test_a_price_is_the_best_of_each_side_and_of_its_time() -> None:
    found = price_of(BOOK, "@142", BTC)
    assert (found.market, found.bid, found.ask, found.at_ms) == (BTC.key, D(9), D(10), 7)


@pytest.mark.parametrize(
    "change",
    [
        lambda book: {**book, "coin": "@150"},
        lambda book: {**book, "levels": [[], [{"px": "10"}]]},
        lambda book: {**book, "levels": [[{"px": "9"}]]},
        lambda book: {**book, "levels": [[{"px": "11"}], [{"px": "10"}]]},
        lambda book: {**book, "levels": [[{"px": "0"}], [{"px": "10"}]]},
        lambda book: {**book, "time": None},
        lambda _: None,
    ],
)
def test_anything_else_is_no_price(change: Callable[[object], object]) -> None:
    with pytest.raises(SnapshotError):
        price_of(change(BOOK), "@142", BTC)


def test_candles_are_closes_in_order() -> None:
    found = closes_of(CANDLES, "@142", BTC)
    assert [(close.from_ms, close.price) for close in found] == [(2, D(2)), (4, D(3))]


@pytest.mark.parametrize("raw", [[], {}, [{**CANDLES[0], "s": "@1"}], [{**CANDLES[0], "c": "0"}]])
def test_anything_else_is_no_candle(raw: object) -> None:
    with pytest.raises(SnapshotError):
        closes_of(raw, "@142", BTC)
