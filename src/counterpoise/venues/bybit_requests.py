"""What Bybit is asked: order parameters, look-ups, pages, and the questions about the account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from counterpoise.core.instrument import Asset, Kind, Symbol
from counterpoise.core.orders import Intent, OrderReport, Side
from counterpoise.core.snapshot import Margin
from counterpoise.core.units import plain
from counterpoise.errors import SettingsError, SnapshotError, Unauthorized, Unavailable
from counterpoise.ports import AccountFacts
from counterpoise.venues import bybit_answers as answers
from counterpoise.venues import bybit_reports as reports
from counterpoise.venues.dialect import Call, Listed, Params, Reads, Terms
from counterpoise.venues.mapping import order_amount, order_price
from counterpoise.venues.outcomes import NotServed
from counterpoise.venues.shapes import Record, positive, text, whole

WALLET = Call(
    name="privateGetV5AccountWalletBalance", method="GET", path="/v5/account/wallet-balance"
)
SETTINGS = Call(name="privateGetV5AccountInfo", method="GET", path="/v5/account/info")
KEY = Call(name="privateGetV5UserQueryApi", method="GET", path="/v5/user/query-api")
POSITIONS = Call(name="privateGetV5PositionList", method="GET", path="/v5/position/list")
LATEST = Call(name="privateGetV5OrderRealtime", method="GET", path="/v5/order/realtime")
HISTORY = Call(name="privateGetV5OrderHistory", method="GET", path="/v5/order/history")

PAGES_MAX = 40
POSITION_ROWS = 200
ORDER_ROWS = 50
# of `unifiedMarginStatus`: one wallet for everything, and one for everything but inverse
WHOLE, WITHOUT_INVERSE = frozenset({5, 6}), frozenset({3, 4})
MARGIN_MODES: Mapping[str, str] = {
    "REGULAR_MARGIN": "cross",
    "PORTFOLIO_MARGIN": "portfolio",
    "ISOLATED_MARGIN": "isolated",
}
# an index of a hedged position, by which way the order trades and whether it closes
HEDGE_INDEXES: Mapping[tuple[Side, bool], int] = {
    (Side.BUY, False): 1,
    (Side.SELL, True): 1,
    (Side.SELL, False): 2,
    (Side.BUY, True): 2,
}
NOTHING: Record = {}


def category(listed: Listed) -> str:
    """Return what Bybit calls the product of a market."""
    return "inverse" if listed.instrument.kind is Kind.INVERSE else "linear"


def one_symbol(listed: Listed) -> Params:
    """Return what narrows a read to one market."""
    return {"category": category(listed), "symbol": listed.market_id}


def order_params(intent: Intent, listed: Listed, terms: Terms) -> Params:
    """
    Return an immediate-or-cancel limit order, its numbers exactly as decided.

    In hedge mode the position index says what `reduceOnly` would, and Bybit refuses both at once.
    Raises Unsent if a number is no multiple of the instrument's step.
    """
    order = intent.order
    params: Params = {
        **one_symbol(listed),
        "side": "Buy" if order.side is Side.BUY else "Sell",
        "orderType": "Limit",
        "timeInForce": "IOC",
        "qty": plain(order_amount(order, listed)),
        "price": plain(order_price(order, listed)),
        "orderLinkId": str(intent.client_order_id),
        "positionIdx": 0,
    }
    if terms.hedged and listed.instrument.kind is Kind.LINEAR:  # inverse is one-way always
        params["positionIdx"] = HEDGE_INDEXES[order.side, order.reduce_only]
    elif order.reduce_only:
        params["reduceOnly"] = True
    return params


async def find(reads: Reads, intent: Intent, listed: Listed) -> OrderReport | None:
    """Look an order up by our own id: among the open and the latest, then in the history."""
    what = f"order {intent.client_order_id}"
    params: Params = {**one_symbol(listed), "orderLinkId": str(intent.client_order_id)}
    for call in (LATEST, HISTORY):
        raw = await reads.read_or_none(call, params)
        rows = () if raw is None else answers.listed_rows(raw, what, category(listed))
        found = reports.report(rows, intent, listed)
        if found is not None:
            return found
    return None


async def pages(reads: Reads, call: Call, params: Params) -> Sequence[Record]:
    """
    Return the rows of every page of a list.

    Bybit names a next page also where there is none: the list ends with an empty page. Raises
    SnapshotError where it does not end: part of a list is not the list.
    """
    found: list[Record] = []
    asked, wanted = dict(params), str(params["category"])
    for _ in range(PAGES_MAX):
        raw = await reads.read(call, dict(asked))
        rows = answers.listed_rows(raw, call.path, wanted)
        found += rows
        cursor = answers.result(raw, call.path).get("nextPageCursor")
        if not rows or not cursor or cursor == asked.get("cursor"):
            return found
        asked["cursor"] = cursor
    raise SnapshotError(f"{call.path}: more pages than {PAGES_MAX}")


async def margins(reads: Reads, source: str, wanted: frozenset[Asset]) -> tuple[Margin, ...]:
    """
    Return each wanted coin of the one wallet, with what the whole account backs positions with.

    Bybit lists only coins that are not zero, and shows a zero when asked for it by name. One that
    it does not know stays absent.
    """
    what = f"{source} wallet"
    raw = await reads.read(WALLET, {"accountType": "UNIFIED"})
    account = answers.account_row(raw, what)
    shown = answers.coins(account, what)
    whole_account = answers.backing(account, what)
    found = {**await _coins_by_name(reads, wanted - set(shown), what), **shown}
    return tuple(
        answers.margin(found[asset], source, whole_account) for asset in sorted(wanted & set(found))
    )


async def _coins_by_name(
    reads: Reads, names: frozenset[Asset], what: str
) -> Mapping[Asset, Record]:
    """Return coins that are not in the wallet, as zeros: all at once, or one by one if need be."""
    if not names:
        return {}
    params: Params = {"accountType": "UNIFIED", "coin": ",".join(sorted(names))}
    try:
        account = answers.account_row(await reads.read(WALLET, params), what)
    except NotServed:
        if len(names) == 1:
            return {}
        each = [await _coins_by_name(reads, frozenset({name}), what) for name in sorted(names)]
        return {name: row for found in each for name, row in found.items()}
    return answers.coins(account, what)


async def account(reads: Reads, listed: tuple[Listed, ...]) -> AccountFacts:
    """
    Return what Bybit says of account and key.

    Raises SettingsError for an account that is not one wallet for all that is configured, or whose
    perpetuals are partly in one-way and partly in hedge mode.
    """
    settings = answers.result(await reads.read(SETTINGS, {}), "account")
    mode = _margin_mode(settings, listed)
    key = await _key(reads)
    hedged, leverage = await _position_settings(reads, listed)
    return AccountFacts(
        account_id=text(key, "userID", "key") if key else None,
        can_trade_perpetuals=_may_trade(key) if key else None,
        can_withdraw="Withdraw" in _rights(key, "Wallet") if key else None,
        ip_restricted="*" not in _addresses(key) if key else None,
        hedge_mode=hedged,
        multi_asset_margin=True,
        leverage=leverage,
        margin_mode={one.instrument.symbol: mode for one in listed},
    )


def _margin_mode(settings: Record, listed: tuple[Listed, ...]) -> str:
    """Return the margin mode of the whole account, once it is an account that is understood."""
    status = whole(settings, "unifiedMarginStatus", "account")
    inverse = any(one.instrument.kind is Kind.INVERSE for one in listed)
    if status not in WHOLE and (inverse or status not in WITHOUT_INVERSE):
        raise SettingsError(
            "the account is no unified trading account"
            + (" that holds inverse perpetuals" if status in WITHOUT_INVERSE else ""),
            hint="on Bybit: Assets > Unified Trading > Upgrade, then start again",
        )
    mode = MARGIN_MODES.get(text(settings, "marginMode", "account"))
    if mode is None or mode == "isolated":
        raise SettingsError(
            "the account is in isolated margin, where no wallet backs its positions as a whole",
            hint="on Bybit: Derivatives > Margin Mode > Cross Margin, then start again",
        )
    return mode


async def _key(reads: Reads) -> Record:
    """
    Return what the key may do; nothing where Bybit does not say, as in demo trading.

    Keys without a right to transfer were once refused the question: that alone says nothing of
    their right to trade.
    """
    try:
        return answers.result(await reads.read(KEY, {}), "key")
    except (Unauthorized, Unavailable, SnapshotError):
        return NOTHING


def _may_trade(key: Record) -> bool:
    writes = whole(key, "readOnly", "key") == 0
    return writes and (
        "Order" in _rights(key, "ContractTrade")
        or "DerivativesTrade" in _rights(key, "Derivatives")
    )


def _rights(key: Record, part: str) -> Sequence[object]:
    permissions = key.get("permissions")
    found = permissions.get(part) if isinstance(permissions, dict) else None
    if not isinstance(found, list):
        raise SnapshotError(f"key: `permissions.{part}` is missing")
    return found


def _addresses(key: Record) -> Sequence[object]:
    """Return the addresses that a key works from; a star, or none, is any."""
    found = key.get("ips")
    if not isinstance(found, list):
        raise SnapshotError("key: `ips` is missing")
    return found or ["*"]


async def _position_settings(
    reads: Reads, listed: tuple[Listed, ...]
) -> tuple[bool | None, Mapping[Symbol, Decimal]]:
    """
    Return position mode and leverage: Bybit has no question for the mode.

    Asked for by symbol it shows flat positions too, one in one-way mode and two in hedge mode.
    """
    leverage: dict[Symbol, Decimal] = {}
    modes: set[bool] = set()
    for one in listed:
        what = f"position of {one.instrument.key}"
        raw = await reads.read(POSITIONS, one_symbol(one))
        found = answers.listed_rows(raw, what, category(one))
        indexes = answers.indexes(found, what)
        if indexes and one.instrument.kind is Kind.LINEAR:
            modes.add(indexes <= answers.HEDGED)
        if found and found[0].get("leverage") not in (None, ""):
            leverage[one.instrument.symbol] = positive(found[0], "leverage", what)
    if len(modes) > 1:
        raise SettingsError(
            "some perpetuals are in hedge mode and some in one-way mode",
            hint="on Bybit: Derivatives > Settings > Position Mode, the same for all, then again",
        )
    if not modes and listed and all(one.instrument.kind is Kind.INVERSE for one in listed):
        return False, leverage
    return (modes.pop() if modes else None), leverage
