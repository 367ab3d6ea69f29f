"""The cases that not every change is tried with; `make chaos` runs them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.cases import CASES, Case
from tests.chaos.test_same_as_simulated import check_both
from tests.chaos.test_secrets import check_sinks


@pytest.mark.parametrize("case", [case for case in CASES if not case.quick], ids=str)
def test_the_process_does_so_in_every_other_case(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_both(case, tmp_path, monkeypatch)


COMMANDS = (
    "status",
    "status --json",
    "orders",
    "orders --json",
    "explain INTENT",
    "explain INTENT --json",
    "plan",
    "plan --json",
    "check",
    "check --json",
    "doctor",
    "doctor --json",
)


async def test_no_command_at_all_shows_a_piece_of_a_secret(tmp_path: Path) -> None:
    await check_sinks(tmp_path, COMMANDS, COMMANDS)
