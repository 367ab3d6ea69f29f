"""The account: its one wallet, its settings, its fees, its bills."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from counterpoise.core.units import ZERO
from counterpoise.exchange.account import Account
from counterpoise.exchange.dialects.common import Row, stepped, trimmed, venue_error
from counterpoise.exchange.dialects.okx.errors import REFUSALS, wrong
from counterpoise.exchange.dialects.okx.orders import CROSS
from counterpoise.exchange.dialects.okx.wire import Asked, kind_of, window
from counterpoise.exchange.ledger import FEES
from counterpoise.exchange.listing import Listing
from counterpoise.exchange.orders import Income, IncomeType, Reason, Refused
from counterpoise.exchange.unified import CASH

MULTI_CURRENCY = "3"  # every coin is margin
FUNDING_BILL = "8"
PAID, RECEIVED = "173", "174"
MODES = {"net_mode": False, "long_short_mode": True}


def balance(asked: Asked) -> Sequence[Row]:
    """Return the one wallet, coin by coin; sums are in dollars, a dollar being a USDT."""
    shown = asked.desk.venue.visibility.account(asked.call.now)
    wanted = asked.sent.maybe("ccy")
    names = wanted.split(",") if wanted else [name for name, held in shown.spot.items() if held]
    engine, now = asked.desk.venue.engine, asked.call.now
    whole = engine.margin(CASH, now, shown)
    held = sum(
        (total * engine.cash_price(asset, now) for asset, total in shown.spot.items()), start=ZERO
    )
    return [
        {
            "adjEq": trimmed(whole.balance),
            "details": [_coin(asked, shown, name) for name in sorted(names)],
            "imr": trimmed(whole.initial + whole.orders),
            "isoEq": "0",
            "mgnRatio": _ratio(whole.balance, whole.maintenance),
            "mmr": trimmed(whole.maintenance),
            "notionalUsd": trimmed(_exposure(asked, shown)),
            "ordFroz": trimmed(whole.orders),
            "totalEq": trimmed(held + whole.unrealised),
            "uTime": str(now.venue_ms),
        }
    ]


def _ratio(balance: Decimal, maintenance: Decimal) -> str:
    return trimmed(balance / maintenance) if maintenance else ""


def _exposure(asked: Asked, shown: Account) -> Decimal:
    engine, now = asked.desk.venue.engine, asked.call.now
    return sum(
        (
            held.listing.notional(held.amount, engine.price(held.listing, now).mark)
            for held in shown.open_positions()
        ),
        start=ZERO,
    )


def _coin(asked: Asked, shown: Account, asset: str) -> Row:
    venue, now = asked.desk.venue, asked.call.now
    state = venue.engine.own_margin(asset, now, shown)
    cash = shown.spot.get(asset, ZERO)
    locked = min(venue.engine.funds.locked(asset), max(cash, ZERO))
    frozen = locked + state.initial + state.orders
    equity = cash + state.unrealised
    worth = equity * venue.engine.cash_price(asset, now)
    return {
        "availBal": trimmed(max(ZERO, cash - locked)),
        "availEq": trimmed(max(ZERO, equity - frozen)),
        "cashBal": trimmed(cash),
        "ccy": asset,
        "crossLiab": trimmed(max(ZERO, -cash)),
        "disEq": trimmed(worth),
        "eq": trimmed(equity),
        "eqUsd": trimmed(worth),
        "frozenBal": trimmed(frozen),
        "imr": trimmed(state.initial),
        "interest": "0",
        "isoEq": "0",
        "isoLiab": "0",
        "liab": trimmed(max(ZERO, -cash)),
        "maxLoan": "",
        "mgnRatio": _ratio(state.balance, state.maintenance),
        "mmr": trimmed(state.maintenance),
        "notionalLever": "",
        "ordFrozen": trimmed(locked + state.orders),
        "twap": "0",
        "uTime": str(shown.spot_updated_ms),
        "upl": trimmed(state.unrealised),
        "uplLiab": "0",
    }


def funding_wallet(_asked: Asked) -> Sequence[Row]:
    """Return the funding wallet: always empty."""
    return []


def config(asked: Asked) -> Sequence[Row]:
    """Return what the account is set to, and what the key may do."""
    venue = asked.desk.venue
    account = venue.engine.account
    may = ["read_only"] + ["trade"] * account.can_trade + ["withdraw"] * account.can_withdraw
    return [
        {
            "acctLv": MULTI_CURRENCY,
            "acctStpMode": "cancel_maker",
            "autoLoan": True,
            "ctIsoMode": "automatic",
            "enableSpotBorrow": False,
            "feeType": "0",
            "greeksType": "PA",
            "ip": "127.0.0.1" if venue.ip_restricted else "",
            "kycLv": "3",
            "label": "local",
            "level": "Lv1",
            "levelTmp": "",
            "liquidationGear": "-1",
            "mainUid": str(venue.account_id),
            "mgnIsoMode": "automatic",
            "opAuth": "0",
            "perm": ",".join(may),
            "posMode": next(name for name, hedge in MODES.items() if hedge is account.hedge_mode),
            "roleType": "0",
            "settleCcy": CASH,
            "settleCcyList": [CASH],
            "spotBorrowAutoRepay": False,
            "spotOffsetType": "",
            "spotRoleType": "0",
            "spotTraderInsts": [],
            "traderInsts": [],
            "type": "0",
            "uid": str(venue.account_id),
        }
    ]


def set_position_mode(asked: Asked) -> Sequence[Row]:
    """Change the position mode; to set it again is a success."""
    wanted = asked.sent.chosen("posMode", MODES)
    try:
        asked.desk.venue.engine.set_hedge_mode(hedge_mode=wanted)
    except Refused as refused:
        if refused.reason is not Reason.MODE_SAME:
            raise venue_error(refused, REFUSALS) from refused
    return [{"posMode": asked.sent.text("posMode")}]


def leverage(asked: Asked) -> Sequence[Row]:
    """Return leverages; cross margin has one for both sides."""
    _check_cross(asked)
    account = asked.desk.venue.engine.account
    names = asked.sent.text("instId").split(",")
    return [
        _leverage_row(listing, account.leverage_of(listing.key))
        for listing in map(asked.named, names)
    ]


def set_leverage(asked: Asked) -> Sequence[Row]:
    """Change an instrument's leverage; to set it again is a success."""
    _check_cross(asked)
    listing, wanted = asked.listing(), asked.sent.number("lever")
    if not listing.perpetual or wanted != int(wanted):
        raise wrong("lever")
    try:
        asked.desk.venue.engine.set_leverage(listing, int(wanted), asked.call.now)
    except Refused as refused:
        raise venue_error(refused, REFUSALS) from refused
    return [_leverage_row(listing, int(wanted))]


