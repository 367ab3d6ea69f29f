"""Faults armed by hand: which request they hit, how often, and with what numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class FaultKind(StrEnum):
    """What goes wrong."""

    STATUS = "status"  # `status`, `code`?, `body`?; not executed unless `executed`
    TIMEOUT_BEFORE = "timeout-before"  # not executed, no answer for `hold_s`, then hung up
    TIMEOUT_AFTER = "timeout-after"  # executed, no answer
    CUT_BODY = "cut-body"  # executed, the answer ends half way
    HTML = "html"  # 200 with a page
    EMPTY = "empty"  # 200 with nothing, or with `body`
    STALE = "stale"  # the oldest good answer to the same question
    REJECT = "reject"  # the venue's own refusal with `code`
    RATE_LIMIT = "rate-limit"  # 429
    BAN = "ban"  # 418
    SLOW = "slow"  # `delay_s` before the answer, or before anything is done where `late`
    PARTIAL_FILL = "partial-fill"  # the next order fills only `share`
    DELAY_VISIBLE = "delay-visible"  # reads do not show the order for `delay_s`


ORDER_KINDS = frozenset({FaultKind.PARTIAL_FILL, FaultKind.DELAY_VISIBLE})  # no read has them
HOLD_S = Decimal(60)
DELAY_S = Decimal(3)
RETRY_AFTER_S = 5
SHARE = Decimal("0.5")
STATUS = 503
ARMED_MAX = 1_000
GOOD_MAX = 512


@dataclass(slots=True, kw_only=True)
class Fault:
    """One armed fault."""

    path: str  # exact, or a prefix; empty is any
    method: str  # upper case; empty is any
    kind: FaultKind
    times: int = 1  # left to strike
    after: int = 0  # matching requests to let by first
    status: int = STATUS
    code: str = ""
    message: str = ""
    body: str | None = None
    delay_s: float = float(DELAY_S)
    hold_s: float = float(HOLD_S)
    share: Decimal = SHARE
    retry_after_s: int = RETRY_AFTER_S
    executed: bool | None = None  # None: as the kind has it
    late: bool = False

    def hits(self, method: str, path: str) -> bool:
        """Say whether a request is of the kind that this fault waits for."""
        if self.kind in ORDER_KINDS and method != "POST":
            return False
        return self.method in {"", method} and path.startswith(self.path)

    def row(self) -> dict[str, object]:
        """Return it for people."""
        return {
            "path": self.path or "any",
            "method": self.method or "any",
            "kind": self.kind.value,
            "times": self.times,
            "after": self.after,
        }


@dataclass(slots=True)
class Faults:
    """All armed faults, in the order in which they were armed."""

    armed: list[Fault] = field(default_factory=list)
    struck: int = 0

    def arm(self, fault: Fault) -> None:
        """Arm one. Raises ValueError beyond a sane number."""
        if len(self.armed) >= ARMED_MAX:
            raise ValueError(f"{ARMED_MAX} faults are armed already")
        self.armed.append(fault)

    def strike(self, method: str, path: str) -> Fault | None:
        """Return the fault that hits this request, if any, and count it."""
        for fault in self.armed:
            if not fault.hits(method, path):
                continue
            if fault.after > 0:
                fault.after -= 1
                continue
            fault.times -= 1
            if fault.times <= 0:
                self.armed.remove(fault)
            self.struck += 1
            return fault
        return None
