"""What each listing costs at an instant of recorded time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from counterpoise.core.units import ONE, ZERO, down_to
from counterpoise.exchange.bridge import Shape, hour_shape, hour_turns, node_ms, price_in_hour
from counterpoise.exchange.history import Candle, History, Hour
from counterpoise.exchange.listing import Listing, ListingKey
from counterpoise.exchange.moment import HOUR_MS

DOLLARS = frozenset({"USD", "USDC", "USDT"})  # one recording stands for all of them
SHAPES_MAX = 512
FUNDING_HOURS_MAX = 8  # between two settlements
STATIC_LIQUIDITY = Decimal(10_000_000)  # quote an hour, for a listing with a price set by hand
FAIR_PRICE_STEP = Decimal("0.00000001")  # mark and index prices are finer than the tick


class PriceKind(StrEnum):
    """Which of a listing's prices."""

    LAST = "last"
    MARK = "mark"
    INDEX = "index"


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """The prices of one listing at one instant, in quote per base unit."""

    last: Decimal  # the middle of the book
    mark: Decimal
    index: Decimal
    liquidity: Decimal  # quote traded in this hour

    def of(self, kind: PriceKind) -> Decimal:
        """Return one of the prices."""
        by_kind = {
            PriceKind.LAST: self.last,
            PriceKind.MARK: self.mark,
            PriceKind.INDEX: self.index,
        }
        return by_kind[kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingRate:
    """A settlement of funding."""

    at_ms: int  # recorded time
    rate: Decimal  # of notional; positive: longs pay shorts


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The last 24 recorded hours of one listing."""

    open: Decimal
    high: Decimal
    low: Decimal
    last: Decimal
    average: Decimal
    volume: Decimal  # base units


@dataclass(slots=True)
class Prices:
    """Recorded prices, moved by hand where somebody asked for it."""

    histories: Mapping[str, History]  # by base asset, against USDT; all over the same hours
    seed: int
    _moved: dict[tuple[ListingKey, PriceKind], Decimal] = field(default_factory=dict)
    _fixed: dict[ListingKey, Decimal] = field(default_factory=dict)
    _shapes: dict[tuple[str, int], Shape] = field(default_factory=dict)
    _recent: dict[ListingKey, tuple[int, Price]] = field(default_factory=dict)

    def history(self, listing: Listing) -> History | None:
        """Return the recording behind a listing."""
        return self.histories.get(listing.base) if listing.quote in DOLLARS else None

    def known(self, listing: Listing) -> bool:
        """Say whether a listing has a price."""
        return listing.key in self._fixed or self.history(listing) is not None

    def at(self, listing: Listing, market_ms: int) -> Price | None:
        """Return the prices of `listing`, or None where nothing was ever recorded or set."""
        key = listing.key
        recent = self._recent.get(key)
        if recent is not None and recent[0] == market_ms:
            return recent[1]
        price = self._price(listing, market_ms)
        if price is not None:
            self._recent[key] = (market_ms, price)
        return price

    def move(self, listing: Listing, kinds: Iterable[PriceKind], to: Decimal, at_ms: int) -> None:
        """Move prices to `to`; from there they go on as recorded, in proportion."""
        history = self.history(listing)
        if history is None:
            self._fixed[listing.key] = to
        else:
            recorded = self._tape(listing, history, at_ms)
            for kind in kinds:
                self._moved[listing.key, kind] = to / recorded.of(kind)
        self._recent.pop(listing.key, None)

    def fundings(self, listing: Listing, after_ms: int, until_ms: int) -> list[FundingRate]:
        """Return the settlements with `after_ms < at_ms <= until_ms`, oldest first."""
        history = self.history(listing)
        if history is None or not listing.perpetual:
            return []
        first = max(0, history.index(after_ms) + 1)  # nothing is known from before the recording
        last = min(history.index(until_ms), history.index(history.end_ms - 1))
        rates = ((hour, history.hour(hour).funding_rate) for hour in range(first, last + 1))
        return [
            FundingRate(at_ms=history.first_ms + hour * HOUR_MS, rate=rate)
            for hour, rate in rates
            if rate is not None
        ]

    def next_funding(self, listing: Listing, market_ms: int) -> FundingRate | None:
        """Return the first settlement after `market_ms`, or None where the recording has none."""
        ahead = self.fundings(listing, market_ms, market_ms + FUNDING_HOURS_MAX * HOUR_MS)
        return ahead[0] if ahead else None

    def day(self, listing: Listing, now: Price, market_ms: int) -> Day:
        """Return the 24 hours up to `now`; a listing with a price set by hand has not moved."""
        history = self.history(listing)
        if history is None:
            last = now.last
            return Day(open=last, high=last, low=last, last=last, average=last, volume=ONE)
        end = history.index(min(market_ms, history.end_ms - 1))
        candles = [_candle(listing, history.hour(index)) for index in range(end - 23, end + 1)]
        moved = self._moved.get((listing.key, PriceKind.LAST), ONE)
        volume = sum((candle.volume for candle in candles), start=ZERO)
        worth = sum((candle.volume * candle.close for candle in candles), start=ZERO)
        return Day(
            open=candles[0].open * moved,
            high=max(now.last, *(candle.high * moved for candle in candles)),
            low=min(now.last, *(candle.low * moved for candle in candles)),
            last=now.last,
            average=worth / volume * moved,
            volume=volume,
        )

    def hours(self, listing: Listing, market_ms: int, count: int) -> list[Candle]:
        """
        Return the last recorded hours, at most `count`, oldest first; the last ends at `market_ms`.

        A listing with a price set by hand has not moved.
        """
        now = self.at(listing, market_ms)
        assert now is not None  # a listing that is asked for has a price
        history, last = self.history(listing), now.last
        if history is None:
            still = Candle(open=last, high=last, low=last, close=last, volume=ONE)
            return [still] * count
        end = history.index(min(market_ms, history.end_ms - 1))
        moved = self._moved.get((listing.key, PriceKind.LAST), ONE)
        candles = [
            _times(_candle(listing, history.hour(index)), moved)
            for index in range(max(0, end - count + 1), end + 1)
        ]
        under_way = candles[-1]
        low, high = min(under_way.open, last), max(under_way.open, last)
        candles[-1] = replace(under_way, low=low, high=high, close=last)
        return candles

    def checkpoints(self, after_ms: int, until_ms: int) -> list[int]:
        """Return the instants in between at which prices turn, oldest first."""
        history = next(iter(self.histories.values()))  # all assets turn at the same time
        last = history.index(min(until_ms, history.end_ms - 1))
        found: list[int] = []
        for hour in range(history.index(after_ms), last + 1):
            turns = hour_turns(self.seed, hour)
            start_ms = history.first_ms + hour * HOUR_MS
            found += (start_ms + node_ms(node) for node in (0, turns.first, turns.second))
        return [at_ms for at_ms in found if after_ms < at_ms < until_ms]

    def ended(self, market_ms: int) -> bool:
        """Say whether the recording is over and prices stand still."""
        return any(market_ms >= history.end_ms for history in self.histories.values())

    def _price(self, listing: Listing, market_ms: int) -> Price | None:
        history = self.history(listing)
        if history is None:
            fixed = self._fixed.get(listing.key)
            if fixed is None:
                return None
            return Price(last=fixed, mark=fixed, index=fixed, liquidity=STATIC_LIQUIDITY)
        return self._moved_price(listing, self._tape(listing, history, market_ms))

    def _tape(self, listing: Listing, history: History, market_ms: int) -> Price:
        """Return the prices as recorded; the mark price ends each hour at its recorded close."""
        market_ms = max(history.first_ms, min(market_ms, history.end_ms - 1))
        index, offset_ms = divmod(market_ms - history.first_ms, HOUR_MS)
        hour = history.hour(index)
        shape = self._shape(listing.base, index)
        spot = price_in_hour(hour.spot, shape, offset_ms)
        perpetual = price_in_hour(hour.perpetual, shape, offset_ms)
        before, after = _premium(history.hour(index - 1)), _premium(hour)
        mark = perpetual + before + (after - before) * (offset_ms + 1) / HOUR_MS
        candle = _candle(listing, hour)
        return Price(
            last=perpetual if listing.perpetual else spot,
            mark=mark if listing.perpetual else spot,
            index=spot,
            liquidity=candle.volume * candle.close,
        )

    def _moved_price(self, listing: Listing, price: Price) -> Price:
        key = listing.key
        return Price(
            last=self._stepped(key, PriceKind.LAST, price.last, listing.price_step),
            mark=self._stepped(key, PriceKind.MARK, price.mark, FAIR_PRICE_STEP),
            index=self._stepped(key, PriceKind.INDEX, price.index, FAIR_PRICE_STEP),
            liquidity=price.liquidity,
        )

    def _stepped(self, key: ListingKey, kind: PriceKind, price: Decimal, step: Decimal) -> Decimal:
        moved = self._moved.get((key, kind))
        if moved is not None:
            price = (price * moved).quantize(FAIR_PRICE_STEP)  # undoes what division rounded off
        return max(step, down_to(price, step))

    def _shape(self, asset: str, hour: int) -> Shape:
        key = (asset, hour)
        if key not in self._shapes:
            if len(self._shapes) >= SHAPES_MAX:
                self._shapes.pop(next(iter(self._shapes)))
            self._shapes[key] = hour_shape(self.seed, asset, hour)
        return self._shapes[key]


def _candle(listing: Listing, hour: Hour) -> Candle:
    return hour.perpetual if listing.perpetual else hour.spot


def _times(candle: Candle, moved: Decimal) -> Candle:
    return replace(
        candle,
        open=candle.open * moved,
        high=candle.high * moved,
        low=candle.low * moved,
        close=candle.close * moved,
    )


def _premium(hour: Hour) -> Decimal:
    return hour.mark_close - hour.perpetual.close
