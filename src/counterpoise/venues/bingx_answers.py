"""
What BingX says of balances, margin, positions and prices, strictly read into our values. Pure.

Nearly every answer stands in an envelope whose `code` is zero where all went well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from counterpoise.core.instrument import Asset, InstrumentKey
from counterpoise.core.snapshot import Balance, BookTop, Margin, Mark, Position
from counterpoise.core.units import ZERO
from counterpoise.errors import SnapshotError
from counterpoise.venues.dialect import Listed, Listing
from counterpoise.venues.shapes import (
    Record,
    flag,
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

WORTH_TOLERANCE = Decimal("0.01")  # a wrong unit is wrong by far more
PLAY_MONEY = Asset("VST")  # what the simulated account's margin is called


def data(raw: object, what: str) -> object:
    """Return what stands in the envelope. Raises SnapshotError unless it says success."""
    envelope = record(raw, what)
    if str(envelope.get("code")) != "0" or "data" not in envelope:
        raise SnapshotError(f"{what}: the answer is no success", detail=seen(dict(envelope)))
    return envelope["data"]


def time_ms(raw: object) -> int:
    """Return the venue's clock, in milliseconds since 1970."""
    return whole(record(data(raw, "time"), "time"), "serverTime", "time")


def balances(raw: object, source: str) -> tuple[Balance, ...]:
    """
    Return every asset that the spot account lists, each once: free and locked together.

    It lists what it ever held, so that a fresh account's list may be empty.
    """
    what = f"{source} balances"
    found: dict[Asset, Balance] = {}
    answer = record(data(raw, what), what)
    for row in rows(answer.get("balances"), what, empty_allowed=True):
        asset = Asset(text(row, "asset", what))
        held = not_negative(row, "free", what) + not_negative(row, "locked", what)
        if asset in found:
            raise SnapshotError(f"{what}: {asset} came twice")
        found[asset] = Balance(source=source, asset=asset, quantity=held)
    return tuple(found.values())


def margins(
    assets: object, positions_: object, source: str, needed: frozenset[Asset]
) -> tuple[Margin, ...]:
    """
    Return the margin account of every asset that is listed; those in `needed` must be.

    ccxt's total is available plus used margin, which leaves out what orders froze and what is
    unrealised: `equity` is read. Maintenance margin is not said; the risk rate of a cross position
    is maintenance margin over equity of its whole account.
    """
    what = f"{source} margin"
    ratios = _risk_rates(positions_, what)
    found: dict[Asset, Margin] = {}
    for row in rows(data(assets, what), what, empty_allowed=not needed):
        asset = Asset(text(row, "asset", what))
        if asset in found:
            raise SnapshotError(f"{what}: {asset} came twice")
        found[asset] = _margin(row, source, asset, ratios)
    if PLAY_MONEY not in found:
        for asset in sorted(needed - found.keys()):
            raise SnapshotError(f"{what}: {asset} is missing")
    return tuple(found.values())


def _margin(row: Record, source: str, asset: Asset, ratios: Mapping[str, Decimal | None]) -> Margin:
    what = f"{source} margin of {asset}"
    equity = number(row, "equity", what)
    ratio = ratios.get(asset, ZERO)
    # initial margin is never less than maintenance margin: where no rate tells, it counts
    maintenance = (
        not_negative(row, "usedMargin", what) if ratio is None else max(equity, ZERO) * ratio
    )
    return Margin(
        source=source,
        asset=asset,
        equity=equity,
        wallet=number(row, "balance", what),
        maintenance=maintenance,
    )


def _risk_rates(raw: object, what: str) -> Mapping[str, Decimal | None]:
    """Return maintenance margin over equity by margin asset; None where a position hides it."""
    found: dict[str, Decimal | None] = {}
    for row in rows(data(raw, what), what, empty_allowed=True):
        base, _, quote = text(row, "symbol", what).partition("-")
        asset = base if quote == "USD" else text({"currency": quote, **row}, "currency", what)
        rate, before = optional(row, "riskRate", what), found.get(asset, ZERO)
        told = rate is not None and before is not None and not flag(row, "isolated", what)
        found[asset] = max(rate, before) if told and rate and before is not None else None
    return found


def positions(raw: object, listing: Listing) -> Mapping[InstrumentKey, Position]:
    """
    Return the position of every listed instrument; one that BingX leaves out is flat.

    In hedge mode there is a row for the long and one for the short side.
    """
    found: dict[str, list[Record]] = {}
    ids: set[str] = set()
    for row in rows(data(raw, "positions"), "positions", empty_allowed=True):
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


