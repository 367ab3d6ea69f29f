"""The shape of what differs per venue, so that a venue is data and a few pure functions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from counterpoise.core.basis import Close
from counterpoise.core.instrument import Asset, Instrument, InstrumentKey, Kind, SpotKey
from counterpoise.core.orders import (
    ClientOrderId,
    Fill,
    Intent,
    OrderReport,
    Origin,
    VenueOrder,
)
from counterpoise.core.snapshot import Balance, BookTop, Margin, Mark, Position, SpotPrice
from counterpoise.ports import AccountFacts, VenueLimits


class Wallet(StrEnum):
    """A part of a venue account that holds money or positions."""

    SPOT = "spot"
    LINEAR = "linear"  # perpetuals settled in quote currency, and their margin
    INVERSE = "inverse"  # perpetuals settled in their base currency, and their margin
    UNIFIED = "unified"  # one wallet for spot, linear and inverse
    FUNDING = "funding"  # money that is neither traded nor margin
    EARN = "earn"  # lent or staked, as far as the venue shows it


class Unit(StrEnum):
    """What the amount of an order counts on the wire."""

    BASE = "base"
    QUOTE = "quote"
    CONTRACTS = "contracts"  # of the market's contract size


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
    """
    One request: the ccxt method that makes it, and what that puts on the wire.

    `{}` in a path stands for one segment that a parameter fills. `body` says that a read carries
    one, as only the venues do whose every question is a POST.
    """

    name: str
    method: str
    path: str
    body: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An instrument, with what only the venue's own requests need."""

    instrument: Instrument
    market_id: str
    size_per_amount: Decimal  # how much size one unit of the venue's order amount is
    facts: Mapping[str, object] = field(default_factory=dict)  # of the market, as the venue has it


Params = dict[str, object]
Listing = Mapping[str, Listed]  # by market id


class Reads(Protocol):
    """Asks a venue. What it raises is one of our own errors."""

    async def read(self, call: Call, params: Params) -> object:
        """Return the body of an answer, still raw."""
        ...

    async def read_or_none(self, call: Call, params: Params) -> object | None:
        """Return the body of a look-up, or None where the venue says not found."""
        ...


