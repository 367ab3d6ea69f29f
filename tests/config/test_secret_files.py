"""A file with a secret is taken only where nobody else can read or replace it."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from counterpoise.config import secret_files
from counterpoise.config.problems import Problem
from counterpoise.config.secret_files import Named, content

SECRET = "canary-secret-0123456789"
STRANGER = 65_534
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")


def secret_at(path: Path, mode: int = 0o600) -> Path:
    path.write_text(f"{SECRET}\n")
    path.chmod(mode)
    return path


def named(file: Path) -> Named:
    return Named(key="venues.main.api_key_file", file=file, where="main.toml:7")


def problem_of(file: Path) -> Problem:
    found = content(named(file))
    assert isinstance(found, Problem), "accepted"
    assert SECRET not in f"{found!r} {found}"
    assert found.key == "venues.main.api_key_file"
    return found


def mended(problem: Problem) -> None:
    """Run the command that a refusal names."""
    command = problem.remedy.replace("sudo ", "")
    for one in command.split(" && "):
        subprocess.run(shlex.split(one), check=True)


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_file_of_our_own_is_taken(tmp_path: Path, mode: int) -> None:
    assert content(named(secret_at(tmp_path / "key", mode))) == SECRET


@pytest.mark.parametrize("mode", [0o601, 0o602, 0o604, 0o610, 0o620, 0o640, 0o444, 0o777])
def test_the_command_that_is_named_mends_a_file_that_others_can_read(
    tmp_path: Path, mode: int
) -> None:
    file = secret_at(tmp_path / "a key; of mine", mode)
    mended(problem_of(file))
    assert content(named(file)) == SECRET


@AS_ROOT
@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_a_file_of_another_user_is_refused_though_we_can_read_it(tmp_path: Path, mode: int) -> None:
    file = secret_at(tmp_path / "key", mode)
    os.chown(file, STRANGER, STRANGER)
    problem = problem_of(file)
    assert f"belongs to user {STRANGER}" in problem.said
    mended(problem)
    assert content(named(file)) == SECRET


def test_a_folder_in_which_anybody_may_swap_files_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "open to all"
    folder.mkdir()
    file = secret_at(folder / "key")
    folder.chmod(0o777)
    mended(problem_of(file))
    assert content(named(file)) == SECRET
    folder.chmod(0o1777)  # as /tmp: nobody moves what is another's
    assert content(named(file)) == SECRET


def test_a_link_is_followed_and_judged_by_what_it_leads_to(tmp_path: Path) -> None:
    inner, outer = tmp_path / "inner", tmp_path / "outer"
    inner.mkdir()
    outer.mkdir()
    link = outer / "key"
    link.symlink_to(secret_at(inner / "real"))
    assert content(named(link)) == SECRET
    (inner / "real").chmod(0o644)
    mended(problem_of(link))
    assert content(named(link)) == SECRET
    for folder in (inner, outer):
        folder.chmod(0o777)
        mended(problem_of(link))
        assert content(named(link)) == SECRET


def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    assert "is no file" in problem_of(tmp_path / "pipe").said
    problem_of(tmp_path)
    problem_of(Path(os.devnull))


@contextmanager
def as_in_a_container(
    monkeypatch: pytest.MonkeyPatch,
    file: Path,
    *,
    device: int = -1,
    mark: bool = True,
    folder: Path | None = None,
) -> Iterator[None]:
    """Show a file as a container's runtime would have put it there, but for what is given."""
    stat = Path(file).stat()
    opened = os.fstat

    def seen(descriptor: int) -> os.stat_result:
        real = opened(descriptor)
        if (real.st_ino, real.st_dev) != (stat.st_ino, stat.st_dev):
            return real
        fields = list(real[:10])
        fields[2] = device
        return os.stat_result(fields)

    with monkeypatch.context() as patched:
        patched.setattr(os, "fstat", seen)
        patched.setattr(secret_files, "CONTAINER_MARKS", (file,) if mark else ())
        patched.delenv(secret_files.CONTAINER_VARIABLE, raising=False)
        patched.setattr(secret_files, "CONTAINER_FOLDER", folder or file.parent)
        yield


@AS_ROOT
def test_a_secret_that_a_container_was_given_is_taken_though_all_of_it_may_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = secret_at(tmp_path / "key", 0o444)
    with as_in_a_container(monkeypatch, file):
        assert content(named(file)) == SECRET


@AS_ROOT
@pytest.mark.parametrize(
    ("mode", "changes"),
    [
        (0o444, {"mark": False}),  # no container
        (0o444, {"device": Path("/").stat().st_dev}),  # part of the image, or of the machine
        (0o444, {"folder": Path("/elsewhere")}),  # not where secrets are put
        (0o446, {}),  # others may write
        (0o464, {}),
    ],
)
def test_anything_less_than_a_containers_secret_is_a_file_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, changes: dict[str, Any]
) -> None:
    file = secret_at(tmp_path / "key", mode)
    with as_in_a_container(monkeypatch, file, **changes):
        assert "others on this machine can read" in problem_of(file).said
