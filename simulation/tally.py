"""Sums over many runs, and how to say them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from simulation.findings import Violation
from simulation.hunting import Killed
from simulation.jobs import Done, Job

YEAR_S = 365 * 86_400.0
DAY_S = 86_400.0


@dataclass(slots=True, kw_only=True)
class Tally:
    """What was done so far."""

    runs: int = 0
    simulated_s: float = 0.0
    cpu_s: float = 0.0
    cycles: int = 0
    orders: int = 0
    restarts: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[Job, Violation]] = field(default_factory=list)
    killed: int = 0  # mutants
    survivors: list[str] = field(default_factory=list)

    def add(self, done: Done | Killed) -> None:
        """Add one piece of work."""
        self.cpu_s += done.cpu_s
        if isinstance(done, Killed):
            self.runs += done.runs
            self.simulated_s += done.simulated_s
            self.killed += done.job is not None
            self.survivors += [] if done.job is not None else [done.mutant]
            return
        found = done.found
        self.runs += 1
        self.simulated_s += found.simulated_s
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

    def row(self, name: str) -> str:
        """Return it as a row of the table at the end of the gate."""
        return (
            f"{name:20}{self.runs:6}{self.cpu_s:8.0f}{self.simulated_s / DAY_S:10.1f}"
            f"{self.years_an_hour:8.2f}{self.cycles:10}{self.orders:8}{self.restarts:8}"
            f"{sum(self.faults.values()):9}{len(self.failures) + len(self.survivors):9}"
        )

    def line(self) -> str:
        """Return it in one line, faults by kind last."""
        kinds = ", ".join(f"{name} {count}" for name, count in sorted(self.faults.items()))
        return (
            f"{self.runs} seeds, {self.years:.4f} simulated years"
            f" ({self.years_an_hour:.2f} an hour and core), {self.cycles} cycles,"
            f" {self.restarts} crash-restarts, {self.orders} orders,"
            f" {sum(self.faults.values())} faults ({kinds}), {len(self.failures)} violations"
        )


HEADING = (
    f"{'part':20}{'runs':>6}{'CPU s':>8}{'days':>10}{'y/h/c':>8}{'cycles':>10}{'orders':>8}"
    f"{'crashes':>8}{'faults':>9}{'failures':>9}"
)


def table(parts: Mapping[str, Tally]) -> str:
    """Return what each part did: CPU seconds, simulated days, years an hour and core, and so on."""
    return "\n".join([HEADING, *(tally.row(name) for name, tally in parts.items())])
