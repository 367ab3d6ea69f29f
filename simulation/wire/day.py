"""One run through ccxt: storm, heal, judge."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, localcontext

import asyncio_throttle.throttler

from counterpoise.core.state import Command
from counterpoise.core.units import CONTEXT
from counterpoise.errors import CounterpoiseError
from simulation.conduct import Conduct
from simulation.findings import Findings, Plain
from simulation.folders import folder
from simulation.profile import Profile
from simulation.weather import Weather
from simulation.wire.happenings import HAPPENINGS
from simulation.wire.judging import judged
from simulation.wire.mangler import Mangler
from simulation.wire.strikes import Striker
from tests.scenarios.config import Holding
from tests.scenarios.harness import World, WorldConfig
from tests.sim.virtual import loop_time

D = Decimal
HOLDINGS = {
    "BTC": Holding(held=D("1.2"), price=D(50_000), weight=D("0.5")),
    "ETH": Holding(held=D("14.4"), price=D(2_500), weight=D("0.3")),
    "XRP": Holding(held=D(48_000), price=D("0.5"), weight=D("0.2")),
}
WEIGHTS = {1: ("1",), 2: ("0.625", "0.375"), 3: ("0.5", "0.3", "0.2")}
SLICE_S = 30.0
MINUTE_S = 60.0
CALM_S = 120.0
HEAL_S = 1_800.0


@dataclass(slots=True)
class Day:
    """A world with weather."""

    profile: Profile
    world: World
    findings: Findings
    weather: Weather
    mangler: Mangler
    moved_s: list[float] = field(default_factory=list)  # when the truth changed by itself
    died_s: dict[int, float] = field(default_factory=dict)  # when each life ended
    halted: bool = False

    def crash(self) -> None:
        """End the daemon as `kill -9` does; it is started again within a slice."""
        self.died_s.setdefault(self.world.life.gate.life, self.world.loop.time())
        self.world.life.drop()

    def tell(self, command: Command) -> None:
        """Tell the daemon something, as the command line does."""
        try:
            self.world.command(command)
        except CounterpoiseError as error:  # the journal is being written: a person tries again
            self.findings.note("not told", type(error).__name__)

    def pass_time(self, seconds: float) -> None:
        """Let time pass, a supervisor watching."""
        if not self.world.life.gate.alive:
            self.findings.restarts += 1
            self.world.start()
        self.world.run(seconds)

    def happen(self) -> None:
        """Have events happen, as the dice of this minute say."""
        for name, happening in HAPPENINGS.items():
            rate = self.profile.rates.get(name, 0)
            if rate and self.weather.decides(name, rate):
                happening(self, self.weather.detail(name))


def config_of(profile: Profile) -> WorldConfig:
    """Return the world of a profile."""
    weights = WEIGHTS[profile.assets]
    chosen = list(HOLDINGS.items())[: profile.assets]
    return WorldConfig(
        holdings={
            asset: Holding(held=one.held, price=one.price, weight=D(weight))
            for (asset, one), weight in zip(chosen, weights, strict=True)
        },
        mode="dry-run" if profile.dry_run else "testnet",
        exposure=profile.exposure,
        drift=profile.drift,
        interval_s=profile.interval_s,
        cooldown_s=profile.cooldown_s,
        seed=profile.seed,
    )


def run(profile: Profile, conduct: Conduct) -> Plain:
    """Live some hours of a seed, heal, and ask every oracle of the scenarios."""
    vars(asyncio_throttle.throttler)["time"] = loop_time()
    with localcontext(CONTEXT.copy()), folder() as path:
        world = World(path, config_of(profile))
        findings = Findings()
        weather = Weather(profile, world.loop, findings.faults, conduct)
        day = Day(profile, world, findings, weather, Mangler(weather))
        try:
            _lived(day)
            judged(day)
        finally:
            world.close()
    findings.decided = tuple(weather.decided)
    findings.finish()
    return findings.plain()


def _lived(day: Day) -> None:
    world, weather, profile = day.world, day.weather, day.profile
    weather.healed = True
    world.start()
    world.run(CALM_S)
    weather.healed = False
    world.around.hooks.append(Striker(world, weather, day.crash))
    world.around.mangles.append(day.mangler)
    end_s = world.loop.time() + profile.hours * 3600
    next_s = world.loop.time()
    while world.loop.time() < end_s:
        day.pass_time(SLICE_S)
        weather.turn(SLICE_S)
        if world.loop.time() >= next_s:
            day.happen()
            next_s = world.loop.time() + MINUTE_S
    weather.heal()
    world.control("DELETE", "fault")
    world.around.clock.offset_ms = 0
    day.pass_time(SLICE_S + profile.interval_s)
    day.tell(Command.RESUME)
    _recovered(day)


def _recovered(day: Day) -> None:
    """Wait until all is well, or until it should have been for long."""
    world, step_s = day.world, day.profile.interval_s + SLICE_S
    end_s = world.loop.time() + HEAL_S + day.profile.cooldown_s + 8 * day.profile.interval_s
    well = 0
    while world.loop.time() < end_s and well < 2:
        day.pass_time(step_s)
        well = well + 1 if world.in_band and not world.alerts() else 0
