"""What Binance says of balances, positions and prices, strictly read into our values. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache

from counterpoise.core.instrument import Asset, InstrumentKey, Kind
from counterpoise.core.snapshot import Backing, Balance, BookTop, Margin, Mark, Position
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

# margin balance, wallet balance and maintenance margin: of the account, and of one asset
TOTALS = ("totalMarginBalance", "totalWalletBalance", "totalMaintMargin")
OWN = ("marginBalance", "walletBalance", "maintMargin")
BOTH = "BOTH"
SIGNS: Mapping[str, int] = {BOTH: 0, "LONG": 1, "SHORT": -1}  # which a side's amount never lacks
NOTIONAL_TOLERANCE = Decimal("0.01")  # a wrong contract size is wrong by far more
USDT = Asset("USDT")
EMPTY = "0.00000000"  # as most of the hundreds of assets of every spot account are written


def time_ms(raw: object) -> int:
    """Return the venue's clock, in milliseconds since 1970."""
    return whole(record(raw, "time"), "serverTime", "time")


def balances(raw: object, source: str) -> tuple[Balance, ...]:
    """Return every asset of a spot account, each listed once: free and locked together."""
    what = f"{source} balances"
    account = record(raw, what)
    listed = rows(account.get("balances"), what, empty_allowed=False)
    changed = optional(account, "updateTime", what)
    changed_at_ms = None if changed is None else int(changed)
    found: dict[Asset, Balance] = {}
    for row in listed:
        balance = _balance(row, source, what, changed_at_ms)
        if balance.asset in found:
            raise SnapshotError(f"{what}: {balance.asset} came twice")
        found[balance.asset] = balance
    return tuple(found.values())


def _balance(row: Record, source: str, what: str, changed_at_ms: int | None) -> Balance:
    asset = text(row, "asset", what)
    if row.get("free") == EMPTY and row.get("locked") == EMPTY:
        return _empty(source, asset)
    held = not_negative(row, "free", what) + not_negative(row, "locked", what)
    return Balance(source=source, asset=Asset(asset), quantity=held, changed_at_ms=changed_at_ms)


@lru_cache(maxsize=4096)
def _empty(source: str, asset: str) -> Balance:
    return Balance(source=source, asset=Asset(asset), quantity=ZERO)


def margins(raw: object, source: str, settles: frozenset[Asset]) -> tuple[Margin, ...]:
    """
    Return the margin account behind each of `settles`.

    Binance's totals are those of USDT, or of all collateral in USD in multi-asset mode; any other
    settle currency has a row of its own.
    """
    what = f"{source} account"
    account = record(raw, what)
    return tuple(_margin(account, source, asset) for asset in sorted(settles))


def _margin(account: Record, source: str, asset: Asset) -> Margin:
    what = f"{source} account"
    if asset == USDT:
        return _margin_from(account, source, asset, TOTALS)
    row = _row_of(rows(account.get("assets"), what, empty_allowed=False), asset, what)
    return _margin_from(row, source, asset, OWN)


def _margin_from(
    row: Record, source: str, asset: Asset, fields: tuple[str, str, str], **more: Backing
) -> Margin:
    what = f"{source} account"
    equity, wallet, maintenance = (number(row, field, what) for field in fields)
    if maintenance < 0:
        raise SnapshotError(f"{what}: maintenance margin of {asset} is negative")
    return Margin(
        source=source, asset=asset, equity=equity, wallet=wallet, maintenance=maintenance, **more
    )


def _row_of(listed: Iterable[Record], asset: Asset, what: str) -> Record:
    for row in listed:
        if row.get("asset") == asset:
            return row
    raise SnapshotError(f"{what}: {asset} is missing")


def pooled(raw: object, source: str, settles: frozenset[Asset]) -> tuple[Margin, ...]:
    """
    Return the margin account of every asset in a wallet that is margin as a whole.

    That is the USD-M wallet in multi-assets mode: its totals are then of all collateral, in USD.
    """
    what = f"{source} account"
    account = record(raw, what)
    equity, _, maintenance = (number(account, field, what) for field in TOTALS)
    if maintenance < 0:
        raise SnapshotError(f"{what}: maintenance margin is negative")
    listed = rows(account.get("assets"), what, empty_allowed=False)
    backing = Backing(equity=equity, maintenance=maintenance)
    needed = settles & {USDT}  # what else was asked for may be nothing, and left out
    return margins_of(listed, source, needed, backing=backing)


def margins_of(
    listed: Iterable[Record], source: str, needed: frozenset[Asset], **more: Backing
) -> tuple[Margin, ...]:
    """Return the margin account of every asset in a list; those in `needed` must be there."""
    what = f"{source} account"
    found: dict[Asset, Margin] = {}
    for row in listed:
        asset = Asset(text(row, "asset", what))
        if asset in found:
            raise SnapshotError(f"{what}: {asset} came twice")
        found[asset] = _margin_from(row, source, asset, OWN, **more)
    for asset in sorted(needed - found.keys()):
        raise SnapshotError(f"{what}: {asset} is missing")
    return tuple(found.values())


