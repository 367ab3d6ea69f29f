"""What must survive a restart: who may trade, and what is remembered of each asset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from counterpoise.core.instrument import Asset
from counterpoise.core.orders import Cause, HoldReason, Rule
from counterpoise.core.sides import Sides


class AccountState(StrEnum):
    """Whether the daemon may trade. Only a person leaves `pause` and `halt`."""

    RUN = "run"
    PAUSE = "pause"
    HALT = "halt"


class Command(StrEnum):
    """What a person can tell a running daemon."""

    PAUSE = "pause"
    RESUME = "resume"
    HALT = "halt"
    FLATTEN = "flatten"


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorCommand:
    """One command of a person, as written to the journal."""

    number: int
    command: Command
    by: str
    reason: str
    at_ms: int
    asset: Asset | None = None  # None: all of them
    obeyed_at_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """The latched state of the account."""

    state: AccountState = AccountState.RUN
    by: str = ""
    reason: str = ""
    at_ms: int = 0
    flattening: bool = False  # positions are being closed, while paused


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetMemory:
    """What is believed of one asset since it was last proved. Times are wall clock."""

    balances: Mapping[str, Decimal] = field(default_factory=dict)  # by source, base units
    balances_at_ms: Mapping[str, int] = field(default_factory=dict)  # the venue's clock: changed
    terms: str = ""  # of the perpetual; empty before it was first seen
    position: Decimal | None = None  # size: last seen, or implied by our fills since
    position_at_ms: int = 0
    sides: Sides | None = None  # of that position; None in one-way mode
    unconfirmed_since_ms: int | None = None  # an order settled; no snapshot shows it yet
    strange_position: Decimal | None = None  # a size that nothing explains
    strange_since_ms: int | None = None
    drifted_since_ms: int | None = None
    carried: int = 0  # number of the last ended order whose end this memory holds
    correcting: Rule | None = None  # a correction is under way
    corrected_at_ms: int | None = None  # when the last one ended
    calendar_at_ms: int | None = None  # when the calendar last set one off
    refusals: int = 0  # in a row
    back_off_until_ms: int = 0
    empties: int = 0  # orders in a row that filled nothing
    empty_until_ms: int = 0
    seen_at_ms: int = 0  # when a snapshot last showed the believed position
    moved: Cause | None = None  # who else last traded it
    moved_at_ms: int = 0
    stopped: HoldReason | None = None  # until a person says that what is shown is right
    stopped_detail: str = ""
