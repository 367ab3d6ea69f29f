"""Public futures data. Shapes: the samples of the named methods of ccxt 4.5.90 mexc.py."""

from __future__ import annotations

from decimal import Decimal
from itertools import islice

from counterpoise.core.units import ONE
from counterpoise.exchange.dialects.bare import eight
from counterpoise.exchange.dialects.common import Sent
from counterpoise.exchange.dialects.desk import Desk
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.dialects.mexc.asked import (
    PERPETUALS,
    contract_listing,
    contract_sent,
    contracts,
)
from counterpoise.exchange.dialects.mexc.listings import contract_row
from counterpoise.exchange.dialects.views import FUNDING_HOURS, next_funding, past_fundings
from counterpoise.exchange.listing import Listing
from counterpoise.exchange.orders import Side

DEPTH_ROWS, DEPTH_ROWS_MAX = 20, 1_000
PAGE_ROWS, PAGE_ROWS_MAX = 20, 100
FUNDING_RATE_MAX = Decimal("0.003")

Row = dict[str, object]


def ping(_desk: Desk, call: Call) -> object:
    """Return the venue's clock (fetch_time)."""
    return call.now.venue_ms


def detail(desk: Desk, call: Call) -> object:
    """Return what is listed (fetch_swap_markets)."""
    sent = contract_sent(call)
    only = contract_listing(desk, sent) if sent.has("symbol") else None
    trading = desk.venue.engine.trading
    return [
        contract_row(market, facts, trading=trading(listing))
        for market in PERPETUALS
        for listing, facts in desk.listed(market)
        if only is None or only is listing
    ]


def depth(desk: Desk, call: Call) -> object:
    """Return a book of several levels, in contracts (fetch_order_book)."""
    sent = contract_sent(call)
    listing = contract_listing(desk, sent)
    rows = sent.rows_max("limit", DEPTH_ROWS, DEPTH_ROWS_MAX)

    def side(taker: Side) -> list[list[Decimal]]:
        levels = islice(desk.venue.engine.levels(listing, taker, call.now), rows)
        return [[level.price, level.quantity, ONE] for level in levels]

    stamp = call.now.venue_ms
    return {"asks": side(Side.BUY), "bids": side(Side.SELL), "version": stamp, "timestamp": stamp}


def ticker(desk: Desk, call: Call) -> object:
    """Return one contract's ticker as an object, or all of them as a list (fetch_tickers)."""
    sent = contract_sent(call)
    if sent.has("symbol"):
        return _ticker_row(desk, call, contract_listing(desk, sent))
    engine = desk.venue.engine
    return [_ticker_row(desk, call, one) for one in contracts(desk) if engine.prices.known(one)]


def _ticker_row(desk: Desk, call: Call, listing: Listing) -> Row:
    engine, now = desk.venue.engine, call.now
    price = engine.price(listing, now)
    day = engine.prices.day(listing, price, now.market_ms)
    bid, ask = desk.best(listing, call)
    volume = listing.quantity_of(day.volume * day.average, day.average)
    worth = listing.worth(volume, day.average)
    return {
        "symbol": listing.key.symbol,
        "lastPrice": price.last,
        "bid1": bid.price,
        "ask1": ask.price,
        "volume24": eight(volume),
        "amount24": eight(worth),
        "lower24Price": eight(day.low),
        "high24Price": eight(day.high),
        "riseFallRate": eight((day.last - day.open) / day.open),
        "riseFallValue": eight(day.last - day.open),
        "indexPrice": price.index,
        "fairPrice": price.mark,
        "fundingRate": next_funding(desk.venue, listing, now).rate,
        "timestamp": now.venue_ms,
    }


def fair_price(desk: Desk, call: Call) -> object:
    """Return a contract's mark price."""
    listing = contract_listing(desk, contract_sent(call))
    mark = desk.venue.engine.price(listing, call.now).mark
    return {"symbol": listing.key.symbol, "fairPrice": mark, "timestamp": call.now.venue_ms}


def index_price(desk: Desk, call: Call) -> object:
    """Return a contract's index price."""
    listing = contract_listing(desk, contract_sent(call))
    index = desk.venue.engine.price(listing, call.now).index
    return {"symbol": listing.key.symbol, "indexPrice": index, "timestamp": call.now.venue_ms}


def funding_rate(desk: Desk, call: Call) -> object:
    """Return a contract's next settlement (fetch_funding_rate)."""
    listing = contract_listing(desk, contract_sent(call))
    funding = next_funding(desk.venue, listing, call.now)
    return {
        "symbol": listing.key.symbol,
        "fundingRate": funding.rate,
        "maxFundingRate": FUNDING_RATE_MAX,
        "minFundingRate": -FUNDING_RATE_MAX,
        "collectCycle": FUNDING_HOURS,
        "nextSettleTime": funding.at_ms,
        "timestamp": call.now.venue_ms,
    }


def funding_history(desk: Desk, call: Call) -> object:
    """Return a contract's settlements, newest first (fetch_funding_rate_history)."""
    sent = contract_sent(call)
    listing = contract_listing(desk, sent)
    number, size = paging(sent)
    found = past_fundings(desk.venue, listing, number * size, call.now)
    return paged(
        [
            {
                "symbol": listing.key.symbol,
                "fundingRate": one.rate,
                "settleTime": one.at_ms,
                "collectCycle": FUNDING_HOURS,
            }
            for one in found
        ],
        sent,
    )


def paging(sent: Sent) -> tuple[int, int]:
    """Return which page is asked for, and its size."""
    return sent.rows_max("page_num", 1, 1_000), sent.rows_max("page_size", PAGE_ROWS, PAGE_ROWS_MAX)


def page_of(rows: list[Row], sent: Sent) -> list[Row]:
    """Return the rows of the page that is asked for."""
    number, size = paging(sent)
    return rows[(number - 1) * size : number * size]


def paged(rows: list[Row], sent: Sent) -> Row:
    """Return the page that is asked for, with the counts that MEXC puts around some lists."""
    number, size = paging(sent)
    return {
        "pageSize": size,
        "totalCount": len(rows),
        "totalPage": -(-len(rows) // size),
        "currentPage": number,
        "resultList": page_of(rows, sent),
    }
