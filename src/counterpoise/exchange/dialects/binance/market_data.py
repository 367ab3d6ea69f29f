"""What anybody may ask: time, listings, prices, books."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import islice

from counterpoise.core.units import ZERO, toward_zero
from counterpoise.exchange.candles import bars
from counterpoise.exchange.dialects import klines
from counterpoise.exchange.dialects.binance import params
from counterpoise.exchange.dialects.binance.desk import Desk, Handler
from counterpoise.exchange.dialects.binance.errors import INVALID_SYMBOL, WireError
from counterpoise.exchange.dialects.binance.futures_rows import named
from counterpoise.exchange.dialects.binance.wire import Json, fixed, trimmed
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.listing import Listing, ListingKey, Market
from counterpoise.exchange.matching import Level
from counterpoise.exchange.moment import HOUR_MS
from counterpoise.exchange.orders import Side
from counterpoise.exchange.prices import Day

DAY_MS = 24 * HOUR_MS
DEPTH_ROWS = 500
FUNDING_ROWS = 100
KLINE_ROWS = 500


def ping(_desk: Desk, _call: Call) -> Json:
    """Answer."""
    return {}


def server_time(_desk: Desk, call: Call) -> Json:
    """Return the venue's clock."""
    return {"serverTime": call.now.venue_ms}


def exchange_info(market: Market) -> Handler:
    """Return the handler that lists a market."""

    def handler(desk: Desk, call: Call) -> Json:
        info, engine = desk.info[market], desk.venue.engine
        chosen = _chosen(call) if market is Market.SPOT else None
        if chosen is not None and not set(chosen) <= set(info.symbols):
            raise INVALID_SYMBOL
        return info.body(
            call.now.venue_ms,
            info.symbols if chosen is None else chosen,
            lambda name: engine.trading(engine.listings[ListingKey(market, name)]),
        )

    return handler


def _chosen(call: Call) -> list[str] | None:
    """Return the symbols that a spot client limits its question to."""
    if "symbol" in call.params:
        return [call.params["symbol"]]
    if "symbols" not in call.params:
        return None
    try:
        names = json.loads(call.params["symbols"])
    except json.JSONDecodeError:
        names = None
    if not isinstance(names, list):
        raise WireError(-1100, "Illegal characters found in parameter 'symbols'.")
    return [str(name) for name in names]


def book_ticker(market: Market) -> Handler:
    """Return the handler for the best bid and ask."""

    def handler(desk: Desk, call: Call) -> Json:
        def row(listing: Listing) -> dict[str, object]:
            bid, ask = _best(desk, call, listing)
            write = fixed if market is Market.SPOT else trimmed
            best: dict[str, object] = {
                **named(listing),
                "bidPrice": write(bid.price),
                "bidQty": write(bid.quantity),
                "askPrice": write(ask.price),
                "askQty": write(ask.quantity),
            }
            return best if market is Market.SPOT else best | {"time": call.now.venue_ms}

        return desk.each(call, market, row)

    return handler


def _best(desk: Desk, call: Call, listing: Listing) -> tuple[Level, Level]:
    """Return the best bid and ask; an empty side is zeros, as Binance has it."""
    engine, nothing = desk.venue.engine, Level(ZERO, ZERO)
    if not engine.prices.known(listing):
        return nothing, nothing
    bid = engine.best(listing, Side.SELL, call.now) or nothing
    ask = engine.best(listing, Side.BUY, call.now) or nothing
    return bid, ask


def depth(market: Market) -> Handler:
    """Return the handler for a book of several levels."""

    def handler(desk: Desk, call: Call) -> Json:
        listing = desk.listing(call, market)
        rows = params.rows_max(call.params, DEPTH_ROWS)
        now = call.now

        def side(taker: Side) -> list[list[str]]:
            levels = islice(desk.venue.engine.levels(listing, taker, now), rows)
            return [[trimmed(level.price), trimmed(level.quantity)] for level in levels]

        body: dict[str, object] = {"lastUpdateId": now.venue_ms}
        if market is not Market.SPOT:
            body |= {"E": now.venue_ms, "T": now.venue_ms}
        if market is Market.INVERSE:
            body |= named(listing)
        return body | {"bids": side(Side.SELL), "asks": side(Side.BUY)}

    return handler


def candles(market: Market) -> Handler:
    """Return the handler for candles, oldest first (fetch_ohlcv)."""

    def handler(desk: Desk, call: Call) -> Json:
        listing = desk.listing(call, market)
        hours = klines.HOURS.get(params.text(call.params, "interval"))
        if hours is None:
            raise WireError(-1120, "Invalid interval.")
        asked = params.whole(call.params, "limit")
        rows = max(1, min(KLINE_ROWS if asked is None else asked, params.ROWS_MAX))
        made = bars(desk.venue.engine.prices, listing, call.now, hours=hours, rows=rows)
        return [[*klines.row(bar, hours), 0, "0", "0", "0"] for bar in made]

    return handler


