"""A clock and a randomness that only do what a test says."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

START_MS = 1_751_253_124_318  # 2025-06-30 03:12:04.318 UTC


@dataclass
class FakeClock:
    """Stands still until somebody sleeps, or `advance` is called."""

    now_ms: int = START_MS
    elapsed_s: float = 0.0
    slept_s: list[float] = field(default_factory=list)

    def wall_ms(self) -> int:
        return self.now_ms

    def monotonic_s(self) -> float:
        return self.elapsed_s

    async def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        self.elapsed_s += seconds
        self.now_ms += round(seconds * 1000)


@dataclass
class FakeEntropy:
    """Random characters from a seed."""

    random: random.Random = field(default_factory=lambda: random.Random(0))

    def token(self, length: int) -> str:
        return "".join(self.random.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=length))
