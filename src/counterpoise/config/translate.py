"""From the validator's findings to problems in our own words."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from counterpoise.config.layers import KeyPath
from counterpoise.config.problems import Problem, nearest
from counterpoise.config.secrets import is_secret
from counterpoise.config.settings import Settings
from counterpoise.config.values import UNFIT
from counterpoise.core.units import plain

SHOWN_MAX = 60
KINDS = {  # pydantic's error type: what would be allowed
    "dict_type": "a table of keys, not a single value",
    "model_type": "a table of keys, not a single value",
    "model_attributes_type": "a table of keys, not a single value",
    "string_type": "text in quotes",
}
EXAMPLES = {
    "weight": "weight = 0.5",
    "perpetual": 'perpetual = "main:BTC/USDT:USDT"',
    "asset": 'asset = "BTC"',
    "beta": "beta = 1.2",
    "exchange": 'exchange = "binance"',
    "format": 'format = "slack", or "json"',
}
WHOLE_FILE = sorted(Settings.model_fields)


def problems(error: ValidationError, origins: Mapping[KeyPath, str]) -> list[Problem]:
    """Return one problem for each finding, in the order of the settings."""
    return [_problem(details, origins) for details in error.errors(include_url=False)]


def key_path(details: ErrorDetails) -> KeyPath:
    """Return the path of the key that a finding is about."""
    return tuple(str(part) for part in details["loc"])


def origin_of(path: KeyPath, origins: Mapping[KeyPath, str]) -> str:
    """Return where `path` was set: its own place, else that of the nearest thing around it."""
    for length in range(len(path), 0, -1):
        near = (place for key, place in origins.items() if key[:length] == path[:length])
        if found := next(near, None):
            return found
    return ""


def _problem(details: ErrorDetails, origins: Mapping[KeyPath, str]) -> Problem:
    path = key_path(details)
    if details["type"] == "extra_forbidden":
        return _unknown(path, origins)
    if details["type"] == "missing":
        return _missing(path, origins)
    ours = details.get("ctx", {}) if details["type"] == UNFIT else {}
    kind = KINDS.get(details["type"], "another kind of value")
    return Problem(
        key=".".join(path),
        said=ours.get("said") or f"= {shown(details['input'], path)}",
        allowed=ours.get("allowed", kind),
        remedy=ours.get("remedy", ""),
        where=origin_of(path, origins),
        detail="" if ours else details["msg"],
    )


def _unknown(path: KeyPath, origins: Mapping[KeyPath, str]) -> Problem:
    *above, word = path
    known = keys_of(above)
    close = nearest(word, known) or _elsewhere(word)
    place = ".".join((*above, close)) if close in known else close
    return Problem(
        key=".".join(path),
        said="is not a key",
        allowed=", ".join(known) or "nothing in this table",
        remedy=f"did you mean {place}?" if close else f"take {word} out",
        where=origin_of(path, origins),
    )


def _missing(path: KeyPath, origins: Mapping[KeyPath, str]) -> Problem:
    return Problem(
        key=".".join(path),
        said="is missing",
        allowed=f"{EXAMPLES.get(path[-1], path[-1])}, under [{'.'.join(path[:-1])}]",
        remedy="add it",
        where=origin_of(path[:-1], origins),
    )


def keys_of(above: Sequence[str]) -> list[str]:
    """Return the keys that the table at `above` may have."""
    model: Any = Settings
    for part in above:
        fields = getattr(model, "model_fields", {})
        model = _table_of(fields[part].annotation) if part in fields else _table_of(model)
    fields = list(getattr(model, "model_fields", {}))
    return [*fields, *(f"{key}_file" for key in fields if is_secret((*above, key)))]


def _table_of(annotation: Any) -> Any:  # noqa: ANN401 - a type, as pydantic keeps it
    """Return the table that an annotation allows: itself, or what a mapping maps to."""
    if get_origin(annotation) in {Union, types.UnionType}:
        return _table_of(get_args(annotation)[0])
    if get_origin(annotation) is dict:
        return _Named(get_args(annotation)[1])
    if isinstance(annotation, _Named):
        return annotation.model
    return annotation


class _Named:
    """A table whose keys are names that the owner chose; `model` is what each name has."""

    def __init__(self, model: type[BaseModel]) -> None:
        self.model = model


def _elsewhere(word: str) -> str | None:
    """Return the dotted key that a word in the wrong table most likely meant."""
    tables: Iterator[tuple[str, str]] = (
        (key, f"{table}.{key}") for table in WHOLE_FILE for key in keys_of([table])
    )
    known = dict(tables)
    close = nearest(word, list(known))
    return known[close] if close else None


def shown(value: object, path: KeyPath) -> str:
    """Return a value as a person wrote it, shortened; a secret never."""
    if is_secret(path):
        return "(hidden)"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, bool):
        return str(value).lower()
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]}..."
