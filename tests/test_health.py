"""The container's health check."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from counterpoise import health

NOW_MS = 1_900_000_000_000
FRESH = {"written_at_ms": NOW_MS - 2_000, "cycle_interval_s": 10.0, "state": "run", "healthy": True}


def answer(path: Path, **changes: object) -> int:
    path.write_text(json.dumps(FRESH | changes))
    return health.main([str(path)], {}, NOW_MS)


@pytest.fixture
def status(tmp_path: Path) -> Path:
    return tmp_path / "main.status.json"


def test_a_fresh_file_is_healthy(status: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(status) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("age_s", "interval_s", "code"),
    [(30, 1, 0), (31, 1, 1), (180, 60, 0), (181, 60, 1), (-31, 1, 1), (-5, 1, 0)],
)
def test_a_file_older_or_newer_than_a_few_cycles_is_unhealthy(
    status: Path, age_s: int, interval_s: int, code: int
) -> None:
    written = NOW_MS - age_s * 1000
    assert answer(status, written_at_ms=written, cycle_interval_s=interval_s) == code


def test_a_halted_daemon_is_unhealthy_and_says_so(
    status: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answer(status, state="halt", healthy=False) == 1
    assert capsys.readouterr().err == "unhealthy: the daemon says of itself: halt\n"


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"{}", b'"x"', b"\xff\xfe", b'{"written_at_ms": "soon"}'],
)
def test_a_file_that_makes_no_sense_is_unhealthy_in_one_line(
    status: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    status.write_bytes(content)
    assert health.main([str(status)], {}, NOW_MS) == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_an_interval_that_never_ends_is_unhealthy(status: Path, value: float) -> None:
    assert answer(status, cycle_interval_s=value) == 1


def test_a_missing_file_is_unhealthy(status: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert health.main([str(status)], {}, NOW_MS) == 1
    assert "cannot read" in capsys.readouterr().err


def test_the_environment_names_the_file(status: Path) -> None:
    status.write_text(json.dumps(FRESH))
    assert health.main([], {health.STATUS_FILE_VARIABLE: str(status)}, NOW_MS) == 0


def test_the_newest_file_of_the_folder_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(health, "STATUS_FOLDER", tmp_path)
    assert health.main([], {}, NOW_MS) == 1
    assert "no cycle has ended yet" in capsys.readouterr().err
    (tmp_path / "main.status.json").write_text(json.dumps(FRESH))
    assert health.main([], {}, NOW_MS) == 0


def test_it_loads_nothing_heavy(status: Path) -> None:
    status.write_text(json.dumps(FRESH))
    code = (
        "import sys; from counterpoise.health import main; "
        f"main([{str(status)!r}], {{}}, {NOW_MS}); "
        "sys.exit(bool({'ccxt', 'aiohttp', 'sqlalchemy', 'pydantic'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
