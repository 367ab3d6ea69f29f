"""
What MEXC says of balances, margin, positions and prices, strictly read into our values. Pure.

Futures answers stand in an envelope whose `success` alone says that all went well: ccxt lets one
pass that says false with a code of zero. Spot answers are bare.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from counterpoise.core.instrument import Asset, InstrumentKey
from counterpoise.core.snapshot import Balance, BookTop, Margin, Mark, Position
from counterpoise.core.units import ZERO
from counterpoise.errors import SnapshotError
from counterpoise.venues.dialect import Listed, Listing
from counterpoise.venues.mexc_requests import CROSS
from counterpoise.venues.shapes import (
    Record,
    not_negative,
    number,
    optional,
    positive,
    record,
    rows,
    seen,
    text,
    whole,
)
from counterpoise.venues.two_sides import larger, sides_of

LONG, SHORT = 1, 2
HOLDING = 1  # 2: MEXC took it over to liquidate it; 3: closed
COIN_QUOTE = "USD"  # contracts in dollars are settled in their coin, all others in their quote
QUOTES = frozenset({"USDT", "USDC", "USD1", "USDE"})  # margin of linear contracts; others are coins


def data(raw: object, what: str) -> object:
    """Return what stands in the envelope. Raises SnapshotError unless it says success."""
    envelope = record(raw, what)
    if envelope.get("success") is not True or "data" not in envelope:
        raise SnapshotError(f"{what}: the answer is no success", detail=seen(dict(envelope)))
    return envelope["data"]


def data_rows(raw: object, what: str, *, empty_allowed: bool = True) -> Iterable[Record]:
    """Return the rows in the envelope."""
    return rows(data(raw, what), what, empty_allowed=empty_allowed)


def time_ms(raw: object) -> int:
    """Return the futures clock, in milliseconds since 1970."""
    return whole({"time": data(raw, "time")}, "time", "time")


def spot_time_ms(raw: object) -> int:
    """Return the spot clock, in milliseconds since 1970."""
    return whole(record(raw, "time"), "serverTime", "time")


def balances(raw: object, source: str) -> tuple[Balance, ...]:
    """
    Return every asset of the spot account that MEXC lists, each once: free and locked together.

    It lists only what is not zero. An account without anything is an empty list beside the
    account's other fields; an answer without those is none.
    """
    what = f"{source} balances"
    account = record(raw, what)
    text(account, "accountType", what)
    found: dict[Asset, Balance] = {}
    for row in rows(account.get("balances"), what, empty_allowed=True):
        asset = Asset(text(row, "asset", what))
        held = not_negative(row, "free", what) + not_negative(row, "locked", what)
        if asset in found:
            raise SnapshotError(f"{what}: {asset} came twice")
        found[asset] = Balance(source=source, asset=asset, quantity=held)
    return tuple(found.values())


def margins(
    assets: object, positions_: object, source: str, wanted: frozenset[Asset], *, coins: bool
) -> tuple[Margin, ...]:
    """
    Return the margin accounts of one side of the futures wallet: of its coins, or of the others.

    Every currency is an account of its own. `wanted` are on this side whatever their kind.
    """
    what = f"{source} margin"
    ratios = _margin_ratios(data_rows(positions_, what), what)
    found: dict[Asset, Margin] = {}
    for row in data_rows(assets, what, empty_allowed=False):
        asset = Asset(text(row, "currency", what))
        if asset in found:
            raise SnapshotError(f"{what}: {asset} came twice")
        if asset in wanted or (asset not in QUOTES) is coins:
            found[asset] = _margin(row, source, asset, ratios)
    missing = sorted(wanted - found.keys())
    if missing:
        raise SnapshotError(f"{what}: {missing[0]} is missing")
    return tuple(found.values())


def _margin(row: Record, source: str, asset: Asset, ratios: Mapping[str, Decimal | None]) -> Margin:
    what = f"{source} margin of {asset}"
    equity, unrealised = number(row, "equity", what), number(row, "unrealized", what)
    ratio = ratios.get(asset, ZERO)
    # initial margin is never less than maintenance margin: where the ratio is not said, it counts
    maintenance = (
        not_negative(row, "positionMargin", what) if ratio is None else max(equity, ZERO) * ratio
    )
    return Margin(
        source=source,
        asset=asset,
        equity=equity,
        wallet=equity - unrealised,
        maintenance=maintenance,
    )


def _margin_ratios(listed: Iterable[Record], what: str) -> Mapping[str, Decimal | None]:
    """Return maintenance margin over equity by settle currency, None where a row lacks it."""
    found: dict[str, Decimal | None] = {}
    for row in listed:
        base, _, quote = text(row, "symbol", what).partition("_")
        asset = base if quote == COIN_QUOTE else quote
        before = found.get(asset, ZERO)
        if row.get("marginRatio") is None or before is None:
            found[asset] = None
        else:
            found[asset] = max(before, not_negative(row, "marginRatio", what))
    return found


def positions(raw: object, listing: Listing) -> Mapping[InstrumentKey, Position]:
    """
    Return the position of every listed instrument; one that MEXC leaves out is flat.

    Contracts are never negative there: `positionType` says which way they go. In either
    mode a row is of one side; in hedge mode there may be both.
    """
    found: dict[str, list[Record]] = {}
    ids: set[str] = set()
    for row in data_rows(raw, "positions"):
        position_id = text(row, "positionId", "positions")
        if position_id in ids:
            raise SnapshotError(f"positions: {position_id} came twice")
        ids.add(position_id)
        market_id = text(row, "symbol", "positions")
        if market_id in listing:
            found.setdefault(market_id, []).append(row)
    return {
        listed.instrument.key: _position(found.get(market_id, []), listed)
        for market_id, listed in listing.items()
    }


def _position(found: list[Record], listed: Listed) -> Position:
    what = f"position of {listed.instrument.key}"
    sizes = [_size(row, listed, what) for row in found]
    held = [row for row, size in zip(found, sizes, strict=True) if size]
    if len({whole(row, "positionType", what) for row in held}) != len(held):
        raise SnapshotError(f"{what}: one side of it came twice")
    only = held[0] if len(held) == 1 else None
    most = larger(found, sizes)
    profits = [optional(row, "unRealizedPnl", what) for row in held]
    return Position(
        instrument=listed.instrument.key,
        size=sum(sizes, ZERO),
        entry_price=optional(only, "holdAvgPrice", what) if only else None,
        liquidation_price=optional(most, "liquidatePrice", what) if most else None,
        unrealised_profit=sum((one for one in profits if one), ZERO) if any(profits) else None,
        sides=sides_of(sizes),
    )


def _size(row: Record, listed: Listed, what: str) -> Decimal:
    contracts = not_negative(row, "holdVol", what)
    kind = whole(row, "positionType", what)
    if kind not in (LONG, SHORT):
        raise SnapshotError(f"{what}: neither long nor short", detail=str(kind))
    if not contracts:
        return ZERO
    if whole(row, "state", what) != HOLDING:
        raise SnapshotError(f"{what}: MEXC has taken it over, or it is being closed")
    if whole(row, "openType", what) != CROSS:
        raise SnapshotError(
            f"{what}: it is in isolated margin, which is not traded in here",
            hint="close it by hand, then set it to Cross on MEXC's order form",
        )
    size = contracts * listed.size_per_amount
    return size if kind == LONG else -size


def marks(raw: object, listing: Listing) -> Mapping[InstrumentKey, Mark]:
    """Return fair price, index and funding of every listed instrument, each there once."""
    answer = data(raw, "tickers")
    found: dict[str, Record] = {}
    several = [answer] if isinstance(answer, dict) else answer
    for row in rows(several, "tickers", empty_allowed=False):
        market_id = text(row, "symbol", "tickers")
        if market_id in found:
            raise SnapshotError(f"tickers: {market_id} came twice")
        found[market_id] = row
    missing = sorted(listing.keys() - found.keys())
    if missing:
        raise SnapshotError(f"tickers: {missing[0]} is missing")
    return {
        listed.instrument.key: _mark(found[market_id], listed.instrument.key)
        for market_id, listed in listing.items()
    }


def _mark(row: Record, key: InstrumentKey) -> Mark:
    what = f"ticker of {key}"
    rate = row.get("fundingRate")
    return Mark(
        instrument=key,
        mark_price=positive(row, "fairPrice", what),
        index_price=optional(row, "indexPrice", what),
        funding_rate=None if rate in (None, "") else number(row, "fundingRate", what),
        funding_next_at_ms=None,  # only said contract by contract
        at_ms=whole(row, "timestamp", what),
    )


def book(raw: object, listed: Listed) -> BookTop:
    """Return the best bid and ask of one contract, sizes from contracts."""
    key = listed.instrument.key
    what = f"book of {key}"
    levels = record(data(raw, what), what)
    bid, bid_size = _best(levels.get("bids"), what, "bid")
    ask, ask_size = _best(levels.get("asks"), what, "ask")
    if bid > ask:
        raise SnapshotError(f"{what}: bid {bid} is above ask {ask}")
    return BookTop(
        instrument=key,
        bid=bid,
        ask=ask,
        bid_size=bid_size * listed.size_per_amount,
        ask_size=ask_size * listed.size_per_amount,
    )


def _best(levels: object, what: str, side: str) -> tuple[Decimal, Decimal]:
    """Return price and contracts of the first level: [price, contracts, orders]."""
    if not isinstance(levels, list) or not levels or not isinstance(levels[0], list):
        raise SnapshotError(f"{what}: no {side}", detail=seen(levels))
    named: Record = dict(zip(("price", "contracts"), levels[0], strict=False))
    return positive(named, "price", what), not_negative(named, "contracts", what)
