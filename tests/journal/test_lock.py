"""One daemon a journal and an account; the refused one learns who has it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from counterpoise.errors import JournalError, JournalHeld
from counterpoise.journal.lock import Holder, held_by, hold, hold_account, holder_here
from tests.journal.records import START_MS, HandClock

ANN = Holder(pid=7, host="box", started_at_ms=START_MS, portfolio="main")
BEN = Holder(pid=8, host="box", started_at_ms=START_MS, portfolio="fund")


def test_a_holder_says_who_where_and_since_when() -> None:
    assert str(ANN) == "process 7 on box, portfolio main, since 2030-03-17T17:46:40Z"


def test_this_process_can_name_itself(clock: HandClock) -> None:
    here = holder_here("main", clock)
    assert (here.pid, here.started_at_ms, here.portfolio) == (os.getpid(), START_MS, "main")
    assert here.host


def test_a_lock_is_held_once_and_told(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    lock = hold(path, ANN, "the journal")
    assert held_by(path) == ANN
    with pytest.raises(JournalHeld, match=f"another daemon holds the journal: {ANN}"):
        hold(path, BEN, "the journal")
    assert held_by(path) == ANN
    lock.release()
    assert held_by(path) is None
    hold(path, BEN, "the journal").release()


def test_asking_about_a_lock_creates_none(tmp_path: Path) -> None:
    assert held_by(tmp_path / "a.lock") is None
    assert list(tmp_path.iterdir()) == []


def test_what_a_dead_daemon_wrote_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    path.write_text('{"pid": 7, "host": "box", "started_at_ms": 1, "portfolio": "a longer name"}')
    assert held_by(path) is None
    lock = hold(path, ANN, "the journal")
    assert held_by(path) == ANN
    lock.release()


def test_a_holder_that_wrote_nothing_sensible_still_holds(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    lock = hold(path, ANN, "the journal")
    path.write_text("nonsense")
    assert held_by(path) is not None
    with pytest.raises(JournalHeld, match="does not say which"):
        hold(path, BEN, "the journal")
    lock.release()


def test_an_account_is_held_whatever_the_journal(tmp_path: Path) -> None:
    shared = tmp_path / "accounts"
    first = hold_account("binance key1", shared, ANN)
    with pytest.raises(JournalHeld, match="this exchange account: process 7"):
        hold_account("binance key1", shared, BEN)
    other = hold_account("binance key2", shared, BEN)
    first.release()
    other.release()


def test_the_account_itself_is_not_written_down(tmp_path: Path) -> None:
    lock = hold_account("binance key1", tmp_path, ANN)
    (path,) = tmp_path.iterdir()
    assert "key1" not in path.name + path.read_text()
    assert path.stat().st_mode & 0o077 == 0
    lock.release()


def test_a_lock_is_not_followed_through_a_link(tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("keep me")
    (tmp_path / "a.lock").symlink_to(target)
    with pytest.raises(JournalError, match="cannot be opened"):
        hold(tmp_path / "a.lock", ANN, "the journal")
    with pytest.raises(JournalError, match="cannot be read"):
        held_by(tmp_path / "a.lock")
    assert target.read_text() == "keep me"
