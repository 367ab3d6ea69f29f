"""What several venues' protocols share: reading what is sent, refusing, answering in JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

from counterpoise.core.units import plain
from counterpoise.exchange.dialects.dialect import Call, json_fields
from counterpoise.exchange.orders import OrderRequest, OrderStatus, Reason, Refused, VenueOrder
from counterpoise.exchange.venue import Venue
from counterpoise.ports import HttpResponse

JSON_HEADERS: Mapping[str, str] = {"Content-Type": "application/json; charset=utf-8"}
PLAIN_NUMBER = re.compile(r"\d{1,20}(\.\d{1,20})?")
WHOLE_NUMBER = re.compile(r"-?\d{1,19}")
EIGHT_PLACES = Decimal("0.00000001")

UNNAMED = "#"  # begins the id of an order whose client gave none; no client may send it
BY_HAND = "web_"  # begins the id of an order that somebody traded by hand

Row = dict[str, object]
Kind = TypeVar("Kind")


class VenueError(Exception):
    """A request that a venue refuses, with its own code, message and HTTP status."""

    def __init__(self, code: int, message: str, status: int = 200) -> None:
        """Keep all three."""
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


@dataclass(frozen=True, slots=True)
class Refusal:
    """How a refusal is put on the wire; `{}` stands for the number that it is about."""

    code: int
    message: str

    def error(self, detail: str) -> VenueError:
        """Return the error, with its number in place."""
        return VenueError(self.code, self.message.replace("{}", detail))


def venue_error(refused: Refused, refusals: Mapping[Reason, Refusal]) -> VenueError:
    """Return the wire's form of a refusal."""
    return refusals[refused.reason].error(refused.detail)


@dataclass(frozen=True, slots=True)
class Sent:
    """What a client sent, as text, read with the venue's own error for what cannot be read."""

    values: Mapping[str, str]
    wrong: Callable[[str], VenueError]  # by the name of the parameter

    def has(self, name: str) -> bool:
        """Say whether a parameter was sent, and not empty."""
        return bool(self.values.get(name))

    def text(self, name: str) -> str:
        """Return a mandatory parameter."""
        value = self.values.get(name, "")
        if not value:
            raise self.wrong(name)
        return value

    def maybe(self, name: str) -> str | None:
        """Return an optional parameter; empty counts as not sent."""
        return self.values.get(name) or None

    def number(self, name: str) -> Decimal:
        """Return a mandatory number, written plainly: no sign, no exponent."""
        value = self.text(name)
        if not PLAIN_NUMBER.fullmatch(value):
            raise self.wrong(name)
        return Decimal(value)

    def whole(self, name: str) -> int | None:
        """Return an optional whole number."""
        value = self.maybe(name)
        if value is None:
            return None
        if not WHOLE_NUMBER.fullmatch(value):
            raise self.wrong(name)
        return int(value)

    def rows_max(self, name: str, default: int, most: int) -> int:
        """Return how many rows are asked for: at least one, at most what the venue gives."""
        wanted = self.whole(name)
        return default if wanted is None else max(1, min(wanted, most))

    def flag(self, name: str) -> bool:
        """Return an optional flag, by default false."""
        value = (self.maybe(name) or "false").lower()
        if value not in {"true", "false"}:
            raise self.wrong(name)
        return value == "true"

    def chosen(self, name: str, table: Mapping[str, Kind]) -> Kind:
        """Return what a mandatory word stands for in the venue's table."""
        found = table.get(self.text(name))
        if found is None:
            raise self.wrong(name)
        return found


def fields_of(call: Call) -> Mapping[str, str]:
    """
    Return what was sent in the query and in the body, all as text.

    Raises ValueError for a body that begins as JSON and is no JSON object.
    """
    if call.body.startswith(("{", "[")):
        json_fields(call.body)
    return call.params


def json_answer(
    body: object, *, status: int = 200, headers: Mapping[str, str] = JSON_HEADERS
) -> HttpResponse:
    """Return an answer with a JSON body."""
    text = json.dumps(body, separators=(",", ":"))
    return HttpResponse(status=status, headers=headers, body=text.encode(), reason="OK")


def trimmed(value: Decimal) -> str:
    """Return `value` with at most eight places and no more digits than it needs."""
    return plain(value.quantize(EIGHT_PLACES, rounding=ROUND_HALF_UP))


def stepped(value: Decimal, step: Decimal) -> str:
    """Return `value` with as many places as `step` has, trailing zeros included."""
    return format(value.quantize(step), "f")


def placed(venue: Venue, request: OrderRequest, call: Call) -> VenueOrder:
    """Hand an order to the engine, with what an armed fault makes of it. Raises Refused."""
    if call.effects.hide_s:
        venue.visibility.hide(call.effects.hide_s, call.now)
    return venue.engine.place(request, call.now, fill_share=call.effects.fill_share)


def taken_and_dropped(
    venue: Venue,
    request: OrderRequest,
    call: Call,
    status: OrderStatus = OrderStatus.CANCELED,
) -> VenueOrder:
    """
    Book an order that ends at once, with `status`, and never trades.

    Several venues answer so where others refuse: a post-only order that would take gets an id.
    """
    ledger = venue.engine.ledger
    order = VenueOrder(
        id=ledger.next_order_id(),
        request=request,
        quantity=request.quantity,
        created_ms=call.now.venue_ms,
        updated_ms=call.now.venue_ms,
    )
    ledger.add(order)
    ledger.close(order, status, call.now)
    return order


def client_id_taken(venue: Venue, given: str | None) -> str:
    """Return the client's id of a new order, or one of our own that no answer shows."""
    return given or f"{UNNAMED}{venue.engine.ledger.next_order_id()}"


def client_id_shown(request: OrderRequest) -> str:
    """Return the client's id of an order; empty where no client gave it one."""
    given = request.client_order_id
    return "" if request.origin.forced or given.startswith((UNNAMED, BY_HAND)) else given


def page(rows: Sequence[Row], size: int, cursor: str | None) -> tuple[Sequence[Row], str]:
    """Return one page and the cursor of the next; an empty cursor ends the list."""
    start = int(cursor) if cursor and cursor.isdecimal() else 0
    end = start + size
    return rows[start:end], str(end) if end < len(rows) else ""
