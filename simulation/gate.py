"""Where one life of the daemon touches what outlives it; a dead one gets no further."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from counterpoise.errors import JournalError
from counterpoise.journal.store import SqlJournal
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


class PortJournal:
    """The real journal, with a moment before and after each commit, that may refuse to write."""

    def __init__(
        self, inner: SqlJournal, gate: Gate, weather: Weather, seen: Callable[[str, object], None]
    ) -> None:
        """Stand before `inner`; `seen` hears of each commit once it is on disk."""
        for name in READS:
            setattr(self, name, getattr(inner, name))
        for name in COMMITS:
            setattr(self, name, _gated(name, getattr(inner, name), gate, (weather, seen)))


def _gated(
    name: str,
    method: Callable[..., Awaitable[object]],
    gate: Gate,
    around: tuple[Weather, Callable[[str, object], None]],
) -> Callable[..., Awaitable[object]]:
    weather, seen = around

    async def gated(*arguments: object, **named: object) -> object:
        await gate.tap(name, before=True)
        if weather.strike(("journal.refused",)):
            raise JournalError("the journal is locked")
        done = await method(*arguments, **named)
        seen(name, arguments[0] if done is None else done)
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
