"""
What traded, and what funding was paid: one list, told apart by `execType`.

Who asks for trades alone does not see what a liquidation closed.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote

from counterpoise.core.units import ZERO
from counterpoise.exchange.dialects.bybit.order_views import CREATORS, WINDOW_MAX_MS
from counterpoise.exchange.dialects.bybit.wire import (
    Asked,
    order_id_of,
    order_id_text,
)
from counterpoise.exchange.dialects.common import Row, client_id_shown, page, stepped, trimmed
from counterpoise.exchange.ledger import FEES
from counterpoise.exchange.listing import Listing
from counterpoise.exchange.orders import (
    Funded,
    Income,
    IncomeType,
    OrderType,
    Origin,
    Trade,
    VenueOrder,
)

ROWS, ROWS_MAX = 50, 100
KINDS: Mapping[Origin, str] = {
    Origin.CLIENT: "Trade",
    Origin.MANUAL: "Trade",
    Origin.LIQUIDATION: "BustTrade",
    Origin.DELEVERAGING: "AdlTrade",
    Origin.SETTLEMENT: "Settle",
}


def executions(asked: Asked) -> Row:
    """Return trades or funding payments of a symbol or of a category, newest first."""
    market = asked.market()
    only = [asked.listing(market)] if asked.sent.has("symbol") else None
    listings = only or [listing for listing, _ in asked.desk.listed(market)]
    kind = asked.sent.maybe("execType")
    found = [*_trades(asked, listings), *_fundings(asked, listings)]
    timed = [pair for pair in found if kind in {None, pair[1]["execType"]}]
    timed.sort(key=lambda pair: pair[0], reverse=True)
    size = asked.sent.rows_max("limit", ROWS, ROWS_MAX)
    cursor = unquote(asked.sent.maybe("cursor") or "")
    rows, following = page([row for _, row in timed], size, cursor)
    return {"nextPageCursor": following, "category": market.value, "list": rows}


def _span(asked: Asked) -> tuple[int, int]:
    """Return the time asked for: a week from its start, else all up to now."""
    since_ms, until_ms = asked.window()
    if since_ms is None:
        return 0, until_ms or asked.call.now.venue_ms
    return since_ms, until_ms or since_ms + WINDOW_MAX_MS


def _trades(asked: Asked, listings: list[Listing]) -> list[tuple[int, Row]]:
    since_ms, until_ms = _span(asked)
    own, linked = asked.sent.maybe("orderId"), asked.sent.maybe("orderLinkId")
    orders = asked.desk.venue.engine.ledger.orders
    found: list[tuple[int, Row]] = []
    for listing in listings:
        for trade in asked.desk.trades(listing, asked.call, since_ms):
            order = orders.get(trade.order_id)
            if order is None or trade.at_ms > until_ms:
                continue
            of_order = own is None or order_id_of(own) == trade.order_id
            if of_order and linked in {None, client_id_shown(order.request)}:
                found.append((trade.at_ms, _trade_row(order, trade)))
    return found


def _trade_row(order: VenueOrder, trade: Trade) -> Row:
    listing = trade.listing
    request, fees = order.request, FEES[listing.key.market]
    row: Row = {
        "symbol": listing.key.symbol,
        "orderType": request.type.value.capitalize(),
        "underlyingPrice": "",
        "orderLinkId": client_id_shown(request),
        "orderId": order_id_text(order.id, request),
        "stopOrderType": "",
        "execTime": str(trade.at_ms),
        "feeCurrency": trade.fee_asset,
        "feeRate": trimmed(fees.maker if trade.maker else fees.taker),
        "tradeIv": "",
        "blockTradeId": "",
        "markPrice": "",
        "execPrice": trimmed(trade.price),
        "markIv": "",
        "orderQty": stepped(order.quantity, listing.quantity_step),
        "orderPrice": trimmed(request.price or ZERO),
        "execValue": trimmed(listing.worth(trade.quantity, trade.price)),
        "closedSize": "",
        "execType": KINDS[request.origin],
        "seq": trade.id,
        "side": trade.side.value.capitalize(),
        "indexPrice": "",
        "leavesQty": stepped(order.left, listing.quantity_step),
        "isMaker": trade.maker,
        "execFee": trimmed(trade.fee),
        "execId": str(trade.id),
        "marketUnit": "baseCoin" if _spot_market(trade, request.type) else "",
        "execQty": stepped(trade.quantity, listing.quantity_step),
    }
    return row | {"createType": CREATORS[request.origin]} if listing.perpetual else row


def _spot_market(trade: Trade, kind: OrderType) -> bool:
    return not trade.listing.perpetual and kind is OrderType.MARKET


def _fundings(asked: Asked, listings: list[Listing]) -> list[tuple[int, Row]]:
    since_ms, until_ms = _span(asked)
    by_symbol = {listing.key.symbol: listing for listing in listings}
    return [
        (income.at_ms, _funding_row(by_symbol[income.symbol], income, income.funded))
        for income in asked.desk.venue.engine.ledger.incomes
        if income.type is IncomeType.FUNDING_FEE
        and income.funded is not None
        and income.symbol in by_symbol
        and since_ms <= income.at_ms <= until_ms
    ]


def _funding_row(listing: Listing, income: Income, funded: Funded) -> Row:
    """
    Return one payment; a positive fee was paid, a negative one received.

    The sample has a negative fee at a negative rate with the side `Sell`: a long that received.
    """
    return {
        "symbol": listing.key.symbol,
        "orderType": "UNKNOWN",
        "underlyingPrice": "",
        "orderLinkId": "",
        "orderId": f"funding-{income.id}",
        "stopOrderType": "UNKNOWN",
        "execTime": str(income.at_ms),
        "feeCurrency": income.asset,
        "createType": "",
        "feeRate": trimmed(funded.rate),
        "tradeIv": "",
        "blockTradeId": "",
        "markPrice": trimmed(funded.mark),
        "execPrice": trimmed(funded.mark),
        "markIv": "",
        "orderQty": "0",
        "orderPrice": "0",
        "execValue": trimmed(listing.worth(funded.quantity, funded.mark)),
        "closedSize": "0",
        "execType": "Funding",
        "seq": income.id,
        "side": "Sell" if funded.quantity > ZERO else "Buy",
        "indexPrice": "",
        "leavesQty": "0",
        "isMaker": False,
        "execFee": trimmed(-income.amount),
        "execId": f"funding-{income.id}",
        "marketUnit": "",
        "execQty": stepped(abs(funded.quantity), listing.quantity_step),
    }
