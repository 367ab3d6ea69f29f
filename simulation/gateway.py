"""The exchange behind the gateway port: true underneath, and as unreliable as a seed has it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial

from counterpoise.core.instrument import Asset, Instrument, InstrumentKey, Symbol, VenueName
from counterpoise.core.orders import ClientOrderId, Fill, Intent, OrderReport, VenueStatus
from counterpoise.core.snapshot import Balance, BookTop, Margin, Mark, Position
from counterpoise.core.units import ZERO
from counterpoise.errors import OutcomeUnknown, Rejected, SnapshotError, Unavailable, Unsent
from counterpoise.exchange.orders import Side
from counterpoise.ports import AccountFacts, VenueLimits
from simulation.gate import Gate
from simulation.profile import ORDER_FAULTS
from simulation.venue import (
    AHEAD_MAX_MS,
    MAIN,
    RECEIVE_WINDOW_MS,
    Refused,
    Venue,
    accepted,
    report_of,
)
from simulation.weather import Weather
from tests.sim.virtual import HostClock

D = Decimal
LIMITS = VenueLimits(
    receive_window_ms=RECEIVE_WINDOW_MS, skew_max_ms=1_000, visibility_lag_ms=4_000
)
TIMEOUT_S = 10.0
ANY_READ = ("read.unavailable", "read.garbled", "read.slow", "read.limited")
OF_READ = {
    "balances": ("balance.zero", "balance.missing"),
    "positions": ("position.flat",),
    "marks": ("mark.frozen", "mark.wrong"),
    "books": ("book.wide", "book.empty"),
}


@dataclass(slots=True)
class Seen:
    """What the daemon of one life was last shown, for the oracles: never for the daemon."""

    started_s: dict[str, float] = field(default_factory=dict)  # by kind of read; failed: absent
    positions: dict[str, Decimal] = field(default_factory=dict)
    spoilt: dict[str, frozenset[str]] = field(default_factory=dict)  # assets, by kind of read
    terms: frozenset[str] = frozenset()  # assets whose terms were shown other than they are


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
    _closed_until_s: float = 0.0

    async def _trip(self) -> None:
        await asyncio.sleep(self.weather.between(*self.weather.profile.latency_s))

    async def _read(self, name: str) -> str | None:
        """Make one read's way there; return what else goes wrong with it. Raises what fails it."""
        started_s = self.truth.now_s
        self.seen.started_s.pop(name, None)
        self.seen.spoilt.pop(name, None)
        if started_s < self._closed_until_s:
            raise Unavailable("too many requests", retry_after_s=self._closed_until_s - started_s)
        fault = self.weather.strike(ANY_READ)
        await self._trip()
        match fault:
            case "read.unavailable":
                raise Unavailable("no answer")
            case "read.garbled":
                raise SnapshotError("the answer was cut")
            case "read.limited":
                self._closed_until_s = self.truth.now_s + self.weather.between(1, 60)
                raise Unavailable("too many requests", retry_after_s=1.0)
            case "read.slow":
                await asyncio.sleep(self.weather.between(2, 15))
        await self._trip()
        await self.gate.living()
        self.seen.started_s[name] = started_s
        return self.weather.strike(OF_READ.get(name, ()))

    def _spoil(self, name: str) -> str:
        """Choose whom a spoilt answer concerns."""
        asset = self.weather.draw.choice(self.truth.assets)
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
            sizes[self._spoil("positions")] = ZERO
        self.seen.positions = sizes
        keys = {asset: self.truth.key(asset) for asset in sizes}
        return {keys[a]: Position(instrument=keys[a], size=size) for a, size in sizes.items()}

    async def marks(self) -> Mapping[InstrumentKey, Mark]:
        fault = await self._read("marks")
        now_ms = self.truth.now.venue_ms
        price = dict(self.truth.truth.states[-1].price)
        at_ms = dict.fromkeys(price, now_ms)
        if fault is not None:
            asset = self._spoil("marks")
            if fault == "mark.frozen":
                at_ms[asset] -= 60_000
            price[asset] *= D(str(self.weather.draw.choice((0.1, 0.5, 0.9, 1.1, 2, 10))))
        return {
            self.truth.key(asset): Mark(
                instrument=self.truth.key(asset),
                mark_price=price[asset],
                index_price=self.truth.truth.states[-1].price[asset],
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

    def _top(self, asset: str) -> BookTop:
        listing, now = self.truth.listings[asset], self.truth.now
        ask = next(self.truth.engine.levels(listing, Side.BUY, now))
        bid = next(self.truth.engine.levels(listing, Side.SELL, now))
        return BookTop(
            instrument=self.truth.key(asset),
            bid=bid.price,
            ask=ask.price,
            bid_size=bid.quantity,
            ask_size=ask.quantity,
        )

    # orders

    async def place(self, intent: Intent) -> OrderReport:
        if self.host.wall_ms() > intent.expires_at_ms - RECEIVE_WINDOW_MS:
            raise Unsent("the decision expired while its order waited to be sent")
        await self.gate.living()
        stamp_ms = self.host.wall_ms()  # signed here: what is held up later is late for good
        self.leaving(intent, self.seen, self.gate.life)
        await self.gate.tap(f"place {intent.client_order_id}", before=True)
        self.truth.flying[intent.client_order_id] = self.truth.symbols[intent.order.symbol]
        fault = self.weather.strike(ORDER_FAULTS) or ""
        report = await self._placed(intent, stamp_ms, fault)
        await self.gate.tap(f"place {intent.client_order_id}", before=False)
        if isinstance(report, Exception):
            raise report
        return report

    async def _placed(self, intent: Intent, stamp_ms: int, fault: str) -> OrderReport | Exception:
        loop, between = self.gate.loop, self.weather.between
        if fault in ("order.unsent", "order.lost"):
            self._landed(intent)
            await asyncio.sleep(between(0.1, TIMEOUT_S))
            return Unsent("refused") if fault == "order.unsent" else OutcomeUnknown("no answer")
        answer: asyncio.Future[OrderReport | Exception] = loop.create_future()
        trip_s = between(*self.weather.profile.latency_s)
        if fault == "order.late":
            trip_s = between(0.5, 9.0)
        loop.call_later(trip_s, partial(self._arrive, intent, stamp_ms, fault, answer))
        if fault in ("order.late", "order.unanswered"):
            await asyncio.sleep(between(0.1, TIMEOUT_S))
            return OutcomeUnknown("no answer")
        await asyncio.sleep(trip_s + between(*self.weather.profile.latency_s))
        return answer.result() if answer.done() else OutcomeUnknown("no answer")

    def _landed(self, intent: Intent) -> None:
        self.truth.flying.pop(intent.client_order_id, None)

    def _arrive(
        self,
        intent: Intent,
        stamp_ms: int,
        fault: str,
        answer: asyncio.Future[OrderReport | Exception],
    ) -> None:
        """Let an order reach the venue, whoever still waits for it."""
        self._landed(intent)
        age_ms = self.truth.now.venue_ms - stamp_ms
        if not -AHEAD_MAX_MS <= age_ms <= RECEIVE_WINDOW_MS:
            self.arrived(intent, "outside its window")
            answer.set_result(Unavailable("code -1021"))
        elif fault == "order.rejected":
            self.arrived(intent, "rejected")
            answer.set_result(Rejected("code -2019", code="-2019"))
        elif fault == "order.acknowledged":
            self.truth.waiting[intent.client_order_id] = self.truth.symbols[intent.order.symbol]
            self.truth.taken.add(intent.client_order_id)
            self.gate.loop.call_later(self.weather.between(0.5, 20), self._execute, intent, None)
            answer.set_result(accepted(intent))
        else:
            share = None
            if fault == "order.partial":
                share = D(str(round(self.weather.draw.random(), 2)))
            answer.set_result(self._execute(intent, share))

    def _execute(self, intent: Intent, share: Decimal | None) -> OrderReport | Exception:
        self.truth.waiting.pop(intent.client_order_id, None)
        try:
            done = self.truth.execute(intent, share)
        except Refused as refused:
            self.truth.dropped.add(intent.client_order_id)
            self.arrived(intent, f"refused: {refused.reason}")
            return Rejected(str(refused), code=refused.reason)
        self.arrived(intent, f"{done.status} {done.executed}")
        return report_of(intent, done)

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
        await self._read("fills")
        asset = self.truth.symbols[symbol]
        until_ms = self.truth.now.venue_ms - round(self.weather.find_lag_s * 1000)
        return tuple(
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

    async def account(self) -> AccountFacts:
        raise Unavailable("not asked in the simulation")
