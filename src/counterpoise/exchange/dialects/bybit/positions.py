"""Positions, and what the account's perpetuals are set to: mode and leverage."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from urllib.parse import unquote

from counterpoise.core.units import ZERO
from counterpoise.exchange.account import Account, Position
from counterpoise.exchange.dialects.bybit.errors import CONTRACT, error, wrong
from counterpoise.exchange.dialects.bybit.wire import PERPETUALS, POSITION_INDEX, Asked
from counterpoise.exchange.dialects.common import (
    Row,
    page,
    stepped,
    trimmed,
    venue_error,
)
from counterpoise.exchange.engine import hedge_sides
from counterpoise.exchange.listing import Listing, Market
from counterpoise.exchange.margin import liquidation_price, maintenance_of, worth_max
from counterpoise.exchange.orders import IncomeType, Refused

ROWS, ROWS_MAX = 20, 200
LEVERAGE_SAME = 110043
MODES = {"0": False, "3": True}  # one-way, hedge
REALISED = {IncomeType.REALIZED_PNL, IncomeType.COMMISSION, IncomeType.FUNDING_FEE}


def positions(asked: Asked) -> Row:
    """
    Return positions: of a symbol flat ones too, of a settle coin only those that are open.

    Twenty rows unless more are asked for; the rest is behind the cursor.
    """
    market = asked.market(PERPETUALS)
    settle, base = asked.sent.maybe("settleCoin"), asked.sent.maybe("baseCoin")
    shown = asked.desk.venue.visibility.account(asked.call.now)
    if asked.sent.has("symbol"):
        found = list(_of(shown, asked.listing(market)))
    elif market is Market.LINEAR and settle is None and base is None:
        raise wrong("symbol or settleCoin")
    else:
        found = [
            position
            for listing, _ in asked.desk.listed(market)
            if settle in {None, listing.settle} and base in {None, listing.base}
            for position in _of(shown, listing)
            if position.amount
        ]
    size = asked.sent.rows_max("limit", ROWS, ROWS_MAX)
    cursor = unquote(asked.sent.maybe("cursor") or "")
    rows, following = page([_row(asked, shown, one) for one in found], size, cursor)
    return {"nextPageCursor": following, "category": market.value, "list": rows}


def _of(shown: Account, listing: Listing) -> Iterator[Position]:
    for side in hedge_sides(shown):
        yield shown.positions.get((listing.key, side)) or Position(listing=listing, side=side)


def _row(asked: Asked, shown: Account, position: Position) -> Row:
    """Return one position; a flat one has an empty side and no prices of its own."""
    listing, amount = position.listing, position.amount
    engine, now = asked.desk.venue.engine, asked.call.now
    known = engine.prices.known(listing)
    mark = engine.price(listing, now).mark if known else ZERO
    leverage = shown.leverage_of(listing.key)
    return {
        "symbol": listing.key.symbol,
        "leverage": str(leverage),
        "autoAddMargin": 0,
        "avgPrice": trimmed(position.entry_price),
        "liqPrice": _liquidation(asked, shown, position, mark),
        "riskLimitValue": trimmed(worth_max(listing, leverage)),
        "takeProfit": "",
        "positionValue": trimmed(listing.worth(amount, position.entry_price)) if amount else "",
        "isReduceOnly": False,
        "tpslMode": "Full",
        "riskId": 1,
        "trailingStop": "0",
        "unrealisedPnl": trimmed(position.profit(mark)) if amount else "",
        "markPrice": trimmed(mark),
        "adlRankIndicator": 2 if amount else 0,
        "cumRealisedPnl": trimmed(_realised(asked, listing)),
        "positionMM": trimmed(maintenance_of(position, mark)) if amount else "",
        "createdTime": str(position.updated_ms),
        "positionIdx": POSITION_INDEX[position.side],
        "positionIM": trimmed(listing.worth(amount, mark) / leverage) if amount else "",
        "updatedTime": str(position.updated_ms),
        "side": ("Buy" if amount > ZERO else "Sell") if amount else "",
        "bustPrice": "",
        "positionBalance": "0",
        "leverageSysUpdatedTime": "",
        "size": stepped(abs(amount), listing.quantity_step) if amount else "0",
        "positionStatus": "Normal",
        "stopLoss": "",
        "tradeMode": 0,
    }


def _liquidation(asked: Asked, shown: Account, position: Position, mark: Decimal) -> str:
    if not position.amount:
        return ""
    state = asked.desk.venue.engine.margin(position.listing.settle, asked.call.now, shown)
    price = liquidation_price(position, state, mark)
    return trimmed(price) if price else ""


def _realised(asked: Asked, listing: Listing) -> Decimal:
    return sum(
        (
            income.amount
            for income in asked.desk.venue.engine.ledger.incomes
            if income.symbol == listing.key.symbol and income.type in REALISED
        ),
        start=ZERO,
    )


def switch_mode(asked: Asked) -> Row:
    """Change the position mode. The engine has one for the whole account, whatever is named."""
    market = asked.market(PERPETUALS)
    if asked.sent.has("symbol"):
        asked.listing(market)
    elif not asked.sent.has("coin"):
        raise wrong("symbol or coin")
    hedge_mode = asked.sent.chosen("mode", MODES)
    try:
        asked.desk.venue.engine.set_hedge_mode(hedge_mode=hedge_mode)
    except Refused as refused:
        raise venue_error(refused, CONTRACT) from refused
    return {}


def set_leverage(asked: Asked) -> Row:
    """Change a symbol's leverage; in cross margin both sides have the same."""
    listing = asked.listing(asked.market(PERPETUALS))
    buy, sell = asked.sent.number("buyLeverage"), asked.sent.number("sellLeverage")
    if buy != sell or buy != int(buy):
        raise wrong("buyLeverage or sellLeverage")
    engine = asked.desk.venue.engine
    if engine.account.leverage_of(listing.key) == int(buy):
        raise error(LEVERAGE_SAME)
    try:
        engine.set_leverage(listing, int(buy), asked.call.now)
    except Refused as refused:
        raise venue_error(refused, CONTRACT) from refused
    return {}