def price_ticker(market: Market) -> Handler:
    """Return the handler for last prices."""

    def handler(desk: Desk, call: Call) -> Json:
        def row(listing: Listing) -> dict[str, object]:
            last = desk.venue.engine.price(listing, call.now).last
            write = fixed if market is Market.SPOT else trimmed
            body: dict[str, object] = {"symbol": listing.key.symbol, "price": write(last)}
            if market is Market.INVERSE:
                body |= {"ps": listing.pair}
            return body if market is Market.SPOT else body | {"time": call.now.venue_ms}

        return desk.each(call, market, row)

    return handler


def day_ticker(market: Market) -> Handler:
    """Return the handler for the last 24 recorded hours."""

    def handler(desk: Desk, call: Call) -> Json:
        def row(listing: Listing) -> dict[str, object]:
            engine, now = desk.venue.engine, call.now
            day = engine.prices.day(listing, engine.price(listing, now), now.market_ms)
            change = day.last - day.open
            return _spot_day_row(desk, call, listing, day) | {
                **named(listing),
                "priceChange": trimmed(change),
                "priceChangePercent": f"{change / day.open * 100:.3f}",
                "weightedAvgPrice": trimmed(day.average),
                "lastPrice": trimmed(day.last),
                "lastQty": trimmed(listing.quantity_min),
                "openPrice": trimmed(day.open),
                "highPrice": trimmed(day.high),
                "lowPrice": trimmed(day.low),
                **_volume(listing, day),
                "openTime": call.now.venue_ms - DAY_MS,
                "closeTime": call.now.venue_ms,
                "firstId": 1,
                "lastId": 1,
                "count": 1,
            }

        return desk.each(call, market, row)

    return handler


def _volume(listing: Listing, day: Day) -> dict[str, object]:
    """Return what was traded; coin-margined volume counts contracts, and coins beside them."""
    worth = day.volume * day.average
    if listing.key.market is not Market.INVERSE:
        return {"volume": trimmed(day.volume), "quoteVolume": trimmed(worth)}
    contracts = toward_zero(worth / listing.contract_size, listing.quantity_step)
    return {"volume": trimmed(contracts), "baseVolume": trimmed(day.volume)}


def _spot_day_row(desk: Desk, call: Call, listing: Listing, day: Day) -> dict[str, object]:
    """Return what only the spot market adds; clients tell the two markets apart by it."""
    if listing.perpetual:
        return {}
    bid, ask = _best(desk, call, listing)
    return {
        "prevClosePrice": trimmed(day.open),
        "bidPrice": trimmed(bid.price),
        "bidQty": trimmed(bid.quantity),
        "askPrice": trimmed(ask.price),
        "askQty": trimmed(ask.quantity),
    }


def premium_index(market: Market) -> Handler:
    """Return the handler for mark price, index price and funding; times by the venue's clock."""

    def handler(desk: Desk, call: Call) -> Json:
        def row(listing: Listing) -> dict[str, object]:
            venue, now = desk.venue, call.now
            price = venue.engine.price(listing, now)
            funding = venue.engine.prices.next_funding(listing, now.market_ms)
            return {
                **named(listing),
                "markPrice": fixed(price.mark),
                "indexPrice": fixed(price.index),
                "estimatedSettlePrice": fixed(price.index),
                "lastFundingRate": fixed(funding.rate if funding else ZERO),
                "interestRate": "0.00010000",
                "nextFundingTime": venue.clock.venue_ms_of(funding.at_ms, now) if funding else 0,
                "time": now.venue_ms,
            }

        return desk.each(call, market, row)

    return handler


def funding_rates(market: Market) -> Handler:
    """Return the handler for the settlements of the past of one symbol, oldest first."""

    def handler(desk: Desk, call: Call) -> Json:
        listing = desk.listing(call, market)
        venue, now = desk.venue, call.now
        rows = params.rows_max(call.params, FUNDING_ROWS)
        past_ms = now.market_ms - rows * 8 * HOUR_MS
        since_ms = params.whole(call.params, "startTime") or 0
        until_ms = params.whole(call.params, "endTime") or now.venue_ms
        found: list[dict[str, object]] = []
        for funding in venue.engine.prices.fundings(listing, past_ms, now.market_ms):
            paid_ms = venue.clock.venue_ms_of(funding.at_ms, now)
            if since_ms <= paid_ms <= until_ms:
                found.append(
                    {
                        "symbol": listing.key.symbol,
                        "fundingTime": paid_ms,
                        "fundingRate": fixed(funding.rate),
                        "markPrice": fixed(_mark(desk, listing, funding.at_ms)),
                    }
                )
        return found[-rows:]

    return handler


def _mark(desk: Desk, listing: Listing, market_ms: int) -> Decimal:
    price = desk.venue.engine.prices.at(listing, market_ms)
    return price.mark if price else ZERO
