"""
From an older journal to this version's, one step at a time, all in one transaction.

To change the schema: change `schema`, raise `SCHEMA_VERSION`, and add the step from the version
before to `STEPS`. A step is plain SQL and is never edited once released.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, bindparam, insert, inspect, select, update

from counterpoise.errors import JournalError, JournalMismatch
from counterpoise.journal.schema import META, METADATA, SCHEMA_VERSION, SQLITE_TRIGGERS

_VERSION_KEY: Final = "schema_version"

_VALUES: Final = select(META.c.key, META.c.value)
_SET: Final = update(META).where(META.c.key == bindparam("name")).values(value=bindparam("new"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What leads from one version to the next."""

    summary: str  # what changed, for the log
    statements: tuple[str, ...]


# By the version that a step starts from.
STEPS: Final[Mapping[int, Step]] = {
    1: Step(
        summary="what others did to positions is recorded",
        statements=(
            """CREATE TABLE change (
                number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                asset TEXT NOT NULL,
                instrument TEXT NOT NULL,
                cause TEXT NOT NULL,
                size TEXT NOT NULL,
                price TEXT,
                trade_id TEXT NOT NULL,
                venue_order_id TEXT NOT NULL,
                client_order_id TEXT NOT NULL,
                at_ms BIGINT NOT NULL,
                recorded_at_ms BIGINT NOT NULL
            )""",
            "CREATE INDEX ix_change_at_ms ON change (at_ms)",
            "CREATE UNIQUE INDEX one_trade ON change (instrument, trade_id) WHERE trade_id <> ''",
            """CREATE TRIGGER change_no_update BEFORE UPDATE ON change
                BEGIN SELECT RAISE(ABORT, 'changes are append-only'); END""",
            """CREATE TRIGGER change_no_delete BEFORE DELETE ON change
                BEGIN SELECT RAISE(ABORT, 'changes are append-only'); END""",
        ),
    ),
}


def create_schema(connection: Connection, facts: Mapping[str, str]) -> None:
    """Create every table at the newest version, with `facts` about the journal in `meta`."""
    METADATA.create_all(connection, checkfirst=False)
    for trigger in SQLITE_TRIGGERS:
        connection.exec_driver_sql(trigger)
    stored = {_VERSION_KEY: str(SCHEMA_VERSION), **facts}
    connection.execute(insert(META), [{"key": k, "value": v} for k, v in stored.items()])


def meta_values(connection: Connection, path: str) -> dict[str, str]:
    """Return the facts about the journal. Raises JournalError if the file holds no journal."""
    if not inspect(connection).has_table(META.name):
        raise JournalError(
            f"{path} is a database, but not a journal of this program",
            hint="point journal.url at another file",
        )
    return {key: value for key, value in connection.execute(_VALUES)}  # noqa: C416  # typed


def set_meta(connection: Connection, key: str, value: str) -> None:
    """Change one fact about the journal."""
    connection.execute(_SET, {"name": key, "new": value})


def version_of(values: Mapping[str, str], path: str) -> int:
    """
    Return the version of a journal with these facts.

    Raises JournalMismatch if it is newer than this program, JournalError if it has none.
    """
    stated = values.get(_VERSION_KEY, "")
    if not stated.isdecimal():
        raise JournalError(
            f"the journal {path} does not state its version",
            hint="restore the newest backup, or point journal.url at another file",
        )
    version = int(stated)
    if version > SCHEMA_VERSION:
        raise JournalMismatch(
            f"the journal {path} has version {version}; this program knows versions up to "
            f"{SCHEMA_VERSION}",
            hint="run the program version that last wrote it, or restore the copy made before "
            f"the upgrade: {before_upgrade(path, SCHEMA_VERSION)}",
        )
    return version


def before_upgrade(path: str, version: int) -> str:
    """Return where a copy of a journal is kept before it is migrated away from `version`."""
    return f"{path}.version-{version}"


def migrate(connection: Connection, version: int) -> None:
    """Lead a journal from `version` to the newest, inside the caller's transaction."""
    for start in range(version, SCHEMA_VERSION):
        if start not in STEPS:
            raise JournalMismatch(
                f"the journal has version {start}, from which no step leads to {SCHEMA_VERSION}",
                hint="upgrade by way of an older release of this program",
            )
        for statement in STEPS[start].statements:
            connection.exec_driver_sql(statement)
    set_meta(connection, _VERSION_KEY, str(SCHEMA_VERSION))
