"""Dry-run: a real account to read, and positions of its own that its orders fill into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from counterpoise.core.basis import Close
from counterpoise.core.instrument import Instrument, InstrumentKey, SpotKey, Symbol, VenueName
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
from counterpoise.core.units import ZERO
from counterpoise.errors import Unavailable
from counterpoise.ports import AccountFacts, Clock, Gateway, Journal


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadow:
    """What the shadow orders of an instrument changed, by side; each may be less than nothing."""

    long: Decimal = ZERO  # the instrument's unit
    short: Decimal = ZERO

    def and_(self, intent: Intent) -> Shadow:
        """Return it with one order more. One that shrinks closes the opposite side."""
        filled = intent.filled_size
        if (filled > 0) is intent.order.reduce_only:
            return replace(self, short=self.short - filled)
        return replace(self, long=self.long + filled)


def _with(position: Position, shadow: Shadow | None) -> Position:
    """Return a position of the account with the shadow on it."""
    if shadow is None:
        return position
    size = position.size + shadow.long - shadow.short
    if position.sides is None:
        return replace(position, size=size)
    return replace(
        position, size=size, sides=position.sides.moved(long=shadow.long, short=shadow.short)
    )


class ShadowGateway:
    """
    Reads like the gateway it wraps, with the shadow positions added; writes nothing.

    An order fills whole at the touch of the last book read, or not at all where that is beyond its
    bound: depth is not rehearsed. Shadow positions are the journal's own fills, so that they
    outlive a restart.
    """

    def __init__(self, inner: Gateway, journal: Journal, clock: Clock) -> None:
        """Keep the real account and the journal that holds the shadow fills."""
        self._inner = inner
        self._journal = journal
        self._clock = clock
        self._books: Mapping[InstrumentKey, BookTop] = {}
        self._shadows: Mapping[InstrumentKey, Shadow] | None = None  # None: to be summed again
        self._fees: dict[InstrumentKey, Instrument] = {}

    @property
    def venue(self) -> VenueName:
        """Return the venue's name in the settings."""
        return self._inner.venue

    async def open(self) -> tuple[Instrument, ...]:
        """Load the configured perpetuals."""
        instruments = await self._inner.open()
        self._fees = {instrument.key: instrument for instrument in instruments}
        return instruments

    async def close(self) -> None:
        """Let go of connections."""
        await self._inner.close()

    async def skew_ms(self) -> int:
        """Return the venue's clock minus ours."""
        return await self._inner.skew_ms()

    async def balances(self) -> tuple[Balance, ...]:
        """Return the account's balances."""
        return await self._inner.balances()

    async def margins(self) -> tuple[Margin, ...]:
        """Return the account's margin, without what the shadow positions would change of it."""
        return await self._inner.margins()

    async def positions(self) -> Mapping[InstrumentKey, Position]:
        """Return the account's positions plus the shadow ones."""
        real = await self._inner.positions()
        if self._shadows is None:
            self._shadows = await self._summed()
        return {key: _with(position, self._shadows.get(key)) for key, position in real.items()}

    async def _summed(self) -> Mapping[InstrumentKey, Shadow]:
        sums: dict[InstrumentKey, Shadow] = {}
        for intent in await self._intents():
            key = intent.order.instrument
            sums[key] = sums.get(key, Shadow()).and_(intent)
        return sums

    async def marks(self) -> Mapping[InstrumentKey, Mark]:
        """Return mark, index and funding."""
        return await self._inner.marks()

    async def books(self) -> Mapping[InstrumentKey, BookTop]:
        """Return the best bid and ask, and keep them to fill against."""
        self._books = await self._inner.books()
        return self._books

    async def spots(self) -> Mapping[SpotKey, SpotPrice]:
        """Return the prices of spot markets."""
        return await self._inner.spots()

    async def closes(self, symbol: Symbol) -> tuple[Close, ...]:
        """Return what a spot market traded at of late."""
        return await self._inner.closes(symbol)

    async def place(self, intent: Intent) -> OrderReport:
        """Fill an order against the last book. Raises Unavailable before a book was read."""
        book = self._books.get(intent.order.instrument)
        if book is None:
            raise Unavailable("no book was read yet to fill against")
        self._shadows = None  # the journal holds the fill by the next read
        return self._report(intent, book)

    def _report(self, intent: Intent, book: BookTop) -> OrderReport:
        order = intent.order
        price = book.ask if order.size > 0 else book.bid
        crosses = price <= order.limit_price if order.size > 0 else price >= order.limit_price
        return OrderReport(
            client_order_id=intent.client_order_id,
            venue_order_id=f"shadow-{intent.sequence}",
            status=VenueStatus.FILLED if crosses else VenueStatus.ENDED,
            filled_size=order.size if crosses else ZERO,
            price_average=price if crosses else None,
            at_ms=self._clock.wall_ms(),
        )

    async def find(self, intent: Intent) -> OrderReport | None:  # noqa: ARG002 - the port's
        """Return nothing: a shadow order has its outcome at once or was never placed."""
        return None

    async def open_order_ids(self, symbol: Symbol) -> frozenset[ClientOrderId]:  # noqa: ARG002
        """Return nothing: shadow orders never rest."""
        return frozenset()

    async def fills(self, symbol: Symbol, since_ms: int) -> tuple[Fill, ...]:
        """Return the account's trades and the shadow ones."""
        real = await self._inner.fills(symbol, since_ms)
        shadow = [
            self._fill(intent)
            for intent in await self._intents()
            if intent.order.symbol == symbol
            and intent.filled_size
            and (intent.settled_at_ms or 0) >= since_ms
        ]
        return (*real, *shadow)

    async def origins(
        self, symbol: Symbol, venue_order_ids: frozenset[str], since_ms: int
    ) -> Mapping[str, Origin]:
        """Return whose orders of the account these were."""
        return await self._inner.origins(symbol, venue_order_ids, since_ms)

    async def orders(self, symbol: Symbol, since_ms: int) -> tuple[VenueOrder, ...]:
        """Return the account's orders; shadow ones never rest."""
        return await self._inner.orders(symbol, since_ms)

    def _fill(self, intent: Intent) -> Fill:
        instrument = self._fees[intent.order.instrument]
        price = intent.price_average or intent.order.mark_price
        notional = instrument.notional(intent.filled_size, price)
        return Fill(
            trade_id=intent.venue_order_id,
            venue_order_id=intent.venue_order_id,
            instrument=intent.order.instrument,
            size=intent.filled_size,
            price=price,
            fee=notional * instrument.taker_fee,
            fee_asset=instrument.settle,
            at_ms=intent.settled_at_ms or intent.sent_at_ms,
        )

    async def _intents(self) -> tuple[Intent, ...]:
        """Return this venue's intents, all of them shadow ones: the journal keeps modes apart."""
        return tuple(
            intent
            for intent in await self._journal.sent_since(0)
            if intent.order.instrument.partition(":")[0] == self.venue
        )

    async def account(self) -> AccountFacts:
        """Return what the venue says of the account."""
        return await self._inner.account()
