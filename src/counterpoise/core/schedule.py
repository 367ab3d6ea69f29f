"""Durations and calendars, as people write them: `90d`, `5m`, `0 8 * * mon`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

SECOND_MS = 1000
MINUTE_MS = 60 * SECOND_MS
DAY_MS = 24 * 60 * MINUTE_MS
UNITS_MS = {
    "w": 7 * DAY_MS,
    "d": DAY_MS,
    "h": 60 * MINUTE_MS,
    "m": MINUTE_MS,
    "s": SECOND_MS,
    "ms": 1,
}
DURATION = re.compile(r"(\d{1,12})(ms|[smhdw])")
DURATION_MAX_MS = 3650 * DAY_MS

SEARCH_DAYS_MAX = 366 * 9  # 29 February comes at most eight years after the last one
MONTHS = {
    name: number
    for number, name in enumerate(
        "jan feb mar apr may jun jul aug sep oct nov dec".split(),  # noqa: SIM905
        start=1,
    )
}
WEEKDAYS = {"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}
SHORTHANDS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * sun",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
}


class Schedule(Protocol):
    """Says when something comes round again."""

    def next_after(self, at_ms: int) -> int:
        """Return the first time after `at_ms`; both in milliseconds since 1970."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """A length of time."""

    ms: int

    def __post_init__(self) -> None:
        """Refuse the negative, and what is longer than anybody means."""
        if not 0 <= self.ms <= DURATION_MAX_MS:
            raise ValueError(f"a duration is 0 to 3650 days, was {self.ms} ms")

    def __str__(self) -> str:
        """Return it as it is written in the settings, in the largest unit that is exact."""
        if self.ms == 0:
            return "0s"
        unit, size = next((u, s) for u, s in UNITS_MS.items() if u != "w" and self.ms % s == 0)
        return f"{self.ms // size}{unit}"

    @property
    def seconds(self) -> float:
        """Return it in seconds, for timers."""
        return self.ms / SECOND_MS

    def next_after(self, at_ms: int) -> int:
        """Return the time one duration later, in milliseconds since 1970."""
        return at_ms + self.ms


def duration(text: str) -> Duration:
    """Return the duration that `text` spells. Raises ValueError where it has no unit, or two."""
    match = DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"not a duration: {text!r}")
    return Duration(ms=int(match[1]) * UNITS_MS[match[2]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One of the five places of a cron line."""

    name: str
    low: int
    high: int
    names: dict[str, int]

    def numbers(self, text: str) -> frozenset[int]:
        """Return what `text` allows: lists of numbers, names, ranges and steps."""
        return frozenset(number for part in text.split(",") for number in self._part(part))

    def _part(self, text: str) -> range:
        span, _, step = text.partition("/")
        if span == "*":
            first, last = self.low, self.high
        else:
            start, dash, end = span.partition("-")
            first = self._number(start)
            last = self._number(end) if dash else self.high if step else first
        stride = self._stride(step) if "/" in text else 1
        if not self.low <= first <= last <= self.high:
            raise ValueError(f"{self.name} {text!r} is not within {self.low} to {self.high}")
        return range(first, last + 1, stride)

    def _number(self, text: str) -> int:
        named = self.names.get(text.lower())
        if named is not None:
            return named
        if not (text.isascii() and text.isdigit()):
            raise ValueError(f"{self.name} {text!r} is not a number")
        return int(text)

    def _stride(self, text: str) -> int:
        stride = self._number(text)
        if stride < 1:
            raise ValueError(f"{self.name} has a step of {text}")
        return stride


FIELDS = (
    Field(name="minute", low=0, high=59, names={}),
    Field(name="hour", low=0, high=23, names={}),
    Field(name="day of month", low=1, high=31, names={}),
    Field(name="month", low=1, high=12, names=MONTHS),
    Field(name="day of week", low=0, high=7, names=WEEKDAYS),  # 0 and 7 are both Sunday
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cron:
    """A calendar in UTC, as cron writes it."""

    text: str
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]  # 0 is Sunday
    either_day: bool  # both day fields are given: a day that fits one of them fits

    def __str__(self) -> str:
        """Return the line as it was written."""
        return self.text

    def next_after(self, at_ms: int) -> int:
        """Return the first time on the calendar after `at_ms`, in milliseconds since 1970."""
        after = datetime.fromtimestamp(at_ms // SECOND_MS, UTC).replace(second=0, microsecond=0)
        first = after + timedelta(minutes=1)
        for offset in range(SEARCH_DAYS_MAX):
            day = (first + timedelta(days=offset)).replace(hour=0, minute=0)
            found = self._time_on(day, first) if self._is_on(day) else None
            if found is not None:
                return int(found.timestamp()) * SECOND_MS
        raise ValueError(f"{self.text!r} never comes")  # `cron` has ruled it out

    def _is_on(self, day: datetime) -> bool:
        by_date = day.day in self.days
        by_weekday = day.isoweekday() % 7 in self.weekdays
        fits = (by_date or by_weekday) if self.either_day else (by_date and by_weekday)
        return fits and day.month in self.months

    def _time_on(self, day: datetime, earliest: datetime) -> datetime | None:
        times = (
            day.replace(hour=hour, minute=minute)
            for hour in sorted(self.hours)
            for minute in sorted(self.minutes)
        )
        return next((time for time in times if time >= earliest), None)


def cron(text: str) -> Cron:
    """
    Return the calendar of a five-field cron line, in UTC.

    Lists, ranges, steps and the names of months and days as usual; `@daily` and its like too.
    Raises ValueError for anything else, and for a date that never comes (30 February).
    """
    line = SHORTHANDS.get(text.strip().lower(), text).split()
    if len(line) != len(FIELDS):
        raise ValueError(f"a cron line has {len(FIELDS)} fields, {text!r} has {len(line)}")
    minutes, hours, days, months, weekdays = (
        field.numbers(part) for field, part in zip(FIELDS, line, strict=True)
    )
    calendar = Cron(
        text=text,
        minutes=minutes,
        hours=hours,
        days=days,
        months=months,
        weekdays=frozenset(number % 7 for number in weekdays),
        either_day=not (line[2].startswith("*") or line[4].startswith("*")),
    )
    calendar.next_after(0)
    return calendar


def schedule(text: str) -> Duration | Cron:
    """Return what `text` spells: a duration, or a cron line. Raises ValueError for neither."""
    words = text.split()
    return cron(text) if len(words) > 1 or text.startswith("@") else duration(text)
