"""What arms a fault for the very request that is leaving, and ends or stops lives there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from simulation.profile import TAP_FAULTS
from simulation.weather import Weather
from simulation.wire.bodies import PLACE
from simulation.wire.requests import ON_ORDERS, ON_READS
from tests.scenarios.harness import World
from tests.sim.trace import Edge, Tap


@dataclass(frozen=True, slots=True)
class Striker:
    """A hook at the edges of a world: arms what strikes the very request that is leaving."""

    world: World
    weather: Weather
    drop: Callable[[], None]  # ends the life that there is

    def __call__(self, tap: Tap) -> None:
        """See a moment at an edge."""
        if tap.edge is Edge.REQUEST and tap.before:
            table = ON_ORDERS if tap.name == PLACE else ON_READS
            struck = self.weather.strike(tuple(table))
            if struck is not None:
                kind, numbers = table[struck]
                self.world.fault(kind, tap.name, 1, **numbers)
        self._at_tap()

    def _at_tap(self) -> None:
        struck = self.weather.strike(TAP_FAULTS)
        if struck == "crash.at_tap":
            self.drop()
        elif struck == "freeze.at_tap":
            self.world.loop.jump(self.weather.detail(struck).choice((2.0, 12.0, 90.0)))
