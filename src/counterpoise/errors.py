"""Every error, named for what the caller does next."""

from __future__ import annotations


class CounterpoiseError(Exception):
    """
    Base of all our own errors.

    `hint` is the next thing a person would do about it; `detail` is what another library or an
    exchange said, kept apart from our own words.
    """

    def __init__(self, message: str, *, hint: str = "", detail: str = "") -> None:
        """Keep the message, the next step and the foreign words apart."""
        super().__init__(message)
        self.hint = hint
        self.detail = detail

    @property
    def advice(self) -> str:
        """Return what failed, with the next step where one is known."""
        return f"{self}: {self.hint}" if self.hint else str(self)


class SettingsError(CounterpoiseError):
    """The settings cannot be used. Mend the file; nothing was started or sent."""


class AccountChanged(SettingsError):
    """The account's own modes are not what orders are made for, or were changed. Halt."""


class SnapshotError(CounterpoiseError):
    """A reply lacks something or makes no sense. Nothing may be sized from it; read again later."""


class GatewayError(CounterpoiseError):
    """An exchange call failed. Raised only as one of those below."""


class Unavailable(GatewayError):
    """
    The request had no effect. Try again later, not before `retry_after_s`.

    `code` is the exchange's own, where it refused; empty where nothing was heard from it.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        hint: str = "",
        detail: str = "",
        retry_after_s: float = 0.0,
    ) -> None:
        """Keep the pause that the exchange asked for, in seconds; zero where it asked for none."""
        super().__init__(message, hint=hint, detail=detail)
        self.code = code
        self.retry_after_s = retry_after_s


class Unsent(Unavailable):
    """No byte of the request left this machine."""


class OutcomeUnknown(GatewayError):
    """A write may have taken effect. Look it up by client order id; never send it again."""


class Rejected(GatewayError):
    """The exchange refused, with `code`. The same request will be refused again."""

    def __init__(self, message: str, *, code: str, hint: str = "", detail: str = "") -> None:
        """Keep the exchange's own code for the refusal."""
        super().__init__(message, hint=hint, detail=detail)
        self.code = code


class Unauthorized(GatewayError):
    """The credentials were refused. Halt; a person must mend them."""


class DoorRefused(GatewayError):
    """The door let nothing out: the mode does not allow this host, path or method."""


class JournalError(CounterpoiseError):
    """The journal cannot be read or written. No journal, no order."""


class JournalMismatch(JournalError):
    """The journal belongs to another portfolio, mode or newer version. Refuse to start."""


class JournalHeld(JournalError):
    """Another daemon holds the journal or the account. Refuse to start."""


class LiveIntentExists(JournalError):
    """The instrument already has a live intent. Settle that one first."""


class Undelivered(CounterpoiseError):
    """
    An alert or a heartbeat did not arrive, or nobody said that it did.

    Send it again, not before `retry_after_s`: it may arrive twice, which does no harm. `refused`
    where the receiver would have none of it: another message may fare better.
    """

    def __init__(
        self, message: str, *, hint: str = "", retry_after_s: float = 0.0, refused: bool = False
    ) -> None:
        """Keep the pause that the receiver asked for, in seconds; zero where it asked for none."""
        super().__init__(message, hint=hint)
        self.retry_after_s = retry_after_s
        self.refused = refused
