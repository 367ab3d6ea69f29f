"""A run's two seasons: the storm, with all that the seed has in store, and the calm after it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from counterpoise.core.instrument import Asset
from counterpoise.core.state import AccountState, Command
from simulation.events import EVENTS_BY_NAME
from simulation.oracles.growing import measured
from simulation.profile import EVENTS, RARE_EVENTS

if TYPE_CHECKING:
    from simulation.world import World

STEP_S = 10
MINUTE_S = 60.0
DAY_S = 86_400.0
ALARM_S = 600.0  # what the daemon takes before it calls being out of band an alert
CALM_S = 180.0
HEAL_S = 960.0
QUIET_CYCLES = 20
WELL_TWICE = 2  # looks in a row that show nothing amiss


async def storm(world: World) -> None:
    """Let time pass with everything that the seed has in store."""
    world.weather.healed = True
    await world.start()
    await asyncio.sleep(CALM_S)  # the first look of all is honest: there is no other yet
    world.weather.healed = False
    end_s = world.started_s + world.profile.hours * 3600
    next_tick_s = next_events_s = next_day_s = world.loop.time()
    while world.loop.time() < end_s and not world.over:
        step_s = min(world.profile.tick_s, STEP_S * 3)
        await asyncio.sleep(step_s)
        world.weather.turn(step_s)
        if world.loop.time() >= next_tick_s:
            _tick(world)
            next_tick_s = world.loop.time() + world.profile.tick_s
        if world.loop.time() >= next_events_s:
            await _happen(world)
            next_events_s = world.loop.time() + MINUTE_S
        _watch(world)
        if world.profile.measured and world.loop.time() >= next_day_s:
            world.oracles.sizes.append(measured(world.oracles.file, world.findings.orders))
            next_day_s += DAY_S


def _tick(world: World) -> None:
    if world.profile.recorded:
        world.venue.advance(world.profile.tick_s)
        return
    for asset in world.venue.assets:
        world.venue.move(asset, world.walk.gauss(0, world.profile.volatility))


async def _happen(world: World) -> None:
    for name in (*EVENTS, *RARE_EVENTS):
        rate = world.profile.rates.get(name, 0)
        if rate and world.weather.decides(name, rate):
            world.detail = world.weather.detail(name)
            await EVENTS_BY_NAME[name](world)


def _watch(world: World) -> None:
    trigger, life = world.policy.trigger, world.life
    waits_s = (trigger.sustain_ms + trigger.cooldown_ms) / 1000
    patience_s = ALARM_S + waits_s + 3 * world.profile.interval_s + 180
    patience_s += 2 * world.profile.lag_s
    dead = life is None or not life.gate.alive
    world.telling.watch()
    stepped = world.oracles.clock_stepped(world.loop.time(), 2 * 3600)
    if world.profile.dry_run:
        return  # what it does is made up, and the truth stays where it is
    world.oracles.watch(told=dead or stepped or world.told(), patience_s=patience_s)


async def heal(world: World) -> None:
    """End all faults, let a person resume, and wait for the band, or for a hold with alert."""
    world.weather.heal()
    world.phones.heal()
    if not world.closed_for_good:
        world.venue.engine.closed.clear()
    world.altered.clear()
    world.host_clock.offset_ms = 0
    await asyncio.sleep(61.0)  # what was about to restart has
    await world.start()
    await asyncio.sleep(world.profile.interval_s + 30)
    await world.tell(Command.RESUME)
    for asset in tuple(world.oracles.liquidated_s):
        await world.tell(Command.RESUME, Asset(asset))
    await _recover(world)
    if world.control.state is not AccountState.RUN:
        world.oracles.breach("I-17", f"resumed, and still {world.control.state}")
    for asset in () if world.profile.dry_run else world.oracles.outside():
        if world.closed_for_good and asset != world.venue.assets[0]:
            world.oracles.breach("I-38", f"{asset} is held up by another's hold")
        if not world.told(asset):
            world.oracles.breach("I-17", f"{asset} is out of band in calm weather, and silent")
    await _be_quiet(world)


async def _recover(world: World) -> None:
    """Wait until all is well and stays so, or until it should have been for long."""
    trigger = world.policy.trigger
    waits_s = (trigger.sustain_ms + trigger.cooldown_ms) / 1000
    end_s = world.loop.time() + HEAL_S + waits_s + 8 * world.profile.interval_s
    well = 0
    while world.loop.time() < end_s and well < WELL_TWICE:
        await asyncio.sleep(world.profile.interval_s + 30)
        running = world.control.state is AccountState.RUN
        well = well + 1 if running and not world.told() and not world.oracles.outside() else 0


async def _be_quiet(world: World) -> None:
    """Where all is well and nothing changes, nothing is sent."""
    if world.oracles.outside() or world.told():
        return
    await asyncio.sleep(90.0)
    world.oracles.quiet_since_s = world.loop.time()
    await asyncio.sleep(QUIET_CYCLES * world.profile.interval_s)
