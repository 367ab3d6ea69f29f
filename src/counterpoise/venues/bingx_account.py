"""What BingX says of the account: the key's rights, position mode, leverage and margin mode."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from counterpoise.core.instrument import Kind, Symbol
from counterpoise.errors import SnapshotError, Unauthorized, Unavailable
from counterpoise.ports import AccountFacts
from counterpoise.venues.bingx_requests import one_symbol
from counterpoise.venues.dialect import Call, Listed, Params, Reads
from counterpoise.venues.shapes import Record, flag, positive, record, text

ACCOUNT_ID = Call(name="accountV1PrivateGetUid", method="GET", path="/openApi/account/v1/uid")
RIGHTS = Call(
    name="accountV1PrivateGetAccountApiRestrictions",
    method="GET",
    path="/openApi/v1/account/apiRestrictions",
)
PERMISSIONS = Call(
    name="accountV1PrivateGetAccountApiPermissions",
    method="GET",
    path="/openApi/v1/account/apiPermissions",
)
POSITION_MODE = Call(
    name="swapV1PrivateGetPositionSideDual", method="GET", path="/openApi/swap/v1/positionSide/dual"
)
ASSET_MODE = Call(
    name="swapV1PrivateGetTradeAssetMode", method="GET", path="/openApi/swap/v1/trade/assetMode"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the settings of one contract are asked."""

    leverage: Call
    margin_mode: Call


SETTINGS: Mapping[Kind, Settings] = {
    Kind.LINEAR: Settings(
        leverage=Call(
            name="swapV2PrivateGetTradeLeverage",
            method="GET",
            path="/openApi/swap/v2/trade/leverage",
        ),
        margin_mode=Call(
            name="swapV2PrivateGetTradeMarginType",
            method="GET",
            path="/openApi/swap/v2/trade/marginType",
        ),
    ),
    Kind.INVERSE: Settings(
        leverage=Call(
            name="cswapV1PrivateGetTradeLeverage",
            method="GET",
            path="/openApi/cswap/v1/trade/leverage",
        ),
        margin_mode=Call(
            name="cswapV1PrivateGetTradeMarginType",
            method="GET",
            path="/openApi/cswap/v1/trade/marginType",
        ),
    ),
}
CALLS = (
    ACCOUNT_ID,
    RIGHTS,
    PERMISSIONS,
    POSITION_MODE,
    ASSET_MODE,
    *(call for one in SETTINGS.values() for call in (one.leverage, one.margin_mode)),
)
MARGIN_MODES: Mapping[str, str] = {
    "CROSSED": "cross",
    "ISOLATED": "isolated",
    "SEPARATE_ISOLATED": "isolated",
}
ASSET_MODES: Mapping[object, bool] = {"singleAssetMode": False, "multiAssetsMode": True}
FUTURES_TRADING, WITHDRAWING = 3, 5  # permissions, by BingX's numbers
NOTHING: Record = {}


async def account(reads: Reads, listed: tuple[Listed, ...]) -> AccountFacts:
    """
    Return what BingX says of the account; each question may go unanswered by itself.

    The simulated account does not answer for a key's rights: those are then unknown.
    """
    mode = await _asked(reads, POSITION_MODE)
    rights = await _asked(reads, RIGHTS, always=True)
    numbers = await _asked(reads, PERMISSIONS, always=True)
    found_id = await _asked(reads, ACCOUNT_ID, always=True)
    leverage, margin_modes = await _settings(reads, listed)
    return AccountFacts(
        account_id=text(found_id, "uid", "account") if "uid" in found_id else None,
        can_trade_perpetuals=_right(rights, "enableFutures", numbers, FUTURES_TRADING),
        can_withdraw=_right(rights, "enableWithdrawals", numbers, WITHDRAWING),
        ip_restricted=_ip_restricted(rights, numbers),
        hedge_mode=_flag(mode, "dualSidePosition"),
        multi_asset_margin=ASSET_MODES.get((await _asked(reads, ASSET_MODE)).get("assetMode")),
        leverage=leverage,
        margin_mode=margin_modes,
    )


async def _asked(
    reads: Reads, call: Call, params: Params | None = None, *, always: bool = False
) -> Record:
    """
    Return the answer to one question, or an empty one where it is not to be had.

    Refused credentials are an answer of their own and raised, except where the question is
    `always` allowed to fail. Whether a key's rights come in the usual envelope is not documented.
    """
    try:
        answer = record(await reads.read(call, params or {}), call.path)
        return record(answer.get("data", answer), call.path)
    except Unauthorized:
        if not always:
            raise
    except (Unavailable, SnapshotError):
        pass
    return NOTHING


def _flag(source: Record, field: str) -> bool | None:
    return flag(source, field, "account") if field in source else None


def _right(rights: Record, field: str, numbers: Record, number: int) -> bool | None:
    """Return whether a key has a right: by name, else by number among all that it has."""
    named = _flag(rights, field)
    held = numbers.get("permissions")
    if named is not None or not isinstance(held, list):
        return named
    return str(number) in {str(one) for one in held}


def _ip_restricted(rights: Record, numbers: Record) -> bool | None:
    named = _flag(rights, "ipRestrict")
    addresses = numbers.get("ipAddresses")
    return named if named is not None or not isinstance(addresses, list) else bool(addresses)


async def _settings(
    reads: Reads, listed: tuple[Listed, ...]
) -> tuple[Mapping[Symbol, Decimal], Mapping[Symbol, str]]:
    """Return leverage, the larger of both sides, and margin mode of each contract."""
    leverage: dict[Symbol, Decimal] = {}
    margin_modes: dict[Symbol, str] = {}
    for one in listed:
        symbol, calls = one.instrument.symbol, SETTINGS[one.instrument.kind]
        found = await _asked(reads, calls.leverage, one_symbol(one))
        sides = [field for field in ("longLeverage", "shortLeverage") if field in found]
        if sides:
            leverage[symbol] = max(positive(found, field, "account") for field in sides)
        chosen = await _asked(reads, calls.margin_mode, one_symbol(one))
        mode = MARGIN_MODES.get(str(chosen.get("marginType")))
        if mode is not None:
            margin_modes[symbol] = mode
    return leverage, margin_modes
