"""Our intents against the venue's reports: settled, live, unknown, absent."""

from __future__ import annotations

from dataclasses import dataclass, replace

from counterpoise.core.foreign import stopped
from counterpoise.core.orders import HoldReason, Intent, IntentState, OrderReport, VenueStatus
from counterpoise.core.sides import Sides
from counterpoise.core.state import AssetMemory
from counterpoise.core.units import ZERO, plain

NOT_FOUND_MIN = 2  # look-ups that must say so once the order can no longer be accepted


def reported(intent: Intent, report: OrderReport, *, now_ms: int, proof: str) -> Intent:
    """
    Return the intent as the venue's report shows it.

    Only what the venue says was filled counts as filled: an acknowledgement is no fill. More
    filled than ordered is booked as it is, for the position will show it.
    """
    state = _state_of(report)
    return replace(
        intent,
        state=state,
        venue_order_id=report.venue_order_id,
        filled_size=report.filled_size,
        price_average=report.price_average,
        settled_at_ms=None if state.live else now_ms,
        proof=proof,
    )


def _state_of(report: OrderReport) -> IntentState:
    match report.status:
        case VenueStatus.OPEN:
            return IntentState.ACKNOWLEDGED
        case VenueStatus.FILLED:
            return IntentState.FILLED
        case VenueStatus.ENDED:
            return IntentState.PART_FILLED if report.filled_size else IntentState.CANCELLED
        case VenueStatus.REJECTED:
            return IntentState.REJECTED


def refused(intent: Intent, *, code: str, now_ms: int, proof: str) -> Intent:
    """Return the intent as refused by the venue, or proved unsent."""
    return replace(intent, state=IntentState.REJECTED, code=code, settled_at_ms=now_ms, proof=proof)


def unconfirmed(intent: Intent, *, cause: str) -> Intent:
    """Return the intent with its outcome unknown. What is acknowledged stays so."""
    if intent.state is IntentState.ACKNOWLEDGED:
        return intent
    return replace(intent, state=IntentState.UNKNOWN, proof=cause)


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """What speaks for an order never having been accepted."""

    not_found: int  # look-ups that said so, all begun after the order could last be accepted
    resting: bool  # an order with its id rests in the book
    strange_trade: bool  # the account traded the instrument since, and no order of ours explains it


def absent(intent: Intent, evidence: Absence, *, now_ms: int) -> Intent | None:
    """
    Return the intent as proved absent, or None where that is not proved.

    An acknowledged order was accepted: no look-up proves otherwise.
    """
    if intent.state is IntentState.ACKNOWLEDGED:
        return None
    if evidence.not_found < NOT_FOUND_MIN or evidence.resting or evidence.strange_trade:
        return None
    proof = f"not found {evidence.not_found} times after its last moment, no trade of it"
    return replace(intent, state=IntentState.ABSENT, settled_at_ms=now_ms, proof=proof)


def after_settlement(memory: AssetMemory, intent: Intent, *, at_ms: int) -> AssetMemory:
    """
    Return the memory once an intent is settled.

    The position it implies is believed at once, and is unconfirmed until a later snapshot shows
    it. A correction ends when its last order filled whole.
    """
    memory = replace(memory, carried=intent.sequence)
    if intent.filled_size != ZERO:
        memory = replace(
            memory,
            position=intent.position_after,
            sides=_sides_after(memory, intent),
            position_at_ms=at_ms,
            unconfirmed_since_ms=at_ms,
        )
    if abs(intent.filled_size) > abs(intent.order.size):
        more = plain(abs(intent.filled_size) - abs(intent.order.size))
        detail = f"{intent.client_order_id} filled {more} more than it ordered"
        memory = stopped(memory, HoldReason.BOOKS_APART, detail)
    if intent.order.completes and intent.state is IntentState.FILLED:
        memory = replace(memory, correcting=None, corrected_at_ms=at_ms)
    return _counted(memory, intent, at_ms)


def _sides_after(memory: AssetMemory, intent: Intent) -> Sides | None:
    """Return what an order made of the sides: one that shrinks closes, any other one opens."""
    if memory.sides is None:
        return None
    return memory.sides.after(intent.filled_size, closing=intent.order.reduce_only)


BACK_OFF_FIRST_MS = 10_000
BACK_OFF_MAX_MS = 3_600_000
EMPTIES_FREE = 2  # orders that filled nothing before the first pause
EMPTY_PAUSE_FIRST_MS = 1_000
EMPTY_PAUSE_MAX_MS = 60_000


def _counted(memory: AssetMemory, intent: Intent, at_ms: int) -> AssetMemory:
    """
    Double the pause after each refusal in a row; any other end clears it.

    Orders that the venue takes and nothing fills are paced too, gently and after the second: a
    book that moves faster than we look is no reason to send an order every cycle.
    """
    if intent.state is IntentState.CANCELLED:
        empties = memory.empties + 1
        until_ms = at_ms + _empty_pause_ms(empties)
        cleared = replace(memory, refusals=0, back_off_until_ms=0)
        return replace(cleared, empties=empties, empty_until_ms=until_ms)
    memory = replace(memory, empties=0, empty_until_ms=0)
    if intent.state is not IntentState.REJECTED:
        return replace(memory, refusals=0, back_off_until_ms=0)
    refusals = memory.refusals + 1
    return replace(memory, refusals=refusals, back_off_until_ms=at_ms + _pause_ms(refusals))


def _empty_pause_ms(empties: int) -> int:
    if empties <= EMPTIES_FREE:
        return 0
    doublings = min(empties - EMPTIES_FREE, 20)
    return min(EMPTY_PAUSE_FIRST_MS << doublings, EMPTY_PAUSE_MAX_MS)


def _pause_ms(refusals: int) -> int:
    doublings = min(max(refusals - 1, 0), 20)
    return min(BACK_OFF_FIRST_MS << doublings, BACK_OFF_MAX_MS)


def paused(memory: AssetMemory, *, now_ms: int) -> AssetMemory:
    """Return the memory with no pause longer than its cause asks, should the clock go back."""
    back_off_ms = min(memory.back_off_until_ms, now_ms + _pause_ms(memory.refusals))
    empty_ms = min(memory.empty_until_ms, now_ms + _empty_pause_ms(memory.empties))
    if (memory.back_off_until_ms, memory.empty_until_ms) == (back_off_ms, empty_ms):
        return memory
    return replace(memory, back_off_until_ms=back_off_ms, empty_until_ms=empty_ms)
