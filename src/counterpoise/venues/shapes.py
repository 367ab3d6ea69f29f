"""Strict access to answers: what is missing, empty or no number is an error, never a zero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from counterpoise.core.units import exact
from counterpoise.errors import SnapshotError

Record = Mapping[str, object]

SEEN_LENGTH_MAX = 60
NUMBERS = (str, int, float)  # JSON's own; a truth value is none of them, though Python says so


def seen(value: object) -> str:
    """Return a short picture of what came instead."""
    text = repr(value)
    return text if len(text) <= SEEN_LENGTH_MAX else f"{text[:SEEN_LENGTH_MAX]}..."


def record(value: object, what: str) -> Record:
    """Return `value` as a non-empty JSON object."""
    if not isinstance(value, dict) or not value:
        raise SnapshotError(f"{what}: expected an object", detail=seen(value))
    return value


def rows(value: object, what: str, *, empty_allowed: bool) -> Sequence[Record]:
    """Return `value` as a list of JSON objects."""
    if not isinstance(value, list):
        raise SnapshotError(f"{what}: expected a list", detail=seen(value))
    if not value and not empty_allowed:
        raise SnapshotError(f"{what}: the list is empty")
    for row in value:
        if not isinstance(row, dict):
            raise SnapshotError(f"{what}: expected objects in the list", detail=seen(row))
    return value


def text(source: Record, field: str, what: str) -> str:
    """Return a non-empty text; a whole number counts as its digits."""
    value = source.get(field)
    if isinstance(value, str) and value:
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise SnapshotError(f"{what}: `{field}` is missing", detail=seen(value))


def number(source: Record, field: str, what: str) -> Decimal:
    """Return a finite number, exact where the venue sent text or a whole number."""
    value = source.get(field)
    if not isinstance(value, NUMBERS) or isinstance(value, bool):
        raise SnapshotError(f"{what}: `{field}` is missing", detail=seen(value))
    try:
        return exact(str(value))
    except ValueError as error:
        raise SnapshotError(f"{what}: `{field}` is no number", detail=seen(value)) from error


def not_negative(source: Record, field: str, what: str) -> Decimal:
    """Return a number that is zero or more."""
    value = number(source, field, what)
    if value < 0:
        raise SnapshotError(f"{what}: `{field}` is negative", detail=seen(source.get(field)))
    return value


def positive(source: Record, field: str, what: str) -> Decimal:
    """Return a number above zero."""
    value = number(source, field, what)
    if value <= 0:
        raise SnapshotError(f"{what}: `{field}` is not positive", detail=seen(source.get(field)))
    return value


def optional(source: Record, field: str, what: str) -> Decimal | None:
    """Return a number, or None where the venue leaves the field out, empty or zero."""
    if source.get(field) in (None, ""):
        return None
    value = number(source, field, what)
    return None if value == 0 else value


def whole(source: Record, field: str, what: str) -> int:
    """Return a whole number of at least zero."""
    value = number(source, field, what)
    if value < 0 or value != value.to_integral_value():
        raise SnapshotError(f"{what}: `{field}` is no count", detail=seen(source.get(field)))
    return int(value)


def flag(source: Record, field: str, what: str) -> bool:
    """Return a truth value, written as such or as text."""
    value = source.get(field)
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise SnapshotError(f"{what}: `{field}` is neither true nor false", detail=seen(value))
