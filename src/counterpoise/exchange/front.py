"""The front of the exchange: every request passes here, is logged, and may meet a fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from counterpoise.exchange.dialects.dialect import Call, Dialect, Effects
from counterpoise.exchange.faults import GOOD_MAX, Fault, FaultKind, Faults
from counterpoise.exchange.moment import SECOND_MS, Moment
from counterpoise.exchange.request_log import LoggedRequest, RequestLog
from counterpoise.exchange.settling import Settling
from counterpoise.ports import HttpResponse

STATUS_OK = 200
HTML_PAGE = b"<html><head><title>Maintenance</title></head><body>Please wait.</body></html>"
HTML = {"Content-Type": "text/html; charset=utf-8"}
JSON = {"Content-Type": "application/json;charset=UTF-8"}
QUESTION_PARAMS = ("symbol", "orderId", "origClientOrderId", "incomeType", "asset")


@dataclass(slots=True)
class Answer:
    """What the wire has to do for a request."""

    response: HttpResponse | None  # None: no answer ever comes
    delay_s: float = 0.0  # until it is given, or until the connection is closed without one
    cut: bool = False  # only half of the body arrives
    late: Call | None = None  # to be carried out only after the delay
    entry: LoggedRequest | None = None


@dataclass(slots=True, kw_only=True)
class Front:
    """Faults and the log in front of a dialect."""

    dialect: Dialect
    settling: Settling
    log: RequestLog
    faults: Faults = field(default_factory=Faults)
    _good: dict[tuple[str, ...], HttpResponse] = field(default_factory=dict)
    _late: list[tuple[int, Answer]] = field(default_factory=list)  # wall time when due

    def answer(self, call: Call) -> Answer:
        """Carry out a call, unless a fault has something else in mind."""
        entry = self.log.add(call)
        fault = self.faults.strike(call.method, call.path)
        if fault is None:
            return self._logged(Answer(self._carried_out(call)), entry)
        entry.fault = fault.kind.value
        answer = self._logged(KINDS[fault.kind](self, call, fault), entry)
        if answer.late is not None:
            self._late.append((call.now.wall_ms + round(answer.delay_s * SECOND_MS), answer))
        return answer

    def carry_out_late(self, now: Moment, awaited: Answer | None = None) -> None:
        """Carry out what was on its way for long, though its sender may be gone by now."""
        waiting, self._late = self._late, []
        for due_ms, answer in waiting:
            if due_ms > now.wall_ms and answer is not awaited:
                self._late.append((due_ms, answer))
            elif answer.late is not None:
                answer.response = self._carried_out(replace(answer.late, now=now))
                if answer.entry is not None:
                    answer.entry.status = answer.response.status

    def _logged(self, answer: Answer, entry: LoggedRequest) -> Answer:
        entry.status = answer.response.status if answer.response else None
        answer.entry = entry
        return answer

    def _carried_out(self, call: Call) -> HttpResponse:
        self.settling.catch_up(call.now)
        response = self.dialect.answer(call)
        if call.method == "GET" and response.status == STATUS_OK and len(self._good) < GOOD_MAX:
            self._good.setdefault(_question(call), response)
        return response

    def _status(self, call: Call, fault: Fault) -> Answer:
        if fault.executed:
            self._carried_out(call)
        if fault.code:
            body = self.dialect.rejection(fault.code, fault.message).body
            return Answer(HttpResponse(status=fault.status, headers=JSON, body=body))
        page = HTML_PAGE if fault.body is None else fault.body.encode()
        return Answer(HttpResponse(status=fault.status, headers=HTML, body=page))

    def _timeout_before(self, _call: Call, fault: Fault) -> Answer:
        return Answer(None, fault.hold_s)

    def _timeout_after(self, call: Call, fault: Fault) -> Answer:
        self._carried_out(call)
        return Answer(None, fault.hold_s)

    def _cut_body(self, call: Call, fault: Fault) -> Answer:
        del fault
        return Answer(self._carried_out(call), cut=True)

    def _html(self, call: Call, fault: Fault) -> Answer:
        self._carried_out_unless_told(call, fault)
        return Answer(HttpResponse(status=STATUS_OK, headers=HTML, body=HTML_PAGE))

    def _empty(self, call: Call, fault: Fault) -> Answer:
        self._carried_out_unless_told(call, fault)
        body = (fault.body or "").encode()
        return Answer(HttpResponse(status=STATUS_OK, headers=JSON, body=body))

    def _carried_out_unless_told(self, call: Call, fault: Fault) -> None:
        if fault.executed is not False:
            self._carried_out(call)

    def _stale(self, call: Call, fault: Fault) -> Answer:
        """Answer as long ago; a question never asked before has only one answer."""
        del fault
        return Answer(self._good.get(_question(call)) or self._carried_out(call))

    def _reject(self, _call: Call, fault: Fault) -> Answer:
        return Answer(self.dialect.rejection(fault.code, fault.message))

    def _rate_limit(self, _call: Call, fault: Fault) -> Answer:
        return Answer(self.dialect.limited(429, fault.retry_after_s))

    def _ban(self, _call: Call, fault: Fault) -> Answer:
        return Answer(self.dialect.limited(418, fault.retry_after_s))

    def _slow(self, call: Call, fault: Fault) -> Answer:
        if fault.late:
            return Answer(None, fault.delay_s, late=call)
        return Answer(self._carried_out(call), fault.delay_s)

    def _partial_fill(self, call: Call, fault: Fault) -> Answer:
        return Answer(self._carried_out(replace(call, effects=Effects(fill_share=fault.share))))

    def _delay_visible(self, call: Call, fault: Fault) -> Answer:
        return Answer(self._carried_out(replace(call, effects=Effects(hide_s=fault.delay_s))))


KINDS: Mapping[FaultKind, Callable[[Front, Call, Fault], Answer]] = {
    FaultKind.STATUS: Front._status,  # noqa: SLF001 - the table of its own methods
    FaultKind.TIMEOUT_BEFORE: Front._timeout_before,  # noqa: SLF001
    FaultKind.TIMEOUT_AFTER: Front._timeout_after,  # noqa: SLF001
    FaultKind.CUT_BODY: Front._cut_body,  # noqa: SLF001
    FaultKind.HTML: Front._html,  # noqa: SLF001
    FaultKind.EMPTY: Front._empty,  # noqa: SLF001
    FaultKind.STALE: Front._stale,  # noqa: SLF001
    FaultKind.REJECT: Front._reject,  # noqa: SLF001
    FaultKind.RATE_LIMIT: Front._rate_limit,  # noqa: SLF001
    FaultKind.BAN: Front._ban,  # noqa: SLF001
    FaultKind.SLOW: Front._slow,  # noqa: SLF001
    FaultKind.PARTIAL_FILL: Front._partial_fill,  # noqa: SLF001
    FaultKind.DELAY_VISIBLE: Front._delay_visible,  # noqa: SLF001
}


def _question(call: Call) -> tuple[str, ...]:
    """Return what a read asks, apart from when and by whom."""
    return (call.path, *(call.params.get(name, "") for name in QUESTION_PARAMS))
