"""The values of a decision: what it is made from, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from counterpoise.core.instrument import Asset, InstrumentKey
from counterpoise.core.orders import ClientOrderId, Fill, Hold, Order
from counterpoise.core.sides import Sides
from counterpoise.core.state import AssetMemory
from counterpoise.core.units import ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """What was sent of late, restarts included."""

    turnover_day: Decimal = ZERO  # quote, last 24 hours: filled, and whole where still live
    orders_minute: int = 0  # sent in the last 60 seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that a decision needs besides the snapshot and the policy."""

    now_ms: int  # wall clock
    memories: Mapping[Asset, AssetMemory] = field(default_factory=dict)
    unsettled: Mapping[InstrumentKey, ClientOrderId] = field(default_factory=dict)
    pending: Mapping[InstrumentKey, Decimal] = field(default_factory=dict)  # quote; may yet grow
    activity: Activity = field(default_factory=Activity)
    traded: Mapping[InstrumentKey, Decimal] = field(default_factory=dict)  # size, since last seen
    trades: Mapping[InstrumentKey, tuple[Fill, ...]] = field(
        default_factory=dict
    )  # that explain it
    calendar_due: frozenset[Asset] = frozenset()
    starting: bool = False  # the first cycle of the daemon
    flattening: bool = False
    held: Mapping[Asset, Hold] = field(default_factory=dict)  # decided elsewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetView:
    """The arithmetic of one asset. Quantities in base units, weights as shares of value."""

    asset: Asset
    instrument: InstrumentKey
    spot: Decimal
    external: Decimal
    perpetual: Decimal  # delta
    position: Decimal  # size
    net: Decimal
    price: Decimal
    weight: Decimal
    weight_target: Decimal  # exposure applied
    drift_weight: Decimal
    band_outer_weight: Decimal
    band_inner_weight: Decimal
    carried_weight: Decimal = ZERO  # of assets without a perpetual, by their betas; in the drift
    carrier: Asset | None = None  # of an asset without a perpetual: whose perpetual it is
    sides: Sides | None = None  # of the position; None in one-way mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One limit against one order."""

    limit: str  # the settings key
    value: Decimal
    allowed: Decimal
    least: bool = False  # `allowed` is the least; else it is the most

    @property
    def passed(self) -> bool:
        """Say whether the value is allowed."""
        return self.value >= self.allowed if self.least else self.value <= self.allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is done about one asset, and why."""

    asset: Asset
    verdict: Order | Hold
    view: AssetView | None = None  # None where the snapshot does not allow the arithmetic
    wanted: Decimal = ZERO  # size of the whole correction, before caps and rounding
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The decisions of one cycle, in the order of the settings, and what to remember."""

    at_ms: int
    value: Decimal | None  # quote; None where it cannot be known
    decisions: tuple[Decision, ...]
    memories: Mapping[Asset, AssetMemory]

    @property
    def orders(self) -> tuple[Order, ...]:
        """Return the orders."""
        return tuple(d.verdict for d in self.decisions if isinstance(d.verdict, Order))

    @property
    def holds(self) -> tuple[Hold, ...]:
        """Return the holds."""
        return tuple(d.verdict for d in self.decisions if isinstance(d.verdict, Hold))

    @property
    def essence(self) -> object:
        """Return what makes a decision new: its verdicts, not the prices behind them."""
        return tuple(
            (d.asset, d.verdict.reason) if isinstance(d.verdict, Hold) else (d.asset, d.verdict)
            for d in self.decisions
        )
