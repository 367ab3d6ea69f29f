"""
What WEEX says of balances, margin, positions and prices, strictly read into our values. Pure.

Sizes are base units everywhere: the contract size that WEEX states is the step of an amount, and
multiplying by it would make a bitcoin ten thousand times too small. Answers have no envelope.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from counterpoise.core.instrument import Asset, InstrumentKey
from counterpoise.core.snapshot import Balance, BookTop, Margin, Mark, Position
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

PLAY_MONEY = Asset("SUSDT")  # what the simulated account's margin is called
SIGNS: Mapping[str, int] = {"LONG": 1, "SHORT": -1}
CROSS, COMBINED = "CROSSED", "COMBINED"

Called = Callable[[Listed], str]


def time_ms(raw: object) -> int:
    """Return the venue's clock, in milliseconds since 1970."""
    return whole(record(raw, "time"), "serverTime", "time")


def balances(raw: object, source: str) -> tuple[Balance, ...]:
    """
    Return every asset of the spot account that WEEX lists, each once: free and locked together.

    An account without anything is an empty list beside the account's number; an answer without
    that is none.
    """
    what = f"{source} balances"
    account = record(raw, what)
    text(account, "uid", what)
    found: dict[Asset, Balance] = {}
    for row in rows(account.get("balances"), what, empty_allowed=True):
        asset = Asset(text(row, "asset", what))
        held = not_negative(row, "free", what) + not_negative(row, "locked", what)
        if asset in found:
            raise SnapshotError(f"{what}: {asset} came twice")
        found[asset] = Balance(source=source, asset=asset, quantity=held)
    return tuple(found.values())


def margins(
    raw: object, positions_: object, source: str, wanted: frozenset[Asset]
) -> tuple[Margin, ...]:
    """
    Return the margin accounts, each asset once; all of `wanted`, or play money in their place.

    `balance` is taken for the margin balance: version 2 called the same number `equity`. WEEX tells
    no maintenance margin; the initial margin of the positions, which is more, stands in for it.
    """
    what = f"{source} margin"
    tied = _tied(rows(positions_, what, empty_allowed=True), what)
    found: dict[Asset, Margin] = {}
    for row in rows(raw, what, empty_allowed=True):
        asset = Asset(text(row, "asset", what))
        if asset in found:
            raise SnapshotError(f"{what}: {asset} came twice")
        equity = number(row, "balance", what)
        found[asset] = Margin(
            source=source,
            asset=asset,
            equity=equity,
            wallet=equity - number(row, "unrealizePnl", what),
            maintenance=tied.get(asset, ZERO),
        )
    if PLAY_MONEY not in found:
        for asset in sorted(wanted - found.keys()):
            raise SnapshotError(f"{what}: {asset} is missing")
    return tuple(found.values())


def _tied(held: Sequence[Record], what: str) -> Mapping[Asset, Decimal]:
    found: dict[Asset, Decimal] = {}
    for row in held:
        asset = Asset(text(row, "asset", what))
        found[asset] = found.get(asset, ZERO) + not_negative(row, "marginSize", what)
    return found


def positions(called: Called) -> Callable[[object, Listing], Mapping[InstrumentKey, Position]]:
    """Return the reading of positions, of perpetuals that are `called` so."""

    def reading(raw: object, listing: Listing) -> Mapping[InstrumentKey, Position]:
        """Return the position of every listed instrument; one that WEEX leaves out is flat."""
        names = {called(listed): name for name, listed in listing.items()}
        found: dict[str, list[Record]] = {}
        ids: set[str] = set()
        for row in rows(raw, "positions", empty_allowed=True):
            position_id, symbol = text(row, "id", "positions"), text(row, "symbol", "positions")
            if position_id in ids:
                raise SnapshotError(f"positions: {position_id} came twice")
            ids.add(position_id)
            if symbol in names:
                found.setdefault(names[symbol], []).append(row)
            elif symbol in listing:
                raise SnapshotError(f"positions: {symbol} is of another account")
        return {
            listed.instrument.key: _position(found.get(name, []), listed)
            for name, listed in listing.items()
        }

    return reading


