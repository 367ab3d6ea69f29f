"""What a disk refuses: said in our words, nothing half done, and well again once it is mended."""

from __future__ import annotations

import os
import sqlite3
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path

import pytest

from counterpoise.core.state import Command, OperatorCommand
from counterpoise.errors import JournalError
from counterpoise.journal import location
from counterpoise.journal.store import SqlJournal
from tests.journal.conftest import Make
from tests.journal.records import ASSETS, IDENTITY, MAIN, order, record, run, sent

PAUSE = OperatorCommand(number=0, command=Command.PAUSE, by="ann", reason="a look", at_ms=7)
NOBODY = 65534


@pytest.fixture
def kept(make: Make) -> SqlJournal:
    """Return an open journal in a file, with one order."""
    journal = make()
    run(journal.open(IDENTITY))
    run(sent(journal))
    return journal


def pragma(journal: SqlJournal, words: str) -> None:
    with journal._database.reading() as connection:
        connection.exec_driver_sql(f"PRAGMA {words}").close()


def use_up(journal: SqlJournal) -> None:
    """Write until the room that is left in the pages is gone."""
    with suppress(JournalError):
        for number in range(1000, 1100):
            run(journal.record_cycle(record(number)))


@contextmanager
def full_disk(journal: SqlJournal) -> Iterator[None]:
    pragma(journal, "max_page_count = 1")
    yield
    pragma(journal, "max_page_count = 1000000")


@contextmanager
def read_only_disk(journal: SqlJournal) -> Iterator[None]:
    pragma(journal, "query_only = 1")
    yield
    pragma(journal, "query_only = 0")


@contextmanager
def held_by_another(journal: SqlJournal) -> Iterator[None]:
    path = journal._opening().database._path
    assert path is not None
    pragma(journal, "busy_timeout = 1")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.mark.parametrize(
    ("trouble", "said", "hint"),
    [
        (full_disk, "the disk is full", "df -h"),
        (read_only_disk, "cannot be written", "ls -ld"),
        (held_by_another, "being written by another process", "lsof"),
    ],
)
def test_a_refusal_writes_nothing_and_passes(
    kept: SqlJournal,
    trouble: Callable[[SqlJournal], AbstractContextManager[None]],
    said: str,
    hint: str,
) -> None:
    orders = [order(asset) for asset in ASSETS[1:]]
    number = run(kept.next_cycle())
    with trouble(kept):
        use_up(kept)
        with pytest.raises(JournalError, match=said) as refused:
            run(kept.record_intents(record(number, orders), orders, {MAIN: 0}))
    assert hint in refused.value.hint
    assert refused.value.detail.startswith("SQLITE_")
    before = run(kept.intents(10))
    made = run(sent(kept, *orders))
    assert run(kept.intents(10)) == (*made[::-1], *before)
    assert [i.sequence for i in made] == [2, 3]


def test_no_words_of_a_library_carry_what_was_written(kept: SqlJournal) -> None:
    secret = OperatorCommand(number=0, command=Command.PAUSE, by="canary-8731", reason="", at_ms=7)
    with read_only_disk(kept), pytest.raises(JournalError) as refused:
        run(kept.submit(secret))
    assert "canary-8731" not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize("replaced", [True, False])
def test_a_journal_that_is_removed_under_the_daemon_is_noticed(
    kept: SqlJournal, path: Path, *, replaced: bool
) -> None:
    aside = path.with_name("aside.db")
    path.rename(aside)
    if replaced:
        path.write_bytes(aside.read_bytes())
    for call in (sent(kept, order(ASSETS[1])), kept.unsettled(), kept.submit(PAUSE)):
        with pytest.raises(JournalError, match="removed or replaced"):
            run(call)
    aside.replace(path)
    assert len(run(kept.unsettled())) == 1


