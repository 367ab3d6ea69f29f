"""A daemon of real parts on a made-up venue, on a clock that only moves when told to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal, localcontext
from pathlib import Path

from counterpoise.announcer import Announcer, Tidings
from counterpoise.beliefs import Beliefs
from counterpoise.core.instrument import Asset
from counterpoise.core.orders import Intent, OrderReport
from counterpoise.core.state import AccountState, Command, Control, OperatorCommand
from counterpoise.core.units import CONTEXT
from counterpoise.daemon import Daemon, Parts, Rhythm
from counterpoise.executor import Executor
from counterpoise.inquiry import Inquiry
from counterpoise.naming import Naming
from counterpoise.observer import Observer
from counterpoise.operator import Operator
from counterpoise.patrol import Patrol
from counterpoise.pricing import priced
from tests.fakes import FakeClock
from tests.sim.gateway import LIMITS, MAIN, TWO, filled
from tests.sim.parts import Desk, clock_now, journal_in_memory
from tests.worlds import NOW_MS, World

D = Decimal
INTERVAL_S = 10.0
DRIFTED = TWO.changed(replace(TWO["BTC"], price=D(60_000)))


@dataclass
class Stage:
    """A daemon of real parts on a made-up venue."""

    desk: Desk
    folder: Path
    changed: list[bool] = field(default_factory=lambda: [False])
    began_s: list[float] = field(default_factory=list)
    published: list[tuple[Tidings, Control]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.desk.gateway.timeless = True
        self.daemon = self.build()

    @property
    def clock(self) -> FakeClock:
        return self.desk.clock

    def build(self, **rhythm: object) -> Daemon:
        """Return a daemon that knows nothing yet."""
        desk, policy = self.desk, TWO.policy
        journal, clock = desk.journal, desk.clock
        observer = Observer({MAIN: desk.gateway}, policy, clock)
        snapshot = observer.snapshot

        async def noted() -> object:
            self.began_s.append(clock.monotonic_s())
            return await snapshot()

        observer.snapshot = noted  # type: ignore[method-assign, assignment]

        def publish(tidings: Tidings, control: Control) -> None:
            self.published.append((tidings, control))

        self.operator = Operator(journal, clock, self.folder / "main.halt", desk.said.log)
        naming = Naming(journal, "main", self.operator.halt)
        gateways = {MAIN: desk.gateway}
        parts = Parts(
            observer=observer,
            executor=Executor(desk.outside),
            operator=self.operator,
            beliefs=Beliefs(journal, clock, policy),
            journal=journal,
            clock=clock,
            announcer=Announcer(desk.said.log, clock, publish, 0),
            inquiry=Inquiry(gateways, policy, journal, clock, naming),
            patrol=Patrol(
                gateways=gateways, policy=policy, naming=naming, clock=clock, log=desk.said.log
            ),
            price=lambda intent: priced(intent, desk.outside),
        )
        usual: dict[str, object] = {
            "policy": policy,
            "settings_digest": "d",
            "interval_s": INTERVAL_S,
            "limits": {MAIN: LIMITS},
            "settings_changed": lambda: self.changed[0],
        }
        return Daemon(parts, Rhythm(**{**usual, **rhythm}))  # type: ignore[arg-type]

    def drift(self, world: World = DRIFTED) -> None:
        """Let the venue show another world from now on."""
        self.desk.gateway.world = world

    def fills(self) -> None:
        """Let the venue's positions follow what is placed."""

        async def place(intent: Intent) -> OrderReport:
            gateway = self.desk.gateway
            row = gateway.world[intent.order.asset]
            moved = replace(row, size=row.size + intent.order.size)
            gateway.world = gateway.world.changed(moved)
            return filled(intent)

        self.desk.gateway.on_place = place

    def events(self, event: str) -> list[dict[str, object]]:
        """Return what was said of one kind."""
        return [facts for _, name, facts in self.desk.said.lines if name == event]

    @property
    def state(self) -> AccountState:
        return self.operator.control.state


@asynccontextmanager
async def stage_in(folder: Path) -> AsyncIterator[Stage]:
    """Lend a stage."""
    clock = clock_now()
    with localcontext(CONTEXT.copy()):
        async with journal_in_memory(clock) as journal:
            yield Stage(Desk(journal, clock), folder)


async def told(stage: Stage, command: Command, asset: Asset | None = None) -> None:
    """Tell the daemon something, through the journal."""
    await stage.desk.journal.submit(
        OperatorCommand(
            number=0, command=command, by="ann", reason="why", at_ms=NOW_MS, asset=asset
        )
    )
