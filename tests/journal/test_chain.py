"""A hand in the file is noticed at the next start."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from counterpoise.errors import JournalError
from counterpoise.journal.opening import JournalConfig
from counterpoise.journal.schema import INTENT_COLUMNS, SQLITE_TRIGGERS
from counterpoise.journal.store import SqlJournal
from tests.journal.conftest import Make
from tests.journal.records import (
    ASSETS,
    IDENTITY,
    HandClock,
    SeededEntropy,
    filled,
    order,
    run,
    sent,
)

TRIGGERS = tuple(statement.split()[2] for statement in SQLITE_TRIGGERS)
NULLABLE = {"price_average", "fee", "fee_asset", "settled_at_ms"}
BOOLEAN = {"reduce_only", "completes"}


def sql(*words: str) -> str:
    return " ".join(words)


def copied(sequence: int) -> str:
    """Return the statement that puts an order in again, under another id."""
    columns = ", ".join(c for c in INTENT_COLUMNS if c not in {"client_order_id", "sequence"})
    return sql(
        "INSERT INTO intent (client_order_id, sequence,", columns, ")",
        "SELECT 'cpmain000009zzzzzz', 9,", columns, "FROM intent WHERE sequence =", str(sequence),
    )  # fmt: skip


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a journal with three orders, two of them settled."""
    path = tmp_path_factory.mktemp("chain") / "main.db"
    journal = SqlJournal(JournalConfig(url=f"sqlite:///{path}"), HandClock(), SeededEntropy())
    run(journal.open(IDENTITY))
    made = run(sent(journal, *(order(asset) for asset in ASSETS)))
    for intent in made[:2]:
        run(journal.record_outcome(filled(intent)))
    run(journal.close())
    return path


@pytest.fixture
def kept(template: Path, path: Path) -> Path:
    """Return a copy of that file, to be tampered with."""
    path.parent.mkdir()
    path.write_bytes(template.read_bytes())
    return path


def tamper(path: Path, statement: str, *, triggers: bool = False) -> None:
    """Change the file as somebody with the sqlite3 shell could."""
    with closing(sqlite3.connect(path)) as connection, connection:
        if not triggers:
            for name in TRIGGERS:
                connection.execute(sql("DROP TRIGGER", name))
        connection.execute(statement)


@pytest.mark.usefixtures("kept")
def test_an_untouched_journal_opens_with_all_its_orders(make: Make) -> None:
    journal = make()
    run(journal.open(IDENTITY))
    assert [intent.sequence for intent in run(journal.intents(9))] == [3, 2, 1]


@pytest.mark.parametrize("column", sorted(set(INTENT_COLUMNS) - {"client_order_id"}))
def test_an_edited_order_is_noticed_whatever_was_edited(
    make: Make, kept: Path, column: str
) -> None:
    new = f"1 - {column}" if column in BOOLEAN else "'7'"
    tamper(kept, sql("UPDATE intent SET", column, "=", new, "WHERE sequence = 2"))
    with pytest.raises(JournalError, match=r"order cpmain000002.* is not as it was recorded"):
        run(make().open(IDENTITY))


@pytest.mark.parametrize("column", ["number", "state", "at_ms", "proof", "facts", "hash"])
def test_an_edited_transition_is_noticed(make: Make, kept: Path, column: str) -> None:
    tamper(kept, sql("UPDATE transition SET", column, "= '77' WHERE number = 4"))
    with pytest.raises(JournalError, match="changed from outside"):
        run(make().open(IDENTITY))


@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_removed_transition_is_noticed(make: Make, kept: Path, number: int) -> None:
    tamper(kept, sql("DELETE FROM transition WHERE number =", str(number)))
    with pytest.raises(JournalError, match="changed from outside") as refused:
        run(make().open(IDENTITY))
    assert "newest backup" in refused.value.hint


def test_an_order_put_in_by_hand_is_noticed(make: Make, kept: Path) -> None:
    tamper(
        kept,
        copied(1),
    )
    with pytest.raises(JournalError, match="cpmain000009zzzzzz"):
        run(make().open(IDENTITY))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE transition SET proof = 'x' WHERE number = 1",
        "DELETE FROM transition WHERE number = 1",
        "DELETE FROM intent WHERE sequence = 1",
        "UPDATE intent SET size = '9' WHERE sequence = 1",
        "UPDATE intent SET client_order_id = 'x' WHERE sequence = 1",
        "UPDATE intent SET state = 'sent' WHERE sequence = 1",
    ],
)
def test_the_database_itself_refuses_to_rewrite(kept: Path, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        tamper(kept, statement, triggers=True)


def test_the_database_itself_refuses_a_second_live_intent(kept: Path) -> None:
    with pytest.raises(sqlite3.IntegrityError, match=r"intent\.instrument"):
        tamper(
            kept,
            copied(3),
            triggers=True,
        )
