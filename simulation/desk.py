"""An order's way to the venue and back, and what can become of it there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from counterpoise.core.orders import Intent, OrderReport
from counterpoise.errors import OutcomeUnknown, Rejected, Unavailable, Unsent
from simulation.gate import Gate
from simulation.profile import ORDER_FAULTS
from simulation.seen import Seen
from simulation.venue import (
    AHEAD_MAX_MS,
    RECEIVE_WINDOW_MS,
    Refused,
    Venue,
    accepted,
    report_of,
)
from simulation.weather import Weather
from tests.sim.virtual import HostClock

D = Decimal
TIMEOUT_S = 10.0


@dataclass(slots=True, kw_only=True)
class Desk:
    """Takes the orders of one life of the daemon."""

    truth: Venue
    gate: Gate
    host: HostClock
    weather: Weather
    leaving: Callable[[Intent, Seen, int], None]  # an oracle, asked as an order leaves
    arrived: Callable[[Intent, str], None]  # told what became of it at the venue
    seen: Seen

    async def place(self, intent: Intent) -> OrderReport:
        """Take an order on its way. Raises what a gateway raises."""
        if self.weather.strike(("order.queued",)):  # behind others, in a queue of our own
            await asyncio.sleep(self.weather.between(1, 20))
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
                share = D(str(round(self.weather.between(0, 1), 2)))
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
