"""Opening a journal: its place, its lock, its creation, its version and whose it is."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from counterpoise.errors import JournalError, JournalMismatch
from counterpoise.journal.database import Database
from counterpoise.journal.location import (
    check_directory,
    check_exists,
    check_file,
    journal_path,
    lock_path,
    make_directory,
)
from counterpoise.journal.lock import Lock, hold, holder_here
from counterpoise.journal.migrations import (
    before_upgrade,
    create_schema,
    meta_values,
    migrate,
    version_of,
)
from counterpoise.journal.ownership import check_identity, identity_facts
from counterpoise.journal.refusals import RESTORE
from counterpoise.journal.schema import SCHEMA_VERSION
from counterpoise.ports import Clock, Entropy, Identity

CYCLES_RESERVED_KEY: Final = "cycles_reserved"

_NONCE_LENGTH: Final = 24
_FILE_MODE: Final = 0o600
_HEADER_SIZE: Final = 100  # bytes, of any SQLite file


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalConfig:
    """Where the journal is, and what the opener may do with it."""

    url: str  # sqlite:///relative, sqlite:////absolute, sqlite:// in memory
    exclusive: bool = True  # the daemon: holds the lock, creates, migrates, records
    cycle_retention_s: int = 7 * 24 * 3600  # of cycles that ordered nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An open journal, verified to be ours."""

    database: Database
    lock: Lock | None
    exclusive: bool
    portfolio: str
    nonce: str
    cycles_reserved: int
    created_at_ms: int

    def close(self) -> None:
        """Let go of the file and then of the lock."""
        try:
            self.database.close()
        finally:
            if self.lock is not None:
                self.lock.release()


def open_journal(
    config: JournalConfig, identity: Identity, clock: Clock, entropy: Entropy
) -> Opened:
    """Return the journal of `identity`, open; created and migrated if opened exclusively."""
    path = journal_path(config.url)
    facts = identity_facts(identity) | {
        "nonce": entropy.token(_NONCE_LENGTH),
        "created_at_ms": str(clock.wall_ms()),
        CYCLES_RESERVED_KEY: "0",
    }
    if path is None:
        return _in_memory(identity, facts)
    if not config.exclusive:
        check_exists(path)
        return _opened(path, identity, None)
    make_directory(path.parent)
    check_directory(path.parent)
    lock = hold(lock_path(path), holder_here(identity.portfolio, clock), f"the journal {path}")
    try:
        if not path.exists():
            _create(path, facts)
        return _opened(path, identity, lock)
    except BaseException:
        lock.release()
        raise


def _in_memory(identity: Identity, facts: dict[str, str]) -> Opened:
    """Return a new journal that ends with the process."""
    database = Database(None)
    database.open()
    with database.writing() as connection:
        create_schema(connection, facts)
    return Opened(
        database=database,
        lock=None,
        exclusive=True,
        portfolio=identity.portfolio,
        nonce=facts["nonce"],
        cycles_reserved=0,
        created_at_ms=int(facts["created_at_ms"]),
    )


def _opened(path: Path, identity: Identity, lock: Lock | None) -> Opened:
    """Return an existing journal, open; holding the lock is what makes it exclusive."""
    check_file(path)
    _check_begun(path)
    database = Database(path)
    try:
        database.open()
        if lock is not None:
            database.check_pages()
        values = _values(database, path)
        version = version_of(values, str(path))
        check_identity(values, identity, str(path))
        if version < SCHEMA_VERSION:
            values = _upgraded(database, path, version, lock)
    except BaseException:
        with suppress(JournalError):
            database.close()
        raise
    return Opened(
        database=database,
        lock=lock,
        exclusive=lock is not None,
        portfolio=identity.portfolio,
        nonce=values["nonce"],
        cycles_reserved=int(values[CYCLES_RESERVED_KEY]),
        created_at_ms=int(values["created_at_ms"]),
    )


def _values(database: Database, path: Path) -> dict[str, str]:
    """Return the facts that a journal states about itself."""
    with database.reading() as connection:
        return meta_values(connection, str(path))


def _upgraded(database: Database, path: Path, version: int, lock: Lock | None) -> dict[str, str]:
    """Return the facts after leading an older journal to this version, a copy kept aside."""
    if lock is None:
        raise JournalMismatch(
            f"the journal {path} has the older version {version}; this program writes "
            f"{SCHEMA_VERSION}",
            hint="start the daemon of this version once, and it migrates: counterpoise run",
        )
    copy = Path(before_upgrade(str(path), version))
    if not copy.exists():
        database.copy_to(copy)
        copy.chmod(_FILE_MODE)
    with database.writing() as connection:
        migrate(connection, version)
    return _values(database, path)


def _create(path: Path, facts: dict[str, str]) -> None:
    """Create a journal under another name, whole, and only then let it appear at `path`."""
    _check_no_remains(path)
    draft = path.with_name(path.name + ".new")
    try:
        for remains in (draft, *_beside(draft)):
            remains.unlink(missing_ok=True)
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, _FILE_MODE))
        _fill(draft, facts)
        draft.rename(path)
        _sync(path.parent)
    except OSError as error:
        raise JournalError(
            f"the journal {path} cannot be created",
            hint=f"df -h {path.parent}; ls -ld {path.parent}",
            detail=str(error),
        ) from error


def _fill(draft: Path, facts: dict[str, str]) -> None:
    """Give a new file the tables, and the way it is written."""
    database = Database(draft)
    database.open()
    try:
        database.use_write_ahead_log()
        with database.writing() as connection:
            create_schema(connection, facts)
    finally:
        database.close()


def _check_begun(path: Path) -> None:
    """Refuse a file without a whole header, which SQLite would take for a new database."""
    if path.stat().st_size < _HEADER_SIZE:
        raise JournalError(
            f"the journal {path} is empty or cut off", hint=RESTORE.format(path=path)
        )


def _check_no_remains(path: Path) -> None:
    """Refuse to begin anew beside what is left of a journal: its newest orders may be in there."""
    for remains in _beside(path):
        if remains.exists():
            raise JournalError(
                f"the journal {path} is gone, but {remains.name} beside it is left",
                hint=f"restore {path.name} from where it went; to begin anew, move {remains} away",
            )


def _beside(path: Path) -> tuple[Path, ...]:
    """Return the files that SQLite keeps beside a database."""
    return tuple(path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal"))


def _sync(directory: Path) -> None:
    """Make a change of names in a directory durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