def _position(found: Sequence[Record], listed: Listed) -> Position:
    what = f"position of {listed.instrument.key}"
    sizes = [_size(row, what) * listed.size_per_amount for row in found]
    held = [row for row, size in zip(found, sizes, strict=True) if size]
    if len({row["side"] for row in held}) != len(held):
        raise SnapshotError(f"{what}: one side of it came twice")
    only = held[0] if len(held) == 1 else None
    most = larger(found, sizes)
    profits = [number(row, "unrealizePnl", what) for row in held]
    return Position(
        instrument=listed.instrument.key,
        size=sum(sizes, ZERO),
        entry_price=_entry_price(only, what) if only else None,
        liquidation_price=optional(most, "liquidatePrice", what) if most else None,
        unrealised_profit=sum(profits, ZERO),
        sides=sides_of(sizes) if found else None,
    )


def _entry_price(row: Record, what: str) -> Decimal:
    return positive(row, "openValue", what) / positive(row, "size", what)


def _size(row: Record, what: str) -> Decimal:
    size, side = not_negative(row, "size", what), text(row, "side", what)
    if side not in SIGNS:
        raise SnapshotError(f"{what}: neither long nor short", detail=side)
    if size and text(row, "marginType", what) != CROSS:
        raise SnapshotError(
            f"{what}: it is in isolated margin, which is not traded in here",
            hint="close it by hand, then set the perpetual to Cross on WEEX's order form",
        )
    if size and text(row, "separatedMode", what) != COMBINED:
        raise SnapshotError(
            f"{what}: each of its orders is a position of its own, which none of ours could close",
            hint="close it by hand, then set the perpetual to combined positions on WEEX",
        )
    return size * SIGNS[side]


def marks(raw: object, listing: Listing) -> Mapping[InstrumentKey, Mark]:
    """Return mark price, index and the coming funding of every listed instrument."""
    found = _by_symbol(raw, listing, "mark prices")
    return {
        listed.instrument.key: _mark(found[name], listed.instrument.key)
        for name, listed in listing.items()
    }


def _mark(row: Record, key: InstrumentKey) -> Mark:
    what = f"mark price of {key}"
    rate = row.get("forecastFundingRate")  # `lastFundingRate` is that of the last settlement
    next_at = optional(row, "nextFundingTime", what)
    return Mark(
        instrument=key,
        mark_price=positive(row, "markPrice", what),
        index_price=optional(row, "indexPrice", what),
        funding_rate=None if rate in (None, "") else number(row, "forecastFundingRate", what),
        funding_next_at_ms=None if next_at is None else int(next_at),
        at_ms=whole(row, "time", what),
    )


def books(raw: object, listing: Listing) -> Mapping[InstrumentKey, BookTop]:
    """Return the best bid and ask of every listed instrument."""
    found = _by_symbol(raw, listing, "books")
    return {
        listed.instrument.key: _book(found[name], listed.instrument.key)
        for name, listed in listing.items()
    }


def _book(row: Record, key: InstrumentKey) -> BookTop:
    what = f"book of {key}"
    bid, ask = positive(row, "bidPrice", what), positive(row, "askPrice", what)
    if bid > ask:
        raise SnapshotError(f"{what}: bid {bid} is above ask {ask}")
    return BookTop(
        instrument=key,
        bid=bid,
        ask=ask,
        bid_size=not_negative(row, "bidQty", what),
        ask_size=not_negative(row, "askQty", what),
    )


def _by_symbol(raw: object, listing: Listing, what: str) -> Mapping[str, Record]:
    """Return the rows by symbol, each once and none of the listed ones left out."""
    found: dict[str, Record] = {}
    several = [raw] if isinstance(raw, dict) else raw
    for row in rows(several, what, empty_allowed=False):
        name = text(row, "symbol", what)
        if name in found:
            raise SnapshotError(f"{what}: {name} came twice")
        found[name] = row
    missing = sorted(listing.keys() - found.keys())
    if missing:
        raise SnapshotError(f"{what}: {missing[0]} is missing")
    return found
