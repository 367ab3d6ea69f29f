"""What became of an order, and what proves it."""

from __future__ import annotations

from dataclasses import replace

import counterpoise.executor
from counterpoise.core import settlement
from counterpoise.core.orders import Intent, OrderReport, VenueStatus
from counterpoise.core.settlement import absent, refused, reported
from counterpoise.errors import OutcomeUnknown
from counterpoise.executor import Executor
from simulation.mutants.change import NEVER, Changes, Table


def _resend() -> Changes:
    once = Executor._placed  # noqa: SLF001

    async def placed(self: Executor, intent: Intent) -> OrderReport:
        try:
            return await once(self, intent)
        except OutcomeUnknown:
            return await once(self, intent)

    return ((Executor, "_placed", placed),)


def _timeout_failed() -> Changes:
    async def unknown(self: Executor, intent: Intent, cause: str) -> Intent:
        failed = refused(intent, code="timeout", now_ms=self._now_ms(), proof=cause)
        return await self._record(failed)

    return ((Executor, "_unknown", unknown),)


def _not_found_once() -> Changes:
    async def proved(self: Executor, intent: Intent, asked_ms: int) -> Intent | None:
        if asked_ms <= intent.expires_at_ms:
            return None  # the journal itself would refuse it
        evidence = settlement.Absence(not_found=2, resting=False, strange_trade=False)
        return absent(intent, evidence, now_ms=self._now_ms())

    return ((Executor, "_proved_absent", proved),)


def _no_fence() -> Changes:
    from counterpoise.journal import store  # noqa: PLC0415 - only this one needs it

    async def proved(self: Executor, intent: Intent, _asked_ms: int) -> Intent | None:
        evidence = settlement.Absence(not_found=2, resting=False, strange_trade=False)
        return absent(intent, evidence, now_ms=self._now_ms())

    return ((Executor, "_proved_absent", proved), (store, "check_step", NEVER))


def _acknowledged_filled() -> Changes:
    def filled(intent: Intent, report: OrderReport, **more: object) -> Intent:
        if report.status is VenueStatus.OPEN:
            report = replace(report, status=VenueStatus.FILLED, filled_size=intent.order.size)
        return reported(intent, report, **more)  # type: ignore[arg-type]

    return ((counterpoise.executor, "reported", filled),)


def _partial_ignored() -> Changes:
    def filled(intent: Intent, report: OrderReport, **more: object) -> Intent:
        if report.filled_size:
            report = replace(report, status=VenueStatus.FILLED, filled_size=intent.order.size)
        return reported(intent, report, **more)  # type: ignore[arg-type]

    return ((counterpoise.executor, "reported", filled),)


TABLE: Table = {
    "re-send with the same id": (("doubt",), _resend),
    "timeout means failed": (("doubt",), _timeout_failed),
    "not found once means absent": (("doubt", "late"), _not_found_once),
    "no expiry fence": (("doubt", "late"), _no_fence),
    "acknowledged counted as filled": (("doubt",), _acknowledged_filled),
    "partial fill ignored": (("doubt",), _partial_ignored),
}
