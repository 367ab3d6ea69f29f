"""Reading a control's JSON, with errors that say what is allowed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from counterpoise.core.units import exact

Word = TypeVar("Word", bound=StrEnum)


class ControlError(Exception):
    """A control was asked for something that it cannot do."""

    def __init__(self, message: str, *, status: int = 400, allowed: object = None) -> None:
        """Keep what would be allowed."""
        super().__init__(message)
        self.status = status
        self.allowed = allowed


class Fields:
    """The fields of one control; every one asked for is known, any other is an error."""

    def __init__(self, body: str) -> None:
        """Take a JSON object."""
        try:
            parsed = json.loads(body or "{}", parse_float=str)
        except json.JSONDecodeError as error:
            raise ControlError(f"the body is not JSON: {error}") from None
        if not isinstance(parsed, dict):
            raise ControlError("the body must be a JSON object")
        self._given: Mapping[str, object] = parsed
        self._known: list[str] = []

    def has(self, name: str) -> bool:
        """Say whether a field was given."""
        self._known.append(name)
        return self._given.get(name) is not None

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text, mandatory where it has no default."""
        value = self._value(name, default)
        if not isinstance(value, str):
            raise ControlError(f"{name} must be a text, was {value!r}")
        return value

    def decimal(self, name: str, default: Decimal | None = None) -> Decimal:
        """Return an exact number."""
        value = self._value(name, default)
        if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
            raise ControlError(f"{name} must be a number, was {value!r}")
        try:
            return exact(str(value))
        except ValueError:
            raise ControlError(f"{name} must be a number, was {value!r}") from None

    def at_least(self, name: str, least: Decimal, default: Decimal | None = None) -> Decimal:
        """Return an exact number that is no less than `least`."""
        value = self.decimal(name, default)
        if value < least:
            raise ControlError(f"{name} must be at least {least}, was {value}")
        return value

    def whole(self, name: str, least: int, default: int | None = None) -> int:
        """Return a whole number that is no less than `least`."""
        value = self.decimal(name, None if default is None else Decimal(default))
        if value != value.to_integral_value() or value < least:
            raise ControlError(f"{name} must be a whole number from {least} on, was {value}")
        return int(value)

    def flag(self, name: str, default: bool | None = None) -> bool:  # noqa: FBT001 - like the rest
        """Return true or false."""
        value = self._value(name, default)
        if not isinstance(value, bool):
            raise ControlError(f"{name} must be true or false, was {value!r}")
        return value

    def word(self, name: str, kind: type[Word], default: Word | None = None) -> Word:
        """Return one of a fixed set of words."""
        value = self._value(name, default)
        try:
            return kind(str(value))
        except ValueError:
            allowed = [member.value for member in kind]
            raise ControlError(f"{name} was {value!r}", allowed=allowed) from None

    def finish(self) -> None:
        """Raise ControlError for a field that nobody asked for."""
        unknown = sorted(set(self._given) - set(self._known))
        if unknown:
            known = sorted(set(self._known))
            raise ControlError(f"unknown: {', '.join(unknown)}", allowed=known)

    def _value(self, name: str, default: object) -> object:
        self._known.append(name)
        value = self._given.get(name)
        if value is None and default is None:
            raise ControlError(f"{name} is missing")
        return default if value is None else value
