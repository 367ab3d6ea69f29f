"""
Public data of all three markets. Shapes: the named methods of ccxt 4.5.90 bingx.py.

Asks are listed from the highest down, as the samples have them: the best one is the last.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import islice

from counterpoise.exchange.candles import bars
from counterpoise.exchange.dialects import klines
from counterpoise.exchange.dialects.bingx.asked import Asked
from counterpoise.exchange.dialects.bingx.listings import row
from counterpoise.exchange.dialects.common import Row, trimmed
from counterpoise.exchange.dialects.views import FUNDING_HOURS, next_funding, past_fundings
from counterpoise.exchange.listing import Listing, Market
from counterpoise.exchange.moment import HOUR_MS
from counterpoise.exchange.orders import Side

DAY_MS = 24 * HOUR_MS
DEPTH_ROWS, ROWS_MAX = 20, 1_000
FUNDING_ROWS = 100
KLINE_ROWS, KLINE_ROWS_MAX = 500, 1_440
PERCENT = Decimal("0.01")


def server_time(asked: Asked) -> object:
    """Return the venue's clock (fetch_time)."""
    return {"serverTime": asked.now.venue_ms}


def contracts(asked: Asked) -> object:
    """Return what is listed (fetch_swap_markets, fetch_inverse_swap_markets)."""
    trading, only = asked.desk.venue.engine.trading, asked.sent.maybe("symbol")
    return [
        row(asked.market, facts, trading=trading(listing))
        for listing, facts in asked.desk.listed(asked.market)
        if only in {None, listing.key.symbol}
    ]


def symbols(asked: Asked) -> object:
    """Return the spot pairs (fetch_spot_markets)."""
    return {"symbols": contracts(asked)}


def depth(asked: Asked) -> object:
    """Return a book of several levels (fetch_order_book)."""
    listing = asked.listing()
    rows = asked.sent.rows_max("limit", DEPTH_ROWS, ROWS_MAX)

    def side(taker: Side) -> list[list[str]]:
        levels = islice(asked.desk.venue.engine.levels(listing, taker, asked.now), rows)
        return [[trimmed(level.price), trimmed(level.quantity)] for level in levels]

    stamp = {"ts" if asked.market is Market.SPOT else "T": asked.now.venue_ms}
    return {"bids": side(Side.SELL), "asks": side(Side.BUY)[::-1], **stamp}


def day_ticker(asked: Asked) -> object:
    """Return the last 24 hours; of one linear symbol as an object (fetch_ticker)."""
    rows = [_day_row(asked, listing) for listing in asked.listings()]
    single = asked.market is Market.LINEAR and asked.sent.has("symbol")
    return rows[0] if single else rows


def _day_row(asked: Asked, listing: Listing) -> Row:
    engine, now = asked.desk.venue.engine, asked.now
    day = engine.prices.day(listing, engine.price(listing, now), now.market_ms)
    bid, ask = asked.desk.best(listing, asked.call)
    share = ((day.last - day.open) / day.open * 100).quantize(PERCENT)
    volume = listing.quantity_of(day.volume * day.average, day.average)
    shown: Row = {
        "symbol": listing.key.symbol,
        "priceChange": trimmed(day.last - day.open),
        "priceChangePercent": f"{share}%",
        "lastPrice": trimmed(day.last),
        "highPrice": trimmed(day.high),
        "lowPrice": trimmed(day.low),
        "volume": trimmed(volume),
        "quoteVolume": trimmed(listing.notional(volume, day.average)),
        "openPrice": trimmed(day.open),
        "openTime": now.venue_ms - DAY_MS,
        "closeTime": now.venue_ms,
        "bidPrice": trimmed(bid.price),
        "bidQty": trimmed(bid.quantity),
        "askPrice": trimmed(ask.price),
        "askQty": trimmed(ask.quantity),
    }
    if listing.perpetual:  # clients tell the markets apart by it
        shown["lastQty"] = trimmed(listing.quantity_min)
    return shown


def spot_book_ticker(asked: Asked) -> object:
    """Return best bids and asks (fetch_bids_asks)."""
    rows: list[Row] = []
    for listing in asked.listings():
        bid, ask = asked.desk.best(listing, asked.call)
        rows.append(
            {
                "symbol": listing.key.symbol,
                "time": asked.now.venue_ms,
                "bidPrice": trimmed(bid.price),
                "bidVolume": trimmed(bid.quantity),
                "askPrice": trimmed(ask.price),
                "askVolume": trimmed(ask.quantity),
            }
        )
    return rows


def candles(asked: Asked) -> object:
    """Return candles of one symbol, newest first (fetch_ohlcv)."""
    listing, hours = asked.listing(), asked.sent.chosen("interval", klines.HOURS)
    rows = asked.sent.rows_max("limit", KLINE_ROWS, KLINE_ROWS_MAX)
    made = bars(asked.desk.venue.engine.prices, listing, asked.now, hours=hours, rows=rows)
    return [klines.row(bar, hours) for bar in reversed(made)]


def swap_book_ticker(asked: Asked) -> object:
    """Return the best bid and ask of one symbol (fetch_bids_asks)."""
    listing = asked.listing()
    bid, ask = asked.desk.best(listing, asked.call)
    return {
        "book_ticker": {
            "symbol": listing.key.symbol,
            "bid_price": bid.price,
            "bid_qty": bid.quantity,
            "ask_price": ask.price,
            "ask_qty": ask.quantity,
            "time": asked.now.venue_ms,
        }
    }


def premium_index(asked: Asked) -> object:
    """Return mark price and funding; of one linear symbol as an object (fetch_mark_price)."""
    rows: list[Row] = []
    for listing in asked.listings():
        price = asked.desk.venue.engine.price(listing, asked.now)
        funding = next_funding(asked.desk.venue, listing, asked.now)
        rows.append(
            {
                "symbol": listing.key.symbol,
                "markPrice": trimmed(price.mark),
                "indexPrice": trimmed(price.index),
                "lastFundingRate": trimmed(funding.rate),
                "nextFundingTime": funding.at_ms,
                "fundingIntervalHours": FUNDING_HOURS,
                "updateTime": asked.now.venue_ms,
            }
        )
    single = asked.market is Market.LINEAR and asked.sent.has("symbol")
    return rows[0] if single else rows


def funding_rates(asked: Asked) -> object:
    """Return a symbol's settlements, newest first (fetch_funding_rate_history)."""
    listing = asked.listing()
    rows = asked.sent.rows_max("limit", FUNDING_ROWS, ROWS_MAX)
    since_ms, until_ms = asked.sent.whole("startTime") or 0, asked.sent.whole("endTime")
    return [
        {
            "symbol": listing.key.symbol,
            "fundingRate": trimmed(one.rate),
            "fundingTime": one.at_ms,
        }
        for one in past_fundings(asked.desk.venue, listing, rows, asked.now)
        if one.at_ms >= since_ms and (until_ms is None or one.at_ms <= until_ms)
    ]
