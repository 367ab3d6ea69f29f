"""
Time that passes only when everybody waits.

A `VirtualLoop` runs asyncio code without a selector, a socket or a thread: where it would wait for
a timer, it sets the time to it. A day of ten-second cycles takes seconds, and every run of the same
seed is the same run.
"""

from __future__ import annotations

import asyncio
import random
import string
from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context
from dataclasses import dataclass
from heapq import heappop, heappush
from types import SimpleNamespace
from typing import NoReturn, TypeVarTuple, Unpack

START_S = 10_000.0  # of the steady clock: not zero, so that nothing passes by being small
START_MS = 1_731_628_800_000  # of the wall clock: 2024-11-15, UTC
TICK_S = 1e-9  # timers this close to each other are due at once
ALPHABET = string.ascii_lowercase + string.digits

Given = TypeVarTuple("Given")


class DeadlockError(Exception):
    """Everybody waits for somebody, and nobody for the time."""


class _Turn(asyncio.TimerHandle):
    """A call to come, without what asyncio's own handle keeps for its debug mode."""

    __slots__ = ()

    def __init__(
        self, callback: Callable[..., object], args: tuple[object, ...], context: Context | None
    ) -> None:
        """Stand for a call in its context."""
        self._callback = callback
        self._args = args
        self._context = copy_context() if context is None else context
        self._cancelled = False

    def cancel(self) -> None:
        """Let it not happen."""
        self._cancelled = True
        self._args = ()  # let go of what it would have been given


class VirtualLoop(asyncio.BaseEventLoop):
    """
    An event loop whose time is its own. asyncio has no other way in than this base class.

    What it queues and how it waits is written anew: it is most of what a simulated day costs.
    """

    def __init__(self) -> None:
        """Start at `START_S`."""
        super().__init__()
        self._now_s = START_S
        self._due: deque[_Turn] = deque()
        self._later: list[tuple[float, int, _Turn]] = []  # a heap
        self._asked = 0

    def time(self) -> float:
        """Return the virtual time, in seconds."""
        return self._now_s

    def jump(self, seconds: float) -> None:
        """Let time pass in which nothing of this process ran, as when it was suspended."""
        self._now_s += seconds

    def call_soon(
        self,
        callback: Callable[[Unpack[Given]], object],
        *args: *Given,
        context: Context | None = None,
    ) -> asyncio.Handle:
        """Run something in the next round."""
        turn = _Turn(callback, args, context)
        self._due.append(turn)
        return turn

    def call_later(
        self,
        delay: float,
        callback: Callable[[Unpack[Given]], object],
        *args: *Given,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """Run something after so many seconds."""
        return self.call_at(self._now_s + delay, callback, *args, context=context)

    def call_at(
        self,
        when: float,
        callback: Callable[[Unpack[Given]], object],
        *args: *Given,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """Run something at a time; what is due at the same time runs in the order of asking."""
        turn = _Turn(callback, args, context)
        self._asked += 1
        heappush(self._later, (when, self._asked, turn))
        return turn

    def _run_once(self) -> None:
        """
        Run what is due. Where nothing is, everybody waits: set the time to the first timer.

        What a callback raises ends the run: there is no handler to swallow it.
        """
        due, later = self._due, self._later
        while later and later[0][2]._cancelled:
            heappop(later)
        if not due:
            if not later:
                raise DeadlockError("nothing is scheduled")
            self._now_s = max(self._now_s, later[0][0])
        end_s = self._now_s + TICK_S
        while later and later[0][0] < end_s:
            due.append(heappop(later)[2])
        for _ in range(len(due)):
            turn = due.popleft()
            if not turn._cancelled:
                turn._context.run(turn._callback, *turn._args)

    def call_soon_threadsafe(self, *_: object, **__: object) -> NoReturn:
        """Refuse: another thread would have a time of its own."""
        raise AssertionError("a thread has got into the virtual time")

    def run_in_executor(self, *_: object, **__: object) -> NoReturn:
        """Refuse: another thread would have a time of its own."""
        raise AssertionError("a thread was asked for within the virtual time")


@dataclass(frozen=True, slots=True)
class TrueClock:
    """The world's own time, which the exchange lives by."""

    loop: VirtualLoop

    def wall_ms(self) -> int:
        """Return milliseconds since 1970."""
        return START_MS + round((self.loop.time() - START_S) * 1000)

    def monotonic_s(self) -> float:
        """Return seconds that never go back."""
        return self.loop.time()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


@dataclass(slots=True)
class HostClock:
    """The clock of the machine that the daemon runs on: somebody may set it."""

    true: TrueClock
    offset_ms: int = 0

    def wall_ms(self) -> int:
        """Return milliseconds since 1970, as this machine has it."""
        return self.true.wall_ms() + self.offset_ms

    def monotonic_s(self) -> float:
        """Return seconds that never go back, whoever sets the clock."""
        return self.true.monotonic_s()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self.true.sleep(seconds)


@dataclass(frozen=True, slots=True)
class SeededEntropy:
    """Randomness that a failing seed repeats."""

    random: random.Random

    def token(self, length: int) -> str:
        """Return `length` characters of a-z0-9."""
        return "".join(self.random.choices(ALPHABET, k=length))


def loop_time() -> SimpleNamespace:
    """
    Return what stands in for the module `time` where a library reads the steady clock itself.

    asyncio_throttle does: with the real clock it would spin through hours of virtual time while
    it waits for one real second.
    """
    monotonic: Callable[[], float] = lambda: asyncio.get_running_loop().time()  # noqa: E731
    return SimpleNamespace(monotonic=monotonic)
