"""
Every venue's gateway before the local exchange, which speaks that venue's protocol.

A venue joins the contract by a `Stand` in STANDS: what it is called, and what it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from counterpoise.core.instrument import Asset, InstrumentKey, Kind, Symbol, VenueName
from counterpoise.core.mode import Mode
from counterpoise.core.orders import (
    ClientOrderId,
    Intent,
    IntentState,
    Order,
    OrderReport,
    Rule,
    VenueStatus,
)
from counterpoise.core.snapshot import Position
from counterpoise.exchange.local import LocalExchange, LocalExchangeConfig, MemoryTransport, build
from counterpoise.ports import HttpRequest, HttpResponse, Transport
from counterpoise.venues.build import build_gateway
from counterpoise.venues.dialect import Lanes, Profile
from counterpoise.venues.door import Traffic
from counterpoise.venues.gateway import CcxtGateway
from counterpoise.venues.pauses import Pauses
from counterpoise.venues.profiles import PROFILES
from counterpoise.venues.settings import VenueConfig
from tests.exchange.wires import Controller, FakeClock

D = Decimal
LINEAR, INVERSE = Symbol("BTC/USDT:USDT"), Symbol("BTC/USD:BTC")
WIDE = Lanes(reads=1_000_000, orders=1_000_000, period_s=1)
ENDPOINT = "http://127.0.0.1:9"  # nothing listens there: what went past the wire would fail
MAIN = VenueName("main")
BALANCES = {"BTC": D("0.5"), "ETH": D(10), "USDT": D(40_000)}
MARGIN = {"USDT": D(60_000), "BTC": D("0.25")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """One venue."""

    exchange: str
    wallets: tuple[str, ...]
    symbols: tuple[Symbol, ...]
    held: Mapping[str, Decimal]  # by asset: what is held beside positions, at the start
    step: Decimal  # a size that every order may be a multiple of
    order: str  # method and path of a new order
    contract: Decimal = D(
        1
    )  # of the linear perpetual, in base: the exchange's controls count these
    ids_once: bool = True  # an order id is refused for good once it was used
    hedges: bool = True  # the account may have positions of two sides
    modes: bool = True  # it has two position modes at all
    dollar: str = "USDT"  # what it counts in
    read: str = "GET"  # method of a question
    read_path: str = "/"  # what the path of every question begins with
    signed_reads: bool = True  # questions about the account are signed
    id_length_max: int = 28

    @property
    def profile(self) -> Profile:
        return PROFILES[self.exchange]

    @property
    def balance_wallets(self) -> frozenset[str]:
        """Return the wallets that are read as balances, not as margin."""
        return frozenset(self.profile.balances) & frozenset(self.wallets)

    @property
    def linear(self) -> Symbol:
        """Return its linear bitcoin perpetual."""
        return Symbol(LINEAR.replace("USDT", self.dollar))

    @property
    def pair(self) -> str:
        """Return what the exchange's controls call that."""
        return f"BTC{self.dollar}"

    @property
    def key(self) -> InstrumentKey:
        return InstrumentKey(f"{MAIN}:{self.linear}")

    @property
    def questions(self) -> dict[str, str]:
        """Return what arms a fault for questions."""
        return {"method": self.read, "path": self.read_path}

    def in_dollars(self, held: Mapping[str, Decimal]) -> dict[str, Decimal]:
        """Return amounts by asset, with what the venue counts in for USDT."""
        return {name.replace("USDT", self.dollar): amount for name, amount in held.items()}

    def config(self, **changed: object) -> VenueConfig:
        defaults = LocalExchangeConfig(venue=self.exchange)
        facts: dict[str, object] = {
            "name": MAIN,
            "exchange": self.exchange,
            "wallets": self.wallets,
            "mode": Mode.TESTNET,
            "symbols": self.symbols,
            "assets": (Asset("BTC"), Asset("ETH"), Asset(self.dollar)),
            "api_key": defaults.api_key,
            "api_secret": defaults.api_secret,
            "api_passphrase": defaults.api_passphrase,
            "wallet_address": defaults.api_key,
            "agent_key": defaults.api_secret,
            "endpoint": ENDPOINT,
            "lanes": WIDE,
        }
        return VenueConfig(**{**facts, **changed})  # type: ignore[arg-type]

    def market(self, clock: FakeClock, **changed: object) -> LocalExchange:
        """Return the venue's local exchange, its prices standing still."""
        facts: dict[str, object] = {
            "venue": self.exchange,
            "speed": D(0),
            "balances": self.in_dollars(BALANCES),
            "futures_wallet": self.in_dollars(MARGIN),
        }
        return build(LocalExchangeConfig(**{**facts, **changed}), clock)  # type: ignore[arg-type]


APART = {"BTC": D("0.5"), "ETH": D(10), "USDT": D(40_000)}  # spot alone: margin is another wallet
TOGETHER = {"BTC": D("0.75"), "ETH": D(10), "USDT": D(100_000)}