@pytest.mark.parametrize("exclusive", [True, False])
def test_a_folder_that_we_may_not_write_is_refused_saying_whose_it_is(
    make: Make, path: Path, *, exclusive: bool
) -> None:
    """Root may write anywhere, so the opening is done as nobody, in a child."""
    owner = os.geteuid()
    first = make()
    run(first.open(IDENTITY))
    run(first.close())
    path.parent.chmod(0o555 if owner else 0o755)
    path.chmod(0o444)
    _let_in(path)
    said = _as_nobody(lambda: run(make(exclusive=exclusive).open(IDENTITY)))
    path.parent.chmod(0o755)
    assert f"cannot be written: it belongs to user {owner}" in said
    assert "sudo chown " in said or "chmod u+rwX" in said


def _let_in(path: Path) -> None:
    """Let everybody through the folders above a journal's own, as far as they are ours."""
    for above in path.parent.parents:
        if above.stat().st_uid == os.geteuid() and above != Path("/"):
            above.chmod(above.stat().st_mode | 0o111)


def _as_nobody(act: Callable[[], object]) -> str:
    """Return what an act raises, done in a child process that is not root."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover  # the parent is measured
        said = "nothing was raised"
        try:
            if os.geteuid() == 0:
                os.setuid(NOBODY)
            act()
        except JournalError as error:
            said = f"{error} | {error.hint}"
        finally:
            os.write(writer, said.encode())
            os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader) as told:
        return told.read()


@pytest.mark.parametrize("exclusive", [True, False])
def test_a_folder_that_we_may_not_even_look_into_is_refused(
    make: Make, path: Path, *, exclusive: bool
) -> None:
    path.parent.mkdir()
    path.parent.chmod(0o000 if os.geteuid() else 0o700)
    _let_in(path)
    said = _as_nobody(lambda: run(make(exclusive=exclusive).open(IDENTITY)))
    path.parent.chmod(0o700)
    assert "cannot be " in said


def test_what_to_do_about_a_folder_that_cannot_be_made_concerns_that_folder_alone(
    make: Make, path: Path
) -> None:
    """The one above it may be the root of the whole machine."""
    path.parent.parent.chmod(0o555 if os.geteuid() else 0o755)
    _let_in(path)
    said = _as_nobody(lambda: run(make().open(IDENTITY)))
    path.parent.parent.chmod(0o755)
    assert f"-m 700 {path.parent}" in said
    assert " -R" not in said


def test_a_folder_that_cannot_be_made_is_refused(make: Make, path: Path) -> None:
    path.parent.write_text("a file is in the way")
    with pytest.raises(JournalError, match="not a directory"):
        run(make().open(IDENTITY))


def test_a_network_filesystem_is_refused(
    make: Make, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(
        f"/dev/a / ext4 rw 0 0\nbox:/x {tmp_path} nfs4 rw 0 0\nb /other ext4 rw 0 0\n"
    )
    monkeypatch.setattr(location, "_MOUNTS", mounts)
    with pytest.raises(JournalError, match="network filesystem"):
        run(make().open(IDENTITY))
    assert not path.exists()


def test_the_log_moves_into_the_file_after_quiet_cycles_only(make: Make, path: Path) -> None:
    journal = make()
    run(journal.open(IDENTITY))
    size = path.stat().st_size
    for asset in ASSETS:
        run(sent(journal, order(asset)))
    assert path.stat().st_size == size
    for _ in range(32):
        run(journal.record_cycle(record(run(journal.next_cycle()))))
    assert path.stat().st_size > size


def test_a_quick_look_refuses_in_our_words(kept: SqlJournal) -> None:
    with pytest.raises(JournalError, match="cannot be used") as refused:
        kept._database.finds("SELECT 1 FROM nowhere")
    assert "nowhere" in refused.value.detail


def test_a_quick_look_lets_go_of_the_file(kept: SqlJournal, path: Path) -> None:
    assert kept._database.finds("SELECT 1 FROM intent")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        busy, *_ = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    assert not busy
