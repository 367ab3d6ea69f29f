"""Locks that keep a second daemon off a journal and off an account, and say who holds them."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from counterpoise.errors import JournalError, JournalHeld
from counterpoise.journal.location import check_directory, make_directory
from counterpoise.ports import Clock

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NOTE_SIZE_MAX: Final = 4096  # bytes; what a holder writes about itself is far smaller


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds a lock."""

    pid: int
    host: str
    started_at_ms: int
    portfolio: str

    def __str__(self) -> str:
        """Return it as a clause: `process 7 on box, portfolio main, since 2026-01-02T03:04:05Z`."""
        since = (_EPOCH + timedelta(milliseconds=self.started_at_ms)).isoformat("T", "seconds")
        since = since.replace("+00:00", "Z")
        return f"process {self.pid} on {self.host}, portfolio {self.portfolio}, since {since}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A lock while it is held. The system lets go of it when the process ends, however it ends."""

    path: Path
    descriptor: int

    def release(self) -> None:
        """Let go. The file stays: removing it would let two daemons hold one each."""
        os.ftruncate(self.descriptor, 0)
        os.close(self.descriptor)


def holder_here(portfolio: str, clock: Clock) -> Holder:
    """Return this process as a holder, from now on."""
    return Holder(
        pid=os.getpid(),
        host=platform.node() or "this host",
        started_at_ms=clock.wall_ms(),
        portfolio=portfolio,
    )


def hold(path: Path, holder: Holder, what: str) -> Lock:
    """
    Take the lock at `path`; `what` names in an error the thing it stands for.

    Raises JournalHeld if another process has it, JournalError if the file cannot be written.
    """
    descriptor = _descriptor(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(asdict(holder)).encode(), 0)
    except BlockingIOError as error:
        other = _noted(descriptor)
        os.close(descriptor)
        raise JournalHeld(
            f"another daemon holds {what}: {other or 'it does not say which'}",
            hint="look at it with `counterpoise status`; stop it before starting this one",
        ) from error
    except OSError as error:
        os.close(descriptor)
        raise JournalError(
            f"the lock {path} cannot be written", hint=f"df -h {path.parent}", detail=str(error)
        ) from error
    return Lock(path=path, descriptor=descriptor)


def hold_account(account: str, directory: Path, holder: Holder) -> Lock:
    """
    Take the lock of one exchange account, whatever the journal, for all daemons of this machine.

    `account` tells accounts apart, such as exchange id and key together; only its hash is stored.
    `directory` is shared by every daemon that could use the account, those of other users too: not
    one of our own making, which they could not write. Raises JournalHeld if
    another daemon trades on it, JournalError if the directory cannot be written.
    """
    make_directory(directory)
    check_directory(directory)
    name = hashlib.sha256(account.encode()).hexdigest()[:32]
    return hold(directory / f"counterpoise-account-{name}.lock", holder, "this exchange account")


def held_by(path: Path) -> Holder | None:
    """Return who holds the lock at `path`, or None where nobody does."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise JournalError(
            f"the lock {path} cannot be read", hint=f"ls -l {path}", detail=str(error)
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        unnamed = Holder(pid=0, host="this host", started_at_ms=0, portfolio="?")
        return _noted(descriptor) or unnamed
    else:
        return None
    finally:
        os.close(descriptor)


def _descriptor(path: Path) -> int:
    """Open a lock file, for its owner only, and never through a link that another user laid."""
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise JournalError(
            f"the lock {path} cannot be opened",
            hint=f"see whose it is: ls -l {path}",
            detail=str(error),
        ) from error


def _noted(descriptor: int) -> Holder | None:
    """Return what a holder wrote about itself, or None if that cannot be understood."""
    try:
        return Holder(**json.loads(os.pread(descriptor, _NOTE_SIZE_MAX, 0)))
    except (TypeError, ValueError):
        return None
