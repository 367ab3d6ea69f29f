"""What anybody may ask: time, instruments, tickers, books, mark prices, funding, tiers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

from counterpoise.core.units import ONE
from counterpoise.exchange.candles import bars
from counterpoise.exchange.dialects import klines
from counterpoise.exchange.dialects.common import Row, trimmed
from counterpoise.exchange.dialects.okx.errors import REFUSALS, wrong
from counterpoise.exchange.dialects.okx.wire import Asked, kind_of, window
from counterpoise.exchange.dialects.views import FUNDING_HOURS, next_funding, past_fundings
from counterpoise.exchange.listing import Listing, Market
from counterpoise.exchange.margin import brackets_of
from counterpoise.exchange.moment import HOUR_MS
from counterpoise.exchange.orders import Reason, Side

BOOK_ROWS_MAX = 400
FUNDING_ROWS = 100
CANDLE_ROWS, CANDLE_ROWS_MAX = 100, 300
BARS: Mapping[str, int] = {"1H": 1, "4H": 4, "1D": 24}  # in hours
DAY_MS = 24 * HOUR_MS
EVERYTHING = "ANY"


def server_time(asked: Asked) -> Sequence[Row]:
    """Return the venue's clock."""
    return [{"ts": str(asked.call.now.venue_ms)}]


def instruments(asked: Asked) -> Sequence[Row]:
    """Return the instruments of a type; what has no price is suspended."""
    asked.sent.text("instType")
    engine = asked.desk.venue.engine
    return [
        {**asked.desk.facts[listing.key], "state": "live" if engine.trading(listing) else "suspend"}
        for listing in asked.scope()
    ]


def _priced(asked: Asked) -> Sequence[Listing]:
    known = asked.desk.venue.engine.prices.known
    return [listing for listing in asked.scope() if known(listing)]


def _one_priced(asked: Asked) -> Listing:
    listing = asked.listing()
    if not asked.desk.venue.engine.prices.known(listing):
        raise REFUSALS[Reason.SYMBOL_UNPRICED].error("")
    return listing


def tickers(asked: Asked) -> Sequence[Row]:
    """Return the last 24 recorded hours of every instrument of a type."""
    asked.sent.text("instType")
    return [_ticker(asked, listing) for listing in _priced(asked)]


def candles(asked: Asked) -> Sequence[Sequence[str]]:
    """Return candles of one instrument, newest first (fetch_ohlcv); the newest is under way."""
    listing, hours = _one_priced(asked), asked.sent.chosen("bar", BARS)
    rows = asked.sent.rows_max("limit", CANDLE_ROWS, CANDLE_ROWS_MAX)
    prices = asked.desk.venue.engine.prices
    made = bars(prices, listing, asked.call.now, hours=hours, rows=rows)[::-1]
    return [
        [str(bar.from_ms), *klines.prices(bar), *[klines.turnover(bar)] * 2, str(int(number > 0))]
        for number, bar in enumerate(made)
    ]


def ticker(asked: Asked) -> Sequence[Row]:
    """Return the last 24 recorded hours of one instrument."""
    return [_ticker(asked, _one_priced(asked))]


def _ticker(asked: Asked, listing: Listing) -> Row:
    """Return one row: of perpetuals `vol24h` counts contracts, and `volCcy24h` base units."""
    engine, now = asked.desk.venue.engine, asked.call.now
    day = engine.prices.day(listing, engine.price(listing, now), now.market_ms)
    bid, ask = asked.desk.best(listing, asked.call)
    worth = day.volume * day.average
    contracts = listing.quantity_of(worth, day.average)
    return {
        "instType": kind_of(listing),
        "instId": listing.key.symbol,
        "last": trimmed(day.last),
        "lastSz": trimmed(listing.quantity_min),
        "askPx": trimmed(ask.price),
        "askSz": trimmed(ask.quantity),
        "bidPx": trimmed(bid.price),
        "bidSz": trimmed(bid.quantity),
        "open24h": trimmed(day.open),
        "high24h": trimmed(day.high),
        "low24h": trimmed(day.low),
        "volCcy24h": trimmed(day.volume if listing.perpetual else worth),
        "vol24h": trimmed(contracts),
        "ts": str(now.venue_ms),
        "sodUtc0": _day_open(asked, listing, 0),
        "sodUtc8": _day_open(asked, listing, 8 * HOUR_MS),
    }


def _day_open(asked: Asked, listing: Listing, ahead_ms: int) -> str:
    """Return the price at which a day began where clocks are `ahead_ms` of UTC's."""
    market_ms = asked.call.now.market_ms
    began_ms = market_ms - (market_ms + ahead_ms) % DAY_MS
    price = asked.desk.venue.engine.prices.at(listing, began_ms)
    return trimmed(price.last) if price else ""


