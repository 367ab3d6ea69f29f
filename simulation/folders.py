"""A place for the files of one run."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - a disk made of memory, where there is one


@contextmanager
def folder() -> Iterator[Path]:
    """Lend a folder for a journal, in memory where the system has such a disk."""
    place = str(MEMORY) if MEMORY.is_dir() else None
    path = Path(tempfile.mkdtemp(prefix="counterpoise-sim-", dir=place))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
