"""The kinds of value that settings take. Each says in our own words what it would have taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import BeforeValidator, PlainSerializer
from pydantic_core import PydanticCustomError

from counterpoise.config.problems import listed, nearest
from counterpoise.core.schedule import Cron, Duration, duration, schedule
from counterpoise.core.units import exact

UNFIT = "unfit"  # the type of every error that already has our words
Choice = TypeVar("Choice", bound=StrEnum)


def unfit(allowed: str, remedy: str = "", *, said: str = "") -> PydanticCustomError:
    """Return the error for a value that a key does not take, with what it does take."""
    return PydanticCustomError(UNFIT, "unfit", {"allowed": allowed, "remedy": remedy, "said": said})


def _number(value: object) -> Decimal:
    if isinstance(value, Decimal) and value.is_finite():
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, str):
        if value.strip().endswith("%"):
            raise unfit("a share, not a percentage: 0.05 for 5 %")
        try:
            return exact(value.strip().replace("_", ""))
        except ValueError as error:
            raise unfit("a number, such as 0.5 or 25000") from error
    raise unfit("a number, such as 0.5 or 25000")


def _whole(value: object) -> int:
    number = _number(value)
    if number != number.to_integral_value():
        raise unfit("a whole number")
    return int(number)


def _flag(value: object) -> bool:
    known = {"true": True, "false": False}
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in known:
        return known[value.strip().lower()]
    raise unfit("true or false, without quotes")


def _word(value: object) -> str:
    if not isinstance(value, str):
        raise unfit('text in quotes, such as "main"')
    return value.strip()


def _unitless(text: str) -> str:
    return f'write "{text}s" or "{text}m"' if text.isdigit() else ""


def _duration(value: object) -> Duration:
    if isinstance(value, Duration):
        return value
    text = str(value).strip()
    try:
        return duration(text)
    except ValueError as error:
        units = 'a number and its unit, in quotes: "500ms", "10s", "5m", "12h", "90d", "2w"'
        raise unfit(units, _unitless(text)) from error


def _schedule(value: object) -> Duration | Cron:
    if isinstance(value, Duration | Cron):
        return value
    text = str(value).strip()
    try:
        return schedule(text)
    except ValueError as error:
        kinds = 'a duration ("90d") or a cron line in UTC ("0 8 1 * *")'
        raise unfit(f"{kinds}; {error}", _unitless(text)) from error


def _moment(value: object) -> datetime:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError as error:
            raise unfit("a date or a time, such as 2025-06-30 or 2025-06-30T12:00:00Z") from error
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    raise unfit("a date or a time, such as 2025-06-30 or 2025-06-30T12:00:00Z")


def _words(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [word.strip(" \"'") for word in value.strip().strip("[]").split(",")]
    if not isinstance(value, list | tuple) or not all(isinstance(w, str) and w for w in value):
        raise unfit('a list of names, such as ["spot", "linear"]')
    return tuple(value)


def choice(kind: type[Choice]) -> Callable[[object], Choice]:
    """Return the validator for one of a few words; it names the nearest for a misspelt one."""
    known = [member.value for member in kind]

    def chosen(value: object) -> Choice:
        if isinstance(value, kind):
            return value
        text = str(value).strip()
        if text in known:
            return kind(text)
        close = nearest(text, known)
        raise unfit(listed(known), f'write "{close}"' if close else "")

    return chosen


Number = Annotated[Decimal, BeforeValidator(_number), PlainSerializer(str, return_type=str)]
Whole = Annotated[int, BeforeValidator(_whole)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Word = Annotated[str, BeforeValidator(_word)]
Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
Span = Annotated[Duration, BeforeValidator(_duration), PlainSerializer(str, return_type=str)]
Calendar = Annotated[
    Duration | Cron, BeforeValidator(_schedule), PlainSerializer(str, return_type=str)
]
Moment = Annotated[datetime, BeforeValidator(_moment)]
