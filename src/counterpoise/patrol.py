"""Orders of others at the venue: looked for at the start and now and then, never touched."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from counterpoise.core.instrument import Asset, InstrumentKey, Symbol, VenueName
from counterpoise.core.orders import Cause, Hold, HoldReason, VenueOrder
from counterpoise.core.policy.policy import Policy, Target
from counterpoise.core.scene import venue_of
from counterpoise.core.units import plain
from counterpoise.errors import SnapshotError, Unavailable
from counterpoise.logs import Log
from counterpoise.naming import Naming
from counterpoise.ports import Clock, Gateway

EVERY_S = 300.0
AGAIN_S = 30.0  # where a venue did not say
BACK_MS = 6 * 86_400_000  # how far back ended orders are looked at; venues keep about a week
NAMED_MAX = 20  # orders that are named one by one; of more only the number is said


@dataclass(slots=True)
class Round:
    """What was found on one venue, and when the next look is due."""

    due_s: float = 0.0
    resting: Mapping[InstrumentKey, tuple[VenueOrder, ...]] | None = None  # None: never seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Patrol:
    """
    Looks at the account's orders.

    One that rests and is not ours is said once and alerted while it rests; nothing is done about
    it. One that is named as ours and is not in the journal is of a second copy of us, or of a newer
    journal than this one: that halts the account.
    """

    gateways: Mapping[VenueName, Gateway]
    policy: Policy
    naming: Naming
    clock: Clock
    log: Log
    _rounds: dict[VenueName, Round] = field(default_factory=dict)
    _said: set[str] = field(default_factory=set)

    async def look(self, opened: Callable[[], Awaitable[frozenset[VenueName]]]) -> None:
        """Look where it is due. `opened` opens what is not open yet, and says which venues are."""
        now_s = self.clock.monotonic_s()
        due = [venue for venue in self.gateways if self._round(venue).due_s <= now_s]
        if due:
            askable = await opened()
            await asyncio.gather(*(self._looked(venue) for venue in due if venue in askable))

    def holds(self) -> dict[Asset, Hold]:
        """Return the assets that wait for the first look of this life."""
        detail = "the venue has not said yet which orders the account has"
        return {
            target.asset: Hold(
                asset=target.asset, reason=HoldReason.SNAPSHOT_INCOMPLETE, detail=detail
            )
            for target in self.policy.targets
            if self._round(venue_of(target)).resting is None
        }

    def resting(self) -> Mapping[Asset, str]:
        """Return what others have resting, in words, by asset."""
        return {
            target.asset: _told(orders)
            for target in self.policy.targets
            if (orders := self._orders(target))
        }

    def _orders(self, target: Target) -> tuple[VenueOrder, ...]:
        seen = self._round(venue_of(target)).resting or {}
        return seen.get(target.instrument, ())

    def _round(self, venue: VenueName) -> Round:
        return self._rounds.setdefault(venue, Round())

    async def _looked(self, venue: VenueName) -> None:
        keys = [t.instrument for t in self.policy.targets if venue_of(t) == venue]
        since_ms = self.clock.wall_ms() - BACK_MS
        try:
            listed = await asyncio.gather(
                *(self.gateways[venue].orders(_symbol(key), since_ms) for key in keys)
            )
        except (Unavailable, SnapshotError):
            self._round(venue).due_s = self.clock.monotonic_s() + AGAIN_S
            return
        causes = {
            order.venue_order_id: await self.naming.cause(order.client_order_id, order.at_ms)
            for orders in listed
            for order in orders
        }
        foreign = {
            key: tuple(o for o in orders if o.resting and causes[o.venue_order_id] is Cause.FOREIGN)
            for key, orders in zip(keys, listed, strict=True)
        }
        self._rounds[venue] = Round(self.clock.monotonic_s() + EVERY_S, foreign)
        for orders in foreign.values():
            self._say(orders)
        copies = [o for orders in listed for o in orders if causes[o.venue_order_id] is Cause.COPY]
        await self.naming.halt_beside(venue, [order.client_order_id for order in copies])

    def _say(self, orders: tuple[VenueOrder, ...]) -> None:
        for order in orders[:NAMED_MAX]:
            if order.venue_order_id in self._said:
                continue
            self._said.add(order.venue_order_id)
            self.log.warning(
                "order.foreign",
                instrument=order.instrument,
                side="buy" if order.size > 0 else "sell",
                quantity=abs(order.size),
                limit_price=order.price,
                client_order_id=order.client_order_id,
                venue_order_id=order.venue_order_id,
            )


def _told(orders: tuple[VenueOrder, ...]) -> str:
    first = orders[0]
    at = "at any price" if first.price is None else f"at {plain(first.price)}"
    verb = "buy" if first.size > 0 else "sell"
    more = f", and {len(orders) - 1} more" if len(orders) > 1 else ""
    return f"not ours, left alone: {verb} {plain(abs(first.size))} {at}{more}"


def _symbol(key: InstrumentKey) -> Symbol:
    return Symbol(key.partition(":")[2])
