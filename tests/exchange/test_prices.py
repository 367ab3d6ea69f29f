"""Prices within recorded hours."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoise.core.units import is_multiple
from counterpoise.exchange.bridge import STEPS, hour_shape, node_ms, price_in_hour
from counterpoise.exchange.dialects.binance.build import binance
from counterpoise.exchange.history import Candle, recorded_histories
from counterpoise.exchange.listing import Listing, ListingKey, Market
from counterpoise.exchange.moment import HOUR_MS
from counterpoise.exchange.prices import PriceKind, Prices

HISTORIES = recorded_histories()
LISTINGS, _ = binance()
BTC = LISTINGS[ListingKey(Market.LINEAR, "BTCUSDT")]
BTC_SPOT = LISTINGS[ListingKey(Market.SPOT, "BTCUSDT")]
BNB = LISTINGS[ListingKey(Market.LINEAR, "BNBUSDT")]
HOURS = st.integers(0, 92 * 24 - 1)
SEEDS = st.integers(0, 2**32)
OFFSETS = st.integers(0, HOUR_MS - 1)


def candles(asset: str, hour: int) -> tuple[Candle, Candle]:
    recorded = HISTORIES[asset].hour(hour)
    return recorded.spot, recorded.perpetual


@given(seed=SEEDS, hour=HOURS, asset=st.sampled_from(["BTC", "ETH", "XRP"]))
@settings(max_examples=60, deadline=None)
def test_every_hour_touches_its_open_high_low_and_close_exactly(
    seed: int, hour: int, asset: str
) -> None:
    shape = hour_shape(seed, asset, hour)
    for candle in candles(asset, hour):
        path = [price_in_hour(candle, shape, node_ms(node)) for node in range(STEPS + 1)]
        assert path[0] == candle.open
        assert path[-1] == candle.close
        assert max(path) == candle.high
        assert min(path) == candle.low


@given(seed=SEEDS, hour=HOURS, offset_ms=OFFSETS)
@settings(max_examples=200, deadline=None)
def test_no_price_leaves_its_hours_range(seed: int, hour: int, offset_ms: int) -> None:
    shape = hour_shape(seed, "XRP", hour)
    for candle in candles("XRP", hour):
        assert candle.low <= price_in_hour(candle, shape, offset_ms) <= candle.high


@given(seed=SEEDS, hour=HOURS, offset_ms=OFFSETS)
@settings(max_examples=200, deadline=None)
def test_the_basis_stays_sane(seed: int, hour: int, offset_ms: int) -> None:
    at_ms = HISTORIES["BTC"].first_ms + hour * HOUR_MS + offset_ms
    price = Prices(HISTORIES, seed).at(BTC, at_ms)
    assert price is not None
    assert abs(price.last / price.index - 1) < Decimal("0.02")
    assert abs(price.mark / price.last - 1) < Decimal("0.02")


@given(seed=SEEDS, at=st.lists(HOURS, min_size=2, max_size=6))
@settings(max_examples=30, deadline=None)
def test_a_price_depends_on_seed_and_time_alone(seed: int, at: list[int]) -> None:
    there, back = Prices(HISTORIES, seed), Prices(HISTORIES, seed)
    times = [HISTORIES["BTC"].first_ms + hour * HOUR_MS + 1_234_567 for hour in at]
    assert [there.at(BTC, ms) for ms in times] == [back.at(BTC, ms) for ms in times[::-1]][::-1]


def test_another_seed_is_another_path() -> None:
    at_ms = HISTORIES["BTC"].first_ms + 1_000_000
    found = {str(Prices(HISTORIES, seed).at(BTC, at_ms)) for seed in range(20)}
    assert len(found) > 15


def test_the_mark_price_ends_each_hour_at_its_recorded_close() -> None:
    history = HISTORIES["ETH"]
    listing = LISTINGS[ListingKey(Market.LINEAR, "ETHUSDT")]
    prices = Prices(HISTORIES, 3)
    for hour in range(0, 500, 37):
        price = prices.at(listing, history.first_ms + (hour + 1) * HOUR_MS - 1)
        assert price is not None
        assert abs(price.mark - history.hour(hour).mark_close) < Decimal("0.00000002")


def test_prices_are_on_the_tick() -> None:
    prices = Prices(HISTORIES, 5)
    for step in range(500):
        price = prices.at(BTC, HISTORIES["BTC"].first_ms + step * 7_777_777)
        assert price is not None
        assert is_multiple(price.last, BTC.price_step)


def test_after_the_recording_the_last_price_holds() -> None:
    prices, end_ms = Prices(HISTORIES, 1), HISTORIES["BTC"].end_ms
    assert prices.at(BTC, end_ms - 1) == prices.at(BTC, end_ms + 10**9)
    assert prices.ended(end_ms)
    assert not prices.ended(end_ms - 1)
    assert prices.next_funding(BTC, end_ms) is None


@pytest.mark.parametrize("listing", [BTC, BTC_SPOT])
def test_a_moved_price_is_exact_and_goes_on_from_there(listing: Listing) -> None:
    prices, at_ms = Prices(HISTORIES, 1), HISTORIES["BTC"].first_ms + 5_000_000
    recorded = Prices(HISTORIES, 1)
    prices.move(listing, list(PriceKind), Decimal("70000.1"), at_ms)
    moved = prices.at(listing, at_ms)
    assert moved is not None
    assert (moved.last, moved.mark, moved.index) == (Decimal("70000.1"),) * 3
    before, later = recorded.at(listing, at_ms), recorded.at(listing, at_ms + HOUR_MS)
    moved_later = prices.at(listing, at_ms + HOUR_MS)
    assert before is not None
    assert later is not None
    assert moved_later is not None
    assert abs(moved_later.last / moved.last - later.last / before.last) < Decimal("0.0001")


def test_a_listing_without_a_recording_has_no_price_until_one_is_set() -> None:
    prices = Prices(HISTORIES, 1)
    assert prices.at(BNB, HISTORIES["BTC"].first_ms) is None
    prices.move(BNB, list(PriceKind), Decimal(650), HISTORIES["BTC"].first_ms)
    price = prices.at(BNB, HISTORIES["BTC"].first_ms + HOUR_MS)
    assert price is not None
    assert price.mark == 650


def test_funding_settles_every_eight_hours_once() -> None:
    prices, first_ms = Prices(HISTORIES, 1), HISTORIES["BTC"].first_ms
    found = prices.fundings(BTC, first_ms, first_ms + 48 * HOUR_MS)
    assert [funding.at_ms - first_ms for funding in found] == [
        hours * HOUR_MS for hours in (8, 16, 24, 32, 40, 48)
    ]
    ahead = prices.next_funding(BTC, first_ms)
    assert ahead == found[0]
    assert prices.fundings(BTC_SPOT, first_ms, first_ms + 48 * HOUR_MS) == []


def test_checkpoints_are_ordered_and_hold_every_funding_time() -> None:
    prices, first_ms = Prices(HISTORIES, 1), HISTORIES["BTC"].first_ms
    found = prices.checkpoints(first_ms, first_ms + 30 * HOUR_MS)
    assert all(before < after for before, after in pairwise(found))
    assert {first_ms + hours * HOUR_MS for hours in (8, 16, 24)} <= set(found)
    assert len(found) < 30 * 8


def test_the_packed_recording_has_no_gaps_and_large_moves() -> None:
    for asset, history in HISTORIES.items():
        hours = (history.end_ms - history.first_ms) // HOUR_MS
        assert hours == 92 * 24
        closes = [history.hour(hour).spot.close for hour in range(hours)]
        assert max(closes) / min(closes) > (5 if asset == "XRP" else Decimal("1.3"))


def test_no_funding_is_known_from_before_the_recording() -> None:
    prices = Prices(HISTORIES, seed=0)
    first_ms = HISTORIES["BTC"].first_ms
    found = prices.fundings(BTC, first_ms - 100 * HOUR_MS, first_ms + 8 * HOUR_MS)
    assert [funding.at_ms - first_ms for funding in found] == [0, 8 * HOUR_MS]
