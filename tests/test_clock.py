from __future__ import annotations

import re

from counterpoise.clock import SystemClock, SystemEntropy
from counterpoise.ports import Clock, Entropy
from tests.fakes import FakeClock, FakeEntropy

YEAR_2024_MS = 1_704_067_200_000


def test_the_wall_clock_counts_milliseconds_since_1970() -> None:
    clock: Clock = SystemClock()
    assert YEAR_2024_MS < clock.wall_ms() < YEAR_2024_MS * 10


def test_the_monotonic_clock_never_goes_back() -> None:
    clock = SystemClock()
    readings = [clock.monotonic_s() for _ in range(100)]
    assert readings == sorted(readings)


async def test_sleeping_lasts_as_long_as_asked_at_least() -> None:
    clock = SystemClock()
    began_s = clock.monotonic_s()
    await clock.sleep(0.002)
    assert clock.monotonic_s() - began_s >= 0.002


def test_tokens_are_of_the_alphabet_that_every_venue_takes() -> None:
    entropy: Entropy = SystemEntropy()
    token = entropy.token(20)
    assert re.fullmatch(r"[a-z0-9]{20}", token)
    assert token != entropy.token(20)


async def test_a_fake_clock_moves_only_when_somebody_sleeps() -> None:
    clock = FakeClock()
    before_ms = clock.wall_ms()
    await clock.sleep(1.5)
    assert clock.wall_ms() - before_ms == 1500
    assert clock.monotonic_s() == 1.5
    assert clock.slept_s == [1.5]


def test_a_fake_entropy_repeats_itself_from_its_seed() -> None:
    assert FakeEntropy().token(8) == FakeEntropy().token(8)
