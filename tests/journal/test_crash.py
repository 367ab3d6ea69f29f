"""A killed daemon leaves what it had recorded, and nothing in the way of the next one."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from counterpoise.core.orders import IntentState
from counterpoise.errors import JournalHeld
from counterpoise.journal.location import lock_path
from counterpoise.journal.lock import held_by
from tests.journal.conftest import Make
from tests.journal.records import ASSETS, IDENTITY, run

ROOT = Path(__file__).parents[2]
DEADLINE_S = 30

# Records three orders, settles one of them, says so, and waits to be killed.
DAEMON = """
import sys
from counterpoise.journal.opening import JournalConfig
from counterpoise.journal.store import SqlJournal
from tests.journal.records import *

journal = SqlJournal(JournalConfig(url=sys.argv[1]), HandClock(), SeededEntropy())
run(journal.open(IDENTITY))
made = run(sent(journal, *map(order, ASSETS)))
run(journal.record_outcome(filled(made[0])))
print(" ".join(i.client_order_id for i in made), flush=True)
sys.stdin.read()
"""


def test_a_kill_loses_nothing_that_was_recorded(make: Make, path: Path) -> None:
    command = [sys.executable, "-c", DAEMON, f"sqlite:///{path}"]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as daemon:
        assert daemon.stdout is not None
        ids = daemon.stdout.readline().split()
        assert len(ids) == len(ASSETS)
        with pytest.raises(JournalHeld, match=f"process {daemon.pid} on "):
            run(make().open(IDENTITY))
        daemon.send_signal(signal.SIGKILL)
        daemon.communicate(timeout=DEADLINE_S)
    assert held_by(lock_path(path)) is None
    journal = make(seed=2)
    run(journal.open(IDENTITY))
    assert [i.client_order_id for i in run(journal.intents(10))] == ids[::-1]
    assert [i.client_order_id for i in run(journal.unsettled())] == ids[1:]
    assert {i.state for i in run(journal.unsettled())} == {IntentState.SENT}
    assert run(journal.next_cycle()) > 1


def test_importing_the_package_loads_no_database() -> None:
    code = (
        "import sys; import counterpoise.journal, counterpoise.journal.lock;"
        "sys.exit(any(m in sys.modules for m in ('sqlalchemy', 'sqlite3', 'pydantic')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(ROOT / "src")},
        timeout=DEADLINE_S,
        check=False,
    )
    assert done.returncode == 0
