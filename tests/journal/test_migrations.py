"""From an older version to this one: whole or not at all, and never from a newer one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from counterpoise.errors import JournalError, JournalMismatch
from counterpoise.journal import migrations, opening
from counterpoise.journal.migrations import STEPS, Step
from counterpoise.journal.schema import SCHEMA_VERSION
from tests.journal.conftest import Make
from tests.journal.records import IDENTITY, run, sent

FIRST_RELEASE = Path(__file__).with_name("version-1.sql")
NOTE = Step(summary="a note", statements=('ALTER TABLE intent ADD COLUMN "note" TEXT',))
BROKEN = Step(summary="fails half-way", statements=("CREATE TABLE half (x)", "NONSENSE"))


def columns(path: Path, table: str) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')}


def stated_version(path: Path, new: str | None = None) -> str:
    with closing(sqlite3.connect(path)) as connection, connection:
        if new is not None:
            connection.execute("UPDATE meta SET value = ? WHERE key = 'schema_version'", (new,))
        (found,) = connection.execute("SELECT value FROM meta WHERE key = 'schema_version'")
        return str(found[0])


@pytest.fixture
def kept(make: Make, path: Path) -> Path:
    journal = make()
    run(journal.open(IDENTITY))
    run(sent(journal))
    run(journal.close())
    return path


@pytest.fixture
def later(kept: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make this program two versions newer than the journal that is kept."""
    for module in (migrations, opening):
        monkeypatch.setattr(module, "SCHEMA_VERSION", SCHEMA_VERSION + 2)
    return kept


def test_every_version_since_the_first_has_a_step() -> None:
    assert set(STEPS) == set(range(1, SCHEMA_VERSION))


def test_the_first_release_leads_to_the_newest_schema(kept: Path) -> None:
    """A changed schema without a step, or a step that leads elsewhere, fails here."""
    with closing(sqlite3.connect(":memory:")) as old, closing(sqlite3.connect(kept)) as new:
        old.executescript(FIRST_RELEASE.read_text())
        for version in range(1, SCHEMA_VERSION):
            for statement in STEPS[version].statements:
                old.execute(statement)
        assert _described(old) == _described(new)


def _described(connection: sqlite3.Connection) -> dict[str, object]:
    """Return every table with its columns, and every index and trigger with its words."""
    rows = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
    ).fetchall()
    return {
        f"{kind} {name}": connection.execute(f'PRAGMA table_xinfo("{name}")').fetchall()
        if kind == "table"
        else " ".join(sql.split())
        for kind, name, sql in rows
    }


@pytest.mark.usefixtures("later")
def test_an_older_journal_is_led_through_each_step(
    make: Make, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = Step(summary="an index", statements=("CREATE INDEX noted ON intent (note)",))
    monkeypatch.setattr(migrations, "STEPS", {SCHEMA_VERSION: NOTE, SCHEMA_VERSION + 1: second})
    journal = make()
    run(journal.open(IDENTITY))
    assert len(run(journal.unsettled())) == 1
    run(journal.close())
    assert "note" in columns(kept, "intent")
    assert stated_version(kept) == str(SCHEMA_VERSION + 2)


@pytest.mark.usefixtures("later")
def test_a_copy_is_kept_from_before_the_migration(
    make: Make, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "STEPS", {SCHEMA_VERSION: NOTE, SCHEMA_VERSION + 1: NOTE})
    with pytest.raises(JournalError):  # the second step adds the column again
        run(make().open(IDENTITY))
    copy = kept.with_name(f"main.db.version-{SCHEMA_VERSION}")
    assert stated_version(copy) == str(SCHEMA_VERSION)
    assert copy.stat().st_mode & 0o077 == 0


@pytest.mark.usefixtures("later")
def test_a_step_that_fails_leaves_the_journal_as_it_was(
    make: Make, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "STEPS", {SCHEMA_VERSION: NOTE, SCHEMA_VERSION + 1: BROKEN})
    with pytest.raises(JournalError):
        run(make().open(IDENTITY))
    assert stated_version(kept) == str(SCHEMA_VERSION)
    assert "note" not in columns(kept, "intent")
    assert columns(kept, "half") == set()


@pytest.mark.usefixtures("later")
def test_a_version_without_a_step_is_refused(make: Make, kept: Path) -> None:
    with pytest.raises(JournalMismatch, match="no step leads"):
        run(make().open(IDENTITY))
    assert stated_version(kept) == str(SCHEMA_VERSION)


@pytest.mark.usefixtures("later")
def test_a_tool_does_not_migrate_under_a_daemon(make: Make) -> None:
    with pytest.raises(JournalMismatch, match="older version") as refused:
        run(make(exclusive=False).open(IDENTITY))
    assert "counterpoise run" in refused.value.hint


@pytest.mark.parametrize("exclusive", [True, False])
def test_a_newer_journal_is_refused_naming_both_versions(
    make: Make, kept: Path, *, exclusive: bool
) -> None:
    stated_version(kept, new="41")
    with pytest.raises(JournalMismatch, match=f"version 41.*up to {SCHEMA_VERSION}$") as refused:
        run(make(exclusive=exclusive).open(IDENTITY))
    assert f"main.db.version-{SCHEMA_VERSION}" in refused.value.hint
    assert stated_version(kept) == "41"


@pytest.mark.parametrize("version", ["", "new", "-1"])
def test_a_journal_without_a_version_is_refused(make: Make, kept: Path, version: str) -> None:
    stated_version(kept, new=version)
    with pytest.raises(JournalError, match="does not state its version"):
        run(make().open(IDENTITY))
