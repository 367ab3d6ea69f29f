"""When something comes round again, and that the clocks of the machine are what they say."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from counterpoise.clock import SystemClock, SystemEntropy
from counterpoise.core.schedule import DAY_MS, Duration, cron, duration, schedule
from simulation.scripts.claims import Claims, refusal, told

MINUTE_MS = 60_000
NEXT: Sequence[tuple[str, str, str]] = (  # a line, a time, and when it comes next
    ("* * * * *", "2025-06-30 03:12:59", "2025-06-30 03:13:00"),
    ("0 8 * * *", "2025-06-30 07:59:59", "2025-06-30 08:00:00"),
    ("0 8 * * *", "2025-06-30 08:00:00", "2025-07-01 08:00:00"),
    ("*/15 * * * *", "2025-06-30 03:46:00", "2025-06-30 04:00:00"),
    ("5-9/2 * * * *", "2025-06-30 03:05:00", "2025-06-30 03:07:00"),
    ("50/5 * * * *", "2025-06-30 03:50:00", "2025-06-30 03:55:00"),
    ("0 0 1 jan *", "2025-06-30 00:00:00", "2026-01-01 00:00:00"),
    ("0 0 29 2 *", "2025-06-30 00:00:00", "2028-02-29 00:00:00"),
    ("0 0 * * mon", "2025-06-30 00:00:00", "2025-07-07 00:00:00"),
    ("0 0 * * 7", "2025-06-30 00:00:00", "2025-07-06 00:00:00"),
    ("0 0 13 * fri", "2025-06-30 00:00:00", "2025-07-04 00:00:00"),  # either day will do
    ("0 0 13 * fri", "2025-07-12 00:00:00", "2025-07-13 00:00:00"),
    ("0 0 13 * *", "2025-06-30 00:00:00", "2025-07-13 00:00:00"),
    ("0 0 */2 * fri", "2025-06-30 00:00:00", "2025-07-11 00:00:00"),  # and here both must
    ("0,30 8,20 * * *", "2025-06-30 08:30:00", "2025-06-30 20:00:00"),
    ("@daily", "2025-06-30 03:00:00", "2025-07-01 00:00:00"),
    ("@weekly", "2025-06-30 03:00:00", "2025-07-06 00:00:00"),
)
NONE = (
    "",
    "* * * *",
    "* * * * * *",
    "60 * * * *",
    "* 24 * * *",
    "* * 0 * *",
    "* * 32 * *",
    "* * * 13 *",
    "* * * * 8",
    "*/0 * * * *",
    "9-5 * * * *",
    "a * * * *",
    "1.5 * * * *",
    "\u0663 * * * *",
    "0 0 30 2 *",
    "@never",
)
SPANS = {"500ms": 500, "10s": 10_000, "5m": 300_000, "12h": 43_200_000, "2w": 14 * DAY_MS}
NO_SPANS = ("", "5", "m", "5 m", "-5m", "1.5h", "5y", "5mm", "9999999d")


def _ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


def calendars(made: Claims) -> None:
    """See that a calendar comes when it says, and that nonsense never comes."""
    for line, now, then in NEXT:
        found = cron(line).next_after(_ms(now))
        made.claim("M8", found == _ms(then), f"{line} after {now}: {found}, not {_ms(then)}")
        made.claim("M8", found > _ms(now), f"{line} has come already")
    for line in NONE:
        error = refusal(lambda line=line: cron(line))  # type: ignore[misc]
        made.claim("I-24", isinstance(error, ValueError), f"{line!r}: {error!r}")
    for text, kind in (("90d", "Duration"), ("0 8 * * *", "Cron"), ("@daily", "Cron")):
        found_ = type(schedule(text)).__name__
        made.claim("I-24", found_ == kind, f"{text} is a {found_}")


def spans(made: Claims) -> None:
    """See that a duration is as long as it says, and that nonsense is none."""
    for text, length_ms in SPANS.items():
        made.claim("I-24", duration(text).ms == length_ms, f"{text} is {duration(text).ms} ms")
    for text in NO_SPANS:
        error = refusal(lambda text=text: duration(text))  # type: ignore[misc]
        made.claim("I-24", isinstance(error, ValueError), f"{text!r}: {error!r}")
    for ms in (-1, 3650 * DAY_MS + 1):
        error = refusal(lambda ms=ms: Duration(ms=ms))  # type: ignore[misc]
        made.claim("I-24", isinstance(error, ValueError), f"{ms} ms: {error!r}")
    made.claim("M8", Duration(ms=5).next_after(7) == 12, "a duration comes at another time")
    shown = {ms: str(Duration(ms=ms)) for ms in (0, 1, 1_500, 90_000, 5 * DAY_MS)}
    wanted = {0: "0s", 1: "1ms", 1_500: "1500ms", 90_000: "90s", 5 * DAY_MS: "5d"}
    made.claim("I-24", shown == wanted, f"shown as {shown}")


async def _slept(clock: SystemClock, seconds: float) -> float:
    before_s = time.monotonic()
    await clock.sleep(seconds)
    return time.monotonic() - before_s


def clocks(made: Claims) -> None:
    """See that the real clock tells the machine's time, in its units, and never goes back."""
    clock = SystemClock()
    before_s, wall_ms, after_s = time.time(), clock.wall_ms(), time.time()
    within = before_s * 1000 - 1 <= wall_ms <= after_s * 1000 + 1
    made.claim("C1", within, f"the wall clock says {wall_ms}")
    before_s, steady_s, after_s = time.monotonic(), clock.monotonic_s(), time.monotonic()
    made.claim("C1", before_s <= steady_s <= after_s, f"the steady clock says {steady_s}")
    waited_s = asyncio.run(_slept(clock, 0.01))
    made.claim("I-17", waited_s >= 0.01, f"{waited_s} s of a hundredth were slept")
    tokens = {SystemEntropy().token(12) for _ in range(50)}
    made.claim("I-7", len(tokens) == 50, "two tokens are one")
    fit = all(re.fullmatch("[a-z0-9]{12}", token) for token in tokens)
    made.claim("I-7", fit, f"tokens {sorted(tokens)[:3]}")


SCRIPTS = {
    "calendars": told(calendars, "M8"),
    "spans": told(spans, "I-24"),
    "clocks": told(clocks, "C1"),
}
