"""Where a journal lives, and whether its directory can be trusted with it."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from counterpoise.errors import JournalError, SettingsError

_FILE_SCHEME: Final = "sqlite:///"
_IN_MEMORY: Final = frozenset({"sqlite://", "sqlite:///", "sqlite:///:memory:"})
_DIRECTORY_MODE: Final = 0o700
_MOUNTS: Final = Path("/proc/self/mounts")

# Neither the lock nor the write-ahead log can be relied on across machines.
_NETWORK_FILESYSTEMS: Final = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "fuse.sshfs"}
)


def journal_path(url: str) -> Path | None:
    """
    Return the absolute path of the journal file that `url` names, or None for one in memory.

    `sqlite:///var/a.db` is relative to the working directory, `sqlite:////var/a.db` absolute.
    Raises SettingsError for any other kind of URL.
    """
    if url in _IN_MEMORY:
        return None
    name = url.removeprefix(_FILE_SCHEME)
    if name == url or "?" in name or "#" in name:
        given = url.partition(":")[0]  # no more of it: a password may follow
        raise SettingsError(
            f"journal.url begins with {given!r}; this version keeps its journal in SQLite only, "
            "at sqlite:/// and then a path without ? or #",
            hint='set journal.url = "sqlite:///var/counterpoise.db"',
        )
    return Path(name).absolute()


def lock_path(path: Path) -> Path:
    """Return the path of the lock that the daemon holds while it writes the journal at `path`."""
    return path.with_name(path.name + ".lock")


def make_directory(directory: Path) -> None:
    """Create what is missing of `directory`, for its owner only. Raises JournalError."""
    try:
        missing = [p for p in (directory, *directory.parents) if not p.exists()]
        for path in reversed(missing):
            path.mkdir(mode=_DIRECTORY_MODE, exist_ok=True)
    except OSError as error:
        raise _unmade(directory, error) from error


def check_directory(directory: Path) -> None:
    """Raise JournalError unless `directory` is a local one in which we can write."""
    if not directory.is_dir():
        raise JournalError(
            f"{directory} is not a directory; the journal cannot be kept in it",
            hint="point journal.url at a file in a directory that the daemon can write",
        )
    kind = _filesystem(directory)
    if kind in _NETWORK_FILESYSTEMS:
        raise JournalError(
            f"{directory} is on a network filesystem ({kind}), where two daemons could both write",
            hint="set journal.url to a file on a local disk",
        )
    if not os.access(directory, os.W_OK | os.X_OK):
        raise _unwritable(directory, None)


def check_file(path: Path) -> None:
    """Raise JournalError unless `path` is a file that we can read and write."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise JournalError(
            f"{path} is not a file, so it is no journal",
            hint="point journal.url at a file, or move what is there out of the way",
        )
    if not os.access(path, os.R_OK | os.W_OK):
        raise _unwritable(path, None)


def check_exists(path: Path) -> None:
    """Refuse to read what no daemon has made yet, or what stands where we may not look."""
    try:
        there = path.exists()
    except OSError as error:
        raise _unwritable(path, error) from error
    if not there:
        raise JournalError(
            f"there is no journal at {path}: no daemon has run with these settings here",
            hint="start one: counterpoise run; or name the right settings file with -c",
        )


def _unmade(directory: Path, error: OSError) -> JournalError:
    """Return the error for a directory that is not there and cannot be made by us."""
    return JournalError(
        f"{directory} cannot be made, so the journal cannot be kept in it: {error.strerror}",
        hint=f"sudo install -d -o {os.geteuid()} -m 700 {directory}, or set journal.url to a file "
        "in a directory of your own",
        detail=str(error),
    )


def _unwritable(path: Path, error: OSError | None) -> JournalError:
    """Return the error for a path that cannot be written, saying whose it is."""
    detail = "" if error is None else str(error)
    try:
        owner = path.stat().st_uid
        read_only = bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    except OSError as unreadable:
        return JournalError(
            f"{path} cannot be reached, so the journal cannot be written",
            hint=f"ls -ld {path}",
            detail=detail or str(unreadable),
        )
    if read_only:
        return JournalError(
            f"{path} is on a read-only filesystem, so the journal cannot be written",
            hint="mount it writable, or set journal.url to a directory that is",
            detail=detail,
        )
    us = os.geteuid()
    return JournalError(
        f"{path} cannot be written: it belongs to user {owner}, and this process is user {us}",
        hint=f"sudo chown {us} {path}" if owner != us else f"chmod u+rwX {path}",
        detail=detail,
    )


def _filesystem(directory: Path) -> str:
    """Return the kind of filesystem under `directory`, empty where the system does not say."""
    try:
        lines = _MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    real = directory.resolve()
    best, kind = -1, ""
    for line in lines:
        _, mount, found, *_ = line.split(" ", 3)
        point = Path(mount.replace("\\040", " "))
        if real.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), found
    return kind
