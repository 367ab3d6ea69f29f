"""A venue made of values: it answers what a test says, and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from counterpoise.core.basis import Close
from counterpoise.core.instrument import (
    Asset,
    Instrument,
    InstrumentKey,
    SpotKey,
    Symbol,
    VenueName,
)
from counterpoise.core.orders import (
    ClientOrderId,
    Fill,
    Intent,
    OrderReport,
    Origin,
    VenueOrder,
    VenueStatus,
)
from counterpoise.core.snapshot import Balance, BookTop, Margin, Mark, Position, SpotPrice
from counterpoise.ports import AccountFacts, VenueLimits
from tests.worlds import Row, World

D = Decimal
MAIN = VenueName("main")
LIMITS = VenueLimits(receive_window_ms=5_000, skew_max_ms=1_000, visibility_lag_ms=4_000)
TWO = World(
    rows=tuple(
        Row(
            asset=asset,
            spot=D(spot),
            price=D(price),
            weight=D(weight),
            drift=D("0.03"),
            size_step=D("0.001"),
        )
        for asset, spot, price, weight in (
            ("BTC", "1.2", "50000", "0.6"),
            ("ETH", "16", "2500", "0.4"),
        )
    )
)
ONE_WAY = AccountFacts(
    account_id="7",
    can_trade_perpetuals=True,
    can_withdraw=False,
    ip_restricted=True,
    hedge_mode=False,
    multi_asset_margin=False,
    leverage={},
    margin_mode={},
)

OnPlace = Callable[[Intent], Awaitable[OrderReport]]


@dataclass
class FakeGateway:
    """Implements ports.Gateway over one made-up world."""

    world: World = TWO
    venue: VenueName = MAIN
    raises: dict[str, Exception] = field(default_factory=dict)  # by method
    asked: list[str] = field(default_factory=list)
    placed: list[Intent] = field(default_factory=list)
    on_place: OnPlace | None = None
    found: OrderReport | None = None
    resting: frozenset[ClientOrderId] = frozenset()
    trades: tuple[Fill, ...] = ()
    whose: dict[str, Origin] = field(default_factory=dict)  # by the venue's order id
    listed: tuple[VenueOrder, ...] = ()
    facts: AccountFacts = ONE_WAY
    skew: int = 0
    past: dict[str, tuple[Close, ...]] = field(default_factory=dict)  # of spot markets
    timeless: bool = False  # prices do not say of when they are

    def _ask(self, name: str) -> None:
        self.asked.append(name)
        if name in self.raises:
            raise self.raises[name]

    async def open(self) -> tuple[Instrument, ...]:
        self._ask("open")
        return tuple(self.world.snapshot.instruments.values())

    async def close(self) -> None:
        self._ask("close")

    async def skew_ms(self) -> int:
        self._ask("skew_ms")
        return self.skew

    async def balances(self) -> tuple[Balance, ...]:
        self._ask("balances")
        return self.world.snapshot.balances

    async def margins(self) -> tuple[Margin, ...]:
        self._ask("margins")
        return self.world.snapshot.margins

    async def positions(self) -> Mapping[InstrumentKey, Position]:
        self._ask("positions")
        return self.world.snapshot.positions

    async def marks(self) -> Mapping[InstrumentKey, Mark]:
        self._ask("marks")
        marks = self.world.snapshot.marks
        if not self.timeless:
            return marks
        return {key: replace(mark, at_ms=None) for key, mark in marks.items()}

    async def spots(self) -> Mapping[SpotKey, SpotPrice]:
        self._ask("spots")
        return self.world.snapshot.spots

    async def closes(self, symbol: Symbol) -> tuple[Close, ...]:
        self._ask("closes")
        return self.past[symbol]

    async def books(self) -> Mapping[InstrumentKey, BookTop]:
        self._ask("books")
        return self.world.snapshot.books

    async def place(self, intent: Intent) -> OrderReport:
        self.placed.append(intent)
        self._ask("place")
        if self.on_place is not None:
            return await self.on_place(intent)
        return filled(intent)

    async def find(self, intent: Intent) -> OrderReport | None:
        self._ask("find")
        return self.found

    async def open_order_ids(self, symbol: Symbol) -> frozenset[ClientOrderId]:
        self._ask("open_order_ids")
        return self.resting

    async def fills(self, symbol: Symbol, since_ms: int) -> tuple[Fill, ...]:
        self._ask("fills")
        return tuple(fill for fill in self.trades if fill.at_ms >= since_ms)

    async def origins(
        self, symbol: Symbol, venue_order_ids: frozenset[str], since_ms: int
    ) -> Mapping[str, Origin]:
        self._ask("origins")
        return {key: self.whose[key] for key in venue_order_ids & self.whose.keys()}

    async def orders(self, symbol: Symbol, since_ms: int) -> tuple[VenueOrder, ...]:
        self._ask("orders")
        return tuple(order for order in self.listed if order.instrument.endswith(symbol))

    async def account(self) -> AccountFacts:
        self._ask("account")
        return self.facts


def filled(intent: Intent, size: Decimal | None = None) -> OrderReport:
    """Return the report of an order that filled whole, or by `size`."""
    done = intent.order.size if size is None else size
    return OrderReport(
        client_order_id=intent.client_order_id,
        venue_order_id=f"v{intent.sequence}",
        status=VenueStatus.FILLED if done == intent.order.size else VenueStatus.ENDED,
        filled_size=done,
        price_average=intent.order.mark_price if done else None,
        at_ms=None,
    )


def trade(intent: Intent, **facts: object) -> Fill:
    """Return a trade of an order's whole size, with some facts otherwise."""
    usual: dict[str, object] = {
        "trade_id": "t1",
        "venue_order_id": f"v{intent.sequence}",
        "instrument": intent.order.instrument,
        "size": intent.order.size,
        "price": intent.order.mark_price,
        "fee": D("0.5"),
        "fee_asset": Asset("USDT"),
        "at_ms": intent.sent_at_ms,
    }
    return Fill(**{**usual, **facts})  # type: ignore[arg-type]
