"""What the daemon of one life was last shown: for the oracles, never for the daemon."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(slots=True)
class Seen:
    """The last answers, by kind of read."""

    started_s: dict[str, float] = field(default_factory=dict)  # by kind of read; failed: absent
    positions: dict[str, Decimal] = field(default_factory=dict)
    spoilt: dict[str, frozenset[str]] = field(default_factory=dict)  # assets, by kind of read
    margin_use: Decimal = Decimal(0)  # maintenance margin over margin balance
    terms: frozenset[str] = frozenset()  # assets whose terms were shown other than they are
