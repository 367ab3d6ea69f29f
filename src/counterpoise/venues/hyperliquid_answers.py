"""What Hyperliquid says of balances, margin, positions and prices, strictly read. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from counterpoise.core.instrument import Asset, InstrumentKey
from counterpoise.core.snapshot import Balance, BookTop, Margin, Mark, Position
from counterpoise.core.units import ZERO
from counterpoise.errors import SnapshotError
from counterpoise.venues.dialect import Listed, Listing
from counterpoise.venues.hyperliquid_requests import coin
from counterpoise.venues.shapes import (
    Record,
    not_negative,
    number,
    optional,
    positive,
    record,
    rows,
    text,
    whole,
)

CASH = Asset("USDC")
ONE_WAY, CROSS = "oneWay", "cross"
SIDES = 2  # of a book: bids, asks
# tokens of the bridges that everybody uses, by what they stand for; ccxt has these names too,
# except Flare's for XRP
STANDS_FOR: Mapping[str, str] = {
    "FXRP": "XRP",
    "HPENGU": "PENGU",
    "UBONK": "BONK",
    "UBTC": "BTC",
    "UDZ": "2Z",
    "UETH": "ETH",
    "UFART": "FARTCOIN",
    "UPUMP": "PUMP",
    "USDT0": "USDT",
    "USOL": "SOL",
    "UUUSPX": "SPX",
    "UXPL": "XPL",
    "XAUT0": "XAUT",
}
# its own coins; anybody may list a token under any other name, and send it to anybody
NATIVE = frozenset({"HYPE", "PURR", "USDC", "USDE", "USDH"})


def time_ms(raw: object) -> int:
    """Return the venue's clock, in milliseconds since 1970."""
    return whole(record(raw, "time"), "time", "time")


def balances(raw: object, source: str) -> tuple[Balance, ...]:
    """
    Return the spot wallet, its tokens by what they stand for.

    A token of another name counts under a name that no asset has: `BTC` there is not bitcoin.
    """
    what = f"{source} balances"
    found: dict[Asset, Balance] = {}
    for row in rows(record(raw, what).get("balances"), what, empty_allowed=True):
        asset = asset_of(text(row, "coin", what))
        if asset in found:
            raise SnapshotError(f"{what}: {asset} came twice")
        total = not_negative(row, "total", what)
        found[asset] = Balance(source=source, asset=asset, quantity=total)
    return tuple(found.values())


def asset_of(token: str) -> Asset:
    """Return what a token counts as."""
    if token in STANDS_FOR or token in NATIVE:
        return Asset(STANDS_FOR.get(token, token))
    return Asset(f"{token}@hyperliquid")


def margins(raw: object, source: str, _settles: frozenset[Asset]) -> tuple[Margin, ...]:
    """Return the perpetuals' margin account, which is in dollars."""
    what = f"{source} margin"
    state = record(raw, what)
    summary = record(state.get("marginSummary"), what)
    equity = number(summary, "accountValue", what)
    profits = [number(row, "unrealizedPnl", what) for row in _held(state, what)]
    return (
        Margin(
            source=source,
            asset=CASH,
            equity=equity,
            wallet=equity - sum(profits, ZERO),
            maintenance=not_negative(state, "crossMaintenanceMarginUsed", what),
        ),
    )


def _held(state: Record, what: str) -> Sequence[Record]:
    """Return every open position of an answer."""
    found = rows(state.get("assetPositions"), what, empty_allowed=True)
    for row in found:
        if row.get("type") != ONE_WAY:
            raise SnapshotError(f"{what}: a position is of the kind {row.get('type')}")
    return [record(row.get("position"), what) for row in found]


def positions(raw: object, listing: Listing) -> Mapping[InstrumentKey, Position]:
    """
    Return the position of every listed instrument.

    Hyperliquid names only what is open: an instrument left out of a whole answer is flat.
    """
    what = "positions"
    state = record(raw, what)
    record(state.get("marginSummary"), what)  # a whole answer has it
    found: dict[str, Record] = {}
    for row in _held(state, what):
        name = text(row, "coin", what)
        if name in found:
            raise SnapshotError(f"{what}: {name} came twice")
        found[name] = row
    return {
        listed.instrument.key: _position(found.get(coin(listed)), listed)
        for listed in listing.values()
    }


def _position(row: Record | None, listed: Listed) -> Position:
    key = listed.instrument.key
    what = f"position of {key}"
    size = ZERO if row is None else number(row, "szi", what)
    if row is None or size == 0:
        return Position(instrument=key, size=ZERO)
    leverage = record(row.get("leverage"), what)
    if leverage.get("type") != CROSS:
        raise SnapshotError(
            f"{what}: it is in {leverage.get('type')} margin",
            hint="its margin is apart from what is reckoned with: set it to cross on Hyperliquid",
        )
    return Position(
        instrument=key,
        size=size,
        entry_price=positive(row, "entryPx", what),
        liquidation_price=optional(row, "liquidationPx", what),
        unrealised_profit=number(row, "unrealizedPnl", what),
    )


def marks(raw: object, listing: Listing) -> Mapping[InstrumentKey, Mark]:
    """
    Return mark, index and hourly funding of every listed instrument.

    A perpetual's id is its place in this list, and orders name nothing else: where the places have
    moved, no price is believed, and so nothing is sent.
    """
    what = "perpetuals"
    if not isinstance(raw, list) or len(raw) != SIDES:
        raise SnapshotError(f"{what}: expected a list of two")
    universe = rows(record(raw[0], what).get("universe"), what, empty_allowed=False)
    prices = rows(raw[1], what, empty_allowed=False)
    if len(universe) != len(prices):
        raise SnapshotError(f"{what}: {len(universe)} are listed, {len(prices)} are priced")
    return {
        listed.instrument.key: _mark(universe, prices, int(place), listed)
        for place, listed in listing.items()
    }


def _mark(universe: Sequence[Record], prices: Sequence[Record], place: int, listed: Listed) -> Mark:
    key = listed.instrument.key
    what = f"mark price of {key}"
    if place >= len(universe) or universe[place].get("name") != coin(listed):
        raise SnapshotError(
            f"{what}: number {place} is another perpetual now", hint="start counterpoise again"
        )
    row = prices[place]
    return Mark(
        instrument=key,
        mark_price=positive(row, "markPx", what),
        index_price=positive(row, "oraclePx", what),
        funding_rate=number(row, "funding", what),
        funding_next_at_ms=None,  # on the hour, every hour; the answer does not say
        at_ms=None,
    )


def book(raw: object, listed: Listed) -> BookTop:
    """Return the best bid and ask of one perpetual."""
    key = listed.instrument.key
    what = f"book of {key}"
    found = record(raw, what)
    if found.get("coin") != coin(listed):
        raise SnapshotError(f"{what}: it is that of {found.get('coin')}")
    levels = found.get("levels")
    if not isinstance(levels, list) or len(levels) != SIDES:
        raise SnapshotError(f"{what}: expected two sides")
    bids, asks = (rows(side, what, empty_allowed=False) for side in levels)
    bid, ask = positive(bids[0], "px", what), positive(asks[0], "px", what)
    if bid > ask:
        raise SnapshotError(f"{what}: bid {bid} is above ask {ask}")
    return BookTop(
        instrument=key,
        bid=bid,
        ask=ask,
        bid_size=not_negative(bids[0], "sz", what),
        ask_size=not_negative(asks[0], "sz", what),
    )
