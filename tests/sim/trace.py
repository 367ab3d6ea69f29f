"""What happened at the edges of the daemon, in order: requests, commits, and crashes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from urllib.parse import parse_qsl, urlsplit

from counterpoise.ports import HttpRequest, HttpResponse

ORDER_PATHS = frozenset(
    {
        "/fapi/v1/order",
        "/dapi/v1/order",
        "/api/v1/private/order/create",
        "/openApi/swap/v2/trade/order",
        "/v5/order/create",
        "/api/v5/trade/order",
        "/capi/v3/order",
        "/exchange",
    }
)
ASKED_BY_POST = "/info"  # where the body says what is asked
SUCCESS = 200


class Edge(StrEnum):
    """Where the daemon touches something that outlives it."""

    REQUEST = "request"
    COMMIT = "commit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """One moment at an edge: just before, or just after."""

    number: int  # counted through all lives
    life: int
    at_s: float
    edge: Edge
    name: str  # "POST /fapi/v1/order", "record_intents"
    before: bool

    def __str__(self) -> str:
        """Name it for people."""
        return f"{'before' if self.before else 'after'} {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """One asset as it really is at one moment. Base units, and quote per base unit."""

    held: Decimal
    position: Decimal
    price: Decimal
    goal: Decimal  # net delta that the settings ask for
    band: Decimal  # where a correction starts
    lot: Decimal
    sides: tuple[Decimal, ...] = ()  # of the position, in hedge mode; the short one is negative

    @property
    def drift(self) -> Decimal:
        """Return net delta minus its goal."""
        return self.held + self.position - self.goal


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One order as it left, and what was true at that moment."""

    at_s: float
    life: int
    client_order_id: str
    market_id: str
    size: Decimal  # the instrument's unit, bought positive
    quantity: Decimal  # base units, bought positive
    price: Decimal
    reduce_only: bool
    journaled: str  # the state in which it stood in the journal file; empty where it did not
    live_in_journal: tuple[str, ...]  # ids of all live intents of the same instrument
    live_at_venue: int  # orders of the same market that may still trade
    truth: Truth


@dataclass(slots=True, kw_only=True)
class Request:
    """One request and how it went."""

    at_s: float
    life: int
    method: str
    path: str
    encoded: str  # query and body, as sent
    outcome: str = "no answer"  # the status, or what kept the answer away
    answer: HttpResponse | None = None  # as it came back
    name: str = field(init=False)  # method and path

    def __post_init__(self) -> None:
        """Name it once: a day has a hundred thousand."""
        self.name = f"{self.method} {self.path}"
        if self.path == ASKED_BY_POST:
            self.name += f" {json.loads(self.encoded)['type']}"

    @property
    def params(self) -> dict[str, str]:
        """Return what it asks, decoded."""
        return dict(parse_qsl(self.encoded))

    @property
    def whole(self) -> bool:
        """Say whether a success with a body of JSON came back."""
        if self.answer is None or self.answer.status != SUCCESS:
            return False
        try:
            json.loads(self.answer.body)
        except ValueError:
            return False
        return True

    @property
    def is_order(self) -> bool:
        """Say whether it places an order."""
        return self.method == "POST" and self.path in ORDER_PATHS


@dataclass(slots=True)
class Trace:
    """All lives of the daemon of one world."""

    taps: list[Tap] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    orders: list[Sent] = field(default_factory=list)

    def since(self, at_s: float) -> Iterator[Sent]:
        """Yield the orders that left at or after a time."""
        return (order for order in self.orders if order.at_s >= at_s)


def request_of(request: HttpRequest, at_s: float, life: int) -> Request:
    """Return a request as the trace has it."""
    parts = urlsplit(request.url)
    encoded = "&".join(filter(None, (parts.query, request.body.decode())))
    return Request(at_s=at_s, life=life, method=request.method, path=parts.path, encoded=encoded)
