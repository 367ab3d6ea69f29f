"""What is held, and what the account is: of any other address nothing is known."""

from __future__ import annotations

from decimal import Decimal

from counterpoise.core.units import ZERO
from counterpoise.exchange.dialects.common import Row, trimmed
from counterpoise.exchange.dialects.hyperliquid.listings import CASH, WRAPPED
from counterpoise.exchange.dialects.hyperliquid.wire import Asked, shown, text_of, time_of
from counterpoise.exchange.dialects.views import PositionView, funding_payments, open_positions
from counterpoise.exchange.ledger import FEES
from counterpoise.exchange.listing import Market
from counterpoise.exchange.orders import Income

NO_HASH = "0x" + "0" * 64
TOKENS = {asset: token for token, asset in WRAPPED.items()}
ROWS_MAX = 500
STANDARD = "disabled"  # spot and perpetuals apart


def margin(asked: Asked) -> object:
    """Return the perpetuals' margin and positions."""
    venue, now = asked.desk.venue, asked.call.now
    if not asked.ours:
        return _margin_of(ZERO, ZERO, [], now.venue_ms)
    shown_account = venue.visibility.account(now)
    state = venue.engine.margin(CASH, now, shown_account)
    views = list(open_positions(venue, Market.LINEAR, now))
    body = _margin_of(state.balance, state.maintenance, views, now.venue_ms)
    return {**body, "withdrawable": shown(state.available)}


def _margin_of(equity: Decimal, maintenance: Decimal, views: list[PositionView], at_ms: int) -> Row:
    signed = sum((one.position.amount * one.mark for one in views), start=ZERO)
    summary = {
        "accountValue": shown(equity),
        "totalMarginUsed": shown(sum((one.initial for one in views), start=ZERO)),
        "totalNtlPos": shown(sum((one.worth for one in views), start=ZERO)),
        "totalRawUsd": shown(equity - signed),
    }
    return {
        "assetPositions": [{"position": _position(one), "type": "oneWay"} for one in views],
        "crossMaintenanceMarginUsed": shown(maintenance),
        "crossMarginSummary": summary,
        "marginSummary": summary,
        "time": at_ms,
        "withdrawable": shown(max(ZERO, equity)),
    }


def _position(view: PositionView) -> Row:
    position = view.position
    return {
        "coin": view.listing.key.symbol,
        "cumFunding": {"allTime": "0.0", "sinceChange": "0.0", "sinceOpen": "0.0"},
        "entryPx": shown(position.entry_price),
        "leverage": {"type": "cross", "value": view.leverage},
        "liquidationPx": shown(view.liquidation) if view.liquidation else None,
        "marginUsed": shown(view.initial),
        "maxLeverage": 50,
        "positionValue": shown(view.worth),
        "returnOnEquity": shown(view.profit / view.initial) if view.initial else "0.0",
        "szi": shown(position.amount),
        "unrealizedPnl": shown(view.profit),
    }


def balances(asked: Asked) -> object:
    """Return the tokens of the spot wallet, by the names that tokens have here."""
    if not asked.ours:
        return {"balances": []}
    venue, now = asked.desk.venue, asked.call.now
    places = {
        token["name"]: token["index"]
        for _, facts in asked.desk.listed(Market.SPOT)
        for token in facts["tokens"]
    }
    return {
        "balances": [
            {
                "coin": TOKENS.get(asset, asset),
                "token": places.get(TOKENS.get(asset, asset), len(places)),
                "hold": shown(venue.engine.funds.locked(asset)),
                "total": shown(total),
                "entryNtl": "0.0",
            }
            for asset, total in sorted(venue.visibility.account(now).spot.items())
        ]
    }


def fees(_asked: Asked) -> object:
    """Return what trading perpetuals costs."""
    cost = FEES[Market.LINEAR]
    maker, taker = trimmed(cost.maker), trimmed(cost.taker)
    return {
        "dailyUserVlm": [],
        "feeSchedule": {"cross": taker, "add": maker, "referralDiscount": "0.04"},
        "userCrossRate": taker,
        "userAddRate": maker,
        "activeReferralDiscount": "0.0",
    }


def funding_paid(asked: Asked) -> object:
    """Return the funding that was paid (negative) and received, oldest first."""
    if not asked.ours:
        return []
    since_ms = time_of(asked.body, "startTime") or 0
    found = list(funding_payments(asked.desk.venue, Market.LINEAR, None))
    rows = [_funding_row(one) for one in reversed(found) if one.at_ms >= since_ms]
    return rows[:ROWS_MAX]


def _funding_row(income: Income) -> Row:
    funded = income.funded
    return {
        "time": income.at_ms,
        "hash": NO_HASH,
        "delta": {
            "type": "funding",
            "coin": income.symbol,
            "usdc": shown(income.amount),
            "szi": shown(funded.quantity) if funded else "0.0",
            "fundingRate": trimmed(funded.rate) if funded else "0.0",
            "nSamples": None,
        },
    }


def mode(_asked: Asked) -> object:
    """Return whether spot backs perpetuals: here it never does."""
    return STANDARD


def agent_role(asked: Asked, agent: str) -> object:
    """Return what an address is: the account, its agent, or nothing."""
    account = asked.desk.venue.engine.account
    if asked.ours:
        return {"role": "user"}
    if text_of(asked.body, "user").lower() != agent or not account.can_trade:
        return {"role": "missing"}
    if account.can_withdraw:  # as if the key of a whole account were used
        return {"role": "user"}
    return {"role": "agent", "data": {"user": asked.desk.venue.credentials.api_key.lower()}}


def leverage(asked: Asked) -> object:
    """Return what the account is set to for one perpetual."""
    listing = asked.by_coin("coin")
    account = asked.desk.venue.engine.account
    times = account.leverage_of(listing.key) if asked.ours else 1
    return {
        "user": text_of(asked.body, "user"),
        "coin": listing.key.symbol,
        "leverage": {"type": "cross", "value": times},
        "maxTradeSzs": ["0.0", "0.0"],
        "availableToTrade": ["0.0", "0.0"],
    }
