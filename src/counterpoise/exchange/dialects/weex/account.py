"""
Wallets, positions, bills. Shapes: the named methods of ccxt 4.5.90 weex.py.

A position is LONG or SHORT in either mode, and never negative. `balance` has unrealised profit in
it: no document says so, but version 2 called the same number of the same sample `equity`.
"""

from __future__ import annotations

from decimal import Decimal

from counterpoise.core.units import ZERO
from counterpoise.exchange.dialects.common import Row, stepped, trimmed
from counterpoise.exchange.dialects.views import PositionView, open_positions
from counterpoise.exchange.dialects.weex.asked import Asked
from counterpoise.exchange.listing import Market
from counterpoise.exchange.orders import Income, IncomeType, Origin, PositionSide

POSITION_ID_FIRST = 737_191_855_967_000_000
BILL_ID_FIRST = 793_622_764_958_000_000
BILL_ROWS, BILL_ROWS_MAX = 20, 100
LEVERAGE_STEP = Decimal("0.01")
LIQUIDATED = {  # how the bills of a liquidation are called; which is which is assumed
    IncomeType.COMMISSION: "start_liquidate",
    IncomeType.REALIZED_PNL: "finish_liquidate",
}
BILLS = {
    IncomeType.FUNDING_FEE: "position_funding",
    IncomeType.COMMISSION: "order_fill_fee_income",
    IncomeType.REALIZED_PNL: "position_close_long",
    IncomeType.INSURANCE_CLEAR: "finish_liquidate",
    IncomeType.TRANSFER: "transfer_in",
}


def spot_account(asked: Asked) -> object:
    """Return the spot wallet: what is not zero (fetch_balance)."""
    venue = asked.desk.venue
    shown = venue.visibility.account(asked.now)
    rows: list[Row] = []
    for asset, total in sorted(shown.spot.items()):
        if total:
            locked = min(venue.engine.funds.locked(asset), total)
            free = trimmed(total - locked)
            rows.append({"asset": asset, "free": free, "locked": trimmed(locked)})
    return {
        "makerCommission": 0,
        "takerCommission": 0,
        "commissionRates": {"maker": "0.00000000", "taker": "0.00000000"},
        "canTrade": shown.can_trade,
        "canWithdraw": shown.can_withdraw,
        "canDeposit": True,
        "updateTime": asked.now.venue_ms,
        "accountType": "SPOT",
        "balances": rows,
        "permissions": ["SPOT"],
        "uid": venue.account_id,
    }


def margin_balance(asked: Asked) -> object:
    """Return the margin accounts of what has a balance (fetch_balance, simulated or not)."""
    venue = asked.desk.venue
    shown = venue.visibility.account(asked.now)
    settled = {listing.settle for listing, _ in asked.desk.listed(Market.LINEAR)}
    rows: list[Row] = []
    for asset in sorted(settled):
        state = venue.engine.margin(asset, asked.now, shown)
        rows.append(
            {
                "asset": asked.asset(asset),
                "balance": trimmed(state.balance),
                "availableBalance": trimmed(max(state.available, ZERO)),
                "frozen": trimmed(state.orders),
                "unrealizePnl": trimmed(state.unrealised),
            }
        )
    return rows


def positions(asked: Asked) -> object:
    """Return the open positions, of one symbol or of all (fetch_positions)."""
    only = asked.only()
    found = open_positions(asked.desk.venue, Market.LINEAR, asked.now)
    return [_position_row(asked, view) for view in found if only in {None, view.listing}]


def _position_row(asked: Asked, view: PositionView) -> Row:
    position, listing = view.position, view.listing
    size = stepped(abs(position.amount), listing.quantity_step)
    opened = trimmed(listing.worth(position.amount, position.entry_price))
    return {
        "id": _position_id(asked, view),
        "asset": asked.asset(listing.settle),
        "symbol": asked.symbol(listing),
        "side": "LONG" if view.long else "SHORT",
        "marginType": "CROSSED",
        "separatedMode": "COMBINED",
        "separatedOpenOrderId": 0,
        "leverage": str(Decimal(view.leverage).quantize(LEVERAGE_STEP)),
        "size": size,
        "openValue": opened,
        "openFee": trimmed(position.fees),
        "fundingFee": "0",
        "marginSize": trimmed(view.initial),
        "isolatedMargin": "0",
        "isAutoAppendIsolatedMargin": False,
        "cumOpenSize": size,
        "cumOpenValue": opened,
        "cumOpenFee": trimmed(position.fees),
        "cumCloseSize": "0",
        "cumCloseValue": "0",
        "cumCloseFee": "0",
        "cumFundingFee": "0",
        "cumLiquidateFee": "0",
        "createdMatchSequenceId": position.updated_ms,
        "updatedMatchSequenceId": position.updated_ms,
        "createdTime": position.updated_ms,
        "updatedTime": position.updated_ms,
        "unrealizePnl": trimmed(view.profit),
        "liquidatePrice": trimmed(view.liquidation),
    }


def _position_id(asked: Asked, view: PositionView) -> int:
    """Return the number of a position: the same for as long as the exchange runs."""
    sides = list(PositionSide)
    rows = list(asked.desk.venue.engine.listings)
    place = rows.index(view.listing.key) * len(sides) + sides.index(view.position.side)
    return POSITION_ID_FIRST + place


def income(asked: Asked) -> object:
    """Return the bills of the margin wallet, newest first (fetch_funding_history)."""
    sent, only = asked.sent, asked.only()
    kind = sent.maybe("incomeType")
    since_ms, until_ms = sent.whole("startTime") or 0, sent.whole("endTime")
    linear = {listing.key.symbol for listing, _ in asked.desk.listed(Market.LINEAR)}
    found = [
        bill
        for one in reversed(asked.desk.venue.engine.ledger.incomes)
        if one.symbol in linear
        for bill in (_bill(asked, one),)
        if only in {None, asked.desk.listing(Market.LINEAR, one.symbol)}
        and kind in {None, bill["incomeType"]}
        and one.at_ms >= since_ms
        and (until_ms is None or one.at_ms <= until_ms)
    ]
    rows = sent.rows_max("limit", BILL_ROWS, BILL_ROWS_MAX)
    return {"hasNextPage": len(found) > rows, "nextKey": None, "items": found[:rows]}


def _bill(asked: Asked, one: Income) -> Row:
    names = LIQUIDATED if _of_liquidation(asked, one) else {}
    return {
        "billId": str(BILL_ID_FIRST + one.id),
        "asset": one.asset,
        "symbol": one.symbol,
        "income": trimmed(one.amount),
        "incomeType": names.get(one.type, BILLS[one.type]),
        "balance": "0",
        "fillFee": "0",
        "time": str(one.at_ms),
        "transferReason": "UNKNOWN_TRANSFER_REASON",
    }


def _of_liquidation(asked: Asked, one: Income) -> bool:
    listing = asked.desk.listing(Market.LINEAR, one.symbol)
    if listing is None or one.trade_id is None:
        return False
    ledger = asked.desk.venue.engine.ledger
    trade = next((each for each in ledger.trades_of(listing) if each.id == one.trade_id), None)
    order = None if trade is None else ledger.orders.get(trade.order_id)
    return order is not None and order.request.origin is Origin.LIQUIDATION
