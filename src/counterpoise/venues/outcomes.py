"""What a failed request means for the caller, by the venue's own code: a table, and doubt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from counterpoise.errors import (
    CounterpoiseError,
    GatewayError,
    OutcomeUnknown,
    Rejected,
    SnapshotError,
    Unauthorized,
    Unavailable,
    Unsent,
)
from counterpoise.venues.dialect import Outcome, Profile
from counterpoise.venues.redaction import Redactor

LIMITED_PAUSE_S = 10.0  # where the venue says "too many" and not for how long
SUCCESSES = range(200, 300)
HTTP_NOT_SERVED = frozenset({400, 403, 404, 405, 409, 410, 422, 451})
HTTP_BAD_CREDENTIALS = frozenset({401, 407, 511})

# ccxt's classes for what it refuses before it signs anything
LOCAL_REFUSALS = frozenset(
    {"ArgumentsRequired", "BadSymbol", "ExchangeClosedByUser", "InvalidOrder", "NotSupported"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer that is no success: its status, and the venue's own code where it gave one."""

    status: int
    code: str = ""
    message: str = ""
    readable: bool = True  # False: HTML, nothing, or cut off
    retry_after_s: float = 0.0


class VenueError(Exception):
    """The venue answered, and the answer is no success."""

    def __init__(self, reply: Reply) -> None:
        """Keep the answer."""
        super().__init__(f"HTTP {reply.status}, code {reply.code or 'none'}")
        self.reply = reply


class NotServed(Unavailable):
    """A read that is not to be had here. The same one fails again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Says what errors mean, for one venue."""

    profile: Profile
    redactor: Redactor

    def classify(self, error: Exception, *, writing: bool) -> CounterpoiseError:
        """
        Say what a failed request means for the caller.

        A write counts as without effect only on proof: a code that this venue documents as a
        refusal, or a failure before any byte left. ccxt's class alone proves nothing (the same
        code arrives under different classes by market and host), so anything new becomes
        OutcomeUnknown and costs one look-up, not a second order.
        """
        if isinstance(error, VenueError):
            return self._answered(error.reply, writing=writing)
        if isinstance(error, CounterpoiseError):
            return self._ours(error, writing=writing)
        return self._local(error, writing=writing)

    def _answered(self, reply: Reply, *, writing: bool) -> CounterpoiseError:
        outcome = self.profile.outcome(reply.code) if reply.code else None
        if outcome is Outcome.REFUSED and self._duplicate(reply):
            outcome = Outcome.EXISTS
        said = f"{self.profile.exchange} answered {_named(reply)}"
        detail = self.redactor.redacted(reply.message)
        hint = self.profile.hints.get(reply.code, "")
        match outcome:
            case Outcome.UNAUTHORIZED:
                return Unauthorized(said, hint=hint, detail=detail)
            case Outcome.LIMITED:
                pause_s = reply.retry_after_s or LIMITED_PAUSE_S
                return Unavailable(
                    said, code=reply.code, hint=hint, detail=detail, retry_after_s=pause_s
                )
            case Outcome.PASSING:
                return Unavailable(said, code=reply.code, hint=hint, detail=detail)
            case Outcome.REFUSED if writing:
                return Rejected(said, code=reply.code, hint=hint, detail=detail)
        if writing:
            return OutcomeUnknown(said, hint=hint, detail=detail)
        if outcome is Outcome.REFUSED:
            return NotServed(said, hint=hint, detail=detail)
        return _failed_read(reply, said, detail)

    def _duplicate(self, reply: Reply) -> bool:
        return any(words in reply.message for words in self.profile.duplicate_texts)

    def _ours(self, error: CounterpoiseError, *, writing: bool) -> CounterpoiseError:
        if writing and isinstance(error, SnapshotError):
            return OutcomeUnknown(str(error), hint=error.hint, detail=error.detail)
        if not writing and isinstance(error, OutcomeUnknown):
            return Unavailable(str(error), hint=error.hint, detail=error.detail)
        return error

    def _local(self, error: Exception, *, writing: bool) -> GatewayError:
        """Judge what ccxt itself raised: no answer was read, so only its name is known."""
        names = {kind.__name__ for kind in type(error).__mro__}
        said = f"ccxt gave up on {self.profile.exchange}: {type(error).__name__}"
        detail = self.redactor.redacted(str(error))
        if "AuthenticationError" in names:
            hint = "set api_key and api_secret of this venue"
            return Unauthorized(said, hint=hint, detail=detail)
        if names & LOCAL_REFUSALS:
            return Unsent(said, detail=detail) if writing else NotServed(said, detail=detail)
        if writing:
            return OutcomeUnknown(said, detail=detail)
        return Unavailable(said, detail=detail)


def _named(reply: Reply) -> str:
    if reply.code:
        return f"code {reply.code}"
    if not reply.readable:
        return f"HTTP {reply.status} with a body that is no JSON"
    return f"HTTP {reply.status}"


def _failed_read(reply: Reply, said: str, detail: str) -> CounterpoiseError:
    if reply.status in SUCCESSES and not reply.readable:
        return SnapshotError(said, detail=detail)
    if reply.status in HTTP_BAD_CREDENTIALS and not reply.code:
        return Unauthorized(said, detail=detail)
    if reply.status in HTTP_NOT_SERVED and not reply.code:
        return NotServed(said, detail=detail)
    return Unavailable(said, detail=detail, retry_after_s=reply.retry_after_s)


def is_not_found(reply: Reply, profile: Profile) -> bool:
    """Say whether the venue answered that it knows no such order."""
    return profile.outcome(reply.code) is Outcome.NOT_FOUND


def codes_of(table: Mapping[Outcome, str]) -> Mapping[str, Outcome]:
    """Return the outcome by code, from lists of codes that may hold ranges as `-1100..-1106`."""
    found: dict[str, Outcome] = {}
    for outcome, listed in table.items():
        for word in listed.split():
            first, _, last = word.partition("..")
            low, high = sorted((int(first), int(last or first)))
            for number in range(low, high + 1):
                if found.setdefault(str(number), outcome) is not outcome:
                    raise ValueError(f"code {number} is both {found[str(number)]} and {outcome}")
    return found
