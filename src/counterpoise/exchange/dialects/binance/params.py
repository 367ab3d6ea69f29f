"""Reading the parameters of a call, each with Binance's error for what cannot be read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

from counterpoise.exchange.dialects.binance.errors import WireError, missing

PLAIN_NUMBER = re.compile(r"\d{1,20}(\.\d{1,20})?")
WHOLE_NUMBER = re.compile(r"-?\d{1,19}")
CLIENT_ORDER_ID = re.compile(r"[.A-Z:/a-z0-9_-]{1,36}")
ROWS_MAX = 1_000

Word = TypeVar("Word", bound=StrEnum)


def text(params: Mapping[str, str], name: str) -> str:
    """Return a mandatory parameter."""
    value = params.get(name, "")
    if not value:
        raise missing(name)
    return value


def number(params: Mapping[str, str], name: str) -> Decimal:
    """Return a mandatory number, written plainly: no sign, no exponent."""
    value = text(params, name)
    if not PLAIN_NUMBER.fullmatch(value):
        raise WireError(
            -1100,
            f"Illegal characters found in parameter '{name}'; legal range is "
            "'^([0-9]{1,20})(\\.[0-9]{1,20})?$'.",
        )
    try:
        return Decimal(value)
    except InvalidOperation as error:
        raise missing(name) from error


def whole(params: Mapping[str, str], name: str) -> int | None:
    """Return an optional whole number."""
    value = params.get(name)
    if value is None:
        return None
    if not WHOLE_NUMBER.fullmatch(value):
        raise missing(name)
    return int(value)


def word(params: Mapping[str, str], name: str, kind: type[Word], code: int) -> Word:
    """Return a mandatory word out of a fixed set; `code` is Binance's for any other."""
    value = text(params, name)
    try:
        return kind(value)
    except ValueError:
        raise WireError(code, f"Invalid {name}.") from None


def flag(params: Mapping[str, str], name: str) -> bool:
    """Return an optional flag, by default false."""
    value = params.get(name, "false").lower()
    if value not in {"true", "false"}:
        raise missing(name)
    return value == "true"


def places(value: Decimal) -> int:
    """Return how many decimals a number has, trailing zeros left out."""
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def rows_max(params: Mapping[str, str], default: int) -> int:
    """Return how many rows a client wants, at most what Binance gives."""
    wanted = whole(params, "limit")
    return default if wanted is None else max(1, min(wanted, ROWS_MAX))
