"""One run: storm, then heal, then judge. The same profile is the same run, event for event."""

from __future__ import annotations

import asyncio
from decimal import localcontext
from pathlib import Path

from counterpoise.announcer import Tidings
from counterpoise.core.instrument import Asset
from counterpoise.core.state import AccountState, Command, Control, OperatorCommand
from counterpoise.core.units import CONTEXT
from counterpoise.errors import CounterpoiseError, JournalHeld
from simulation.conduct import Conduct
from simulation.events import resume_later
from simulation.findings import Findings, Plain
from simulation.folders import folder
from simulation.gate import Gate
from simulation.gateway import PortGateway
from simulation.life import Host, Life, begin, identity_of, policy_of
from simulation.oracles import Oracles
from simulation.oracles.replaying import reborn, same_as_reborn
from simulation.oracles.telling import Telling
from simulation.phones import Phones
from simulation.profile import TAP_FAULTS, Profile
from simulation.seasons import heal, storm
from simulation.storage import Disk
from simulation.venue import Venue
from simulation.weather import Weather
from tests.sim.virtual import HostClock, SeededEntropy, TrueClock, VirtualLoop

COMPARE_FIRST, COMPARE_LATEST = 20, 1_000  # cycles to the next comparison; they double
RETRY_S = 5.0  # of a supervisor


