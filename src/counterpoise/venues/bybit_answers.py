"""What Bybit says of wallet, positions and prices, strictly read into our values. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from counterpoise.core.instrument import Asset, InstrumentKey, Kind
from counterpoise.core.snapshot import Backing, BookTop, Margin, Mark, Position
from counterpoise.core.units import ZERO
from counterpoise.errors import SnapshotError
from counterpoise.venues.dialect import Listed, Listing
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
from counterpoise.venues.two_sides import larger, sides_of

NANOSECONDS = 1_000_000  # a millisecond
ONE_WAY, HEDGED = frozenset({0}), frozenset({1, 2})  # position indexes: net; long and short
SIGNS: Mapping[str, int] = {"Buy": 1, "Sell": -1}
SIDE_OF_INDEX: Mapping[int, str] = {1: "Buy", 2: "Sell"}
VALUE_TOLERANCE = Decimal("0.01")  # a wrong contract size is wrong by far more


def result(raw: object, what: str) -> Record:
    """Return what is inside Bybit's envelope."""
    return record(record(raw, what).get("result"), what)


def listed_rows(raw: object, what: str, category: str | None = None) -> Sequence[Record]:
    """Return the rows of an answer, which must be of the category that was asked for."""
    found = result(raw, what)
    if category is not None and text(found, "category", what) != category:
        raise SnapshotError(f"{what}: asked for {category}, got {found['category']}")
    return rows(found.get("list"), what, empty_allowed=True)


def time_ms(raw: object) -> int:
    """Return the venue's clock, in milliseconds since 1970."""
    return whole(result(raw, "time"), "timeNano", "time") // NANOSECONDS


def account_row(raw: object, what: str) -> Record:
    """Return the one unified account of a wallet answer."""
    found = rows(result(raw, what).get("list"), what, empty_allowed=False)
    if len(found) != 1 or found[0].get("accountType") != "UNIFIED":
        raise SnapshotError(f"{what}: expected one unified account, got {len(found)}")
    return found[0]


def coins(account: Record, what: str) -> Mapping[Asset, Record]:
    """Return the coins that are listed, each once."""
    found: dict[Asset, Record] = {}
    for row in rows(account.get("coin"), what, empty_allowed=True):
        asset = Asset(text(row, "coin", what))
        if asset in found:
            raise SnapshotError(f"{what}: {asset} came twice")
        found[asset] = row
    return found


def backing(account: Record, what: str) -> Backing:
    """
    Return what the whole account backs positions with, in dollars.

    Raises SnapshotError in isolated margin, where Bybit leaves the sums empty: no wallet then
    backs positions as a whole.
    """
    if account.get("totalMarginBalance") == "":
        raise SnapshotError(f"{what}: no margin balance, as in isolated margin")
    return Backing(
        equity=number(account, "totalMarginBalance", what),
        maintenance=not_negative(account, "totalMaintenanceMargin", what),
    )


def margin(row: Record, source: str, whole_account: Backing) -> Margin:
    """Return one coin of the account; owed, it is negative."""
    what = f"{source} wallet"
    return Margin(
        source=source,
        asset=Asset(text(row, "coin", what)),
        equity=number(row, "equity", what),
        wallet=number(row, "walletBalance", what),
        maintenance=not_negative(row, "totalPositionMM", what),
        backing=whole_account,
    )


def positions(found: Iterable[Record], listing: Listing) -> Mapping[InstrumentKey, Position]:
    """
    Return the position of every listed instrument, from all pages of one list.

    Bybit names only symbols that have one: a symbol left out of a well-formed list is flat. In
    hedge mode there is a row for long and one for short.
    """
    by_id: dict[str, list[Record]] = {}
    for row in found:
        by_id.setdefault(text(row, "symbol", "positions"), []).append(row)
    return {
        listed.instrument.key: _position(by_id.get(market_id, []), listed)
        for market_id, listed in listing.items()
    }


def indexes(found: Iterable[Record], what: str) -> frozenset[int]:
    """Return the position indexes of one symbol: one-way or hedge mode, never both or twice."""
    seen = [whole(row, "positionIdx", what) for row in found]
    if len(set(seen)) != len(seen) or not (set(seen) <= ONE_WAY or set(seen) <= HEDGED):
        raise SnapshotError(f"{what}: position indexes were {seen}")
    return frozenset(seen)


