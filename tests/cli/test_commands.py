"""The commands against a local exchange: what they print, what they leave, what they return."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from counterpoise.cli.main import COMMANDS
from counterpoise.exchange.forcing import force
from counterpoise.exchange.orders import Origin
from counterpoise.log_events import faults
from tests.cli.conftest import Command, Running

PATIENCE_S = 30.0
SOURCE = Path(__file__).parents[2] / "src"


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
        env={**os.environ, "PYTHONPATH": str(SOURCE), **environment},
    )


@pytest.fixture
def daemon(running: Running, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Run the daemon in a process of its own, until the test ends."""
    status = tmp_path / "var" / "main.status.json"
    with (
        (tmp_path / "log").open("w") as log,
        subprocess.Popen(
            [sys.executable, "-m", "counterpoise.cli.main", "run", "-c", str(running.settings)],
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONPATH": str(SOURCE)},
        ) as process,
    ):
        wait_for(lambda: status.exists() and json.loads(status.read_text())["cycle"] > 0)
        yield process
        process.terminate()
        process.wait(timeout=PATIENCE_S)


def wait_for(condition: object) -> None:
    assert callable(condition)
    end_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < end_s:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("never came true")


def sent_writes(running: Running) -> list[object]:
    return list(running.exchange.venue.engine.ledger.orders.values())


def test_plan_sends_nothing_and_says_that_work_remains(command: Command, running: Running) -> None:
    answer = command("plan", "-c", running.settings)
    assert answer.code == 1
    assert "DRY LOOK, nothing is sent." in answer.out
    assert " BUY " in answer.out
    assert " SELL " in answer.out
    assert "counterpoise run" in answer.err
    assert not sent_writes(running)


def test_run_corrects_and_plan_agrees_that_nothing_is_left(
    command: Command, running: Running
) -> None:
    ran = command("run", "-c", running.settings, "--cycles", 3)
    assert ran.code == 0
    lines = [json.loads(line) for line in ran.out.splitlines()]
    assert [fault for line in lines for fault in faults(line)] == []
    assert {"rebalance.triggered", "order.sent", "order.settled"} <= {
        line["event"] for line in lines
    }
    assert len(sent_writes(running)) == 2
    assert command("plan", "-c", running.settings).code == 0


def test_no_secret_is_printed_by_any_command(command: Command, running: Running) -> None:
    for name in ("check", "doctor", "plan", "run --cycles 1", "status", "orders", "explain"):
        for flags in ((), ("--json",)):
            if name.startswith("run") and flags:
                continue
            answer = command(*name.split(), "-c", running.settings, *flags)
            assert "local-exchange-secret" not in answer.out + answer.err
            assert "local-exchange-key" not in answer.out + answer.err


def test_json_is_json_and_nothing_else(command: Command, running: Running) -> None:
    assert command("run", "-c", running.settings, "--cycles", 2).code == 0
    for name in ("check", "doctor", "plan", "status", "orders", "explain"):
        answer = command(name, "-c", running.settings, "--json")
        assert json.loads(answer.out), name
        assert answer.err == "", name


def test_plan_in_json_has_the_facts_of_the_table(command: Command, running: Running) -> None:
    facts = json.loads(command("plan", "-c", running.settings, "--json").out)
    btc = next(asset for asset in facts["assets"] if asset["asset"] == "BTC")
    assert facts["work_remains"] is True
    assert btc["decision"] == "order"
    assert btc["arithmetic"]["weight_target"] == "0.6"
    assert btc["order"]["symbol"] == "BTC/USDT:USDT"
    assert all(check["passed"] for check in btc["checks"])
    assert set(btc["cost"]) == {"fee", "slippage", "slippage_max"}


def test_every_order_is_explained_by_id_by_number_and_by_default(
    command: Command, running: Running
) -> None:
    command("run", "-c", running.settings, "--cycles", 2)
    listed = json.loads(command("orders", "-c", running.settings, "--json").out)
    last = listed[0]["intent"]
    answers = [
        command("explain", *name, "-c", running.settings).out
        for name in ((), (last,), (last[:-2],), (listed[0]["number"],))
    ]
    assert len(set(answers)) == 1
    for part in ("why", "saw", "limits", "did", "proved", "replay"):
        assert f"\n{part}" in answers[0]
    assert f"counterpoise plan --at {last}" in answers[0]


def test_an_unknown_order_is_answered_with_the_ones_there_are(
    command: Command, running: Running
) -> None:
    command("run", "-c", running.settings, "--cycles", 2)
    answer = command("explain", "nonsense", "-c", running.settings)
    assert answer.code == 1
    assert "no order 'nonsense'" in answer.err
    assert "the last ones are cpmain" in answer.err


