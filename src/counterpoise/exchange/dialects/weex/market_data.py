"""Public data of both markets. Shapes: the samples of the named methods of ccxt 4.5.90 weex.py."""

from __future__ import annotations

from decimal import Decimal
from itertools import islice

from counterpoise.core.units import ZERO
from counterpoise.exchange.candles import bars
from counterpoise.exchange.dialects import klines
from counterpoise.exchange.dialects.common import Row, trimmed
from counterpoise.exchange.dialects.views import FUNDING_HOURS, next_funding, past_fundings
from counterpoise.exchange.dialects.weex.asked import Asked
from counterpoise.exchange.dialects.weex.listings import row
from counterpoise.exchange.listing import Listing, Market
from counterpoise.exchange.moment import HOUR_MS
from counterpoise.exchange.orders import Side

DAY_MS = 24 * HOUR_MS
DEPTH_ROWS, DEPTH_ROWS_MAX = 15, 200
FUNDING_ROWS, FUNDING_ROWS_MAX = 100, 1_000
CANDLE_ROWS, CANDLE_ROWS_MAX = 100, 1_000
MINUTES = 60
PRICE_TYPES = {"MARK": "mark", "INDEX": "index"}


def ping(_asked: Asked) -> object:
    """Answer (fetch_status)."""
    return {}


def server_time(asked: Asked) -> object:
    """Return the venue's clock (fetch_time)."""
    return {"serverTime": asked.now.venue_ms}


def exchange_info(asked: Asked) -> object:
    """Return what is listed (fetch_markets); of perpetuals it does not say whether they trade."""
    only, trading = asked.only(), asked.desk.venue.engine.trading
    rows = [
        row(asked.market, facts, trading=trading(listing))
        for listing, facts in asked.desk.listed(asked.market)
        if only in {None, listing}
    ]
    if asked.market is Market.SPOT:
        return {"timezone": "UTC", "serverTime": asked.now.venue_ms, "symbols": rows}
    return {"assets": [{"asset": "USDT", "marginAvailable": True}], "symbols": rows}


def trading_symbols(asked: Asked) -> object:
    """Return the symbols that programs may trade, by name."""
    trading = asked.desk.venue.engine.trading
    listed = asked.desk.listed(asked.market)
    return [listing.key.symbol for listing, _ in listed if trading(listing)]


def depth(asked: Asked) -> object:
    """Return a book of several levels (fetch_order_book)."""
    listing = asked.listing()
    rows = asked.sent.rows_max("limit", DEPTH_ROWS, DEPTH_ROWS_MAX)

    def side(taker: Side) -> list[list[str]]:
        levels = islice(asked.desk.venue.engine.levels(listing, taker, asked.now), rows)
        return [[trimmed(level.price), trimmed(level.quantity)] for level in levels]

    return {
        "asks": side(Side.BUY),
        "bids": side(Side.SELL),
        "lastUpdateId": asked.now.venue_ms,
    }


def candles(asked: Asked) -> object:
    """Return candles, oldest first (fetch_ohlcv); that spot takes a limit too is assumed."""
    listing, hours = asked.listing(), asked.sent.chosen("interval", klines.HOURS)
    rows = asked.sent.rows_max("limit", CANDLE_ROWS, CANDLE_ROWS_MAX)
    made = bars(asked.desk.venue.engine.prices, listing, asked.now, hours=hours, rows=rows)
    return [klines.row(bar, hours) for bar in made]


def book_ticker(asked: Asked) -> object:
    """Return best bids and asks (fetch_bids_asks)."""
    return [
        {"symbol": listing.key.symbol, **_best(asked, listing), "time": asked.now.venue_ms}
        for listing in asked.listings()
    ]


def _best(asked: Asked, listing: Listing) -> Row:
    bid, ask = asked.desk.best(listing, asked.call)
    return {
        "bidPrice": trimmed(bid.price),
        "bidQty": trimmed(bid.quantity),
        "askPrice": trimmed(ask.price),
        "askQty": trimmed(ask.quantity),
    }


