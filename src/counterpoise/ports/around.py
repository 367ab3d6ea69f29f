"""The machine and the people around: time, chance, wires, and somebody's ear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from counterpoise.core.notice import Notice


class Clock(Protocol):
    """The only source of time. Intervals use `monotonic_s`; records and venues use `wall_ms`."""

    def wall_ms(self) -> int:
        """Return milliseconds since 1970, UTC."""
        ...

    def monotonic_s(self) -> float:
        """Return seconds that never go back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class Entropy(Protocol):
    """The only source of randomness."""

    def token(self, length: int) -> str:
        """Return `length` random characters of a-z0-9."""
        ...


class Alerts(Protocol):
    """One way to tell a person something."""

    @property
    def name(self) -> str:
        """Return what the settings call it."""
        ...

    @property
    def host(self) -> str:
        """Return where it leads: the host alone, for the rest of its address is a secret."""
        ...

    async def deliver(self, notice: Notice) -> None:
        """Hand one message over, once. Raises Undelivered unless the receiver said it has it."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class Heartbeat(Protocol):
    """An outside watch that raises the alarm when it hears nothing for a while."""

    @property
    def host(self) -> str:
        """Return where it is: the host alone."""
        ...

    async def beat(self) -> None:
        """Say once that all goes on. Raises Undelivered."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """One request as it leaves: the URL already signed, nothing to be added but routing."""

    method: str  # upper case
    url: str  # absolute, percent-encoded
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    """One response, read to its end."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    reason: str = ""


class Transport(Protocol):
    """A wire to a venue: HTTP for real, or the local exchange in memory."""

    async def send(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
        """
        Send once and return the answer, whatever its status.

        Raises Unsent if the connection never opened, and OutcomeUnknown if anything else kept
        the whole answer from arriving.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