def test_a_recorded_cycle_is_decided_again_under_the_settings_of_today(
    command: Command, running: Running
) -> None:
    command("run", "-c", running.settings, "--cycles", 2)
    assert command("plan", "--at", "1", "-c", running.settings).code == 1
    text = running.settings.read_text().replace("drift = 0.02", "drift = 0.5")
    running.settings.write_text(text)
    replayed = command("plan", "--at", "1", "-c", running.settings)
    assert replayed.code == 0
    assert "REPLAY of cpmain000001" in replayed.out
    assert "inside the band (50.00)" in replayed.out


def test_orders_are_listed_newest_first(command: Command, running: Running) -> None:
    assert "No order yet." not in command("orders", "-c", running.settings).out
    command("run", "-c", running.settings, "--cycles", 2)
    answer = command("orders", "-c", running.settings, "-n", 1)
    assert answer.code == 0
    assert "cpmain000002" in answer.out
    assert "cpmain000001" not in answer.out
    assert "counterpoise explain cpmain000002" in answer.err


def test_what_others_did_is_listed_below_the_orders(command: Command, running: Running) -> None:
    command("run", "-c", running.settings, "--cycles", 2)
    assert json.loads(command("orders", "-c", running.settings, "--json", "--others").out) == []
    venue = running.exchange.venue
    (position, *_) = venue.engine.account.open_positions()
    quantity = position.listing.quantity_step * 10
    force(venue.engine, position, quantity, Origin.DELEVERAGING, venue.clock.now())
    command("run", "-c", running.settings, "--cycles", 1)
    assert "deleveraging" in command("orders", "-c", running.settings).out
    (told,) = json.loads(command("orders", "-c", running.settings, "--json", "--others").out)
    assert (told["cause"], told["client_order_id"]) == ("deleveraging", "adl_autoclose")
    assert Decimal(told["quantity"]) == quantity


@pytest.mark.usefixtures("daemon")
def test_pause_and_resume_are_obeyed_and_shown(command: Command, running: Running) -> None:
    paused = command("pause", "-c", running.settings, "--reason", "looking into it")
    assert paused.code == 0
    assert "paused" in paused.out
    assert "counterpoise resume" in paused.err
    shown = command("status", "-c", running.settings)
    assert "PAUSE" in shown.out
    assert "looking into it" in shown.out
    assert command("resume", "-c", running.settings).code == 0
    wait_for(lambda: command("status", "-c", running.settings).code == 0)


def test_halt_is_latched_by_file_and_told_by_status(
    command: Command, running: Running, daemon: subprocess.Popen[str], tmp_path: Path
) -> None:
    answer = command("halt", "-c", running.settings, "--reason", "wrong")
    assert answer.code == 0
    assert "wrong" in (tmp_path / "var" / "main.halt").read_text()
    wait_for(lambda: command("status", "-c", running.settings).code == 4)
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(timeout=10) == 0
    for _ in range(2):
        stopped = command("status", "-c", running.settings)
        assert stopped.code == 4
        assert "counterpoise resume" in stopped.err
        assert command("run", "-c", running.settings, "--cycles", 1).code == 4


def test_a_halt_that_no_daemon_has_seen_yet_is_told_by_status(
    command: Command, running: Running
) -> None:
    assert command("run", "-c", running.settings, "--cycles", 1).code == 0
    assert command("status", "-c", running.settings).code == 1
    command("halt", "-c", running.settings, "--reason", "wrong")
    answer = command("status", "-c", running.settings)
    assert answer.code == 4
    assert "halts it" in answer.err


def test_why_it_was_resumed_is_not_told_as_why_it_stopped(
    command: Command, running: Running
) -> None:
    command("run", "-c", running.settings, "--cycles", 1)
    command("pause", "-c", running.settings)
    command("resume", "-c", running.settings, "--reason", "all is well")
    command("run", "-c", running.settings, "--cycles", 1)
    assert "all is well" not in command("status", "-c", running.settings).out


@pytest.mark.usefixtures("daemon")
def test_flatten_shows_asks_closes_and_pauses(command: Command, running: Running) -> None:
    refused = command("flatten", "-c", running.settings)
    assert refused.code == 2
    assert "give --yes" in refused.err
    assert "reduce-only" in refused.out
    answer = command("flatten", "-c", running.settings, "--yes")
    assert answer.code == 0
    assert "Flat, and paused." in answer.err
    engine = running.exchange.venue.engine
    assert all(position.amount == 0 for position in engine.account.positions.values())
    assert "PAUSE" in command("status", "-c", running.settings).out


def test_a_command_without_a_daemon_waits_in_the_journal(
    command: Command, running: Running
) -> None:
    command("run", "-c", running.settings, "--cycles", 1)
    status = json.loads((Path("var") / "main.status.json").read_text())
    old = json.dumps({**status, "written_at_ms": status["written_at_ms"] - 3_600_000})
    (Path("var") / "main.status.json").write_text(old)
    answer = command("pause", "-c", running.settings)
    assert answer.code == 0
    assert "No daemon runs; the next one obeys it" in answer.out
    assert "STOPPED" in command("status", "-c", running.settings).out
    orders_before = len(sent_writes(running))
    command("run", "-c", running.settings, "--cycles", 2)
    assert len(sent_writes(running)) == orders_before


