"""The exchange behind the gateway port: true underneath, and as unreliable as a seed has it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
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
    Cause,
    ClientOrderId,
    Fill,
    Intent,
    OrderReport,
    Origin,
    VenueOrder,
    VenueStatus,
)
from counterpoise.core.snapshot import Balance, BookTop, Margin, Mark, Position, SpotPrice
from counterpoise.core.units import ZERO
from counterpoise.errors import SnapshotError, Unavailable
from counterpoise.exchange.orders import Origin as Whose
from counterpoise.exchange.orders import Side
from counterpoise.ports import AccountFacts, VenueLimits
from simulation.desk import Desk
from simulation.gate import Gate
from simulation.seen import Seen
from simulation.venue import MAIN, RECEIVE_WINDOW_MS, Venue, accepted, report_of
from simulation.weather import Weather
from tests.sim.virtual import HostClock

D = Decimal
LIMITS = VenueLimits(
    receive_window_ms=RECEIVE_WINDOW_MS, skew_max_ms=1_000, visibility_lag_ms=4_000
)
ANY_READ = ("read.unavailable", "read.garbled", "read.slow", "read.limited")
OF_READ = {
    "balances": ("balance.zero", "balance.missing"),
    "positions": ("position.flat",),
    "marks": ("mark.frozen", "mark.wrong", "index.wrong"),
    "books": ("book.wide", "book.empty"),
    "fills": ("fills.twice",),
}
ORDERS_LISTED = 50
CAUSES = {
    Whose.CLIENT: Cause.FOREIGN,
    Whose.MANUAL: Cause.FOREIGN,
    Whose.LIQUIDATION: Cause.LIQUIDATION,
    Whose.DELEVERAGING: Cause.DELEVERAGING,
    Whose.SETTLEMENT: Cause.SETTLEMENT,
}
FACTORS = ("0.1", "0.5", "0.9", "1.1", "2", "10")


@dataclass(slots=True, kw_only=True)
class PortGateway:
    """Implements ports.Gateway for one life of the daemon."""

    truth: Venue
    gate: Gate
    host: HostClock
    weather: Weather
    altered: Mapping[str, int]  # step factors of assets whose terms have changed
    leaving: Callable[[Intent, Seen, int], None]  # an oracle, asked as an order leaves
    arrived: Callable[[Intent, str], None]  # told what became of it at the venue
    seen: Seen = field(default_factory=Seen)
    venue: VenueName = MAIN
    _desk: Desk = field(init=False)
    _closed_until_s: float = 0.0

    def __post_init__(self) -> None:
        """Open the desk."""
        self._desk = Desk(
            truth=self.truth,
            gate=self.gate,
            host=self.host,
            weather=self.weather,
            leaving=self.leaving,
            arrived=self.arrived,
            seen=self.seen,
        )

    def _leg_s(self) -> float:
        return self.weather.between(*self.weather.profile.latency_s)

    async def _read(self, name: str) -> str | None:
        """Make one read's way there; return what else goes wrong with it. Raises what fails it."""
        started_s = self.truth.now_s
        self.seen.started_s.pop(name, None)
        self.seen.spoilt.pop(name, None)
        if started_s < self._closed_until_s:
            raise Unavailable("too many requests", retry_after_s=self._closed_until_s - started_s)
        fault = self.weather.strike(ANY_READ)
        await asyncio.sleep(self._way_s(fault))
        match fault:
            case "read.unavailable":
                raise Unavailable("no answer")
            case "read.garbled":
                raise SnapshotError("the answer was cut")
            case "read.limited":
                self._closed_until_s = self.truth.now_s + self.weather.between(1, 60)
                raise Unavailable("too many requests", retry_after_s=1.0)
        await self.gate.living()
        self.seen.started_s[name] = started_s
        return self.weather.strike(OF_READ.get(name, ()))

    def _way_s(self, fault: str | None) -> float:
        """Return how long a read takes. One wait for there and back: timers are half of a day."""
        waits_s = self.weather.between(2, 15) if fault == "read.slow" else 0.0
        return self._leg_s() + self._leg_s() + waits_s

    def _spoil(self, name: str) -> str:
        """Choose whom a spoilt answer concerns."""
        asset = self.weather.choice(self.truth.assets)
        self.seen.spoilt[name] = frozenset({asset})
        return asset

    async def open(self) -> tuple[Instrument, ...]:
        await self._read("open")
        self.seen.terms = frozenset(self.altered)
        return tuple(
            self.truth.instrument(asset, step_factor=self.altered.get(asset, 1))
            for asset in self.truth.assets
        )

    async def close(self) -> None:
        """Nothing is to be let go of."""

    async def skew_ms(self) -> int:
        before_ms = self.host.wall_ms()
        await self._read("skew")
        return self.truth.now.venue_ms - (before_ms + self.host.wall_ms()) // 2

    async def balances(self) -> tuple[Balance, ...]:
        fault = await self._read("balances")
        held = dict(self.truth.truth.at(self.truth.now_s - self.weather.lag_s).held)
        if fault is not None:
            asset = self._spoil("balances")
            if fault == "balance.zero":
                held[asset] = ZERO
            else:
                del held[asset]
        return tuple(
            Balance(source="main:spot", asset=Asset(asset), quantity=quantity)
            for asset, quantity in held.items()
        )

    async def margins(self) -> tuple[Margin, ...]:
        await self._read("margins")
        state = self.truth.engine.margin("USDT", self.truth.now)
        self.seen.margin_use = state.maintenance / state.balance
        return (
            Margin(
                source="main:linear",
                asset=Asset("USDT"),
                equity=state.balance,
                wallet=state.wallet,
                maintenance=state.maintenance,
            ),
        )

    async def positions(self) -> Mapping[InstrumentKey, Position]:
        fault = await self._read("positions")
        state = self.truth.truth.at(self.truth.now_s - self.weather.lag_s)
        sizes = {asset: state.ours[asset] + state.foreign[asset] for asset in self.truth.assets}
        if fault is not None:
            asset = self._spoil("positions")
            if sizes[asset] == 0:
                del self.seen.spoilt["positions"]  # shown flat, and it is
            sizes[asset] = ZERO
        self.seen.positions = sizes
        keys = {asset: self.truth.key(asset) for asset in sizes}
        return {keys[a]: Position(instrument=keys[a], size=size) for a, size in sizes.items()}

    async def marks(self) -> Mapping[InstrumentKey, Mark]:
        fault = await self._read("marks")
        now_ms = self.truth.now.venue_ms
        price = dict(self.truth.truth.states[-1].price)
        index, at_ms = dict(price), dict.fromkeys(price, now_ms)
        if fault is not None:
            asset = self._spoil("marks")
            if fault == "mark.frozen":
                at_ms[asset] -= 60_000
            (index if fault == "index.wrong" else price)[asset] *= D(self.weather.choice(FACTORS))
        return {
            self.truth.key(asset): Mark(
                instrument=self.truth.key(asset),
                mark_price=price[asset],
                index_price=index[asset],
                funding_rate=None,
                funding_next_at_ms=None,
                at_ms=at_ms[asset],
            )
            for asset in self.truth.assets
        }

    async def books(self) -> Mapping[InstrumentKey, BookTop]:
        fault = await self._read("books")
        tops = {self.truth.key(asset): self._top(asset) for asset in self.truth.assets}
        if fault is not None:
            key = self.truth.key(self._spoil("books"))
            if fault == "book.empty":
                raise SnapshotError("a book is empty")
            tops[key] = replace(tops[key], ask=tops[key].ask * D("1.02"))
        return tops

    async def spots(self) -> Mapping[SpotKey, SpotPrice]:
        await self._read("spots")
        prices = self.truth.truth.states[-1].price
        keys = {SpotKey(f"{MAIN}:{asset}/USDT"): price for asset, price in prices.items()}
        return {k: SpotPrice(market=k, bid=p, ask=p, at_ms=None) for k, p in keys.items()}

    async def closes(self, symbol: Symbol) -> tuple[Close, ...]:  # noqa: ARG002 - the port's
        raise Unavailable("not asked in the simulation")

    def _top(self, asset: str) -> BookTop:
        listing, now = self.truth.listings[asset], self.truth.now
        ask = self.truth.engine.best(listing, Side.BUY, now)
        bid = self.truth.engine.best(listing, Side.SELL, now)
        assert ask is not None
        assert bid is not None
        return BookTop(
            instrument=self.truth.key(asset),
            bid=bid.price,
            ask=ask.price,
            bid_size=bid.quantity,
            ask_size=ask.quantity,
        )

    # orders

    async def place(self, intent: Intent) -> OrderReport:
        return await self._desk.place(intent)

    async def find(self, intent: Intent) -> OrderReport | None:
        await self._read("find")
        if intent.client_order_id in self.truth.waiting:
            return accepted(intent)
        order = self.truth.named(intent, self.weather.find_lag_s)
        if order is None and intent.client_order_id in self.truth.dropped:
            return replace(accepted(intent), status=VenueStatus.ENDED)
        if order is None and intent.client_order_id in self.truth.taken:
            return accepted(intent)
        return None if order is None else report_of(intent, order)

    async def open_order_ids(self, symbol: Symbol) -> frozenset[ClientOrderId]:
        await self._read("open_order_ids")
        asset = self.truth.symbols[symbol]
        return frozenset(
            ClientOrderId(key) for key, of in self.truth.waiting.items() if of == asset
        )

    async def fills(self, symbol: Symbol, since_ms: int) -> tuple[Fill, ...]:
        fault = await self._read("fills")
        asset = self.truth.symbols[symbol]
        until_ms = self.truth.now.venue_ms - round(self.weather.find_lag_s * 1000)
        found = tuple(
            Fill(
                trade_id=str(trade.id),
                venue_order_id=str(trade.order_id),
                instrument=self.truth.key(asset),
                size=trade.quantity * trade.side.sign,
                price=trade.price,
                fee=trade.fee,
                fee_asset=Asset(trade.fee_asset),
                at_ms=trade.at_ms,
            )
            for trade in self.truth.engine.ledger.trades_of(self.truth.listings[asset])
            if since_ms <= trade.at_ms <= until_ms
        )
        return found if fault is None else (*reversed(found), *found)

    async def origins(
        self, symbol: Symbol, venue_order_ids: frozenset[str], since_ms: int
    ) -> Mapping[str, Origin]:
        await self._read("origins")
        listing = self.truth.listings[self.truth.symbols[symbol]]
        found = self.truth.engine.ledger.orders.values()
        return {
            str(order.id): Origin(
                cause=CAUSES[order.request.origin], client_order_id=order.request.client_order_id
            )
            for order in found
            if order.request.listing is listing
            and str(order.id) in venue_order_ids
            and order.created_ms >= since_ms
        }

    async def orders(self, symbol: Symbol, since_ms: int) -> tuple[VenueOrder, ...]:
        await self._read("orders")
        listing = self.truth.listings[self.truth.symbols[symbol]]
        return tuple(
            VenueOrder(
                client_order_id=order.request.client_order_id,
                venue_order_id=str(order.id),
                instrument=self.truth.key(self.truth.symbols[symbol]),
                size=order.left * order.request.side.sign,
                price=order.request.price,
                resting=order.status.open,
                at_ms=order.created_ms,
            )
            for order in self.truth.engine.ledger.orders.values()
            if order.request.listing is listing
            and (order.status.open or order.created_ms >= since_ms)
        )[-ORDERS_LISTED:]

    async def account(self) -> AccountFacts:
        raise Unavailable("not asked in the simulation")
