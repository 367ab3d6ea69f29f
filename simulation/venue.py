"""The truth: the local exchange's own engine, what moves it, and how it was at any recent time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from counterpoise.core.instrument import Asset, Instrument, InstrumentKey, Kind, Symbol, VenueName
from counterpoise.core.orders import Intent, OrderReport, VenueStatus
from counterpoise.core.units import ZERO, down_to
from counterpoise.exchange.engine import Engine, hedge_sides
from counterpoise.exchange.listing import Listing, Market
from counterpoise.exchange.local import LocalExchange, LocalExchangeConfig, build
from counterpoise.exchange.moment import Moment
from counterpoise.exchange.orders import (
    OrderRequest,
    OrderStatus,
    OrderType,
    Origin,
    Refused,
    Side,
    TimeInForce,
    VenueOrder,
)
from counterpoise.exchange.prices import PriceKind
from counterpoise.exchange.settling import trade_by_hand
from simulation.profile import Profile
from tests.sim.virtual import TrueClock

D = Decimal
MAIN = VenueName("main")
HELD = {"BTC": D("1.2"), "ETH": D(16), "XRP": D(40_000)}
PRICES = {"BTC": D(50_000), "ETH": D(2_500), "XRP": D("0.5")}
REMEMBERED_S = 900.0
RECEIVE_WINDOW_MS = 5_000
AHEAD_MAX_MS = 1_000


@dataclass(frozen=True, slots=True)
class State:
    """How things were from `at_s` on. Base units, and quote per base unit."""

    at_s: float
    held: Mapping[str, Decimal]
    ours: Mapping[str, Decimal]  # the position, by who traded it
    foreign: Mapping[str, Decimal]
    price: Mapping[str, Decimal]


@dataclass(slots=True)
class Truth:
    """The states of late, newest last."""

    states: list[State] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def add(self, state: State) -> None:
        """Add the present; forget what nobody reads any more."""
        self.states.append(state)
        self.times.append(state.at_s)
        if len(self.times) > 512 and self.times[256] < state.at_s - REMEMBERED_S:
            del self.states[:256], self.times[:256]

    def at(self, at_s: float) -> State:
        """Return how things were at a time."""
        return self.states[max(0, bisect_right(self.times, at_s) - 1)]

    def since(self, at_s: float) -> list[State]:
        """Return every state that held at some time from then on."""
        return self.states[max(0, bisect_right(self.times, at_s) - 1) :]


class Venue:
    """One account on the exchange's engine, on virtual time."""

    def __init__(self, profile: Profile, clock: TrueClock) -> None:
        """Open it with the portfolio in balance at exposure 1."""
        self.assets = tuple(HELD)[: profile.assets]
        self.clock = clock
        self.exchange: LocalExchange = build(
            LocalExchangeConfig(
                seed=profile.seed,
                speed=ZERO,
                balances={asset: HELD[asset] for asset in self.assets},
                futures_wallet={"USDT": D(200_000)},
            ),
            clock,
        )
        self.engine: Engine = self.exchange.venue.engine
        self.listings: dict[str, Listing] = {
            asset: self.engine.listing(Market.LINEAR, f"{asset}USDT") for asset in self.assets
        }
        self.symbols = {Symbol(f"{asset}/USDT:USDT"): asset for asset in self.assets}
        self.truth = Truth()
        self._ours = dict.fromkeys(self.assets, ZERO)
        self.waiting: dict[str, str] = {}  # accepted and not executed: id to asset
        self.taken: set[str] = set()  # acknowledged first, carried out or dropped later
        self.dropped: set[str] = set()  # refused, at once or after they were acknowledged
        self.flying: dict[str, str] = {}  # on the way, and may still be accepted
        if not profile.recorded:
            for asset in self.assets:
                self._set_price(asset, PRICES[asset])
        self.changed()

    @property
    def now(self) -> Moment:
        """Return the present."""
        return self.exchange.venue.clock.now()

    @property
    def now_s(self) -> float:
        """Return the present on the steady clock."""
        return self.clock.monotonic_s()

    def price(self, asset: str) -> Decimal:
        """Return the mark price."""
        return self.engine.price(self.listings[asset], self.now).mark

    def position(self, asset: str) -> Decimal:
        """Return the position."""
        side = hedge_sides(self.engine.account)[0]
        return self.engine.account.position(self.listings[asset], side).amount

    def changed(self) -> None:
        """Note the present in the truth; to be called after each change."""
        ours = dict(self._ours)
        self.truth.add(
            State(
                at_s=self.now_s,
                held=dict(self.engine.account.spot),
                ours=ours,
                foreign={asset: self.position(asset) - ours[asset] for asset in self.assets},
                price={asset: self.price(asset) for asset in self.assets},
            )
        )

    # what moves it

    def _set_price(self, asset: str, to: Decimal) -> None:
        listing = self.listings[asset]
        price = max(listing.price_step, down_to(to, listing.price_step))
        self.engine.prices.move(listing, list(PriceKind), price, self.now.market_ms)

    def move(self, asset: str, share: float) -> None:
        """Move a price by a share of itself."""
        price = self.price(asset) * (1 + D(str(round(share, 6))))
        low, high = PRICES[asset] / 20, PRICES[asset] * 20
        self._set_price(asset, min(max(price, low), high))
        self._settle()

    def advance(self, seconds: int) -> None:
        """Let recorded time go on."""
        self.exchange.venue.clock.advance(D(seconds))
        self._settle()

    def _settle(self) -> None:
        self.exchange.venue.settling.catch_up(self.now)
        self.changed()

    def hand_trade(self, asset: str, amount: Decimal) -> None:
        """Let somebody else bring the position to `amount`."""
        listing = self.listings[asset]
        side = hedge_sides(self.engine.account)[0]
        position = self.engine.account.position(listing, side)
        amount = down_to(amount, listing.quantity_step)
        trade_by_hand(self.engine, position, amount, self.now)
        self.changed()

    def hold(self, asset: str, quantity: Decimal) -> None:
        """Deposit or withdraw."""
        self.engine.account.spot[asset] = quantity
        self.changed()

    # what the daemon asks of it

    def instrument(self, asset: str, *, step_factor: int = 1) -> Instrument:
        """Return the perpetual as the daemon knows it."""
        listing = self.listings[asset]
        return Instrument(
            venue=MAIN,
            symbol=Symbol(f"{asset}/USDT:USDT"),
            base=Asset(asset),
            quote=Asset("USDT"),
            settle=Asset("USDT"),
            kind=Kind.LINEAR,
            size_step=listing.quantity_step * step_factor,
            size_min=listing.quantity_min,
            size_max=listing.quantity_max,
            notional_min=listing.notional_min,
            price_step=listing.price_step,
            taker_fee=D("0.0005"),
            trading=listing.key not in self.engine.closed,
        )

    def key(self, asset: str) -> InstrumentKey:
        """Return the name of the perpetual in the portfolio."""
        return InstrumentKey(f"{MAIN}:{asset}/USDT:USDT")

    def execute(self, intent: Intent, share: Decimal | None = None) -> VenueOrder:
        """Take an order now. Raises Refused."""
        order = intent.order
        asset = self.symbols[order.symbol]
        request = OrderRequest(
            listing=self.listings[asset],
            side=Side.BUY if order.size > 0 else Side.SELL,
            type=OrderType.LIMIT,
            time_in_force=TimeInForce.IOC,
            quantity=abs(order.size),
            client_order_id=intent.client_order_id,
            price=order.limit_price,
            reduce_only=order.reduce_only,
        )
        self.exchange.venue.settling.catch_up(self.now)
        done = self.engine.place(request, self.now, fill_share=share)
        self._ours[asset] += done.executed * request.side.sign
        self.changed()
        return done

    def named(self, intent: Intent, lag_s: float = 0.0) -> VenueOrder | None:
        """Return an order of ours as look-ups show it."""
        listing = self.listings[self.symbols[intent.order.symbol]]
        seen_ms = self.now.venue_ms - round(lag_s * 1000)
        found = self.engine.ledger.named(listing, intent.client_order_id)
        return next((order for order in found if order.created_ms <= seen_ms), None)

    def executed(self) -> dict[str, Decimal]:
        """Return what each order of ours truly filled, over all its executions."""
        sums: dict[str, Decimal] = {}
        for order in self.engine.ledger.orders.values():
            if order.request.origin is Origin.CLIENT:
                key = order.request.client_order_id
                sums[key] = sums.get(key, ZERO) + order.executed * order.request.side.sign
        return sums


def report_of(intent: Intent, order: VenueOrder) -> OrderReport:
    """Return what the venue says of an order that it took."""
    filled = order.executed * order.request.side.sign
    whole = order.status is OrderStatus.FILLED
    return OrderReport(
        client_order_id=intent.client_order_id,
        venue_order_id=str(order.id),
        status=VenueStatus.FILLED if whole else VenueStatus.ENDED,
        filled_size=filled,
        price_average=order.price_average if filled else None,
        at_ms=order.updated_ms,
    )


def accepted(intent: Intent) -> OrderReport:
    """Return the report of an order that is taken, and of which nothing has traded."""
    return OrderReport(
        client_order_id=intent.client_order_id,
        venue_order_id=f"a{intent.sequence}",
        status=VenueStatus.OPEN,
        filled_size=ZERO,
        price_average=None,
        at_ms=None,
    )


__all__ = ["MAIN", "Refused", "State", "Truth", "Venue", "accepted", "report_of"]