def book(asked: Asked) -> Sequence[Row]:
    """Return a book of several levels."""
    listing, now = _one_priced(asked), asked.call.now
    rows = asked.sent.rows_max("sz", 1, BOOK_ROWS_MAX)

    def side(taker: Side) -> list[list[str]]:
        levels = islice(asked.desk.venue.engine.levels(listing, taker, now), rows)
        return [[trimmed(level.price), trimmed(level.quantity), "0", "1"] for level in levels]

    return [{"asks": side(Side.BUY), "bids": side(Side.SELL), "ts": str(now.venue_ms)}]


def mark_prices(asked: Asked) -> Sequence[Row]:
    """Return mark prices; of spot none, as it is not traded on margin here."""
    engine, now = asked.desk.venue.engine, asked.call.now
    return [
        {
            "instId": listing.key.symbol,
            "instType": kind_of(listing),
            "markPx": trimmed(engine.price(listing, now).mark),
            "ts": str(now.venue_ms),
        }
        for listing in _priced(asked)
        if listing.perpetual
    ]


def index_tickers(asked: Asked) -> Sequence[Row]:
    """Return index prices of the pairs that perpetuals follow, by their quote or by name."""
    engine, now = asked.desk.venue.engine, asked.call.now
    quote, name = asked.sent.maybe("quoteCcy"), asked.sent.maybe("instId")
    if quote is None and name is None:
        raise wrong("instId")
    indexes = {
        listing.key.symbol.removesuffix("-SWAP"): engine.price(listing, now).index
        for market in (Market.LINEAR, Market.INVERSE)
        for listing in engine.priced(market)
    }
    return [
        {"instId": pair, "idxPx": trimmed(price), "ts": str(now.venue_ms)}
        for pair, price in indexes.items()
        if name in {None, pair} and quote in {None, pair.rpartition("-")[2]}
    ]


def funding_rate(asked: Asked) -> Sequence[Row]:
    """Return the rate that the next settlement will have, of one perpetual or of all."""
    venue, now = asked.desk.venue, asked.call.now
    if asked.sent.text("instId") == EVERYTHING:
        chosen = [
            listing
            for market in (Market.LINEAR, Market.INVERSE)
            for listing in venue.engine.priced(market)
        ]
    else:
        chosen = [_one_priced(asked)]
    rows: list[Row] = []
    for listing in chosen:
        funding = next_funding(venue, listing, now)
        rows.append(
            {
                "instType": kind_of(listing),
                "instId": listing.key.symbol,
                "method": "current_period",
                "fundingRate": trimmed(funding.rate),
                "fundingTime": str(funding.at_ms),
                "nextFundingRate": "",
                "nextFundingTime": str(funding.at_ms + FUNDING_HOURS * HOUR_MS),
                "settState": "settled",
                "ts": str(now.venue_ms),
            }
        )
    return rows


def funding_rates(asked: Asked) -> Sequence[Row]:
    """Return the settlements of the recorded past of one perpetual, newest first."""
    listing, venue, now = _one_priced(asked), asked.desk.venue, asked.call.now
    rows: list[Row] = [
        {
            "instType": kind_of(listing),
            "instId": listing.key.symbol,
            "fundingRate": trimmed(one.rate),
            "realizedRate": trimmed(one.rate),
            "fundingTime": str(one.at_ms),
        }
        for one in past_fundings(venue, listing, FUNDING_ROWS, now)
    ]
    return window(rows, asked, "fundingTime", FUNDING_ROWS)


def tiers(asked: Asked) -> Sequence[Row]:
    """Return how large positions may be, in contracts, and at what leverage and margin."""
    engine, now = asked.desk.venue.engine, asked.call.now
    rows: list[Row] = []
    for listing in _priced(asked):
        price = engine.price(listing, now).mark
        for number, bracket in enumerate(brackets_of(listing), start=1):
            unit = listing.worth(ONE, price)
            rows.append(
                {
                    "baseMaxLoan": "",
                    "imr": trimmed(ONE / bracket.leverage_max),
                    "instId": listing.key.symbol,
                    "instFamily": listing.key.symbol.removesuffix("-SWAP"),
                    "maxLever": str(bracket.leverage_max),
                    "maxSz": trimmed(bracket.cap / unit),
                    "minSz": trimmed(bracket.floor / unit),
                    "mmr": trimmed(bracket.rate),
                    "optMgnFactor": "0",
                    "quoteMaxLoan": "",
                    "tier": str(number),
                    "uly": listing.key.symbol.removesuffix("-SWAP"),
                }
            )
    return rows
