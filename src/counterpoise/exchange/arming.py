"""Reading a fault off a control's JSON."""

from __future__ import annotations

from counterpoise.core.units import ONE, ZERO
from counterpoise.exchange.faults import (
    DELAY_S,
    HOLD_S,
    RETRY_AFTER_S,
    SHARE,
    STATUS,
    Fault,
    FaultKind,
)
from counterpoise.exchange.fields import ControlError, Fields

STATUS_MIN, STATUS_MAX = 200, 599  # a status below 200 is no answer


def fault_of(fields: Fields) -> Fault:
    """Return the fault asked for. Raises ControlError for one that makes no sense."""
    kind = fields.word("kind", FaultKind)
    fault = Fault(
        path=fields.text("path", ""),
        method=fields.text("method", "").upper(),
        kind=kind,
        times=fields.whole("times", 1, 1),
        after=fields.whole("after", 0, 0),
        status=fields.whole("status", STATUS_MIN, STATUS),
        code=str(fields.whole("code", -(10**6))) if fields.has("code") else "",
        message=fields.text("message", ""),
        body=fields.text("body") if fields.has("body") else None,
        delay_s=float(fields.at_least("delay_s", ZERO, DELAY_S)),
        hold_s=float(fields.at_least("hold_s", ZERO, HOLD_S)),
        share=fields.at_least("share", ZERO, SHARE),
        retry_after_s=fields.whole("retry_after_s", 0, RETRY_AFTER_S),
        executed=fields.flag("executed") if fields.has("executed") else None,
        late=fields.flag("late", False),  # noqa: FBT003 - a default
    )
    fields.finish()
    if kind is FaultKind.REJECT and not fault.code:
        raise ControlError("a reject needs a code, the venue's own")
    if fault.status > STATUS_MAX:
        raise ControlError(f"status must be at most {STATUS_MAX}, was {fault.status}")
    if fault.share > ONE:
        raise ControlError(f"share must be at most 1, was {fault.share}")
    return fault
