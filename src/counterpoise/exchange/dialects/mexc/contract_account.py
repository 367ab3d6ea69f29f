"""
The futures account: wallets, positions, funding paid.

Origin of the shapes: the samples of the named methods of ccxt 4.5.90 mexc.py. Positions count
contracts and are never negative; `positionType` says which way they go.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from counterpoise.core.units import ZERO
from counterpoise.exchange.account import Account
from counterpoise.exchange.dialects.bare import eight
from counterpoise.exchange.dialects.desk import Desk
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.dialects.mexc.asked import (
    PERPETUALS,
    contract_listing,
    contract_sent,
    contracts,
)
from counterpoise.exchange.dialects.mexc.contract_market import Row, paged
from counterpoise.exchange.dialects.views import (
    PositionView,
    funding_payments,
    open_positions,
)
from counterpoise.exchange.listing import Listing, Market
from counterpoise.exchange.orders import Income, PositionSide

LONG, SHORT = 1, 2
CROSS = 2
HOLDING = 1
POSITION_ID_FIRST = 1_109_973_000


def assets(desk: Desk, call: Call) -> object:
    """Return the margin accounts (fetch_balance)."""
    shown = desk.venue.visibility.account(call.now)
    settled = {listing.settle for listing in contracts(desk)}
    return [_asset_row(desk, call, shown, one) for one in sorted(settled | shown.futures.keys())]


def asset(desk: Desk, call: Call) -> object:
    """Return one margin account."""
    currency = contract_sent(call).text("currency")
    return _asset_row(desk, call, desk.venue.visibility.account(call.now), currency)


def _asset_row(desk: Desk, call: Call, shown: Account, currency: str) -> Row:
    """Equity is available plus position margin plus frozen plus unrealised."""
    state = desk.venue.engine.margin(currency, call.now, shown)
    return {
        "currency": currency,
        "positionMargin": eight(state.initial),
        "availableBalance": eight(state.wallet - state.initial - state.orders),
        "cashBalance": eight(min(state.available, max(state.wallet, ZERO))),
        "frozenBalance": eight(state.orders),
        "equity": eight(state.balance),
        "unrealized": eight(state.unrealised),
        "bonus": 0,
        "availableCash": eight(min(state.available, max(state.wallet, ZERO))),
        "availableOpen": eight(state.available),
        "debtAmount": 0,
        "contributeMarginAmount": 0,
    }


def positions(desk: Desk, call: Call) -> object:
    """Return the open positions (fetch_positions)."""
    sent = contract_sent(call)
    only = contract_listing(desk, sent) if sent.has("symbol") else None
    return [
        _position_row(desk, view)
        for view in held(desk, call)
        if only is None or view.listing is only
    ]


def held(desk: Desk, call: Call) -> Iterator[PositionView]:
    """Yield the open positions of both markets."""
    for market in PERPETUALS:
        yield from open_positions(desk.venue, market, call.now)


def position_id(desk: Desk, listing: Listing, side: PositionSide) -> int:
    """Return the number of a position: the same for as long as the exchange runs."""
    sides = list(PositionSide)
    row = next(row for row, one in enumerate(contracts(desk)) if one is listing)
    return POSITION_ID_FIRST + row * len(sides) + sides.index(side)


def _position_row(desk: Desk, view: PositionView) -> Row:
    position = view.position
    price = eight(position.entry_price)
    return {
        "positionId": position_id(desk, view.listing, position.side),
        "symbol": view.listing.key.symbol,
        "positionType": LONG if view.long else SHORT,
        "openType": CROSS,
        "state": HOLDING,
        "holdVol": abs(position.amount),
        "frozenVol": _frozen(desk, view),
        "holdAvgPrice": price,
        "holdAvgPriceFullyScale": str(price),
        "openAvgPrice": price,
        "openAvgPriceFullyScale": str(price),
        "liquidatePrice": eight(view.liquidation),
        "oim": eight(view.initial),
        "im": eight(view.initial),
        "realised": eight(-position.fees),
        "unRealizedPnl": eight(view.profit),
        "leverage": view.leverage,
        "marginRatio": eight(view.margin_ratio),
        "createTime": position.updated_ms,
        "updateTime": position.updated_ms,
        "autoAddIm": False,
        "fee": eight(-position.fees),
        "totalFee": eight(position.fees),
    }


def _frozen(desk: Desk, view: PositionView) -> Decimal:
    """Return how much of a position open orders will close."""
    position = view.position
    closing = (
        order.left
        for order in desk.venue.engine.ledger.open_orders.values()
        if order.request.listing is view.listing
        and order.request.position_side is position.side
        and order.request.side.sign * position.amount < ZERO
        and (order.request.reduce_only or position.side is not PositionSide.BOTH)
    )
    return sum(closing, start=ZERO)


def funding_records(desk: Desk, call: Call) -> object:
    """Return what funding cost, newest first; positive was received (fetch_funding_history)."""
    sent = contract_sent(call)
    symbol = sent.maybe("symbol")
    since_ms, until_ms = sent.whole("start_time") or 0, sent.whole("end_time")
    rows: list[Row] = [
        _funding_row(desk, market, income)
        for market in PERPETUALS
        for income in funding_payments(desk.venue, market, symbol)
        if income.at_ms >= since_ms and (until_ms is None or income.at_ms <= until_ms)
    ]
    return paged(rows, sent)


def _funding_row(desk: Desk, market: Market, income: Income) -> Row:
    row: Row = {
        "id": income.id,
        "symbol": income.symbol,
        "funding": income.amount,
        "settleTime": income.at_ms,
    }
    listing, what = desk.listing(market, income.symbol), income.funded
    if listing is not None and what is not None:
        row |= {
            "positionType": LONG if what.quantity > ZERO else SHORT,
            "positionValue": eight(listing.worth(what.quantity, what.mark)),
            "rate": what.rate,
        }
    return row
