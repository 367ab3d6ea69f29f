"""What MEXC says of the account: who it is, its position mode, leverage and margin modes."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from counterpoise.core.instrument import Symbol
from counterpoise.errors import SnapshotError, Unavailable
from counterpoise.ports import AccountFacts
from counterpoise.venues import mexc_answers as answers
from counterpoise.venues.dialect import Call, Listed, Reads
from counterpoise.venues.mexc_requests import CROSS, HEDGED, ONE_WAY, one_symbol
from counterpoise.venues.shapes import positive, record, text, whole

UID = Call(name="spotPrivateGetUid", method="GET", path="/api/v3/uid")
POSITION_MODE = Call(
    name="contractPrivateGetPositionPositionMode",
    method="GET",
    path="/api/v1/private/position/position_mode",
)
LEVERAGE = Call(
    name="contractPrivateGetPositionLeverage",
    method="GET",
    path="/api/v1/private/position/leverage",
)
CALLS = (UID, POSITION_MODE, LEVERAGE)

HEDGE_MODES: Mapping[int, bool] = {HEDGED: True, ONE_WAY: False}


async def account(reads: Reads, listed: tuple[Listed, ...]) -> AccountFacts:
    """
    Return what MEXC says of the account; each question may go unanswered by itself.

    It has none about the rights of a key: `canWithdraw` of its spot account is the account's, and
    is true of every one. Raises Unauthorized if the credentials are refused.
    """
    leverage, margin_mode = await _symbol_settings(reads, listed)
    hedge_mode = await _hedge_mode(reads)
    return AccountFacts(
        account_id=await _account_id(reads),  # last: spot may refuse it, and then wants a pause
        can_trade_perpetuals=None,
        can_withdraw=None,
        ip_restricted=None,
        hedge_mode=hedge_mode,
        multi_asset_margin=None,
        leverage=leverage,
        margin_mode=margin_mode,
    )


async def _account_id(reads: Reads) -> str | None:
    try:
        return text(record(await reads.read(UID, {}), UID.path), "uid", "account")
    except (Unavailable, SnapshotError):
        return None


async def _hedge_mode(reads: Reads) -> bool | None:
    try:
        answer = {"mode": answers.data(await reads.read(POSITION_MODE, {}), "position mode")}
        return HEDGE_MODES.get(whole(answer, "mode", "position mode"))
    except (Unavailable, SnapshotError):
        return None


async def _symbol_settings(
    reads: Reads, listed: tuple[Listed, ...]
) -> tuple[Mapping[Symbol, Decimal], Mapping[Symbol, str]]:
    """Return the higher leverage of long and short of each contract, and its margin mode."""
    leverage: dict[Symbol, Decimal] = {}
    margin_mode: dict[Symbol, str] = {}
    for one in listed:
        what = f"leverage of {one.instrument.key}"
        try:
            raw = await reads.read(LEVERAGE, one_symbol(one))
            sides = answers.data_rows(raw, what, empty_allowed=False)
            leverage[one.instrument.symbol] = max(positive(row, "leverage", what) for row in sides)
            crossed = all(whole(row, "openType", what) == CROSS for row in sides)
            margin_mode[one.instrument.symbol] = "cross" if crossed else "isolated"
        except (Unavailable, SnapshotError):
            continue
    return leverage, margin_mode
