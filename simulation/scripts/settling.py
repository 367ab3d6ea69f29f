"""What an order's end makes of what is believed, step by step, with figures worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal, localcontext

from counterpoise.core.orders import Intent, IntentState, Order, Rule, VenueStatus
from counterpoise.core.settlement import (
    Absence,
    absent,
    after_settlement,
    paused,
    refused,
    reported,
    unconfirmed,
)
from counterpoise.core.state import AssetMemory
from counterpoise.core.units import CONTEXT
from simulation.findings import Violation
from simulation.scripts.case import NEUTRAL, NOW_MS, of
from tests.worlds import intent_of, report_of

D = Decimal
S, V = IntentState, VenueStatus
MINUTE_MS = 60_000
REPORTS: tuple[tuple[VenueStatus, str, IntentState], ...] = (
    (V.OPEN, "0", S.ACKNOWLEDGED),
    (V.OPEN, "-4", S.ACKNOWLEDGED),
    (V.FILLED, "-10", S.FILLED),
    (V.ENDED, "-4", S.PART_FILLED),
    (V.ENDED, "0", S.CANCELLED),
    (V.REJECTED, "0", S.REJECTED),
)
PROVED = Absence(not_found=2, resting=False, strange_trade=False)
REFUSALS_S = (10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600, 3_600)
EMPTIES_S = (0, 0, 2, 4, 8, 16, 32, 60, 60)


def _order() -> Order:
    (order, _) = of(NEUTRAL).decided().orders
    return order


def _ends(state: IntentState, filled: str = "0", *, completes: bool = True) -> Intent:
    intent = intent_of(replace(_order(), completes=completes), state=state)
    return replace(intent, filled_size=D(filled))


def _reports() -> Iterator[str]:
    """Say what a report makes of an intent: filled is what the venue says was filled."""
    sent = intent_of(_order())
    for status, filled, state in REPORTS:
        made = reported(sent, report_of(sent, D(filled), status), now_ms=NOW_MS, proof="x")
        settled = None if state.live else NOW_MS
        if (made.state, made.filled_size, made.settled_at_ms) != (state, D(filled), settled):
            yield f"{status} {filled} is {made.state} {made.filled_size} {made.settled_at_ms}"
        if made.venue_order_id != "v1":
            yield f"{status}: the venue's own id is {made.venue_order_id!r}"
    no = refused(sent, code="-1", now_ms=NOW_MS, proof="x")
    if (no.state, no.settled_at_ms) != (S.REJECTED, NOW_MS):
        yield f"refused is {no.state}"


def _absences() -> Iterator[str]:
    """Say what counts as proof of absence."""
    unknown = unconfirmed(intent_of(_order()), cause="x")
    if unknown.state is not S.UNKNOWN:
        yield f"without an answer it is {unknown.state}"
    known = unconfirmed(_ends(S.ACKNOWLEDGED), cause="x")
    if known.state is not S.ACKNOWLEDGED:
        yield f"acknowledged, and then {known.state}"
    if absent(known, PROVED, now_ms=NOW_MS) is not None:
        yield "absent though acknowledged"
    for less in (
        replace(PROVED, not_found=1),
        replace(PROVED, resting=True),
        replace(PROVED, strange_trade=True),
    ):
        if absent(unknown, less, now_ms=NOW_MS) is not None:
            yield f"absent by {less}"
    proved = absent(unknown, PROVED, now_ms=NOW_MS)
    if proved is None or proved.state is not S.ABSENT or proved.settled_at_ms != NOW_MS:
        yield f"not absent, though proved: {proved}"


def _beliefs() -> Iterator[str]:
    """Say what is believed once an order has ended."""
    memory = AssetMemory(position=D(0), position_at_ms=1, correcting=Rule.DRIFT)
    for filled, state, completes, ended in (
        ("-10", S.FILLED, True, True),
        ("-10", S.FILLED, False, False),
        ("-4", S.PART_FILLED, True, False),
        ("0", S.CANCELLED, True, False),
        ("0", S.REJECTED, True, False),
        ("0", S.ABSENT, True, False),
    ):
        made = after_settlement(memory, _ends(state, filled, completes=completes), at_ms=NOW_MS)
        shown = NOW_MS if D(filled) else None
        if (made.position, made.unconfirmed_since_ms) != (D(filled), shown):
            yield f"{state} {filled}: believed {made.position} since {made.unconfirmed_since_ms}"
        if (made.correcting is None) is not ended:
            yield f"{state} {filled}, completes {completes}: corrects on {made.correcting}"
        if made.corrected_at_ms != (NOW_MS if ended else None):
            yield f"{state} {filled}: corrected at {made.corrected_at_ms}"
        if made.stopped is not None:
            yield f"{state} {filled}: stopped for {made.stopped}"
    for size in ("-10.5", "-11"):
        made = after_settlement(memory, _ends(S.FILLED, size), at_ms=NOW_MS)
        if made.stopped is None or made.position != D(size):
            yield f"filled {size} of ten: {made.position}, stopped for {made.stopped}"


def _pauses() -> Iterator[str]:
    """Say how long is waited after refusals, and after orders that nothing filled."""
    memory = AssetMemory()
    for number, wait_s in enumerate(REFUSALS_S, 1):
        memory = after_settlement(memory, _ends(S.REJECTED), at_ms=NOW_MS)
        if (memory.refusals, memory.back_off_until_ms - NOW_MS) != (number, wait_s * 1_000):
            yield f"refusal {number}: {memory.back_off_until_ms - NOW_MS} ms"
    early = paused(memory, now_ms=NOW_MS - 7_200_000)
    if early.back_off_until_ms > NOW_MS - 3_600_000:
        yield "a clock set back makes a pause longer"
    for state, filled in ((S.FILLED, "-10"), (S.CANCELLED, "0"), (S.ABSENT, "0")):
        free = after_settlement(memory, _ends(state, filled), at_ms=NOW_MS)
        if free.refusals or free.back_off_until_ms:
            yield f"{state} leaves {free.refusals} refusals"
    memory = AssetMemory()
    for number, wait_s in enumerate(EMPTIES_S, 1):
        memory = after_settlement(memory, _ends(S.CANCELLED), at_ms=NOW_MS)
        if (memory.empties, memory.empty_until_ms - NOW_MS) != (number, wait_s * 1_000):
            yield f"empty {number}: {memory.empty_until_ms - NOW_MS} ms"
    full = after_settlement(memory, _ends(S.PART_FILLED, "-1"), at_ms=NOW_MS)
    if full.empties or full.empty_until_ms:
        yield f"a fill leaves {full.empties} empties"
    early = paused(memory, now_ms=NOW_MS - 10 * MINUTE_MS)
    if early.empty_until_ms > NOW_MS - 9 * MINUTE_MS:
        yield "a clock set back makes a wait longer"


def _said(invariant: str, found: Iterator[str]) -> Iterator[Violation]:
    with localcontext(CONTEXT.copy()):
        try:
            yield from (Violation(invariant=invariant, at_s=0.0, said=said) for said in found)
        except Exception as error:  # noqa: BLE001 - no answer at all
            yield Violation(invariant=invariant, at_s=0.0, said=f"{error!r}")


def outcomes() -> Sequence[Violation]:
    """Try each report, each proof, each end."""
    return [*_said("I-30", _reports()), *_said("I-6", _absences()), *_said("I-3", _beliefs())]


def pauses() -> Sequence[Violation]:
    """Count refusals and empty orders."""
    return list(_said("R9", _pauses()))


SCRIPTS = {"outcomes": outcomes, "pauses": pauses}