def price_ticker(asked: Asked) -> object:
    """Return last prices (fetch_last_prices)."""
    engine = asked.desk.venue.engine
    return [
        {"symbol": one.key.symbol, "price": trimmed(engine.price(one, asked.now).last)}
        for one in asked.listings()
    ]


def symbol_price(asked: Asked) -> object:
    """Return a perpetual's mark or index price; by default the index (fetch_mark_price)."""
    listing, sent = asked.listing(), asked.sent
    kind = sent.chosen("priceType", PRICE_TYPES) if sent.has("priceType") else "index"
    price = asked.desk.venue.engine.price(listing, asked.now)
    shown = price.mark if kind == "mark" else price.index
    return {"symbol": listing.key.symbol, "price": trimmed(shown), "time": asked.now.venue_ms}


def day_ticker(asked: Asked) -> object:
    """Return the last 24 hours (fetch_tickers); the book is told on spot only."""
    return [_day_row(asked, listing) for listing in asked.listings()]


def _day_row(asked: Asked, listing: Listing) -> Row:
    engine, now = asked.desk.venue.engine, asked.now
    price = engine.price(listing, now)
    day = engine.prices.day(listing, price, now.market_ms)
    change = day.last - day.open
    shown: Row = {
        "symbol": listing.key.symbol,
        "priceChange": trimmed(change),
        "priceChangePercent": trimmed(change / day.open),  # a fraction, in spite of its name
        "lastPrice": trimmed(day.last),
        "openPrice": trimmed(day.open),
        "highPrice": trimmed(day.high),
        "lowPrice": trimmed(day.low),
        "volume": trimmed(day.volume),
        "quoteVolume": trimmed(day.volume * day.average),
        "openTime": now.venue_ms - DAY_MS,
        "closeTime": now.venue_ms,
    }
    if listing.perpetual:
        return shown | {"markPrice": trimmed(price.mark), "indexPrice": trimmed(price.index)}
    return shown | _best(asked, listing) | {"count": 0}


def premium_index(asked: Asked) -> object:
    """Return mark prices and funding (fetch_mark_prices, fetch_funding_rates)."""
    rows: list[Row] = []
    for listing in asked.listings():
        price = asked.desk.venue.engine.price(listing, asked.now)
        funding = next_funding(asked.desk.venue, listing, asked.now)
        rows.append(
            {
                "symbol": listing.key.symbol,
                "markPrice": trimmed(price.mark),
                "indexPrice": trimmed(price.index),
                "forecastFundingRate": trimmed(funding.rate),
                "lastFundingRate": trimmed(_last_rate(asked, listing)),
                "interestRate": "0.001",
                "nextFundingTime": funding.at_ms,
                "time": asked.now.venue_ms,
                "collectCycle": FUNDING_HOURS * MINUTES,
            }
        )
    return rows


def _last_rate(asked: Asked, listing: Listing) -> Decimal:
    past = past_fundings(asked.desk.venue, listing, 1, asked.now)
    return past[0].rate if past else ZERO


def funding_rates(asked: Asked) -> object:
    """Return a perpetual's settlements, newest first (fetch_funding_rate_history)."""
    listing, sent = asked.listing(), asked.sent
    rows = sent.rows_max("limit", FUNDING_ROWS, FUNDING_ROWS_MAX)
    since_ms, until_ms = sent.whole("startTime") or 0, sent.whole("endTime")
    mark = asked.desk.venue.engine.price(listing, asked.now).mark
    return [
        {
            "symbol": listing.key.symbol,
            "fundingRate": trimmed(one.rate),
            "fundingTime": one.at_ms,
            "markPrice": trimmed(mark),
        }
        for one in past_fundings(asked.desk.venue, listing, rows, asked.now)
        if one.at_ms >= since_ms and (until_ms is None or one.at_ms <= until_ms)
    ]


def coins(asked: Asked) -> object:
    """Return the assets, without networks: nothing is moved here (fetch_currencies)."""
    venue = asked.desk.venue
    held = venue.visibility.account(asked.now).spot
    assets = sorted({*venue.engine.spot_assets, *held})
    return [{"coin": asset, "name": asset, "networkList": []} for asset in assets]
