"""The USD-M account: margin and positions."""

from __future__ import annotations

from decimal import Decimal

from counterpoise.core.units import ZERO
from counterpoise.exchange.account import Account, Position
from counterpoise.exchange.dialects.binance.desk import Desk
from counterpoise.exchange.dialects.binance.wire import Json, fixed, trimmed
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.engine import hedge_sides
from counterpoise.exchange.listing import Market
from counterpoise.exchange.margin import (
    MarginState,
    liquidation_price,
    maintenance_of,
    worth_max,
)

MAIN_ASSET = "USDT"


def account(desk: Desk, call: Call) -> Json:
    """Return the margin account; as version 3 does, positions only where there is something."""
    shown = desk.venue.visibility.account(call.now)
    assets = [_asset_row(desk, call, shown, asset) for asset in _assets(desk, shown)]
    total = desk.venue.engine.margin(MAIN_ASSET, call.now, shown)
    return {
        "feeTier": 0,
        "canTrade": shown.can_trade,
        "canDeposit": True,
        "canWithdraw": shown.can_withdraw,
        "feeBurn": False,
        "tradeGroupId": -1,
        "updateTime": 0,
        "multiAssetsMargin": shown.multi_assets,
        **{f"total{name[0].upper()}{name[1:]}": text for name, text in _state_row(total).items()},
        "availableBalance": fixed(total.available),
        "maxWithdrawAmount": fixed(min(total.available, max(total.wallet, ZERO))),
        "assets": assets,
        "positions": [
            _account_position_row(desk, call, position) for position in _shown(desk, call, shown)
        ],
    }


def account_v2(desk: Desk, call: Call) -> Json:
    """Return the margin account with every symbol's position, flat ones too."""
    body = account(desk, call)
    shown = desk.venue.visibility.account(call.now)
    everything = [_account_position_row(desk, call, position) for position in _every(desk, shown)]
    return {**body, "positions": everything} if isinstance(body, dict) else body


def balances(desk: Desk, call: Call) -> Json:
    """Return wallet balances."""
    shown = desk.venue.visibility.account(call.now)
    rows: list[dict[str, object]] = []
    for asset in _assets(desk, shown):
        state = desk.venue.engine.linear_margin(asset, call.now, shown)
        rows.append(
            {
                "accountAlias": "local",
                "asset": asset,
                "balance": fixed(state.wallet),
                "crossWalletBalance": fixed(state.wallet),
                "crossUnPnl": fixed(state.unrealised),
                "availableBalance": fixed(state.available),
                "maxWithdrawAmount": fixed(min(state.available, max(state.wallet, ZERO))),
                "marginAvailable": True,
                "updateTime": shown.futures_updated_ms,
            }
        )
    return rows


def position_risk(desk: Desk, call: Call) -> Json:
    """Return positions; as version 3 does, only symbols with a position or an open order."""
    shown = desk.venue.visibility.account(call.now)
    only = desk.listing(call, Market.LINEAR) if "symbol" in call.params else None
    return [
        _risk_row(desk, call, position)
        for position in _shown(desk, call, shown)
        if only is None or only is position.listing
    ]


def position_risk_v2(desk: Desk, call: Call) -> Json:
    """Return the positions of every symbol, flat ones too, with leverage and margin type."""
    shown = desk.venue.visibility.account(call.now)
    only = desk.listing(call, Market.LINEAR) if "symbol" in call.params else None
    rows: list[dict[str, object]] = []
    for position in _every(desk, shown):
        if only is None or only is position.listing:
            key = position.listing.key
            leverage = shown.leverage_of(key)
            rows.append(
                _risk_row(desk, call, position)
                | {
                    "leverage": str(leverage),
                    "maxNotionalValue": trimmed(worth_max(position.listing, leverage)),
                    "marginType": "isolated" if key in shown.isolated else "cross",
                    "isAutoAddMargin": "false",
                }
            )
    return rows


def _assets(desk: Desk, shown: Account) -> list[str]:
    """Return what lies in the USD-M wallet: coins that back coin-margined perpetuals do not."""
    cash = (asset for asset in shown.futures if desk.settles(asset, Market.LINEAR))
    return sorted({MAIN_ASSET, *cash, *shown.collateral})


