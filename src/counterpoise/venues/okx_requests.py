"""What OKX is asked: order parameters, look-ups, pages, and the questions about the account."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal

from counterpoise.core.instrument import Symbol
from counterpoise.core.orders import Intent, Side
from counterpoise.core.units import ONE, exact, plain
from counterpoise.errors import SettingsError, SnapshotError, Unavailable, Unsent
from counterpoise.ports import AccountFacts
from counterpoise.venues.dialect import Call, Listed, Params, Reads, Terms
from counterpoise.venues.mapping import order_amount, order_price
from counterpoise.venues.okx_answers import data, only
from counterpoise.venues.shapes import Record, positive, text

SETTINGS = Call(name="privateGetAccountConfig", method="GET", path="/api/v5/account/config")
LEVERAGE = Call(
    name="privateGetAccountLeverageInfo", method="GET", path="/api/v5/account/leverage-info"
)

ROWS_MAX = 100  # of one page, and the most that OKX gives
PAGES_MAX = 40
LEVERAGES_MAX = 20  # instruments that one question may name
SWAP, CROSS, IOC, NET = "SWAP", "cross", "ioc", "net"
SPOT_MODE, FUTURES_MODE = "1", "2"  # account modes; in all later ones every coin is margin
POSITION_MODES: Mapping[str, bool] = {"net_mode": False, "long_short_mode": True}

# the side of a hedged position, by which way the order trades and whether it closes
POSITION_SIDES: Mapping[tuple[Side, bool], str] = {
    (Side.BUY, False): "long",
    (Side.SELL, True): "long",
    (Side.SELL, False): "short",
    (Side.BUY, True): "short",
}
ORDER_FIELDS = frozenset(
    {"clOrdId", "instId", "ordType", "posSide", "px", "reduceOnly", "side", "sz", "tdMode"}
)


def one_symbol(listed: Listed) -> Params:
    """Return what narrows a read to one perpetual."""
    return {"instType": SWAP, "instId": listed.market_id}


def one_family(listed: Listed) -> Params:
    """Return the same for tickers, which take no instrument."""
    return {"instType": SWAP, "instFamily": text(listed.facts, "instFamily", listed.market_id)}


def order_params(intent: Intent, listed: Listed, terms: Terms) -> Params:
    """
    Return an immediate-or-cancel limit order in contracts, its numbers exactly as decided.

    With two position sides the side says what `reduceOnly` would, and OKX ignores the flag. Raises
    Unsent for a number that is no multiple of the step, or a contract of another size than known.
    """
    order = intent.order
    check_contract(listed)
    params: Params = {
        "instId": listed.market_id,
        "tdMode": CROSS,
        "side": "buy" if order.side is Side.BUY else "sell",
        "ordType": IOC,
        "sz": plain(order_amount(order, listed)),
        "px": plain(order_price(order, listed)),
        "clOrdId": str(intent.client_order_id),
    }
    if terms.hedged:
        params["posSide"] = POSITION_SIDES[order.side, order.reduce_only]
    elif order.reduce_only:
        params["reduceOnly"] = True
    return params


def check_contract(listed: Listed) -> None:
    """
    Raise Unsent unless a contract is as large as its listing's own facts say it is.

    ccxt reads `ctVal` only: a multiplier, or a value in another currency, would be lost.
    """
    facts, instrument = listed.facts, listed.instrument
    unit = instrument.unit
    try:
        size = exact(str(facts["ctVal"])) * exact(str(facts.get("ctMult") or ONE))
    except (KeyError, ValueError):
        raise Unsent(f"{listed.market_id}: OKX does not say what a contract is") from None
    if size != listed.size_per_amount or facts.get("ctValCcy") != unit:
        raise Unsent(
            f"{listed.market_id}: a contract is {plain(size)} {facts.get('ctValCcy')}, "
            f"not {plain(listed.size_per_amount)} {unit}"
        )


def is_order(body: bytes) -> bool:
    """Say whether a body is one immediate-or-cancel order in cross margin, and no more."""
    try:
        found = json.loads(body)
    except ValueError:
        return False
    return (
        isinstance(found, dict)
        and found.keys() <= ORDER_FIELDS
        and found.get("ordType") == IOC
        and found.get("tdMode") == CROSS
        and str(found.get("instId")).endswith(f"-{SWAP}")
        and bool(found.get("clOrdId"))
    )


def find_params(intent: Intent, listed: Listed) -> Params:
    """Return the look-up of an order by our own id."""
    return {"instId": listed.market_id, "clOrdId": str(intent.client_order_id)}


async def pages(reads: Reads, call: Call, params: Params, key: str) -> Sequence[Record]:
    """
    Return the rows of every page of a list that begins with the newest, each page older.

    `key` is the field that a page is asked to end before. Raises SnapshotError where the list does
    not end: part of it is not the list.
    """
    found: list[Record] = []
    asked: Params = {**params, "limit": ROWS_MAX}
    for _ in range(PAGES_MAX):
        rows = data(await reads.read(call, dict(asked)), call.path)
        found += rows
        if len(rows) < ROWS_MAX:
            return found
        asked["after"] = text(rows[-1], key, call.path)
    raise SnapshotError(f"{call.path}: more pages than {PAGES_MAX}")


async def account(reads: Reads, listed: tuple[Listed, ...]) -> AccountFacts:
    """
    Return what OKX says of account and key.

    Orders name their margin mode themselves, and ours are always in cross margin. Raises
    SettingsError for an account that trades no perpetuals.
    """
    what = "account"
    row = only(await reads.read(SETTINGS, {}), what)
    level = text(row, "acctLv", what)
    if level == SPOT_MODE:
        raise SettingsError(
            "the account is in spot mode, which trades no perpetuals",
            hint="on OKX: Trade > Settings > Account mode > Futures or Multi-currency margin",
        )
    rights = _rights(row)
    return AccountFacts(
        account_id=text(row, "uid", what),
        can_trade_perpetuals=None if rights is None else "trade" in rights,
        can_withdraw=None if rights is None else "withdraw" in rights,
        ip_restricted=bool(row["ip"]) if isinstance(row.get("ip"), str) else None,
        hedge_mode=POSITION_MODES.get(text(row, "posMode", what)),
        multi_asset_margin=level != FUTURES_MODE,
        leverage=await _leverages(reads, listed),
        margin_mode={one.instrument.symbol: CROSS for one in listed},
    )


def _rights(row: Record) -> frozenset[str] | None:
    """Return what the key may do, None where OKX leaves it out."""
    stated = row.get("perm")
    return frozenset(stated.split(",")) if isinstance(stated, str) and stated else None


async def _leverages(reads: Reads, listed: tuple[Listed, ...]) -> Mapping[Symbol, Decimal]:
    """Return the leverage of each instrument in cross margin, the higher one of two sides."""
    by_id = {one.market_id: one.instrument.symbol for one in listed}
    names, found = list(by_id), dict[Symbol, Decimal]()
    for start in range(0, len(names), LEVERAGES_MAX):
        asked: Params = {"instId": ",".join(names[start : start + LEVERAGES_MAX]), "mgnMode": CROSS}
        try:
            rows = data(await reads.read(LEVERAGE, asked), "leverage")
        except (Unavailable, SnapshotError):
            continue
        for row in rows:
            symbol = by_id.get(str(row.get("instId")))
            if symbol is not None and row.get("lever") not in (None, ""):
                times = positive(row, "lever", "leverage")
                found[symbol] = max(times, found.get(symbol, times))
    return found
