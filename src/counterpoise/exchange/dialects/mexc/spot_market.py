"""Public spot data. Shapes: the samples of the named methods of ccxt 4.5.90 mexc.py."""

from __future__ import annotations

from itertools import islice

from counterpoise.exchange.candles import bars
from counterpoise.exchange.dialects import klines
from counterpoise.exchange.dialects.common import trimmed
from counterpoise.exchange.dialects.desk import Desk
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.dialects.mexc.asked import spot_listing, spot_sent
from counterpoise.exchange.dialects.mexc.listings import spot_row
from counterpoise.exchange.listing import Listing, Market
from counterpoise.exchange.moment import HOUR_MS
from counterpoise.exchange.orders import Side

DAY_MS = 24 * HOUR_MS
DEPTH_ROWS, DEPTH_ROWS_MAX = 100, 5_000
KLINE_ROWS = 500


def ping(_desk: Desk, _call: Call) -> object:
    """Answer."""
    return {}


def server_time(_desk: Desk, call: Call) -> object:
    """Return the venue's clock (fetch_time)."""
    return {"serverTime": call.now.venue_ms}


def exchange_info(desk: Desk, call: Call) -> object:
    """Return what is listed (fetch_spot_markets)."""
    only = call.params.get("symbol")
    trading = desk.venue.engine.trading
    return {
        "timezone": "CST",
        "serverTime": call.now.venue_ms,
        "rateLimits": [],
        "exchangeFilters": [],
        "symbols": [
            spot_row(facts, trading=trading(listing))
            for listing, facts in desk.listed(Market.SPOT)
            if only is None or only == listing.key.symbol
        ],
    }


def depth(desk: Desk, call: Call) -> object:
    """Return a book of several levels (fetch_order_book)."""
    sent = spot_sent(call)
    listing = spot_listing(desk, sent)
    rows = sent.rows_max("limit", DEPTH_ROWS, DEPTH_ROWS_MAX)

    def side(taker: Side) -> list[list[str]]:
        levels = islice(desk.venue.engine.levels(listing, taker, call.now), rows)
        return [[trimmed(level.price), trimmed(level.quantity)] for level in levels]

    return {
        "lastUpdateId": call.now.venue_ms,
        "bids": side(Side.SELL),
        "asks": side(Side.BUY),
        "timestamp": call.now.venue_ms,
    }


def candles(desk: Desk, call: Call) -> object:
    """Return candles, oldest first (fetch_ohlcv)."""
    sent = spot_sent(call)
    listing, hours = spot_listing(desk, sent), sent.chosen("interval", klines.HOURS)
    rows = sent.rows_max("limit", KLINE_ROWS, KLINE_ROWS)
    made = bars(desk.venue.engine.prices, listing, call.now, hours=hours, rows=rows)
    return [klines.row(bar, hours) for bar in made]


def day_ticker(desk: Desk, call: Call) -> object:
    """Return the last 24 hours, of one symbol as an object (fetch_tickers)."""
    if "symbol" in call.params:
        return _day_row(desk, call, spot_listing(desk, spot_sent(call)))
    return [_day_row(desk, call, one) for one in desk.venue.engine.priced(Market.SPOT)]


def price_ticker(desk: Desk, call: Call) -> object:
    """Return last prices, of one symbol as an object."""

    def row(listing: Listing) -> dict[str, object]:
        last = desk.venue.engine.price(listing, call.now).last
        return {"symbol": listing.key.symbol, "price": trimmed(last)}

    if "symbol" in call.params:
        return row(spot_listing(desk, spot_sent(call)))
    return [row(one) for one in desk.venue.engine.priced(Market.SPOT)]


def book_ticker(desk: Desk, call: Call) -> object:
    """Return best bids and asks, of one symbol as an object (fetch_bids_asks)."""
    if "symbol" in call.params:
        return _best_row(desk, call, spot_listing(desk, spot_sent(call)))
    return [_best_row(desk, call, one) for one in desk.venue.engine.priced(Market.SPOT)]


def _best_row(desk: Desk, call: Call, listing: Listing) -> dict[str, object]:
    bid, ask = desk.best(listing, call)
    return {
        "symbol": listing.key.symbol,
        "bidPrice": trimmed(bid.price),
        "bidQty": trimmed(bid.quantity),
        "askPrice": trimmed(ask.price),
        "askQty": trimmed(ask.quantity),
    }


def _day_row(desk: Desk, call: Call, listing: Listing) -> dict[str, object]:
    engine, now = desk.venue.engine, call.now
    day = engine.prices.day(listing, engine.price(listing, now), now.market_ms)
    change = day.last - day.open
    return _best_row(desk, call, listing) | {
        "priceChange": trimmed(change),
        "priceChangePercent": trimmed(change / day.open),  # a fraction, in spite of its name
        "prevClosePrice": trimmed(day.open),
        "lastPrice": trimmed(day.last),
        "openPrice": trimmed(day.open),
        "highPrice": trimmed(day.high),
        "lowPrice": trimmed(day.low),
        "volume": trimmed(day.volume),
        "quoteVolume": trimmed(day.volume * day.average),
        "openTime": now.venue_ms - DAY_MS,
        "closeTime": now.venue_ms,
        "count": None,
    }
