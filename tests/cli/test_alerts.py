"""Who is told, as a person sets it up and watches it: the command, the daemon, the status."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from counterpoise.cli.failures import Exit
from tests.cli.conftest import Answer, Command, Running, settings_file
from tests.cli.receiver import PIECES, Phone, listening


@pytest.fixture
def phone() -> Iterator[Phone]:
    with listening() as found:
        yield found


@pytest.fixture
def offline(tmp_path: Path) -> Path:
    """Settings for an exchange that nobody asks."""
    return settings_file(tmp_path, "http://127.0.0.1:9")


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text() + text)


def silent(answer: Answer, *folders: Path) -> None:
    """Check that no piece of the address is in what was printed or written."""
    texts = [answer.out, answer.err]
    for folder in folders:
        texts += [f.read_bytes().decode("latin-1") for f in folder.rglob("*") if f.is_file()]
    assert not [piece for piece in PIECES for text in texts if piece in text]


def test_a_test_arrives_and_says_what_came_back(
    command: Command, offline: Path, phone: Phone
) -> None:
    append(offline, phone.settings(f'[alerts.heartbeat]\nurl = "{phone.url}"\n'))
    answer = command("alert-test", "-c", offline)
    assert answer.code == Exit.DONE
    assert "ok ops: json at 127.0.0.1 taken in" in answer.out
    assert "ok heartbeat at 127.0.0.1" in answer.out
    assert phone.events() == ["test noted"]
    assert phone.bodies[0]["severity"] == "info"
    assert phone.bodies[0]["id"] in answer.out
    assert phone.calls == 1
    assert "counterpoise run -c" in answer.err
    silent(answer)


def test_a_test_can_be_one_that_wakes_somebody(
    command: Command, offline: Path, phone: Phone
) -> None:
    append(offline, phone.settings())
    answer = command("alert-test", "--page", "--json", "-c", offline)
    assert json.loads(answer.out)["ok"] is True
    assert phone.bodies[0]["severity"] == "page"


def test_a_test_that_does_not_arrive_says_why_and_fails(
    command: Command, offline: Path, phone: Phone
) -> None:
    phone.status = 404
    append(offline, phone.settings())
    answer = command("alert-test", "-c", offline)
    assert answer.code == Exit.REMAINS
    assert "HTTP 404" in answer.out
    assert "make the address of ops anew" in answer.out
    silent(answer)


def test_without_anybody_to_tell_a_test_fails(command: Command, offline: Path) -> None:
    answer = command("alert-test", "-c", offline)
    assert answer.code == Exit.REMAINS
    assert "nobody is told" in answer.out


def test_check_shows_the_host_alone(command: Command, offline: Path, phone: Phone) -> None:
    append(offline, phone.settings())
    answer = command("check", "-c", offline)
    assert f"http://127.0.0.1:{phone.port}/********" in answer.out
    silent(answer)


def test_a_daemon_tells_its_start_and_its_end_and_beats(
    command: Command, running: Running, phone: Phone, tmp_path: Path
) -> None:
    append(running.settings, phone.settings(f'[alerts.heartbeat]\nurl = "{phone.url}"\n'))
    answer = command("run", "--cycles", "3", "-c", running.settings)
    assert answer.code == Exit.DONE
    assert phone.events() == ["started noted", "stopped noted"]
    assert phone.calls == 1
    events = [json.loads(line)["event"] for line in answer.out.splitlines()]
    assert "alert.delivered" in events
    silent(answer, tmp_path / "var")
    shown = command("status", "-c", running.settings)
    assert "told to ops (127.0.0.1)" in shown.out
    silent(shown)


def test_what_only_the_end_can_tell_is_told_unless_it_is_not_wanted(
    command: Command, running: Running, phone: Phone
) -> None:
    append(running.settings, phone.settings("[alerts]\nstart_and_stop = false\n"))
    assert command("run", "--cycles", "1", "-c", running.settings).code == Exit.DONE
    assert phone.events() == []


def test_a_daemon_that_cannot_start_tells_why(
    command: Command, running: Running, phone: Phone
) -> None:
    text = running.settings.read_text().replace("local-exchange-key", "somebody-elses-key")
    running.settings.write_text(text + phone.settings())
    answer = command("run", "-c", running.settings)
    assert answer.code == Exit.REFUSED
    assert phone.events()[-1] == "ended noted"
    ended = phone.bodies[-1]
    assert ended["severity"] == "page"
    assert ended["reason"]
    assert "somebody-elses-key" not in json.dumps(phone.bodies)


def test_a_crash_loop_is_told_once(command: Command, running: Running, phone: Phone) -> None:
    text = running.settings.read_text().replace("local-exchange-key", "somebody-elses-key")
    running.settings.write_text(text + phone.settings())
    for _ in range(3):
        assert command("run", "-c", running.settings).code == Exit.REFUSED
    assert phone.events().count("ended noted") == 1
    assert phone.events().count("started noted") == 1


def test_what_was_not_told_is_in_the_status(
    command: Command, running: Running, phone: Phone, tmp_path: Path
) -> None:
    phone.status = 500
    append(running.settings, phone.settings())
    answer = command("run", "--cycles", "2", "-c", running.settings)
    events = [json.loads(line)["event"] for line in answer.out.splitlines()]
    assert "alert.undelivered" in events
    document = json.loads((tmp_path / "var" / "main.status.json").read_text())
    (channel,) = document["channels"]
    assert (channel["channel"], channel["host"]) == ("ops", "127.0.0.1")
    assert channel["waiting"] >= 1
    assert channel["detail"] == "HTTP 500"
