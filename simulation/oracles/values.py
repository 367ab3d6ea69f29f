"""What the oracles judge: an order as it leaves, and what was shown before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from counterpoise.core.orders import Intent, Order
from simulation.seen import Seen
from simulation.venue import State

Found = Iterator[tuple[str, str]]  # invariant, and what was seen
ON_ITS_WAY_S = 3.0  # from the end of the reads to the wire: commits and a little waiting


@dataclass(frozen=True, slots=True)
class Posted:
    """One order as it left."""

    at_s: float
    asset: str
    notional: Decimal
    size: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """An order at the moment at which its first byte leaves."""

    intent: Intent
    now_s: float
    window_s: float  # the reads that it rests on began within this
    seen: Seen  # what the daemon was shown last
    shown: list[State]  # all that was true since the reads, lag included

    @property
    def key(self) -> str:
        """Return its id."""
        return str(self.intent.client_order_id)

    @property
    def asset(self) -> str:
        """Return what it is of."""
        return str(self.intent.order.asset)

    @property
    def order(self) -> Order:
        """Return the order itself."""
        return self.intent.order
