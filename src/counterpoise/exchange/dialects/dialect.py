"""What the exchange asks of a venue's protocol."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

from counterpoise.exchange.moment import Moment
from counterpoise.ports import HttpRequest, HttpResponse

HOST_HEADER = "x-forwarded-host"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What an armed fault does to an order inside the engine."""

    fill_share: Decimal | None = None  # the book fills no more than this share
    hide_s: float = 0.0  # reads do not show it for so long


NO_EFFECTS = Effects()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, taken apart once."""

    method: str
    path: str
    host: str  # the venue's, where the client forwarded it
    query: str  # as sent, still encoded
    body: str
    headers: Mapping[str, str]  # names in lower case
    params: Mapping[str, str]  # query, and form or JSON body, decoded, all as text
    now: Moment
    effects: Effects = field(default=NO_EFFECTS)


def call_of(request: HttpRequest, now: Moment) -> Call:
    """Return a request taken apart. Its body counts as a form where it does not look like JSON."""
    parts = urlsplit(request.url)
    headers = {name.lower(): value for name, value in request.headers.items()}
    body = request.body.decode("utf-8", errors="replace")
    fields: Mapping[str, str] = {}
    if body.startswith(("{", "[")):
        with suppress(ValueError):  # whoever reads the body itself refuses it
            fields = json_fields(body)
    else:
        fields = dict(parse_qsl(body, keep_blank_values=True))
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    return Call(
        method=request.method.upper(),
        path=parts.path,
        host=headers.get(HOST_HEADER) or parts.netloc,
        query=parts.query,
        body=body,
        headers=headers,
        params={**query, **fields},
        now=now,
    )


def json_fields(body: str) -> Mapping[str, str]:
    """
    Return the fields of a JSON object as text, numbers as they were written.

    Raises ValueError for a body that is no JSON object.
    """
    parsed = json.loads(body, parse_float=str, parse_int=str)
    if not isinstance(parsed, dict):
        raise ValueError("a body must be a JSON object")  # noqa: TRY004 - of the client's making
    return texts_of(parsed)


def texts_of(fields: Mapping[str, object]) -> Mapping[str, str]:
    """Return JSON fields as text; null is empty, flags are `true` and `false`."""
    return {name: _text(value) for name, value in fields.items()}


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value)


class Dialect(Protocol):
    """A venue's protocol. It never raises for what a client sends: each call has an answer."""

    def answer(self, call: Call) -> HttpResponse:
        """Carry out a call and answer as the venue would."""
        ...

    def rejection(self, code: str, message: str) -> HttpResponse:
        """Return the venue's own refusal with `code`; an empty message is looked up."""
        ...

    def limited(self, status: int, retry_after_s: int) -> HttpResponse:
        """Return the venue's own answer to too many requests (429), or to a banned client (418)."""
        ...

    def secret_params(self) -> frozenset[str]:
        """Return the names of parameters that no log may show."""
        ...
