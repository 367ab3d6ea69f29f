"""
Made-up portfolios: what the venue shows, what the owner wants, and what a plan makes of both.

A `World` is one moment. `settled` is the next one, after the orders of a plan have filled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial

from counterpoise.core.decision import Decision, Plan, Situation
from counterpoise.core.instrument import (
    Asset,
    Instrument,
    InstrumentKey,
    Kind,
    SpotKey,
    Symbol,
    VenueName,
)
from counterpoise.core.orders import (
    ClientOrderId,
    Hold,
    HoldReason,
    Intent,
    IntentState,
    Order,
    OrderReport,
    VenueStatus,
)
from counterpoise.core.plan import plan
from counterpoise.core.policy.policy import (
    External,
    Limits,
    Policy,
    Proxied,
    Target,
    Trigger,
    ValueBasis,
)
from counterpoise.core.settlement import after_settlement, reported
from counterpoise.core.sides import Sides
from counterpoise.core.snapshot import (
    Balance,
    BookTop,
    Margin,
    Mark,
    Position,
    Snapshot,
    SpotPrice,
)
from counterpoise.core.state import AssetMemory
from counterpoise.core.units import ONE, ZERO

D = Decimal
NOW_MS = 1_900_000_000_000
CYCLE_MS = 10_000
AGE_MS = 200  # of a snapshot when it is decided on
QUOTE = Asset("USDT")
LOOSE = Limits(price_collar=D("0.003"), spread_max=D("0.002"))

now = partial(Situation, now_ms=NOW_MS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One asset: what is held, its perpetual, and what its owner wants."""

    asset: str
    spot: Decimal | None = None  # None: no spot wallet is configured
    collateral: Decimal | None = None  # margin balance of a coin-margined wallet, in coin
    external: Decimal | None = None
    size: Decimal = ZERO  # of the position
    sides: Sides | None = None  # of it, in hedge mode
    price: Decimal = D(100)
    weight: Decimal = ZERO
    drift: Decimal = D("0.05")
    kind: Kind = Kind.LINEAR
    venue: str = "main"
    size_step: Decimal = D("0.00001")
    size_min: Decimal = ZERO
    size_max: Decimal | None = None
    notional_min: Decimal = ZERO
    price_step: Decimal = D("0.01")
    trading: bool = True
    multiplier: Decimal = ONE  # of the perpetual; `price` and `size` are its own
    spot_price: Decimal | None = None  # that it must agree with; None: none is read

    @property
    def counted(self) -> str:
        """Return what the perpetual counts."""
        return self.asset if self.multiplier == ONE else f"{self.multiplier:f}{self.asset}"

    @property
    def spot_key(self) -> SpotKey:
        """Return the asset's spot market."""
        return SpotKey(f"{self.venue}:{self.asset}/{QUOTE}")

    @property
    def symbol(self) -> Symbol:
        """Return the perpetual's symbol."""
        quoted = f"{QUOTE}:{QUOTE}" if self.kind is Kind.LINEAR else f"USD:{self.asset}"
        return Symbol(f"{self.counted}/{quoted}")

    @property
    def key(self) -> InstrumentKey:
        """Return the perpetual's name in the portfolio."""
        return InstrumentKey(f"{self.venue}:{self.symbol}")

    @property
    def held(self) -> Decimal:
        """Return all that is held of it besides perpetuals, in base units."""
        return (self.spot or ZERO) + (self.collateral or ZERO) + (self.external or ZERO)

    @property
    def net(self) -> Decimal:
        """Return net delta, in base units."""
        return self.held + self.instrument.delta(self.size, self.price)

    @property
    def sources(self) -> tuple[str, ...]:
        """Return the wallets that must show it."""
        shown = {"spot": self.spot, "inverse": self.collateral}
        return tuple(f"main:{name}" for name, held in shown.items() if held is not None)

    @property
    def instrument(self) -> Instrument:
        """Return its perpetual."""
        linear = self.kind is Kind.LINEAR
        return Instrument(
            venue=VenueName(self.venue),
            symbol=self.symbol,
            base=Asset(self.asset),
            quote=QUOTE if linear else Asset("USD"),
            settle=QUOTE if linear else Asset(self.asset),
            kind=self.kind,
            size_step=self.size_step,
            size_min=self.size_min,
            size_max=self.size_max,
            notional_min=self.notional_min,
            price_step=self.price_step,
            taker_fee=D("0.0005"),
            trading=self.trading,
            multiplier=self.multiplier,
        )

    @property
    def target(self) -> Target:
        """Return what its owner wants."""
        external = None
        if self.external is not None:
            external = External(
                quantity=self.external, as_of_ms=NOW_MS - 1, valid_until_ms=NOW_MS * 2
            )
        return Target(
            asset=Asset(self.asset),
            weight=self.weight,
            instrument=self.key,
            sources=self.sources,
            drift=self.drift,
            external=external,
            spot=None if self.spot_price is None else self.spot_key,
        )


