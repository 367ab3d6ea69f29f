"""What persons told the daemon, what state that left it in, and what it remembers of assets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, select, text, update
from sqlalchemy.dialects.sqlite import insert as upsert

from counterpoise.core.instrument import Asset
from counterpoise.core.state import AccountState, Command, Control, OperatorCommand
from counterpoise.errors import JournalError
from counterpoise.journal.schema import COMMAND, CONTROL, MEMORY

_CONTROL: Final = select(CONTROL).order_by(CONTROL.c.number.desc()).limit(1)
_CONTROL_INSERT: Final = insert(CONTROL)
_PENDING: Final = select(COMMAND).where(COMMAND.c.obeyed_at_ms.is_(None)).order_by(COMMAND.c.number)
ANY_PENDING: Final = str(
    select(text("1")).select_from(COMMAND).where(COMMAND.c.obeyed_at_ms.is_(None))
)
_COMMAND_INSERT: Final = insert(COMMAND)
_KNOWN: Final = select(COMMAND.c.number).where(COMMAND.c.number == bindparam("known"))
_OBEYED: Final = update(COMMAND).where(
    COMMAND.c.number == bindparam("known"), COMMAND.c.obeyed_at_ms.is_(None)
)
_MEMORIES: Final = select(MEMORY.c.asset, MEMORY.c.body).order_by(MEMORY.c.asset)
_REMEMBER: Final = upsert(MEMORY)
_REMEMBER_AGAIN: Final = _REMEMBER.on_conflict_do_update(
    index_elements=[MEMORY.c.asset], set_={"body": _REMEMBER.excluded.body}
)


def control_now(connection: Connection) -> Control:
    """Return the newest recorded state of the account; running, where none was recorded."""
    row = connection.execute(_CONTROL).mappings().one_or_none()
    if row is None:
        return Control()
    return Control(
        state=AccountState(row["state"]),
        by=row["by"],
        reason=row["reason"],
        at_ms=row["at_ms"],
        flattening=row["flattening"],
    )


def insert_control(connection: Connection, control: Control) -> None:
    """Write the state of the account; those before it stay as its history."""
    row = {
        "state": control.state.value,
        "by": control.by,
        "reason": control.reason,
        "at_ms": control.at_ms,
        "flattening": control.flattening,
    }
    connection.execute(_CONTROL_INSERT, row)


def insert_command(connection: Connection, command: OperatorCommand) -> OperatorCommand:
    """Write a person's command and return it with its number."""
    row = {
        "command": command.command.value,
        "by": command.by,
        "reason": command.reason,
        "at_ms": command.at_ms,
        "asset": command.asset,
        "obeyed_at_ms": command.obeyed_at_ms,
    }
    key = connection.execute(_COMMAND_INSERT, row).inserted_primary_key
    assert key is not None  # one row was inserted
    return replace(command, number=key[0])


def commands_pending(connection: Connection) -> tuple[OperatorCommand, ...]:
    """Return the commands not yet obeyed, oldest first."""
    return tuple(
        OperatorCommand(
            number=row["number"],
            command=Command(row["command"]),
            by=row["by"],
            reason=row["reason"],
            at_ms=row["at_ms"],
            asset=None if row["asset"] is None else Asset(row["asset"]),
        )
        for row in connection.execute(_PENDING).mappings()
    )


def mark_obeyed(connection: Connection, number: int, at_ms: int) -> None:
    """Write that a command was obeyed; the first time counts. Raises JournalError if unknown."""
    if connection.execute(_KNOWN, {"known": number}).first() is None:
        raise JournalError(f"there is no command {number} in the journal")
    connection.execute(_OBEYED, {"obeyed_at_ms": at_ms, "known": number})


def memory_bodies(connection: Connection) -> dict[Asset, str]:
    """Return what is remembered of each asset, as stored."""
    return {Asset(asset): body for asset, body in connection.execute(_MEMORIES)}


def upsert_memories(connection: Connection, bodies: Mapping[Asset, str]) -> None:
    """Write what is to be remembered of these assets."""
    rows: list[dict[str, Any]] = [{"asset": a, "body": b} for a, b in bodies.items()]
    connection.execute(_REMEMBER_AGAIN, rows)
