"""The USD-M account: margin, positions, modes, income."""

from __future__ import annotations

from decimal import Decimal

from counterpoise.core.units import ZERO
from counterpoise.exchange.account import Account, Position
from counterpoise.exchange.dialects.binance import params
from counterpoise.exchange.dialects.binance.desk import Desk
from counterpoise.exchange.dialects.binance.errors import FUTURES, WireError, wire_error
from counterpoise.exchange.dialects.binance.wire import Json, fixed, trimmed
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.engine import hedge_sides
from counterpoise.exchange.ledger import FEES
from counterpoise.exchange.listing import Listing, Market
from counterpoise.exchange.margin import (
    BRACKETS,
    MarginState,
    liquidation_price,
    maintenance_of,
    worth_max,
)
from counterpoise.exchange.orders import Income, IncomeType, Refused

MAIN_ASSET = "USDT"
INCOME_ROWS = 100


def account(desk: Desk, call: Call) -> Json:
    """Return the margin account; as version 3 does, positions only where there is something."""
    shown = desk.venue.visibility.account(call.now)
    assets = [_asset_row(desk, call, shown, asset) for asset in _assets(shown)]
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
    everything = [
        _account_position_row(desk, call, position) for position in _every(desk, call, shown)
    ]
    return {**body, "positions": everything} if isinstance(body, dict) else body


def balances(desk: Desk, call: Call) -> Json:
    """Return wallet balances."""
    shown = desk.venue.visibility.account(call.now)
    rows: list[dict[str, object]] = []
    for asset in _assets(shown):
        state = desk.venue.engine.margin(asset, call.now, shown)
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
    for position in _every(desk, call, shown):
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


def leverage_brackets(desk: Desk, call: Call) -> Json:
    """Return the leverage brackets."""
    rows: list[dict[str, object]] = [
        {
            "symbol": listing.key.symbol,
            "notionalCoef": 1.0,
            "brackets": [
                {
                    "bracket": number,
                    "initialLeverage": row.leverage_max,
                    "notionalCap": int(row.cap),
                    "notionalFloor": int(row.floor),
                    "maintMarginRatio": float(row.rate),
                    "cum": float(row.deduction),
                }
                for number, row in enumerate(BRACKETS[Market.LINEAR], start=1)
            ],
        }
        for listing in _listed(desk, call)
    ]
    return rows


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
        for listing in _listed(desk, call)
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


def commission_rate(desk: Desk, call: Call) -> Json:
    """Return what trading a symbol costs."""
    listing = desk.listing(call, Market.LINEAR)
    fees = FEES[Market.LINEAR]
    return {
        "symbol": listing.key.symbol,
        "makerCommissionRate": trimmed(fees.maker),
        "takerCommissionRate": trimmed(fees.taker),
    }


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


def set_leverage(desk: Desk, call: Call) -> Json:
    """Change a symbol's leverage."""
    listing = desk.listing(call, Market.LINEAR)
    leverage = params.whole(call.params, "leverage") or 0
    try:
        desk.venue.engine.set_leverage(listing, leverage, call.now)
    except Refused as refused:
        raise wire_error(refused, FUTURES) from refused
    return {
        "symbol": listing.key.symbol,
        "leverage": leverage,
        "maxNotionalValue": trimmed(worth_max(listing, leverage)),
    }


def set_margin_type(desk: Desk, call: Call) -> Json:
    """Change a symbol's margin type. Only cross margin trades here."""
    listing = desk.listing(call, Market.LINEAR)
    wanted = params.text(call.params, "marginType")
    if wanted not in {"CROSSED", "ISOLATED"}:
        raise WireError(-1128, "Combination of optional parameters invalid.")
    isolated = desk.venue.engine.account.isolated
    if (wanted == "ISOLATED") is (listing.key in isolated):
        raise WireError(-4046, "No need to change margin type.")
    if wanted == "ISOLATED":
        raise WireError(-4168, "Unable to adjust to isolated-margin mode on the local exchange.")
    isolated.discard(listing.key)
    return {"code": 200, "msg": "success"}


def income(desk: Desk, call: Call) -> Json:
    """Return changes of the futures wallet, oldest first."""
    symbol = call.params.get("symbol")
    kind = params.word(call.params, "incomeType", IncomeType, -1102) if (
        "incomeType" in call.params
    ) else None
    since_ms = params.whole(call.params, "startTime")
    until_ms = params.whole(call.params, "endTime")
    found = [
        _income_row(row)
        for row in desk.venue.engine.ledger.incomes
        if (symbol is None or row.symbol == symbol)
        and (kind is None or row.type is kind)
        and (since_ms is None or row.at_ms >= since_ms)
        and (until_ms is None or row.at_ms <= until_ms)
    ]
    rows = params.rows_max(call.params, INCOME_ROWS)
    return found[:rows] if since_ms is not None else found[-rows:]


def _listed(desk: Desk, call: Call) -> list[Listing]:
    if "symbol" in call.params:
        return [desk.listing(call, Market.LINEAR)]
    listings = desk.venue.engine.listings
    return [listing for key, listing in listings.items() if key.market is Market.LINEAR]


def _assets(shown: Account) -> list[str]:
    return sorted({MAIN_ASSET, *shown.futures})


def _shown(desk: Desk, call: Call, shown: Account) -> list[Position]:
    """Return the positions of symbols with a position or an open order."""
    open_orders = desk.venue.visibility.open_orders(call.now)
    with_orders = {order.request.listing.key for order in open_orders}
    return [
        position
        for position in _every(desk, call, shown)
        if position.amount or position.listing.key in with_orders
    ]


def _every(desk: Desk, call: Call, shown: Account) -> list[Position]:
    return [
        shown.positions.get((listing.key, side)) or Position(listing=listing, side=side)
        for listing in desk.priced(Market.LINEAR, call.now)
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
    state = desk.venue.engine.margin(asset, call.now, shown)
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


def _income_row(row: Income) -> dict[str, object]:
    return {
        "symbol": row.symbol,
        "incomeType": row.type.value,
        "income": fixed(row.amount),
        "asset": row.asset,
        "time": row.at_ms,
        "info": row.type.value,
        "tranId": row.id,
        "tradeId": str(row.trade_id) if row.trade_id is not None else "",
    }
