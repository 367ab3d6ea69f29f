"""From what cycles come to, to what people are told of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from counterpoise.alerts.desk import Desk
from counterpoise.alerts.items import Condition
from counterpoise.announcer import Tidings, Trouble
from counterpoise.core.notice import lasted
from counterpoise.core.state import AccountState, Control
from counterpoise.errors import CounterpoiseError
from counterpoise.logs import Log
from counterpoise.ports import Clock

FAILING = ("cycle_failing", 60_000)
TROUBLES: Mapping[str, tuple[str, int]] = {  # kind: its alert, and after how many milliseconds
    "bug": ("bug", 0),
    "JournalError": ("journal_gone", 30_000),
}
STATES = {AccountState.HALT: "halted", AccountState.PAUSE: "paused"}


class Pager:
    """Tells people, and never gets in the way of a cycle."""

    def __init__(self, desk: Desk, clock: Clock, log: Log, *, start_and_stop: bool = True) -> None:
        """Tell through `desk`."""
        self.desk = desk
        self._clock = clock
        self._log = log
        self._start_and_stop = start_and_stop
        self._finished = 0

    def see(self, tidings: Tidings, control: Control) -> None:
        """Take what a cycle came to. Raises nothing, whatever is the matter here."""
        try:
            found = conditions(tidings, control, self._clock.wall_ms())
            self.desk.stand(found, blind=control.state is not AccountState.RUN)
            if tidings.finished > self._finished and control.state is not AccountState.HALT:
                self.desk.good_cycle()
            self._finished = tidings.finished
        except Exception as error:  # noqa: BLE001 - telling is not worth a cycle
            self._log.error("alert.broken", detail=type(error).__name__, exc_info=error)

    def started(self, how: str) -> None:
        """Say that the daemon begins, and after what."""
        if self._start_and_stop:
            self._happened("started", how)

    def stopped(self) -> None:
        """Say that the daemon ends because it was told to."""
        if self._start_and_stop:
            self._happened("stopped", "")

    def ended(self, error: Exception) -> None:
        """Say that the daemon could not go on. A stranger's words stay in the log."""
        known = error.advice if isinstance(error, CounterpoiseError) else ""
        self._happened("ended", known or f"bug: {type(error).__name__}")

    def _happened(self, event: str, reason: str) -> None:
        now_ms = self._clock.wall_ms()
        self.desk.happened(Condition(event=event, reason=reason, since_ms=now_ms))


def conditions(tidings: Tidings, control: Control, now_ms: int) -> Iterator[Condition]:
    """Yield everything that somebody may have to hear of, as it stands now."""
    cycle = None if tidings.record is None else tidings.record.number
    if control.state in STATES:
        yield Condition(
            event=STATES[control.state],
            reason=f"{control.reason} ({control.by})" if control.by else control.reason,
            since_ms=control.at_ms,
            cycle=cycle,
        )
    if tidings.trouble is not None:
        yield from _trouble(tidings.trouble, now_ms, cycle)
    for alert in tidings.alerts:
        yield Condition(
            event=str(alert.cause),
            subject=str(alert.asset),
            reason=alert.detail,
            since_ms=alert.since_ms,
            cycle=cycle,
        )


def _trouble(trouble: Trouble, now_ms: int, cycle: int | None) -> Iterator[Condition]:
    event, after_ms = TROUBLES.get(trouble.kind, FAILING)
    if lasted(trouble.since_ms, now_ms, after_ms):
        yield Condition(
            event=event,
            reason=f"{trouble.said}: {trouble.hint}" if trouble.hint else trouble.said,
            since_ms=trouble.since_ms,
            cycle=cycle,
        )