def _check_cross(asked: Asked) -> None:
    """Raise VenueError for isolated margin: only cross margin trades here."""
    if asked.sent.text("mgnMode") != CROSS:
        raise wrong("mgnMode")


def _leverage_row(listing: Listing, times: int) -> Row:
    return {
        "instId": listing.key.symbol,
        "lever": str(times),
        "mgnMode": CROSS,
        "posSide": "net",
    }


def trade_fee(asked: Asked) -> Sequence[Row]:
    """Return what trading a type costs; a fee that is paid is negative."""
    asked.sent.text("instType")
    fees = FEES[asked.markets()[0]] if asked.markets() else None
    if fees is None:
        raise wrong("instType")
    maker, taker = trimmed(-fees.maker), trimmed(-fees.taker)
    return [
        {
            "category": "1",
            "delivery": "",
            "exercise": "",
            "instType": asked.sent.text("instType"),
            "level": "Lv1",
            "maker": maker,
            "makerU": maker,
            "taker": taker,
            "takerU": taker,
            "ts": str(asked.call.now.venue_ms),
        }
    ]


def bills(asked: Asked) -> Sequence[Row]:
    """Return the funding that was paid and received, newest first; the rest is in the fills."""
    coin = asked.sent.maybe("ccy")
    by_name = {listing.key.symbol: listing for listing in asked.scope() if listing.perpetual}
    if asked.sent.maybe("type") not in {None, FUNDING_BILL}:
        return []
    found = [
        _bill(by_name[income.symbol], income)
        for income in reversed(asked.desk.venue.engine.ledger.incomes)
        if income.type is IncomeType.FUNDING_FEE
        and income.symbol in by_name
        and coin in {None, income.asset}
    ]
    return window(found, asked, "billId")


def _bill(listing: Listing, income: Income) -> Row:
    funded = income.funded
    size = "" if funded is None else stepped(abs(funded.quantity), listing.quantity_step)
    return {
        "bal": "",
        "balChg": trimmed(income.amount),
        "billId": str(income.id),
        "ccy": income.asset,
        "execType": "",
        "fee": "0",
        "from": "",
        "instId": listing.key.symbol,
        "instType": kind_of(listing),
        "mgnMode": CROSS,
        "notes": "",
        "ordId": "",
        "pnl": trimmed(income.amount),
        "posBal": "0",
        "posBalChg": "0",
        "px": "" if funded is None else trimmed(funded.mark),
        "subType": RECEIVED if income.amount > ZERO else PAID,
        "sz": size,
        "to": "",
        "ts": str(income.at_ms),
        "type": FUNDING_BILL,
    }
