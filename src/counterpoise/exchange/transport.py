"""The local exchange without a socket: a transport whose other end is in this process."""

from __future__ import annotations

from typing import Protocol

from counterpoise.errors import OutcomeUnknown, Unsent
from counterpoise.exchange.front import Answer
from counterpoise.ports import Clock, HttpRequest, HttpResponse


class Exchange(Protocol):
    """What a wire needs of an exchange."""

    @property
    def clock(self) -> Clock:
        """Return the time that its delays are measured in."""
        ...

    def answer(self, request: HttpRequest, *, remote: str = "") -> Answer:
        """Carry out a request and return what its wire has to do."""
        ...

    async def finish(self, answer: Answer) -> HttpResponse | None:
        """Wait as long as an answer takes, and return it; None where it never comes."""
        ...


class MemoryTransport:
    """A wire to an exchange in this process; needs no thread, and works on virtual time."""

    def __init__(self, exchange: Exchange) -> None:
        """Connect."""
        self._exchange = exchange
        self._closed = False

    async def send(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
        """
        Send once and return the answer, whatever its status.

        Raises Unsent after `close`, and OutcomeUnknown where the whole answer does not arrive
        within `timeout_s` seconds.
        """
        if self._closed:
            raise Unsent("the connection is closed")
        answer = self._exchange.answer(request)
        if answer.delay_s >= timeout_s:
            await self._exchange.clock.sleep(timeout_s)
            raise OutcomeUnknown(f"no answer within {timeout_s:g} s")
        response = await self._exchange.finish(answer)
        if response is None:
            raise OutcomeUnknown("the connection was closed without an answer")
        if answer.cut:
            raise OutcomeUnknown("the answer was cut off")
        return response

    async def close(self) -> None:
        """Let nothing through any more."""
        self._closed = True
