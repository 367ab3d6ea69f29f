"""The steps that an intent may take from one recorded state to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from counterpoise.core.orders import Intent, IntentState
from counterpoise.errors import JournalError

_S = IntentState
_FILLED: Final = frozenset({_S.FILLED, _S.PART_FILLED})
_UNFILLED_ENDS: Final = frozenset({_S.CANCELLED, _S.REJECTED, _S.ABSENT})
_ENDS: Final = _FILLED | _UNFILLED_ENDS

# From a state to those it may become. A state not named on the left is an end.
STEPS: Final[Mapping[IntentState, frozenset[IntentState]]] = {
    _S.PLANNED: frozenset({_S.SENT, _S.ABSENT}),
    _S.SENT: frozenset({_S.ACKNOWLEDGED, _S.UNKNOWN}) | _ENDS,
    # An order that was acknowledged exists: "not found" after that is a lagging read.
    _S.ACKNOWLEDGED: frozenset({_S.ACKNOWLEDGED, _S.UNKNOWN}) | (_ENDS - {_S.ABSENT}),
    _S.UNKNOWN: frozenset({_S.ACKNOWLEDGED, _S.UNKNOWN}) | _ENDS,
}

# What may still be added to an intent that has ended, once, where it was not known.
_ADDED_LATER: Final = ("venue_order_id", "price_average", "fee", "fee_asset")


def check_step(before: Intent, after: Intent, now_ms: int) -> None:
    """Raise JournalError unless an order can go from `before` to `after` at wall clock `now_ms`."""
    _check_same_order(before, after)
    if before.state in STEPS:
        _check_live_step(before, after, now_ms)
    else:
        _check_addition(before, after)


def _check_same_order(before: Intent, after: Intent) -> None:
    """Refuse an outcome that belongs to another order, or to an edited one."""
    for field in ("client_order_id", "sequence", "cycle", "order", "sent_at_ms", "expires_at_ms"):
        if getattr(before, field) != getattr(after, field):
            raise _refused(before, f"its {field} is not the one recorded")


def _check_live_step(before: Intent, after: Intent, now_ms: int) -> None:
    """Refuse a step that no order takes, or that lacks the proof it needs."""
    if after.state not in STEPS[before.state]:
        raise _refused(before, f"it cannot become {after.state}")
    if after.venue_order_id not in ("", before.venue_order_id) and before.venue_order_id:
        raise _refused(before, "the exchange's own id of it cannot change")
    _check_filled(before, after)
    if after.state is not _S.ABSENT:
        return
    if not after.proof:
        raise _refused(before, "absence needs a proof")
    if before.state is _S.UNKNOWN and now_ms <= before.expires_at_ms:
        raise _refused(before, "the exchange may still accept it")


def _check_filled(before: Intent, after: Intent) -> None:
    """Refuse a filled size that disagrees with the state, the side, or what filled before."""
    filled = after.filled_size
    if filled * before.order.size < 0:
        raise _refused(before, f"it cannot have filled {filled} against its side")
    if abs(filled) < abs(before.filled_size):
        raise _refused(before, f"what filled cannot shrink to {filled}")
    if after.state in _FILLED and filled == 0:
        raise _refused(before, f"it cannot be {after.state} with nothing filled")
    if after.state in _UNFILLED_ENDS and filled != 0:
        raise _refused(before, f"it cannot be {after.state} with {filled} filled")


def _check_addition(before: Intent, after: Intent) -> None:
    """Refuse any change of an ended intent but the first word on what was not known of it."""
    added = {
        field: getattr(after, field)
        for field in _ADDED_LATER
        if getattr(before, field) in (None, "")
    }
    if replace(before, **added) != after:
        raise _refused(before, "it has ended and is never edited")


def _refused(before: Intent, why: str) -> JournalError:
    """Return the error for a step that was not recorded."""
    return JournalError(
        f"order {before.client_order_id} is {before.state}: {why}",
        hint=f"counterpoise explain {before.client_order_id}",
    )
