"""What the futures accounts are set to: modes, leverage, brackets, fees."""

from __future__ import annotations

from counterpoise.exchange.dialects.binance import params
from counterpoise.exchange.dialects.binance.desk import Desk, Handler
from counterpoise.exchange.dialects.binance.errors import FUTURES, REFUSALS, WireError, wire_error
from counterpoise.exchange.dialects.binance.wire import Json, trimmed
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.ledger import FEES
from counterpoise.exchange.listing import Listing, Market
from counterpoise.exchange.margin import (
    brackets_of,
    worth_max,
)
from counterpoise.exchange.orders import Refused

# linear ones go by notional in quote, coin-margined ones by quantity in coin
BRACKET_WORDS = {Market.LINEAR: "notional", Market.INVERSE: "qty"}


def leverage_brackets(market: Market) -> Handler:
    """Return the handler for the leverage brackets."""
    word = BRACKET_WORDS[market]

    def handler(desk: Desk, call: Call) -> Json:
        rows: list[dict[str, object]] = [
            {
                "symbol": listing.key.symbol,
                "notionalCoef": 1.0,
                "brackets": [
                    {
                        "bracket": number,
                        "initialLeverage": row.leverage_max,
                        f"{word}Cap": int(row.cap),
                        f"{word}Floor": int(row.floor),
                        "maintMarginRatio": float(row.rate),
                        "cum": float(row.deduction),
                    }
                    for number, row in enumerate(brackets_of(listing), start=1)
                ],
            }
            for listing in _listed(desk, call, market)
        ]
        return rows

    return handler


def symbol_config(desk: Desk, call: Call) -> Json:
    """Return margin type and leverage of one symbol or of all."""
    shown = desk.venue.engine.account
    return [
        {
            "symbol": listing.key.symbol,
            "marginType": "ISOLATED" if listing.key in shown.isolated else "CROSSED",
            "isAutoAddMargin": False,
            "leverage": shown.leverage_of(listing.key),
            "maxNotionalValue": trimmed(worth_max(listing, shown.leverage_of(listing.key))),
        }
        for listing in _listed(desk, call, Market.LINEAR)
    ]


def account_config(desk: Desk, _call: Call) -> Json:
    """Return what the account may do."""
    shown = desk.venue.engine.account
    return {
        "feeTier": 0,
        "canTrade": shown.can_trade,
        "canDeposit": True,
        "canWithdraw": shown.can_withdraw,
        "dualSidePosition": shown.hedge_mode,
        "updateTime": 0,
        "multiAssetsMargin": shown.multi_assets,
        "tradeGroupId": -1,
    }


def commission_rate(market: Market) -> Handler:
    """Return the handler for what trading a symbol costs."""

    def handler(desk: Desk, call: Call) -> Json:
        listing, fees = desk.listing(call, market), FEES[market]
        return {
            "symbol": listing.key.symbol,
            "makerCommissionRate": trimmed(fees.maker),
            "takerCommissionRate": trimmed(fees.taker),
        }

    return handler


def position_mode(desk: Desk, _call: Call) -> Json:
    """Return whether long and short are held side by side."""
    return {"dualSidePosition": desk.venue.engine.account.hedge_mode}


def set_position_mode(desk: Desk, call: Call) -> Json:
    """Change the position mode."""
    params.text(call.params, "dualSidePosition")
    hedge_mode = params.flag(call.params, "dualSidePosition")
    try:
        desk.venue.engine.set_hedge_mode(hedge_mode=hedge_mode)
    except Refused as refused:
        raise wire_error(refused, FUTURES) from refused
    return {"code": 200, "msg": "success"}


def multi_assets(desk: Desk, _call: Call) -> Json:
    """Return whether all assets are one collateral."""
    return {"multiAssetsMargin": desk.venue.engine.account.multi_assets}


def set_leverage(market: Market) -> Handler:
    """Return the handler that changes a symbol's leverage."""

    def handler(desk: Desk, call: Call) -> Json:
        listing = desk.listing(call, market)
        leverage = params.whole(call.params, "leverage") or 0
        try:
            desk.venue.engine.set_leverage(listing, leverage, call.now)
        except Refused as refused:
            raise wire_error(refused, REFUSALS[market]) from refused
        largest = trimmed(worth_max(listing, leverage))
        word = "maxQty" if market is Market.INVERSE else "maxNotionalValue"
        return {"symbol": listing.key.symbol, "leverage": leverage, word: largest}

    return handler


def set_margin_type(market: Market) -> Handler:
    """Return the handler that changes a symbol's margin type. Only cross margin trades here."""

    def handler(desk: Desk, call: Call) -> Json:
        listing = desk.listing(call, market)
        wanted = params.text(call.params, "marginType")
        if wanted not in {"CROSSED", "ISOLATED"}:
            raise WireError(-1128, "Combination of optional parameters invalid.")
        isolated = desk.venue.engine.account.isolated
        if (wanted == "ISOLATED") is (listing.key in isolated):
            raise WireError(-4046, "No need to change margin type.")
        if wanted == "ISOLATED":
            raise WireError(
                -4168, "Unable to adjust to isolated-margin mode on the local exchange."
            )
        isolated.discard(listing.key)
        return {"code": 200, "msg": "success"}

    return handler


def _listed(desk: Desk, call: Call, market: Market) -> list[Listing]:
    if "symbol" in call.params:
        return [desk.listing(call, market)]
    listings = desk.venue.engine.listings
    return [listing for key, listing in listings.items() if key.market is market]
