"""The unified account: its one wallet, what it is set to, its key, its fees."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from counterpoise.core.units import ZERO
from counterpoise.exchange.account import Account
from counterpoise.exchange.dialects.bybit.errors import wrong
from counterpoise.exchange.dialects.bybit.wire import Asked
from counterpoise.exchange.dialects.common import Row, VenueError, trimmed
from counterpoise.exchange.ledger import FEES
from counterpoise.exchange.unified import CASH

UNIFIED = "UNIFIED"
UNIFIED_PRO = 6  # unified trading account 2.0, inverse perpetuals included
MARGIN_MODE = "REGULAR_MARGIN"  # cross
MARGIN_MODES = {MARGIN_MODE, "ISOLATED_MARGIN", "PORTFOLIO_MARGIN"}
SET_MARGIN_MODE_FAILED = 3400045
KEY_CREATED, KEY_CREATED_MS = "2023-11-14T22:13:20Z", "1700000000000"
KEY_EXPIRES = "2033-05-18T03:33:20Z"
PERMISSIONS: Mapping[str, tuple[str, ...]] = {
    "ContractTrade": ("Order", "Position"),
    "Spot": ("SpotTrade",),
    "Options": (),
    "Derivatives": ("DerivativesTrade",),
    "CopyTrading": (),
    "BlockTrade": (),
    "Exchange": (),
    "NFT": (),
}


def wallet_balance(asked: Asked) -> Row:
    """Return the one wallet, coin by coin; sums are in dollars, a dollar being a USDT."""
    if asked.sent.text("accountType") != UNIFIED:
        raise wrong("accountType")
    shown = asked.desk.venue.visibility.account(asked.call.now)
    wanted = asked.sent.maybe("coin")
    names = set(wanted.split(",")) if wanted else {CASH, *shown.spot}
    coins = [_coin(asked, shown, name) for name in sorted(names)]
    return {"list": [{**_sums(asked, shown), "accountType": UNIFIED, "coin": coins}]}


def _sums(asked: Asked, shown: Account) -> Row:
    """Return the account as one: rates are margin over what the account is worth as margin."""
    engine, now = asked.desk.venue.engine, asked.call.now
    whole = engine.margin(CASH, now, shown)
    held = sum(
        (total * engine.cash_price(asset, now) for asset, total in shown.spot.items()), start=ZERO
    )
    initial = whole.initial + whole.orders
    return {
        "totalEquity": trimmed(held + whole.unrealised),
        "totalWalletBalance": trimmed(held),
        "totalMarginBalance": trimmed(whole.balance),
        "totalAvailableBalance": trimmed(whole.available),
        "totalPerpUPL": trimmed(whole.unrealised),
        "totalInitialMargin": trimmed(initial),
        "totalMaintenanceMargin": trimmed(whole.maintenance),
        "accountIMRate": _rate(initial, whole.balance),
        "accountMMRate": _rate(whole.maintenance, whole.balance),
        "accountLTV": "0",
    }


def _rate(margin: Decimal, balance: Decimal) -> str:
    return f"{margin / balance:.4f}" if balance > ZERO else ""


def _coin(asked: Asked, shown: Account, asset: str) -> Row:
    venue = asked.desk.venue
    state = venue.engine.own_margin(asset, asked.call.now, shown)
    total = shown.spot.get(asset, ZERO)
    locked = min(venue.engine.funds.locked(asset), max(total, ZERO))
    equity = total + state.unrealised
    usd = equity * venue.engine.cash_price(asset, asked.call.now)
    return {
        "coin": asset,
        "equity": trimmed(equity),
        "usdValue": trimmed(usd),
        "walletBalance": trimmed(total),
        "locked": trimmed(locked),
        "spotHedgingQty": "0",
        "borrowAmount": trimmed(max(ZERO, -total)),
        "accruedInterest": "0",
        "availableToWithdraw": "",  # empty since 2025, as on the venue
        "availableToBorrow": "",
        "totalOrderIM": trimmed(state.orders),
        "totalPositionIM": trimmed(state.initial),
        "totalPositionMM": trimmed(state.maintenance),
        "unrealisedPnl": trimmed(state.unrealised),
        "cumRealisedPnl": "0",
        "bonus": "0",
        "collateralSwitch": True,
        "marginCollateral": True,
    }


def key_information(asked: Asked) -> Row:
    """Return what the key may do."""
    venue = asked.desk.venue
    account = venue.engine.account
    wallet = ["AccountTransfer", "SubMemberTransfer"] + ["Withdraw"] * account.can_withdraw
    return {
        "id": str(venue.account_id),
        "note": "local",
        "apiKey": venue.credentials.api_key,
        "readOnly": int(not account.can_trade),
        "secret": "",
        "permissions": {name: list(held) for name, held in PERMISSIONS.items()}
        | {"Wallet": wallet},
        "ips": ["127.0.0.1"] if venue.ip_restricted else ["*"],
        "type": 1,
        "deadlineDay": 90,
        "expiredAt": KEY_EXPIRES,
        "createdAt": KEY_CREATED,
        "unified": 0,
        "uta": 1,
        "userID": venue.account_id,
        "inviterID": 0,
        "vipLevel": "No VIP",
        "mktMakerLevel": "0",
        "affiliateID": 0,
        "rsaPublicKey": "",
        "isMaster": True,
    }


def account_information(_asked: Asked) -> Row:
    """Return what the account is set to; only cross margin trades here."""
    return {
        "marginMode": MARGIN_MODE,
        "updatedTime": KEY_CREATED_MS,
        "unifiedMarginStatus": UNIFIED_PRO,
        "dcpStatus": "OFF",
        "timeWindow": 0,
        "smpGroup": 0,
        "isMasterTrader": False,
        "spotHedgingStatus": "OFF",
    }


def set_margin_mode(asked: Asked) -> Row:
    """Take the margin mode that the whole account has; any other is refused."""
    wanted = asked.sent.text("setMarginMode")
    if wanted not in MARGIN_MODES:
        raise wrong("setMarginMode")
    if wanted != MARGIN_MODE:
        raise VenueError(SET_MARGIN_MODE_FAILED, "Set margin mode failed")
    return {"reasons": []}


def fee_rates(asked: Asked) -> Row:
    """Return what trading costs, for one symbol or for a category."""
    market = asked.market()
    only = asked.listing(market) if asked.sent.has("symbol") else None
    fees = FEES[market]
    rows: list[Row] = [
        {
            "symbol": listing.key.symbol,
            "takerFeeRate": trimmed(fees.taker),
            "makerFeeRate": trimmed(fees.maker),
        }
        for listing, _ in asked.desk.listed(market)
        if only is None or only is listing
    ]
    return {"category": market.value, "list": rows}


def funding_wallet(asked: Asked) -> Row:
    """Return the funding wallet: always empty."""
    return {"memberId": str(asked.desk.venue.account_id), "accountType": "FUND", "balance": []}


def coins(asked: Asked) -> Row:
    """Return every asset that is listed or held, without networks: nothing is moved here."""
    engine = asked.desk.venue.engine
    rows: list[Row] = [
        {"name": asset, "coin": asset, "remainAmount": "0", "chains": []}
        for asset in sorted({*engine.spot_assets, *engine.account.spot})
    ]
    return {"rows": rows}
