"""Wrong turns that only a venue or a journal can tell: a cause, the next command, a code."""

from __future__ import annotations

import http.server
import socket
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from counterpoise.clock import SystemClock
from counterpoise.exchange.local import LocalExchangeConfig
from counterpoise.journal.location import lock_path
from counterpoise.journal.lock import Holder, hold, hold_account
from tests.cli.complaints import check_complaint
from tests.cli.conftest import Command, ExchangeThread, Running, settings_file

WITHIN_S = 20.0  # two on a machine that has nothing else to do; this one runs many tests at once


@pytest.fixture(autouse=True)
def in_time() -> Iterator[None]:
    started_s = time.monotonic()
    yield
    assert time.monotonic() - started_s < WITHIN_S


def test_a_wrong_secret(command: Command, running: Running) -> None:
    text = running.settings.read_text().replace("local-exchange-secret", "a-wrong-secret")
    running.settings.write_text(text)
    for name in ("doctor", "plan", "run"):
        answer = command(name, "-c", running.settings)
        assert answer.code == 3
        check_complaint(answer.err, "refused the credentials", "api_secret")
        assert "a-wrong-secret" not in answer.err + answer.out


def test_a_wrong_key(command: Command, running: Running) -> None:
    text = running.settings.read_text().replace("local-exchange-key", "a-wrong-key")
    running.settings.write_text(text)
    answer = command("plan", "-c", running.settings)
    assert answer.code == 3
    check_complaint(answer.err, "refused the credentials")


def test_an_unknown_symbol(command: Command, running: Running) -> None:
    text = (
        running.settings.read_text().replace("assets.ETH", "assets.ETG").replace(":ETH/", ":ETG/")
    )
    running.settings.write_text(text)
    answer = command("plan", "-c", running.settings)
    assert answer.code == 2
    check_complaint(answer.err, "ETG/USDT:USDT", "ETH/USDT:USDT")


def finding(out: str, what: str) -> str:
    """Return a finding of `doctor` with the remedy below it."""
    return out[out.rindex("\n", 0, out.index(what)) :][:300]


def test_a_key_without_the_right_to_trade(command: Command, running: Running) -> None:
    running.exchange.venue.engine.account.can_trade = False
    answer = command("doctor", "-c", running.settings)
    assert answer.code == 1
    assert "bad" in finding(answer.out, "may trade perpetuals")
    assert "Enable Futures" in finding(answer.out, "may trade perpetuals")


def test_a_key_with_the_withdrawal_right(command: Command, running: Running) -> None:
    text = running.settings.read_text().replace('mode = "testnet"', 'mode = "dry-run"')
    running.settings.write_text(text)
    running.exchange.venue.engine.account.can_withdraw = True
    answer = command("doctor", "-c", running.settings)
    assert answer.code == 1
    assert "bad" in finding(answer.out, "may withdraw")
    assert "Enable Withdrawals" in finding(answer.out, "may withdraw")


def test_a_journal_of_a_newer_version(command: Command, running: Running, tmp_path: Path) -> None:
    assert command("run", "-c", running.settings, "--cycles", 1).code == 0
    with closing(sqlite3.connect(tmp_path / "var" / "main.db")) as database:
        found = database.execute("UPDATE meta SET value = '999' WHERE key LIKE '%version%'")
        assert found.rowcount > 0
        database.commit()
    answer = command("run", "-c", running.settings, "--cycles", 1)
    assert answer.code == 2
    check_complaint(answer.err, "newer", "999")


def test_a_hedge_mode_account_is_traded_on_as_it_is(command: Command, tmp_path: Path) -> None:
    with ExchangeThread(LocalExchangeConfig(hedge_mode=True)) as thread:
        settings = settings_file(tmp_path, f"http://127.0.0.1:{thread.port}")
        answer = command("doctor", "-c", settings)
        assert answer.code == 0
        assert "YES" in finding(answer.out, "hedge mode").upper()
        assert command("run", "-c", settings, "--cycles", 1).code == 0
        account = thread.exchange.venue.engine.account
        assert account.hedge_mode


def test_a_clock_ten_seconds_off(command: Command, running: Running) -> None:
    running.exchange.venue.clock.skew_ms = 10_000
    answer = command("doctor", "-c", running.settings)
    assert answer.code == 1
    assert "timedatectl" in finding(answer.out, "clock")


class Html(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"<html><body>It works!</body></html>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 - the library's name

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def website() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Html)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join(timeout=5)


def test_an_endpoint_that_answers_html(command: Command, website: str, tmp_path: Path) -> None:
    answer = command("plan", "-c", settings_file(tmp_path, website))
    assert answer.code == 1
    assert "a body that is no JSON" in answer.out
    assert "BTC, ETH hold" in answer.out
    assert "counterpoise doctor" in answer.err
    assert "Traceback" not in answer.err


def test_an_endpoint_where_nobody_listens(command: Command, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    answer = command("doctor", "-c", settings_file(tmp_path, f"http://127.0.0.1:{port}"))
    assert answer.code == 1
    assert "bad" in finding(answer.out, "reachable")


def test_a_second_daemon(command: Command, running: Running, tmp_path: Path) -> None:
    journal = tmp_path / "var" / "main.db"
    journal.parent.mkdir(mode=0o700)
    holder = Holder(
        pid=4242, host="elsewhere", started_at_ms=SystemClock().wall_ms(), portfolio="main"
    )
    lock = hold(lock_path(journal), holder, "the journal")
    answer = command("run", "-c", running.settings)
    lock.release()
    assert answer.code == 5
    check_complaint(answer.err, "another daemon", "4242", "elsewhere", "counterpoise status")


def test_a_second_daemon_on_the_same_account_with_a_journal_of_its_own(
    command: Command, running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    holder = Holder(pid=4242, host="here", started_at_ms=0, portfolio="other")
    lock = hold_account(f"binance {running.endpoint} local-exchange-key", tmp_path, holder)
    answer = command("run", "-c", running.settings, "--cycles", 1)
    lock.release()
    assert answer.code == 5
    check_complaint(answer.err, "this exchange account", "4242", "portfolio other")
    assert command("run", "-c", running.settings, "--cycles", 1).code == 0


def test_the_journal_of_another_portfolio(
    command: Command, running: Running, tmp_path: Path
) -> None:
    assert command("run", "-c", running.settings, "--cycles", 1).code == 0
    other = tmp_path / "other.toml"
    other.touch(mode=0o600)
    other.write_text(running.settings.read_text())
    for name in ("run", "orders", "plan"):
        answer = command(name, "-c", other)
        assert answer.code == 2
        check_complaint(answer.err, "'main'", "'other'")


def test_the_journal_of_another_mode(command: Command, running: Running) -> None:
    assert command("run", "-c", running.settings, "--cycles", 1).code == 0
    text = running.settings.read_text().replace('mode = "testnet"', 'mode = "dry-run"')
    running.settings.write_text(text)
    answer = command("run", "-c", running.settings, "--cycles", 1)
    assert answer.code == 2
    check_complaint(answer.err, "testnet", "dry-run")


def test_a_journal_where_nothing_can_be_written(
    command: Command, running: Running, tmp_path: Path
) -> None:
    (tmp_path / "var").write_text("a file in the way")
    answer = command("run", "-c", running.settings, "--cycles", 1)
    assert answer.code == 2
    check_complaint(answer.err, "journal")
