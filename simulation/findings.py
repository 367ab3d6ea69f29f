"""What a run found, and how much it did to find it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from hashlib import blake2b

from simulation.conduct import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One invariant that did not hold."""

    invariant: str  # "I-5"
    at_s: float  # of simulated time, from the start
    said: str

    def __str__(self) -> str:
        """Name it for people."""
        return f"{self.invariant} at {self.at_s:.1f} s: {self.said}"


@dataclass(slots=True, kw_only=True)
class Findings:
    """Counts, violations, and a hash of everything in between."""

    violations: list[Violation] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    orders: int = 0
    restarts: int = 0
    cycles: int = 0
    simulated_s: float = 0.0
    taps: int = 0
    trace: str = ""
    decided: tuple[Decision, ...] = ()  # what struck, in order
    _hash: blake2b = field(default_factory=lambda: blake2b(digest_size=16))

    def note(self, *parts: object) -> None:
        """Add one event to the trace."""
        self._hash.update("\x1f".join(map(str, parts)).encode())
        self._hash.update(b"\n")

    def finish(self) -> None:
        """Fix the hash of the trace."""
        self.trace = self._hash.hexdigest()

    def plain(self) -> Plain:
        """Return it as a value that another process may have."""
        return Plain(
            violations=tuple(self.violations),
            faults=dict(self.faults),
            orders=self.orders,
            restarts=self.restarts,
            cycles=self.cycles,
            simulated_s=self.simulated_s,
            taps=self.taps,
            trace=self.trace,
            decided=self.decided,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """Findings once they are final."""

    violations: tuple[Violation, ...] = ()
    faults: dict[str, int] = field(default_factory=dict)
    orders: int = 0
    restarts: int = 0
    cycles: int = 0
    simulated_s: float = 0.0
    taps: int = 0
    trace: str = ""
    decided: tuple[Decision, ...] = ()  # what struck, in order
