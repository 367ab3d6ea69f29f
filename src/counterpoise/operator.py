"""A person's word: pause, resume, halt, flatten, and the halt that needs no journal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from counterpoise.core.instrument import Asset
from counterpoise.core.state import AccountState, Command, Control, OperatorCommand
from counterpoise.errors import JournalError
from counterpoise.logs import Log
from counterpoise.ports import Clock, Journal

CONTROL_OF: dict[Command, Callable[[Control], Control]] = {
    Command.PAUSE: lambda now: replace(now, state=AccountState.PAUSE, flattening=False),
    Command.RESUME: lambda now: replace(now, state=AccountState.RUN, flattening=False),
    Command.HALT: lambda now: replace(now, state=AccountState.HALT, flattening=False),
    Command.FLATTEN: lambda now: replace(now, state=AccountState.PAUSE, flattening=True),
}
EVENT_OF = {
    AccountState.RUN: ("info", "daemon.resumed"),
    AccountState.PAUSE: ("warning", "daemon.paused"),
    AccountState.HALT: ("critical", "daemon.halted"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """Where the account stands, and for which assets a person just accepted what is seen."""

    control: Control
    accepted: frozenset[Asset] = frozenset()


class Operator:
    """
    Reads commands from the journal, and halts without one.

    A halt is latched twice, in the journal and in a file beside it: either alone keeps the daemon
    from trading, through restarts, until a person resumes.
    """

    def __init__(self, journal: Journal, clock: Clock, halt_file: Path, log: Log) -> None:
        """Keep where commands come from and where a halt is latched."""
        self._journal = journal
        self._clock = clock
        self._halt_file = halt_file
        self._log = log
        self._control = Control()
        self._signalled = ""
        self._latched = False  # no halt came since they were last looked for

    @property
    def control(self) -> Control:
        """Return the state of the account as last known, a signalled halt included."""
        return self._control

    def signal_halt(self, reason: str) -> None:
        """Halt from this moment on, whatever the journal says, and through a crash right now."""
        self._signalled, self._latched = reason, False
        self._write_halt_file(reason)

    @property
    def may_order(self) -> bool:
        """Say whether an order may be sent at this very moment."""
        if self._signalled or self._halt_file.exists():
            return False
        control = self._control
        return control.state is AccountState.RUN or control.flattening

    async def begin(self) -> Control:
        """Load the latched state. Raises JournalError."""
        self._control = await self._journal.control()
        return await self._latch_halts()

    async def obey(self, show: Callable[[Control], None] | None = None) -> Orders:
        """
        Obey what was asked since the last cycle, in order, and return where that leaves us.

        `resume` alone lifts a pause or a halt and believes nothing new; `resume` for one asset
        takes what is seen of that asset as true, and leaves the account as it is.
        """
        await self._latch_halts()
        accepted: set[Asset] = set()
        for command in await self._journal.pending_commands():
            if command.command is Command.RESUME and command.asset is not None:
                accepted.add(command.asset)
            elif command.command is Command.RESUME:
                self._forget_halts()
            await self._change(command)
            if show is not None:  # before it counts as obeyed: who waits for that looks next
                show(self._control)
            await self._journal.record_obeyed(command, self._clock.wall_ms())
        return Orders(control=self._control, accepted=frozenset(accepted))

    async def halt(self, reason: str, by: str = "counterpoise") -> None:
        """Halt, latched in file and journal, as far as each still takes it."""
        self._signalled = reason
        await self._latch_halts(by)

    async def flattened(self) -> None:
        """Say that nothing is left to close; the account stays paused."""
        await self._set(replace(self._control, flattening=False))

    async def _change(self, command: OperatorCommand) -> None:
        self._log.warning(
            "operator.obeyed", command=command.command, by=command.by, reason=command.reason
        )
        if command.command is Command.RESUME and command.asset is not None:
            return
        control = CONTROL_OF[command.command](self._control)
        await self._set(
            replace(control, by=command.by, reason=command.reason, at_ms=self._clock.wall_ms())
        )

    async def _latch_halts(self, by: str = "signal") -> Control:
        """Turn a signalled halt, or a halt file found, into the latched state."""
        reason = self._signalled
        if not reason and self._halt_file.exists():
            reason, by = self._halt_words(), "file"
        self._latched = bool(reason)
        if reason and self._control.state is not AccountState.HALT:
            self._write_halt_file(reason)
            halted = Control(
                state=AccountState.HALT, by=by, reason=reason, at_ms=self._clock.wall_ms()
            )
            try:
                await self._set(halted)
            except JournalError as error:
                self._log.error("halt.unjournaled", detail=str(error))
        return self._control

    def _halt_words(self) -> str:
        """Return what the halt file says; one that cannot be read halts as well as any."""
        try:
            return self._halt_file.read_text(errors="replace").strip() or "halt file"
        except OSError as error:
            return f"a halt file that cannot be read: {type(error).__name__}"

    def _write_halt_file(self, reason: str) -> None:
        try:
            self._halt_file.write_text(f"{reason}\n")
        except OSError as error:
            self._log.error("halt.unwritten", detail=str(error))

    def _forget_halts(self) -> None:
        """Lift the halts that were latched: one that came since is newer than the word to go on."""
        if not self._latched:
            return
        self._signalled = ""
        self._halt_file.unlink(missing_ok=True)

    async def _set(self, control: Control) -> None:
        """Change the state at once in memory, then in the journal, and say so."""
        changed = control.state is not self._control.state
        self._control = control
        if changed:
            level, event = EVENT_OF[control.state]
            getattr(self._log, level)(event, by=control.by, reason=control.reason)
        await self._journal.record_control(control)
