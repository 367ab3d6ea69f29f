"""MessagePack, as far as actions use it: what is signed is an action packed so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

SHORT_NUMBER, SHORT_TEXT, SHORT_LIST, TEXT_8 = 0x80, 32, 16, 256
UNSIGNED = ((1, 0xCC), (2, 0xCD), (4, 0xCE), (8, 0xCF))  # bytes, and what announces them


def packed(value: object) -> bytes:
    """Return a value packed. Raises ValueError for one that no action holds."""
    if value is None:
        return b"\xc0"
    if isinstance(value, bool):
        return b"\xc3" if value else b"\xc2"
    if isinstance(value, int):
        return _number(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        pairs = b"".join(packed(name) + packed(part) for name, part in value.items())
        return _head(len(value), 0x80, 0xDE) + pairs
    if isinstance(value, Sequence):
        return _head(len(value), 0x90, 0xDC) + b"".join(map(packed, value))
    raise ValueError(f"not packed: {type(value).__name__}")


def _number(value: int) -> bytes:
    if 0 <= value < SHORT_NUMBER:
        return bytes([value])
    for size, announced in UNSIGNED:
        if 0 <= value < 1 << 8 * size:
            return bytes([announced]) + value.to_bytes(size)
    raise ValueError("not packed: a number below zero, or giant")


def _text(value: str) -> bytes:
    encoded = value.encode()
    if len(encoded) < SHORT_TEXT:
        return bytes([0xA0 + len(encoded)]) + encoded
    if len(encoded) < TEXT_8:
        return bytes([0xD9, len(encoded)]) + encoded
    return b"\xda" + len(encoded).to_bytes(2) + encoded


def _head(count: int, short: int, long: int) -> bytes:
    return bytes([short + count]) if count < SHORT_LIST else bytes([long]) + count.to_bytes(2)
