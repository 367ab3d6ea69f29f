"""A journal opens only for its own portfolio, whole, and with one daemon at a time."""

from __future__ import annotations

import os
import sqlite3
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from counterpoise.core.state import Command, OperatorCommand
from counterpoise.errors import JournalError, JournalHeld, JournalMismatch, SettingsError
from counterpoise.journal.location import journal_path
from counterpoise.ports import Identity
from tests.journal.conftest import Make
from tests.journal.records import IDENTITY, record, run, sent

PAUSE = OperatorCommand(number=0, command=Command.PAUSE, by="ann", reason="a look", at_ms=7)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_its_owner_can_look_into_a_new_journal(make: Make, path: Path) -> None:
    journal = make()
    run(journal.open(IDENTITY))
    run(sent(journal))
    assert mode_of(path.parent) == 0o700
    assert {mode_of(p) for p in path.parent.iterdir()} == {0o600}


def test_a_new_journal_is_durable_and_checked(make: Make) -> None:
    journal = make()
    run(journal.open(IDENTITY))
    with journal._database.reading() as connection:
        told = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert told == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_nothing_is_touched_before_open(make: Make, path: Path) -> None:
    make()
    assert not path.parent.exists()


def test_all_is_there_after_opening_again(make: Make) -> None:
    first = make()
    run(first.open(IDENTITY))
    (intent,) = run(sent(first))
    run(first.close())
    second = make(seed=2)
    run(second.open(IDENTITY))
    assert run(second.unsettled()) == (intent,)
    assert run(second.cycle(1)) == record(1, [intent.order])


@pytest.mark.parametrize("cleanly", [True, False])
def test_cycle_numbers_grow_across_restarts(make: Make, *, cleanly: bool) -> None:
    numbers = []
    for _ in range(3):
        journal = make()
        run(journal.open(IDENTITY))
        numbers += [run(journal.next_cycle()) for _ in range(3)]
        if not cleanly:  # as if killed: nothing is given back
            journal._counters = None
        run(journal.close())
    assert numbers == sorted(set(numbers))
    assert numbers[-1] == 9 if cleanly else 203


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (replace(IDENTITY, portfolio="fund"), "its portfolio is 'main', the settings say 'fund'"),
        (replace(IDENTITY, mode="live"), "its mode is 'testnet', the settings say 'live'"),
        (
            replace(IDENTITY, accounts=("bybit:main",)),
            "its accounts are binance:main, the settings say bybit:main",
        ),
    ],
)
@pytest.mark.parametrize("exclusive", [True, False])
def test_a_journal_of_another_is_refused_saying_what_differs(
    make: Make, other: Identity, said: str, *, exclusive: bool
) -> None:
    mine = make()
    run(mine.open(IDENTITY))
    run(mine.close())
    with pytest.raises(JournalMismatch, match=said) as refused:
        run(make(exclusive=exclusive).open(other))
    assert "journal.url" in refused.value.hint


def test_all_that_differs_is_said_at_once(make: Make) -> None:
    mine = make()
    run(mine.open(IDENTITY))
    run(mine.close())
    with pytest.raises(JournalMismatch, match=r"portfolio.*mode.*accounts"):
        run(make().open(Identity(portfolio="x", mode="live", accounts=())))


def test_the_order_of_the_venues_does_not_matter(make: Make) -> None:
    two = replace(IDENTITY, accounts=("binance:main", "bybit:side"))
    first = make()
    run(first.open(two))
    run(first.close())
    second = make()
    run(second.open(replace(two, accounts=two.accounts[::-1])))
    assert run(second.next_cycle()) == 1


def test_a_second_daemon_is_told_who_has_the_journal(make: Make, path: Path) -> None:
    run(make().open(IDENTITY))
    with pytest.raises(JournalHeld) as refused:
        run(make().open(IDENTITY))
    said = str(refused.value)
    assert f"the journal {path}" in said
    assert f"process {os.getpid()} on " in said
    assert "portfolio main, since 2030-03-17T17:46:40Z" in said


def test_the_next_daemon_opens_once_the_first_is_gone(make: Make) -> None:
    first, second = make(), make()
    run(first.open(IDENTITY))
    cycle = run(first.next_cycle())
    run(first.close())
    run(second.open(IDENTITY))
    assert run(second.next_cycle()) > cycle


def test_a_refused_opening_lets_go_of_the_lock(make: Make) -> None:
    first = make()
    run(first.open(IDENTITY))
    run(first.close())
    with pytest.raises(JournalMismatch):
        run(make().open(replace(IDENTITY, mode="live")))
    run(make().open(IDENTITY))


