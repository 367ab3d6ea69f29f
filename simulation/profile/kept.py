"""A profile as text: a seed that failed is kept whole, for the drawing of profiles changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from decimal import Decimal
from typing import Any

from simulation.profile.value import Bounds, Profile

DECIMALS = ("exposure", "drift", "return_to")
PAIRS = ("latency_s", "storm_s")
COUNTS = ("orders_minute",)  # of the bounds: no money


def written(profile: Profile) -> dict[str, object]:
    """Return it in what JSON knows."""
    found = asdict(profile)
    found |= {name: str(found[name]) for name in DECIMALS}
    bounds = found["bounds"].items()
    found["bounds"] = {k: v if v is None or k in COUNTS else str(v) for k, v in bounds}
    return found


def read(kept: Mapping[str, Any]) -> Profile:
    """Return the profile; what it does not name is as usual. Raises TypeError for the unknown."""
    found = dict(kept)
    unknown = found.keys() - {field.name for field in fields(Profile)}
    if unknown:
        raise TypeError(f"a profile has no {sorted(unknown)}")
    for name in DECIMALS:
        if name in found:
            found[name] = Decimal(found[name])
    for name in PAIRS:
        if name in found:
            found[name] = tuple(found[name])
    bounds = found.pop("bounds", {}).items()
    limits: dict[str, Any] = {k: v if v is None or k in COUNTS else Decimal(v) for k, v in bounds}
    return Profile(**found, bounds=Bounds(**limits))
