"""Files with a secret in them: who else may read or replace one, and the command that mends it."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from counterpoise.config.problems import Problem

SECRET_LENGTH_MAX = 10_000
OTHERS = stat.S_IRWXG | stat.S_IRWXO
ROOT = 0

# Swarm and Kubernetes show a secret as root's own file on a mount of its own, which all may read:
# all of a container, and there is nobody else in it.
CONTAINER_FOLDER = Path("/run/secrets")
CONTAINER_MARKS = (Path("/.dockerenv"), Path("/run/.containerenv"))
CONTAINER_VARIABLE = "KUBERNETES_SERVICE_HOST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A file with a secret, and who named it."""

    key: str
    file: Path
    where: str  # of the key


def content(named: Named) -> str | Problem:
    """Return the secret in a file, or why it is not taken: its mode is that of what was read."""
    try:
        descriptor = os.open(named.file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, encoding="utf-8") as stream:  # noqa: PTH123 - it is open already
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                return _no_file(named)
            text = stream.read(SECRET_LENGTH_MAX).strip()
    except (OSError, UnicodeDecodeError) as error:
        return _unreadable(named, error)
    return exposed(named, found) or (text or _empty(named))


def exposed(named: Named, found: os.stat_result) -> Problem | None:
    """Return what is wrong where another user may read or replace the file; None where none may."""
    if _by_container(named.file, found):
        return None
    us = os.geteuid()
    if found.st_uid not in (us, ROOT):
        return _owned(named, found.st_uid, us)
    if found.st_mode & OTHERS:
        return _readable(named, found, us)
    return next((_replaceable(named, folder) for folder in _open_folders(named.file)), None)


def _by_container(file: Path, found: os.stat_result) -> bool:
    """Say whether a container's runtime has put the file there, for this container alone."""
    inside = CONTAINER_VARIABLE in os.environ or any(mark.exists() for mark in CONTAINER_MARKS)
    apart = found.st_dev != Path("/").stat().st_dev
    rootly = found.st_uid == ROOT and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return inside and apart and rootly and CONTAINER_FOLDER in file.absolute().parents


def _open_folders(file: Path) -> Iterator[Path]:
    """Yield the folders, of the name and of what it leads to, in which anybody may swap files."""
    for folder in dict.fromkeys((file.absolute().parent, file.resolve().parent)):
        mode = folder.stat().st_mode
        if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
            yield folder


def _quoted(file: Path) -> str:
    return shlex.quote(str(file))


def _readable(named: Named, found: os.stat_result, us: int) -> Problem:
    command = f"chmod 600 {_quoted(named.file)}"
    if found.st_uid != us:
        command = f"sudo chown {us} {_quoted(named.file)} && {command}"
    return Problem(
        key=named.key,
        said=f"is in {named.file}, which others on this machine can read",
        allowed="a file that only its owner can read (mode 0600 or 0400)",
        remedy=command,
        where=named.where,
    )


def _owned(named: Named, owner: int, us: int) -> Problem:
    return Problem(
        key=named.key,
        said=f"is in {named.file}, which belongs to user {owner}, and this process is user {us}",
        allowed=f"a file that belongs to user {us}",
        remedy=f"sudo chown {us} {_quoted(named.file)} && chmod 600 {_quoted(named.file)}",
        where=named.where,
    )


def _replaceable(named: Named, folder: Path) -> Problem:
    return Problem(
        key=named.key,
        said=f"is in {named.file}, and everybody on this machine may replace what is in {folder}",
        allowed="a folder that only its owner can write to",
        remedy=f"chmod go-w {_quoted(folder)}",
        where=named.where,
    )


def _no_file(named: Named) -> Problem:
    return Problem(
        key=named.key,
        said=f"names {named.file}, which is no file",
        allowed="a plain file, or a link to one, with the secret in it and nothing else",
        remedy=f"ls -l {_quoted(named.file)}, and name the file itself",
        where=named.where,
    )


def _unreadable(named: Named, error: Exception) -> Problem:
    missing = isinstance(error, FileNotFoundError)
    us, file = os.geteuid(), _quoted(named.file)
    why = "does not exist" if missing else "this user cannot read"
    return Problem(
        key=named.key,
        said=f"names {named.file}, which {why}",
        allowed=f"a file with the secret in it, readable by user {us}",
        remedy=f"install -m 600 /dev/null {file}, then put the secret into it"
        if missing
        else f"sudo chown {us} {file} && chmod 600 {file}",
        where=named.where,
        detail=str(error),
    )


def _empty(named: Named) -> Problem:
    return Problem(
        key=named.key,
        said=f"names {named.file}, which is empty",
        allowed="a file with the secret in it and nothing else",
        remedy=f"put the secret into {_quoted(named.file)}",
        where=named.where,
    )
