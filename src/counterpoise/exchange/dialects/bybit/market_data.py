"""What anybody may ask: time, instruments, tickers, books, funding rates, risk limits."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from counterpoise.core.units import ONE, ZERO
from counterpoise.exchange.candles import bars
from counterpoise.exchange.dialects import klines
from counterpoise.exchange.dialects.bybit.errors import NOT_SUPPORTED
from counterpoise.exchange.dialects.bybit.wire import PERPETUALS, Asked
from counterpoise.exchange.dialects.common import Row, page, trimmed
from counterpoise.exchange.listing import Listing, Market
from counterpoise.exchange.margin import BRACKETS
from counterpoise.exchange.moment import HOUR_MS
from counterpoise.exchange.orders import Side

NANOSECONDS = 1_000_000  # a millisecond
SECOND_MS = 1_000
INSTRUMENT_ROWS, INSTRUMENT_ROWS_MAX = 500, 1_000
KLINE_ROWS, KLINE_ROWS_MAX = 200, 1_000
INTERVALS: Mapping[str, int] = {"60": 1, "240": 4, "D": 24}  # in hours
BOOK_ROWS, BOOK_ROWS_MAX = 25, 500
FUNDING_ROWS = 200
FUNDING_HOURS = 8


def server_time(asked: Asked) -> Row:
    """Return the venue's clock."""
    now_ms = asked.call.now.venue_ms
    return {"timeSecond": str(now_ms // SECOND_MS), "timeNano": str(now_ms * NANOSECONDS)}


def instruments(asked: Asked) -> Row:
    """Return a category's instruments; what has no price does not trade."""
    category = asked.sent.text("category")
    if category == "option":
        return {"category": category, "list": [], "nextPageCursor": ""}
    symbol = asked.sent.maybe("symbol")
    wanted = asked.sent.maybe("status")
    rows: list[Row] = []
    for listing, facts in asked.desk.listed(asked.market()):
        trading = asked.desk.venue.engine.trading(listing)
        row = {**facts, "status": facts["status"] if trading else "Closed"}
        if symbol in {None, listing.key.symbol} and wanted in {None, row["status"]}:
            rows.append(row)
    size = asked.sent.rows_max("limit", INSTRUMENT_ROWS, INSTRUMENT_ROWS_MAX)
    if category == Market.SPOT.value:  # its list has no pages
        return {"category": category, "list": rows}
    listed, cursor = page(rows, size, asked.sent.maybe("cursor"))
    return {"category": category, "list": listed, "nextPageCursor": cursor}


def tickers(asked: Asked) -> Row:
    """Return last, mark and index prices, best bid and ask, and funding, of all or of one."""
    market = asked.market()
    if asked.sent.has("symbol"):
        chosen = [_priced(asked, asked.listing(market))]
    else:
        chosen = list(asked.desk.venue.engine.priced(market))
    row = _spot_row if market is Market.SPOT else _perpetual_row
    return {"category": market.value, "list": [row(asked, listing) for listing in chosen]}


def candles(asked: Asked) -> Row:
    """Return candles of one symbol, newest first (fetch_ohlcv)."""
    market = asked.market()
    listing, hours = asked.listing(market), asked.sent.chosen("interval", INTERVALS)
    rows = asked.sent.rows_max("limit", KLINE_ROWS, KLINE_ROWS_MAX)
    prices = asked.desk.venue.engine.prices
    made = bars(prices, listing, asked.call.now, hours=hours, rows=rows)
    return {
        "symbol": listing.key.symbol,
        "category": market.value,
        "list": [
            [str(bar.from_ms), *klines.prices(bar), klines.turnover(bar)] for bar in reversed(made)
        ],
    }


def _priced(asked: Asked, listing: Listing) -> Listing:
    if not asked.desk.venue.engine.prices.known(listing):
        raise NOT_SUPPORTED
    return listing


def _spot_row(asked: Asked, listing: Listing) -> Row:
    engine, now = asked.desk.venue.engine, asked.call.now
    price = engine.price(listing, now)
    day = engine.prices.day(listing, price, now.market_ms)
    bid, ask = asked.desk.best(listing, asked.call)
    return {
        "symbol": listing.key.symbol,
        "bid1Price": trimmed(bid.price),
        "bid1Size": trimmed(bid.quantity),
        "ask1Price": trimmed(ask.price),
        "ask1Size": trimmed(ask.quantity),
        "lastPrice": trimmed(day.last),
        "prevPrice24h": trimmed(day.open),
        "price24hPcnt": f"{day.last / day.open - 1:.4f}",
        "highPrice24h": trimmed(day.high),
        "lowPrice24h": trimmed(day.low),
        "turnover24h": trimmed(day.volume * day.average),
        "volume24h": trimmed(day.volume),
        "usdIndexPrice": trimmed(price.index),
    }


def _perpetual_row(asked: Asked, listing: Listing) -> Row:
    """Inverse volume counts contracts and its turnover coins; the other way round in linear."""
    venue, now = asked.desk.venue, asked.call.now
    price = venue.engine.price(listing, now)
    before = venue.engine.prices.at(listing, now.market_ms - HOUR_MS)
    funding = venue.engine.prices.next_funding(listing, now.market_ms)
    row = _spot_row(asked, listing)
    del row["usdIndexPrice"]
    if listing.key.market is Market.INVERSE:
        row["volume24h"], row["turnover24h"] = row["turnover24h"], row["volume24h"]
    next_ms = venue.clock.venue_ms_of(funding.at_ms, now) if funding else 0
    return row | {
        "indexPrice": trimmed(price.index),
        "markPrice": trimmed(price.mark),
        "prevPrice1h": trimmed(before.last if before else price.last),
        "openInterest": "0",
        "openInterestValue": "0",
        "fundingRate": trimmed(funding.rate if funding else ZERO),
        "nextFundingTime": str(next_ms),
        "predictedDeliveryPrice": "",
        "basisRate": "",
        "deliveryFeeRate": "",
        "deliveryTime": "0",
    }


def book(asked: Asked) -> Row:
    """Return a book of several levels."""
    listing = _priced(asked, asked.listing(asked.market()))
    rows = asked.sent.rows_max("limit", BOOK_ROWS, BOOK_ROWS_MAX)
    now = asked.call.now

    def side(taker: Side) -> list[list[str]]:
        levels = islice(asked.desk.venue.engine.levels(listing, taker, now), rows)
        return [[trimmed(level.price), trimmed(level.quantity)] for level in levels]

    return {
        "s": listing.key.symbol,
        "a": side(Side.BUY),
        "b": side(Side.SELL),
        "ts": now.venue_ms,
        "u": now.venue_ms,
    }


def funding_rates(asked: Asked) -> Row:
    """Return the settlements of the recorded past of one symbol, newest first."""
    market = asked.market(PERPETUALS)
    listing = asked.listing(market)
    venue, now = asked.desk.venue, asked.call.now
    rows = asked.sent.rows_max("limit", FUNDING_ROWS, FUNDING_ROWS)
    since_ms, until_ms = asked.window()
    past_ms = now.market_ms - rows * FUNDING_HOURS * HOUR_MS
    found: list[Row] = []
    for funding in venue.engine.prices.fundings(listing, past_ms, now.market_ms):
        paid_ms = venue.clock.venue_ms_of(funding.at_ms, now)
        if (since_ms or 0) <= paid_ms <= (until_ms or now.venue_ms):
            found.append(
                {
                    "symbol": listing.key.symbol,
                    "fundingRate": trimmed(funding.rate),
                    "fundingRateTimestamp": str(paid_ms),
                }
            )
    return {"category": market.value, "list": found[::-1][:rows]}


def risk_limits(asked: Asked) -> Row:
    """Return how large positions may be, and at what leverage and maintenance margin."""
    market = asked.market(PERPETUALS)
    only = asked.listing(market) if asked.sent.has("symbol") else None
    rows: list[Row] = [
        {
            "id": number,
            "symbol": listing.key.symbol,
            "riskLimitValue": trimmed(bracket.cap),
            "maintenanceMargin": trimmed(bracket.rate),
            "initialMargin": trimmed(ONE / bracket.leverage_max),
            "isLowestRisk": int(number == 1),
            "maxLeverage": f"{bracket.leverage_max}.00",
        }
        for listing, _ in asked.desk.listed(market)
        if only is None or only is listing
        for number, bracket in enumerate(BRACKETS[market], start=1)
    ]
    return {"category": market.value, "list": rows, "nextPageCursor": ""}
