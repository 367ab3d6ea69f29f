"""How a run is conducted, apart from its profile: what a replay, a hunt or a shrink asks for."""

from __future__ import annotations

from dataclasses import dataclass

Decision = tuple[str, int]  # the name of a fault, and the how-manieth chance of it that struck


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """Left alone, a run draws everything from its seed and lives to its end."""

    crash_at: frozenset[int] = frozenset()  # numbers of taps
    only: frozenset[Decision] | None = None  # strike just these, whatever the dice say
    hasty: bool = False  # end with the first violation


def spelled(decision: Decision) -> str:
    """Return a decision as text, `order.lost 3`."""
    return f"{decision[0]} {decision[1]}"


def read(text: str) -> Decision:
    """Return the decision that a text spells."""
    name, _, number = text.rpartition(" ")
    return name, int(number)
