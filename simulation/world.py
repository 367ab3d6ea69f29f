"""One run: storm, then heal, then judge. The same profile is the same run, event for event."""

from __future__ import annotations

import asyncio
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import localcontext
from pathlib import Path

from counterpoise.announcer import Tidings
from counterpoise.core.state import AccountState, Command, Control, OperatorCommand
from counterpoise.core.units import CONTEXT
from counterpoise.errors import CounterpoiseError
from simulation.events import EVENTS_BY_NAME, resume_later
from simulation.findings import Findings, Plain
from simulation.gate import Gate
from simulation.gateway import PortGateway
from simulation.life import Host, Life, begin, policy_of
from simulation.oracles import Oracles
from simulation.profile import EVENTS, Profile
from simulation.venue import Venue
from simulation.weather import Weather
from tests.sim.virtual import HostClock, SeededEntropy, TrueClock, VirtualLoop

STEP_S = 10
MINUTE_S = 60.0
ALARM_S = 600.0  # what the daemon takes before it calls being out of band an alert
CALM_S = 180.0
HEAL_S = 960.0
QUIET_CYCLES = 20
MEMORY = Path("/dev/shm")  # noqa: S108 - a disk made of memory, where there is one

WantCrash = Callable[[int], bool]  # by the number of a tap


