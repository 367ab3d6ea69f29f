"""The tables of the journal, as they are at `SCHEMA_VERSION`."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)

from counterpoise.core.orders import LIVE_STATES

SCHEMA_VERSION: Final = 2

METADATA: Final = MetaData()

# A literal, so that a query with the same words can use the partial index.
LIVE: Final = text("state IN ({})".format(", ".join(f"'{state}'" for state in sorted(LIVE_STATES))))

META: Final = Table(
    "meta",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

CYCLE: Final = Table(
    "cycle",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("ordered", Boolean, nullable=False),
    Column("settings_digest", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
Index(
    "cycle_prunable",
    CYCLE.c.at_ms,
    sqlite_where=~CYCLE.c.ordered,
    postgresql_where=~CYCLE.c.ordered,
)

# Amounts are text: exact, and read back as they were written.
INTENT: Final = Table(
    "intent",
    METADATA,
    Column("client_order_id", Text, primary_key=True),
    Column("sequence", BigInteger, nullable=False, unique=True),
    Column("cycle", ForeignKey("cycle.number"), nullable=False, index=True),
    Column("asset", Text, nullable=False),
    Column("instrument", Text, nullable=False),
    Column("symbol", Text, nullable=False),
    Column("size", Text, nullable=False),
    Column("limit_price", Text, nullable=False),
    Column("mark_price", Text, nullable=False),
    Column("notional", Text, nullable=False),
    Column("reduce_only", Boolean, nullable=False),
    Column("rule", Text, nullable=False),
    Column("position_before", Text, nullable=False),
    Column("completes", Boolean, nullable=False),
    Column("sent_at_ms", BigInteger, nullable=False, index=True),
    Column("expires_at_ms", BigInteger, nullable=False),
    Column("payload_hash", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("venue_order_id", Text, nullable=False),
    Column("filled_size", Text, nullable=False),
    Column("price_average", Text),
    Column("fee", Text),
    Column("fee_asset", Text),
    Column("settled_at_ms", BigInteger),
    Column("proof", Text, nullable=False),
    Column("code", Text, nullable=False),
)
Index("one_live", INTENT.c.instrument, unique=True, sqlite_where=LIVE, postgresql_where=LIVE)

TRANSITION: Final = Table(
    "transition",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("client_order_id", ForeignKey("intent.client_order_id"), nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("proof", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("hash", Text, nullable=False),
)

CONTROL: Final = Table(
    "control",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("flattening", Boolean, nullable=False),
    sqlite_autoincrement=True,
)

COMMAND: Final = Table(
    "command",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("command", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("asset", Text),
    Column("obeyed_at_ms", BigInteger),
    sqlite_autoincrement=True,
)

MEMORY: Final = Table(
    "memory",
    METADATA,
    Column("asset", Text, primary_key=True),
    Column("body", Text, nullable=False),
)

# What moved a position and is no order of ours: with the fills of orders it sums to the position.
CHANGE: Final = Table(
    "change",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("asset", Text, nullable=False),
    Column("instrument", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("size", Text, nullable=False),
    Column("price", Text),
    Column("trade_id", Text, nullable=False),
    Column("venue_order_id", Text, nullable=False),
    Column("client_order_id", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False, index=True),
    Column("recorded_at_ms", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)
TRADED: Final = text("trade_id <> ''")
Index(
    "one_trade",
    CHANGE.c.instrument,
    CHANGE.c.trade_id,
    unique=True,
    sqlite_where=TRADED,
    postgresql_where=TRADED,
)

INTENT_COLUMNS: Final = tuple(column.name for column in INTENT.columns)

# What an intent orders: fixed when it is recorded. The columns after it say what became of it.
PAYLOAD_COLUMNS: Final = INTENT_COLUMNS[: INTENT_COLUMNS.index("payload_hash")]

_FIXED = ", ".join((*PAYLOAD_COLUMNS, "payload_hash"))


def _forbidden(name: str, event: str, words: str, when: str = "") -> str:
    """Return the trigger that refuses an event on a table."""
    condition = f" {when}" if when else ""
    refused = f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
    return f"CREATE TRIGGER {name} BEFORE {event}{condition} {refused}"


# Enforced by the database too, so that a slip in our code or a hand in the file cannot rewrite.
SQLITE_TRIGGERS: Final = (
    _forbidden("transition_no_update", "UPDATE ON transition", "transitions are append-only"),
    _forbidden("transition_no_delete", "DELETE ON transition", "transitions are append-only"),
    _forbidden("change_no_update", "UPDATE ON change", "changes are append-only"),
    _forbidden("change_no_delete", "DELETE ON change", "changes are append-only"),
    _forbidden("intent_no_delete", "DELETE ON intent", "intents are kept for ever"),
    _forbidden("intent_fixed", f"UPDATE OF {_FIXED} ON intent", "an order is never edited"),
    _forbidden(
        "intent_ended",
        "UPDATE OF state ON intent",
        "a settled intent stays settled",
        f"WHEN OLD.state <> NEW.state AND NOT (OLD.{LIVE.text})",
    ),
)