def test_an_asset_that_is_not_configured_cannot_be_resumed(
    command: Command, running: Running
) -> None:
    answer = command("resume", "--asset", "DOGE", "-c", running.settings)
    assert answer.code == 2
    assert "BTC, ETH" in answer.err


def test_the_demo_rebalances_settles_and_ends_in_order(command: Command, tmp_path: Path) -> None:
    answer = command("demo", "--for", "4s", "--speed", "36000", "--state", tmp_path / "kept")
    assert answer.code == 0
    lines = [json.loads(line) for line in answer.out.splitlines()]
    assert [fault for line in lines for fault in faults(line)] == []
    events = [line["event"] for line in lines]
    assert "rebalance.triggered" in events
    settled = [line for line in lines if line["event"] == "order.settled"]
    assert any(line["status"] == "filled" for line in settled)
    assert events[-1] == "daemon.stopped"
    assert "rebalance" in answer.err
    assert "with perpetuals" in answer.err
    explain = next(line for line in answer.err.splitlines() if "counterpoise explain" in line)
    words = explain.split("counterpoise ")[1].split()
    assert "proved" in command(*words).out


def test_ctrl_c_ends_a_demo_with_its_summary() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "counterpoise.cli.main", "demo"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    ) as process:
        assert process.stdout is not None
        assert "daemon.started" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    assert "daemon.stopped" in out
    assert "with perpetuals" in err or "0 orders" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("venue", "last_of_the_key"), [("binance", "API_SECRET"), ("okx", "API_PASSPHRASE")]
)
def test_the_local_exchange_says_how_to_use_it_and_ends_when_told(
    venue: str, last_of_the_key: str
) -> None:
    started = [sys.executable, "-m", "counterpoise.cli.main", "exchange", "--port", "0"]
    with subprocess.Popen(
        [*started, "--venue", venue],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},  # buffered, as a pipe is by itself
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        told = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        told += process.stdout.read()
        complaints = process.stderr.read()
    assert process.returncode == 0
    assert f"{venue}'s protocol, on http://127.0.0.1:" in told
    assert f"COUNTERPOISE_VENUES__MAIN__{last_of_the_key}" in told
    assert "Traceback" not in complaints


def test_a_second_demo_begins_afresh(command: Command) -> None:
    for _ in range(2):
        assert command("demo", "--for", "1s").code == 0
    kept = Path("state") / "counterpoise" / "demo"
    assert (kept / "demo.toml").stat().st_mode & 0o777 == 0o600
    answer = command("orders", "--json", "-c", kept / "demo.toml")
    assert json.loads(answer.out) == []


@pytest.mark.parametrize("arguments", [["--help"], ["check"], ["status"]])
def test_what_signs_in_nowhere_does_not_import_ccxt(running: Running, arguments: list[str]) -> None:
    code = (
        "import sys; from counterpoise.cli.main import main; "
        f"main({arguments!r}); "
        "print([m for m in ('ccxt', 'sqlalchemy', 'aiohttp') if m in sys.modules])"
    )
    answer = run("-W", "error", "-c", code, COUNTERPOISE_CONFIG=str(running.settings))
    assert answer.stdout.splitlines()[-1] == "[]", answer.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(command: Command, name: str) -> None:
    answer = command(name, "--help")
    assert answer.code == 0
    assert f"  counterpoise {name}" in answer.out.partition("Example:")[2]


def test_the_version_is_told(command: Command) -> None:
    assert command("--version").out.startswith("counterpoise 0.")


def test_a_file_named_before_the_command_is_the_commands(
    command: Command, running: Running
) -> None:
    assert command("-c", running.settings, "check").code == 0


def test_plan_orders_nothing_that_the_daemon_would_not(command: Command, running: Running) -> None:
    free = command("plan", "-c", running.settings)
    assert ", IOC" in free.out
    folder = Path("var")
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "main.halt").write_text("something is wrong\n")
    halted = command("plan", "-c", running.settings)
    assert ", IOC" not in halted.out
    assert "halt" in halted.out


def test_a_secret_in_the_environment_is_used_once_warned_about_and_gone(
    command: Command, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = running.settings.read_text()
    running.settings.write_text(re.sub("(?m)^api_(key|secret) = .*$", "", text))
    for name in ("KEY", "SECRET"):
        value = f"local-exchange-{name.lower()}"
        monkeypatch.setenv(f"COUNTERPOISE_VENUES__MAIN__API_{name}", value)
    told = command("check", "-c", running.settings)
    assert told.code == 0
    assert "COUNTERPOISE_VENUES__MAIN__API_SECRET. A file is safer" in told.err
    assert not [name for name in os.environ if name.startswith("COUNTERPOISE_VENUES")]