class World:
    """The exchange, the machine, and whoever lives on it."""

    def __init__(self, profile: Profile, folder: Path, crash_at: WantCrash | None = None) -> None:
        """Build everything but the daemon."""
        self.profile = profile
        self.loop = VirtualLoop()
        self.loop.set_exception_handler(self._unhandled)
        true = TrueClock(self.loop)
        self.host_clock = HostClock(true)
        self.draw = random.Random(f"{profile.name} {profile.seed}")
        self.findings = Findings()
        self.weather = Weather(profile, self.draw, self.findings.faults)
        self.venue = Venue(profile, true)
        self.policy = policy_of(profile, self.venue)
        self.started_s = self.loop.time()
        self.altered: dict[str, int] = {}
        self.life: Life | None = None
        self.lives = 0
        self.tidings: Tidings | None = None
        self.control = Control()
        self._crash_at = crash_at
        self.host = Host(
            profile=profile,
            policy=self.policy,
            folder=folder,
            clock=self.host_clock,
            entropy=SeededEntropy(self.draw),
            weather=self.weather,
            publish=self._published,
            committed=self._committed,
        )
        self.oracles = Oracles(
            profile=profile,
            policy=self.policy,
            truth=self.venue,
            file=self.host.file,
            findings=self.findings,
            started_s=self.started_s,
        )

    # the daemon's lives

    async def start(self) -> None:
        """Start the daemon, unless one lives."""
        if self.life is not None and self.life.gate.alive:
            return
        self.lives += 1
        gate = Gate(self.loop, self.lives, self._tapped)
        gateway = PortGateway(
            truth=self.venue,
            gate=gate,
            host=self.host_clock,
            weather=self.weather,
            altered=self.altered,
            leaving=self.oracles.leaving,
            arrived=self.oracles.arrived,
        )
        self.oracles.restarted_s = self.loop.time()
        self.tidings = None
        self.findings.note("start", self.loop.time(), self.lives)
        self.life = await begin(self.host, gate, gateway)
        self.life.task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[AccountState]) -> None:
        """Note a daemon that ended by itself: nobody told it to."""
        if task.cancelled() or self.life is None or task is not self.life.task:
            return
        if self.life.gate.alive:
            self.life.gate.alive = False
            error = task.exception()
            kind = "I-17" if isinstance(error, CounterpoiseError) else "harness"
            self.oracles.breach(kind, f"the daemon ended by itself: {error!r}")

    def crash(self, restart_in_s: float) -> None:
        """End the daemon as `kill -9` does; a supervisor starts it again."""
        if self.life is None or not self.life.gate.alive:
            return
        self.findings.note("crash", self.loop.time())
        self.findings.restarts += 1
        self.life.drop()
        self.loop.call_later(restart_in_s, lambda: self.loop.create_task(self.start()))

    def freeze(self, seconds: float) -> None:
        """Let the whole machine stand still."""
        self.findings.note("freeze", self.loop.time(), seconds)
        self.loop.jump(seconds)

    def halt(self, at_tap: str = "") -> None:
        """Halt by signal."""
        if self.life is not None and self.life.gate.alive and self.oracles.halted_s is None:
            self.findings.note("halt", self.loop.time())
            self.oracles.halted_s = self.loop.time()
            self.oracles.halt_binds = at_tap != "record_intents"
            self.life.operator.signal_halt("simulation")
            self.life.daemon.wake()

    async def tell(self, command: Command) -> None:
        """Tell the daemon something through the journal."""
        if self.life is None or not self.life.gate.alive:
            return
        self.findings.note("command", self.loop.time(), command)
        await self.life.journal.submit(
            OperatorCommand(
                number=0,
                command=command,
                by="simulation",
                reason="drawn",
                at_ms=self.host_clock.wall_ms(),
            )
        )

    # what the daemon lets be seen

    def _tapped(self, name: str, before: bool) -> None:  # noqa: FBT001 - a tap has two sides
        findings, draw = self.findings, self.draw
        findings.taps += 1
        findings.note(self.loop.time(), name, before)
        if self._crash_at is not None and self._crash_at(findings.taps):
            self.crash(1.0)
            return
        strike = self.weather.strike(("crash.at_tap", "freeze.at_tap", "halt.at_tap"))
        if strike == "crash.at_tap":
            self.crash(draw.choice((0.5, 5.0, 60.0)))
        elif strike == "freeze.at_tap":
            self.freeze(draw.choice((2.0, 12.0, 90.0)))
        elif strike == "halt.at_tap":
            self.halt(name)
            resume_later(self)

    def _published(self, tidings: Tidings, control: Control) -> None:
        self.tidings, self.control = tidings, control
        self.findings.cycles += 1

    def _committed(self, name: str, done: object) -> None:
        self.oracles.committed(name, done)
        if name == "record_control" and isinstance(done, Control):
            oracles, now_s = self.oracles, self.loop.time()
            running = done.state is AccountState.RUN
            oracles.paused_s = None if running or done.flattening else now_s
            if running:
                oracles.halted_s = None
            oracles.flatten_s = now_s if done.flattening else None

    def _unhandled(self, _loop: object, context: dict[str, object]) -> None:
        if "was destroyed" in str(context.get("message")):
            return  # of a dropped life: nobody will ever wake it
        self.oracles.breach("harness", f"{context.get('message')}: {context.get('exception')!r}")

    # time

    async def storm(self) -> None:
        """Let time pass with everything that the seed has in store."""
        self.weather.healed = True
        await self.start()
        await asyncio.sleep(CALM_S)  # the first look of all is honest: there is no other yet
        self.weather.healed = False
        end_s = self.started_s + self.profile.hours * 3600
        next_tick_s = next_events_s = self.loop.time()
        while self.loop.time() < end_s:
            step_s = min(self.profile.tick_s, STEP_S * 3)
            await asyncio.sleep(step_s)
            self.weather.turn(step_s)
            if self.loop.time() >= next_tick_s:
                self._tick()
                next_tick_s = self.loop.time() + self.profile.tick_s
            if self.loop.time() >= next_events_s:
                await self._happen()
                next_events_s = self.loop.time() + MINUTE_S
            self._watch()

    def _tick(self) -> None:
        if self.profile.recorded:
            self.venue.advance(self.profile.tick_s)
            return
        for asset in self.venue.assets:
            self.venue.move(asset, self.draw.gauss(0, self.profile.volatility))

    async def _happen(self) -> None:
        for name in EVENTS:
            rate = self.profile.rates.get(name, 0)
            if rate and self.draw.random() < rate:
                self.findings.faults[name] += 1
                await EVENTS_BY_NAME[name](self)

    def _watch(self) -> None:
        trigger, life = self.policy.trigger, self.life
        waits_s = (trigger.sustain_ms + trigger.cooldown_ms) / 1000
        patience_s = ALARM_S + waits_s + 3 * self.profile.interval_s + 180
        patience_s += 2 * self.profile.lag_s
        dead = life is None or not life.gate.alive
        stepped = self.oracles._clock_stepped(self.loop.time(), 2 * 3600)  # noqa: SLF001
        if self.profile.dry_run:
            return  # what it does is made up, and the truth stays where it is
        self.oracles.watch(told=dead or stepped or self.told(), patience_s=patience_s)

    @property
    def closed_for_good(self) -> bool:
        """Say whether one perpetual is closed and stays so: the others are to go on."""
        return self.profile.rates.get("listing.closed", 0) >= 1

    def told(self, asset: str = "") -> bool:
        """Say whether the published status shows that something is the matter."""
        tidings = self.tidings
        if self.control.state is not AccountState.RUN:
            return True
        if tidings is None:
            return False
        alerts = [alert for alert in tidings.alerts if asset in ("", alert.asset)]
        return bool(tidings.failure or alerts)

    async def heal(self) -> None:
        """End all faults, let a person resume, and wait for the band, or for a hold with alert."""
        self.weather.healed = True
        if not self.closed_for_good:
            self.venue.engine.closed.clear()
        self.altered.clear()
        self.host_clock.offset_ms = 0
        await asyncio.sleep(61.0)  # what was about to restart has
        await self.start()
        await asyncio.sleep(self.profile.interval_s + 30)
        await self.tell(Command.RESUME)
        trigger = self.policy.trigger
        waits_s = (trigger.sustain_ms + trigger.cooldown_ms) / 1000
        await asyncio.sleep(HEAL_S + waits_s + 8 * self.profile.interval_s)
        if self.control.state is not AccountState.RUN:
            self.oracles.breach("I-17", f"resumed, and still {self.control.state}")
        for asset in () if self.profile.dry_run else self.oracles.outside():
            if self.closed_for_good and asset != self.venue.assets[0]:
                self.oracles.breach("I-38", f"{asset} is held up by another's hold")
            if not self.told(asset):
                self.oracles.breach("I-17", f"{asset} is out of band in calm weather, and silent")
        await self._be_quiet()

    async def _be_quiet(self) -> None:
        """Where all is well and nothing changes, nothing is sent."""
        if self.oracles.outside() or self.told():
            return
        await asyncio.sleep(90.0)
        self.oracles.quiet_since_s = self.loop.time()
        await asyncio.sleep(QUIET_CYCLES * self.profile.interval_s)

    async def run(self) -> None:
        """Live through all of it."""
        await self.storm()
        await self.heal()
        self.oracles.finish()
        self.findings.simulated_s = self.loop.time() - self.started_s

    def close(self) -> None:
        """Let go of everything."""
        if self.life is not None:
            self.life.drop()
        left = asyncio.all_tasks(self.loop)
        for task in left:
            task.cancel()
        if left:
            self.loop.run_until_complete(asyncio.wait(left, timeout=1.0))
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        self.loop.close()


@contextmanager
def folder() -> Iterator[Path]:
    """Lend a folder for a journal, in memory where the system has such a disk."""
    place = str(MEMORY) if MEMORY.is_dir() else None
    path = Path(tempfile.mkdtemp(prefix="counterpoise-sim-", dir=place))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def run(profile: Profile, crash_at: WantCrash | None = None) -> Plain:
    """Run a profile from its start to its end and return what was found."""
    with localcontext(CONTEXT.copy()), folder() as path:
        world = World(profile, path, crash_at)
        try:
            world.loop.run_until_complete(world.run())
        finally:
            world.close()
        world.findings.finish()
        return world.findings.plain()
