"""The real time and the real randomness: nothing else in the program reads either."""

from __future__ import annotations

import secrets
import string
import time

ALPHABET = string.ascii_lowercase + string.digits
NANOSECONDS_PER_MILLISECOND = 1_000_000


class SystemClock:
    """The machine's own clocks."""

    def wall_ms(self) -> int:
        """Return milliseconds since 1970, UTC."""
        return time.time_ns() // NANOSECONDS_PER_MILLISECOND

    def monotonic_s(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait; zero or less only lets others run."""
        import asyncio  # noqa: PLC0415 - health checks read the time and need no event loop

        await asyncio.sleep(seconds)


class SystemEntropy:
    """The operating system's randomness."""

    def token(self, length: int) -> str:
        """Return `length` random characters of a-z0-9."""
        return "".join(secrets.choice(ALPHABET) for _ in range(length))
