"""What others did to positions, in and out of the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, select

from counterpoise.core.foreign import Change
from counterpoise.core.instrument import Asset, InstrumentKey
from counterpoise.core.orders import Cause
from counterpoise.journal.rows import Row
from counterpoise.journal.schema import CHANGE

_INSERT: Final = insert(CHANGE)
_SINCE: Final = select(CHANGE).where(CHANGE.c.at_ms >= bindparam("at_ms")).order_by(CHANGE.c.number)
_NAMES: Final = tuple(field.name for field in fields(Change))


def insert_changes(connection: Connection, changes: Sequence[Change]) -> None:
    """Write new changes, oldest first."""
    if changes:
        connection.execute(_INSERT, [_row(change) for change in changes])


def changes_since(connection: Connection, at_ms: int) -> tuple[Change, ...]:
    """Return the changes that happened at or after a time, by the venue's clock, oldest first."""
    rows = connection.execute(_SINCE, {"at_ms": at_ms}).mappings()
    return tuple(_change(row) for row in rows)


def _row(change: Change) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(change, name) for name in _NAMES}
    price = None if change.price is None else str(change.price)
    return row | {"cause": change.cause.value, "size": str(change.size), "price": price}


def _change(row: Row) -> Change:
    return Change(
        asset=Asset(row["asset"]),
        instrument=InstrumentKey(row["instrument"]),
        cause=Cause(row["cause"]),
        size=Decimal(row["size"]),
        price=None if row["price"] is None else Decimal(row["price"]),
        trade_id=row["trade_id"],
        venue_order_id=row["venue_order_id"],
        client_order_id=row["client_order_id"],
        at_ms=row["at_ms"],
        recorded_at_ms=row["recorded_at_ms"],
    )
