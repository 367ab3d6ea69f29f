"""Where one life of the daemon touches what outlives it; a dead one gets no further."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from counterpoise.errors import JournalError
from counterpoise.journal.store import SqlJournal
from simulation.profile import STORAGE_FAULTS
from simulation.storage import Disk, spoilt
from simulation.weather import Weather
from tests.sim.virtual import HostClock, VirtualLoop

COMMITS = (
    "record_intents",
    "record_cycle",
    "record_outcome",
    "record_control",
    "remember",
    "record_obeyed",
)
READS = (
    "next_cycle",
    "unsettled",
    "sent_since",
    "intents",
    "intent",
    "transitions",
    "cycle",
    "control",
    "memories",
    "changes_since",
    "created_at_ms",
    "submit",
    "pending_commands",
)

OnTap = Callable[[str, bool], None]  # what, and whether before it


@dataclass(slots=True)
class Gate:
    """Alive until dropped. `on_tap` may end this life."""

    loop: VirtualLoop
    life: int
    on_tap: OnTap
    alive: bool = True

    async def living(self) -> None:
        """Return, if alive; else never."""
        if not self.alive:
            await self.loop.create_future()

    async def tap(self, name: str, *, before: bool) -> None:
        """Let the world see this moment, and go on if still alive."""
        await self.living()
        self.on_tap(name, before)
        await self.living()


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """A journal, the disk that it is on, and who hears of each commit once it is there."""

    inner: SqlJournal
    disk: Disk
    weather: Weather
    seen: Callable[[str, object], None]


class PortJournal:
    """The real journal, with a moment before and after each commit, that may refuse to write."""

    def __init__(self, gate: Gate, around: Storage) -> None:
        """Stand before the journal of one life."""
        for name in READS:
            setattr(self, name, getattr(around.inner, name))
        for name in COMMITS:
            setattr(self, name, _gated(name, gate, around))


def _gated(name: str, gate: Gate, around: Storage) -> Callable[..., Awaitable[object]]:
    method = getattr(around.inner, name)

    async def gated(*arguments: object, **named: object) -> object:
        await gate.tap(name, before=True)
        fault = around.weather.strike(STORAGE_FAULTS)
        if fault == "journal.refused":
            raise JournalError("refused")
        if fault == "journal.slow":  # a disk that hangs holds up everything
            gate.loop.jump(around.weather.between(1, 30))
        with spoilt(fault, around.inner):
            done = await method(*arguments, **named)
        around.disk.committed(around.inner)
        around.seen(name, arguments[0] if done is None else done)
        if fault == "journal.unthanked":  # it is written, and nobody says so
            raise JournalError("no answer")
        await gate.tap(name, before=False)
        return done

    return gated


class PortClock:
    """The machine's clock; nobody who is dead wakes up again."""

    def __init__(self, inner: HostClock, gate: Gate) -> None:
        """Stand before `inner`."""
        self._inner = inner
        self._gate = gate
        self.wall_ms = inner.wall_ms
        self.monotonic_s = inner.monotonic_s

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self._inner.sleep(seconds)
        await self._gate.living()
