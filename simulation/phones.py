"""Whom the daemon tells, over all its lives: two phones, an outside watch, and what it kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from counterpoise.alerts.book import Terms
from counterpoise.alerts.desk import Around, Desk, DeskState
from counterpoise.alerts.earlier import Keeper
from counterpoise.alerts.pulse import Pulse
from counterpoise.core.notice import Sender, Severity
from counterpoise.logs import Log
from counterpoise.paging import Pager
from counterpoise.ports import Clock, Entropy
from simulation.pager import FakeAlerts, PagerFault, Receiver

LEAST = {"ops": Severity.INFO, "phone": Severity.PAGE}
SENDER = Sender(portfolio="sim", mode="testnet", instance="sim:1", version="0")
REMIND_S = 4 * 3_600.0
EVERY_S = 60.0


@dataclass(slots=True, kw_only=True)
class Phones:
    """Outlives every daemon."""

    entropy: Entropy
    now_s: Callable[[], float]
    receivers: dict[str, Receiver] = field(
        default_factory=lambda: {name: Receiver() for name in LEAST}
    )
    beats_s: list[float] = field(default_factory=list)
    kept: str = ""  # what a life leaves to the next
    shown: DeskState = field(default_factory=DeskState)  # in the status that was published last

    def pager(self, clock: Clock, log: Log) -> Pager:
        """Return what tells them in one life of the daemon, begun."""
        around = Around(clock=clock, entropy=self.entropy, log=log)
        channels = [
            (FakeAlerts(name, self.receivers[name], clock), least) for name, least in LEAST.items()
        ]
        pulse = Pulse(Heart(self.beats_s, clock), EVERY_S, clock=clock, log=log)
        desk = Desk(channels, pulse, Terms(sender=SENDER, remind_s=REMIND_S), around)
        if self.kept:
            desk.take_up(self.kept)
        desk.book.kept = Keeper(desk.book, self._keep).keep
        desk.begin()
        return Pager(desk, clock, log)

    def _keep(self, text: str) -> None:
        self.kept = text

    def suffer(self, names: tuple[str, ...], fault: PagerFault, seconds: float) -> None:
        """Let these not be reached for a while."""
        for name in names:
            self.receivers[name].suffer(fault, self.now_s(), seconds)

    def recover(self) -> None:
        """Let those be reached again whose time has come."""
        for receiver in self.receivers.values():
            receiver.recover(self.now_s())

    def heal(self) -> None:
        """Let everybody be reached."""
        for receiver in self.receivers.values():
            receiver.suffer(None, self.now_s())


class Heart:
    """The outside watch: it notes when it was called."""

    host = "watch.example"

    def __init__(self, beats_s: list[float], clock: Clock) -> None:
        """Note in `beats_s`."""
        self._beats_s = beats_s
        self._clock = clock

    async def beat(self) -> None:
        await self._clock.sleep(0.05)
        self._beats_s.append(self._clock.monotonic_s())

    async def close(self) -> None:
        """Do nothing: there is no connection."""


def abandon(pager: Pager) -> None:
    """End its tasks on the spot, as a process that is gone does."""
    for task in pager.desk._tasks:  # noqa: SLF001 - as the system sees it, from outside
        task.cancel()
