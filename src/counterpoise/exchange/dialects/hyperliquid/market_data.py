"""What anybody may ask: time, perpetuals, pairs, books, funding."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from counterpoise.exchange.candles import Bar, bars
from counterpoise.exchange.dialects import klines
from counterpoise.exchange.dialects.common import Row, trimmed
from counterpoise.exchange.dialects.hyperliquid.errors import Unreadable
from counterpoise.exchange.dialects.hyperliquid.wire import (
    Asked,
    shown,
    text_of,
    time_of,
    whole_of,
)
from counterpoise.exchange.dialects.views import FUNDING_HOURS, next_funding, past_fundings
from counterpoise.exchange.listing import Listing, Market
from counterpoise.exchange.moment import HOUR_MS
from counterpoise.exchange.orders import Side

BOOK_ROWS = 20
FUNDING_ROWS_MAX = 500
CANDLES_MAX = 5_000
OPEN_INTEREST = "1000.0"  # nobody else trades here


def server_time(asked: Asked) -> object:
    """Return the venue's clock."""
    return {"specialStatuses": None, "time": asked.call.now.venue_ms}


def other_exchanges(_asked: Asked) -> object:
    """Return the perpetuals that others list on the venue: none."""
    return [None]


def perpetuals(asked: Asked) -> object:
    """Return every perpetual, and in the same order what each costs."""
    if asked.body.get("dex"):
        raise Unreadable("dex")
    listings = asked.listings(Market.LINEAR)
    return [
        {"universe": [_perpetual(asked, listing) for listing in listings]},
        [_context(asked, listing) for listing in listings],
    ]


def meta(asked: Asked) -> object:
    """Return every perpetual without its prices."""
    listings = asked.listings(Market.LINEAR)
    return {"universe": [_perpetual(asked, listing) for listing in listings]}


def _perpetual(asked: Asked, listing: Listing) -> Row:
    facts = asked.desk.facts[listing.key]
    row: Row = {name: value for name, value in facts.items() if name != "markPx"}
    if not asked.desk.venue.engine.trading(listing):
        row["isDelisted"] = True
    return row


def _context(asked: Asked, listing: Listing) -> Row:
    """Return prices and funding; a perpetual without a price has those it was recorded at."""
    desk, now = asked.desk, asked.call.now
    if not desk.venue.engine.prices.known(listing):
        recorded = str(desk.facts[listing.key]["markPx"])
        known = dict.fromkeys(("markPx", "oraclePx", "prevDayPx"), recorded)
        nothing = dict.fromkeys(("dayNtlVlm", "funding", "openInterest"), "0.0")
        return {**known, **nothing, "midPx": None, "premium": None}
    price = desk.venue.engine.price(listing, now)
    bid, ask = desk.best(listing, asked.call)
    day = desk.venue.engine.prices.day(listing, price, now.market_ms)
    hourly = next_funding(desk.venue, listing, now).rate / FUNDING_HOURS
    return {
        "dayNtlVlm": shown(day.volume * day.average),
        "funding": trimmed(hourly),
        "impactPxs": [shown(bid.price), shown(ask.price)],
        "markPx": shown(price.mark),
        "midPx": shown(price.last),
        "openInterest": OPEN_INTEREST,
        "oraclePx": shown(price.index),
        "premium": trimmed((price.mark - price.index) / price.index),
        "prevDayPx": shown(day.open),
    }


def pairs(asked: Asked) -> object:
    """Return every token and pair, and in the same order what each pair costs."""
    return [spot_meta(asked), [_pair_context(asked, one) for one in asked.listings(Market.SPOT)]]


def spot_meta(asked: Asked) -> object:
    """Return every token and pair; a pair names its tokens by their place in the list."""
    rows = [facts for _, facts in asked.desk.listed(Market.SPOT)]
    tokens = {token["index"]: token for row in rows for token in row["tokens"]}
    universe = [
        {
            "name": row["name"],
            "tokens": [token["index"] for token in row["tokens"]],
            "index": row["index"],
            "isCanonical": row["isCanonical"],
        }
        for row in rows
    ]
    return {"tokens": [tokens[index] for index in sorted(tokens)], "universe": universe}


def _pair_context(asked: Asked, listing: Listing) -> Row:
    engine, now = asked.desk.venue.engine, asked.call.now
    if not engine.prices.known(listing):
        recorded = str(asked.desk.facts[listing.key]["markPx"])
        return {"dayNtlVlm": "0.0", "markPx": recorded, "midPx": None, "prevDayPx": recorded}
    price = engine.price(listing, now)
    day = engine.prices.day(listing, price, now.market_ms)
    return {
        "coin": listing.key.symbol,
        "dayNtlVlm": shown(day.volume * day.average),
        "markPx": shown(price.mark),
        "midPx": shown(price.last),
        "prevDayPx": shown(day.open),
    }


def book(asked: Asked) -> object:
    """Return twenty levels of each side, bids first."""
    listing, now = asked.by_coin("coin"), asked.call.now
    engine = asked.desk.venue.engine

    def side(taker: Side) -> list[Row]:
        if not engine.prices.known(listing):
            return []
        levels = islice(engine.levels(listing, taker, now), BOOK_ROWS)
        return [{"n": 1, "px": shown(one.price), "sz": shown(one.quantity)} for one in levels]

    return {
        "coin": text_of(asked.body, "coin"),
        "levels": [side(Side.SELL), side(Side.BUY)],
        "time": now.venue_ms,
    }


def candles(asked: Asked) -> object:
    """Return the candles of one coin that began within a time, oldest first."""
    req = asked.body.get("req")
    if not isinstance(req, dict):
        raise Unreadable("req")
    hours = klines.HOURS.get(text_of(req, "interval"))
    if hours is None:
        raise Unreadable("interval")
    listing, span_ms = replace(asked, body=req).by_coin("coin"), hours * HOUR_MS
    since_ms, now = whole_of(req, "startTime"), asked.call.now
    until_ms = time_of(req, "endTime") or now.venue_ms
    rows = max(1, min((now.venue_ms - since_ms) // span_ms + 2, CANDLES_MAX))
    made = bars(asked.desk.venue.engine.prices, listing, now, hours=hours, rows=rows)
    return [
        _candle(text_of(req, "coin"), text_of(req, "interval"), bar, span_ms)
        for bar in made
        if since_ms < bar.from_ms + span_ms and bar.from_ms <= until_ms
    ]


def _candle(coin: str, interval: str, bar: Bar, span_ms: int) -> Row:
    prices = dict(zip(("o", "h", "l", "c", "v"), klines.prices(bar), strict=True))
    end_ms = bar.from_ms + span_ms - 1
    return {"t": bar.from_ms, "T": end_ms, "s": coin, "i": interval, "n": 1, **prices}


def past_funding(asked: Asked) -> object:
    """Return the settlements of one perpetual since a time, oldest first."""
    listing, since_ms = asked.by_coin("coin"), whole_of(asked.body, "startTime")
    until_ms = time_of(asked.body, "endTime")
    found = past_fundings(asked.desk.venue, listing, FUNDING_ROWS_MAX, asked.call.now)
    return [
        {
            "coin": listing.key.symbol,
            "fundingRate": trimmed(one.rate),
            "premium": trimmed(one.rate),
            "time": one.at_ms,
        }
        for one in reversed(found)
        if one.at_ms >= since_ms and (until_ms is None or one.at_ms <= until_ms)
    ]
