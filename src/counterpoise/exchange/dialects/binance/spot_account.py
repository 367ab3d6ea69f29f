"""The spot account."""

from __future__ import annotations

from counterpoise.core.units import ZERO
from counterpoise.exchange.account import Account
from counterpoise.exchange.dialects.binance import params
from counterpoise.exchange.dialects.binance.desk import Desk
from counterpoise.exchange.dialects.binance.wire import Json, fixed
from counterpoise.exchange.dialects.dialect import Call

FEE_BPS = 10


def account(desk: Desk, call: Call) -> Json:
    """Return the spot balances: every asset that is listed or held, as Binance shows them."""
    shown = desk.venue.visibility.account(call.now)
    return {
        "makerCommission": FEE_BPS,
        "takerCommission": FEE_BPS,
        "buyerCommission": 0,
        "sellerCommission": 0,
        "commissionRates": {
            "maker": "0.00100000",
            "taker": "0.00100000",
            "buyer": "0.00000000",
            "seller": "0.00000000",
        },
        "canTrade": shown.can_trade,
        "canWithdraw": shown.can_withdraw,
        "canDeposit": True,
        "brokered": False,
        "requireSelfTradePrevention": False,
        "preventSor": False,
        "updateTime": shown.spot_updated_ms,
        "accountType": "SPOT",
        "balances": _balances(desk, call, shown),
        "permissions": ["SPOT"],
        "uid": desk.venue.account_id,
    }


def _balances(desk: Desk, call: Call, shown: Account) -> list[dict[str, object]]:
    engine, held_only = desk.venue.engine, params.flag(call.params, "omitZeroBalances")
    rows: list[dict[str, object]] = []
    for asset in sorted({*engine.spot_assets, *shown.spot}):
        total = shown.spot.get(asset, ZERO)
        if total or not held_only:
            locked = min(engine.funds.locked(asset), total)
            rows.append({"asset": asset, "free": fixed(total - locked), "locked": fixed(locked)})
    return rows
