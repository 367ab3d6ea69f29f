"""When it storms, and what strikes: faults come in bursts, and all kinds of them at once."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from simulation.conduct import Conduct, Decision
from simulation.profile import Profile
from tests.sim.virtual import VirtualLoop

Stream = random.Random


@dataclass(slots=True)
class Weather:
    """
    A Markov chain of storm and calm; nothing strikes in a calm, or after `heal`.

    Whether a fault strikes, how it strikes, how long a way takes and when the weather turns are
    drawn from streams of their own: a run without one fault is otherwise the same run.
    """

    profile: Profile
    loop: VirtualLoop
    struck: Counter[str]
    conduct: Conduct = field(default_factory=Conduct)
    storming: bool = True
    healed: bool = False
    hushed_until_s: float = 0.0
    decided: list[Decision] = field(default_factory=list)  # what struck, in order
    _chances: Counter[str] = field(default_factory=Counter)
    _lasting: dict[str, float] = field(default_factory=dict)  # faults that strike always, until
    _dice: Stream = field(init=False)
    _ways: Stream = field(init=False)
    _turns: Stream = field(init=False)

    def __post_init__(self) -> None:
        """Open the streams."""
        self._dice, self._ways, self._turns = (
            self.stream(name) for name in ("dice", "ways", "turns")
        )

    def stream(self, name: str) -> Stream:
        """Return a stream of this seed that nothing else draws from."""
        return random.Random(f"{self.profile.name} {self.profile.seed} {name}")

    def strike(self, names: Sequence[str]) -> str | None:
        """Return the one of these faults that strikes now, if any does."""
        if self.healed or self.loop.time() < self.hushed_until_s:
            return None
        if self._lasting:
            for name in names:
                if self._lasting.get(name, 0.0) > self.loop.time():
                    self.struck[name] += 1
                    return name
        if not self.storming:
            return None
        rates = self.profile.rates
        for name in names:
            rate = rates.get(name)
            if rate and self.decides(name, rate):
                return name
        return None

    def decides(self, name: str, rate: float) -> bool:
        """Say whether a fault takes this chance of it."""
        self._chances[name] += 1
        decision = (name, self._chances[name])
        only = self.conduct.only
        if decision not in only if only is not None else self._dice.random() >= rate:
            return False
        self.decided.append(decision)
        self.struck[name] += 1
        return True

    def last(self, name: str, seconds: float) -> None:
        """Have a fault strike whenever it can for a while."""
        self._lasting[name] = self.loop.time() + seconds

    def detail(self, name: str) -> Stream:
        """Return what the particulars of the fault that just struck are drawn from."""
        return self.stream(f"{name} {self._chances[name]}")

    def turn(self, elapsed_s: float) -> None:
        """Let the weather change, as it may within a time."""
        stormy_s, calm_s = self.profile.storm_s
        mean_s = stormy_s if self.storming else calm_s
        if self._turns.random() < elapsed_s / mean_s:
            self.storming = not self.storming

    def hush(self, seconds: float) -> None:
        """Have nothing strike for a while."""
        self.hushed_until_s = self.loop.time() + seconds

    def heal(self) -> None:
        """End all faults for good."""
        self.healed = True
        self._lasting.clear()

    def between(self, low: float, high: float) -> float:
        """Draw from a range."""
        return self._ways.uniform(low, high)

    def choice(self, among: Sequence[str]) -> str:
        """Draw one of several."""
        return self._ways.choice(among)

    @property
    def lag_s(self) -> float:
        """Draw how old a read of balances or positions is."""
        most = self.profile.lag_s
        if not most or self.healed or self.loop.time() < self.hushed_until_s:
            return 0.0
        if self.profile.replicas:  # one is up to date and one behind, and who answers is chance
            return most if self._ways.random() < 0.5 else 0.0
        return self._ways.uniform(0, most)

    @property
    def find_lag_s(self) -> float:
        """Draw how old a look-up is."""
        most = self.profile.find_lag_s
        return self._ways.uniform(0, most) if most and not self.healed else 0.0
