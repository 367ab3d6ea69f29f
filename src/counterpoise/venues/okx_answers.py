"""What OKX says of wallet, positions and prices, strictly read into our values. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from counterpoise.core.instrument import Asset, InstrumentKey, Kind
from counterpoise.core.snapshot import Backing, Balance, BookTop, Margin, Mark, Position
from counterpoise.core.units import ONE, ZERO
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

NET, CROSS = "net", "cross"
SIGNS: Mapping[str, int] = {NET: 1, "long": 1, "short": -1}  # in the net mode the sign is in `pos`
# of a value in dollars, of which a USDT is not quite one; a wrong contract size is further off
VALUE_TOLERANCE = Decimal("0.05")
SUM_TOLERANCE, SUM_DUST = Decimal("0.001"), ONE  # of what the coins are worth together, in dollars


def body(raw: object, what: str) -> object:
    """Return what is inside OKX's envelope. Raises SnapshotError for one that is no success."""
    envelope = record(raw, what)
    if str(envelope.get("code")) != "0":
        raise SnapshotError(f"{what}: answered with code {envelope.get('code')}")
    return envelope.get("data")


def data(raw: object, what: str) -> Sequence[Record]:
    """Return the rows inside OKX's envelope. Raises SnapshotError for one that is no success."""
    return rows(body(raw, what), what, empty_allowed=True)


def only(raw: object, what: str) -> Record:
    """Return the one row of an answer that must have one."""
    found = data(raw, what)
    if len(found) != 1:
        raise SnapshotError(f"{what}: expected one row, got {len(found)}")
    return found[0]


def time_ms(raw: object) -> int:
    """Return the venue's clock, in milliseconds since 1970."""
    return whole(only(raw, "time"), "ts", "time")


def margins(raw: object, source: str, _settles: frozenset[Asset]) -> tuple[Margin, ...]:
    """
    Return every coin of the one wallet, with what the whole account backs positions with.

    OKX leaves out coins that are zero, so that one left out by mistake would look as if it were
    sold: what is listed must be worth what the account is said to be worth.
    """
    what = f"{source} wallet"
    wallet = only(raw, what)
    coins = _by_asset(rows(wallet.get("details"), what, empty_allowed=True), what)
    _check_whole(wallet, coins.values(), what)
    backed = _backing(wallet, what)
    return tuple(_margin(asset, row, source, backed) for asset, row in coins.items())


def _by_asset(listed: Iterable[Record], what: str) -> Mapping[Asset, Record]:
    found: dict[Asset, Record] = {}
    for row in listed:
        asset = Asset(text(row, "ccy", what))
        if asset in found:
            raise SnapshotError(f"{what}: {asset} came twice")
        found[asset] = row
    return found


def _check_whole(wallet: Record, coins: Iterable[Record], what: str) -> None:
    """Raise SnapshotError unless the coins are worth together what the account is."""
    stated = number(wallet, "totalEq", what)
    # a coin that has no price there is worth nothing in the sum either
    found = [optional(row, "eqUsd", what) or ZERO for row in coins]
    missing = abs(sum(found, ZERO) - stated)
    if missing > SUM_DUST + SUM_TOLERANCE * sum(map(abs, found), abs(stated)):
        raise SnapshotError(f"{what}: the coins are worth {sum(found)}, the account {stated}")


def _backing(wallet: Record, what: str) -> Backing | None:
    """
    Return what the whole account backs positions with, in dollars.

    None in futures mode, where OKX leaves the sums empty: there each settle currency backs its own
    positions.
    """
    if wallet.get("adjEq") == "":
        return None
    return Backing(
        equity=number(wallet, "adjEq", what),
        maintenance=not_negative(wallet, "mmr", what),
    )


def _margin(asset: Asset, row: Record, source: str, backed: Backing | None) -> Margin:
    """Return one coin of the wallet; owed, it is negative."""
    what = f"{source} wallet"
    # with a backing the margin of a single coin means nothing, and OKX may leave it empty
    lax = backed is not None or row.get("mmr") == ""
    maintenance = optional(row, "mmr", what) if lax else not_negative(row, "mmr", what)
    return Margin(
        source=source,
        asset=asset,
        equity=number(row, "eq", what),
        wallet=number(row, "cashBal", what),
        maintenance=maintenance or ZERO,
        backing=backed,
    )


def funding(raw: object, source: str) -> tuple[Balance, ...]:
    """Return what lies in the funding wallet."""
    what = f"{source} balances"
    found = _by_asset(data(raw, what), what)
    return tuple(
        Balance(source=source, asset=asset, quantity=not_negative(row, "bal", what))
        for asset, row in found.items()
    )


