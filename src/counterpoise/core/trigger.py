"""Whether to act: drift, sustain, cooldown, calendar, start."""

from __future__ import annotations

from dataclasses import dataclass, replace

from counterpoise.core.orders import HoldReason, Rule
from counterpoise.core.policy.policy import Trigger
from counterpoise.core.state import AssetMemory


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What might set off a correction of one asset, now."""

    now_ms: int
    outside: bool  # drift is beyond the band
    calendar_due: bool
    starting: bool


def timed(memory: AssetMemory, occasion: Occasion) -> AssetMemory:
    """
    Return the memory with its timers set for this moment.

    A time from the future, left by a clock that has since stepped back, counts as now: no wait
    is ever longer than the settings say.
    """
    now = occasion.now_ms
    since = min(memory.drifted_since_ms or now, now) if occasion.outside else None
    ended = None if memory.corrected_at_ms is None else min(memory.corrected_at_ms, now)
    if (memory.drifted_since_ms, memory.corrected_at_ms) == (since, ended):
        return memory
    return replace(memory, drifted_since_ms=since, corrected_at_ms=ended)


def fired(memory: AssetMemory, trigger: Trigger, occasion: Occasion) -> Rule | HoldReason:
    """
    Return the rule that asks for a correction, or the reason for waiting.

    `memory` has its timers set (`timed`). A correction once begun goes on to its end: sustain and
    cooldown gate its beginning only.
    """
    if memory.correcting is not None:
        return memory.correcting
    if occasion.calendar_due:
        return Rule.CALENDAR
    if occasion.starting and trigger.on_start:
        return Rule.START
    if not occasion.outside or memory.drifted_since_ms is None:
        return HoldReason.IN_BAND
    if occasion.now_ms - memory.drifted_since_ms < trigger.sustain_ms:
        return HoldReason.SUSTAIN
    ended = memory.corrected_at_ms
    if ended is not None and occasion.now_ms - ended < trigger.cooldown_ms:
        return HoldReason.COOLDOWN
    return Rule.DRIFT
