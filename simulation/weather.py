"""When it storms, and what strikes: faults come in bursts, and all kinds of them at once."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from simulation.profile import Profile


@dataclass(slots=True)
class Weather:
    """A Markov chain of storm and calm; nothing strikes in a calm, or after `heal`."""

    profile: Profile
    draw: random.Random
    struck: Counter[str]
    storming: bool = True
    healed: bool = False

    def strike(self, names: Sequence[str]) -> str | None:
        """Return the one of these faults that strikes now, if any does."""
        if not self.storming or self.healed:
            return None
        rates = self.profile.rates
        for name in names:
            rate = rates.get(name)
            if rate and self.draw.random() < rate:
                self.struck[name] += 1
                return name
        return None

    def turn(self, elapsed_s: float) -> None:
        """Let the weather change, as it may within a time."""
        stormy_s, calm_s = self.profile.storm_s
        mean_s = stormy_s if self.storming else calm_s
        if self.draw.random() < elapsed_s / mean_s:
            self.storming = not self.storming

    def between(self, low: float, high: float) -> float:
        """Draw from a range."""
        return self.draw.uniform(low, high)

    @property
    def lag_s(self) -> float:
        """Draw how old a read of balances or positions is."""
        most = self.profile.lag_s
        return self.draw.uniform(0, most) if most and not self.healed else 0.0

    @property
    def find_lag_s(self) -> float:
        """Draw how old a look-up is."""
        most = self.profile.find_lag_s
        return self.draw.uniform(0, most) if most and not self.healed else 0.0
