"""Sums over many runs, and how to say them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from simulation.findings import Violation
from simulation.jobs import Done, Job

YEAR_S = 365 * 86_400.0


@dataclass(slots=True, kw_only=True)
class Tally:
    """What was done so far."""

    seeds: int = 0
    simulated_s: float = 0.0
    cpu_s: float = 0.0
    cycles: int = 0
    orders: int = 0
    restarts: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[Job, Violation]] = field(default_factory=list)

    def add(self, done: Done) -> None:
        """Add one run."""
        found = done.found
        self.seeds += 1
        self.simulated_s += found.simulated_s
        self.cpu_s += done.cpu_s
        self.cycles += found.cycles
        self.orders += found.orders
        self.restarts += found.restarts
        self.faults.update(found.faults)
        if found.violations:
            self.failures.append((done.job, found.violations[0]))

    @property
    def years(self) -> float:
        """Return simulated years."""
        return self.simulated_s / YEAR_S

    @property
    def years_an_hour(self) -> float:
        """Return simulated years an hour of one core."""
        return self.years / (self.cpu_s / 3600) if self.cpu_s else 0.0

    def line(self) -> str:
        """Return it in one line."""
        faults = ", ".join(f"{name} {count}" for name, count in sorted(self.faults.items()))
        return (
            f"{self.seeds} seeds, {self.years:.4f} simulated years"
            f" ({self.years_an_hour:.2f} an hour and core), {self.cycles} cycles,"
            f" {self.restarts} crash-restarts, {self.orders} orders,"
            f" {sum(self.faults.values())} faults ({faults}), {len(self.failures)} violations"
        )
