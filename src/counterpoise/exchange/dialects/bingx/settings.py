"""What the account is set to: position mode, leverage, margin type, fees, brackets."""

from __future__ import annotations

from counterpoise.exchange.dialects.bingx.asked import Asked
from counterpoise.exchange.dialects.bingx.errors import MODE_ERRORS, wrong
from counterpoise.exchange.dialects.common import Row, VenueError, trimmed
from counterpoise.exchange.ledger import FEES
from counterpoise.exchange.listing import Listing, Market
from counterpoise.exchange.margin import brackets_of, worth_max

SIDES = {"LONG": True, "SHORT": True, "BOTH": False}  # whether only hedge mode has it
MODES = {"true": True, "false": False}


def position_mode(asked: Asked) -> object:
    """Return the position mode, as a text (fetch_position_mode)."""
    return {"dualSidePosition": str(asked.desk.venue.engine.account.hedge_mode).lower()}


def set_position_mode(asked: Asked) -> object:
    """Change the position mode; the one that is set already is a success."""
    wanted = asked.sent.chosen("dualSidePosition", MODES)
    engine = asked.desk.venue.engine
    if wanted is not engine.account.hedge_mode:
        engine.set_hedge_mode(hedge_mode=wanted)
    return position_mode(asked)


def leverage(asked: Asked) -> object:
    """Return a symbol's leverage (fetch_leverage)."""
    return _leverage_row(asked, asked.listing())


def set_leverage(asked: Asked) -> object:
    """Change a symbol's leverage; both sides have one here."""
    listing, hedged = asked.listing(), asked.sent.chosen("side", SIDES)
    engine = asked.desk.venue.engine
    if hedged is not engine.account.hedge_mode:
        raise MODE_ERRORS[engine.account.hedge_mode]
    wanted = asked.sent.whole("leverage") or 0
    engine.set_leverage(listing, wanted, asked.now)
    return _leverage_row(asked, listing) | {"leverage": wanted}


def _leverage_row(asked: Asked, listing: Listing) -> Row:
    set_to = asked.desk.venue.engine.account.leverage_of(listing.key)
    most = brackets_of(listing)[0].leverage_max
    room = trimmed(worth_max(listing, set_to))
    return {
        "symbol": listing.key.symbol,
        "longLeverage": set_to,
        "shortLeverage": set_to,
        "maxLongLeverage": most,
        "maxShortLeverage": most,
        "maxPositionLongVal": room,
        "maxPositionShortVal": room,
    }


def margin_type(asked: Asked) -> object:
    """Return a symbol's margin type (fetch_margin_mode)."""
    return {"symbol": asked.listing().key.symbol, "marginType": "CROSSED"}


def set_margin_type(asked: Asked) -> object:
    """Change a symbol's margin type. Only cross margin trades here."""
    asked.listing()
    wanted = asked.sent.text("marginType")
    if wanted not in {"CROSSED", "ISOLATED"}:
        raise wrong("marginType")
    if wanted == "ISOLATED":
        raise VenueError(109400, "Isolated margin is not offered on the local exchange.")
    return {}


def fees(asked: Asked) -> object:
    """Return what trading costs (fetch_trading_fee)."""
    rates = FEES[asked.market]
    row: Row = {"takerCommissionRate": rates.taker, "makerCommissionRate": rates.maker}
    return {"commission": row} if asked.market is Market.LINEAR else row


def brackets(asked: Asked) -> object:
    """Return the tiers of maintenance margin (fetch_market_leverage_tiers)."""
    listing = asked.listing()
    return [
        {
            "tier": f"Tier {number}",
            "symbol": listing.key.symbol,
            "minPositionVal": trimmed(one.floor),
            "maxPositionVal": trimmed(one.cap),
            "maintMarginRatio": trimmed(one.rate),
            "maintAmount": trimmed(one.deduction),
        }
        for number, one in enumerate(brackets_of(listing), start=1)
    ]


def coins(asked: Asked) -> object:
    """Return the assets, without networks: nothing is moved here (fetch_currencies)."""
    venue = asked.desk.venue
    held = venue.visibility.account(asked.now).spot
    assets = sorted({*venue.engine.spot_assets, *held})
    return [{"coin": asset, "name": asset, "networkList": []} for asset in assets]


# What a key may do, by BingX's numbers.
SPOT_TRADING, READING, FUTURES_TRADING, WITHDRAWING = 1, 2, 3, 5
KEY_CREATED_MS = 1_700_000_000_000
LOCAL_ADDRESS = "127.0.0.1"


def account_id(asked: Asked) -> object:
    """Return the account's number."""
    return {"uid": asked.desk.venue.account_id}


def key_permissions(asked: Asked) -> object:
    """Return what the key may do, by number; whether in an envelope is assumed."""
    venue = asked.desk.venue
    account = venue.engine.account
    held = {
        SPOT_TRADING: account.can_trade,
        READING: True,
        FUTURES_TRADING: account.can_trade,
        WITHDRAWING: account.can_withdraw,
    }
    return {
        "apiKey": venue.credentials.api_key,
        "permissions": [number for number, allowed in held.items() if allowed],
        "ipAddresses": [LOCAL_ADDRESS] if venue.ip_restricted else [],
    }


def key_restrictions(asked: Asked) -> object:
    """Return what the key may do, by name."""
    venue = asked.desk.venue
    account = venue.engine.account
    return {
        "ipRestrict": venue.ip_restricted,
        "createTime": KEY_CREATED_MS,
        "permitsUniversalTransfer": False,
        "enableReading": True,
        "enableFutures": account.can_trade,
        "enableSpotAndMarginTrading": account.can_trade,
        "enableWithdrawals": account.can_withdraw,
        "enableInternalTransfer": False,
    }
