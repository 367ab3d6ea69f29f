"""Bare numbers in JSON and in queries, exact both ways, where Python and others have floats."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal

from counterpoise.core.units import ZERO, exact, plain
from counterpoise.exchange.dialects.common import JSON_HEADERS, Sent, trimmed
from counterpoise.ports import HttpResponse

NUMBER_MAX = Decimal(10) ** 15


def bare_json(value: object) -> str:
    """Return `value` as JSON; every Decimal is a bare number, whole and without exponent."""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, Mapping):
        return f"{{{','.join(_pair(str(name), part) for name, part in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{','.join(map(bare_json, value))}]"
    return json.dumps(value)


def _pair(name: str, value: object) -> str:
    return f"{json.dumps(name)}:{bare_json(value)}"


def eight(value: Decimal) -> Decimal:
    """Return `value` with at most eight places."""
    return Decimal(trimmed(value))


def bare_answer(body: object, status: int = 200) -> HttpResponse:
    """Return an answer whose Decimals are bare numbers."""
    encoded = bare_json(body).encode()
    return HttpResponse(status=status, headers=JSON_HEADERS, body=encoded, reason="OK")


def sent_number(sent: Sent, name: str) -> Decimal:
    """Return a mandatory number, exponent and all, as programs spell their floats."""
    try:
        value = exact(sent.text(name))
    except ValueError:
        raise sent.wrong(name) from None
    if not ZERO <= value < NUMBER_MAX:  # beyond it, arithmetic would lose places
        raise sent.wrong(name)
    return value
