"""What Binance says of account and key: each question may go unanswered by itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal

from counterpoise.core.instrument import Kind, Symbol
from counterpoise.errors import SettingsError, SnapshotError, Unauthorized, Unavailable
from counterpoise.ports import AccountFacts
from counterpoise.venues.binance_calls import (
    ACCOUNT_KIND,
    ACCOUNT_SETTINGS,
    APIS,
    COINM,
    COLLATERAL_MODE,
    KEY_RIGHTS,
    POSITIONS_V2,
    SPOT_ACCOUNT,
    SYMBOL_SETTINGS,
)
from counterpoise.venues.dialect import Call, Listed, Reads
from counterpoise.venues.shapes import Record, flag, positive, record, rows, text

MARGIN_MODES: Mapping[str, str] = {"CROSSED": "cross", "CROSS": "cross", "ISOLATED": "isolated"}
# where it stands whether the account may trade, and which leverage each symbol has
TRADING_SETTINGS: Mapping[Kind, Call] = {
    Kind.LINEAR: ACCOUNT_SETTINGS,
    Kind.INVERSE: COINM.account,
}
LEVERAGES: Mapping[Kind, tuple[Call, ...]] = {
    Kind.LINEAR: (SYMBOL_SETTINGS, POSITIONS_V2),
    Kind.INVERSE: (COINM.positions,),
}
NOTHING: Record = {}


async def account(reads: Reads, listed: tuple[Listed, ...]) -> AccountFacts:
    """
    Return what Binance says of the account, of the kinds of perpetuals that are configured.

    Raises SettingsError for portfolio margin, and for position modes that differ.
    """
    kinds = sorted({one.instrument.kind for one in listed} or {Kind.LINEAR}, reverse=True)
    spot = await _asked(reads, SPOT_ACCOUNT)
    settings = [await _asked(reads, TRADING_SETTINGS[kind]) for kind in kinds]
    rights = await _asked(reads, KEY_RIGHTS, always=True)
    _refuse_portfolio_margin(await _asked(reads, ACCOUNT_KIND, always=True), rights)
    leverage, margin_mode = await _symbol_settings(reads, listed, kinds)
    return AccountFacts(
        account_id=_account_id(spot),
        can_trade_perpetuals=_may_trade(settings, rights),
        can_withdraw=_either((rights, "enableWithdrawals")),
        ip_restricted=_either((rights, "ipRestrict")),
        hedge_mode=_hedge_mode(
            [
                _either((await _asked(reads, APIS[kind].position_mode), "dualSidePosition"))
                for kind in kinds
            ]
        ),
        multi_asset_margin=_either((await _asked(reads, COLLATERAL_MODE), "multiAssetsMargin")),
        leverage=leverage,
        margin_mode=margin_mode,
    )


async def _asked(reads: Reads, call: Call, *, always: bool = False) -> Record:
    """
    Return the answer to one question, or an empty one where it is not to be had.

    Refused credentials are an answer of their own and raised, except where the question is
    `always` allowed to fail: the rights of a key cannot be asked in the test environment.
    """
    try:
        return record(await reads.read(call, {}), call.path)
    except Unauthorized:
        if not always:
            raise
    except (Unavailable, SnapshotError):
        pass
    return NOTHING


def _account_id(spot: Record) -> str | None:
    return text(spot, "uid", "account") if "uid" in spot else None


def _either(*places: tuple[Record, str]) -> bool | None:
    """Return the first of these flags that was answered."""
    for source, field in places:
        if field in source:
            return flag(source, field, "account")
    return None


def _may_trade(settings: Collection[Record], rights: Record) -> bool | None:
    """Return whether every kind of perpetuals may be traded; what is silent goes by the key."""
    said = [_either((one, "canTrade"), (rights, "enableFutures")) for one in settings]
    return False if False in said else None if None in said else True


def _refuse_portfolio_margin(kind: Record, rights: Record) -> None:
    """
    Raise SettingsError for an account in portfolio margin, as account or key tell it.

    Its wallets are one there, behind an API of its own: what the usual ones say is not all.
    """
    if _either((kind, "isPortfolioMarginRetailEnabled")):
        raise SettingsError(
            "the account is in portfolio margin, which this version does not read",
            hint="use an account or sub-account of Binance without portfolio margin",
        )
    if _either((rights, "enablePortfolioMarginTrading")):
        raise SettingsError(
            "the key is one for portfolio margin, which this version does not read",
            hint="on Binance: API Management > a key of an account without portfolio margin",
        )


def _hedge_mode(modes: Collection[bool | None]) -> bool | None:
    """Return whether positions have two sides, None where that is not known of all."""
    if None in modes:
        return None
    if len(set(modes)) > 1:
        raise SettingsError(
            "USD-M and COIN-M futures are in different position modes",
            hint="on Binance, once for each: Preferences > Position Mode",
        )
    return True in modes


async def _symbol_settings(
    reads: Reads, listed: tuple[Listed, ...], kinds: Collection[Kind]
) -> tuple[Mapping[Symbol, Decimal], Mapping[Symbol, str]]:
    """Return leverage and margin mode of each instrument, from whichever answer has them."""
    leverage: dict[Symbol, Decimal] = {}
    margin_mode: dict[Symbol, str] = {}
    by_id = {one.market_id: one.instrument.symbol for one in listed}
    for kind in kinds:
        for row in await _first_of(reads, LEVERAGES[kind], by_id):
            symbol = by_id[str(row["symbol"])]
            leverage[symbol] = positive(row, "leverage", "account")
            mode = MARGIN_MODES.get(text(row, "marginType", "account").upper())
            if mode is not None:
                margin_mode[symbol] = mode
    return leverage, margin_mode


async def _first_of(reads: Reads, calls: tuple[Call, ...], wanted: Collection[str]) -> list[Record]:
    """Return the rows of some symbols from the first answer that has any of them."""
    for call in calls:
        try:
            found = rows(await reads.read(call, {}), call.path, empty_allowed=True)
        except (Unavailable, SnapshotError):
            continue
        chosen = [row for row in found if str(row.get("symbol")) in wanted]
        if chosen:
            return chosen
    return []
