"""Intents and their transitions, in and out of the tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, Select, bindparam, func, insert, select, text, update

from counterpoise.core.instrument import InstrumentKey
from counterpoise.core.orders import ClientOrderId, Intent, IntentState, Order
from counterpoise.errors import JournalError, LiveIntentExists
from counterpoise.journal.rows import Row, fact_row, intent_of, payload_row
from counterpoise.journal.schema import INTENT, LIVE, TRANSITION
from counterpoise.ports import Transition

_AFTER_ANY: Final = "{"  # the character after z: ids are a-z0-9

_INSERT: Final = insert(INTENT)
_UPDATE: Final = update(INTENT).where(INTENT.c.client_order_id == bindparam("id"))
_BY_ID: Final = select(INTENT).where(INTENT.c.client_order_id == bindparam("id"))
_BY_SEQUENCE: Final = select(INTENT).where(INTENT.c.sequence == bindparam("sequence"))
_BY_BEGINNING: Final = (
    select(INTENT)
    .where(
        INTENT.c.client_order_id >= bindparam("first"), INTENT.c.client_order_id < bindparam("end")
    )
    .limit(2)
)
# Not the bare column: SQLite would read all intents in its order to save sorting a few.
_OLDEST_FIRST: Final = INTENT.c.sequence + 0

ANY_LIVE: Final = str(select(text("1")).select_from(INTENT).where(LIVE))
_LIVE: Final = select(INTENT).where(LIVE).order_by(_OLDEST_FIRST)
_SINCE: Final = (
    select(INTENT).where(INTENT.c.sent_at_ms >= bindparam("at_ms")).order_by(_OLDEST_FIRST)
)
_NEWEST: Final = select(INTENT).order_by(INTENT.c.sequence.desc()).limit(bindparam("count"))
_SEQUENCE: Final = select(func.coalesce(func.max(INTENT.c.sequence), 0))
_TRANSITIONS: Final = (
    select(TRANSITION.c.state, TRANSITION.c.at_ms, TRANSITION.c.proof)
    .where(TRANSITION.c.client_order_id == bindparam("id"))
    .order_by(TRANSITION.c.number)
)


def insert_intents(connection: Connection, intents: Iterable[Intent]) -> list[Row]:
    """Write new intents and return their rows."""
    rows = [payload_row(intent) | fact_row(intent) for intent in intents]
    connection.execute(_INSERT, rows)
    return list(rows)


def update_intent(connection: Connection, intent: Intent) -> Row:
    """Write what became of an intent and return its row."""
    facts = fact_row(intent)
    connection.execute(_UPDATE, facts | {"id": intent.client_order_id})
    return payload_row(intent) | facts


def last_sequence(connection: Connection) -> int:
    """Return the number of the newest intent, zero where there is none."""
    found: int = connection.execute(_SEQUENCE).scalar_one()
    return found


def live_intents(connection: Connection) -> tuple[Intent, ...]:
    """Return every live intent, oldest first."""
    return _read(connection, _LIVE)


def intents_since(connection: Connection, at_ms: int) -> tuple[Intent, ...]:
    """Return the intents sent at or after a time, oldest first."""
    return _read(connection, _SINCE, at_ms=at_ms)


def newest_intents(connection: Connection, limit: int) -> tuple[Intent, ...]:
    """Return the newest intents, newest first."""
    return _read(connection, _NEWEST, count=max(limit, 0))


def intent_with_id(connection: Connection, client_order_id: str) -> Intent | None:
    """Return the intent with this whole id."""
    return next(iter(_read(connection, _BY_ID, id=client_order_id)), None)


def intent_referred(connection: Connection, reference: str) -> Intent | None:
    """
    Return the intent that a person means: a whole id, a number, or the beginning of one id.

    Dashes and case do not matter. Raises JournalError where several ids begin so.
    """
    wanted = reference.strip().replace("-", "").lower()
    if not (wanted.isascii() and wanted.isalnum()):
        return None
    if wanted.isdecimal():
        found = _read(connection, _BY_SEQUENCE, sequence=min(int(wanted[:18]), 2**62))
    else:
        found = _read(connection, _BY_BEGINNING, first=wanted, end=wanted + _AFTER_ANY)
    if len(found) > 1:
        raise JournalError(
            f"{reference!r} is the beginning of more than one order",
            hint="give more of the id, or the order's number; see `counterpoise orders`",
        )
    return next(iter(found), None)


def check_clash(connection: Connection, orders: Iterable[Order], error: JournalError) -> None:
    """Raise LiveIntentExists if a refused row would have been a second live intent."""
    live = {intent.order.instrument: intent for intent in live_intents(connection)}
    seen: set[InstrumentKey] = set()
    for order in orders:
        clash = live.get(order.instrument)
        if clash is not None or order.instrument in seen:
            other = "another of this cycle" if clash is None else clash.client_order_id
            raise LiveIntentExists(
                f"{order.instrument} already has a live order: {other}",
                hint=f"counterpoise explain {other}" if clash else "",
                detail=error.detail,
            ) from error
        seen.add(order.instrument)


def transitions_of(
    connection: Connection, client_order_id: ClientOrderId
) -> tuple[Transition, ...]:
    """Return each recorded state of an intent, oldest first."""
    rows = connection.execute(_TRANSITIONS, {"id": client_order_id}).mappings()
    return tuple(
        Transition(state=IntentState(row["state"]), at_ms=row["at_ms"], proof=row["proof"])
        for row in rows
    )


def _read(
    connection: Connection, statement: Select[tuple[object, ...]], **values: object
) -> tuple[Intent, ...]:
    """Return the intents that a statement selects."""
    rows = connection.execute(statement, values).mappings()
    return tuple(intent_of(row) for row in rows)