STANDS: tuple[Stand, ...] = (
    Stand(
        exchange="binance",
        wallets=("spot", "linear", "inverse"),
        symbols=(LINEAR, INVERSE),
        held={**APART, "BTC": D("0.75")},
        step=D("0.001"),
        order="POST /fapi/v1/order",
        ids_once=False,
    ),
    Stand(
        exchange="bingx",
        wallets=("spot", "linear", "inverse"),
        symbols=(LINEAR, INVERSE),
        held={**APART, "BTC": D("0.75")},
        step=D("0.001"),
        order="POST /openApi/swap/v2/trade/order",
    ),
    Stand(
        exchange="bybit",
        wallets=("unified",),
        symbols=(LINEAR, INVERSE),
        held=TOGETHER,
        step=D("0.001"),
        order="POST /v5/order/create",
    ),
    Stand(
        exchange="hyperliquid",
        wallets=("spot", "linear"),
        symbols=(Symbol("BTC/USDC:USDC"),),
        held={"BTC": D("0.5"), "ETH": D(10), "USDC": D(40_000)},
        step=D("0.001"),
        order="POST /exchange",
        ids_once=False,
        hedges=False,
        modes=False,
        dollar="USDC",
        read="POST",
        read_path="/info",
        signed_reads=False,
        id_length_max=24,
    ),
    Stand(
        exchange="mexc",
        wallets=("spot", "linear", "inverse"),
        symbols=(LINEAR, INVERSE),
        held={**APART, "BTC": D("0.75")},
        step=D("0.0001"),
        order="POST /api/v1/private/order/create",
        contract=D("0.0001"),
        ids_once=False,
    ),
    Stand(
        exchange="okx",
        wallets=("unified", "funding"),
        symbols=(LINEAR, INVERSE),
        held=TOGETHER,
        step=D("0.001"),
        order="POST /api/v5/trade/order",
        contract=D("0.01"),
        ids_once=False,
    ),
    Stand(
        exchange="weex",
        wallets=("spot", "linear"),
        symbols=(LINEAR,),
        held=APART,
        step=D("0.001"),
        order="POST /capi/v3/order",
        ids_once=False,
    ),
)


@dataclass
class Swapped:
    """A wire that can be led to another exchange, since a client takes long to build."""

    wire: Transport | None = None

    async def send(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
        assert self.wire is not None
        return await self.wire.send(request, timeout_s)

    async def close(self) -> None:
        pass


@dataclass
class Bench:
    """One venue's gateway, built once."""

    stand: Stand
    clock: FakeClock = field(default_factory=FakeClock)
    wire: Swapped = field(default_factory=Swapped)

    def __post_init__(self) -> None:
        self.gateway = build_gateway(self.stand.config(), self.clock, self.wire)

    async def desk(self, **changed: object) -> Desk:
        """Return the gateway before a fresh exchange, its account looked at."""
        exchange = self.stand.market(self.clock, **changed)
        self.wire.wire = MemoryTransport(exchange)
        self.gateway.door.pauses = Pauses(self.clock)
        self.gateway.door.traffic = Traffic()
        await self.gateway.open()
        await self.gateway.account()
        return Desk(self.stand, exchange, self.gateway, self.clock)


@dataclass(frozen=True)
class Desk:
    """A gateway, the exchange before it, and short words for what is done there."""

    stand: Stand
    exchange: LocalExchange
    gateway: CcxtGateway
    clock: FakeClock

    @property
    def control(self) -> Controller:
        return Controller(self.exchange)

    @property
    def order_fault(self) -> dict[str, str]:
        """Return what arms a fault for new orders."""
        method, _, path = self.stand.order.partition(" ")
        return {"method": method, "path": path}

    def contracts(self, size: Decimal) -> str:
        """Return a size of the linear perpetual as the exchange's controls count it."""
        return str(size / self.stand.contract)

    async def touch(self, size: Decimal, symbol: Symbol | None = None) -> Decimal:
        """Return the price at which an order of this sign fills at once."""
        named = symbol or self.stand.linear
        book = (await self.gateway.books())[InstrumentKey(f"{MAIN}:{named}")]
        return book.ask if size > 0 else book.bid

    async def intent(self, size: Decimal, name: str = "cp1", **changed: object) -> Intent:
        """Return a recorded order that crosses the book, or as `changed` of its order."""
        symbol = Symbol(str(changed.get("symbol", self.stand.linear)))
        price = changed.get("limit_price") or await self.touch(size, symbol)
        facts: dict[str, object] = {
            "asset": Asset("BTC"),
            "instrument": InstrumentKey(f"{MAIN}:{symbol}"),
            "symbol": symbol,
            "size": size,
            "mark_price": price,
            "notional": abs(size) * D(str(price)),
            "reduce_only": False,
            "rule": Rule.DRIFT,
            "position_before": D(0),
            "completes": True,
        }
        order = Order(**{**facts, **changed, "limit_price": price})  # type: ignore[arg-type]
        now_ms = self.clock.wall_ms()
        return Intent(
            client_order_id=ClientOrderId(name),
            sequence=1,
            cycle=1,
            order=order,
            state=IntentState.SENT,
            sent_at_ms=now_ms,
            expires_at_ms=now_ms + self.gateway.limits.life_ms,
        )

    async def traded(self, size: Decimal, name: str = "cp1", **changed: object) -> OrderReport:
        """Place an order and return what became of it, by a look-up if need be."""
        intent = await self.intent(size, name, **changed)
        report = await self.gateway.place(intent)
        return await self.ended(intent, report)

    async def ended(self, intent: Intent, report: OrderReport) -> OrderReport:
        """Return what became of an order, looked up while the venue calls it open."""
        if report.status is not VenueStatus.OPEN:
            return report
        found = await self.gateway.find(intent)
        assert found is not None
        return found

    async def position(self, symbol: Symbol | None = None) -> Position:
        named = symbol or self.stand.linear
        return (await self.gateway.positions())[InstrumentKey(f"{MAIN}:{named}")]


def renamed(intent: Intent, name: str) -> Intent:
    return replace(intent, client_order_id=ClientOrderId(name))


def symbols_of(kind: Kind) -> Symbol:
    return LINEAR if kind is Kind.LINEAR else INVERSE
