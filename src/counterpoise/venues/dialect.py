"""The shape of what differs per venue, so that a venue is data and a few pure functions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from counterpoise.core.instrument import Asset, Instrument, InstrumentKey
from counterpoise.core.orders import ClientOrderId, Fill, Intent, OrderReport
from counterpoise.core.snapshot import Balance, BookTop, Margin, Mark, Position
from counterpoise.ports import AccountFacts, VenueLimits


class Wallet(StrEnum):
    """A part of a venue account that holds money or positions."""

    SPOT = "spot"
    LINEAR = "linear"  # perpetuals settled in quote currency, and their margin


class Outcome(StrEnum):
    """What a venue's error code proves about the request."""

    REFUSED = "refused"  # no effect, and none if sent again
    PASSING = "passing"  # no effect, and a later one may be taken
    LIMITED = "limited"  # no effect: too many requests
    UNAUTHORIZED = "unauthorized"  # no effect: the credentials were refused
    EXISTS = "exists"  # an earlier order has this client order id: look it up
    NOT_FOUND = "not-found"  # the venue knows no such order
    UNKNOWN = "unknown"  # proves nothing: it may have taken effect


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request: the ccxt method that makes it, and what that puts on the wire."""

    name: str
    method: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """Every request that the gateway makes of a venue. The door lets nothing else through."""

    listing: Mapping[Wallet, Call]
    time: Mapping[Wallet, Call]
    balances: Mapping[Wallet, Call]
    margins: Call
    positions: Call
    marks: Call
    books: Call
    place: Call
    find: Call
    open_orders: Call
    fills: Call
    probes: tuple[Call, ...]  # what the dialect's `account` asks

    @property
    def questions(self) -> tuple[Call, ...]:
        """Return every request that changes nothing."""
        single = (self.margins, self.positions, self.marks, self.books)
        orders = (self.find, self.open_orders, self.fills)
        wallets = (*self.listing.values(), *self.time.values(), *self.balances.values())
        return (*wallets, *single, *orders, *self.probes)

    @property
    def reads(self) -> frozenset[tuple[str, str]]:
        """Return method and path of everything that changes nothing."""
        return frozenset((call.method, call.path) for call in self.questions)

    @property
    def writes(self) -> frozenset[tuple[str, str]]:
        """Return method and path of the orders."""
        return frozenset({(self.place.method, self.place.path)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An instrument, with what only the venue's own requests need."""

    instrument: Instrument
    market_id: str
    size_per_amount: Decimal  # how much size one unit of the venue's order amount is


Params = dict[str, object]
Read = Callable[[Call, Params], Awaitable[object]]  # one request, its answer still raw
Listing = Mapping[str, Listed]  # by market id


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a venue spells requests and answers: pure functions, each strict about shape."""

    time_ms: Callable[[object], int]
    balances: Callable[[object, str], tuple[Balance, ...]]
    margins: Callable[[object, str, frozenset[Asset]], tuple[Margin, ...]]
    positions: Callable[[object, Listing], Mapping[InstrumentKey, Position]]
    marks: Callable[[object, Listing], Mapping[InstrumentKey, Mark]]
    books: Callable[[object, Listing], Mapping[InstrumentKey, BookTop]]
    one_symbol: Callable[[Listed], Params]  # narrows a read to one market
    order_params: Callable[[Intent, Listed, int], Params]
    find_params: Callable[[Intent, Listed], Params]
    report: Callable[[object, Intent, Listed], OrderReport]
    open_order_ids: Callable[[object, Listed], frozenset[ClientOrderId]]
    fills_params: Callable[[Listed, int, int], Params]
    fills: Callable[[object, Listed], tuple[Fill, ...]]
    account: Callable[[Read, tuple[Listed, ...]], Awaitable[AccountFacts]]
    code: Callable[[object], tuple[str, str]]  # code and message of an error body


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSwitch:
    """How ccxt is pointed at a venue's test environment."""

    method: str  # of the ccxt client, called with True, once, before anything else
    hosts: frozenset[str]  # that may be reached
    hosts_unused: frozenset[str] = frozenset()  # of other products: known, and closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Lanes:
    """How many requests may leave in a period; orders never wait behind reads."""

    reads: int
    orders: int
    period_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FillsWindow:
    """How far one request for trades reaches."""

    rows_max: int
    span_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One venue: everything about it that is not the same everywhere."""

    exchange: str  # the ccxt id
    wallets: frozenset[Wallet]
    production_hosts: frozenset[str]
    test: DemoSwitch | None  # None: the venue has no test environment
    headers: frozenset[str]  # lower case: what ccxt's requests may carry
    weight_headers: tuple[str, ...]  # lower-case beginnings of what counts requests
    calls: Calls
    dialect: Dialect
    limits: VenueLimits
    lanes: Lanes
    fills_window: FillsWindow
    base_per_amount: Mapping[Wallet, Decimal]
    contract_size: Mapping[Wallet, Decimal]  # what ccxt says; another one stops the start
    options: Mapping[str, object]  # of the ccxt client
    settles: frozenset[Asset]  # of the margin account, where no perpetual says it
    market_types: Mapping[Wallet, str]  # ccxt's names, for its market loader
    codes: Mapping[str, Outcome]
    codes_elsewhere: tuple[range, ...] = ()  # of other products: prove nothing of an order
    duplicate_texts: tuple[str, ...] = ()  # in a refusal's text: the order exists already
    hints: Mapping[str, str] = field(default_factory=dict)  # code -> what a person does next

    def outcome(self, code: str) -> Outcome | None:
        """Return what `code` proves, or None for one that nobody has looked up."""
        known = self.codes.get(code)
        if known is not None:
            return known
        number = int(code) if code.removeprefix("-").isdigit() else 0
        return Outcome.UNKNOWN if any(number in part for part in self.codes_elsewhere) else None
