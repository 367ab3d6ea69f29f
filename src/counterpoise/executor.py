"""Send each intent at most once, and find out what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from counterpoise.core.instrument import VenueName
from counterpoise.core.orders import Fill, Intent, IntentState, Order, OrderReport
from counterpoise.core.settlement import Absence, absent, refused, reported, unconfirmed
from counterpoise.errors import (
    DoorRefused,
    OutcomeUnknown,
    Rejected,
    SnapshotError,
    Unauthorized,
    Unavailable,
)
from counterpoise.logs import Log
from counterpoise.ports import Clock, CycleRecord, Gateway, Journal, VenueLimits

UNSENT = "unsent"  # stands where the venue's code would, had the order ever reached it


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """The outside that an executor works with."""

    gateways: Mapping[VenueName, Gateway]
    limits: Mapping[VenueName, VenueLimits]
    journal: Journal
    clock: Clock
    log: Log


class Executor:
    """
    Turns the orders of a plan into intents, and intents into outcomes.

    The intent is on disk before the first byte leaves. No request is ever sent again: an unknown
    outcome is looked up until it is proved, one way or the other.
    """

    def __init__(self, outside: Outside) -> None:
        """Keep the outside; nothing is read or sent yet."""
        self._outside = outside
        self._not_found: dict[str, int] = {}  # look-ups after the last moment that said so
        self._known_since_s: dict[str, float] = {}  # monotonic, by this process

    async def execute(self, record: CycleRecord) -> tuple[Intent, ...]:
        """
        Record and send the orders of a plan, all at once, and return their intents as they stand.

        Raises JournalError with nothing sent if they cannot be recorded, and Unauthorized after
        all have their outcome.
        """
        orders = record.plan.orders
        intents = await self._outside.journal.record_intents(record, orders, self._expiry(orders))
        results = await asyncio.gather(
            *(self._send(intent) for intent in intents), return_exceptions=True
        )
        return _first_raised(results)

    def _expiry(self, orders: Sequence[Order]) -> Mapping[VenueName, int]:
        """Return, by venue, the last moment at which it can still accept what is sent now."""
        now_ms = self._outside.clock.wall_ms()
        venues = {venue_of_order(order) for order in orders}
        return {v: now_ms + self._outside.limits[v].life_ms for v in venues}

    async def _send(self, intent: Intent) -> Intent:
        """Send one recorded intent and record what came back."""
        self._known_since_s[intent.client_order_id] = self._outside.clock.monotonic_s()
        try:
            report = await self._placed(intent)
        except (Unavailable, Rejected) as error:
            return await self._record(self._refused(intent, error.code or UNSENT, error.advice))
        except DoorRefused as error:
            return await self._record(self._refused(intent, UNSENT, error.advice))
        except Unauthorized as error:
            await self._record(self._refused(intent, "unauthorized", error.advice))
            raise
        except OutcomeUnknown as error:
            return await self._unknown(intent, str(error))
        intent = await self._record(
            reported(intent, report, now_ms=self._now_ms(), proof="the venue's reply")
        )
        # many a venue answers with an id alone, and an order of ours has ended by then
        return await self.settle(intent) if intent.state is IntentState.ACKNOWLEDGED else intent

    async def _placed(self, intent: Intent) -> OrderReport:
        """Place an order, and say so once it is on its way: no order waits for a log line."""
        unsaid = [intent]

        def say() -> None:
            if unsaid:
                self._say_sent(unsaid.pop())

        loop = asyncio.get_running_loop()
        loop.call_soon(loop.call_soon, say)  # two turns on: aiohttp writes in a task of its own
        try:
            return await self._gateway(intent).place(intent)
        finally:
            say()

    def _say_sent(self, intent: Intent) -> None:
        order = intent.order
        self._outside.log.info(
            "order.sent",
            intent=intent.client_order_id,
            asset=order.asset,
            symbol=order.symbol,
            side=order.side,
            quantity=abs(order.size),
            limit_price=order.limit_price,
            reduce_only=order.reduce_only,
            reason=order.rule,
        )

    def _refused(self, intent: Intent, code: str, proof: str) -> Intent:
        return refused(intent, code=code, now_ms=self._now_ms(), proof=proof)

    async def _unknown(self, intent: Intent, cause: str) -> Intent:
        """Record that the outcome is unknown, then ask the venue at once."""
        return await self.settle(await self._doubted(intent, cause))

    async def _doubted(self, intent: Intent, cause: str) -> Intent:
        """Record that the outcome is unknown."""
        self._outside.log.warning(
            "order.unconfirmed",
            intent=intent.client_order_id,
            asset=intent.order.asset,
            symbol=intent.order.symbol,
            cause=cause,
        )
        intent = unconfirmed(intent, cause=cause)
        await self._outside.journal.record_outcome(intent)
        return intent

    async def settle(self, intent: Intent) -> Intent:
        """
        Look a live intent up and return it as far as its outcome is proved.

        A failed look-up is not an answer. Raises Unauthorized if the venue refuses to be asked.
        """
        if intent.state is IntentState.SENT:  # found so at a start: whether it left is not known
            intent = await self._doubted(intent, "no answer was recorded")
        asked_ms = self._now_ms()
        try:
            report = await self._gateway(intent).find(intent)
            if report is not None:
                found = reported(intent, report, now_ms=self._now_ms(), proof="found by its id")
                return intent if found.state is intent.state else await self._resolve(found)
            proved = await self._proved_absent(intent, asked_ms)
        except (Unavailable, SnapshotError) as error:
            self._outside.log.debug(
                "order.lookup_failed", intent=intent.client_order_id, detail=str(error)
            )
            return intent
        return intent if proved is None else await self._resolve(proved)

    async def _proved_absent(self, intent: Intent, asked_ms: int) -> Intent | None:
        """Weigh a look-up that said not found: one begun too early proves nothing."""
        if not self._past_its_last_moment(intent, asked_ms):
            return None
        count = self._not_found.get(intent.client_order_id, 0) + 1
        self._not_found[intent.client_order_id] = count
        gateway = self._gateway(intent)
        evidence = Absence(
            not_found=count,
            resting=intent.client_order_id in await gateway.open_order_ids(intent.order.symbol),
            strange_trade=await self._strange_trade(intent),
        )
        return absent(intent, evidence, now_ms=self._now_ms())

    def _past_its_last_moment(self, intent: Intent, asked_ms: int) -> bool:
        """
        Say whether the order can no longer be accepted, by the wall clock and by a steady one.

        The wall clock alone could have been set forward since; the steady clock counts from when
        this process first knew of the intent, so that a restart waits the whole time again.
        """
        limits = self._outside.limits[venue_of_order(intent.order)]
        now_s = self._outside.clock.monotonic_s()
        known_s = self._known_since_s.setdefault(intent.client_order_id, now_s)
        last_ms = intent.expires_at_ms + limits.skew_max_ms + limits.visibility_lag_ms
        return asked_ms > last_ms and (now_s - known_s) * 1000 > limits.absence_after_ms

    async def _strange_trade(self, intent: Intent) -> bool:
        """Say whether the account traded since in a way that no settled order of ours explains."""
        limits = self._outside.limits[venue_of_order(intent.order)]
        since_ms = intent.sent_at_ms - limits.skew_max_ms
        fills = await self._gateway(intent).fills(intent.order.symbol, since_ms)
        ours = await self._outside.journal.sent_since(since_ms - limits.absence_after_ms)
        known = {other.venue_order_id for other in ours if other.venue_order_id}
        return any(_may_be(fill, intent) for fill in fills if fill.venue_order_id not in known)

    async def _resolve(self, intent: Intent) -> Intent:
        """Record an outcome that a look-up brought."""
        self._outside.log.info(
            "order.resolved",
            intent=intent.client_order_id,
            asset=intent.order.asset,
            symbol=intent.order.symbol,
            outcome=intent.state,
            proof=intent.proof,
        )
        return await self._record(intent)

    async def _record(self, intent: Intent) -> Intent:
        """Commit an outcome, then say it. Of what has ended nothing more is kept here."""
        await self._outside.journal.record_outcome(intent)
        if not intent.state.live:
            self._not_found.pop(intent.client_order_id, None)
            self._known_since_s.pop(intent.client_order_id, None)
        if intent.state is IntentState.REJECTED:
            self._outside.log.error(
                "order.rejected",
                intent=intent.client_order_id,
                asset=intent.order.asset,
                symbol=intent.order.symbol,
                code=intent.code,
                detail=intent.proof,
            )
        return intent

    def _gateway(self, intent: Intent) -> Gateway:
        return self._outside.gateways[venue_of_order(intent.order)]

    def _now_ms(self) -> int:
        return self._outside.clock.wall_ms()


def refusing(intents: Iterable[Intent]) -> frozenset[VenueName]:
    """Return the venues that refused an order: account or contract may not be what they were."""
    return frozenset(
        venue_of_order(intent.order)
        for intent in intents
        if intent.state is IntentState.REJECTED and intent.code != UNSENT
    )


def venue_of_order(order: Order) -> VenueName:
    """Return the venue that an order goes to."""
    return VenueName(order.instrument.partition(":")[0])


def _may_be(fill: Fill, intent: Intent) -> bool:
    """Say whether a trade can be of an order: its side, within its size and its bound price."""
    order = intent.order
    worse = (fill.price - order.limit_price) * order.size > 0
    return fill.size * order.size > 0 and abs(fill.size) <= abs(order.size) and not worse


def _first_raised(results: Sequence[Intent | BaseException]) -> tuple[Intent, ...]:
    """Return the intents, or raise the first failure once every order has had its turn."""
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return tuple(result for result in results if not isinstance(result, BaseException))