class World:
    """The exchange, the machine, and whoever lives on it."""

    def __init__(self, profile: Profile, folder: Path, conduct: Conduct) -> None:
        """Build everything but the daemon."""
        self.profile = profile
        self.loop = VirtualLoop()
        self.loop.set_exception_handler(self._unhandled)
        true = TrueClock(self.loop)
        self.host_clock = HostClock(true)
        self.conduct = conduct
        self.findings = Findings()
        self.weather = Weather(profile, self.loop, self.findings.faults, conduct)
        self.walk = self.weather.stream("prices")
        self.detail = self.weather.stream("particulars")  # of the event that is happening
        self.venue = Venue(profile, true)
        self.policy = policy_of(profile, self.venue)
        self.started_s = self.loop.time()
        self.altered: dict[str, int] = {}
        self.life: Life | None = None
        self.lives = 0
        self.tidings: Tidings | None = None
        self._compare_at = COMPARE_FIRST  # cycles
        self.control = Control()
        self.phones = Phones(
            entropy=SeededEntropy(self.weather.stream("alert ids")), now_s=self.loop.time
        )
        self.telling = Telling(self)
        self.host = Host(
            profile=profile,
            policy=self.policy,
            folder=folder,
            clock=self.host_clock,
            entropy=SeededEntropy(self.weather.stream("ids")),
            weather=self.weather,
            publish=self._published,
            committed=self._committed,
            phones=self.phones,
            disk=Disk(folder / "journal.db", careful="power.lost" in profile.rates),
        )
        self.oracles = Oracles(
            profile=profile,
            policy=self.policy,
            truth=self.venue,
            file=self.host.disk.file,
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
        self.oracles.restarted_s = self.loop.time()
        self.tidings = None
        self.findings.note("start", self.loop.time(), self.lives)
        try:
            self.life = await begin(self.host, gate, self._gateway(gate))
        except CounterpoiseError as error:
            self.findings.note("start refused", self.loop.time(), type(error).__name__)
            self.loop.call_later(RETRY_S, lambda: self.loop.create_task(self.start()))
            return
        self.life.task.add_done_callback(self._ended)

    def _gateway(self, gate: Gate) -> PortGateway:
        return PortGateway(
            truth=self.venue,
            gate=gate,
            host=self.host_clock,
            weather=self.weather,
            altered=self.altered,
            leaving=self.oracles.leaving,
            arrived=self.oracles.arrived,
        )

    def _ended(self, task: asyncio.Task[AccountState]) -> None:
        """Note a daemon that ended by itself: nobody told it to."""
        if task.cancelled() or self.life is None or task is not self.life.task:
            return
        if self.life.gate.alive:
            self.life.gate.alive = False
            error = task.exception()
            kind = "I-17" if isinstance(error, CounterpoiseError) else "harness"
            self.oracles.breach(kind, f"the daemon ended by itself: {error!r}")

    def crash(self, restart_in_s: float) -> bool:
        """End the daemon as `kill -9` does, if one lives; a supervisor starts it again."""
        if self.life is None or not self.life.gate.alive:
            return False
        self.findings.note("crash", self.loop.time())
        self.findings.restarts += 1
        self.life.drop()
        self.loop.call_later(restart_in_s, lambda: self.loop.create_task(self.start()))
        return True

    async def start_second(self) -> None:
        """Start another daemon on the same journal: it is to be turned away."""
        if self.life is None or not self.life.gate.alive:
            return
        gate = Gate(self.loop, 0, self._tapped)
        try:
            second = await begin(self.host, gate, self._gateway(gate))
        except JournalHeld:
            return
        second.task.cancel()
        self.oracles.breach("I-1", "two daemons have one journal")

    def set_clock(self, offset_ms: int) -> None:
        """Set the machine's clock."""
        self.host_clock.offset_ms = offset_ms
        self.oracles.stepped_s = self.loop.time()
        self.findings.note("step", self.loop.time(), offset_ms)

    def freeze(self, seconds: float) -> None:
        """Let the whole machine stand still."""
        self.findings.note("freeze", self.loop.time(), seconds)
        self.loop.jump(seconds)
        self.telling.stood_still()

    def halt(self, at_tap: str = "") -> None:
        """Halt by signal."""
        if self.life is not None and self.life.gate.alive and self.oracles.halted_s is None:
            self.findings.note("halt", self.loop.time())
            self.oracles.halted_s = self.loop.time()
            self.oracles.halt_binds = at_tap != "record_intents"
            self.life.operator.signal_halt("simulation")
            self.life.daemon.wake()

    async def tell(self, command: Command, asset: Asset | None = None) -> None:
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
                asset=asset,
            )
        )

    # what the daemon lets be seen

    def _tapped(self, name: str, before: bool) -> None:  # noqa: FBT001 - a tap has two sides
        findings = self.findings
        findings.taps += 1
        findings.note(self.loop.time(), name, before)
        if findings.taps in self.conduct.crash_at:
            self.crash(1.0)
            return
        strike = self.weather.strike(TAP_FAULTS)
        if strike is None:
            return
        draw = self.weather.detail(strike)
        if strike == "crash.at_tap":
            self.crash(draw.choice((0.5, 5.0, 60.0)))
        elif strike == "freeze.at_tap":
            self.freeze(draw.choice((2.0, 12.0, 90.0)))
        else:
            self.halt(name)
            resume_later(self)

    def _published(self, tidings: Tidings, control: Control) -> None:
        self.tidings, self.control = tidings, control
        self.findings.cycles += 1
        life = self.life
        if life is not None and self.findings.cycles >= self._compare_at and not tidings.failure:
            self._compare_at += min(self._compare_at, COMPARE_LATEST)
            living = life.daemon._parts.beliefs  # noqa: SLF001 - what is in memory
            other = reborn(self.host, identity_of(self.profile))
            same_as_reborn(self.oracles, living, other)

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

    @property
    def over(self) -> bool:
        """Say whether there is nothing more to learn from this run."""
        return self.conduct.hasty and bool(self.findings.violations)

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

    async def run(self) -> None:
        """Live through all of it."""
        await storm(self)
        if not self.over:
            await heal(self)
        if not self.over:
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


def run(profile: Profile, conduct: Conduct | None = None) -> Plain:
    """Run a profile from its start to its end and return what was found."""
    conduct = conduct or Conduct()
    with localcontext(CONTEXT.copy()), folder() as path:
        world = World(profile, path, conduct)
        try:
            world.loop.run_until_complete(world.run())
        finally:
            world.close()
        world.findings.decided = tuple(world.weather.decided)
        world.findings.finish()
        return world.findings.plain()
