"""Whose an order is, by its name: ours, a second copy of us, or somebody else's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from counterpoise.core.naming import named_as_ours
from counterpoise.core.orders import Cause
from counterpoise.core.state import AccountState
from counterpoise.ports import Journal

ADVICE = (
    "look for a second daemon on this account and stop it, or put the newest journal back; "
    "then counterpoise resume"
)


class Naming:
    """Knows the names that the journal gave, and those that only another journal can have given."""

    def __init__(
        self, journal: Journal, portfolio: str | None, halt: Callable[[str], Awaitable[None]]
    ) -> None:
        """`portfolio` is None where no order of ours ever reaches the venue."""
        self._journal = journal
        self._portfolio = portfolio
        self._halt = halt

    async def cause(self, client_order_id: str, at_ms: int) -> Cause:
        """
        Return OURS, COPY or FOREIGN for an order that was taken at `at_ms`.

        What came before this journal began, or before a person last resumed, was theirs to judge:
        it is foreign, however it is named.
        """
        if self._portfolio is None or not named_as_ours(client_order_id, self._portfolio):
            return Cause.FOREIGN
        if await self._journal.intent(client_order_id) is not None:
            return Cause.OURS
        return Cause.COPY if at_ms > await self._judged_ms() else Cause.FOREIGN

    async def halt_beside(self, venue: str, names: Sequence[str]) -> None:
        """Halt the account where a second copy of us sent orders with these names."""
        if names:
            await self._halt(
                f"{venue} has {len(names)} order(s) named as ours and not in this journal, such as "
                f"{names[-1]}: a second copy of this portfolio trades on the account, or this "
                f"journal is an older one put back; {ADVICE}"
            )

    async def _judged_ms(self) -> int:
        control = await self._journal.control()
        resumed_ms = control.at_ms if control.state is AccountState.RUN else 0
        return max(await self._journal.created_at_ms(), resumed_ms)
