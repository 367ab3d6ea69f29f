"""What Binance is asked: order and look-up parameters, and the questions about the account."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from counterpoise.core.instrument import Symbol
from counterpoise.core.orders import Intent, Side
from counterpoise.core.units import plain
from counterpoise.errors import SnapshotError, Unauthorized, Unavailable
from counterpoise.ports import AccountFacts
from counterpoise.venues.dialect import Call, Listed, Params, Reads, Terms
from counterpoise.venues.mapping import order_amount, order_price
from counterpoise.venues.shapes import Record, flag, positive, record, rows, text

SPOT_ACCOUNT = Call(name="privateGetAccount", method="GET", path="/api/v3/account")
POSITION_MODE = Call(
    name="fapiPrivateGetPositionSideDual", method="GET", path="/fapi/v1/positionSide/dual"
)
COLLATERAL_MODE = Call(
    name="fapiPrivateGetMultiAssetsMargin", method="GET", path="/fapi/v1/multiAssetsMargin"
)
ACCOUNT_SETTINGS = Call(
    name="fapiPrivateGetAccountConfig", method="GET", path="/fapi/v1/accountConfig"
)
SYMBOL_SETTINGS = Call(
    name="fapiPrivateGetSymbolConfig", method="GET", path="/fapi/v1/symbolConfig"
)
POSITIONS_V2 = Call(name="fapiPrivateV2GetPositionRisk", method="GET", path="/fapi/v2/positionRisk")
KEY_RIGHTS = Call(
    name="sapiGetAccountApiRestrictions", method="GET", path="/sapi/v1/account/apiRestrictions"
)
PROBES = (
    SPOT_ACCOUNT,
    POSITION_MODE,
    COLLATERAL_MODE,
    ACCOUNT_SETTINGS,
    SYMBOL_SETTINGS,
    POSITIONS_V2,
    KEY_RIGHTS,
)
MARGIN_MODES: Mapping[str, str] = {"CROSSED": "cross", "CROSS": "cross", "ISOLATED": "isolated"}
NOTHING: Record = {}
ORDERS_LISTED = 50  # the newest of an instrument


def one_symbol(listed: Listed) -> Params:
    """Return what narrows a read to one market."""
    return {"symbol": listed.market_id}


def order_params(intent: Intent, listed: Listed, terms: Terms) -> Params:
    """
    Return an immediate-or-cancel limit order, its numbers exactly as decided.

    Raises Unsent if a number is no multiple of the instrument's step: rounding it here
    would send something that nobody decided.
    """
    order = intent.order
    params: Params = {
        "symbol": listed.market_id,
        "side": "BUY" if order.side is Side.BUY else "SELL",
        "type": "LIMIT",
        "timeInForce": "IOC",
        "quantity": plain(order_amount(order, listed)),
        "price": plain(order_price(order, listed)),
        "newClientOrderId": str(intent.client_order_id),
        "newOrderRespType": "RESULT",
        "recvWindow": terms.receive_window_ms,
    }
    if order.reduce_only:
        params["reduceOnly"] = "true"
    return params


def find_params(intent: Intent, listed: Listed) -> Params:
    """Return the look-up of an order by our own id."""
    return {"symbol": listed.market_id, "origClientOrderId": str(intent.client_order_id)}


def fills_params(listed: Listed, since_ms: int, rows_max: int) -> Params:
    """Return the request for one page of trades."""
    return {"symbol": listed.market_id, "startTime": since_ms, "limit": rows_max}


def orders_params(listed: Listed) -> Params:
    """Return the request for the newest orders of a market, resting or ended."""
    return {"symbol": listed.market_id, "limit": ORDERS_LISTED}


async def account(reads: Reads, listed: tuple[Listed, ...]) -> AccountFacts:
    """Return what Binance says of the account; each question may go unanswered by itself."""
    spot = await _asked(reads, SPOT_ACCOUNT)
    settings = await _asked(reads, ACCOUNT_SETTINGS)
    rights = await _asked(reads, KEY_RIGHTS, always=True)
    leverage, margin_mode = await _symbol_settings(reads, listed)
    return AccountFacts(
        account_id=_account_id(spot),
        can_trade_perpetuals=_either((settings, "canTrade"), (rights, "enableFutures")),
        can_withdraw=_either((rights, "enableWithdrawals")),
        ip_restricted=_either((rights, "ipRestrict")),
        hedge_mode=_either((await _asked(reads, POSITION_MODE), "dualSidePosition")),
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


async def _symbol_settings(
    reads: Reads, listed: tuple[Listed, ...]
) -> tuple[Mapping[Symbol, Decimal], Mapping[Symbol, str]]:
    """Return leverage and margin mode of each instrument, from whichever answer has them."""
    by_id = {one.market_id: one.instrument.symbol for one in listed}
    for call in (SYMBOL_SETTINGS, POSITIONS_V2):
        try:
            found = rows(await reads.read(call, {}), call.path, empty_allowed=True)
        except (Unavailable, SnapshotError):
            continue
        chosen = [row for row in found if str(row.get("symbol")) in by_id]
        if chosen:
            return _settings(chosen, by_id)
    return {}, {}


def _settings(
    chosen: list[Record], by_id: Mapping[str, Symbol]
) -> tuple[Mapping[Symbol, Decimal], Mapping[Symbol, str]]:
    leverage: dict[Symbol, Decimal] = {}
    margin_mode: dict[Symbol, str] = {}
    for row in chosen:
        symbol = by_id[str(row["symbol"])]
        leverage[symbol] = positive(row, "leverage", "account")
        mode = MARGIN_MODES.get(text(row, "marginType", "account").upper())
        if mode is not None:
            margin_mode[symbol] = mode
    return leverage, margin_mode
