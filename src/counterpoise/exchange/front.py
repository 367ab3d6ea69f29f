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
QUESTION_PARAMS = (  # of all venues; none has two that mean different things
    *("symbol", "orderId", "origClientOrderId", "incomeType", "asset"),
    *("category", "settleCoin", "orderLinkId", "openOnly", "execType", "coin", "accountType"),
    *("instType", "instId", "ordId", "clOrdId", "ccy", "type"),
    *("clientOrderId", "clientOrderID", "states"),
    *("user", "oid", "startTime", "endTime"),
)
ASKED_BY_POST = frozenset({"/info"})  # questions that have a body


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
            return self._logged(Answer(self.carried_out(call)), entry)
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
                answer.response = self.carried_out(replace(answer.late, now=now))
                if answer.entry is not None:
                    answer.entry.status = answer.response.status

    def carried_out(self, call: Call) -> HttpResponse:
        """Return the venue's true answer to a call, which by then is carried out."""
        self.settling.catch_up(call.now)
        response = self.dialect.answer(call)
        asking = call.method == "GET" or call.path in ASKED_BY_POST
        if asking and response.status == STATUS_OK:
            self._keep(_question(call), response)
        return response

    def earlier(self, call: Call) -> HttpResponse | None:
        """Return the oldest good answer to the same question, if it was ever asked."""
        return self._good.get(_question(call))

    def _logged(self, answer: Answer, entry: LoggedRequest) -> Answer:
        entry.status = answer.response.status if answer.response else None
        answer.entry = entry
        return answer

    def _keep(self, question: tuple[str, ...], response: HttpResponse) -> None:
        """Keep the first good answer to a question, of the latest questions."""
        if question not in self._good:
            if len(self._good) >= GOOD_MAX:
                self._good.pop(next(iter(self._good)))
            self._good[question] = response


def _status(front: Front, call: Call, fault: Fault) -> Answer:
    if fault.executed:
        front.carried_out(call)
    if fault.code:
        body = front.dialect.rejection(fault.code, fault.message).body
        return Answer(HttpResponse(status=fault.status, headers=JSON, body=body))
    page = HTML_PAGE if fault.body is None else fault.body.encode()
    headers = JSON if page.startswith((b"{", b"[")) else HTML
    return Answer(HttpResponse(status=fault.status, headers=headers, body=page))


def _timeout_before(_front: Front, _call: Call, fault: Fault) -> Answer:
    return Answer(None, fault.hold_s)


def _timeout_after(front: Front, call: Call, fault: Fault) -> Answer:
    front.carried_out(call)
    return Answer(None, fault.hold_s)


def _cut_body(front: Front, call: Call, _fault: Fault) -> Answer:
    return Answer(front.carried_out(call), cut=True)


def _html(front: Front, call: Call, fault: Fault) -> Answer:
    _carried_out_unless_told(front, call, fault)
    return Answer(HttpResponse(status=STATUS_OK, headers=HTML, body=HTML_PAGE))


def _empty(front: Front, call: Call, fault: Fault) -> Answer:
    _carried_out_unless_told(front, call, fault)
    body = (fault.body or "").encode()
    return Answer(HttpResponse(status=STATUS_OK, headers=JSON, body=body))


def _carried_out_unless_told(front: Front, call: Call, fault: Fault) -> None:
    if fault.executed is not False:
        front.carried_out(call)


def _stale(front: Front, call: Call, _fault: Fault) -> Answer:
    """Answer as long ago; a question never asked before has only one answer."""
    return Answer(front.earlier(call) or front.carried_out(call))


def _reject(front: Front, _call: Call, fault: Fault) -> Answer:
    return Answer(front.dialect.rejection(fault.code, fault.message))


def _rate_limit(front: Front, _call: Call, fault: Fault) -> Answer:
    return Answer(front.dialect.limited(429, fault.retry_after_s))


def _ban(front: Front, _call: Call, fault: Fault) -> Answer:
    return Answer(front.dialect.limited(418, fault.retry_after_s))


def _slow(front: Front, call: Call, fault: Fault) -> Answer:
    if fault.late:
        return Answer(None, fault.delay_s, late=call)
    return Answer(front.carried_out(call), fault.delay_s)


def _partial_fill(front: Front, call: Call, fault: Fault) -> Answer:
    return Answer(front.carried_out(replace(call, effects=Effects(fill_share=fault.share))))


def _delay_visible(front: Front, call: Call, fault: Fault) -> Answer:
    return Answer(front.carried_out(replace(call, effects=Effects(hide_s=fault.delay_s))))


KINDS: Mapping[FaultKind, Callable[[Front, Call, Fault], Answer]] = {
    FaultKind.STATUS: _status,
    FaultKind.TIMEOUT_BEFORE: _timeout_before,
    FaultKind.TIMEOUT_AFTER: _timeout_after,
    FaultKind.CUT_BODY: _cut_body,
    FaultKind.HTML: _html,
    FaultKind.EMPTY: _empty,
    FaultKind.STALE: _stale,
    FaultKind.REJECT: _reject,
    FaultKind.RATE_LIMIT: _rate_limit,
    FaultKind.BAN: _ban,
    FaultKind.SLOW: _slow,
    FaultKind.PARTIAL_FILL: _partial_fill,
    FaultKind.DELAY_VISIBLE: _delay_visible,
}


def _question(call: Call) -> tuple[str, ...]:
    """Return what a read asks, apart from when and by whom."""
    return (call.path, *(call.params.get(name, "") for name in QUESTION_PARAMS))
