"""What WEEX says of the account: who it is, position mode, leverage and margin modes."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from counterpoise.core.instrument import Symbol
from counterpoise.errors import SettingsError, SnapshotError, Unavailable
from counterpoise.ports import AccountFacts
from counterpoise.venues.dialect import Call, Listed, Params, Reads
from counterpoise.venues.shapes import Record, flag, positive, record, rows, text
from counterpoise.venues.weex_answers import COMBINED, CROSS
from counterpoise.venues.weex_requests import one_symbol

SPOT_ACCOUNT = Call(name="privateGetApiV3Account", method="GET", path="/api/v3/account/")
CONFIG = Call(
    name="contractPrivateGetCapiV3AccountAccountConfig",
    method="GET",
    path="/capi/v3/account/accountConfig",
)
SYMBOL_CONFIG = Call(
    name="contractPrivateGetCapiV3AccountSymbolConfig",
    method="GET",
    path="/capi/v3/account/symbolConfig",
)
CALLS = (SPOT_ACCOUNT, CONFIG, SYMBOL_CONFIG)


async def account(reads: Reads, listed: tuple[Listed, ...]) -> AccountFacts:
    """
    Return what WEEX says of the account; each question may go unanswered by itself.

    It has none about the rights of a key: `canWithdraw` is the account's, and true of every one.
    The position mode is `dualSidePosition`; what ccxt calls so is another thing, whether each order
    becomes a position of its own: none of ours could close such a one. Raises SettingsError for a
    perpetual that is set to that or to isolated margin, Unauthorized for refused credentials.
    """
    config = await _asked(reads, CONFIG, {})
    leverage, margin_mode = await _symbol_settings(reads, listed)
    return AccountFacts(
        account_id=await _account_id(reads),
        can_trade_perpetuals=_flag(config, "canTrade"),
        can_withdraw=None,
        ip_restricted=None,
        hedge_mode=_flag(config, "dualSidePosition"),
        multi_asset_margin=None,
        leverage=leverage,
        margin_mode=margin_mode,
    )


async def simulated_account(_reads: Reads, _listed: tuple[Listed, ...]) -> AccountFacts:
    """
    Return what is known of the simulated account, which answers no such question.

    Long and short stand side by side there, and each order names its side.
    """
    return AccountFacts(
        account_id=None,
        can_trade_perpetuals=None,
        can_withdraw=None,
        ip_restricted=None,
        hedge_mode=True,
        multi_asset_margin=None,
        leverage={},
        margin_mode={},
    )


async def _asked(reads: Reads, call: Call, params: Params) -> Record:
    try:
        return record(await reads.read(call, params), call.path)
    except (Unavailable, SnapshotError):
        return {}


def _flag(source: Record, field: str) -> bool | None:
    return flag(source, field, "account") if field in source else None


async def _account_id(reads: Reads) -> str | None:
    found = await _asked(reads, SPOT_ACCOUNT, {})
    return text(found, "uid", "account") if "uid" in found else None


async def _symbol_settings(
    reads: Reads, listed: tuple[Listed, ...]
) -> tuple[Mapping[Symbol, Decimal], Mapping[Symbol, str]]:
    """Return the leverage of each perpetual, and its margin mode, which must be cross."""
    leverage: dict[Symbol, Decimal] = {}
    margin_mode: dict[Symbol, str] = {}
    for one in listed:
        what, symbol = f"settings of {one.instrument.key}", one.instrument.symbol
        try:
            row = _only(await reads.read(SYMBOL_CONFIG, one_symbol(one)), one.market_id, what)
            kept = text(row, "marginType", what), text(row, "separatedType", what)
            leverage[symbol] = positive(row, "crossLeverage", what)
        except (Unavailable, SnapshotError):
            continue
        if kept != (CROSS, COMBINED):
            raise SettingsError(
                f"{symbol} is set to {' and '.join(kept)} on WEEX, which is not traded in here",
                hint="on WEEX: Futures > the perpetual > Cross, positions combined; then again",
            )
        margin_mode[symbol] = "cross"
    return leverage, margin_mode


def _only(raw: object, name: str, what: str) -> Record:
    """Return the row of one perpetual, which must be there once."""
    found = rows(raw, what, empty_allowed=False)
    ours = [row for row in found if text(row, "symbol", what) == name]
    if len(ours) != 1:
        raise SnapshotError(f"{what}: {len(ours)} rows")
    return ours[0]
