"""What the account is set to: position mode, leverage, margin type, fees."""

from __future__ import annotations

from decimal import Decimal

from counterpoise.exchange.dialects.common import Row, VenueError, trimmed
from counterpoise.exchange.dialects.weex.asked import Asked
from counterpoise.exchange.dialects.weex.errors import BAD_REQUEST
from counterpoise.exchange.ledger import FEES
from counterpoise.exchange.listing import Listing, Market

LEVERAGE_STEP = Decimal("0.01")
OFFERED = {"marginType": "CROSSED", "separatedType": "COMBINED"}  # on the local exchange


def account_config(asked: Asked) -> object:
    """Return the account's rights and position mode: WEEX's document of `GetAccountConfig`."""
    account = asked.desk.venue.engine.account
    return {
        "canTrade": account.can_trade,
        "canDeposit": True,
        "canWithdraw": account.can_withdraw,
        "dualSidePosition": account.hedge_mode,
        "updateTime": asked.now.venue_ms,
    }


def symbol_config(asked: Asked) -> object:
    """Return margin mode and leverage of perpetuals (fetch_leverage, fetch_margin_mode)."""
    only = asked.only()
    listed = [listing for listing, _ in asked.desk.listed(Market.LINEAR)]
    return [_config_row(asked, listing) for listing in listed if only in {None, listing}]


def _config_row(asked: Asked, listing: Listing) -> Row:
    set_to = asked.desk.venue.engine.account.leverage_of(listing.key)
    leverage = str(Decimal(set_to).quantize(LEVERAGE_STEP))
    return {
        "symbol": listing.key.symbol,
        "marginType": "CROSSED",
        "separatedType": "COMBINED",
        "crossLeverage": leverage,
        "isolatedLongLeverage": leverage,
        "isolatedShortLeverage": leverage,
    }


def set_leverage(asked: Asked) -> object:
    """Change a perpetual's leverage in cross margin (set_leverage)."""
    listing, wanted = asked.listing(), asked.sent.whole("crossLeverage")
    asked.desk.venue.engine.set_leverage(listing, wanted or 0, asked.now)
    row = _config_row(asked, listing)
    del row["separatedType"]
    return row


def set_margin_type(asked: Asked) -> object:
    """Change how a perpetual's positions are kept; only cross and combined are offered here."""
    asked.listing()
    asked.sent.text("marginType")
    for name, offered in OFFERED.items():
        if asked.sent.maybe(name) not in {None, offered}:
            raise VenueError(-1142, f"Only {offered} is offered here.", BAD_REQUEST)
    return {"code": "200", "msg": "success", "requestTime": asked.now.venue_ms}


def fees(asked: Asked) -> object:
    """Return what trading a perpetual costs (fetch_trading_fee)."""
    rates = FEES[Market.LINEAR]
    return {
        "symbol": asked.listing().key.symbol,
        "makerCommissionRate": trimmed(rates.maker),
        "takerCommissionRate": trimmed(rates.taker),
    }
