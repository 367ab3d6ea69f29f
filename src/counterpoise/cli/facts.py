"""Any of our values as JSON: money as strings, names for keys."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

from counterpoise.core.units import plain


def facts(value: object) -> Any:  # noqa: ANN401 - JSON
    """Return `value` as JSON has it. Raises TypeError for what no value of ours contains."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, Path | datetime):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: facts(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): facts(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [facts(inner) for inner in value]
    if isinstance(value, set | frozenset):
        return sorted(facts(inner) for inner in value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def as_json(value: object) -> str:
    """Return `value` as indented JSON, all of it ASCII."""
    return json.dumps(facts(value), indent=2)