def test_others_read_and_command_beside_the_daemon(make: Make) -> None:
    daemon, tool = make(), make(exclusive=False)
    run(daemon.open(IDENTITY))
    run(tool.open(IDENTITY))
    (intent,) = run(sent(daemon))
    assert run(tool.unsettled()) == (intent,)
    command = run(tool.submit(PAUSE))
    assert run(daemon.pending_commands()) == (command,)
    run(daemon.record_obeyed(command, 9))
    assert run(tool.pending_commands()) == ()


def test_only_the_daemon_records(make: Make) -> None:
    daemon, tool = make(), make(exclusive=False)
    run(daemon.open(IDENTITY))
    run(tool.open(IDENTITY))
    (intent,) = run(sent(daemon))
    calls = (
        tool.next_cycle(),
        tool.record_cycle(record(9)),
        tool.record_intents(record(9), [], {}),
        tool.record_outcome(intent),
        tool.record_control(run(tool.control())),
        tool.remember({}),
        tool.record_obeyed(PAUSE, 1),
    )
    for call in calls:
        with pytest.raises(JournalError, match="only the daemon records"):
            run(call)


def test_a_tool_never_creates_a_journal(make: Make, path: Path) -> None:
    with pytest.raises(JournalError, match="no daemon has run") as refused:
        run(make(exclusive=False).open(IDENTITY))
    assert "counterpoise run" in refused.value.hint
    assert not path.parent.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty or cut off"),
        (b"hello, I am no journal" * 99, "is not a journal"),
        (b"SQLite format 3", "is empty or cut off"),
    ],
)
def test_what_is_no_journal_is_refused_and_left_as_it_is(
    make: Make, path: Path, content: bytes, said: str
) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(JournalError, match=said) as refused:
        run(make().open(IDENTITY))
    assert "newest backup" in refused.value.hint
    assert path.read_bytes() == content


def test_the_database_of_another_program_is_refused(make: Make, path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE theirs (x)")
    other.close()
    with pytest.raises(JournalError, match="not a journal of this program"):
        run(make().open(IDENTITY))


def test_a_directory_in_its_place_is_refused(make: Make, path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(JournalError, match="is not a file"):
        run(make().open(IDENTITY))


def test_a_damaged_page_is_refused_with_how_to_restore(make: Make, path: Path) -> None:
    first = make()
    run(first.open(IDENTITY))
    for _ in range(20):
        run(first.record_cycle(record(run(first.next_cycle()))))
    run(first.close())
    damaged = bytearray(path.read_bytes())
    damaged[4096 * 2 : 4096 * 6] = b"\xa5" * 4096 * 4
    path.write_bytes(damaged)
    with pytest.raises(JournalError, match=r"damaged") as refused:
        run(make().open(IDENTITY))
    assert "newest backup" in refused.value.hint
    assert path.read_bytes() == bytes(damaged)


def test_a_lost_journal_is_not_begun_anew_beside_its_remains(make: Make, path: Path) -> None:
    journal = make()
    run(journal.open(IDENTITY))
    run(sent(journal))
    remains = path.with_name("main.db-wal").read_bytes()
    run(journal.close())
    path.unlink()
    path.with_name("main.db-wal").write_bytes(remains)
    with pytest.raises(JournalError, match=r"main\.db-wal beside it is left"):
        run(make().open(IDENTITY))
    assert not path.exists()


def test_what_a_creation_cut_off_left_behind_is_no_hindrance(make: Make, path: Path) -> None:
    path.parent.mkdir()
    path.with_name("main.db.new").write_bytes(b"half a journal")
    run(make().open(IDENTITY))
    assert not path.with_name("main.db.new").exists()


def test_a_closed_journal_leaves_nothing_that_a_copy_would_miss(
    make: Make, path: Path, tmp_path: Path
) -> None:
    first = make()
    run(first.open(IDENTITY))
    (intent,) = run(sent(first))
    run(first.close())
    assert sorted(p.name for p in path.parent.iterdir()) == ["main.db", "main.db.lock"]
    copy = tmp_path / "copy" / "main.db"
    copy.parent.mkdir()
    path.rename(copy)
    path.with_name("main.db.lock").unlink()
    path.parent.rmdir()
    copy.parent.rename(path.parent)
    again = make()
    run(again.open(IDENTITY))
    assert run(again.unsettled()) == (intent,)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:////var/lib/a.db", Path("/var/lib/a.db")),
        ("sqlite:///var/a.db", Path.cwd() / "var/a.db"),
        ("sqlite://", None),
        ("sqlite:///:memory:", None),
    ],
)
def test_a_url_names_a_file_or_memory(url: str, path: Path | None) -> None:
    assert journal_path(url) == path


@pytest.mark.parametrize(
    "url", ["postgresql://u:hunter22@h/d", "mysql://u:hunter22@h/d", "a.db", "sqlite:///a?b", ""]
)
def test_another_kind_of_url_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError, match=r"journal\.url") as refused:
        journal_path(url)
    assert "hunter22" not in str(refused.value)