ReadBalances = Callable[[Reads, str], Awaitable[tuple[Balance, ...]]]  # of a source
ReadMargins = Callable[[Reads, str, frozenset[Asset]], Awaitable[tuple[Margin, ...]]]  # and settles
ReadOrigins = Callable[  # of the venue's order ids, all of them from after a time in ms
    [Reads, Listed, frozenset[str], int], Awaitable[Mapping[str, Origin]]
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A spot market whose price is read."""

    key: SpotKey
    market_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotMarkets:
    """How a venue is asked for the prices of spot markets. Strict about shape, as `Trading` is."""

    calls: tuple[Call, ...]
    market_id: Callable[[str, str], str]  # of base and quote
    price: Callable[[Reads, Spot], Awaitable[SpotPrice]]
    closes: Callable[[Reads, Spot], Awaitable[tuple[Close, ...]]]  # of the last weeks, oldest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What holds of every order on an account."""

    receive_window_ms: int
    hedged: bool  # positions have two sides, and an order says which one it is for


@dataclass(frozen=True, slots=True, kw_only=True)
class Trading:
    """
    How one kind of perpetual is read and traded on a venue.

    Every function is strict about shape: what does not prove something raises SnapshotError. A
    `Listing` holds the configured instruments of this product only.
    """

    positions: Callable[[Reads, Listing], Awaitable[Mapping[InstrumentKey, Position]]]
    marks: Callable[[Reads, Listing], Awaitable[Mapping[InstrumentKey, Mark]]]
    books: Callable[[Reads, Listing], Awaitable[Mapping[InstrumentKey, BookTop]]]
    place: Call
    order_params: Callable[[Intent, Listed, Terms], Params]
    placed: Callable[[object, Intent, Listed], OrderReport]  # what the answer to `place` says
    find: Callable[[Reads, Intent, Listed], Awaitable[OrderReport | None]]  # None: not found
    open_order_ids: Callable[[Reads, Listed], Awaitable[frozenset[ClientOrderId]]]
    fills: Callable[[Reads, Listed, int, int], Awaitable[tuple[Fill, ...]]]  # since ms, rows
    # Of everybody's orders. None: the venue is not asked, and a strange trade's cause is unknown.
    orders: Callable[[Reads, Listed], Awaitable[tuple[VenueOrder, ...]]] | None = None
    origins: ReadOrigins | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """The perpetuals of one settlement on a venue."""

    kind: Kind
    market_type: str  # ccxt's name, for its market loader
    unit: Unit
    contract_size: Decimal | None  # what ccxt must say; None: it differs, or means nothing
    trading: Trading
    amount_step: Decimal | None = None  # where ccxt finds none in what the venue lists
    two_sided: bool = False  # in hedge mode: its positions have two sides, and its orders say which
    must_be_true: str = ""  # a fact of a market, where it trades for people and not for programs


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """
    A venue's test environment: how ccxt is pointed at it, and what proves that a request is for it.

    Where the host is the production host, `marked` or `signed_path` is what tells them apart.
    """

    method: str  # of the ccxt client, called with True, once, before anything else
    hosts: frozenset[str]  # that may be reached
    hosts_unused: frozenset[str] = frozenset()  # of other products: known, and closed
    marked: tuple[str, str] | None = None  # a header that every request must carry, and its value
    signed_path: str = ""  # what the path of every request with a key must begin with
    wallets: frozenset[Wallet] | None = None  # that it has; None: all of the venue's
    play_money: Mapping[Asset, Asset] = field(default_factory=dict)  # and what it stands for there
    # the venue as it is there, where it has private paths of its own; None: it is the same
    spoken: Callable[[Profile], Profile] | None = None


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
    products: Mapping[Wallet, tuple[Product, ...]]  # which perpetuals a wallet is the margin of
    balances: Mapping[Wallet, Callable[[Reads, str], Awaitable[tuple[Balance, ...]]]]
    margins: Mapping[
        Wallet, Callable[[Reads, str, frozenset[Asset]], Awaitable[tuple[Margin, ...]]]
    ]
    settles: Mapping[Wallet, frozenset[Asset]]  # of a margin wallet, where no perpetual says it
    time_ms: Callable[[Reads, Wallet], Awaitable[int]]  # the venue's clock
    account: Callable[[Reads, tuple[Listed, ...]], Awaitable[AccountFacts]]
    error_code: Callable[[object], tuple[str, str]]  # code and message of an error body
    reads: tuple[Call, ...]  # everything that is ever asked, besides prices of spot markets
    production_hosts: frozenset[str]
    demo: Demo | None  # None: the venue has no test environment
    headers: frozenset[str]  # lower case: what ccxt's requests may carry
    weight_headers: tuple[str, ...]  # lower-case beginnings of what counts requests
    limits: VenueLimits
    lanes: Lanes
    fills_window: FillsWindow
    options: Mapping[str, object]  # of the ccxt client
    codes: Mapping[str, Outcome]
    credentials: Mapping[str, str] = field(default_factory=lambda: KEY_AND_SECRET)
    spots: SpotMarkets | None = None  # None: no asset may need a spot price there
    order_body: Callable[[bytes], bool] | None = None  # whether a body of a write is an order
    read_body: Callable[[bytes], bool] | None = None  # whether a body of a read is a question
    # of the ccxt client, before ccxt's own: what is signed in the body, or said in a bare word
    mixin: type = object
    bare_answers: frozenset[str] = frozenset()  # bodies that are neither an object nor a list
    # whether a body that came as a success says of itself that it is none
    is_failure: Callable[[object], bool] | None = None
    codes_elsewhere: tuple[range, ...] = ()  # of other products: prove nothing of an order
    duplicate_texts: tuple[str, ...] = ()  # in a refusal's text: the order exists already
    hints: Mapping[str, str] = field(default_factory=dict)  # code -> what a person does next
    # wallets whose whole answer leaves out what is zero: there, and only there, absent is zero
    leaves_out_zeros: frozenset[Wallet] = frozenset()
    market_loader: str = "fetch_markets"  # ccxt's method; another where that reads too much
    sent_headers: Mapping[str, str] = field(default_factory=dict)  # beside ccxt's own
    # test environments beside `demo`, by what the settings call them
    other_demos: Mapping[str, Demo] = field(default_factory=dict)
    pauses: Mapping[int, float] = field(default_factory=dict)  # HTTP status -> seconds, its own
    # for how many seconds the text of an answer says to stay away, at a time in ms since 1970
    blocked_s: Callable[[bytes, int], float] | None = None
    # what `doctor` looks at -> the click path there that mends it
    remedies: Mapping[str, str] = field(default_factory=dict)

    def demo_called(self, name: str) -> Demo | None:
        """Return a test environment by its name, the usual one where that is empty."""
        return self.other_demos.get(name) if name else self.demo

    @property
    def wallets(self) -> frozenset[Wallet]:
        """Return every wallet that the settings may name."""
        return frozenset(self.products) | frozenset(self.balances)

    @property
    def all_products(self) -> tuple[Product, ...]:
        """Return each product once, whatever wallets are its margin."""
        found = {p.kind: p for products in self.products.values() for p in products}
        return tuple(found.values())

    @property
    def asked(self) -> tuple[Call, ...]:
        """Return everything that is ever asked; the door lets no other read through."""
        more = () if self.spots is None else self.spots.calls
        return tuple(dict.fromkeys((*self.reads, *more)))

    @property
    def writes(self) -> tuple[Call, ...]:
        """Return the orders."""
        return self.writes_of(self.products)

    def writes_of(self, wallets: Iterable[str]) -> tuple[Call, ...]:
        """Return the orders of the perpetuals that some wallets are the margin of."""
        products = (one for wallet in wallets for one in self.products.get(Wallet(wallet), ()))
        return tuple(dict.fromkeys(product.trading.place for product in products))

    def outcome(self, code: str) -> Outcome | None:
        """Return what `code` proves, or None for one that nobody has looked up."""
        known = self.codes.get(code)
        if known is not None:
            return known
        number = int(code) if code.removeprefix("-").isdigit() else 0
        return Outcome.UNKNOWN if any(number in part for part in self.codes_elsewhere) else None


# ccxt's names of credentials, and which of the settings fills each
KEY_AND_SECRET: Mapping[str, str] = {"apiKey": "api_key", "secret": "api_secret"}
