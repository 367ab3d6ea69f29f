"""A profile as a value: the portfolio, its limits, and what goes wrong how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

D = Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Pre-trade limits, in quote currency; None is unlimited."""

    order: Decimal | None = None
    position: Decimal | None = None
    turnover: Decimal | None = None
    orders_minute: int | None = None
    leverage: Decimal | None = None
    margin_use: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """All that a run is made from; with the seed it is the whole run."""

    name: str
    seed: int
    hours: float
    interval_s: int = 30
    assets: int = 3
    exposure: Decimal = D(1)
    drift: Decimal = D("0.01")
    cooldown_s: int = 60
    sustain_s: int = 0
    return_to: Decimal = D(0)
    on_start: bool = False
    bounds: Bounds = field(default_factory=Bounds)
    latency_s: tuple[float, float] = (0.01, 0.2)
    lag_s: float = 0.0  # reads of balances and positions are this old at most
    replicas: bool = False  # reads are either up to date or as old as can be, by turns
    find_lag_s: float = 0.0  # look-ups and trades; the daemon is promised at most 4 s
    tick_s: int = 60  # between two moves of the price
    volatility: float = 0.001  # of the price, a tick
    recorded: bool = False  # prices as recorded, in place of a random walk
    storm_s: tuple[float, float] = (120.0, 300.0)  # how long it storms, and how long it does not
    rates: Mapping[str, float] = field(default_factory=dict)
    dry_run: bool = False
    retention_s: int = 604_800  # of quiet cycles in the journal
    measured: bool = False  # its memory and files are, once a simulated day

    def without(self, *names: str) -> Profile:
        """Return it with some faults off."""
        return replace(self, rates={k: v for k, v in self.rates.items() if k not in names})
