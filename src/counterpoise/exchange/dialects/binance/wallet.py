"""The few answers of the wallet API that a trading client asks for."""

from __future__ import annotations

from counterpoise.exchange.dialects.binance.desk import Desk
from counterpoise.exchange.dialects.binance.wire import Json, fixed
from counterpoise.exchange.dialects.dialect import Call

KEY_CREATED_MS = 1_700_000_000_000


def api_restrictions(desk: Desk, call: Call) -> Json:
    """Return what the key may do."""
    account = desk.venue.engine.account
    return {
        "ipRestrict": desk.venue.ip_restricted,
        "createTime": KEY_CREATED_MS,
        "enableReading": True,
        "enableWithdrawals": account.can_withdraw,
        "enableInternalTransfer": False,
        "enableMargin": False,
        "enableFutures": account.can_trade,
        "permitsUniversalTransfer": False,
        "enableVanillaOptions": False,
        "enableFixApiTrade": False,
        "enableFixReadOnly": False,
        "enableSpotAndMarginTrading": account.can_trade,
        "enablePortfolioMarginTrading": False,
        "tradingAuthorityExpirationTime": call.now.venue_ms + 365 * 86_400_000,
    }


def account_info(_desk: Desk, _call: Call) -> Json:
    """Return which parts the account has; portfolio margin is not spoken here."""
    return {
        "vipLevel": 0,
        "isMarginEnabled": False,
        "isFutureEnabled": True,
        "isOptionsEnabled": False,
        "isPortfolioMarginRetailEnabled": False,
    }


def account_status(_desk: Desk, _call: Call) -> Json:
    """Return the account's standing."""
    return {"data": "Normal"}


def coins(desk: Desk, call: Call) -> Json:
    """Return every asset that the account holds, without networks: nothing is moved here."""
    account = desk.venue.visibility.account(call.now)
    rows: list[dict[str, object]] = [
        {
            "coin": asset,
            "depositAllEnable": False,
            "withdrawAllEnable": False,
            "name": asset,
            "free": fixed(total),
            "locked": "0",
            "freeze": "0",
            "withdrawing": "0",
            "ipoing": "0",
            "ipoable": "0",
            "storage": "0",
            "isLegalMoney": False,
            "trading": True,
            "networkList": [],
        }
        for asset, total in sorted(account.spot.items())
    ]
    return rows


def funding_assets(_desk: Desk, _call: Call) -> Json:
    """Return the funding wallet: always empty."""
    return []


def nothing_listed(_desk: Desk, _call: Call) -> Json:
    """Return an empty list, for the margin markets that are not offered."""
    return []
