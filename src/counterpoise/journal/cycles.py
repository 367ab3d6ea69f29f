"""Recorded cycles: those that ordered are kept for ever, the quiet ones for a while."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, bindparam, delete, false, func, insert, select

from counterpoise.journal.codec import decode_cycle, encode_cycle
from counterpoise.journal.schema import CYCLE
from counterpoise.ports import CycleRecord

PRUNED_AT_ONCE: Final = 64

_INSERT: Final = insert(CYCLE)
_BODY: Final = select(CYCLE.c.body).where(CYCLE.c.number == bindparam("number"))
_LAST: Final = select(func.coalesce(func.max(CYCLE.c.number), 0))
_OLD: Final = (
    select(CYCLE.c.number)
    .where(CYCLE.c.ordered == false(), CYCLE.c.at_ms < bindparam("before_ms"))
    .order_by(CYCLE.c.at_ms)
    .limit(PRUNED_AT_ONCE)
)
_PRUNE: Final = delete(CYCLE).where(CYCLE.c.number.in_(_OLD.scalar_subquery()))


def insert_cycle(connection: Connection, record: CycleRecord, *, ordered: bool) -> None:
    """Write a cycle."""
    row = {
        "number": record.number,
        "at_ms": record.at_ms,
        "ordered": ordered,
        "settings_digest": record.settings_digest,
        "body": encode_cycle(record),
    }
    connection.execute(_INSERT, row)


def cycle_with_number(connection: Connection, number: int) -> CycleRecord | None:
    """Return a recorded cycle."""
    body = connection.execute(_BODY, {"number": number}).scalar_one_or_none()
    return None if body is None else decode_cycle(body)


def last_cycle(connection: Connection) -> int:
    """Return the largest recorded number, zero where there is none."""
    found: int = connection.execute(_LAST).scalar_one()
    return found


def prune_cycles(connection: Connection, before_ms: int) -> int:
    """Remove some of the quiet cycles from before a time, and return how many."""
    return connection.execute(_PRUNE, {"before_ms": before_ms}).rowcount