def _shown(desk: Desk, call: Call, shown: Account) -> list[Position]:
    """Return the positions of symbols with a position or an open order."""
    open_orders = desk.venue.visibility.open_orders(call.now)
    with_orders = {order.request.listing.key for order in open_orders}
    return [
        position
        for position in _every(desk, shown)
        if position.amount or position.listing.key in with_orders
    ]


def _every(desk: Desk, shown: Account) -> list[Position]:
    return [
        shown.positions.get((listing.key, side)) or Position(listing=listing, side=side)
        for listing in desk.venue.engine.priced(Market.LINEAR)
        for side in hedge_sides(shown)
    ]


def _state_row(state: MarginState) -> dict[str, object]:
    return {
        "initialMargin": fixed(state.initial + state.orders),
        "maintMargin": fixed(state.maintenance),
        "walletBalance": fixed(state.wallet),
        "unrealizedProfit": fixed(state.unrealised),
        "marginBalance": fixed(state.balance),
        "positionInitialMargin": fixed(state.initial),
        "openOrderInitialMargin": fixed(state.orders),
        "crossWalletBalance": fixed(state.wallet),
        "crossUnPnl": fixed(state.unrealised),
    }


def _asset_row(desk: Desk, call: Call, shown: Account, asset: str) -> dict[str, object]:
    state = desk.venue.engine.linear_margin(asset, call.now, shown)
    return {
        "asset": asset,
        **_state_row(state),
        "availableBalance": fixed(state.available),
        "maxWithdrawAmount": fixed(min(state.available, max(state.wallet, ZERO))),
        "marginAvailable": True,
        "updateTime": shown.futures_updated_ms,
    }


def _margins(desk: Desk, call: Call, position: Position) -> tuple[Decimal, Decimal, Decimal]:
    """Return mark price, initial and maintenance margin of a position."""
    listing = position.listing
    mark = desk.venue.engine.price(listing, call.now).mark
    shown = desk.venue.visibility.account(call.now)
    initial = listing.worth(position.amount, mark) / shown.leverage_of(listing.key)
    maintenance = maintenance_of(position, mark) if position.amount else ZERO
    return mark, initial, maintenance


def _account_position_row(desk: Desk, call: Call, position: Position) -> dict[str, object]:
    mark, initial, maintenance = _margins(desk, call, position)
    listing = position.listing
    return {
        "symbol": listing.key.symbol,
        "positionSide": position.side.value,
        "positionAmt": trimmed(position.amount),
        "unrealizedProfit": fixed(position.profit(mark)),
        "isolatedMargin": "0",
        "notional": fixed(listing.worth(position.amount, mark).copy_sign(position.amount)),
        "isolatedWallet": "0",
        "initialMargin": fixed(initial),
        "maintMargin": fixed(maintenance),
        "entryPrice": fixed(position.entry_price),
        "leverage": str(desk.venue.engine.account.leverage_of(listing.key)),
        "isolated": False,
        "updateTime": position.updated_ms,
    }


def _risk_row(desk: Desk, call: Call, position: Position) -> dict[str, object]:
    listing = position.listing
    mark, initial, maintenance = _margins(desk, call, position)
    shown = desk.venue.visibility.account(call.now)
    state = desk.venue.engine.margin(listing.settle, call.now, shown)
    liquidated_at = liquidation_price(position, state, mark) if position.amount else ZERO
    return {
        "symbol": listing.key.symbol,
        "positionSide": position.side.value,
        "positionAmt": format(position.amount.quantize(listing.quantity_step), "f"),
        "entryPrice": trimmed(position.entry_price),
        "breakEvenPrice": trimmed(_break_even(position)),
        "markPrice": fixed(mark),
        "unRealizedProfit": fixed(position.profit(mark)),
        "liquidationPrice": trimmed(liquidated_at),
        "isolatedMargin": "0",
        "notional": fixed(listing.worth(position.amount, mark).copy_sign(position.amount)),
        "marginAsset": listing.settle,
        "isolatedWallet": "0",
        "initialMargin": fixed(initial),
        "maintMargin": fixed(maintenance),
        "positionInitialMargin": fixed(initial),
        "openOrderInitialMargin": "0",
        "adl": 2 if position.amount else 0,
        "bidNotional": "0",
        "askNotional": "0",
        "updateTime": position.updated_ms,
    }


def _break_even(position: Position) -> Decimal:
    if not position.amount:
        return ZERO
    return position.entry_price + position.fees / position.amount
