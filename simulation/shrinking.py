"""A failing job made smaller: shorter, with fewer assets, fewer kinds of faults, fewer faults."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from simulation.conduct import Decision
from simulation.findings import Plain, Violation
from simulation.jobs import Job, done

T = TypeVar("T")
TRIES_MAX = 200

Fails = Callable[[Sequence[T]], bool]


def ddmin(whole: Sequence[T], fails: Fails[T]) -> tuple[T, ...]:
    """
    Return a part of `whole` that still fails, none of whose members can be left out alone.

    By delta debugging (Zeller & Hildebrandt 2002): halves first, then ever smaller pieces. The
    whole is taken to fail; `fails` is asked only about parts.
    """
    left, pieces = tuple(whole), 2
    if left and fails(()):
        return ()
    while len(left) > 1:
        size = -(-len(left) // pieces)
        starts = range(0, len(left), size)
        fewer = (left[:at] + left[at + size :] for at in starts)
        found = next((part for part in fewer if fails(part)), None)
        if found is not None:
            left, pieces = found, max(pieces - 1, 2)
        elif size == 1:
            break
        else:
            pieces = min(2 * pieces, len(left))
    return left


class Shrink:
    """Tries smaller jobs for as long as they break the same invariant, up to a number of tries."""

    def __init__(self, job: Job, tries_max: int = TRIES_MAX) -> None:
        """Begin with the job as it failed."""
        self.job = job
        self.tries = tries_max
        self.found: Plain = done(job, hasty=True).found

    @property
    def violation(self) -> Violation | None:
        """Return the first violation of the smallest job so far."""
        return self.found.violations[0] if self.found.violations else None

    def accepts(self, smaller: Job) -> bool:
        """Say whether a smaller job breaks the same invariant; if so, go on from it."""
        if self.violation is None or self.tries <= 0:
            return False
        self.tries -= 1
        found = done(smaller, hasty=True).found
        same = bool(found.violations) and found.violations[0].invariant == self.violation.invariant
        if same:
            self.job, self.found = smaller, found
        return same

    def shorter(self) -> None:
        """End soon after the violation."""
        if self.violation is not None:
            hours = round(self.violation.at_s / 3600 + 0.05, 2)
            if hours < self.job.drawn().hours:
                self.accepts(replace(self.job, hours=hours))

    def narrower(self) -> None:
        """Have fewer assets."""
        for assets in range(1, self.job.drawn().assets):
            if self.accepts(replace(self.job, assets=assets)):
                return

    def calmer(self) -> None:
        """Turn off kinds of faults, then single ones of what is left."""
        kinds = sorted(self.job.drawn().rates)
        ddmin(kinds, self._fails_with_kinds)
        ddmin(self.found.decided, self._fails_with)

    def _fails_with_kinds(self, kept: Sequence[str]) -> bool:
        rates = self.job.drawn().rates
        without = tuple(sorted({*self.job.without, *(rates.keys() - set(kept))}))
        return self.accepts(replace(self.job, without=without))

    def _fails_with(self, decisions: Sequence[Decision]) -> bool:
        return self.accepts(replace(self.job, only=tuple(decisions)))


def shrunk(job: Job, tries_max: int = TRIES_MAX) -> Job:
    """Return a smaller job that breaks the same invariant first, as far as some tries find one."""
    shrink = Shrink(job, tries_max)
    shrink.shorter()
    shrink.narrower()
    shrink.calmer()
    shrink.shorter()
    return shrink.job
