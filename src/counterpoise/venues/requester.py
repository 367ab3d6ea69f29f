"""Asks and orders: lanes, retries of reads, and the meaning of every failure."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from asyncio_throttle.throttler import Throttler
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    wait_exponential,
)

from counterpoise.errors import CounterpoiseError, SnapshotError, Unavailable
from counterpoise.logs import unnamed_log
from counterpoise.ports import Clock
from counterpoise.venues.client import Client
from counterpoise.venues.dialect import Call, Lanes, Params
from counterpoise.venues.outcomes import Judge, NotServed, VenueError, is_not_found

READ_ATTEMPTS_MAX = 3
READ_PAUSE_S_MIN = 0.25
READ_PAUSE_S_MAX = 2.0
READ_DEADLINE_S = 8.0  # no further attempt begins after it

T = TypeVar("T")
log = unnamed_log(__name__)


class NotFound(Exception):
    """The venue says that it knows no such order."""


class Requester:
    """Makes a venue's calls; what it raises is always one of our own errors."""

    def __init__(self, client: Client, judge: Judge, lanes: Lanes, clock: Clock) -> None:
        """Open two lanes: an order never waits behind a read."""
        self.read_lane = Throttler(rate_limit=lanes.reads, period=lanes.period_s)
        self.order_lane = Throttler(rate_limit=lanes.orders, period=lanes.period_s)
        self._client = client
        self._judge = judge
        self._clock = clock

    async def read(self, call: Call, params: Params) -> object:
        """
        Return the body of a read, still raw.

        Raises Unavailable, Unauthorized, DoorRefused or SnapshotError.
        """
        return await self._retried(call.path, lambda: self._client.request(call.name)(params))

    async def read_or_none(self, call: Call, params: Params) -> object | None:
        """Return the body of a look-up, or None where the venue says not found."""
        try:
            return await self.read(call, params)
        except NotFound:
            return None

    async def markets(self) -> Mapping[str, Mapping[str, object]]:
        """Return what the venue lists. Raises SnapshotError if that is nothing."""
        found = await self._retried("markets", self._client.markets)
        if not found:
            raise SnapshotError("the venue's list of markets is empty")
        return found

    async def write(self, call: Call, params: Params) -> object:
        """
        Send an order, once. The order lane must have been entered.

        Raises Unavailable, Unauthorized, Rejected, DoorRefused, and OutcomeUnknown for all else.
        """
        try:
            return await self._client.request(call.name)(params)
        except Exception as error:  # noqa: BLE001 - after a write, any surprise is an unknown outcome
            failure = self._judge.classify(error, writing=True)
        raise failure  # out here, so that no foreign error with a signed URL hangs on it

    async def close(self) -> None:
        """Let go of the client."""
        await self._client.close()

    async def _retried(self, what: str, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask; where that fails in a way that may heal, ask again, a few times, in good time."""
        started_s = self._clock.monotonic_s()
        try:
            return await self._once(ask)
        except (Unavailable, SnapshotError) as error:
            failed = [error]  # tenacity takes over from here: it is not worth its time before

        async def again() -> T:
            if failed:
                raise failed.pop()
            return await self._once(ask)

        return await self._pacing(what, started_s + READ_DEADLINE_S)(again)

    def _pacing(self, what: str, deadline_s: float) -> AsyncRetrying:
        def enough(state: RetryCallState) -> bool:
            late = self._clock.monotonic_s() + state.upcoming_sleep > deadline_s
            return late or state.attempt_number >= READ_ATTEMPTS_MAX

        def said(state: RetryCallState) -> None:
            error = state.outcome.exception() if state.outcome else None
            log.info(
                "read.retried",
                what=what,
                attempt=state.attempt_number,
                error=type(error).__name__,
                detail=str(error),
            )

        return AsyncRetrying(
            sleep=self._clock.sleep,
            stop=enough,
            wait=wait_exponential(multiplier=READ_PAUSE_S_MIN, max=READ_PAUSE_S_MAX),
            retry=retry_if_exception(_heals),
            before_sleep=said,
            reraise=True,
        )

    async def _once(self, ask: Callable[[], Awaitable[T]]) -> T:
        failure: Exception
        async with self.read_lane:
            try:
                return await ask()
            except (VenueError, CounterpoiseError, self._client.local_error) as error:
                failure = self._meaning(error)
            except (TypeError, KeyError, AttributeError, ValueError) as error:
                # ccxt met an answer of a shape that it did not expect
                failure = SnapshotError(f"ccxt could not read it: {type(error).__name__}")
        raise failure  # out here, so that no foreign error with a signed URL hangs on it

    def _meaning(self, error: Exception) -> Exception:
        if isinstance(error, VenueError) and is_not_found(error.reply, self._judge.profile):
            return NotFound()
        return self._judge.classify(error, writing=False)


def _heals(error: BaseException) -> bool:
    """Say whether the same read may succeed in a moment."""
    if isinstance(error, Unavailable):
        return error.retry_after_s <= 0 and not isinstance(error, NotServed)
    return isinstance(error, SnapshotError)
