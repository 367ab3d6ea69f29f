"""
Cycle records and memories to bytes and back, every amount exactly as it was.

Pydantic reads the shapes from the values' own annotations, so a new field needs nothing here. The
adapters are built on first use: a tool that only reads orders never pays for them.
"""

from __future__ import annotations

import zlib
from functools import cache
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from counterpoise.core.state import AssetMemory
from counterpoise.errors import JournalError
from counterpoise.ports import CycleRecord

_COMPRESSION: Final = 1  # the fastest: a record shrinks to a fifth, within the time of a write


@cache
def _adapter(shape: type[Any]) -> TypeAdapter[Any]:
    """Return the adapter of one shape of value."""
    return TypeAdapter(shape)


def encode_cycle(record: CycleRecord) -> bytes:
    """Return a record as compressed JSON."""
    return zlib.compress(_adapter(CycleRecord).dump_json(record), _COMPRESSION)


def decode_cycle(body: bytes) -> CycleRecord:
    """Return the record in compressed JSON. Raises JournalError where it is not one of ours."""
    try:
        record: CycleRecord = _adapter(CycleRecord).validate_json(zlib.decompress(body))
    except (ValidationError, ValueError, zlib.error) as error:
        raise _unreadable("a recorded cycle", error) from error
    return record


def encode_memory(memory: AssetMemory) -> str:
    """Return what is remembered of an asset as JSON."""
    return _adapter(AssetMemory).dump_json(memory).decode()


def decode_memory(body: str) -> AssetMemory:
    """Return what JSON remembers of an asset. Raises JournalError where it is not ours."""
    try:
        memory: AssetMemory = _adapter(AssetMemory).validate_json(body)
    except (ValidationError, ValueError) as error:
        raise _unreadable("what is remembered of an asset", error) from error
    return memory


def warm() -> None:
    """Build the adapters now, so that the first order does not wait for them."""
    _adapter(CycleRecord)
    _adapter(AssetMemory)


def _unreadable(what: str, error: Exception) -> JournalError:
    """Return the error for a body that does not fit our shapes."""
    return JournalError(
        f"{what} was written by another version and cannot be read by this one",
        hint="read it with the version named in the log line `daemon.started` of that time",
        detail=str(error)[:500],
    )
