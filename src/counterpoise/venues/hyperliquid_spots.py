"""Spot markets of Hyperliquid, read for their price: a pair is known by its place in a list."""

from __future__ import annotations

from collections.abc import Mapping

from counterpoise.core.basis import Close
from counterpoise.core.instrument import Asset
from counterpoise.core.snapshot import SpotPrice
from counterpoise.errors import SnapshotError
from counterpoise.venues.dialect import Params, Reads, Spot, SpotMarkets
from counterpoise.venues.hyperliquid_answers import SIDES, asset_of, time_ms
from counterpoise.venues.hyperliquid_requests import INFO
from counterpoise.venues.shapes import Record, positive, record, rows, seen, text, whole
from counterpoise.venues.spot_markets import CLOSES_MAX, SPAN, SPAN_MS


async def _price(reads: Reads, spot: Spot) -> SpotPrice:
    coin = await _coin(reads, spot)
    return price_of(await reads.read(INFO, {"type": "l2Book", "coin": coin}), coin, spot)


async def _closes(reads: Reads, spot: Spot) -> tuple[Close, ...]:
    coin = await _coin(reads, spot)
    now_ms = time_ms(await reads.read(INFO, {"type": "exchangeStatus"}))
    window = {"startTime": now_ms - (CLOSES_MAX - 1) * SPAN_MS, "endTime": now_ms}
    asked: Params = {"type": "candleSnapshot", "req": {"coin": coin, "interval": SPAN, **window}}
    return closes_of(await reads.read(INFO, asked), coin, spot)


async def _coin(reads: Reads, spot: Spot) -> str:
    """Return what a pair is called there; places in the list change with what is listed."""
    return pair_of(await reads.read(INFO, {"type": "spotMeta"}), spot)


def pair_of(raw: object, spot: Spot) -> str:
    """
    Return the name of the one pair of two assets, tokens by what they stand for.

    Raises SnapshotError where there is none, or more than one.
    """
    what = f"spot {spot.market_id}"
    listed = record(raw, what)
    tokens = {
        whole(row, "index", what): asset_of(text(row, "name", what))
        for row in rows(listed.get("tokens"), what, empty_allowed=False)
    }
    found = [
        text(row, "name", what)
        for row in rows(listed.get("universe"), what, empty_allowed=False)
        if "/".join(_assets(row, tokens, what)) == spot.market_id
    ]
    if len(found) != 1:
        raise SnapshotError(f"{what}: {len(found)} pairs are of it")
    return found[0]


def _assets(row: Record, tokens: Mapping[int, Asset], what: str) -> list[Asset]:
    places = row.get("tokens")
    if not isinstance(places, list) or not all(place in tokens for place in places):
        raise SnapshotError(f"{what}: a pair of unknown tokens", detail=seen(places))
    return [tokens[place] for place in places]


def price_of(raw: object, coin: str, spot: Spot) -> SpotPrice:
    """Return the best bid and ask of a book. Raises SnapshotError for another's or an empty one."""
    what = f"spot {spot.market_id}"
    book = record(raw, what)
    if text(book, "coin", what) != coin:
        raise SnapshotError(f"{what}: the answer is about {book['coin']}")
    levels = book.get("levels")
    if not isinstance(levels, list) or len(levels) != SIDES:
        raise SnapshotError(f"{what}: expected two sides", detail=seen(levels))
    bid, ask = (positive(rows(side, what, empty_allowed=False)[0], "px", what) for side in levels)
    if bid > ask:
        raise SnapshotError(f"{what}: bid {bid} above ask {ask}")
    return SpotPrice(market=spot.key, bid=bid, ask=ask, at_ms=whole(book, "time", what))


def closes_of(raw: object, coin: str, spot: Spot) -> tuple[Close, ...]:
    """Return the closes of candles, oldest first. Raises SnapshotError for another pair's."""
    what = f"candles {spot.market_id}"
    closes = []
    for row in rows(raw, what, empty_allowed=False):
        if text(row, "s", what) != coin:
            raise SnapshotError(f"{what}: the answer is about {row['s']}")
        closes.append(Close(from_ms=whole(row, "t", what), price=positive(row, "c", what)))
    return tuple(sorted(closes, key=lambda close: close.from_ms))


HYPERLIQUID = SpotMarkets(
    calls=(INFO,),
    market_id=lambda base, quote: f"{base}/{quote}",
    price=_price,
    closes=_closes,
)
