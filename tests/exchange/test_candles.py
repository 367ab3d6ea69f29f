"""Candles are the recorded hours up to now, at hours of the venue's clock."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoise.exchange.candles import bars
from counterpoise.exchange.dialects.binance.build import binance
from counterpoise.exchange.history import recorded_histories
from counterpoise.exchange.listing import ListingKey, Market
from counterpoise.exchange.moment import HOUR_MS, Moment
from counterpoise.exchange.prices import PriceKind, Prices

D = Decimal
HISTORIES = recorded_histories()
LISTINGS, _ = binance()
BTC = LISTINGS[ListingKey(Market.SPOT, "BTCUSDT")]
BNB = LISTINGS[ListingKey(Market.LINEAR, "BNBUSDT")]
START_MS = HISTORIES["BTC"].first_ms + 500 * HOUR_MS
NOON_MS = 1_760_000_400_000 // (24 * HOUR_MS) * 24 * HOUR_MS + 12 * HOUR_MS


@pytest.fixture
def prices() -> Prices:
    return Prices(histories=HISTORIES, seed=1)


def moment(ahead_ms: int = 0, venue_ms: int = NOON_MS) -> Moment:
    return Moment(venue_ms=venue_ms + ahead_ms, wall_ms=venue_ms, market_ms=START_MS + ahead_ms)


@given(
    rows=st.integers(1, 60),
    hours=st.sampled_from((1, 4, 24)),
    minutes=st.integers(0, 24 * 60 - 1),
)
@settings(max_examples=30, deadline=None)
def test_bars_lie_one_after_the_other_and_end_in_the_one_under_way(
    rows: int, hours: int, minutes: int
) -> None:
    now = moment(minutes * 60_000)
    found = bars(Prices(histories=HISTORIES, seed=1), BTC, now, hours=hours, rows=rows)
    span_ms = hours * HOUR_MS
    newest_ms = now.venue_ms // span_ms * span_ms
    wanted = [newest_ms - back * span_ms for back in range(rows)][::-1]
    assert [bar.from_ms for bar in found] == wanted[-len(found) :]
    assert len(found) == min(rows, len(found))
    assert all(bar.low <= min(bar.open, bar.close) for bar in found)
    assert all(bar.high >= max(bar.open, bar.close) for bar in found)


def test_an_hour_that_is_over_is_as_recorded(prices: Prices) -> None:
    *_, before, _ = bars(prices, BTC, moment(), hours=1, rows=3)
    recorded = HISTORIES["BTC"].hour(499).spot
    assert (before.open, before.high, before.low) == (recorded.open, recorded.high, recorded.low)
    assert (before.close, before.volume) == (recorded.close, recorded.volume)
    assert before.from_ms == NOON_MS - HOUR_MS


def test_four_hours_are_put_together_of_four(prices: Prices) -> None:
    *_, whole, _ = bars(prices, BTC, moment(), hours=4, rows=3)
    hours = [HISTORIES["BTC"].hour(index).spot for index in range(496, 500)]
    assert (whole.open, whole.close) == (hours[0].open, hours[-1].close)
    assert whole.high == max(hour.high for hour in hours)
    assert whole.low == min(hour.low for hour in hours)
    assert whole.volume == sum(hour.volume for hour in hours)


def test_the_bar_under_way_ends_at_the_present_price(prices: Prices) -> None:
    now = moment(HOUR_MS // 2)
    *_, last = bars(prices, BTC, now, hours=1, rows=2)
    price = prices.at(BTC, now.market_ms)
    assert price is not None
    assert last.close == price.last


def test_a_price_moved_by_hand_has_always_been_there(prices: Prices) -> None:
    now = moment()
    before = bars(prices, BTC, now, hours=1, rows=2)[0]
    price = prices.at(BTC, now.market_ms)
    assert price is not None
    prices.move(BTC, (PriceKind.LAST,), price.last * 2, now.market_ms)
    assert bars(prices, BTC, now, hours=1, rows=2)[0].close == before.close * 2


def test_nothing_is_known_from_before_the_recording(prices: Prices) -> None:
    early = replace(moment(), market_ms=HISTORIES["BTC"].first_ms + 5 * HOUR_MS)
    assert len(bars(prices, BTC, early, hours=1, rows=100)) == 6


def test_one_without_a_recording_has_no_candles_until_it_has_a_price(prices: Prices) -> None:
    assert bars(prices, BNB, moment(), hours=1, rows=3) == []
    prices.move(BNB, (PriceKind.LAST,), D(600), START_MS)
    found = bars(prices, BNB, moment(), hours=1, rows=3)
    assert [(bar.open, bar.close) for bar in found] == [(D(600), D(600))] * 3
