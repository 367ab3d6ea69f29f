"""What strikes is drawn apart from everything else, and can be dictated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from simulation.conduct import Conduct
from simulation.jobs import Job, done
from simulation.profile import PROFILES
from simulation.weather import Weather
from tests.sim.virtual import VirtualLoop

Made = Callable[..., Weather]


@pytest.fixture
def weather() -> Iterator[Made]:
    loop = VirtualLoop()

    def made(conduct: Conduct | None = None, profile: str = "doubt") -> Weather:
        return Weather(PROFILES[profile](1), loop, Counter(), conduct or Conduct())

    yield made
    loop.close()


def test_only_what_is_dictated_strikes(weather: Made) -> None:
    dictated = weather(Conduct(only=frozenset({("order.lost", 2)})))
    assert [dictated.strike(("order.lost",)) for _ in range(4)] == [None, "order.lost", None, None]


def test_the_decisions_of_a_run_dictate_the_same_run() -> None:
    first = done(Job(profile="crashes", seed=4, hours=0.3)).found
    assert first.decided
    again = done(Job(profile="crashes", seed=4, hours=0.3, only=first.decided)).found
    assert again == first


def test_an_outage_strikes_until_it_is_over_or_healed(weather: Made) -> None:
    found = weather()
    found.storming = False
    found.last("read.unavailable", 60)
    assert found.strike(("read.unavailable",)) == "read.unavailable"
    found.loop.jump(61)
    assert found.strike(("read.unavailable",)) is None
    found.last("read.unavailable", 60)
    found.heal()
    assert found.strike(("read.unavailable",)) is None


def test_nothing_strikes_in_a_hush(weather: Made) -> None:
    found = weather(Conduct(only=frozenset({("order.lost", 1)})))
    found.hush(10)
    assert found.strike(("order.lost",)) is None
    found.loop.jump(11)
    assert found.strike(("order.lost",)) == "order.lost"


def test_replicas_are_up_to_date_or_far_behind(weather: Made) -> None:
    found = weather(profile="outage")
    assert {found.lag_s for _ in range(50)} == {0.0, found.profile.lag_s}
