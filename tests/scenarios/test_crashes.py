"""
A crash at every edge: before and after each request and each commit of a short, busy day.

The day has a close through zero, an order whose answer is lost, one that fills in part, and a
command. However it is cut short, the next life ends in balance, and no oracle has a word to say.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal

import pytest

from counterpoise.core.state import Command
from tests.scenarios.config import Holding, WorldConfig
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.harness import World
from tests.sim.trace import Tap

D = Decimal
PLACE = "POST /fapi/v1/order"
THROUGH_ZERO = {
    "BTC": Holding(held=D("1.2"), price=D(50_000), weight=D("0.5"), position=D("0.1")),
    "ETH": Holding(held=D(16), price=D(2_500), weight=D("0.4")),
}
RECOVERED_WITHIN = 8  # cycles
TAPS = 158  # of a whole day, or a few less; the first test says when this has changed
FIRST_DECISION = 34  # before it, nothing but a first look at the venue
STRIDE = 6
USUAL = tuple(range(FIRST_DECISION, TAPS, STRIDE))
REST = tuple(sorted(set(range(2, TAPS)) - set(USUAL)))  # 0 and 1: opening the journal

MakeDay = Callable[[int], World]


@pytest.fixture
def new_world(make_world: MakeWorld) -> MakeDay:
    """Make a world for a day; several of one test are told apart by a number."""

    def make(number: int) -> World:
        return make_world(
            WorldConfig(holdings=THROUGH_ZERO, cooldown_s=10, folder=f"world{number}")
        )

    return make


def live(world: World) -> None:
    """Live a short day, as far as it goes."""
    world.fault("timeout-after", PLACE, 1, after=1)
    world.fault("partial-fill", PLACE, 1, after=1)
    world.start().run(11)
    world.price("ETH", D(2_900))
    world.command(Command.PAUSE)
    world.run(10)
    world.command(Command.RESUME)
    world.run(11)


def crash_at(world: World, number: int) -> None:
    def wanted(tap: Tap) -> bool:
        return tap.number >= number

    world.crash_at(wanted)


def comes_home(world: World) -> None:
    world.heal()
    world.restart()
    world.command(Command.RESUME)  # the pause may have been the last that the dead one heard
    world.cycles(RECOVERED_WITHIN)
    assert world.in_band
    assert not [intent for intent in world.intents() if intent.state.live]
    assert world.status()["healthy"] is True


def test_the_day_is_busy_and_has_as_many_moments_as_are_tried(new_world: MakeDay) -> None:
    world = new_world(0)
    live(world)
    names = {tap.name for tap in world.trace.taps}
    assert {PLACE, "GET /fapi/v1/order", "record_intents", "record_outcome"} <= names
    assert {line["status"] for line in world.lines("order.settled")} == {"filled", "part-filled"}
    assert TAPS - STRIDE < len(world.trace.taps) <= TAPS
    opening = [str(tap) for tap in world.trace.taps[:FIRST_DECISION]]
    assert "after GET /fapi/v3/positionRisk" in opening
    assert "before record_intents" not in opening


@pytest.mark.parametrize("number", USUAL)
def test_a_crash_at_any_moment_is_recovered_from(new_world: MakeDay, number: int) -> None:
    world = new_world(0)
    crash_at(world, number)
    live(world)
    comes_home(world)


@pytest.mark.slow
@pytest.mark.parametrize("number", REST)
def test_a_crash_at_every_other_moment_is_recovered_from(new_world: MakeDay, number: int) -> None:
    test_a_crash_at_any_moment_is_recovered_from(new_world, number)


@pytest.mark.parametrize(
    "seed", [*range(4), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(4, 30))]
)
def test_a_crash_while_recovering_from_a_crash_is_recovered_from(
    new_world: MakeDay, seed: int
) -> None:
    world, draw = new_world(0), random.Random(seed)
    first = draw.randrange(FIRST_DECISION, TAPS)
    crash_at(world, first)
    live(world)
    for _ in range(3):
        world.restart()
        crash_at(world, len(world.trace.taps) + draw.randrange(60))
        world.run(20)
        world.around.hooks.clear()
    comes_home(world)


def test_a_crash_before_the_first_commit_leaves_nothing_to_explain(new_world: MakeDay) -> None:
    world = new_world(0)
    crash_at(world, FIRST_DECISION)
    live(world)
    assert not world.orders
    assert not world.intents()