def positions(raw: object, listing: Listing) -> Mapping[InstrumentKey, Position]:
    """
    Return the position of every listed instrument.

    OKX names only what is open: an instrument left out of a well-formed list is flat. In the long
    and short mode there is a row for each.
    """
    found: dict[str, list[Record]] = {}
    for row in data(raw, "positions"):
        found.setdefault(text(row, "instId", "positions"), []).append(row)
    return {
        listed.instrument.key: _position(found.get(market_id, []), listed)
        for market_id, listed in listing.items()
    }


def _position(found: list[Record], listed: Listed) -> Position:
    key = listed.instrument.key
    what = f"position of {key}"
    sides = [str(row.get("posSide")) for row in found]
    if (
        len(set(sides)) != len(sides)
        or not set(sides) <= SIGNS.keys()
        or (NET in sides and sides[1:])
    ):
        raise SnapshotError(f"{what}: position sides were {', '.join(sides)}")
    sizes = [_size(row, listed, what) for row in found]
    held = [row for row, size in zip(found, sizes, strict=True) if size != 0]
    profits = [number(row, "upl", what) for row in held]
    one = held[0] if len(held) == 1 else None
    most = larger(found, sizes)
    return Position(
        instrument=key,
        size=sum(sizes, ZERO),
        entry_price=optional(one, "avgPx", what) if one else None,
        liquidation_price=optional(most, "liqPx", what) if most else None,
        unrealised_profit=sum(profits, ZERO),
        sides=sides_of(sizes) if found and NET not in sides else None,
    )


def _size(row: Record, listed: Listed, what: str) -> Decimal:
    """Return a row's signed size, once it agrees with the value that OKX states for it."""
    side = str(row["posSide"])
    contracts = number(row, "pos", what) if side == NET else not_negative(row, "pos", what)
    size = contracts * listed.size_per_amount * SIGNS[side]
    if size == 0:
        return ZERO
    if row.get("mgnMode") != CROSS:
        raise SnapshotError(
            f"{what}: it is in {row.get('mgnMode')} margin",
            hint="counterpoise trades in cross margin, which would not close it: close it by hand",
        )
    _check_value(row, abs(size), listed, what)
    return size


def _check_value(row: Record, size: Decimal, listed: Listed, what: str) -> None:
    stated, mark = optional(row, "notionalUsd", what), optional(row, "markPx", what)
    if stated is None or mark is None:
        return
    worth = size * mark if listed.instrument.kind is Kind.LINEAR else size
    if abs(worth - abs(stated)) > VALUE_TOLERANCE * abs(stated):
        raise SnapshotError(
            f"{what}: {size} at {mark} is worth {worth}, the venue says {stated}",
            hint="the contract size is not what it was: do not trade this instrument",
        )


def chosen(
    found: Iterable[Record], names: Iterable[str], what: str, *, all_needed: bool = True
) -> Mapping[str, Record]:
    """Return the rows of the named instruments, each once, and each there if all are needed."""
    wanted, by_id = set(names), dict[str, Record]()
    for row in found:
        name = text(row, "instId", what)
        if name in by_id:
            raise SnapshotError(f"{what}: {name} came twice")
        if name in wanted:
            by_id[name] = row
    if all_needed and wanted - by_id.keys():
        raise SnapshotError(f"{what}: {min(wanted - by_id.keys())} is missing")
    return by_id


def index_name(listed: Listed) -> str:
    """Return the name of the index that a perpetual follows."""
    return text(listed.facts, "uly", listed.market_id)


def mark(row: Record, rate: Record | None, index: Record | None, listed: Listed) -> Mark:
    """Return mark, index and funding of one instrument; index and funding may be unknown."""
    key = listed.instrument.key
    what = f"mark price of {key}"
    stated = {} if rate is None or rate.get("fundingRate") in (None, "") else rate
    at = optional(row, "ts", what)
    next_at = optional(stated, "fundingTime", what)
    return Mark(
        instrument=key,
        mark_price=positive(row, "markPx", what),
        index_price=None if index is None else positive(index, "idxPx", what),
        funding_rate=number(stated, "fundingRate", what) if stated else None,
        funding_next_at_ms=None if next_at is None else int(next_at),
        at_ms=None if at is None else int(at),
    )


def books(raw: object, listing: Listing) -> Mapping[InstrumentKey, BookTop]:
    """Return the best bid and ask of every listed instrument; sizes come in contracts."""
    found = chosen(data(raw, "tickers"), listing, "tickers")
    return {
        listed.instrument.key: _book(found[market_id], listed)
        for market_id, listed in listing.items()
    }


def _book(row: Record, listed: Listed) -> BookTop:
    key = listed.instrument.key
    what = f"book top of {key}"
    bid, ask = positive(row, "bidPx", what), positive(row, "askPx", what)
    if bid > ask:
        raise SnapshotError(f"{what}: bid {bid} is above ask {ask}")
    return BookTop(
        instrument=key,
        bid=bid,
        ask=ask,
        bid_size=not_negative(row, "bidSz", what) * listed.size_per_amount,
        ask_size=not_negative(row, "askSz", what) * listed.size_per_amount,
    )