def positions(raw: object, listing: Listing) -> Mapping[InstrumentKey, Position]:
    """
    Return the position of every listed instrument.

    USD-M names only symbols that have one: a symbol left out of a well-formed list is flat. In
    hedge mode there is a row for long and one for short.
    """
    found: dict[str, list[Record]] = {}
    for row in rows(raw, "positions", empty_allowed=True):
        market_id = text(row, "symbol", "positions")
        if market_id in listing:
            found.setdefault(market_id, []).append(row)
    return {
        listed.instrument.key: _position(found.get(market_id, []), listed)
        for market_id, listed in listing.items()
    }


def _position(found: list[Record], listed: Listed) -> Position:
    key = listed.instrument.key
    what = f"position of {key}"
    # in one-way mode the sign says it all: a row alone may leave its side out
    sides = [str(row.get("positionSide") or BOTH) for row in found]
    sizes = [_size(row, listed, what) for row in found]
    _check_sides(sides, sizes, what)
    held = [row for row, size in zip(found, sizes, strict=True) if size != 0]
    profits = [optional(row, "unRealizedProfit", what) or ZERO for row in held]
    only = held[0] if len(held) == 1 else None
    most = larger(found, sizes)
    return Position(
        instrument=key,
        size=sum(sizes, ZERO),
        entry_price=optional(only, "entryPrice", what) if only else None,
        liquidation_price=optional(most, "liquidationPrice", what) if most else None,
        unrealised_profit=sum(profits, ZERO),
        sides=sides_of(sizes) if {"LONG", "SHORT"} & set(sides) else None,
    )


def _check_sides(sides: Sequence[str], sizes: Sequence[Decimal], what: str) -> None:
    """
    Raise SnapshotError for sides that cannot be, or that contradict their amounts.

    COIN-M shows the row of one-way mode in hedge mode too, and then it is flat.
    """
    shown = dict(zip(sides, sizes, strict=True))
    if len(shown) != len(sides) or not shown.keys() <= SIGNS.keys():
        raise SnapshotError(f"{what}: position sides were {', '.join(sides)}")
    if any(size * SIGNS[side] < 0 for side, size in shown.items()):
        raise SnapshotError(f"{what}: a short side is positive, or a long one negative")
    if len(shown) > 1 and shown.get(BOTH):
        raise SnapshotError(f"{what}: it is one-way and has sides at once")


def _size(row: Record, listed: Listed, what: str) -> Decimal:
    """Return a row's signed size, once it agrees with the value that the venue states for it."""
    amount = number(row, "positionAmt", what)
    inverse = listed.instrument.kind is Kind.INVERSE
    notional = optional(row, "notionalValue" if inverse else "notional", what)
    mark = optional(row, "markPrice", what)
    size = amount * listed.size_per_amount
    if amount != 0 and notional is not None and mark is not None:
        worth = abs(size) / mark if inverse else abs(size) * mark
        if abs(worth - abs(notional)) > NOTIONAL_TOLERANCE * abs(notional):
            raise SnapshotError(
                f"{what}: {size} at {mark} is worth {worth}, the venue says {notional}",
                hint="the contract size is not what it was: do not trade this instrument",
            )
    return size


def _chosen(raw: object, listing: Listing, what: str) -> Mapping[str, Record]:
    """Return the rows of the listed markets; each of them must be there, once."""
    found: dict[str, Record] = {}
    answer = [raw] if isinstance(raw, dict) else raw
    for row in rows(answer, what, empty_allowed=False):
        market_id = text(row, "symbol", what)
        if market_id in listing:
            if market_id in found:
                raise SnapshotError(f"{what}: {market_id} came twice")
            found[market_id] = row
    for market_id in listing:
        if market_id not in found:
            raise SnapshotError(f"{what}: {market_id} is missing")
    return found


def marks(raw: object, listing: Listing) -> Mapping[InstrumentKey, Mark]:
    """Return mark, index and funding of every listed instrument."""
    chosen = _chosen(raw, listing, "mark prices")
    return {
        listed.instrument.key: _mark(chosen[market_id], listed.instrument.key)
        for market_id, listed in listing.items()
    }


def _mark(row: Record, key: InstrumentKey) -> Mark:
    what = f"mark price of {key}"
    rate = row.get("lastFundingRate")
    next_at = optional(row, "nextFundingTime", what)
    at = optional(row, "time", what)
    return Mark(
        instrument=key,
        mark_price=positive(row, "markPrice", what),
        index_price=optional(row, "indexPrice", what),
        funding_rate=None if rate in (None, "") else number(row, "lastFundingRate", what),
        funding_next_at_ms=None if next_at is None else int(next_at),
        at_ms=None if at is None else int(at),
    )


def books(raw: object, listing: Listing) -> Mapping[InstrumentKey, BookTop]:
    """Return the best bid and ask of every listed instrument."""
    chosen = _chosen(raw, listing, "book tops")
    return {
        listed.instrument.key: _book(chosen[market_id], listed)
        for market_id, listed in listing.items()
    }


def _book(row: Record, listed: Listed) -> BookTop:
    key = listed.instrument.key
    what = f"book top of {key}"
    bid, ask = positive(row, "bidPrice", what), positive(row, "askPrice", what)
    if bid > ask:
        raise SnapshotError(f"{what}: bid {bid} is above ask {ask}")
    return BookTop(
        instrument=key,
        bid=bid,
        ask=ask,
        bid_size=not_negative(row, "bidQty", what) * listed.size_per_amount,
        ask_size=not_negative(row, "askQty", what) * listed.size_per_amount,
    )
