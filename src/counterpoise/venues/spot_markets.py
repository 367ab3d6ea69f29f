"""
Spot markets, read for their price and its recent past; nothing is traded on them. A table.

Their ids follow from the names of the two assets, so that no venue's whole list of spot markets is
read for a price or two; an answer must name the market that was asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from counterpoise.core.basis import Close
from counterpoise.core.instrument import SpotKey, Symbol, VenueName
from counterpoise.core.snapshot import SpotPrice
from counterpoise.errors import SnapshotError
from counterpoise.venues import bingx_answers, bybit_answers, okx_answers
from counterpoise.venues.dialect import Call, Params, Profile, Reads, Spot, SpotMarkets
from counterpoise.venues.shapes import positive, rows, seen, text, whole

SPAN = "4h"
SPAN_MS = 14_400_000
CLOSES_MAX = 180  # thirty days, within what every venue answers at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """Under which names a row has its market, its best bid and ask, and its time if it has one."""

    market: str
    bid: str
    ask: str
    at: str = ""

    def read(self, found: object, spot: Spot) -> SpotPrice:
        """
        Return the price in the one row of the market, which stands alone or in a list.

        Raises SnapshotError where there is none, or more than one, and for a crossed market.
        """
        what = f"spot {spot.market_id}"
        listed = rows(found if isinstance(found, list) else [found], what, empty_allowed=False)
        own = [row for row in listed if text(row, self.market, what) == spot.market_id]
        if len(own) != 1:
            raise SnapshotError(f"{what}: {len(own)} rows of {len(listed)} are about it")
        row = own[0]
        bid, ask = positive(row, self.bid, what), positive(row, self.ask, what)
        if bid > ask:
            raise SnapshotError(f"{what}: bid {bid} above ask {ask}")
        at_ms = whole(row, self.at, what) if self.at else None
        return SpotPrice(market=spot.key, bid=bid, ask=ask, at_ms=at_ms)


def spot_markets(
    price: tuple[Call, Params, Callable[[object], object]],
    closes: tuple[Call, Params, Callable[[object], object]],
    touch: Touch,
    *,
    between: str = "",
    market_param: str = "symbol",
) -> SpotMarkets:
    """
    Return how a venue is asked.

    `price` and `closes` are each the call, what it always asks, and what takes the answer out of
    its envelope: rows of markets, and rows that begin with time, open, high, low and close.
    `between` stands between the two assets of a market's id.
    """

    async def ask_price(reads: Reads, spot: Spot) -> SpotPrice:
        call, always, inside = price
        raw = await reads.read(call, {**always, market_param: spot.market_id})
        return touch.read(inside(raw), spot)

    async def ask_closes(reads: Reads, spot: Spot) -> tuple[Close, ...]:
        call, always, inside = closes
        asked = {**always, market_param: spot.market_id, "limit": CLOSES_MAX}
        return closes_of(inside(await reads.read(call, asked)), f"candles {spot.market_id}")

    return SpotMarkets(
        calls=(price[0], closes[0]),
        market_id=lambda base, quote: f"{base}{between}{quote}",
        price=ask_price,
        closes=ask_closes,
    )


def closes_of(found: object, what: str) -> tuple[Close, ...]:
    """Return the closes of candles that are lists, oldest first. Raises SnapshotError."""
    if not isinstance(found, list) or not found:
        raise SnapshotError(f"{what}: expected a list that is not empty", detail=seen(found))
    closes: list[Close] = []
    for candle in found:
        row = dict(zip(("at", "open", "high", "low", "close"), _columns(candle, what), strict=True))
        closes.append(Close(from_ms=whole(row, "at", what), price=positive(row, "close", what)))
    return tuple(sorted(closes, key=lambda close: close.from_ms))


def _columns(candle: object, what: str) -> Sequence[object]:
    if not isinstance(candle, list) or len(candle) < 5:  # noqa: PLR2004 - time and four prices
        raise SnapshotError(f"{what}: expected time and four prices", detail=seen(candle))
    return candle[:5]


def _whole(raw: object) -> object:
    """Return an answer that stands in no envelope."""
    return raw


def _get(name: str, path: str) -> Call:
    return Call(name=name, method="GET", path=path)


def spot_of(profile: Profile, venue: VenueName, symbol: Symbol) -> tuple[SpotMarkets, Spot]:
    """Return how a spot market is asked on a venue. Raises SnapshotError where nobody knows."""
    base, _, quote = symbol.partition("/")
    if profile.spots is None:
        raise SnapshotError(f"spot prices of {profile.exchange} cannot be read yet")
    market_id = profile.spots.market_id(base, quote)
    return profile.spots, Spot(key=SpotKey(f"{venue}:{symbol}"), market_id=market_id)


BINANCE = spot_markets(
    (_get("publicGetTickerBookTicker", "/api/v3/ticker/bookTicker"), {}, _whole),
    (_get("publicGetKlines", "/api/v3/klines"), {"interval": SPAN}, _whole),
    Touch(market="symbol", bid="bidPrice", ask="askPrice"),
)
MEXC = spot_markets(
    (_get("spotPublicGetTickerBookTicker", "/api/v3/ticker/bookTicker"), {}, _whole),
    (_get("spotPublicGetKlines", "/api/v3/klines"), {"interval": SPAN}, _whole),
    Touch(market="symbol", bid="bidPrice", ask="askPrice"),
)
BYBIT = spot_markets(
    (
        _get("publicGetV5MarketTickers", "/v5/market/tickers"),
        {"category": "spot"},
        lambda raw: list(bybit_answers.listed_rows(raw, "spot price", "spot")),
    ),
    (
        _get("publicGetV5MarketKline", "/v5/market/kline"),
        {"category": "spot", "interval": "240"},
        lambda raw: bybit_answers.result(raw, "candles").get("list"),
    ),
    Touch(market="symbol", bid="bid1Price", ask="ask1Price"),
)
OKX = spot_markets(
    (
        _get("publicGetMarketTicker", "/api/v5/market/ticker"),
        {},
        lambda raw: okx_answers.body(raw, "spot price"),
    ),
    (
        _get("publicGetMarketCandles", "/api/v5/market/candles"),
        {"bar": "4H"},
        lambda raw: okx_answers.body(raw, "candles"),
    ),
    Touch(market="instId", bid="bidPx", ask="askPx", at="ts"),
    between="-",
    market_param="instId",
)
BINGX = spot_markets(
    (
        _get("spotV1PublicGetTickerBookTicker", "/openApi/spot/v1/ticker/bookTicker"),
        {},
        lambda raw: bingx_answers.data(raw, "spot price"),
    ),
    (
        _get("spotV1PublicGetMarketKline", "/openApi/spot/v1/market/kline"),
        {"interval": SPAN, "timeZone": 0},
        lambda raw: bingx_answers.data(raw, "candles"),
    ),
    Touch(market="symbol", bid="bidPrice", ask="askPrice"),
    between="-",
)
WEEX = spot_markets(
    (_get("publicGetApiV3MarketTickerBookTicker", "/api/v3/market/ticker/bookTicker"), {}, _whole),
    (_get("publicGetApiV3MarketKlines", "/api/v3/market/klines"), {"interval": SPAN}, _whole),
    Touch(market="symbol", bid="bidPrice", ask="askPrice"),
)
