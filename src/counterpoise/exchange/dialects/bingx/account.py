"""
Wallets, positions and income. Shapes: the named methods of ccxt 4.5.90 bingx.py.

A position is LONG or SHORT in either mode and never negative: `onlyOnePosition` tells the mode, as
the sample of `fetch_positions` has it.
"""

from __future__ import annotations

from decimal import Decimal

from counterpoise.core.units import ZERO
from counterpoise.exchange.dialects.bingx.asked import Asked
from counterpoise.exchange.dialects.common import Row, trimmed
from counterpoise.exchange.dialects.views import PositionView, open_positions
from counterpoise.exchange.listing import Market
from counterpoise.exchange.orders import Income, IncomeType, PositionSide

POSITION_ID_FIRST = 1_792_480_725_958_000_000
INCOME_ROWS, INCOME_ROWS_MAX = 100, 1_000


def spot_balance(asked: Asked) -> object:
    """Return the spot wallet (fetch_balance)."""
    shown = asked.desk.venue.visibility.account(asked.now)
    rows: list[Row] = []
    for asset, total in sorted(shown.spot.items()):
        locked = min(asked.desk.venue.engine.funds.locked(asset), total)
        rows.append(
            {
                "asset": asset,
                "disPlayName": asset,
                "free": trimmed(total - locked),
                "locked": trimmed(locked),
            }
        )
    return {"balances": rows}


def no_funds(_asked: Asked) -> object:
    """Return the fund account: nothing is kept there."""
    return {"assets": []}


def nothing(_asked: Asked) -> object:
    """Return the standard contracts' account: it is not used."""
    return []


def margin_balance(asked: Asked) -> object:
    """Return the margin accounts of a market, one for each asset it settles in (fetch_balance)."""
    venue = asked.desk.venue
    shown = venue.visibility.account(asked.now)
    rows: list[Row] = []
    for asset in sorted({listing.settle for listing, _ in asked.desk.listed(asked.market)}):
        state = venue.engine.margin(asset, asked.now, shown)
        row: Row = {
            "asset": asset,
            "balance": trimmed(state.wallet),
            "equity": trimmed(state.balance),
            "unrealizedProfit": trimmed(state.unrealised),
            "availableMargin": trimmed(state.available),
            "usedMargin": trimmed(state.initial),
            "freezedMargin": trimmed(state.orders),
            "shortUid": str(venue.account_id),
        }
        if asked.market is Market.LINEAR:
            row |= {
                "userId": str(venue.account_id),
                "realisedProfit": trimmed(_realised(asked, asset)),
            }
        rows.append(row)
    return rows


def _realised(asked: Asked, asset: str) -> Decimal:
    incomes = asked.desk.venue.engine.ledger.incomes
    kind = IncomeType.REALIZED_PNL
    gains = (one.amount for one in incomes if (one.type, one.asset) == (kind, asset))
    return sum(gains, start=ZERO)


def positions(asked: Asked) -> object:
    """Return the open positions (fetch_positions)."""
    only = asked.listing() if asked.sent.has("symbol") else None
    found = open_positions(asked.desk.venue, asked.market, asked.now)
    return [_position_row(asked, view) for view in found if only in {None, view.listing}]


def _position_row(asked: Asked, view: PositionView) -> Row:
    position, listing = view.position, view.listing
    row: Row = {
        "positionId": _position_id(asked, view),
        "symbol": listing.key.symbol,
        "positionAmt": trimmed(abs(position.amount)),
        "availableAmt": trimmed(abs(position.amount)),
        "positionSide": "LONG" if view.long else "SHORT",
        "isolated": False,
        "avgPrice": trimmed(position.entry_price),
        "initialMargin": trimmed(view.initial),
        "leverage": view.leverage,
        "unrealizedProfit": trimmed(view.profit),
        "liquidationPrice": view.liquidation.quantize(listing.price_step),
        "maxMarginReduction": "0",
        "riskRate": trimmed(view.margin_ratio),
        "markPrice": trimmed(view.mark),
        "updateTime": position.updated_ms,
    }
    if asked.market is Market.LINEAR:
        row |= {
            "currency": listing.settle,
            "margin": trimmed(view.initial + view.profit),
            "realisedProfit": trimmed(-position.fees),
            "pnlRatio": trimmed(view.profit / view.initial),
            "positionValue": trimmed(view.worth),
            "onlyOnePosition": position.side is PositionSide.BOTH,
        }
    return row


def _position_id(asked: Asked, view: PositionView) -> str:
    """Return the number of a position: the same for as long as the exchange runs."""
    sides = list(PositionSide)
    rows = list(asked.desk.venue.engine.listings)
    place = rows.index(view.listing.key) * len(sides) + sides.index(view.position.side)
    return str(POSITION_ID_FIRST + place)


def income(asked: Asked) -> object:
    """Return changes of the linear wallet, newest first (fetch_funding_history)."""
    sent = asked.sent
    symbol, kind = sent.maybe("symbol"), sent.maybe("incomeType")
    since_ms, until_ms = sent.whole("startTime") or 0, sent.whole("endTime")
    linear = {listing.key.symbol for listing, _ in asked.desk.listed(Market.LINEAR)}
    found = [
        _income_row(one)
        for one in reversed(asked.desk.venue.engine.ledger.incomes)
        if one.symbol in linear
        and symbol in {None, one.symbol}
        and kind in {None, NAMES.get(one.type, one.type.value)}
        and one.at_ms >= since_ms
        and (until_ms is None or one.at_ms <= until_ms)
    ]
    return found[: sent.rows_max("limit", INCOME_ROWS, INCOME_ROWS_MAX)]


NAMES = {IncomeType.COMMISSION: "TRADING_FEE"}


def _income_row(one: Income) -> Row:
    return {
        "symbol": one.symbol,
        "incomeType": NAMES.get(one.type, one.type.value),
        "income": trimmed(one.amount),
        "asset": one.asset,
        "info": one.type.value,
        "time": one.at_ms,
        "tranId": str(one.id),
        "tradeId": str(one.trade_id) if one.trade_id is not None else "",
    }