def declared(quantity: Decimal) -> External:
    """Return a holding that no exchange shows, still valid."""
    return External(quantity=quantity, as_of_ms=NOW_MS - 1, valid_until_ms=NOW_MS * 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """An asset without a perpetual, hedged with that of another."""

    asset: str
    held: Decimal
    price: Decimal | None = D(1)  # of its spot market; None: not read
    weight: Decimal = ZERO
    drift: Decimal = D("0.05")
    carrier: str = "BTC"
    beta: Decimal = ONE
    external: Decimal | None = None

    @property
    def proxied(self) -> Proxied:
        """Return what its owner wants."""
        return Proxied(
            asset=Asset(self.asset),
            weight=self.weight,
            sources=("main:spot",),
            drift=self.drift,
            carrier=Asset(self.carrier),
            beta=self.beta,
            spot=self.spot_key,
            external=None if self.external is None else declared(self.external),
        )

    @property
    def spot_key(self) -> SpotKey:
        """Return its spot market."""
        return SpotKey(f"main:{self.asset}/{QUOTE}")


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One moment of one portfolio."""

    rows: tuple[Row, ...]
    exposure: Decimal = ONE
    value_basis: ValueBasis = ValueBasis.HOLDINGS
    trigger: Trigger = field(default_factory=Trigger)
    limits: Limits = LOOSE
    situation: Situation = field(default_factory=now)
    equity: Decimal | None = D(10) ** 12  # quote margin; None: not read
    cash: Decimal | None = None  # spot balance of the quote currency
    quote_sources: tuple[str, ...] = ()
    others: tuple[Other, ...] = ()

    def __getitem__(self, asset: str) -> Row:
        """Return the row of an asset."""
        return next(row for row in self.rows if row.asset == asset)

    @property
    def policy(self) -> Policy:
        """Return what the owner wants."""
        return Policy(
            quote=QUOTE,
            exposure=self.exposure,
            value_basis=self.value_basis,
            targets=tuple(row.target for row in self.rows),
            trigger=self.trigger,
            limits=self.limits,
            snapshot_age_max_ms=10_000,
            quote_sources=self.quote_sources,
            proxied=tuple(other.proxied for other in self.others),
        )

    @property
    def snapshot(self) -> Snapshot:
        """Return what the venue shows, read just before the decision."""
        at_ms = self.situation.now_ms - AGE_MS
        return Snapshot(
            started_at_ms=at_ms,
            started_s=at_ms / 1000,
            finished_s=(at_ms + AGE_MS) / 1000,
            reads=5,
            instruments={row.key: row.instrument for row in self.rows},
            balances=self._balances(),
            positions={row.key: _position(row) for row in self.rows},
            marks={row.key: _mark(row, at_ms) for row in self.rows},
            books={row.key: _book(row) for row in self.rows},
            margins=self._margins(),
            missing=(),
            spots=self._spots(at_ms),
        )

    def _spots(self, at_ms: int) -> dict[SpotKey, SpotPrice]:
        prices = {row.spot_key: row.spot_price for row in self.rows}
        prices |= {other.spot_key: other.price for other in self.others}
        return {
            key: SpotPrice(market=key, bid=price, ask=price, at_ms=at_ms)
            for key, price in prices.items()
            if price is not None
        }

    def _balances(self) -> tuple[Balance, ...]:
        held = {Asset(row.asset): row.spot for row in self.rows} | {QUOTE: self.cash}
        held |= {Asset(other.asset): other.held for other in self.others}
        return tuple(
            Balance(source="main:spot", asset=asset, quantity=quantity)
            for asset, quantity in held.items()
            if quantity is not None
        )

    def _margins(self) -> tuple[Margin, ...]:
        coins = {("inverse", Asset(row.asset)): row.collateral for row in self.rows}
        pools = coins | {("linear", QUOTE): self.equity}
        return tuple(
            Margin(
                source=f"main:{wallet}",
                asset=asset,
                equity=equity,
                wallet=equity / 2,  # not the margin balance: what mixes them up is seen
                maintenance=ZERO,
            )
            for (wallet, asset), equity in pools.items()
            if equity is not None
        )

    def plan(self) -> Plan:
        """Decide."""
        return plan(self.snapshot, self.situation, self.policy)

    def changed(self, *rows: Row) -> World:
        """Return the world with these rows in the place of those of the same assets."""
        new = {row.asset: row for row in rows}
        return replace(self, rows=tuple(new.get(row.asset, row) for row in self.rows))

    def remembering(self, memories: Mapping[Asset, AssetMemory]) -> World:
        """Return the world with other memories of some of its assets."""
        merged = {**self.situation.memories, **memories}
        return replace(self, situation=replace(self.situation, memories=merged))

    def after(self, elapsed_ms: int) -> World:
        """Return the same world later, without what is said once only."""
        situation = Situation(
            now_ms=self.situation.now_ms + elapsed_ms, memories=self.situation.memories
        )
        return replace(self, situation=situation)

    def settled(self, decided: Plan, share: Decimal = ONE, elapsed_ms: int = CYCLE_MS) -> World:
        """Return the next moment: orders filled by `share` and settled, the venue shows it."""
        memories = dict(decided.memories)
        rows = {row.asset: row for row in self.rows}
        for order in decided.orders:
            row = rows[order.asset]
            size = row.instrument.rounded(order.size * share)
            intent = intent_of(order)
            at_ms = decided.at_ms + 1
            done = reported(intent, report_of(intent, size), now_ms=at_ms, proof="test")
            memories[order.asset] = after_settlement(memories[order.asset], done, at_ms=at_ms)
            rows[order.asset] = _traded(row, order, size)
        return replace(self, rows=tuple(rows.values())).remembering(memories).after(elapsed_ms)


def sided(row: Row, long: object, short: object) -> Row:
    """Return a row with a position of two sides."""
    sides = Sides(long=D(str(long)), short=D(str(short)))
    return replace(row, size=sides.net, sides=sides)


def _position(row: Row) -> Position:
    return Position(instrument=row.key, size=row.size, sides=row.sides)


def _traded(row: Row, order: Order, size: Decimal) -> Row:
    sides = row.sides and row.sides.after(size, closing=order.reduce_only)
    return replace(row, size=row.size + size, sides=sides)


def _mark(row: Row, at_ms: int) -> Mark:
    return Mark(
        instrument=row.key,
        mark_price=row.price,
        index_price=row.price,
        funding_rate=D("0.0001"),
        funding_next_at_ms=at_ms + 1,
        at_ms=at_ms,
    )


def _book(row: Row) -> BookTop:
    tight = row.price * D("0.00001")
    return BookTop(
        instrument=row.key,
        bid=row.price - tight,
        ask=row.price + tight,
        bid_size=ONE,
        ask_size=ONE,
    )


def intent_of(order: Order, number: int = 1, state: IntentState = IntentState.SENT) -> Intent:
    """Return the intent of an order, just sent."""
    return Intent(
        client_order_id=ClientOrderId(f"test{number:04d}"),
        sequence=number,
        cycle=number,
        order=order,
        state=state,
        sent_at_ms=NOW_MS,
        expires_at_ms=NOW_MS + 5_000,
    )


def report_of(intent: Intent, filled: Decimal, status: VenueStatus | None = None) -> OrderReport:
    """Return what the venue says of an intent of which `filled` has traded."""
    whole = VenueStatus.FILLED if filled == intent.order.size else VenueStatus.ENDED
    return OrderReport(
        client_order_id=intent.client_order_id,
        venue_order_id="v1",
        status=status or whole,
        filled_size=filled,
        price_average=intent.order.mark_price if filled else None,
        at_ms=NOW_MS + 1,
    )


def decision_of(decided: Plan, asset: str) -> Decision:
    """Return the decision about one asset."""
    return next(d for d in decided.decisions if d.asset == asset)


def order_of(decided: Plan, asset: str) -> Order:
    """Return the order for an asset, where there is one."""
    verdict = decision_of(decided, asset).verdict
    assert isinstance(verdict, Order), verdict
    return verdict


def reason_of(decided: Plan, asset: str) -> HoldReason:
    """Return why an asset is held, where it is."""
    verdict = decision_of(decided, asset).verdict
    assert isinstance(verdict, Hold), verdict
    return verdict.reason