def _position(found: Sequence[Record], listed: Listed) -> Position:
    what = f"position of {listed.instrument.key}"
    sizes = [_size(row, listed, what) for row in found]
    held = [row for row, size in zip(found, sizes, strict=True) if size]
    sides = [text(row, "positionSide", what).upper() for row in held]
    if len(set(sides)) != len(sides) or ("BOTH" in sides and len(sides) > 1):
        raise SnapshotError(f"{what}: its sides were {', '.join(sides)}")
    only = held[0] if len(held) == 1 else None
    most = larger(found, sizes)
    profits = [optional(row, "unrealizedProfit", what) or ZERO for row in held]
    return Position(
        instrument=listed.instrument.key,
        size=sum(sizes, ZERO),
        entry_price=optional(only, "avgPrice", what) if only else None,
        liquidation_price=optional(most, "liquidationPrice", what) if most else None,
        unrealised_profit=sum(profits, ZERO),
        sides=sides_of(sizes) if sides and "BOTH" not in sides else None,
    )


def _size(row: Record, listed: Listed, what: str) -> Decimal:
    """Return a row's signed size: a short one may come negative or not, `both` by its sign."""
    amount = number(row, "positionAmt", what)
    side = text(row, "positionSide", what).upper()
    if side not in ("LONG", "SHORT", "BOTH") or (side == "LONG" and amount < 0):
        raise SnapshotError(f"{what}: {amount} on the side {side}")
    size = (-abs(amount) if side == "SHORT" else amount) * listed.size_per_amount
    worth, mark = optional(row, "positionValue", what), optional(row, "markPrice", what)
    if size and worth is not None and mark is not None:
        differs(abs(size) * mark, abs(worth), what)
    return size


def differs(ours: Decimal, theirs: Decimal, what: str) -> None:
    """Raise SnapshotError where a worth is not what the venue says: the unit is another."""
    if abs(ours - theirs) > WORTH_TOLERANCE * abs(theirs):
        raise SnapshotError(
            f"{what}: worth {ours} as counted here, the venue says {theirs}",
            hint="the contract size is not what it was: do not trade this instrument",
        )


def marks(raw: object, listing: Listing) -> Mapping[InstrumentKey, Mark]:
    """Return mark, index and funding of every listed instrument; each must be there, once."""
    answer = data(raw, "mark prices")
    found: dict[str, Record] = {}
    single = [answer] if isinstance(answer, dict) else answer
    for row in rows(single, "mark prices", empty_allowed=False):
        market_id = text(row, "symbol", "mark prices")
        if market_id in listing and market_id in found:
            raise SnapshotError(f"mark prices: {market_id} came twice")
        found[market_id] = row
    for market_id in sorted(listing.keys() - found.keys()):
        raise SnapshotError(f"mark prices: {market_id} is missing")
    return {
        listed.instrument.key: _mark(found[market_id], listed.instrument.key)
        for market_id, listed in listing.items()
    }


def _mark(row: Record, key: InstrumentKey) -> Mark:
    what = f"mark price of {key}"
    next_at, at = optional(row, "nextFundingTime", what), optional(row, "updateTime", what)
    rate = row.get("lastFundingRate")
    return Mark(
        instrument=key,
        mark_price=positive(row, "markPrice", what),
        index_price=optional(row, "indexPrice", what),
        funding_rate=None if rate in (None, "") else number(row, "lastFundingRate", what),
        funding_next_at_ms=None if next_at is None else int(next_at),
        at_ms=None if at is None else int(at),
    )


def top(raw: object, listed: Listed) -> BookTop:
    """Return the best bid and ask of one linear contract."""
    what = f"book top of {listed.instrument.key}"
    row = record(record(data(raw, what), what).get("book_ticker"), what)
    if text(row, "symbol", what) != listed.market_id:
        raise SnapshotError(f"{what}: it is of {row['symbol']}")
    bid = positive(row, "bid_price", what), not_negative(row, "bid_qty", what)
    ask = positive(row, "ask_price", what), not_negative(row, "ask_qty", what)
    return _book(bid, ask, listed)


def depth(raw: object, listed: Listed) -> BookTop:
    """Return the best bid and ask out of a book; asks begin with the highest, bids as well."""
    what = f"book of {listed.instrument.key}"
    book = record(data(raw, what), what)
    return _book(max(_levels(book.get("bids"), what)), min(_levels(book.get("asks"), what)), listed)


def _levels(found: object, what: str) -> list[tuple[Decimal, Decimal]]:
    if not isinstance(found, list) or not found or not all(isinstance(one, list) for one in found):
        raise SnapshotError(f"{what}: one side of it is empty", detail=seen(found))
    named: list[Record] = [dict(zip(("price", "amount"), one, strict=False)) for one in found]
    return [(positive(one, "price", what), not_negative(one, "amount", what)) for one in named]


def _book(bid: tuple[Decimal, Decimal], ask: tuple[Decimal, Decimal], listed: Listed) -> BookTop:
    if bid[0] > ask[0]:
        raise SnapshotError(f"book of {listed.instrument.key}: bid {bid[0]} is above ask {ask[0]}")
    return BookTop(
        instrument=listed.instrument.key,
        bid=bid[0],
        ask=ask[0],
        bid_size=bid[1] * listed.size_per_amount,
        ask_size=ask[1] * listed.size_per_amount,
    )
