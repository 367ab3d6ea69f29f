"""
The COIN-M account: margin of each coin, and positions.

Shapes are those of Binance's own examples of "Account Information", "Futures Account Balance" and
"Position Information"; `notionalValue` is in the sample of ccxt 4.5.90's parse_position_risk.
"""

from __future__ import annotations

from collections.abc import Iterator

from counterpoise.core.units import ZERO
from counterpoise.exchange.account import Account, Position
from counterpoise.exchange.dialects.binance.desk import Desk
from counterpoise.exchange.dialects.binance.futures_rows import quantity_text
from counterpoise.exchange.dialects.binance.wire import Json, fixed, trimmed
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.dialects.views import position_view
from counterpoise.exchange.engine import hedge_sides
from counterpoise.exchange.listing import Listing, Market
from counterpoise.exchange.margin import worth_max
from counterpoise.exchange.orders import PositionSide

Row = dict[str, object]


def account(desk: Desk, call: Call) -> Json:
    """Return the margin account of every coin, and every symbol's position, flat ones too."""
    shown = desk.venue.visibility.account(call.now)
    return {
        "assets": [_asset_row(desk, call, shown, coin) for coin in sorted(desk.coins)],
        "positions": [
            _account_position_row(desk, call, shown, position) for position in _every(desk, shown)
        ],
        "canDeposit": True,
        "canTrade": shown.can_trade,
        "canWithdraw": shown.can_withdraw,
        "feeTier": 0,
        "updateTime": 0,
    }


def balances(desk: Desk, call: Call) -> Json:
    """Return wallet balances."""
    shown = desk.venue.visibility.account(call.now)
    rows: list[Row] = []
    for coin in sorted(desk.coins):
        state = desk.venue.engine.margin(coin, call.now, shown)
        rows.append(
            {
                "accountAlias": "local",
                "asset": coin,
                "balance": fixed(state.wallet),
                "withdrawAvailable": fixed(min(state.available, max(state.wallet, ZERO))),
                "crossWalletBalance": fixed(state.wallet),
                "crossUnPnl": fixed(state.unrealised),
                "availableBalance": fixed(state.available),
                "updateTime": shown.futures_updated_ms,
            }
        )
    return rows


def position_risk(desk: Desk, call: Call) -> Json:
    """Return the positions of every symbol that trades, or of those of a coin or a pair."""
    shown = desk.venue.visibility.account(call.now)
    coin, pair = call.params.get("marginAsset"), call.params.get("pair")
    return [
        _risk_row(desk, call, shown, position)
        for position in _every(desk, shown)
        if coin in {None, position.listing.settle} and pair in {None, position.listing.pair}
    ]


def _every(desk: Desk, shown: Account) -> Iterator[Position]:
    """Yield every position; in hedge mode the one of one-way mode is there too, and flat."""
    sides = dict.fromkeys((PositionSide.BOTH, *hedge_sides(shown)))
    for listing in desk.venue.engine.priced(Market.INVERSE):
        if desk.venue.engine.trading(listing):
            for side in sides:
                kept = shown.positions.get((listing.key, side))
                yield kept or Position(listing=listing, side=side)


def _asset_row(desk: Desk, call: Call, shown: Account, coin: str) -> Row:
    state = desk.venue.engine.margin(coin, call.now, shown)
    return {
        "asset": coin,
        "walletBalance": fixed(state.wallet),
        "unrealizedProfit": fixed(state.unrealised),
        "marginBalance": fixed(state.balance),
        "maintMargin": fixed(state.maintenance),
        "initialMargin": fixed(state.initial + state.orders),
        "positionInitialMargin": fixed(state.initial),
        "openOrderInitialMargin": fixed(state.orders),
        "maxWithdrawAmount": fixed(min(state.available, max(state.wallet, ZERO))),
        "crossWalletBalance": fixed(state.wallet),
        "crossUnPnl": fixed(state.unrealised),
        "availableBalance": fixed(state.available),
        "updateTime": shown.futures_updated_ms,
    }


def _settings(shown: Account, listing: Listing) -> Row:
    leverage = shown.leverage_of(listing.key)
    return {"leverage": str(leverage), "maxQty": trimmed(worth_max(listing, leverage))}


def _account_position_row(desk: Desk, call: Call, shown: Account, position: Position) -> Row:
    listing = position.listing
    row: Row = {
        "symbol": listing.key.symbol,
        "positionAmt": quantity_text(listing, position.amount),
        "initialMargin": "0",
        "maintMargin": "0",
        "unrealizedProfit": "0.00000000",
        "positionInitialMargin": "0",
        "openOrderInitialMargin": "0",
        **_settings(shown, listing),
        "isolated": listing.key in shown.isolated,
        "positionSide": position.side.value,
        "entryPrice": trimmed(position.entry_price),
        "breakEvenPrice": trimmed(position.entry_price),
        "notionalValue": "0",
        "updateTime": position.updated_ms,
    }
    if not position.amount:
        return row
    view = position_view(desk.venue, position, shown, call.now)
    return row | {
        "initialMargin": fixed(view.initial),
        "maintMargin": fixed(view.maintenance),
        "unrealizedProfit": fixed(view.profit),
        "positionInitialMargin": fixed(view.initial),
        "notionalValue": fixed(view.worth.copy_sign(position.amount)),
    }


def _risk_row(desk: Desk, call: Call, shown: Account, position: Position) -> Row:
    listing = position.listing
    row: Row = {
        "symbol": listing.key.symbol,
        "positionAmt": quantity_text(listing, position.amount),
        "entryPrice": trimmed(position.entry_price),
        "breakEvenPrice": trimmed(position.entry_price),
        "markPrice": "0.00000000",
        "unRealizedProfit": "0.00000000",
        "liquidationPrice": "0",
        **_settings(shown, listing),
        "marginType": "isolated" if listing.key in shown.isolated else "cross",
        "isolatedMargin": "0.00000000",
        "isAutoAddMargin": "false",
        "positionSide": position.side.value,
        "notionalValue": "0",
        "isolatedWallet": "0",
        "updateTime": position.updated_ms,
    }
    if not position.amount:
        return row
    view = position_view(desk.venue, position, shown, call.now)
    return row | {
        "markPrice": fixed(view.mark),
        "unRealizedProfit": fixed(view.profit),
        "liquidationPrice": trimmed(view.liquidation),
        "notionalValue": fixed(view.worth.copy_sign(position.amount)),
    }
