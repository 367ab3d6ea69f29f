"""The spot account. Shapes: the samples of the named methods of ccxt 4.5.90 mexc.py."""

from __future__ import annotations

from counterpoise.exchange.dialects.common import trimmed
from counterpoise.exchange.dialects.desk import Desk
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.dialects.mexc.asked import spot_listing, spot_sent
from counterpoise.exchange.ledger import FEES
from counterpoise.exchange.listing import Market


def account(desk: Desk, call: Call) -> object:
    """Return the balances that are not zero (fetch_balance)."""
    shown = desk.venue.visibility.account(call.now)
    rows: list[dict[str, object]] = []
    for asset, total in sorted(shown.spot.items()):
        if total:
            locked = min(desk.venue.engine.funds.locked(asset), total)
            rows.append(
                {"asset": asset, "free": trimmed(total - locked), "locked": trimmed(locked)}
            )
    return {
        "makerCommission": None,
        "takerCommission": None,
        "buyerCommission": None,
        "sellerCommission": None,
        "canTrade": shown.can_trade,
        "canWithdraw": shown.can_withdraw,
        "canDeposit": True,
        "updateTime": None,
        "accountType": "SPOT",
        "balances": rows,
        "permissions": ["SPOT"],
    }


def trade_fee(desk: Desk, call: Call) -> object:
    """Return what trading a symbol costs (fetch_trading_fee)."""
    spot_listing(desk, spot_sent(call))
    fees = FEES[Market.SPOT]
    return {
        "data": {"makerCommission": fees.maker, "takerCommission": fees.taker},
        "code": 0,
        "msg": "success",
        "timestamp": call.now.venue_ms,
    }


def coins(desk: Desk, call: Call) -> object:
    """Return the assets, without networks: nothing is moved here (fetch_currencies)."""
    held = desk.venue.visibility.account(call.now).spot
    assets = sorted({*desk.venue.engine.spot_assets, *held})
    return [{"coin": asset, "name": asset, "networkList": []} for asset in assets]


def uid(desk: Desk, _call: Call) -> object:
    """Return the account's number."""
    return {"uid": str(desk.venue.account_id)}
