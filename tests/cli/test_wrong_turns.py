"""Wrong turns that a person can take: a named cause, the next command, the right exit code."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from counterpoise.cli import demo_files
from counterpoise.cli.main import main
from counterpoise.exchange.local import LocalExchangeConfig
from counterpoise.journal.location import lock_path
from counterpoise.journal.lock import Holder, hold
from tests.cli.complaints import check_complaint
from tests.cli.conftest import Command
from tests.config.files import GOOD, KEYS, written

WITHIN_S = 20.0  # two on a machine that has nothing else to do; this one runs many tests at once


@pytest.fixture(autouse=True)
def in_time() -> Iterator[None]:
    started_s = time.monotonic()
    yield
    assert time.monotonic() - started_s < WITHIN_S


@pytest.mark.parametrize("name", ["plan", "check", "doctor", "run", "status", "orders", "pause"])
def test_no_file_is_told_by_every_command(command: Command, name: str) -> None:
    answer = command(name)
    assert answer.code == 2
    check_complaint(answer.err, "there is no settings file", "counterpoise demo")
    assert answer.out == ""


def test_a_named_file_that_is_not_there(command: Command) -> None:
    answer = command("check", "-c", "absent.toml")
    assert answer.code == 2
    check_complaint(answer.err, "there is no settings file absent.toml")


def test_an_empty_file(command: Command, tmp_path: Path) -> None:
    answer = command("check", "-c", written(tmp_path, ""))
    assert answer.code == 2
    check_complaint(answer.err, "is empty")


def test_two_problems_are_three_lines_each(command: Command, tmp_path: Path) -> None:
    text = GOOD.replace("weight = 0.5", "weight = 100").replace("drift =", "drfit =")
    answer = command("check", "-c", written(tmp_path, text))
    assert answer.code == 2
    assert len(answer.complaint) == 6 + 3  # the credentials are missing too
    assert answer.err.count("error: ") == 3


def test_a_misspelt_command(command: Command) -> None:
    answer = command("plam")
    assert answer.code == 2
    check_complaint(answer.err, "did you mean plan?")


def test_a_misspelt_option(command: Command) -> None:
    answer = command("plan", "--jsn")
    assert answer.code == 2
    check_complaint(answer.err, "--json", "counterpoise plan --help")


def test_a_number_that_is_none(command: Command) -> None:
    answer = command("exchange", "--speed", "fast")
    assert answer.code == 2
    check_complaint(answer.err, "'fast' is not a number")


def test_a_demo_of_no_length(command: Command) -> None:
    answer = command("demo", "--for", "60")
    assert answer.code == 2
    check_complaint(answer.err, '"60s"')


def test_a_demo_from_a_day_that_was_not_recorded(command: Command) -> None:
    answer = command("demo", "--from", "1999-01-01")
    assert answer.code == 2
    check_complaint(answer.err, "nothing was recorded at 1999-01-01", "2024-11-01")


def test_a_demo_of_an_unknown_venue(command: Command) -> None:
    answer = command("demo", "--venue", "nowhere")
    assert answer.code == 2
    check_complaint(answer.err, "nowhere", "binance")


def test_a_port_that_is_taken(command: Command) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        answer = command("exchange", "--port", taken.getsockname()[1])
    assert answer.code == 2
    check_complaint(answer.err, "it is taken", "--port 0")


def test_status_where_no_daemon_has_run(command: Command, tmp_path: Path) -> None:
    answer = command("status", "-c", written(tmp_path))
    assert answer.code == 1
    check_complaint(answer.err, "no daemon has run here", "counterpoise run")


def test_orders_where_there_is_no_journal(command: Command, tmp_path: Path) -> None:
    answer = command("orders", "-c", written(tmp_path))
    assert answer.code == 1
    check_complaint(answer.err, "there is no journal", "counterpoise run")
    assert not (tmp_path / "var").exists()


def test_a_status_document_that_is_none(command: Command, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "main.status.json").write_text("{")
    answer = command("status", "-c", written(tmp_path))
    assert answer.code == 1
    check_complaint(answer.err, "cannot be read as a status document")


def test_a_bug_is_told_as_one_and_shown_only_on_request(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("counterpoise.cli.check.settings_of", broken)
    answer = command("check")
    assert answer.code == 1
    check_complaint(answer.err, "a fault in counterpoise itself", "--debug")
    assert "Traceback" in command("check", "--debug").err


def test_keys_in_the_environment_will_do(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    answer = command("check", "-c", written(tmp_path))
    assert answer.code == 0
    assert "key-value-1" not in answer.out + answer.err


def test_no_command_at_all_is_answered_with_what_there_is(command: Command) -> None:
    answer = command()
    assert answer.code == 2
    assert "Commands:" in answer.err
    assert "error: " not in answer.err


@pytest.mark.parametrize("closed", ["stdout", "stderr"])
def test_a_closed_stream_stops_nothing(monkeypatch: pytest.MonkeyPatch, closed: str) -> None:
    monkeypatch.setattr(sys, closed, None)
    assert main(["--version"]) == 0
    getattr(sys, closed).close()


def test_an_answer_that_cannot_be_written_is_no_fault_of_ours(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert main(["--version"]) == 1
    told = capsys.readouterr().err
    assert "could not be written" in told
    assert "fault in counterpoise" not in told


def test_too_many_problems_are_counted(command: Command, tmp_path: Path) -> None:
    text = GOOD + "".join(f"key{number} = 1\n" for number in range(50))
    answer = command("check", "-c", written(tmp_path, text))
    assert answer.code == 2
    assert answer.err.count("error: ") == 20
    assert "more" in answer.err.splitlines()[-1]


def test_a_demo_beside_another_keeps_its_own_folder(tmp_path: Path) -> None:
    """Two seconds after the first one it finds the folder held, and settings need an owner."""
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    first = demo_files.folder(None, environ)
    holder = Holder(pid=4242, host="here", started_at_ms=0, portfolio="demo")
    lock = hold(lock_path(first / "demo.db"), holder, "the journal")
    second = demo_files.folder(None, environ)
    lock.release()
    file = demo_files.written(second, LocalExchangeConfig(), 8089)
    assert second != first
    assert file.stat().st_mode & 0o777 == 0o600
    file.unlink()
    second.rmdir()


def test_a_demo_in_a_folder_that_is_none(command: Command, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answer = command("demo", "--state", tmp_path / "file")
    assert answer.code == 2
    check_complaint(answer.err, "nothing can be written in", "--state DIR")


def test_a_demo_where_one_runs_already(command: Command, tmp_path: Path) -> None:
    holder = Holder(pid=4242, host="here", started_at_ms=0, portfolio="demo")
    lock = hold(lock_path(tmp_path / "demo.db"), holder, "the journal")
    answer = command("demo", "--state", tmp_path)
    lock.release()
    assert answer.code == 2
    check_complaint(answer.err, "a demo still runs", "4242")