def _position(found: list[Record], listed: Listed) -> Position:
    key = listed.instrument.key
    what = f"position of {key}"
    shown = indexes(found, what)
    sizes = [_size(row, listed, what) for row in found]
    held = [row for row, size in zip(found, sizes, strict=True) if size != 0]
    profits = [optional(row, "unrealisedPnl", what) or ZERO for row in held]
    only = held[0] if len(held) == 1 else None
    most = larger(found, sizes)
    return Position(
        instrument=key,
        size=sum(sizes, ZERO),
        entry_price=optional(only, "avgPrice", what) if only else None,
        liquidation_price=optional(most, "liqPrice", what) if most else None,
        unrealised_profit=sum(profits, ZERO),
        sides=sides_of(sizes) if shown and shown <= HEDGED else None,
    )


def _size(row: Record, listed: Listed, what: str) -> Decimal:
    """Return a row's signed size; Bybit's is absolute, and its side says which way."""
    size = not_negative(row, "size", what) * listed.size_per_amount
    if size == 0:
        return ZERO
    side = str(row.get("side"))
    expected = SIDE_OF_INDEX.get(whole(row, "positionIdx", what), side)
    if side not in SIGNS or side != expected:
        raise SnapshotError(f"{what}: {size} is neither long nor short", detail=side)
    _check_value(row, size, listed, what)
    return size * SIGNS[side]


def _check_value(row: Record, size: Decimal, listed: Listed, what: str) -> None:
    """Check a size against the value that Bybit states for it, at entry or at mark price."""
    stated = optional(row, "positionValue", what)
    prices = [p for name in ("avgPrice", "markPrice") if (p := optional(row, name, what))]
    if stated is None or not prices:
        return
    linear = listed.instrument.kind is Kind.LINEAR
    worths = [size * price if linear else size / price for price in prices]
    if all(abs(worth - stated) > VALUE_TOLERANCE * stated for worth in worths):
        raise SnapshotError(
            f"{what}: {size} is worth {worths[0]}, the venue says {stated}",
            hint="the contract size is not what it was: do not trade this instrument",
        )


def tickers(raw: object, listing: Listing, category: str) -> Mapping[str, Record]:
    """Return the ticker rows of the listed markets; each of them must be there, once."""
    found: dict[str, Record] = {}
    for row in listed_rows(raw, "tickers", category):
        market_id = text(row, "symbol", "tickers")
        if market_id in listing:
            if market_id in found:
                raise SnapshotError(f"tickers: {market_id} came twice")
            found[market_id] = row
    for market_id in listing:
        if market_id not in found:
            raise SnapshotError(f"tickers: {market_id} is missing")
    return found


def marks(raw: object, listing: Listing, category: str) -> Mapping[InstrumentKey, Mark]:
    """Return mark, index and funding of every listed instrument."""
    at_ms = whole(record(raw, "tickers"), "time", "tickers")
    return {
        listing[market_id].instrument.key: _mark(row, listing[market_id].instrument.key, at_ms)
        for market_id, row in tickers(raw, listing, category).items()
    }


def _mark(row: Record, key: InstrumentKey, at_ms: int) -> Mark:
    what = f"mark price of {key}"
    unsaid = row.get("fundingRate") in (None, "")
    next_at = optional(row, "nextFundingTime", what)
    return Mark(
        instrument=key,
        mark_price=positive(row, "markPrice", what),
        index_price=optional(row, "indexPrice", what),
        funding_rate=None if unsaid else number(row, "fundingRate", what),
        funding_next_at_ms=None if next_at is None else int(next_at),
        at_ms=at_ms,
    )


def books(raw: object, listing: Listing, category: str) -> Mapping[InstrumentKey, BookTop]:
    """Return the best bid and ask of every listed instrument."""
    return {
        listing[market_id].instrument.key: _book(row, listing[market_id])
        for market_id, row in tickers(raw, listing, category).items()
    }


def _book(row: Record, listed: Listed) -> BookTop:
    key = listed.instrument.key
    what = f"book top of {key}"
    bid, ask = positive(row, "bid1Price", what), positive(row, "ask1Price", what)
    if bid > ask:
        raise SnapshotError(f"{what}: bid {bid} is above ask {ask}")
    return BookTop(
        instrument=key,
        bid=bid,
        ask=ask,
        bid_size=not_negative(row, "bid1Size", what) * listed.size_per_amount,
        ask_size=not_negative(row, "ask1Size", what) * listed.size_per_amount,
    )
