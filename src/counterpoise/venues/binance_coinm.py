"""What COIN-M says otherwise than USD-M: each coin a margin account, each symbol a row. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from counterpoise.core.instrument import Asset, InstrumentKey
from counterpoise.core.snapshot import Margin, Position
from counterpoise.errors import SnapshotError
from counterpoise.venues import binance_answers as answers
from counterpoise.venues.dialect import Listing
from counterpoise.venues.shapes import record, rows, text


def margins(raw: object, source: str, settles: frozenset[Asset]) -> tuple[Margin, ...]:
    """
    Return the margin account of every coin that is listed; those in `settles` must be.

    Its equity is the margin balance, unrealised profit included, which belongs with mark prices: a
    short of all of it has no delta at any price.
    """
    what = f"{source} account"
    listed = rows(record(raw, what).get("assets"), what, empty_allowed=False)
    return answers.margins_of(listed, source, settles)


def positions(raw: object, listing: Listing) -> Mapping[InstrumentKey, Position]:
    """
    Return the position of every listed instrument.

    COIN-M names every symbol that trades, flat ones too: one that it leaves out is not known to be
    flat, and SnapshotError is raised. In hedge mode each symbol has rows for both sides.
    """
    shown = {text(row, "symbol", "positions") for row in rows(raw, "positions", empty_allowed=True)}
    missing = sorted(listing.keys() - shown)
    if missing:
        raise SnapshotError(
            f"positions: {missing[0]} is missing",
            hint="COIN-M leaves out what does not trade at present",
        )
    return answers.positions(raw, listing)
